from decimal import Decimal

from dateutil.relativedelta import relativedelta

from odoo import api, models
from odoo.tools import SQL

from ....engine.customer_behaviour import (
    MONTHS,
    SALES_MONTHS,
    CustomerBehaviour,
    list_month_starts,
)

#: Months within which a write-off counts.
WRITE_OFF_MONTHS = 36


class CreditBehaviour(models.AbstractModel):
    """How customers buy and pay: a handful of queries for all of a scope.

    Where an inner query ends with OFFSET 0, its figures are read by several aggregates:
    PostgreSQL then computes them once, instead of for each.
    """

    _name = "credit.behaviour"
    _description = "Credit Behaviour"

    @api.model
    def _gather(self, scope):
        """Find how all customers of a scope buy and pay.

        :param scope: ``CreditScope``
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
        for query in self._get_incident_queries(scope):
            for partner_id, count in self.env.execute_query(query):
                found[partner_id].incidents += count
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
        """A row for each customer: days late × amount and amount of what it paid, the
        median of its days and how many payments that is of. The day is that of the
        money, not of the matching.

        Money before the invoice was made is an advance: it was early by agreement, so
        that the median leaves it out.
        """
        return SQL(
            """SELECT partner_id, SUM(GREATEST(paid_on - due, 0) * amount),
                      SUM(amount),
                      PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY paid_on - due)
                          FILTER (WHERE paid_on >= made_on),
                      COUNT(*) FILTER (WHERE paid_on >= made_on)
                 FROM (%s) money
             GROUP BY partner_id""",
            self._money_query(scope),
        )

    def _money_query(self, scope):
        """A row for each matching of an invoice with money, weighted by the booked
        value of what was paid.

        What closed an invoice otherwise (a credit note, an exchange difference) says
        nothing about how its customer pays. What was paid is valued at the invoice's
        rate: 50 of 100 dollars that were booked at 700 are 350.
        """
        return SQL(
            """SELECT p.commercial_partner_id AS partner_id,
                      CASE WHEN d.amount_currency != 0
                           THEN r.debit_amount_currency::float
                                * d.balance::float / d.amount_currency::float
                           ELSE r.amount::float END AS amount,
                      c.date AS paid_on,
                      GREATEST(COALESCE(d.date_maturity, d.date),
                               m.credit_dispute_settled_on) AS due,
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
                 JOIN %(customers)s p ON p.id = m.partner_id
                WHERE r.max_date > %(since)s AND m.company_id = ANY(%(companies)s)
                  AND p.commercial_partner_id = ANY(%(partners)s) OFFSET 0""",
            customers=scope.partners,
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
        """A row for each customer and currency: first invoice, sales by months ago, in
        the currency over 12 months, settled invoices, and days of the terms × amount.

        What is older than a countback looks counts for the relation only.
        """
        return SQL(
            """SELECT partner_id, currency_id,
                      MIN(invoice_date) FILTER (WHERE is_invoice),
                      ARRAY_AGG(ago) FILTER (WHERE ago < %(oldest)s),
                      ARRAY_AGG(booked) FILTER (WHERE ago < %(oldest)s),
                      SUM(amount) FILTER (WHERE ago < %(months)s)::text,
                      -- an invoice of nothing is paid as soon as it is posted
                      COUNT(*) FILTER (WHERE is_invoice AND amount != 0
                                         AND payment_state IN ('paid', 'in_payment')),
                      SUM(days * booked) FILTER (WHERE days IS NOT NULL),
                      SUM(booked) FILTER (WHERE days IS NOT NULL)
                 FROM (%(sold)s) sold
             GROUP BY partner_id, currency_id""",
            oldest=SALES_MONTHS,
            months=MONTHS,
            sold=self._sold_query(scope),
        )

    def _sold_query(self, scope):
        """A row for each posted invoice and credit note, tax included; credit notes
        are below 0.

        ``ago``: the month counted back from the current one, 0. ``days``: of its
        payment term, where the last due date says them, which it doesn't of
        instalments (:meth:`_terms_query`).
        """
        return SQL(
            """SELECT p.commercial_partner_id AS partner_id, m.currency_id,
                      m.invoice_date, m.payment_state,
                      m.amount_total_signed::float AS booked,
                      m.amount_total_in_currency_signed AS amount,
                      m.move_type != 'out_refund' AS is_invoice,
                      %(oldest)s - WIDTH_BUCKET(m.invoice_date, %(starts)s) AS ago,
                      CASE WHEN m.move_type != 'out_refund'
                            AND m.invoice_date > %(since)s
                            AND COALESCE(m.invoice_payment_term_id, 0)
                                != ALL(%(instalments)s)
                           THEN m.invoice_date_due - m.invoice_date END AS days
                 FROM account_move m
                 JOIN %(customers)s p ON p.id = m.partner_id
                WHERE m.state = 'posted' AND m.company_id = ANY(%(companies)s)
                  AND m.move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                  AND p.commercial_partner_id = ANY(%(partners)s) OFFSET 0""",
            customers=scope.partners,
            starts=list_month_starts(scope.today),
            oldest=SALES_MONTHS,
            since=self._back(scope, MONTHS),
            instalments=self._find_instalment_terms(),
            companies=scope.company_ids,
            partners=scope.partner_ids,
        )

    @staticmethod
    def _read_sales(
        customer, currency_id, first, agos, booked, amount, settled, *terms
    ):
        customer.settled += settled
        sales = customer.sales
        for ago, value in zip(agos or (), booked or (), strict=True):
            sales[ago] += value
        if first and (not customer.first_invoice or first < customer.first_invoice):
            customer.first_invoice = first
        customer.bought[currency_id] = Decimal(amount or 0)
        customer.add_terms(*terms)

    def _find_instalment_terms(self):
        """Return the ids of payment terms with several instalments."""
        rows = self.env.execute_query(
            SQL(
                """SELECT payment_id FROM account_payment_term_line
                 GROUP BY payment_id HAVING COUNT(*) > 1"""
            )
        )
        return [term_id for (term_id,) in rows]

    def _terms_query(self, scope):
        """A row for each customer: days × amount, and amount, of the instalments of its
        invoices, each by its own days."""
        return SQL(
            """SELECT p.commercial_partner_id,
                      SUM((l.date_maturity - m.invoice_date) * l.debit)::float,
                      SUM(l.debit)::float
                 FROM account_move m
                 JOIN %s p ON p.id = m.partner_id
                 JOIN account_move_line l ON l.move_id = m.id
                                         AND l.display_type = 'payment_term'
                WHERE m.state = 'posted'
                  AND m.move_type IN ('out_invoice', 'out_receipt')
                  AND m.invoice_payment_term_id = ANY(%s)
                  AND m.invoice_date > %s AND m.company_id = ANY(%s)
                  AND p.commercial_partner_id = ANY(%s)
             GROUP BY 1""",
            scope.partners,
            self._find_instalment_terms(),
            self._back(scope, MONTHS),
            scope.company_ids,
            scope.partner_ids,
        )

    @staticmethod
    def _read_terms(customer, *terms):
        customer.add_terms(*terms)

    def _orders_query(self, scope):
        """A row for each customer and currency: what was ordered in the last 6 months,
        and in the same months a year before."""
        # dates are moments in UTC: a day begins and ends where the company is
        recent, year, before, today = (
            scope.company._get_start_of(day + relativedelta(days=1))
            for day in (
                *(self._back(scope, months) for months in (6, 12, 18)),
                scope.today,
            )
        )
        return SQL(
            """SELECT p.commercial_partner_id, o.currency_id,
                      COALESCE(SUM(o.amount_total)
                               FILTER (WHERE o.date_order >= %(recent)s), 0)::text,
                      COALESCE(SUM(o.amount_total)
                               FILTER (WHERE o.date_order < %(year)s), 0)::text
                 FROM sale_order o
                 JOIN %(customers)s p ON p.id = o.partner_invoice_id
                WHERE o.state = 'sale' AND o.company_id = ANY(%(companies)s)
                  AND o.date_order >= %(before)s
                  AND o.date_order < %(today)s
                  AND p.commercial_partner_id = ANY(%(partners)s)
             GROUP BY 1, 2""",
            customers=scope.partners,
            recent=recent,
            year=year,
            before=before,
            today=today,
            companies=scope.company_ids,
            partners=scope.partner_ids,
        )

    @staticmethod
    def _read_orders(customer, currency_id, recent, before):
        customer.ordered[currency_id] = (Decimal(recent), Decimal(before))

    # === WHAT WENT WRONG === #

    @staticmethod
    def _disputes_query(scope):
        """A row for each customer: how many unpaid invoices it disputes."""
        return SQL(
            """SELECT p.commercial_partner_id, COUNT(*)
                 FROM account_move m
                 JOIN %s p ON p.id = m.partner_id
                WHERE m.credit_disputed_since IS NOT NULL AND m.state = 'posted'
                  AND m.payment_state NOT IN ('paid', 'in_payment', 'reversed')
                  AND m.company_id = ANY(%s) AND p.commercial_partner_id = ANY(%s)
             GROUP BY 1""",
            scope.partners,
            scope.company_ids,
            scope.partner_ids,
        )

    @staticmethod
    def _read_disputes(customer, count):
        customer.disputes = count

    @api.model
    def _get_incident_queries(self, scope):
        """Return queries of what else went wrong with customers, beside disputes: to be
        extended by rooms that keep such facts.

        :param scope: ``CreditScope``
        :return: list of SQL of (commercial partner's id, count), customers of the
            scope alone
        """
        return []

    def _write_off_query(self, scope):
        """A row for each customer: what was written off, as booked."""
        return SQL(
            """SELECT p.commercial_partner_id, SUM(l.balance)::float
                 FROM account_move_line l
                 JOIN %s p ON p.id = l.partner_id
                WHERE l.account_id = ANY(%s) AND l.parent_state = 'posted'
                  AND l.date > %s AND l.company_id = ANY(%s)
                  AND p.commercial_partner_id = ANY(%s)
             GROUP BY 1""",
            scope.partners,
            scope.policy.write_off_account_ids.ids,
            self._back(scope, WRITE_OFF_MONTHS),
            scope.company_ids,
            scope.partner_ids,
        )
