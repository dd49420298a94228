"""CSV files, as programs and people write them.

The sign between columns is the one that cuts the most rows of the whole file alike.
What strict readers refuse (a tab behind a quote, quotes within a cell) is read.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator

from ..errors import FormatError, _lt
from .cells import Cell, RawRow
from .encodings import find_encodings, is_readable, rivals
from .remarks import Remark
from .sheet_info import SheetInfo

#: where two cut the rows alike, commas and dots stand in numbers, too
DELIMITERS = ("\t", ";", "|", ",")
#: how many rows' cells are looked into
_LOOKED_AT = 2000
#: UTF-8 that somebody has read as something else, and saved so
_TWICE = re.compile(r"[ÃÂ][\u0080-\u00bf]|â€|ï¿½|\ufffd")
#: the score below which the letters may be nonsense
_DOUBTFUL = 0.5
#: signs in numbers, and in texts between quotes, cut nothing
_IN_NUMBERS = re.compile(r"(?<=[0-9]),(?=[0-9])")


class TextSource:
    """A CSV file: its encoding, its delimiter and its rows."""

    epoch_1904 = False
    sheets = (SheetInfo(""),)

    def __init__(self, payload: bytes, encoding: str | None, delimiter: str | None):
        self.payload = payload
        self.encodings = find_encodings(payload)
        self.encoding = encoding or self.encodings[0].encoding
        self.remarks: list[Remark] = []
        if encoding and not is_readable(payload, encoding):
            raise FormatError(
                _lt("The file can't be read as %(encoding)s: choose another encoding."),
                encoding=encoding,
            )
        self.said = self._said_delimiter()
        self.delimiter = delimiter or self.said or self._find_delimiter()
        if not encoding:
            self._note_encoding()
        self._note_delimiter(delimiter)

    def rows(self, _sheet: int = 0) -> Iterator[RawRow]:
        """Read the rows; empty lines are rows without cells.

        :raises FormatError: a quote that nothing closes
        """
        for number, row in enumerate(self._records(self.delimiter), start=1):
            yield RawRow(number, tuple(map(_cleaned, row)))

    def merged_cells(self, _sheet: int = 0) -> tuple:
        """Return none: nothing is merged in a text."""
        return ()

    def _open(self) -> io.TextIOWrapper:
        """Open the text behind the line that names the delimiter, if there is one."""
        stream = io.TextIOWrapper(
            io.BytesIO(self.payload), encoding=self.encoding, newline=""
        )
        if self.encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            # a mark that somebody's choice of encoding has left in the text
            first = stream.read(1)
            if first != "\ufeff":
                stream.seek(0)
        if getattr(self, "said", None):
            stream.readline()
        return stream

    def _ends_quoted(self) -> bool:
        """Whether the text's last sign is a quote."""
        tail = self.payload[-400:].replace(b"\0", b"").rstrip(b" \t\r\n,;|")
        return tail.endswith(b'"')

    def _said_delimiter(self) -> str | None:
        """Return the sign that a first line ``sep=;`` names, as Excel takes it."""
        line = self._open().readline(12).strip("\ufeff\r\n \"'")
        if line[:4].lower() != "sep=":
            return None
        sign = line[4:5] or "\t"
        return sign if len(line) <= 5 else None

    def _records(self, delimiter: str | None) -> Iterator[list[str]]:
        """Read the records between delimiters; None: each line is one cell.

        :raises FormatError: a cell of a size that no cell has
        """
        reader = csv.reader(
            self._open(),
            delimiter=delimiter or "\x1f",
            skipinitialspace=delimiter != "\t",
        )
        row, line, start, width = [], 0, 0, 0
        try:
            for row in reader:
                start, line = line, reader.line_num
                if line == start + 1:
                    width = max(width, len(row))
                elif _swallows(row, delimiter, width):
                    raise _open_quote(start + 1)
                yield row
        except csv.Error as error:
            raise _open_quote(reader.line_num) from error
        # a quote that nothing closes takes all that follows into its cell
        if row and "\n" in row[-1] and not self._ends_quoted():
            raise _open_quote(start + 1)

    def _find_delimiter(self) -> str | None:
        """Return the sign that cuts most rows alike, None if none does."""
        best, best_score = None, 0.5
        stopped = None
        for sign in DELIMITERS:
            try:
                score = self._score(sign) if sign.encode() in self.payload else 0
            except FormatError as error:
                stopped = stopped or error
                continue
            if score > best_score:
                best, best_score = sign, score
        if stopped and not best:
            # no single column, but a quote that takes the others into its cell
            raise stopped
        return best

    def _score(self, sign: str) -> float:
        """Return how well a delimiter cuts the file, from 0 to 1.

        The share of rows of the usual length, and among its cells that of those
        without another delimiter in them. Single cells above and below the table are
        titles and notes.

        :raises FormatError: a quote that nothing closes
        """
        lengths: list[int] = []
        ugly = cells = 0
        others = re.compile(f"[{''.join(set(DELIMITERS) - {sign})}]")
        for row in self._records(sign):
            if not any(row):
                continue
            lengths.append(len(row))
            if len(lengths) < _LOOKED_AT and len(row) > 1:
                filled = [cell for cell in map(_cleaned, row) if cell]
                cells += len(filled)
                ugly += sum(map(bool, map(others.search, map(_bare, filled))))
        several = [at for at, length in enumerate(lengths) if length > 1]
        if not several:
            return 0.0
        within = lengths[several[0] : several[-1] + 1]
        _length, times = Counter(filter(lambda n: n > 1, within)).most_common(1)[0]
        # settings above the table have fewer cells, and are cut all the same
        times += (len(several) - times) / 2
        around = len(lengths) - len(within)
        return times / (len(within) + around / 10) * (1 - ugly / max(cells, 1))

    def _note_encoding(self) -> None:
        """Say in which encoding the text is read, where that isn't beyond doubt."""
        best = self.encodings[0]
        if best.encoding.startswith("utf"):
            if _TWICE.search(best.sample):
                self.remarks.append(
                    Remark(
                        "letters_broken",
                        _lt(
                            "“%(sample)s”: these letters were broken before the file "
                            "was saved. Export the list again, as “CSV UTF-8” or XLSX."
                        ),
                        {"sample": best.sample},
                        "ask",
                    )
                )
            return
        others = rivals(self.encodings) or best.score < _DOUBTFUL
        sentence = _lt("Read as %(encoding)s: “%(sample)s”.")
        if others:
            sentence = _lt(
                "Read as %(encoding)s: “%(sample)s”. Choose the encoding if these "
                "letters are wrong."
            )
        self.remarks.append(
            Remark(
                "encoding",
                sentence,
                {"encoding": best.label, "sample": best.sample},
                "ask" if others else "note",
                readings=tuple(choice.encoding for choice in self.encodings),
                proposed=best.encoding,
            )
        )

    def _note_delimiter(self, chosen: str | None) -> None:
        """Say where no sign stands between columns."""
        if not chosen and self.delimiter is None:
            self.remarks.append(
                Remark("one_column", _lt("The file has one column only."))
            )


def _bare(cell: str) -> str:
    """Return a cell without the commas that stand in a number."""
    return _IN_NUMBERS.sub("", cell) if len(cell) < 40 else cell


def _cleaned(cell: str) -> Cell:
    """Return a text without blanks around it, and without signs that nobody stores."""
    if "\0" in cell:
        cell = cell.replace("\0", "")
    return cell.strip("\ufeff \t\r\n\v\f\u3000\u00a0")


def _swallows(row: list[str], delimiter: str | None, width: int) -> bool:
    """Return whether a cell holds a whole row of the table: its quote is closed by one
    of another cell only.

    :param width: cells of the rows above
    """
    if not delimiter or width < 4:
        return False
    return any(
        line.count(delimiter) >= width - 1
        for cell in row
        if "\n" in cell
        for line in cell.split("\n")[1:-1]
    )


def _open_quote(line: int) -> FormatError:
    """Return the error for a quote that nothing closes."""
    return FormatError(
        _lt(
            "Line %(line)s opens a cell by a quote that nothing closes: correct it, or "
            "save the file as XLSX."
        ),
        line=line,
    )
