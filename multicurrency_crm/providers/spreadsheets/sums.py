"""What the rows of a table sum to while they pass by: since the last total, since the
beginning, and of each currency.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal

#: totals as they are printed are rounded, as what they sum
TOLERANCE = Decimal("0.005")
#: how many totals are remembered, for summaries that repeat them
_REMEMBERED = 500
#: most currencies that a list is held to have
_CODES = 200


class Sums:
    """Sums by column.

    ``data``: of all rows; ``count``: of how many since the last total.
    """

    def __init__(self):
        self.data: Counter = Counter()
        self.count = 0
        self._sums: dict[tuple[str, str], Counter] = defaultdict(Counter)
        self._vectors: list[list[Decimal]] = []
        self._ended: set[str] = set()

    def add(self, numbers: dict[int, Decimal], code: str) -> None:
        """Add the numbers of a row, by column.

        :param code: the row's currency; "" if it names none
        """
        # several totals may stand below one group: it ends where the next begins
        for scope in self._ended:
            for key in [key for key in self._sums if key[0] == scope]:
                del self._sums[key]
        if "group" in self._ended:
            self.count = 0
        self._ended = set()
        self.count += 1
        codes = ("", code) if code and len(self._sums) < 2 * _CODES else ("",)
        for at, value in numbers.items():
            self.data[at] += value
            for each in codes:
                self._sums["group", each][at] += value
                self._sums["all", each][at] += value

    def find_scope(self, numbers: dict[int, Decimal], codes: Iterable[str]) -> str:
        """Return of what some numbers are the sums: ``group``, ``all``; "" of neither.

        :param codes: the currencies that the row with the numbers names
        """
        if not self.count:
            return ""
        for scope in ("group", "all"):
            for code in ("", *codes):
                sums = self._sums[scope, code]
                if all(abs(v - sums[at]) <= TOLERANCE for at, v in numbers.items()):
                    return scope
        sums = self._sums["all", ""]
        return "all" if _is_within(numbers.values(), sums.values()) else ""

    def is_repeated(self, numbers: dict[int, Decimal]) -> bool:
        """Return whether a total above has these numbers, wherever they stand."""
        return any(_is_within(numbers.values(), vector) for vector in self._vectors)

    def expected(self, codes: Iterable[str], *, is_grand: bool) -> Counter:
        """Return what a total should say, by column.

        :param codes: the currencies that it names
        """
        scope = "all" if is_grand else "group"
        code = next((code for code in codes if (scope, code) in self._sums), "")
        return self._sums[scope, code]

    def end(self, scope: str, *, is_grand: bool) -> None:
        """Begin anew at the next row.

        :param scope: of what the total was, as :meth:`find_scope` says
        """
        if "group" not in self._ended and len(self._vectors) < _REMEMBERED:
            self._vectors.append(list(self._sums["group", ""].values()))
        self._ended.add("group")
        if scope == "all" and is_grand:
            self._ended.add("all")


def _is_within(values: Iterable[Decimal], sums: Iterable[Decimal]) -> bool:
    """Whether each of several values is one of some sums, wherever it stands."""
    left = [value for value in sums if value]
    wanted = [value for value in values if value]
    for value in wanted:
        found = next((s for s in left if abs(s - value) <= TOLERANCE), None)
        if found is None:
            return False
        left.remove(found)
    return len(wanted) > 1
