from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...engine.cash_forecast import OWED, Item, Promise, split_order

SIGN = {"sell": -1, "buy": 1}


class Origin(NamedTuple):
    """Of which document an item is, and whose."""

    company_id: int
    currency_id: int
    partner_id: int | None
    model: str
    res_id: int  # of the document that is opened
    name: str | None = None  # where it isn't what that document is called


class PaymentForecastSource(models.AbstractModel):
    """Where the forecast takes its figures: ledger, orders, contracts, promises.

    Orders and forwards are those of the net position, in the books' currency, too, so
    that both say the same of the same. Each source asks the database once, for all
    companies. Amounts are in the currency of the document, above 0 where money comes
    in.
    """

    _name = "payment.forecast.source"
    _description = "Sources of the Cash Forecast"
    _inherit = "fx.net.position.source"

    @api.model
    def _get_sources(self):
        """Return the names of the methods that gather items; add sources here. Each
        takes companies, and yields pairs (``Origin``, ``Item``), the key of an item
        being (model of what it is, id, number within it)."""
        return [
            "_gather_open_items",
            "_gather_order_items",
            "_gather_forward_items",
        ]

    @api.model
    def _gather_items(self, companies):
        """Gather what is open of all sources, each item once.

        :return: {item's key: (``Origin``, ``Item``)}
        """
        return {
            item.key: (origin, item)
            for source in self._get_sources()
            for origin, item in getattr(self, source)(companies)
        }

    @api.model
    def _get_counting_condition(self):
        """Orders in the books' currency are money, too."""
        return SQL("TRUE")

    # === LEDGER === #

    @api.model
    def _gather_open_items(self, companies):
        """Yield what customers owe, and what is owed to suppliers, item by item."""
        days = {}
        rows = self.env.execute_query(self._get_open_query(companies))
        partners = defaultdict(set)
        for row in rows:
            if row[5] and row[4] == "asset_receivable":
                partners[row[1]].add(row[5])
        for company in companies:
            days[company.id] = self._find_usual_days(company, partners[company.id])
        for line_id, company_id, currency_id, move_id, kind, *rest in rows:
            partner_id, due, amount, disputed, name = rest
            origin = Origin(
                company_id, currency_id, partner_id, "account.move", move_id, name
            )
            key = ("account.move.line", line_id, 0)
            if kind == "liability_payable":
                yield origin, Item(key, "payable", Decimal(amount), due)
                continue
            usual = None if disputed else days[company_id].get(partner_id)
            expected = due and usual is not None and due + timedelta(days=usual)
            yield origin, Item(key, OWED, Decimal(amount), due, expected or None)

    @api.model
    def _get_open_query(self, companies):
        """Return the query of the open items, as the net position counts them."""
        self.env["account.move.line"].flush_model()
        self.env["account.move"].flush_model(["credit_disputed_since"])
        self.env["account.account"].flush_model(["account_type"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return SQL(
            """SELECT l.id, l.company_id, l.currency_id, l.move_id, a.account_type,
                      p.commercial_partner_id, l.date_maturity,
                      l.amount_residual_currency::text,
                      m.credit_disputed_since IS NOT NULL,
                      CASE WHEN m.move_type = 'entry'
                           THEN NULLIF(%s, m.name) END
                 FROM account_move_line l
                 JOIN account_account a ON a.id = l.account_id
                 JOIN account_move m ON m.id = l.move_id
            LEFT JOIN res_partner p ON p.id = l.partner_id
                WHERE a.account_type IN ('asset_receivable', 'liability_payable')
                  AND l.parent_state = 'posted' AND l.reconciled IS NOT TRUE
                  AND l.amount_residual_currency != 0
                  AND l.company_id = ANY(%s)
                  AND %s
             ORDER BY l.date_maturity, l.id""",
            self.env["account.move.line"]._get_document_sql(SQL("l.id"), SQL("m")),
            companies.ids,
            self.env["account.move"]._get_counted_condition(SQL("l.move_id")),
        )

    @api.model
    def _find_usual_days(self, company, partner_ids):
        """Find on how many days after the due date customers usually pay.

        :return: {commercial partner's id: days} of those that were assessed
        """
        partners = self.env["res.partner"].browse(sorted(partner_ids))
        known = partners.with_company(company.root_id)
        known.fetch(["credit_assessment_id"])
        known.credit_assessment_id.fetch(["expected_payment_days"])
        return {
            partner.id: round(partner.credit_assessment_id.expected_payment_days)
            for partner in known
            if partner.credit_assessment_id
        }

    # === ORDERS === #

    @api.model
    def _gather_order_items(self, companies):
        """Yield what isn't invoiced of confirmed orders: by the plan that was agreed,
        else by the payment terms, from the delivery on."""
        orders = list(self._gather_expected_orders(companies))
        sales = [order.id for order, _parts in orders if order.kind != "purchase"]
        planned = self._find_planned(sales)
        owners = self._find_order_owners(sales)
        for order, instalments in orders:
            is_sale = order.kind != "purchase"
            model = "sale.order" if is_sale else "purchase.order"
            currency = self.env["res.currency"].browse(order.currency_id)
            amount = _exact(currency, order.open)
            whole = sum(part for _day, part in instalments) or 1.0
            terms = [(day, Decimal(part / whole)) for day, part in instalments]
            agreed = planned.get(order.id, ()) if is_sale else ()
            parts = (
                split_order(amount, agreed, terms, Decimal(str(currency.rounding)))
                if amount > 0
                else [("order", instalments[-1][0], amount)]
            )
            origin = Origin(
                order.company_id,
                order.currency_id,
                owners.get(order.id) if is_sale else None,
                model,
                order.id,
            )
            for number, (kind, day, part) in enumerate(parts):
                key = (model, order.id, number)
                if is_sale:
                    yield origin, Item(key, kind, part, day)
                else:
                    yield origin, Item(key, "purchase", -part, day)

    @api.model
    def _find_planned(self, order_ids):
        """Find when parts of orders come by their payment plans: when they are due,
        or, until that is known, when they are expected.

        :param order_ids: ids of ``sale.order`` that aren't fully invoiced
        :return: {order's id: [(day, Decimal that isn't invoiced yet)]}, the earliest
            first, in the currency of the order
        """
        found = defaultdict(list)
        for plan in self.env["payment.plan"].search(
            [("order_id", "in", order_ids), ("to_invoice", ">", 0)]
        ):
            if day := plan.date_due or plan.date_expected:
                amount = _exact(plan.currency_id, plan.to_invoice)
                found[plan.order_id.id].append((day, amount))
        return {order_id: sorted(parts) for order_id, parts in found.items()}

    @api.model
    def _find_order_owners(self, order_ids):
        """Find whose orders these are: the customers who are invoiced.

        :return: {order's id: commercial partner's id}
        """
        return dict(
            self.env.execute_query(
                SQL(
                    """SELECT o.id, p.commercial_partner_id
                         FROM sale_order o
                         JOIN res_partner p ON p.id = o.partner_invoice_id
                        WHERE o.id = ANY(%s)""",
                    order_ids,
                )
            )
        )

    # === CONTRACTS === #

    @api.model
    def _gather_forward_items(self, companies):
        """Yield what is left of active contracts: what is sold goes out on the value
        date, and what the bank pays for it, at the contract's rate, comes in."""
        forwards = self.env["fx.forward"].search(
            [("company_id", "in", companies.ids), ("state", "=", "active")]
        )
        for forward in forwards:
            sign, base = SIGN[forward.side], forward.company_currency_id
            rest = _exact(forward.currency_id, forward.amount_rest)
            paid = forward.amount_rest / forward.rate if forward.rate else 0.0
            for number, (currency, amount) in enumerate(
                [
                    (forward.currency_id, sign * rest),
                    (base, -sign * _exact(base, paid)),
                ]
            ):
                origin = Origin(
                    forward.company_id.id,
                    currency.id,
                    forward.counterparty_id.id,
                    "fx.forward",
                    forward.id,
                )
                key = ("fx.forward", forward.id, number)
                yield origin, Item(key, "forward", amount, forward.value_date)

    # === PROMISES === #

    @api.model
    def _gather_promises(self, companies, items):
        """Gather the open promises, with the items that they are of: those of their
        invoices, or, without invoices, the customer's orders.

        :param items: as :meth:`_gather_items` gives them
        :return: list of ``Promise``, the older ones first
        """
        by_move, by_order = defaultdict(list), defaultdict(list)
        for key, (origin, item) in items.items():
            if item.amount <= 0:
                continue
            if origin.model == "account.move" and item.kind == OWED:
                by_move[origin.res_id].append(key)
            elif origin.model == "sale.order":
                owner = (origin.company_id, origin.currency_id, origin.partner_id)
                by_order[owner].append((item.due, key))
        promises = self.env["payment.promise"].search(
            [("company_id", "parent_of", companies.ids), ("state", "=", "open")],
            order="id",
        )
        found = []
        for promise in promises:
            owner = (promise.company_id.id, promise.currency_id.id)
            owner = (*owner, promise.partner_id.commercial_partner_id.id)
            if promise.is_on_account:
                keys = [key for _day, key in sorted(by_order[owner])]
            else:
                moves = promise.move_ids.sorted(
                    lambda move: (move.invoice_date_due, move.id)
                )
                keys = [key for move in moves for key in by_move[move.id]]
            amount = _exact(promise.currency_id, promise.amount - promise.received)
            found.append(Promise(promise.id, amount, promise.date, keys))
        return found


def _exact(currency, amount):
    """Return an amount as it is written, to the rounding of its currency."""
    return Decimal(str(currency.round(amount)))
