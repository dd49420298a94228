"""From the figures of a payload to quotes, the same way for every publisher."""

import datetime
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Context, Decimal

from ..engine.rates import Quote, RateError, is_rate_day
from .errors import FormatError, NoQuotes, _lt

#: how publishers say that there is no rate; a zero is none of them: it is a wrong rate
NO_RATE = frozenset(
    {"", "-", "--", "---", ".", "..", "N/A", "N.A.", "N/E", "ND", "NA", "NAN", "NULL"}
)
#: more digits than any rate has are no figure but an attack, or a damaged file
_FIGURE = re.compile(
    r"[+-]?(?=\.?[0-9])[0-9]{0,15}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,2})?"
)
_CODE = re.compile(r"[A-Z]{3}")
_UNITS = re.compile(r"[0-9]{1,9}(\.0{1,20})?|10{9}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
#: digits that a binary number of 64 bits keeps, whatever they are
_EXACT = Context(prec=15)
#: how much of a wrong figure or date a sentence repeats
SHOWN = 40


@dataclass(frozen=True, slots=True)
class RefusedQuote:
    """A published figure that can't be a rate: zero, negative, not a number.

    As :class:`~..engine.rates.Quote`, with the figure as ``text``.
    """

    base: str
    currency: str
    text: str
    date: datetime.date
    kind: str
    source: str


class Quotes:
    """The quotes of one payload while it is read.

    :param source: code of the adapter
    :param base: the publisher's base currency
    :param hints: those of :meth:`.base.Adapter.parse`; ``refused`` is looked at
    """

    def __init__(self, source: str, base: str, hints: dict[str, object]):
        self.source = source
        self.base = base
        self.quotes: list[Quote] = []
        self.refused = hints.get("refused")

    def add(
        self,
        currency: str,
        figure: str | Decimal | int | None,
        date: datetime.date,
        *,
        nominal: int = 1,
        direction: str = "foreign_per_base",
        kind: str = "mid",
        base: str | None = None,
        valid_from: datetime.date | None = None,
    ) -> None:
        """Add one figure as published; what says "no rate" is left out.

        :param currency: the foreign currency's code; codes that aren't three capitals
            are no currency (an index, a metal's name) and refuse the payload
        :param figure: digits with a decimal point (see :func:`plain` for others)
        :raises FormatError: neither a figure nor a way to say that there is none, or a
            day of which no rate can be
        """
        text = "" if figure is None else str(figure).strip()
        if text.upper() in NO_RATE:
            return
        if not is_rate_day(date):
            raise wrong_date(date)
        base = base or self.base
        if currency == base:
            return
        try:
            if not isinstance(currency, str) or not _CODE.fullmatch(currency):
                raise self._refusal(currency, text, date)
            if not _FIGURE.fullmatch(text) or not any(map(str.isdigit, text)):
                raise self._refusal(currency, text, date)
            quote = Quote(
                base,
                currency,
                Decimal(text),
                nominal,
                direction,
                date,
                kind,
                self.source,
                valid_from,
            )
        except (RateError, FormatError) as error:
            code_is_fine = isinstance(currency, str) and _CODE.fullmatch(currency)
            if self.refused is None or not code_is_fine:
                raise self._refusal(currency, text, date) from error
            self.refused.append(
                RefusedQuote(base, currency, text[:SHOWN], date, kind, self.source)
            )
            return
        self.quotes.append(quote)

    def add_each(
        self,
        currency: str,
        figures: Mapping[str, str | Decimal | None],
        date: datetime.date,
        **said,
    ) -> None:
        """Add the figures of several kinds, {kind: figure}; else as :meth:`add`."""
        for kind, figure in figures.items():
            self.add(currency, figure, date, kind=kind, **said)

    def done(self) -> list[Quote]:
        """Return the quotes read.

        :raises NoQuotes: there is none, nor a figure that was refused
        """
        if not self.quotes and not self.refused:
            raise NoQuotes(_lt("The answer holds no rate."))
        return self.quotes

    @staticmethod
    def _refusal(currency, text, date) -> FormatError:
        """Return the error for a figure that can't be a rate."""
        return FormatError(
            _lt(
                "“%(figure)s” isn't a valid rate of a currency (“%(code)s”, %(date)s): "
                "nothing of the answer was read."
            ),
            figure=text[:SHOWN],
            code=str(currency or "")[:SHOWN],
            date=date,
        )


def plain(figure: str | None, point: str = ",", thousands: str = "") -> str:
    """Rewrite a figure with another decimal sign: ``plain("1.234,5", ",", ".")``."""
    text = (figure or "").strip()
    if thousands:
        text = text.replace(thousands, "")
    return text.replace(point, ".")


_GROUPED = re.compile(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")


def grouped(figure: object) -> str:
    """Rewrite ``26,129.00`` without the commas between thousands.

    Commas anywhere else stay, and no figure with one is read.
    """
    text = "" if figure is None else str(figure).strip()
    return text.replace(",", "") if _GROUPED.fullmatch(text) else text


def without_noise(figure: object) -> object:
    """Return the figure that was meant: 4.2917 for 4.2916999999999996.

    For publishers who write what they hold in binary, with 17 digits, of which the
    last two are an accident.
    """
    if not isinstance(figure, Decimal) or not figure.is_finite():
        return figure
    digits, size = len(figure.as_tuple().digits), abs(figure.adjusted())
    # what is larger or smaller is no rate, and endless when written out
    if digits <= _EXACT.prec or size >= _EXACT.prec:
        return figure
    return Decimal(f"{figure.normalize(_EXACT):f}")


def objects(value: object) -> list[dict]:
    """Return the objects of a list in a JSON answer.

    :raises FormatError: anything else
    """
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise FormatError(
        _lt(
            "The answer isn't built as the publisher documents it: nothing of it was "
            "read."
        )
    )


def units(figure: object) -> int:
    """Read for how many units a rate is: ``100``, ``"100"``, ``Decimal("1.0")``.

    :raises FormatError: no whole number from 1 to a billion
    """
    text = str(figure).strip()
    if _UNITS.fullmatch(text) and int(text.partition(".")[0]):
        return int(text.partition(".")[0])
    raise FormatError(
        _lt("A rate is for 1, 10, 100 … units, not for “%(figure)s”."),
        figure=text[:SHOWN],
    )


def hinted_date(hints: dict[str, object]) -> datetime.date:
    """Return the day of a payload that doesn't say it, from ``hints["date"]``.

    :raises FormatError: nobody says it, or it is no date
    """
    day = hints.get("date")
    if day is None:
        raise FormatError(
            _lt(
                "The answer doesn't say of which day its rates are: nothing of it was "
                "read."
            )
        )
    return iso_date(str(day))


def iso_date(text: object) -> datetime.date:
    """Read ``2026-10-30``; a time of the day behind it is left off.

    :raises FormatError: anything else
    """
    text = text if isinstance(text, str) else ""
    day = text.strip()[:10]
    # fromisoformat alone reads 20260303 and 2026-W10-2 as well
    if _ISO_DATE.fullmatch(day):
        with suppress(ValueError):
            return datetime.date.fromisoformat(day)
    raise wrong_date(text)


def utc_day(stamp: object) -> datetime.date:
    """Return the date in UTC of a time stamp in seconds since 1970.

    :raises FormatError: anything else, or a moment before or long after our days
    """
    if isinstance(stamp, Decimal) and 0 < stamp < 2**33:
        return datetime.datetime.fromtimestamp(int(stamp), datetime.UTC).date()
    raise wrong_date(stamp)


def date_in(text: object, pattern: str) -> datetime.date:
    """Read a date in a numeric :meth:`~datetime.datetime.strptime` pattern.

    Names of months depend on the server's locale: see :data:`MONTHS` for those.

    :raises FormatError: anything else
    """
    try:
        return datetime.datetime.strptime(str(text).strip(), pattern).date()
    except ValueError:
        raise wrong_date(text) from None


#: strptime's %b and %B follow the server's locale; publishers write English
MONTHS = {
    name: number
    for number, name in enumerate(
        "january february march april may june july august september october "
        "november december".split(),
        start=1,
    )
}
_SHORT_MONTHS = {name[:3]: number for name, number in MONTHS.items()}


def english_date(text: object) -> datetime.date:
    """Read ``30 October 2026``, ``17 Mar 2026`` or ``03-Jan-2026``.

    :raises FormatError: anything else
    """
    words = str(text).replace("-", " ").split()
    if len(words) == 3:
        name = words[1].lower()
        month = MONTHS.get(name) or _SHORT_MONTHS.get(name)
        with suppress(ValueError, TypeError, OverflowError):
            return datetime.date(int(words[2]), month, int(words[0]))
    raise wrong_date(text)


def wrong_date(text: object) -> FormatError:
    """Return the error for what is no date."""
    return FormatError(
        _lt("“%(text)s” isn't a valid date: nothing of the answer was read."),
        text=str(text)[:SHOWN],
    )
