"""What there is to be reminded of, as queries: one an event."""

from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...engine.suggestions import LAST_INTERVALS, LEAST_INTERVALS

#: {event: model of the document on which people get the activity}
TARGETS = {
    "quotation_unanswered": "sale.order",
    "quotation_ending": "sale.order",
    "rate_moved": "sale.order",
    "lock_ending": "fx.rate.lock",
    "agreement_ending": "fx.rate.lock",
    "instalment_due": "sale.order",
    "payment_due": "account.move",
    "promise_due": "payment.promise",
    "statement_unconfirmed": "customer.statement",
}
#: The columns of a fact, with their types in the database.
COLUMNS = (
    ("partner_id", "int4"),
    ("branch_id", "int4"),
    ("res_model", "varchar"),
    ("res_id", "int4"),
    ("target_model", "varchar"),
    ("target_id", "int4"),
    ("fact_date", "date"),
    ("salesperson_id", "int4"),
    ("team_id", "int4"),
    ("currency_id", "int4"),
    ("amount", "numeric"),
    ("document_name", "varchar"),
)


class ReminderScope(NamedTuple):
    """What a query of facts looks at."""

    company: models.BaseModel  # main ``res.company`` with sudo
    companies: list  # ids of it and its branches
    milestone_kind: str = ""  # of rules about milestones
    rate_move: float = 0.0  # as a share, of rules about rates

    def day(self, moment):
        """Return the day of a moment where the company is.

        :param SQL moment: in UTC
        """
        return SQL(
            "(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date",
            moment,
            self.company._get_zone(),
        )


