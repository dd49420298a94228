from datetime import timedelta

from odoo import Command, models

#: templates: (end of the XML id, name, instalments (share, trigger, days, method))
TEMPLATES = (
    (
        "deposit",
        "30% deposit, 70% against copy of B/L",
        ((0.3, "order", 0, "tt"), (0.7, "bill_of_lading", 0, "tt")),
    ),
    (
        "credit",
        "20% deposit, 80% by L/C 60 days after shipment",
        ((0.2, "signature", 7, "tt"), (0.8, "shipment", 60, "lc")),
    ),
)
#: orders: (end of the XML id, customer, currency, days ago, quantity)
ORDERS = (
    ("done", "sg", "USD", 70, 12),
    ("late", "mx", "USD", 48, 9),
    ("begun", "au", "AUD", 20, 6),
    ("offered", "kr", "USD", 3, 15),
    ("void", "ca", "CAD", 30, 4),
)


class MultiCurrencyDemo(models.AbstractModel):
    """Orders that are paid in instalments, in each state that there is."""

    _inherit = "multicurrency.demo"

    def _load_plans(self):
        """Sell against deposits and shipping documents, and follow what comes of it."""
        templates = {name: self._make_plan_template(*row) for name, *row in TEMPLATES}
        self._name_records({f"plan_{name}": one for name, one in templates.items()})
        orders = {}
        for name, customer, code, ago, quantity in ORDERS:
            template = templates["credit" if name == "offered" else "deposit"]
            orders[name] = self._sell_by_plan(customer, code, ago, quantity, template)
        self._name_records({f"order_plan_{name}": one for name, one in orders.items()})
        for name in ("done", "late", "begun", "void"):
            orders[name].action_confirm()
            ago = next(row[3] for row in ORDERS if row[0] == name)
            self._confirm_plan(orders[name], self._get_day(ago))
        for name, paid in (("done", 100), ("late", 100), ("begun", 40)):
            self._take_deposit(orders[name], paid)
        for name, loaded, paid in (("done", 30, 100), ("late", 12, 0)):
            self._ship_by_plan(orders[name], self._get_day(loaded), paid)
        orders["begun"].payment_plan_ids[1].date_expected = self._get_day(-25)
        orders["offered"].action_quotation_sent()
        orders["void"]._action_cancel()
        self.env.cr.flush()

    def _make_plan_template(self, name, lines):
        return self.env["payment.plan.template"].create(
            {
                "name": name,
                "company_id": self._get_company().id,
                "line_ids": [
                    Command.create(
                        {
                            "sequence": number,
                            "percentage": share,
                            "trigger": trigger,
                            "days": days,
                            "method": method,
                        }
                    )
                    for number, (share, trigger, days, method) in enumerate(lines, 1)
                ],
            }
        )

    def _sell_by_plan(self, customer, code, ago, quantity, template):
        partner = self._ref(f"customer_{customer}")
        order = self.env["sale.order"].create(
            {
                "partner_id": partner.id,
                "user_id": (partner.user_id or self.env.ref("base.user_admin")).id,
                "currency_id": self.env.ref(f"base.{code}").id,
                "payment_plan_template_id": template.id,
                "date_order": self._get_moment(self._get_day(ago)),
                "validity_date": self._get_day(ago) + timedelta(days=30),
                "order_line": [
                    Command.create(
                        {
                            "product_id": self._get_product("CP-75").id,
                            "product_uom_qty": quantity,
                        }
                    )
                ],
            }
        )
        self._backdate({order: self._get_moment(self._get_day(ago))})
        return order

    def _confirm_plan(self, order, day):
        """Have an order confirmed on a day in the past, and its plan know it."""
        order.date_order = self._get_moment(day)
        waiting = order.payment_plan_ids.filtered(lambda one: one.trigger == "order")
        waiting._write_guarded({"fired_on": day})
        self.env["payment.plan"]._follow(order)

    def _take_deposit(self, order, percent):
        """Invoice a deposit, and receive some of it."""
        deposit, _rest = order.payment_plan_ids
        deposit.action_invoice_deposit()
        day = deposit.date_due
        move = deposit.deposit_move_id
        move.invoice_date = day
        move.action_post()
        paid_on = min(day + timedelta(days=6), self._get_today())
        self._pay(move, percent, paid_on)
        self._backdate({move: self._get_moment(day)})

    def _ship_by_plan(self, order, day, percent):
        """Invoice what is left, tick the bill of lading, and receive what is paid."""
        rest = order.payment_plan_ids[1]
        move = order._create_invoices(final=True)
        move.invoice_date = day
        move.action_post()
        bill = self.env["ir.attachment"].create(
            {"name": f"{order.name} bill of lading.txt", "raw": b"Copy not negotiable"}
        )
        rest._tick(day, bill)
        if percent:
            self._pay(move, percent, min(day + timedelta(days=9), self._get_today()))
        self._backdate({move: self._get_moment(day)})
