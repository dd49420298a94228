from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...models.statement.customer_ageing import DAY_KEY, OF_KEY


class CustomerAgeingAsk(models.TransientModel):
    """As of which day items are aged."""

    _name = "customer.ageing.ask"
    _description = "Ageing as of a Day"
    _inherit = ["shown.records.mixin"]

    moment = fields.Selection(
        selection=[
            ("today", "Today"),
            ("week", "End of last week"),
            ("month", "End of last month"),
            ("year", "End of last financial year"),
            ("day", "Another day"),
        ],
        string="As Of",
        compute="_compute_moment",
        readonly=False,
        required=True,
    )
    date = fields.Date(
        string="Day",
        default=lambda self: self.env["customer.ageing"]._get_day(),
        required=True,
        help="What was open at the end of that day, as it was matched until then.",
    )
    side = fields.Selection(
        selection=[
            ("receivable", "Receivables"),
            ("payable", "Payables"),
            ("other", "Other accounts whose open items are followed"),
        ],
        string="Of",
        default=lambda self: self.env["customer.ageing"]._get_side(),
        required=True,
    )
    ages_text = fields.Char(string="Ages", compute="_compute_ages_text")
    problem = fields.Char(compute="_compute_problem")
    may_choose_side = fields.Boolean(compute="_compute_may_choose_side")

    # === COMPUTE METHODS === #

    @api.depends("date")
    def _compute_moment(self):
        days = {day: moment for moment, day in self._find_moments().items()}
        for ask in self:
            ask.moment = days.get(ask.date, "day")

    @api.model
    def _find_moments(self):
        """Find the days that are asked for most.

        :return: {moment: day}
        """
        # sudo: a branch's user may not read its main company
        company = self.env.company.sudo()
        today = company._get_today()
        year = company.compute_fiscalyear_dates(today)
        since_week = today.weekday() - int(company.root_id.statement_weekday)
        return {
            "year": year["date_from"] - timedelta(days=1),
            "month": today - relativedelta(day=1) - timedelta(days=1),
            "week": today - timedelta(days=since_week % 7 or 7),
            "today": today,
        }

    @api.onchange("moment")
    def _onchange_moment(self):
        if day := self._find_moments().get(self.moment):
            self.date = day

    def _compute_ages_text(self):
        ages = dict(self.env["customer.ageing"]._list_ages())
        text = format_list(self.env, list(ages.values()))
        for ask in self:
            ask.ages_text = text

    @api.depends("date", "side")
    @api.depends_context("company", "lang")
    def _compute_problem(self):
        for ask in self:
            ask.problem = False
            try:
                if ask.date:
                    ask._get_ageing()._get_day()
            except UserError as refusal:
                ask.problem = str(refusal)

    def _compute_may_choose_side(self):
        is_finance = self.env.user.has_group("multicurrency_crm.group_finance")
        for ask in self:
            ask.may_choose_side = is_finance

    # === ACTIONS === #

    def _get_ageing(self):
        self.ensure_one()
        asked = {DAY_KEY: str(self.date), OF_KEY: self.side or ""}
        return self.env["customer.ageing"].with_context(**asked)

    def action_show(self):
        """Show the ageing of that day.

        :raises UserError: the day is after today
        """
        return self._get_ageing().action_open() | {"target": "main"}

    def action_download(self):
        """Download the ageing of that day as a workbook.

        :raises UserError: the day is after today
        """
        return self._get_ageing().action_download()
