from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL, float_round

from ....engine.currency_risk import CurrencyRisk
from ....engine.customer_exposure import CustomerExposure

#: Days late of which the overdue amount is always gathered: late at all, and what
#: ceilings of the grade ask for.
ALWAYS_GATHERED = (0, 30, 90)
#: How far back rates are read: 250 trading days, and holidays.
RATE_DAYS = 420

#: Journal items ``l`` that are open. Written as Odoo's own partial index is, so that
#: PostgreSQL takes it.
UNSETTLED = SQL("l.parent_state = 'posted' AND l.reconciled IS NOT TRUE")

#: Payments ``y`` that no bank statement has confirmed. Odoo calls one of a journal
#: without outstanding account "paid" as soon as it is registered.
UNCONFIRMED = SQL("y.state IN ('in_process', 'paid') AND y.is_matched IS NOT TRUE")

#: No condition.
ANY = SQL("TRUE")

#: Part of a customer with order lines whose price the statement doesn't know.
UNPRICED = "unpriced"

#: Parts of the exposure by age: the last day late of each.
AGES = (("days_30", 30), ("days_60", 60), ("days_90", 90), ("older", None))


def on_accounts(account_type):
    """Return the condition that journal items ``l`` are on accounts of a type.

    The accounts are an array, which PostgreSQL computes first and then looks up in
    Odoo's index of open items, which begins with the account; a join would read the
    accounts item by item.

    :param account_type: such as ``asset_receivable``
    """
    return SQL(
        """l.account_id = ANY(ARRAY(SELECT id FROM account_account
                                     WHERE account_type = %s))""",
        account_type,
    )


def _named(part):
    return SQL.identifier(part)


def list_age_cases(late, current):
    """Return the branches of a CASE that name the age of an item, without its ELSE
    (``older``).

    :param SQL late: how many days late it is
    :param str current: what an item that isn't due is called
    """
    cases = [SQL("WHEN %s <= 0 THEN %s", late, current)]
    cases += [SQL("WHEN %s <= %s THEN %s", late, last, age) for age, last in AGES[:-1]]
    return SQL(" ").join(cases)


@dataclass(frozen=True)
class CreditScope:
    """Whose exposure is gathered, where, and by which policy."""

    policy: models.BaseModel
    company: models.BaseModel  # main company
    company_ids: list  # with its branches
    partner_ids: list  # of commercial partners
    today: date
    # what queries join as ``p``: (id, commercial_partner_id) of partners, those that
    # were moved away from one of these customers a second time, with that one
    partners: SQL = field(default_factory=lambda: SQL("res_partner"))
    # (partner's, or journal item's, id, former customer's id) of what was moved away
    moved: list = field(default_factory=list)
    moved_lines: list = field(default_factory=list)
    days: frozenset = frozenset(ALWAYS_GATHERED)
    order_ids: list = field(default_factory=list)  # left out: they are decided on
    move_ids: list = field(default_factory=list)
    unit_prices: str = "{}"  # {order line id: price} as JSON, see _price
    currency_id: int = 0  # of the company
    rounding: float = 0.01  # of its currency

    def round(self, amount):
        """Round as the company's currency does, for many amounts.

        :return: float
        """
        return float_round(float(amount), precision_rounding=self.rounding)


