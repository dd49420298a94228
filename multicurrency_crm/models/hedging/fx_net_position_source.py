from collections.abc import Iterator
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.net_position import Flow, spread
from ..common.res_company import LIQUID

OWED = {"asset_receivable": "receivable", "liability_payable": "payable"}
OWED_KINDS = frozenset(OWED.values())
SIGN = {"sell": -1, "buy": 1}
#: What a lock promised and isn't invoiced is the order's own figure, maybe untaxed.
PROMISED = SQL(
    """CASE WHEN o.locked_rate > 0
            THEN o.lock_open
                 * CASE WHEN o.amount_untaxed != 0
                         AND (SELECT cap_basis FROM fx_rate_lock k
                               WHERE k.id = o.rate_lock_id) = 'untaxed'
                        THEN o.amount_total / o.amount_untaxed
                        ELSE 1 END
       END"""
)


class OpenOrder(NamedTuple):
    """What of an order is not invoiced yet, in its currency, with tax."""

    id: int
    company_id: int
    currency_id: int
    kind: str
    term_id: int | None
    date: object
    total: float
    open: float


class FxNetPositionSource(models.AbstractModel):
    """Where the net position takes its figures: ledger, contracts, orders.

    Amounts are in the foreign currency, positive where money comes in. Each source
    asks the database once, for all companies.
    """

    _name = "fx.net.position.source"
    _description = "Sources of the Net Position"

    @api.model
    def _gather_flows(self, companies) -> Iterator[tuple[int, Flow]]:
        """Yield all that makes up the position of some companies; add sources here.

        :return: (company id, ``Flow`` of a currency's id)
        """
        yield from self._gather_ledger(companies)
        yield from self._gather_forwards(companies)
        yield from self._gather_orders(companies)

    @api.model
    def _get_foreign_domain(self, companies):
        """Return the domain of what is in another currency than its company's."""
        return Domain.OR(
            Domain("company_id", "=", company.id)
            & Domain("currency_id", "!=", company.currency_id.id)
            for company in companies
        )

    @api.model
    def _get_counting_condition(self):
        """Return the condition that orders ``o`` of companies ``c`` count: those in
        another currency than the books."""
        return SQL("c.currency_id != o.currency_id")

    # === LEDGER === #

    @api.model
    def _get_posted_domain(self, companies):
        prepared = self.env["account.move"]._find_prepared_ids()
        posted = Domain("parent_state", "=", "posted")
        posted &= Domain("move_id", "not in", prepared)
        return posted & self._get_foreign_domain(companies)

    @api.model
    def _get_kind_domain(self, kind, companies):
        """Return the domain of the journal items of a component."""
        posted = self._get_posted_domain(companies)
        if kind == "bank":
            return posted & Domain("account_id.account_type", "in", LIQUID)
        if kind == "in_transit":
            accounts = companies._get_transit_accounts()
            return posted & Domain("account_id", "in", accounts.ids)
        types = [of for of, owed in OWED.items() if owed == kind]
        return (
            posted
            & Domain("account_id.account_type", "in", types)
            & Domain("reconciled", "=", False)
        )

    @api.model
    def _gather_ledger(self, companies):
        """Yield the money that is in the bank, or on its way there, and what customers
        owe, and what is owed to suppliers, by due date: one query, which goes through
        the journal items once, of what :meth:`_get_kind_domain` says of each kind."""
        kinds = self._find_account_kinds(companies)
        for company_id, currency_id, account_id, due, amount in self.env.execute_query(
            self._get_ledger_query(companies, kinds)
        ):
            yield company_id, Flow(currency_id, due, kinds[account_id], amount)

    @api.model
    def _find_account_kinds(self, companies):
        """Find the accounts whose journal items count.

        :return: {account's id: component}
        """
        transit = companies._get_transit_accounts()
        Account = self.env["account.account"].with_context(active_test=False)
        counting = Account.search_fetch(
            [("account_type", "in", (*LIQUID, *OWED))], ["account_type"]
        )
        kinds = {account.id: OWED.get(account.account_type) for account in counting}
        kinds = {account_id: kind or "bank" for account_id, kind in kinds.items()}
        return kinds | dict.fromkeys(transit.ids, "in_transit")

    @api.model
    def _get_ledger_query(self, companies, kinds):
        self.env["account.move.line"].flush_model()
        foreign = SQL(" OR ").join(
            SQL(
                "l.company_id = %s AND l.currency_id != %s",
                company.id,
                company.currency_id.id,
            )
            for company in companies
        )
        owed = [account_id for account_id, kind in kinds.items() if kind in OWED_KINDS]
        return SQL(
            """SELECT l.company_id, l.currency_id, l.account_id,
                      CASE WHEN l.account_id = ANY(%(owed)s::int[])
                           THEN l.date_maturity END AS due,
                      SUM(CASE WHEN l.account_id = ANY(%(owed)s::int[])
                               THEN l.amount_residual_currency
                               ELSE l.amount_currency END)::float8
                 FROM account_move_line l
                WHERE l.account_id = ANY(%(accounts)s::int[])
                  AND l.parent_state = 'posted' AND (%(foreign)s)
                  AND (l.reconciled IS NOT TRUE OR l.account_id != ALL(%(owed)s::int[]))
                  AND %(counted)s
             GROUP BY l.company_id, l.currency_id, l.account_id, due""",
            accounts=list(kinds),
            owed=owed,
            foreign=foreign,
            counted=self.env["account.move"]._get_counted_condition(SQL("l.move_id")),
        )

    # === CONTRACTS === #

    @api.model
    def _gather_forwards(self, companies):
        """Yield what is left of active contracts: what is sold goes out on the value
        date."""
        groups = self.env["fx.forward"]._read_group(
            [("company_id", "in", companies.ids), ("state", "=", "active")],
            ["company_id", "currency_id", "side", "value_date:day"],
            ["amount_rest:sum"],
        )
        for company, currency, side, due, amount in groups:
            yield company.id, Flow(currency.id, due, "forward", SIGN[side] * amount)

    # === ORDERS === #

    @api.model
    def _gather_orders(self, companies):
        for order, instalments in self._gather_expected_orders(companies):
            sign = -1 if order.kind == "purchase" else 1
            for due, amount in instalments:
                flow = Flow(order.currency_id, due, order.kind, sign * amount)
                yield order.company_id, flow

    @api.model
    def _gather_expected_orders(self, companies):
        """Yield the confirmed orders in foreign currencies that aren't fully invoiced.

        An order is invoiced when it is delivered, today at the earliest, and paid by
        the instalments of its payment term from then on.

        :return: (:class:`OpenOrder`, [(due date, amount)])
        """
        todays = {company.id: company._get_today() for company in companies}
        Term = self.env["account.payment.term"]
        for order in self._gather_open_orders(companies):
            day = max(order.date, todays[order.company_id])
            lines = Term.browse(order.term_id or ()).line_ids
            parts = [
                (line._get_due_date(day), self._get_share(line, order.open))
                for line in lines
            ]
            yield order, spread(order.open, parts or [(day, 1.0)])

    @api.model
    def _get_share(self, line, amount):
        """Return the share of ``amount`` that a line of a payment term asks for."""
        if line.value == "percent":
            return line.value_amount / 100
        return line.value_amount / amount

    @api.model
    def _gather_open_orders(self, companies):
        queries = [self._get_sale_query(companies)]
        # purchase may be installed or not, and this addon doesn't ask for it
        if "purchase.order" in self.env:
            queries.append(self._get_purchase_query(companies))
        for query in queries:
            for row in self.env.execute_query(query):
                order = OpenOrder(*row)
                if order.open * order.total > 0:
                    yield order

    @api.model
    def _get_sale_query(self, companies):
        """Return the query of customers' orders. What was invoiced net counts a down
        payment once, as the final invoice deducts it."""
        self.env["account.move"].flush_model()
        self.env["account.move.line"].flush_model()
        self.env["sale.order"].flush_model()
        self.env["sale.order.line"].flush_model()
        done_by_setting = self.env["res.groups"]._is_feature_enabled(
            "sale.group_auto_done_setting"
        )
        return self._get_order_query(
            companies,
            table=SQL.identifier("sale_order"),
            kind=SQL(
                """CASE WHEN o.locked_rate > 0 THEN 'order_locked'
                        ELSE 'order_unlocked' END"""
            ),
            day=SQL("COALESCE(o.commitment_date, o.date_order)"),
            state="sale",
            closed=SQL(
                """o.invoice_status IN ('invoiced', 'upselling')
                   OR o.locked AND NOT %s AND o.invoice_status = 'no'
                   AND EXISTS (SELECT FROM sale_order_line s
                                WHERE s.order_id = o.id AND s.qty_invoiced != 0)""",
                done_by_setting,
            ),
            promised=PROMISED,
            links=SQL(
                """sale_order_line s
                   JOIN sale_order_line_invoice_rel r ON r.order_line_id = s.id
                   JOIN account_move_line l ON l.id = r.invoice_line_id"""
            ),
            incoming=("out_invoice", "out_receipt"),
        )

    @api.model
    def _get_purchase_query(self, companies):
        self.env["purchase.order"].flush_model()
        self.env["purchase.order.line"].flush_model()
        return self._get_order_query(
            companies,
            table=SQL.identifier("purchase_order"),
            kind=SQL("'purchase'"),
            day=SQL("COALESCE(o.date_planned, o.date_order)"),
            state="purchase",
            closed=SQL("o.invoice_status = 'invoiced'"),
            promised=SQL("NULL::numeric"),
            links=SQL(
                """purchase_order_line s
                   JOIN account_move_line l ON l.purchase_line_id = s.id"""
            ),
            incoming=("in_invoice", "in_receipt"),
        )

    @api.model
    def _get_order_query(
        self, companies, *, table, kind, day, state, closed, promised, links, incoming
    ):
        """Return the query of orders in foreign currencies, a row an
        :class:`OpenOrder`.

        Open is the total less what is posted, or, of an order of which nothing more is
        to be invoiced, what still lies in drafts.

        :param table: of the orders, ``o`` in what follows
        :param kind: SQL of the component
        :param day: SQL of the day on which the order is delivered
        :param state: of the orders that count
        :param closed: SQL condition: nothing more is to be invoiced
        :param promised: SQL of what is open, where the order knows itself; else NULL
        :param links: SQL of order lines ``s`` joined with their journal items ``l``
        :param incoming: types of documents that add to what is invoiced
        """
        return SQL(
            """SELECT o.id, o.company_id, o.currency_id, %(kind)s, o.payment_term_id,
                      (%(day)s)::date, o.amount_total::float8,
                      COALESCE(%(promised)s,
                               CASE WHEN %(closed)s THEN COALESCE(i.drafted, 0)
                                    ELSE o.amount_total - COALESCE(i.posted, 0)
                               END)::float8
                 FROM %(table)s o
                 JOIN res_company c ON c.id = o.company_id AND %(counting)s
         LEFT JOIN LATERAL (%(invoiced)s) i ON TRUE
                WHERE o.state = %(state)s AND o.company_id IN %(companies)s
             ORDER BY o.id""",
            kind=kind,
            day=day,
            counting=self._get_counting_condition(),
            closed=closed,
            promised=promised,
            table=table,
            invoiced=self._get_invoiced_query(links, incoming),
            state=state,
            companies=tuple(companies.ids),
        )

    @api.model
    def _get_invoiced_query(self, links, incoming):
        """Return the query of what is posted and drafted of one order ``o``, in its
        currency. An invoice in another one counts at the rates of both documents."""
        return SQL(
            """SELECT SUM(l.signed) FILTER (WHERE l.parent_state = 'posted') AS posted,
                      SUM(l.signed) FILTER (WHERE l.parent_state = 'draft') AS drafted
                 FROM (SELECT l.parent_state,
                              l.price_total
                              * CASE WHEN m.move_type IN %(incoming)s
                                     THEN 1 ELSE -1 END
                              * CASE WHEN m.currency_id = o.currency_id THEN 1
                                     ELSE o.currency_rate
                                          / NULLIF(m.invoice_currency_rate, 0)
                                END AS signed
                         FROM %(links)s
                         JOIN account_move m ON m.id = l.move_id
                        WHERE s.order_id = o.id) l""",
            links=links,
            incoming=incoming,
        )
