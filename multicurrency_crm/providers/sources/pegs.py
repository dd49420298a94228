"""Currencies tied to the dollar, at the rates that their central banks have declared.

Nothing is asked for: the rates are constants, the same on every working day. They are
the middle around which the banks trade, and no rate of a market or of a tax office.
"""

import datetime

from ...engine.rates import Quote
from ..base import Adapter
from ..errors import _lt
from ..registry import register
from ..sheet_layout import TEMPLATES
from ..sheets import read_sheet

#: units for 1 US dollar. The Kuwaiti dinar follows a basket and is none of them.
PEGS = {
    "AED": "3.6725",
    "BHD": "0.376",
    "JOD": "0.709",
    "OMR": "0.3845",
    "QAR": "3.64",
    "SAR": "3.75",
}


@register
class DollarPegs(Adapter):
    code = "pegs"
    name = _lt("Declared dollar pegs (Gulf currencies and Jordan)")
    publisher = "constants"
    base = "USD"
    kinds = ("mid",)
    currencies = frozenset(PEGS)
    crosses_books = True
    first_day = datetime.date(2003, 1, 1)
    longest_range = 3660
    limits = _lt("None: nothing is asked over the network.")
    terms = _lt(
        "Constants as declared by the Central Bank of the UAE (AED), the Central Bank "
        "of Bahrain (BHD), the Central Bank of Jordan (JOD), the Central Bank of Oman "
        "(OMR), the Qatar Central Bank (QAR) and the Saudi Central Bank (SAR). They "
        "are no published rates of the day: not for VAT in the UAE, and wrong from the "
        "day on which a bank gives its peg up."
    )
    documentation = ""

    def request(self, client, address, date_from, date_to, today) -> bytes:
        """Write the pegs of every weekday as a sheet, without asking anybody."""
        days = (date_to - date_from).days + 1
        dates = (date_from + datetime.timedelta(n) for n in range(days))
        rows = [
            f"{date},{code},{self.base},1,{figure},foreign per base,mid"
            for date in dates
            if self.calendar.is_working_day(date)
            for code, figure in PEGS.items()
        ]
        return "\n".join([TEMPLATES["date", "rows", "en"][0], *rows, ""]).encode()

    def parse(self, payload: bytes, **hints) -> list[Quote]:
        """Read what :meth:`request` wrote."""
        return read_sheet(payload, self.code, hints, max_bytes=self.max_bytes)
