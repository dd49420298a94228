from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ...engine import credit_statistics as statistics

#: Months of payments, disputes and sales that are looked at.
MONTHS = 12
#: Months of sales that a countback looks at, the current one included.
SALES_MONTHS = 24
#: Months within which a write-off counts.
WRITE_OFF_MONTHS = 36


@lru_cache(maxsize=8)
def _get_month_lengths(today):
    """Days of each month that a countback looks at, from the month to date
    backwards."""
    lengths, end = [], today
    for _month in range(SALES_MONTHS):
        start = end.replace(day=1)
        lengths.append((end - start).days + 1)
        end = start - timedelta(days=1)
    return tuple(lengths)


def _list_month_starts(today):
    """First days of the months that a countback looks at, oldest first."""
    first = today.replace(day=1)
    return [first - relativedelta(months=n) for n in reversed(range(SALES_MONTHS))]


@dataclass
class CustomerBehaviour:
    """How one customer buys and pays; amounts in company currency as booked, unless
    a currency is named."""

    paid_weighted: float = 0.0  # Σ days late · amount, of what was paid
    paid: float = 0.0
    settled: int = 0  # invoices that were paid, ever
    median_days: float | None = None  # from due date to money, signed
    payments: int = 0  # that the median is of
    first_invoice: date | None = None
    sales: dict = field(default_factory=lambda: defaultdict(float))  # by months ago
    bought: dict = field(default_factory=dict)  # {currency id: Decimal} of 12 months
    terms: float | None = None  # days, weighted
    ordered: dict = field(default_factory=dict)  # {currency id: (recent, before)}
    disputes: int = 0
    written_off: float = 0.0

    def get_dso_beyond_terms(self, receivable, today):
        """Countback days sales outstanding − weighted terms; None without sales.

        :param receivable: net of all credits, company currency
        """
        if not self.first_invoice:
            return None
        months = [
            (self.sales.get(ago, 0.0), days)
            for ago, days in enumerate(_get_month_lengths(today))
        ]
        dso = statistics.countback_dso(receivable, months)
        return None if dso is None else dso - (self.terms or 0.0)

    def get_trend(self, rates, company_currency_id):
        """Orders of 6 months / those of the same months a year before, at one rate a
        currency."""
        sums = [Decimal(0), Decimal(0)]
        for currency_id, amounts in self.ordered.items():
            rate = rates.convert(currency_id, company_currency_id) or 0
            sums = [
                total + amount * rate
                for total, amount in zip(sums, amounts, strict=True)
            ]
        return statistics.trend(*map(float, sums))

    def get_monthly_sales(self, rates, currency_id, today):
        """An average month of the last 12, or of those since the first invoice.

        :return: Decimal in the currency
        """
        total = sum(
            amount * (rates.convert(bought_in, currency_id) or 0)
            for bought_in, amount in self.bought.items()
        )
        years = statistics.years_since(self.first_invoice, today) or 0.0
        months = min(max(round(years * 12), 1), MONTHS)
        return Decimal(total) / months


