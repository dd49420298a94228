"""What is open on a day, and how old it is: plain rows, no Odoo.

Amounts bear the sign of the ledger: above 0 the partner owes it, below 0 it is owed to
the partner.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

#: What an item is. ``exchange`` is worth something in company currency only;
#: ``valuation`` was booked by a revaluation; ``advance`` is money of which nothing is
#: allocated, ``payment`` money of which something is.
KINDS = (
    "invoice",
    "credit_note",
    "payment",
    "advance",
    "exchange",
    "valuation",
    "entry",
)


class OpenItem(NamedTuple):
    """A journal item of which something is open on a day.

    ``amount`` and ``residual`` are in ``currency_id``, ``booked`` and
    ``residual_booked`` in the currency of the books. Amounts are floats, as monetary
    fields hold them.
    """

    id: int  # of the journal item
    company_id: int
    account_id: int
    partner_id: int | None  # the commercial partner
    currency_id: int
    move_id: int
    date: date
    due: date
    kind: str
    amount: float
    booked: float
    residual: float
    residual_booked: float
    # 'open', or with nothing left in its own currency: 'realised_later' (the exchange
    # difference is booked on a later day), 'to_clear' (nobody has booked it)
    state: str
    disputed: bool
    no_followup: bool
    rate_lock_id: int | None
    order_id: int | None = None  # of an invoice of one order


class AgeBounds(NamedTuple):
    """The last day late of the three bounded ages: 30, 60 and 90 as a rule."""

    first: int = 30
    second: int = 60
    third: int = 90

    def rises(self) -> bool:
        """Return whether the bounds rise, from at least one day."""
        return 0 < self.first < self.second < self.third

    def age(self, due: date, day: date) -> str:
        """Return the age of what is due on ``due``, on ``day``: what is due that very
        day isn't overdue.

        :return: 'not_due', 'days_30', 'days_60', 'days_90' or 'older'
        """
        late = (day - due).days
        for bound, name in zip((0, *self), AGES, strict=False):
            if late <= bound:
                return name
        return "older"


#: Names of the ages, which stay when their bounds are others.
AGES: Sequence[str] = ("not_due", "days_30", "days_60", "days_90", "older")
