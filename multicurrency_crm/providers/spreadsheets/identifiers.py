"""Numbers, codes and telephone numbers that are names: no digit may be lost."""

import datetime
import re
from dataclasses import dataclass
from decimal import Decimal

from .cells import Cell, folded

#: how a CSV file makes a spreadsheet program keep a text: ="007"
_WRAPPED = re.compile(r'="([^"]*)"')
#: what a program has made of a long number: 1.23457E+17
_POWER = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+[0-9]{1,2}")
#: digits that a number of a workbook keeps
EXACT_DIGITS = 15
_LONG = re.compile(r"[0-9]{12,}")
_ZEROS = re.compile(r"0[0-9]+")
_CODE = re.compile(r"(?=.*[0-9])(?=.*[A-Za-z])[A-Za-z0-9][A-Za-z0-9/_.#-]{2,39}")
#: words in titles of columns that hold names, not amounts
_TITLES = re.compile(
    r"\b(?:id|no|nr|num|number|code|ref|reference|phone|mobile|fax|tel|telephone|zip|"
    r"postal|postcode|plz|iban|bic|swift|vat|gstin|tin|ein|konto|account|acc|sku|"
    r"barcode|ean)\b|[#№]|编号|编码|编碼|代码|号码|单号|票号|税号|识别号|帐号|账号|电话|"
    r"手机|传真|邮编|凭证号|客户号|号$"
)
#: among those the ones that people dial
_PHONES = re.compile(r"phone|mobile|fax|\btel\b|telephone|电话|手机|传真")


@dataclass(slots=True)
class IdentifierEvidence:
    """What the cells of one column show of names made of digits.

    Counts: ``zeros`` texts that begin with a zero, ``long`` ones of twelve digits or
    more, ``codes`` of letters and digits; ``stored`` whole numbers of a workbook;
    ``lost`` those whose last digits it can't have kept, ``powers`` texts that a
    program has shortened to 1.23E+17, with the first row of either; ``wrapped`` ones
    like ="007".
    """

    zeros: int = 0
    long: int = 0
    codes: int = 0
    stored: int = 0
    lost: int = 0
    lost_row: int | None = None
    powers: int = 0
    powers_row: int | None = None
    powers_text: str = ""
    wrapped: int = 0

    def note(self, row: int, cell: Cell) -> None:
        """Learn from one cell.

        :param row: its row's number
        """
        if isinstance(cell, int | float) and not isinstance(cell, bool):
            is_whole = float(cell).is_integer()
            self.stored += is_whole
            if is_whole and abs(cell) >= 10**EXACT_DIGITS:
                self.lost += 1
                self.lost_row = self.lost_row or row
            return
        if not isinstance(cell, str):
            return
        if cell.startswith('="'):
            self.wrapped += 1
            cell = identifier_of(cell)
        if cell.isdigit():
            self.zeros += bool(_ZEROS.fullmatch(cell))
            self.long += bool(_LONG.fullmatch(cell))
        elif _POWER.fullmatch(cell):
            self.powers += 1
            if self.powers_row is None:
                self.powers_row, self.powers_text = row, cell
        elif _CODE.fullmatch(cell):
            self.codes += 1


def identifier_of(cell: Cell) -> str:
    """Return a cell as a name: ``007`` stays, a stored ``13000000000.0`` loses its
    decimals, ``="007"`` its wrapping; "" for an empty one."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell)
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}"
    if isinstance(cell, int):
        # a currency in its format is no part of a name
        return str(int(cell))
    if isinstance(cell, datetime.datetime) and cell.time() == datetime.time():
        return cell.date().isoformat()
    if not isinstance(cell, str):
        return str(cell)
    text = folded(cell)
    if wrapped := _WRAPPED.fullmatch(text):
        return wrapped[1].strip()
    return text[1:] if text.startswith("'") else text


def is_name_title(title: str) -> bool:
    """Return whether a column's title speaks of numbers that are names."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])|[_/.]", " ", title).lower()
    return bool(_TITLES.search(words))


def is_phone_title(title: str) -> bool:
    """Return whether a column's title speaks of telephone numbers."""
    return bool(_PHONES.search(re.sub("[_/.]", " ", title).lower()))