class CustomerReminderSource(models.AbstractModel):
    """Facts that hold, each with its customer, its document and its day.

    An event is a method ``_get_<event>_query(scope)``; a room that comes later adds its
    value to ``event`` of the rule, its model to :meth:`_get_target_model`, and its
    method. What doesn't hold any more isn't found: its reminder is closed.
    """

    _name = "customer.reminder.source"
    _description = "Events of Reminders"

    @api.model
    def _get_target_model(self, event):
        """Return the model of the documents on which people get activities about an
        event."""
        return TARGETS.get(event, "res.partner")

    @api.model
    def _get_scope(self, rule):
        """Return the :class:`ReminderScope` of one rule."""
        # sudo: of a job, whose company it is
        company = rule.company_id.sudo()
        return ReminderScope(
            company,
            list(company._get_branch_ids(company.id)),
            rule.milestone_kind or "",
            rule.rate_move or 0.0,
        )

    @api.model
    def _get_facts_query(self, rule):
        """Return the query of the facts of a rule's event that hold, whatever their
        day: the columns of :data:`COLUMNS`."""
        return getattr(self, f"_get_{rule.event}_query")(self._get_scope(rule))

    @api.model
    def _select(self, tables, wanted, **columns):
        """Return a query of facts; of the partner ``p``, its commercial partner is the
        customer.

        :param SQL tables: behind FROM
        :param SQL wanted: behind WHERE
        :param columns: {column: SQL or value}; the fact is its own target where none
            is given, and what isn't given is empty
        """
        columns.setdefault("partner_id", SQL("p.commercial_partner_id"))
        columns.setdefault("target_model", columns["res_model"])
        columns.setdefault("target_id", columns["res_id"])
        values = [
            SQL(
                "(%s)::%s AS %s",
                columns.get(name),
                SQL(type_),
                SQL.identifier(name),
            )
            for name, type_ in COLUMNS
        ]
        return SQL(
            "SELECT %s FROM %s WHERE p.commercial_partner_id IS NOT NULL AND %s",
            SQL(", ").join(values),
            tables,
            wanted,
        )

    # === QUOTATIONS === #

    @api.model
    def _select_quotations(self, scope, day, wanted):
        """Return quotations that were sent and may still become orders."""
        return self._select(
            SQL(
                """sale_order o JOIN res_partner p ON p.id = o.partner_id
              LEFT JOIN customer_life l ON l.partner_id = p.commercial_partner_id
                                       AND l.company_id = %s""",
                scope.company.id,
            ),
            SQL(
                "o.company_id = ANY(%s) AND o.state = 'sent' AND %s",
                scope.companies,
                wanted,
            ),
            branch_id=SQL("o.company_id"),
            res_model="sale.order",
            res_id=SQL("o.id"),
            fact_date=day,
            salesperson_id=SQL("o.user_id"),
            team_id=SQL("o.team_id"),
            currency_id=SQL("o.currency_id"),
            amount=SQL("o.amount_total"),
            document_name=SQL("o.name"),
        )

    @api.model
    def _get_quotation_unanswered_query(self, scope):
        """Return the quotations that were sent, by the day on which somebody last spoke
        with their customer, if that was later."""
        day = SQL("GREATEST(%s, l.last_contact_date)", scope.day(SQL("o.date_order")))
        return self._select_quotations(scope, day, SQL("TRUE"))

    @api.model
    def _get_quotation_ending_query(self, scope):
        wanted = SQL("o.validity_date IS NOT NULL")
        return self._select_quotations(scope, SQL("o.validity_date"), wanted)

    @api.model
    def _get_rate_moved_query(self, scope):
        """Return the quotations since whose day the spot rate has moved by the rule's
        share. A currency without a spot rate is nobody's alert."""
        spots = self._find_spots(scope)
        if not spots:
            return self._select_quotations(scope, SQL("NULL"), SQL("FALSE"))
        rates = SQL(", ").join(
            SQL("(%s, %s::float8)", currency_id, rate)
            for currency_id, rate in spots.items()
        )
        wanted = SQL(
            """o.currency_rate > 0 AND COALESCE(o.locked_rate, 0) = 0
               AND EXISTS (SELECT FROM (VALUES %(rates)s) s (currency_id, rate)
                            WHERE s.currency_id = o.currency_id
                              AND ABS(o.currency_rate / s.rate - 1) >= %(move)s)""",
            rates=rates,
            move=scope.rate_move,
        )
        return self._select_quotations(scope, scope.day(SQL("o.date_order")), wanted)

    @api.model
    def _find_spots(self, scope):
        """Find today's spot rates of the currencies of open quotations.

        :return: {currency id: units of it for 1 unit of company currency}
        """
        company = scope.company
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT currency_id FROM sale_order
                    WHERE company_id = ANY(%s) AND state = 'sent'
                      AND currency_id != %s""",
                scope.companies,
                company.currency_id.id,
            )
        )
        currencies = self.env["res.currency"].browse(
            [currency_id for (currency_id,) in rows]
        )
        spots = currencies._find_spot(company)
        return {currency_id: spot.rate for currency_id, spot in spots.items()}

    # === LOCKS === #

    @api.model
    def _select_locks(self, scope, kind, wanted):
        """Return the locks that are promised, by their last day. Those of whose end
        the company's own setting has reminded are left to that."""
        return self._select(
            SQL("fx_rate_lock k JOIN res_partner p ON p.id = k.partner_id"),
            SQL(
                """k.company_id = ANY(%s) AND k.kind = %s AND k.state = 'active'
                   AND k.is_end_told IS NOT TRUE AND %s""",
                scope.companies,
                kind,
                wanted,
            ),
            branch_id=SQL("k.company_id"),
            res_model="fx.rate.lock",
            res_id=SQL("k.id"),
            fact_date=SQL("k.date_end"),
            salesperson_id=SQL("k.user_id"),
            currency_id=SQL("k.currency_id"),
            document_name=SQL("k.name"),
        )

    @api.model
    def _get_lock_ending_query(self, scope):
        """Return the locks of quotations that nobody has ordered yet."""
        waiting = SQL(
            """EXISTS (SELECT FROM sale_order o
                        WHERE o.rate_lock_id = k.id AND o.locked_rate > 0
                          AND o.state IN ('draft', 'sent'))"""
        )
        return self._select_locks(scope, "order", waiting)

    @api.model
    def _get_agreement_ending_query(self, scope):
        return self._select_locks(scope, "agreement", SQL("TRUE"))

    # === MONEY === #

    @api.model
    def _get_instalment_due_query(self, scope):
        """Return the instalments of orders that are open and whose due day is known."""
        return self._select(
            SQL(
                """payment_plan i JOIN sale_order o ON o.id = i.order_id
                   JOIN res_partner p ON p.id = o.partner_id"""
            ),
            SQL(
                """i.company_id = ANY(%s) AND i.date_due IS NOT NULL AND i.open > 0
                   AND i.state IN ('to_come', 'due', 'partly', 'overdue')""",
                scope.companies,
            ),
            branch_id=SQL("i.company_id"),
            res_model="payment.plan",
            res_id=SQL("i.id"),
            target_model="sale.order",
            target_id=SQL("o.id"),
            fact_date=SQL("i.date_due"),
            salesperson_id=SQL("o.user_id"),
            team_id=SQL("o.team_id"),
            currency_id=SQL("i.currency_id"),
            amount=SQL("i.open"),
            document_name=SQL("o.name"),
        )

    @api.model
    def _get_payment_due_query(self, scope):
        """Return what is open of invoices, by the day on which it is due: without what
        is disputed, or isn't followed."""
        counted = self.env["account.move"]._get_counted_condition(SQL("m.id"))
        return self._select(
            SQL(
                """(SELECT a.move_id, a.date_maturity,
                           SUM(a.amount_residual_currency) AS residual
                      FROM account_move_line a
                      JOIN account_account c ON c.id = a.account_id
                     WHERE a.company_id = ANY(%s) AND a.parent_state = 'posted'
                       AND c.account_type = 'asset_receivable' AND NOT a.reconciled
                       AND a.amount_residual > 0 AND a.date_maturity IS NOT NULL
                       AND a.no_followup IS NOT TRUE
                  GROUP BY a.move_id, a.date_maturity) r
                   JOIN account_move m ON m.id = r.move_id
                   JOIN res_partner p ON p.id = m.partner_id""",
                scope.companies,
            ),
            SQL(
                """m.move_type IN ('out_invoice', 'out_receipt') AND m.state = 'posted'
                   AND m.credit_disputed_since IS NULL AND %s""",
                counted,
            ),
            branch_id=SQL("m.company_id"),
            res_model="account.move",
            res_id=SQL("m.id"),
            fact_date=SQL("r.date_maturity"),
            salesperson_id=SQL("m.invoice_user_id"),
            team_id=SQL("m.team_id"),
            currency_id=SQL("m.currency_id"),
            amount=SQL("r.residual"),
            document_name=SQL("m.name"),
        )

    @api.model
    def _get_promise_due_query(self, scope):
        """Return what customers promised to pay, and nobody knows yet whether they
        did."""
        return self._select(
            SQL("payment_promise w JOIN res_partner p ON p.id = w.partner_id"),
            SQL("w.company_id = ANY(%s) AND w.state = 'open'", scope.companies),
            branch_id=SQL("w.company_id"),
            res_model="payment.promise",
            res_id=SQL("w.id"),
            fact_date=SQL("w.date"),
            salesperson_id=SQL("w.user_id"),
            currency_id=SQL("w.currency_id"),
            amount=SQL("w.amount"),
        )

    @api.model
    def _get_statement_unconfirmed_query(self, scope):
        """Return the statements that customers got and haven't answered."""
        return self._select(
            SQL("customer_statement t JOIN res_partner p ON p.id = t.partner_id"),
            SQL(
                """t.company_id = ANY(%s) AND t.state = 'sent'
                   AND t.sent_on IS NOT NULL""",
                scope.companies,
            ),
            branch_id=SQL("t.company_id"),
            res_model="customer.statement",
            res_id=SQL("t.id"),
            fact_date=scope.day(SQL("t.sent_on")),
        )

    # === LIMITS === #

    @api.model
    def _select_limits(self, scope, day):
        """Return the credit limits that hold, by one of their days.

        :param SQL day: of a limit ``c``
        """
        return self._select(
            SQL("credit_limit c JOIN res_partner p ON p.id = c.partner_id"),
            SQL(
                """c.company_id = ANY(%s) AND c.state = 'approved'
                   AND %s IS NOT NULL
                   AND (c.superseded_from IS NULL OR c.superseded_from > %s)""",
                scope.companies,
                day,
                scope.company._get_today(),
            ),
            branch_id=SQL("c.company_id"),
            res_model="credit.limit",
            res_id=SQL("c.id"),
            target_model="res.partner",
            target_id=SQL("p.id"),
            fact_date=day,
            currency_id=SQL("c.currency_id"),
            amount=SQL("c.amount"),
        )

    @api.model
    def _get_limit_ending_query(self, scope):
        return self._select_limits(scope, SQL("c.date_end"))

    @api.model
    def _get_limit_review_query(self, scope):
        return self._select_limits(scope, SQL("c.review_date"))

    # === CUSTOMERS === #

    @api.model
    def _select_lives(self, scope, day, wanted):
        """Return customers, by a day of where they stand.

        :param SQL day: of the customer's row ``l``
        """
        return self._select(
            SQL("customer_life l JOIN res_partner p ON p.id = l.partner_id"),
            SQL(
                "l.company_id = %s AND %s IS NOT NULL AND %s",
                scope.company.id,
                day,
                wanted,
            ),
            branch_id=SQL("l.company_id"),
            res_model="res.partner",
            res_id=SQL("p.id"),
            fact_date=day,
            team_id=SQL("l.team_id"),
        )

    @api.model
    def _get_no_contact_query(self, scope):
        """Return the customers by the day on which somebody spoke with them last."""
        return self._select_lives(scope, SQL("l.last_contact_date"), SQL("TRUE"))

    @api.model
    def _get_next_contact_query(self, scope):
        """Return the customers by the day on which somebody is to speak with them."""
        return self._select_lives(scope, SQL("l.next_contact_date"), SQL("TRUE"))

    @api.model
    def _get_reorder_expected_query(self, scope):
        """Return the customers with three orders and more, by the day on which another
        one is expected, as ``engine.suggestions.expect_reorder`` says."""
        return self._select(
            SQL(
                """(SELECT partner_id, MAX(date) AS newest,
                           PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY pause) AS pause
                      FROM (SELECT partner_id, date,
                                   date - LAG(date) OVER (PARTITION BY partner_id
                                                          ORDER BY date) AS pause,
                                   ROW_NUMBER() OVER (PARTITION BY partner_id
                                                      ORDER BY date DESC) AS place
                              FROM (SELECT DISTINCT partner_id, date
                                      FROM customer_milestone
                                     WHERE company_id = ANY(%(companies)s)
                                       AND date <= %(today)s
                                       AND kind = 'order' AND NOT is_void) d) e
                     WHERE place <= %(most)s AND pause IS NOT NULL
                  GROUP BY partner_id HAVING COUNT(*) >= %(least)s) h
                   JOIN res_partner p ON p.id = h.partner_id""",
                companies=scope.companies,
                today=scope.company._get_today(),
                most=LAST_INTERVALS,
                least=LEAST_INTERVALS,
            ),
            SQL("TRUE"),
            branch_id=scope.company.id,
            res_model="res.partner",
            res_id=SQL("p.id"),
            fact_date=SQL("h.newest + FLOOR(h.pause + 0.5)::int"),
        )

    @api.model
    def _get_milestone_query(self, scope):
        """Return what happened with customers, of the rule's kind."""
        return self._select(
            SQL("customer_milestone s JOIN res_partner p ON p.id = s.partner_id"),
            SQL(
                "s.company_id = ANY(%s) AND s.kind = %s AND NOT s.is_void",
                scope.companies,
                scope.milestone_kind,
            ),
            branch_id=SQL("s.company_id"),
            res_model="customer.milestone",
            res_id=SQL("s.id"),
            target_model="res.partner",
            target_id=SQL("p.id"),
            fact_date=SQL("s.date"),
            currency_id=SQL("s.currency_id"),
            amount=SQL("s.amount"),
            document_name=SQL("s.document_name"),
        )
