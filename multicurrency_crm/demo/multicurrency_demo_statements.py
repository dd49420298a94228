from datetime import timedelta

from odoo import Command, models

from ..models.statement.customer_statement_answer import Answer

#: weeks that are stated, the newest of them still to verify
WEEKS = 3
#: invoices without an order: (end of the XML id, customer, currency, what for, amount,
#: days ago)
BESIDES = (
    ("us_survey", "us", "EUR", "Pre-shipment survey in Hamburg", 1850.0, 24),
    ("us_depot", "us", "CAD", "Spare seals, delivered to the depot", 4200.0, 16),
)
#: the same, entered once the statements of their week were verified: (…, weeks ago)
LATE = (
    ("au_courier", "au", "AUD", "Courier, original bills of lading", 145.0, 3),
    ("fr_courier", "fr", "EUR", "Courier, certificates of origin", 95.0, 2),
)
#: whose second one is on its way: it can be confirmed on the portal
SENT = ("us", "gb")
#: what customers said to the oldest ones, as the clerk wrote it down
CONFIRMED = ("de", "jp")
DISPUTED = ("ca", "One seal kit of this delivery leaks: we wait for the replacement")


class MultiCurrencyDemo(models.AbstractModel):
    """Three weeks of statements: a customer with three currencies, a statement that
    another one superseded, one that doesn't tie out, and what customers answered."""

    _inherit = "multicurrency.demo"

    def _load_statements(self):
        """Close week by week, as finance does; the last one waits to be verified."""
        self._assign_salespeople()
        for name, *invoice, days_ago in BESIDES:
            self._bill_besides(name, *invoice, self._get_day(days_ago))
        weeks = self._list_weeks()
        for number, week in enumerate(weeks):
            weeks_ago = WEEKS - number
            made = self._make_statements(week)
            if weeks_ago == 1:
                break
            self._verify_statements(made)
            self._bill_late(weeks_ago, week)
            if number == 0:
                # entered late, and noticed: a new statement supersedes the verified one
                made += self._make_statements(week) - made
                self._verify_statements(made.filtered(lambda s: s.state == "draft"))
                self._answer_statements(made)
            else:
                self._mark_sent(made)

    def _assign_salespeople(self):
        """Whoever sold to a customer looks after it."""
        for customer in self._get_customers():
            order = self.env["sale.order"].search(
                [("partner_id", "child_of", customer.id), ("state", "=", "sale")],
                limit=1,
            )
            if order.user_id:
                customer.user_id = order.user_id

    def _list_weeks(self):
        """The last weeks that are over, the oldest first: [(first day, last day)]."""
        first, last = self._get_company()._get_last_period("weekly")
        back = [timedelta(weeks=number) for number in reversed(range(WEEKS))]
        return [(first - by, last - by) for by in back]

    def _make_statements(self, week):
        """Make everybody's statements of a week, as a clerk does, on the day after it.

        :return: ``customer.statement`` that weren't there before, and those that were
        """
        Statement = self.env["customer.statement"].with_user(self._ref("user_finance"))
        made = Statement._make(self._get_customers(), *week).sudo().with_env(self.env)
        moment = self._get_moment(week[1] + timedelta(days=1))
        self._backdate(dict.fromkeys(made, moment))
        return made

    def _verify_statements(self, statements):
        """Verify statements, as the one who decides on credit does."""
        statements.with_user(self._ref("user_credit")).action_verify()
        for statement in statements:
            statement._write_guarded({"verified_on": statement.create_date})

    def _answer_statements(self, statements):
        """Record what customers said on the telephone, as a clerk does."""
        finance = self._ref("user_finance")
        by_customer = {
            statement.partner_id: statement.with_user(finance)
            for statement in statements
        }
        for customer in CONFIRMED:
            statement = by_customer[self._ref(f"customer_{customer}")]
            statement._confirm(Answer("Accounts Payable", user=finance))
        customer, comment = DISPUTED
        statement = by_customer[self._ref(f"customer_{customer}")]
        line = statement.line_ids.filtered("residual")[:1]
        answer = Answer("Purchasing", user=finance)
        statement._dispute(answer, {line.id: comment})

    def _mark_sent(self, statements):
        """Mark statements as mailed on the day after they were made; no mail leaves a
        demonstration."""
        customers = self.env["res.partner"].union(
            *(self._ref(f"customer_{name}") for name in SENT)
        )
        for statement in statements.filtered(lambda s: s.partner_id in customers):
            moment = statement.create_date + timedelta(days=1)
            statement._write_guarded(
                {
                    "state": "sent",
                    "send_state": "sent",
                    "queued_by": self._ref("user_finance").id,
                    "queued_on": moment,
                    "sent_on": moment,
                    "sent_to": statement.contact_id.email,
                }
            )

    # === INVOICES WITHOUT AN ORDER === #

    def _bill_late(self, weeks_ago, week):
        for name, *invoice, ago in LATE:
            if ago == weeks_ago:
                # on the last working day of the week
                self._bill_besides(name, *invoice, week[1] - timedelta(days=2))

    def _bill_besides(self, name, customer, code, label, amount, day):
        """Post an invoice of one line, without tax and without an order."""
        partner = self._ref(f"customer_{customer}")
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "company_id": self._get_company().id,
                "partner_id": partner.id,
                "currency_id": self.env.ref(f"base.{code}").id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create(
                        {"name": label, "price_unit": amount, "tax_ids": False}
                    )
                ],
            }
        )
        invoice.action_post()
        self._name_records({f"invoice_{name}": invoice})
        self._backdate({invoice: self._get_moment(day)})
