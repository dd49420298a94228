from datetime import timedelta

from odoo import models


class MultiCurrencyDemo(models.AbstractModel):
    """Three weeks of cash, receivables and payables; the last one waits."""

    _inherit = "multicurrency.demo"

    def _load_flow(self):
        """Make the tables of three weeks as a clerk does; somebody else verifies."""
        company = self._get_company()
        company.write({"flow_weekly": True, "flow_four_eyes": True})
        Flow = self.env["currency.flow"].with_user(self._ref("user_finance"))
        weeks = self._list_weeks()
        for number, week in enumerate(weeks, 1):
            flow = Flow._make(company, *week)
            moment = self._get_moment(week[1] + timedelta(days=1))
            self._backdate({flow: moment})
            flow.sudo()._write_guarded({"made_on": moment, "compared_on": moment})
            if number < len(weeks):
                flow.with_user(self._ref("user_credit")).action_verify()
                flow.sudo()._write_guarded({"verified_on": moment})
            self._name_records({f"flow_{number}": flow})
