"""How one customer buys and pays: sums of the books, and what follows from them.

Currencies are known by their ids.
"""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from . import credit_statistics as statistics
from .calendars import ONE_DAY

#: Months of payments, disputes and sales that are looked at.
MONTHS = 12
#: Months of sales that a countback looks at, the current one included.
SALES_MONTHS = statistics.MOST_MONTHS


@lru_cache(maxsize=8)
def _get_month_lengths(today):
    """Return the days of each month of a countback, newest month first."""
    lengths, end = [], today
    for _month in range(SALES_MONTHS):
        start = end.replace(day=1)
        lengths.append((end - start).days + 1)
        end = start - ONE_DAY
    return tuple(lengths)


def list_month_starts(today):
    """Return the first days of the months of a countback, oldest first."""
    starts = [today.replace(day=1)]
    while len(starts) < SALES_MONTHS:
        starts.append((starts[-1] - ONE_DAY).replace(day=1))
    return starts[::-1]


@dataclass
class CustomerBehaviour:
    """How one customer buys and pays.

    Amounts are in company currency as booked, unless a currency is named.
    """

    paid_weighted: float = 0.0  # Σ days late · amount, of what was paid
    paid: float = 0.0
    settled: int = 0  # invoices that were paid, ever
    median_days: float | None = None  # from due date to money, signed
    payments: int = 0  # that the median is of
    first_invoice: date | None = None
    sales: dict = field(default_factory=lambda: defaultdict(float))  # by months ago
    bought: dict = field(default_factory=dict)  # {currency id: Decimal} of 12 months
    terms_weighted: float = 0.0  # Σ days of the payment terms · amount
    terms_weight: float = 0.0
    ordered: dict = field(default_factory=dict)  # {currency id: (recent, before)}
    disputes: int = 0
    incidents: int = 0  # of other kinds
    written_off: float = 0.0

    def add_terms(self, weighted, weight):
        """Add Σ days of payment terms · amount, and Σ amount."""
        self.terms_weighted += weighted or 0.0
        self.terms_weight += weight or 0.0

    def get_dso_beyond_terms(self, receivable, today):
        """Return countback days sales outstanding − weighted terms; None without sales.

        :param receivable: net of all credits, company currency
        """
        if not self.first_invoice:
            return None
        months = (
            (self.sales.get(ago, 0.0), days)
            for ago, days in enumerate(_get_month_lengths(today))
        )
        dso = statistics.countback_dso(receivable, months)
        if dso is None or not self.terms_weight:
            return dso
        return dso - self.terms_weighted / self.terms_weight

    def get_trend(self, rates, company_currency_id):
        """Return orders of 6 months / those of the same months a year before.

        Each currency counts at one rate.
        """
        sums = [Decimal(0), Decimal(0)]
        for currency_id, amounts in self.ordered.items():
            rate = rates.convert(currency_id, company_currency_id) or 0
            sums = [
                total + amount * rate
                for total, amount in zip(sums, amounts, strict=True)
            ]
        return statistics.trend(*map(float, sums))

    def get_monthly_sales(self, rates, currency_id, today):
        """Return an average month of the last 12, or of those since the first invoice.

        :return: Decimal in the currency
        """
        total = sum(
            amount * (rates.convert(bought_in, currency_id) or 0)
            for bought_in, amount in self.bought.items()
        )
        years = statistics.years_since(self.first_invoice, today) or 0.0
        months = min(max(round(years * 12), 1), MONTHS)
        return Decimal(total) / months
