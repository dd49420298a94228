from odoo import models

#: events of the usual rules that are switched on
SWITCHED_ON = ("quotation_unanswered", "payment_due", "quotation_ending")


class MultiCurrencyDemo(models.AbstractModel):
    """Of what the company reminds its people."""

    _inherit = "multicurrency.demo"

    def _load_lifecycle(self):
        """Remind of what customers of the year have left open, too."""
        result = super()._load_lifecycle()
        self._load_reminders()
        return result

    def _load_reminders(self):
        """Add the usual rules, switch some of them on, and have them remind once: their
        mails have left."""
        company = self._get_company()
        Rule = self.env["customer.reminder.rule"].with_company(company)
        Rule.action_add_usual()
        rules = Rule.search([("company_id", "=", company.id)])
        chosen = rules.filtered(lambda rule: rule.event in SWITCHED_ON)
        chosen.look_back = 90
        chosen.action_switch_on()
        self.env.flush_all()
        Reminder = self.env["customer.reminder"].sudo()
        calendar = company._get_working_calendar()
        for rule in chosen.sudo():
            Reminder._begin(rule, calendar)
        reminders = Reminder.search([("rule_id", "in", chosen.ids)])
        # today is no working day of everybody's
        reminders._write_guarded({"next_on": company._get_today()})
        reminders._take_steps()
        reminders.line_ids._write_guarded({"is_told": True})