class CreditBehaviour(models.AbstractModel):
    """How customers buy and pay: a handful of queries for all of a scope."""

    _name = "credit.behaviour"
    _description = "Credit Behaviour"

    @api.model
    def _gather(self, scope):
        """:param scope: ``CreditScope``
        :return: {commercial partner's id: :class:`CustomerBehaviour`} of all of them
        """
        self.env.flush_all()
        found = {partner_id: CustomerBehaviour() for partner_id in scope.partner_ids}
        queries = (
            (self._paid_query(scope), self._read_paid),
            (self._sales_query(scope), self._read_sales),
            (self._terms_query(scope), self._read_terms),
            (self._orders_query(scope), self._read_orders),
            (self._disputes_query(scope), self._read_disputes),
        )
        for query, read in queries:
            for partner_id, *row in self.env.execute_query(query):
                read(found[partner_id], *row)
        if scope.policy.write_off_account_ids:
            for partner_id, amount in self.env.execute_query(
                self._write_off_query(scope)
            ):
                found[partner_id].written_off = amount
        return found

    @staticmethod
    def _back(scope, months):
        return scope.today - relativedelta(months=months)

    # === WHAT WAS PAID === #

    def _paid_query(self, scope):
        """Money only: what closed an invoice otherwise (a credit note, an exchange
        difference, an entry) doesn't tell how its customer pays. The day is that of
        the money, not of the matching."""
        return SQL(
            """SELECT partner_id, SUM(GREATEST(paid_on - due, 0) * amount),
                      SUM(amount),
                      PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY paid_on - due)
                          FILTER (WHERE paid_on >= made_on),
                      COUNT(*) FILTER (WHERE paid_on >= made_on)
                 FROM (SELECT p.commercial_partner_id AS partner_id,
                              r.amount, c.date AS paid_on,
                              COALESCE(d.date_maturity, d.date) AS due,
                              COALESCE(m.invoice_date, m.date) AS made_on
                         FROM account_partial_reconcile r
                         JOIN account_move_line c ON c.id = r.credit_move_id
                              AND c.date > %(since)s
                         JOIN account_journal j ON j.id = c.journal_id
                              AND j.type IN ('bank', 'cash', 'credit')
                         JOIN account_move_line d ON d.id = r.debit_move_id
                         JOIN account_move m ON m.id = d.move_id
                              AND m.move_type IN ('out_invoice', 'out_receipt')
                              AND m.credit_disputed_since IS NULL
                         JOIN res_partner p ON p.id = m.partner_id
                        WHERE m.company_id = ANY(%(companies)s)
                          AND p.commercial_partner_id = ANY(%(partners)s)) money
             GROUP BY partner_id""",
            since=self._back(scope, MONTHS),
            companies=scope.company_ids,
            partners=scope.partner_ids,
        )

    @staticmethod
    def _read_paid(customer, weighted, paid, median, payments):
        customer.paid_weighted, customer.paid = weighted or 0.0, paid or 0.0
        customer.median_days, customer.payments = median, payments

    # === WHAT WAS SOLD === #

    def _sales_query(self, scope):
        """Posted invoices net of credit notes, tax included, by currency and month;
        what is older than a countback looks is one month more."""
        return SQL(
            """SELECT partner_id, currency_id, MIN(first_day),
                      ARRAY_AGG(ago), ARRAY_AGG(booked::float),
                      SUM(amount) FILTER (WHERE ago < %(months)s)::text,
                      SUM(settled)::int
                 FROM (SELECT p.commercial_partner_id AS partner_id, m.currency_id,
                              %(oldest)s - WIDTH_BUCKET(m.invoice_date, %(starts)s)
                                  AS ago,
                              MIN(m.invoice_date)
                                  FILTER (WHERE m.move_type != 'out_refund')
                                  AS first_day,
                              SUM(m.amount_total_signed) AS booked,
                              SUM(m.amount_total_in_currency_signed) AS amount,
                              COUNT(*) FILTER (
                                  WHERE m.move_type != 'out_refund'
                                    AND m.payment_state IN ('paid', 'in_payment'))
                                  AS settled
                         FROM account_move m
                         JOIN res_partner p ON p.id = m.partner_id
                        WHERE m.state = 'posted' AND m.company_id = ANY(%(companies)s)
                          AND m.move_type IN
                              ('out_invoice', 'out_refund', 'out_receipt')
                          AND p.commercial_partner_id = ANY(%(partners)s)
                     GROUP BY 1, 2, 3) month
             GROUP BY partner_id, currency_id""",
            starts=_list_month_starts(scope.today),
            oldest=SALES_MONTHS,
            months=MONTHS,
            companies=scope.company_ids,
            partners=scope.partner_ids,
        )

    @staticmethod
    def _read_sales(customer, currency_id, first, agos, booked, amount, settled):
        customer.settled += settled
        for ago, value in zip(agos, booked, strict=True):
            customer.sales[ago] += value
        if first and (not customer.first_invoice or first < customer.first_invoice):
            customer.first_invoice = first
        customer.bought[currency_id] = Decimal(amount or 0)

    def _terms_query(self, scope):
        return SQL(
            """SELECT p.commercial_partner_id,
                      (SUM((l.date_maturity - m.invoice_date) * l.debit)
                       / NULLIF(SUM(l.debit), 0))::float
                 FROM account_move m
                 JOIN res_partner p ON p.id = m.partner_id
                 JOIN account_move_line l ON l.move_id = m.id
                                         AND l.display_type = 'payment_term'
                WHERE m.state = 'posted'
                  AND m.move_type IN ('out_invoice', 'out_receipt')
                  AND m.invoice_date > %s AND m.company_id = ANY(%s)
                  AND p.commercial_partner_id = ANY(%s)
             GROUP BY 1""",
            self._back(scope, MONTHS),
            scope.company_ids,
            scope.partner_ids,
        )

    @staticmethod
    def _read_terms(customer, days):
        customer.terms = days

    def _orders_query(self, scope):
        halves = [self._back(scope, months) for months in (6, 12, 18)]
        return SQL(
            """SELECT p.commercial_partner_id, o.currency_id,
                      COALESCE(SUM(o.amount_total)
                               FILTER (WHERE o.date_order::date > %(recent)s), 0)::text,
                      COALESCE(SUM(o.amount_total)
                               FILTER (WHERE o.date_order::date <= %(year)s), 0)::text
                 FROM sale_order o
                 JOIN res_partner p ON p.id = o.partner_invoice_id
                WHERE o.state = 'sale' AND o.company_id = ANY(%(companies)s)
                  AND o.date_order::date > %(before)s
                  AND o.date_order::date <= %(today)s
                  AND p.commercial_partner_id = ANY(%(partners)s)
             GROUP BY 1, 2""",
            recent=halves[0],
            year=halves[1],
            before=halves[2],
            today=scope.today,
            companies=scope.company_ids,
            partners=scope.partner_ids,
        )

    @staticmethod
    def _read_orders(customer, currency_id, recent, before):
        customer.ordered[currency_id] = (Decimal(recent), Decimal(before))

    # === WHAT WENT WRONG === #

    @staticmethod
    def _disputes_query(scope):
        return SQL(
            """SELECT p.commercial_partner_id, COUNT(*)
                 FROM account_move m
                 JOIN res_partner p ON p.id = m.partner_id
                WHERE m.credit_disputed_since IS NOT NULL AND m.state = 'posted'
                  AND m.company_id = ANY(%s) AND p.commercial_partner_id = ANY(%s)
             GROUP BY 1""",
            scope.company_ids,
            scope.partner_ids,
        )

    @staticmethod
    def _read_disputes(customer, count):
        customer.disputes = count

    def _write_off_query(self, scope):
        return SQL(
            """SELECT p.commercial_partner_id, SUM(l.balance)::float
                 FROM account_move_line l
                 JOIN res_partner p ON p.id = l.partner_id
                WHERE l.account_id = ANY(%s) AND l.parent_state = 'posted'
                  AND l.date > %s AND l.company_id = ANY(%s)
                  AND p.commercial_partner_id = ANY(%s)
             GROUP BY 1""",
            scope.policy.write_off_account_ids.ids,
            self._back(scope, WRITE_OFF_MONTHS),
            scope.company_ids,
            scope.partner_ids,
        )
