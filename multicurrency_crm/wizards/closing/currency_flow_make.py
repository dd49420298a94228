from odoo import api, fields, models
from odoo.exceptions import UserError

from ...models.common.typed_number_mixin import DAYS


class CurrencyFlowMake(models.TransientModel):
    """Asks for which days a flow table is made."""

    _name = "currency.flow.make"
    _description = "Making of a Flow Table"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]

    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        help="A main company: the table has what all of its branches have.",
    )
    period = fields.Selection(
        selection=[
            ("weekly", "Last week"),
            ("monthly", "Last month"),
            ("dates", "Other days"),
        ],
        default="weekly",
        required=True,
    )
    date_from = fields.Date(
        string="From",
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        bounds=DAYS,
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        bounds=DAYS,
    )
    problem = fields.Char(compute="_compute_problem")

    # === COMPUTE METHODS === #

    @api.depends_context("company")
    def _compute_display_name(self):
        self.display_name = self.env._("Make a Flow Table")

    @api.depends_context("company")
    def _compute_company_id(self):
        # sudo: who works in a branch needn't see its main company
        self.company_id = self.env.company.sudo().root_id

    @api.depends("period")
    def _compute_dates(self):
        for wizard in self:
            dates = wizard.date_from, wizard.date_to
            if wizard.period != "dates":
                dates = self.env.company._get_last_period(wizard.period)
            wizard.date_from, wizard.date_to = dates

    @api.depends("date_from", "date_to")
    @api.depends_context("company", "lang")
    def _compute_problem(self):
        for wizard in self:
            wizard.problem = wizard._find_problem()

    def _find_problem(self):
        """Return why this table can't be made, or False."""
        if not self.date_from or not self.date_to:
            return self.env._("Say of which days the table is.")
        try:
            # sudo: who works in a branch needn't see its main company
            self.env["currency.flow"]._check_period(
                self.company_id.sudo(), self.date_from, self.date_to
            )
        except UserError as refusal:
            return str(refusal)
        return False

    # === ACTIONS === #

    def action_make(self):
        """Make the table, and open it.

        :raises AccessError: not finance
        :raises UserError: no days that are over, or their books are closed and a table
            is there
        """
        self.ensure_one()
        if problem := self._find_problem():
            raise UserError(problem)
        Flow = self.env["currency.flow"]
        made = Flow._make(self.company_id, self.date_from, self.date_to)
        return Flow._open(made, made.display_name)
