"""What a customer could cost, computed slowly: Odoo's records one by one, plain loops,
and nothing of the engine."""

from decimal import Decimal

RECEIVABLE = "asset_receivable"
SALES = ("out_invoice", "out_refund", "out_receipt")


def exact(amount):
    return Decimal(str(amount))


class SlowExposure:
    """The exposure of one customer in one company and its books, by part, currency
    and locked rate.

    :param customer: commercial ``res.partner``
    :param today: date
    """

    def __init__(self, customer, company, today):
        self.env = customer.env(su=True)
        self.partners = self.env["res.partner"].search(
            [("commercial_partner_id", "=", customer.id)]
        )
        self.company, self.today = company, today
        self.amounts = {}  # {(part, currency, locked rate): amount}
        self._receivables()
        self._drafts()
        for order in self._find("sale.order", state="sale"):
            self._order(order)

    def _find(self, model, **values):
        owner = "partner_invoice_id" if model == "sale.order" else "partner_id"
        records = self.env[model].search([("company_id", "=", self.company.id)])
        return records.filtered(
            lambda record: (
                record[owner] in self.partners
                and all(record[name] == value for name, value in values.items())
            )
        )

    def _count(self, part, currency, amount, locked=None):
        if amount:
            key = part, currency, locked or None
            self.amounts[key] = self.amounts.get(key, Decimal(0)) + amount

    # === RECEIVABLES === #

    def _receivables(self):
        debts, pools = [], {}
        for line in self._find("account.move.line", parent_state="posted"):
            owed = exact(line.amount_residual_currency)
            if line.account_id.account_type != RECEIVABLE or not owed:
                continue
            if owed > 0:
                debts.append([line, owed])
            else:
                pools[line.currency_id] = pools.get(line.currency_id, 0) - owed
        for payment in self._find("account.payment", state="in_process"):
            if not payment.move_id:
                currency = payment.currency_id
                pools[currency] = pools.get(currency, 0) + exact(payment.amount)
        debts.sort(
            key=lambda debt: (
                bool(debt[0].move_id.credit_disputed_since),
                debt[0].date_maturity or debt[0].date,
                debt[0].id,
            )
        )
        for line, owed in debts:
            taken = min(owed, pools.get(line.currency_id, Decimal(0)))
            if taken:
                pools[line.currency_id] -= taken
            share = self._share(line.move_id.invoice_payment_term_id)
            self._count(self._age(line), line.currency_id, (owed - taken) * share)
        for currency, left in pools.items():
            self._count("credit", currency, -left)

    def _age(self, line):
        late = (self.today - (line.date_maturity or line.date)).days
        if line.move_id.credit_disputed_since:
            return "disputed"
        if late <= 0:
            return "not_due"
        for last in (30, 60, 90):
            if late <= last:
                return f"days_{last}"
        return "older"

    @staticmethod
    def _share(terms):
        return exact(terms.credit_open_share) if terms else Decimal(1)

    # === ORDERS AND DRAFTS === #

    def _drafts(self):
        for move in self._find("account.move", state="draft"):
            if move.move_type in SALES:
                sign = -1 if move.move_type == "out_refund" else 1
                share = self._share(move.invoice_payment_term_id)
                for line in move.invoice_line_ids.filtered("sale_line_ids"):
                    amount = sign * share * exact(line.price_total)
                    self._count(
                        "draft", move.currency_id, amount, exact(move.locked_rate)
                    )

    def _order(self, order):
        gone, promised, ahead = Decimal(0), Decimal(0), Decimal(0)
        for line in order.order_line:
            if line.display_type:
                continue
            invoiced = self._invoiced(line)
            if line.is_downpayment:
                ahead += invoiced
            elif line.invoice_status != "invoiced":
                whole, goods = self._line(line, invoiced)
                gone += goods
                promised += whole - goods
        # money ahead is for what has left, then for what is promised
        total = max(gone + promised - ahead, Decimal(0))
        gone = min(max(gone - ahead, Decimal(0)), total)
        share, locked = self._share(order.payment_term_id), exact(order.locked_rate)
        self._count("delivered", order.currency_id, gone * share, locked)
        self._count("undelivered", order.currency_id, (total - gone) * share, locked)

    @staticmethod
    def _invoiced(line):
        """In the order's currency, which is that of its invoices here."""
        total = Decimal(0)
        for row in line.invoice_lines:
            if row.move_id.state != "cancel":
                back = row.move_id.move_type == "out_refund"
                total += -exact(row.price_total) if back else exact(row.price_total)
        return total

    @staticmethod
    def _line(line, invoiced):
        """:return: (what is to come of a line, how much of it for goods that left)"""
        ordered, delivered = exact(line.product_uom_qty), exact(line.qty_delivered)
        unit = exact(line.price_total) / ordered
        if ordered > 0 and unit >= 0:
            whole = max(unit * max(ordered, delivered) - invoiced, Decimal(0))
            return whole, min(whole, max(unit * delivered - invoiced, Decimal(0)))
        most = max(ordered, delivered) if ordered > 0 else min(ordered, delivered)
        whole = min(unit * most - invoiced, Decimal(0))
        return whole, max(whole, min(unit * delivered - invoiced, Decimal(0)))

    # === IN COMPANY CURRENCY === #

    def total(self):
        """At the first rates of the month; what is in the customer's favour in one
        currency pays nothing in another."""
        sums, values = {}, {}
        for (_part, currency, locked), amount in self.amounts.items():
            rate = locked or self._first_rate(currency)
            sums[currency] = sums.get(currency, 0) + amount
            values[currency] = values.get(currency, 0) + amount / rate
        owed = (
            max(value, Decimal(0))
            for currency, value in values.items()
            if sums[currency] > 0
        )
        return sum(owed, Decimal(0))

    def _first_rate(self, currency):
        if currency == self.company.currency_id:
            return Decimal(1)
        rows = currency.rate_ids.filtered(
            lambda row: row.company_id == self.company and row.name <= self.today
        ).sorted("name")
        month = rows.filtered(lambda row: row.name >= self.today.replace(day=1))
        return exact((month[:1] or rows[-1:]).rate)
