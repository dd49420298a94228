from odoo import models

#: days for which the decisions of the demonstration hold
HOLDS_FOR = 30


class MultiCurrencyDemo(models.AbstractModel):
    """How credit is judged, and what was decided."""

    _inherit = "multicurrency.demo"

    def _load_credit_policy(self):
        """A policy as shipped, every customer assessed by it, an invoice in dispute,
        and a quotation over its limit that waits for a decision."""
        company = self._get_company()
        policy = self.env["credit.policy"].create(
            {
                "name": self.env._("Export customers"),
                "company_id": company.id,
                "hold_overdue_days": 120,
                "overdue_floor": 500.0,
            }
        )
        self._name_records({"credit_policy": policy})
        self._dispute_an_invoice()
        ids = self.env["res.partner"]._find_credit_customers(company)
        self.env["res.partner"].browse(ids)._assess_credit(company)
        self._grade_by_hand()
        self._ask_for_credit()

    def _dispute_an_invoice(self):
        """The newest overdue invoice of a customer that has two."""
        overdue = self.env["account.move"].search(
            [
                ("company_id", "=", self._get_company().id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "=", "not_paid"),
                ("invoice_date_due", "<", self._get_today()),
            ],
            order="invoice_date_due desc",
        )
        if overdue:
            overdue[0].action_credit_dispute()
            overdue[0].credit_dispute_reason = self.env._("Two pumps arrived broken")

    def _grade_by_hand(self):
        """Finance asks for a better grade than the books give: not decided yet."""
        self.env["credit.manual.grade"].with_user(self._ref("user_finance")).create(
            {
                "partner_id": self._ref("customer_mx").id,
                "company_id": self._get_company().id,
                "grade": "b",
                "reason": self.env._("Their bank guarantees what they owe."),
                "date_end": self._get_day(-180),
            }
        )

    def _ask_for_credit(self):
        """Requests for the quotations that the policy stops: the first is approved."""
        waiting = self.env["sale.order"].search(
            [
                ("company_id", "=", self._get_company().id),
                ("state", "in", ("draft", "sent")),
                ("credit_check_state", "=", "review"),
            ],
            order="id",
        )
        for order in waiting[:3]:
            order.with_user(order.user_id).action_request_credit_review()