class CreditExposure(models.AbstractModel):
    """What customers could cost, from the books.

    One statement gathers the exposure of all customers of a :class:`CreditScope`. It
    is put together from pieces, each read by the next, of which the last are the parts
    of a UNION; an arrow reads "is made from"::

        rows ← sums ← open ← item         what is owed, by age
        rows ← ordered ← remaining ← line  what was ordered and isn't invoiced

    Amounts are in their own currency; below 0 is in the customer's favour. It is asked
    for with every document that is decided, of one customer that has little: to plan it
    takes PostgreSQL longer than to run it. So each piece is read once, a row that comes
    to nothing is left to who reads the rows, and ``OFFSET 0`` keeps a sub-query from
    being planned for each place where its result is used.
    """

    _name = "credit.exposure"
    _description = "Credit Exposure"

    # === SCOPE === #

    @api.model
    def _get_scope(
        self, policy, company, partner_ids, *, orders=None, moves=None, days=()
    ):
        """Return the scope that all queries take.

        :param policy: one ``credit.policy``, with sudo
        :param company: ``res.company``; its main company and all branches count
        :param partner_ids: ids of commercial partners
        :param orders: ``sale.order`` to leave out, because they are decided on
        :param moves: ``account.move`` to leave out, likewise
        :param days: what is overdue beyond so many days is gathered, too
        :return: :class:`CreditScope`
        """
        # sudo: the exposure is gathered for whoever may ask, in the main company
        root = company.sudo().root_id
        Transfer = self.env["credit.transfer"]
        moved = Transfer._find_members(root, set(partner_ids))
        return CreditScope(
            policy=policy,
            company=root,
            company_ids=self._find_branches(root).ids,
            partner_ids=list(partner_ids),
            today=root._get_today(),
            partners=self._get_partners_table(moved),
            moved=moved,
            moved_lines=Transfer._find_moved_lines(root, set(partner_ids)),
            days=frozenset({*ALWAYS_GATHERED, *days, policy.hold_overdue_days}),
            order_ids=orders.ids if orders else [],
            move_ids=moves.ids if moves else [],
            currency_id=root.currency_id.id,
            rounding=root.currency_id.rounding,
        )

    @staticmethod
    def _get_partners_table(moved):
        """Return what queries join for the customer of a partner: a partner that was
        moved, and whose move isn't decided, belongs to both customers.

        :param moved: [(partner id, former customer's id)]
        """
        if not moved:
            return SQL("res_partner")
        partner_ids, customer_ids = zip(*moved, strict=True)
        return SQL(
            """(SELECT id, commercial_partner_id FROM res_partner
                 UNION ALL
                SELECT * FROM unnest(%s::int[], %s::int[]))""",
            list(partner_ids),
            list(customer_ids),
        )

    @staticmethod
    def _find_branches(root):
        """Return a main company with its branches; what is owed to an archived one is
        owed."""
        return root.browse(root._get_branch_ids(root.id))

    # === GATHERING === #

    @api.model
    def _gather(self, scope, rates=None):
        """Find the exposure of all customers of a scope: one query, and a second one
        for those who were delivered what they hadn't ordered.

        :param rates: ``CreditRates``; default: those of the policy, today
        :return: {commercial partner's id: ``CustomerExposure``} of all of them
        """
        policy = scope.policy
        rates = rates or policy._get_rates_on_demand(scope.company, scope.today)
        floors = {
            floor.currency_id.id: Decimal(str(floor.amount))
            for floor in policy.floor_ids
        }
        floor = Decimal(str(policy.overdue_floor))
        across = policy.net_across_currencies
        found = {
            partner_id: CustomerExposure(rates, across, floor, floors)
            for partner_id in scope.partner_ids
        }
        for partner_id, part, currency_id, locked, amount in self._find_rows(scope):
            if amount and (exact := Decimal(amount)):
                rate = None if locked == "0" else Decimal(locked)
                found[partner_id].add(part, currency_id, rate, exact)
        return found

    def _find_rows(self, scope):
        """Find the rows of the statement, with all prices that it needs."""
        rows = self._query(scope)
        unpriced = {row[0] for row in rows if row[1] == UNPRICED and row[4]}
        if not unpriced:
            return rows
        priced = self._price(replace(scope, partner_ids=list(unpriced)))
        return [row for row in rows if row[0] not in unpriced] + [
            row for row in self._query(priced) if row[1] != UNPRICED
        ]

    def _query(self, scope):
        """Run the statement.

        :return: rows (partner id, part, currency id, locked rate, amount), the last
            two as text, so that nothing is lost to binary fractions; an amount may be 0
            or NULL
        """
        self.env.flush_all()
        parts = [
            self._receivable_rows(scope),
            self._order_rows(scope),
            self._draft_rows(scope),
        ]
        if not scope.policy.count_payments_in_process:
            parts.append(self._uncleared_rows(scope))
        if scope.policy.count_sent:
            parts.append(self._quotation_rows(scope))
        if scope.policy.count_vendor_bills:
            parts.append(self._bill_rows(scope))
        return self.env.execute_query(
            SQL(
                """SELECT f.partner_id, f.part, f.currency_id, f.locked::text,
                          f.amount::text
                     FROM (%s) AS f (partner_id, part, currency_id, locked, amount)""",
                SQL(" UNION ALL ").join(parts),
            )
        )

    @api.model
    def _get_currency_risk(self, scope, rates):
        """Return what computes the value at risk of a scope's exposures, by the rates
        that count for its company; rates that were only carried over a day off are left
        out.

        :param rates: ``CreditRates``
        :return: ``CurrencyRisk``
        """
        currencies = self.env["res.currency"].browse(rates.rates)
        series = currencies._find_recent_rates(scope.company, RATE_DAYS)
        return CurrencyRisk(rates, series, scope.policy.volatility_floor)

    # === OPEN ITEMS === #

    def _items_query(self, scope):
        """Rows of ``item``: (partner_id, currency_id, id, due, amount, booked,
        disputed, share), an open item each: above 0 an instalment that the customer
        owes, below 0 money or a credit note that isn't matched with any.

        Money that no bank has confirmed counts as received, or doesn't, by policy. If
        it does, payments that have no entry yet are rows of their own; if not, the
        items of payments that have one are left out.
        """
        if not scope.policy.count_payments_in_process:
            confirmed = SQL(
                "NOT EXISTS (SELECT FROM account_payment y "
                "WHERE y.move_id = l.move_id AND %s)",
                UNCONFIRMED,
            )
            return self._ledger_query(scope, "asset_receivable", confirmed)
        return SQL(
            "%s UNION ALL %s",
            self._ledger_query(scope, "asset_receivable"),
            self._payments_query(scope),
        )

    def _ledger_query(self, scope, account_type, condition=ANY):
        """A row for each open item of a kind of account.

        An item belongs to the customer of its partner. Where a partner was moved and
        nobody has decided yet, Odoo has put its items under the new customer: for the
        former one they are looked up a second time, by what still shows whose they are.

        :param condition: what items ``l`` must fulfil besides
        """
        owned = SQL("JOIN %s p ON p.id = l.partner_id", scope.partners)
        query = self._owned_query(scope, account_type, condition, owned)
        if not scope.moved and not scope.moved_lines:
            return query
        moved = SQL("JOIN (%s) p ON p.line_id = l.id", self._moved_lines_query(scope))
        return SQL(
            "%s UNION ALL %s",
            query,
            self._owned_query(scope, account_type, condition, moved),
        )

    @staticmethod
    def _moved_lines_query(scope):
        """A row (line_id, commercial_partner_id) for each item that Odoo gave to the
        new customer when a partner was moved, with the former customer.

        Contact C went from customer A to B. Odoo changed the partner of its items from
        A to B, and left that of its invoices, C: so an item is A's if its document is
        C's and its own partner isn't of A. Items without a document's partner (an
        opening balance) show nothing of it: their ids were noted before the move.
        """
        partner_ids = [partner_id for partner_id, _customer_id in scope.moved]
        customer_ids = [customer_id for _partner_id, customer_id in scope.moved]
        return SQL(
            """SELECT i.id AS line_id, k.customer_id AS commercial_partner_id
                 FROM unnest(%(partners)s::int[], %(customers)s::int[])
                      AS k (partner_id, customer_id)
                 JOIN account_move v ON v.partner_id = k.partner_id
                 JOIN account_move_line i ON i.move_id = v.id
                 JOIN res_partner w ON w.id = i.partner_id
                WHERE w.commercial_partner_id != k.customer_id
                  -- items of the moved partner itself are found by scope.partners
                  AND i.partner_id != ALL(%(partners)s)
                UNION
               SELECT * FROM unnest(%(lines)s::int[], %(formers)s::int[])""",
            partners=partner_ids,
            customers=customer_ids,
            lines=[line_id for line_id, _customer_id in scope.moved_lines],
            formers=[customer_id for _line_id, customer_id in scope.moved_lines],
        )

    @api.model
    def _owned_query(self, scope, account_type, condition, owned):
        """As :meth:`_ledger_query`, by one way to find an item's customer.

        ``amount`` is what is open in the item's currency, ``booked`` in the company's.
        ``share`` is the part of it that its payment term leaves open: 0 for an invoice
        on a confirmed letter of credit.

        :param SQL owned: a join of ``p`` with the customer as ``commercial_partner_id``
        """
        # few invoices are disputed, few terms secure anything: both are looked up in
        # a short list that is made once, rather than joined for each item
        return SQL(
            """SELECT p.commercial_partner_id AS partner_id, l.currency_id, l.id,
                      COALESCE(l.date_maturity, l.date) AS due,
                      l.amount_residual_currency AS amount,
                      l.amount_residual AS booked,
                      l.move_id IN (SELECT id FROM account_move
                                     WHERE credit_disputed_since IS NOT NULL)
                          AS disputed,
                      COALESCE(secured.share, 1)::numeric AS share
                 FROM account_move_line l %s
            LEFT JOIN (SELECT m.id, t.credit_open_share AS share
                         FROM account_payment_term t
                         JOIN account_move m ON m.invoice_payment_term_id = t.id
                        WHERE t.credit_open_share != 1) secured
                      ON secured.id = l.move_id
                WHERE %s AND %s AND %s AND l.company_id = ANY(%s)
                  AND p.commercial_partner_id = ANY(%s)
                  AND %s""",
            owned,
            UNSETTLED,
            on_accounts(account_type),
            condition,
            scope.company_ids,
            scope.partner_ids,
            self.env["account.move"]._get_counted_condition(SQL("l.move_id")),
        )

    def _payments_query(self, scope):
        """A row for each registered payment that has no entry in the ledger.

        A customer pays 100 of an invoice of 100; the journal has no outstanding
        account, so that Odoo makes no entry until the bank's statement comes. The
        ledger has 100 open, and this row is −100.

        A payment ``in_process`` counts whole. One that Odoo calls ``paid`` stays so
        after its statement came and closed the invoice: it counts as far as its
        invoices are still open in the ledger, though their state says that they are
        paid. An invoice of another currency says nothing about how far: there the
        payment counts whole.
        """
        # the id below 0, because it stands beside those of journal items
        return SQL(
            """SELECT y.owner_id, y.currency_id, -y.id, y.date, y.sign * y.counted,
                      y.sign * y.counted / y.amount
                      * ABS(y.amount_company_currency_signed),
                      FALSE, 1::numeric
                 FROM (%s) y""",
            self._counted_payments_query(scope),
        )

    @staticmethod
    def _counted_payments_query(scope):
        """A row for each payment without an entry, with how much of it is ``counted``
        and whether it lowers what is owed (``sign`` −1) or raises it."""
        # payments of these customers first: looking at the invoices of all payments
        # would take long
        return SQL(
            """SELECT y.*, CASE y.payment_type WHEN 'inbound' THEN -1 ELSE 1
                           END AS sign,
                      CASE y.state WHEN 'in_process' THEN y.amount
                           ELSE LEAST(y.amount, (
                        SELECT COALESCE(SUM(
                               CASE WHEN i.currency_id = y.currency_id
                                    THEN ABS(i.amount_residual) ELSE y.amount END), 0)
                          FROM account_move__account_payment r
                          JOIN account_move i ON i.id = r.invoice_id
                           AND i.state = 'posted' AND i.amount_residual != 0
                           AND i.payment_state IN ('in_payment', 'paid')
                         WHERE r.payment_id = y.id)) END AS counted
                 FROM (SELECT y.*, p.commercial_partner_id AS owner_id
                         FROM account_payment y
                         JOIN %s p ON p.id = y.partner_id
                        WHERE y.state IN ('in_process', 'paid') AND y.move_id IS NULL
                          AND y.partner_type = 'customer' AND y.amount != 0
                          AND y.company_id = ANY(%s)
                          AND p.commercial_partner_id = ANY(%s) OFFSET 0) y
               OFFSET 0""",
            scope.partners,
            scope.company_ids,
            scope.partner_ids,
        )

    def _open_query(self, scope):
        """A row for each ``item`` with what is ``left`` of it, after the credits of its
        customer and currency have paid the oldest due first and disputed ones last: as
        ``engine.credit_exposure.allocate`` does. Nothing is left of a credit.

        ``running`` is what an instalment and all before it come to. Of 100 and 50, and
        a credit of 120: running is 100 and 150, running − credit −20 and 30, left 0 and
        30.
        """
        return SQL(
            """SELECT i.*, %s - i.due AS late,
                      LEAST(GREATEST(i.amount, 0),
                            GREATEST(i.running - i.credit, 0)) AS left
                 FROM (SELECT i.*,
                              SUM(GREATEST(i.amount, 0)) OVER (
                                  PARTITION BY i.partner_id, i.currency_id
                                  ORDER BY i.disputed, i.due, i.id) AS running,
                              SUM(GREATEST(-i.amount, 0)) OVER (
                                  PARTITION BY i.partner_id, i.currency_id) AS credit
                         FROM (%s) i) i""",
            scope.today,
            self._items_query(scope),
        )

    # === ROWS OF WHAT IS OWED === #

    def _receivable_rows(self, scope):
        """Rows (partner id, part, currency id, locked rate or 0, amount) of what is
        owed by age, of what is ``disputed``, and of the ``credit`` that a customer has
        beyond all that it owes in a currency (below 0); and figures besides, which are
        no part of the exposure:

        - ``figure_30``: overdue beyond so many days, whatever secures it
        - ``figure_debits``: all instalments before credits paid some; only where this
          differs from the sum of the parts
        - ``figure_receivable``: the balance of the receivable, as booked
        - ``figure_late``, ``figure_late_days``: what is overdue, as booked, and the sum
          of that × its days late
        """
        ages = [age for age, _last in (("not_due", 0), *AGES)]
        late = [f"figure_{days}" for days in sorted(scope.days)]
        booked = ("figure_receivable", "figure_late", "figure_late_days")
        own = SQL("%s", scope.company.currency_id.id)
        amounts = [
            *((name, SQL("s.currency_id")) for name in ("disputed", *ages, "credit")),
            *((name, SQL("s.currency_id")) for name in (*late, "figure_debits")),
            *((name, own) for name in booked),
        ]
        return SQL(
            """SELECT s.partner_id, r.part, r.currency_id, 0::numeric, r.amount
                 FROM (%s) s, LATERAL (VALUES %s) r (part, currency_id, amount)""",
            self._sums_query(scope),
            SQL(", ").join(
                SQL("(%s, %s, s.%s)", name, currency, SQL.identifier(name))
                for name, currency in amounts
            ),
        )

    def _sums_query(self, scope):
        """A row for each customer and currency, with a column for each part and figure
        of :meth:`_receivable_rows`; NULL where there is none."""
        undisputed = SQL("NOT o.disputed AND o.left > 0")
        ages, first = [], None
        for age, last in (("not_due", 0), *AGES):
            after = SQL("o.late > %s", first) if first is not None else ANY
            until = SQL("o.late <= %s", last) if last is not None else ANY
            ages.append((age, SQL("%s AND %s AND %s", undisputed, after, until)))
            first = last
        sums = [
            SQL("SUM(o.left * o.share) FILTER (WHERE %s) AS %s", which, _named(age))
            for age, which in [("disputed", SQL("o.disputed AND o.left > 0")), *ages]
        ]
        sums += [
            SQL(
                "SUM(o.left) FILTER (WHERE %s AND o.late > %s) AS %s",
                undisputed,
                days,
                _named(f"figure_{days}"),
            )
            for days in sorted(scope.days)
        ]
        return SQL(
            """SELECT o.partner_id, o.currency_id, %s,
                      LEAST(SUM(o.amount), 0) AS credit,
                      NULLIF(SUM(GREATEST(o.amount, 0)),
                             SUM(o.left * o.share)) AS figure_debits,
                      SUM(o.booked) AS figure_receivable,
                      SUM(o.booked * o.left / o.amount)
                          FILTER (WHERE %s) AS figure_late,
                      SUM(o.booked * o.left / o.amount * o.late)
                          FILTER (WHERE %s) AS figure_late_days
                 FROM (%s) o GROUP BY 1, 2""",
            SQL(", ").join(sums),
            *[SQL("%s AND o.late > 0", undisputed)] * 2,
            self._open_query(scope),
        )

    @staticmethod
    def _uncleared_rows(scope):
        """Part ``in_process``: what money that no bank has confirmed has closed, as it
        would be open without it.

        60 came for an invoice of 100: 40 are open in the ledger, and this row is 60. A
        payment's item ``l`` is the credit side of a matching with an invoice, and the
        debit side of one with a refund; ``o`` is the item on the other side.
        """
        return SQL(
            """SELECT p.commercial_partner_id, 'in_process', o.currency_id, 0,
                      SUM(CASE WHEN o.id = r.debit_move_id
                               THEN r.debit_amount_currency
                                    * COALESCE(t.credit_open_share, 1)::numeric
                               ELSE -r.credit_amount_currency END)
                 FROM account_payment y
                 JOIN account_move_line l ON l.move_id = y.move_id
                 JOIN account_account a ON a.id = l.account_id
                                       AND a.account_type = 'asset_receivable'
                 JOIN account_partial_reconcile r
                      ON r.debit_move_id = l.id OR r.credit_move_id = l.id
                 JOIN account_move_line o
                      ON o.id = r.debit_move_id + r.credit_move_id - l.id
                 JOIN %s p ON p.id = o.partner_id
                 JOIN account_move m ON m.id = o.move_id
            LEFT JOIN account_payment_term t ON t.id = m.invoice_payment_term_id
                WHERE %s AND y.company_id = ANY(%s)
                  AND p.commercial_partner_id = ANY(%s)
             GROUP BY 1, 3""",
            scope.partners,
            UNCONFIRMED,
            scope.company_ids,
            scope.partner_ids,
        )

    def _bill_rows(self, scope):
        """Part ``bills``: what we owe to the customer, below 0."""
        return SQL(
            """SELECT partner_id, 'bills', currency_id, 0, SUM(amount)
                 FROM (%s) bill GROUP BY 1, 3""",
            self._ledger_query(scope, "liability_payable"),
        )
