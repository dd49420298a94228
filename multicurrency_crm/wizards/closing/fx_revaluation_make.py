from odoo import fields, models
from odoo.exceptions import UserError

from ...models.common.typed_number_mixin import DAYS


class FxRevaluationMake(models.TransientModel):
    """Revalues companies and branches at the end of a period, each by itself."""

    _name = "fx.revaluation.make"
    _description = "Revaluation of a Period End"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]

    date = fields.Date(
        string="Period End",
        required=True,
        default=lambda self: self.env.company._get_last_period("monthly")[1],
        bounds=DAYS,
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        required=True,
        default=lambda self: self.env.companies,
        domain=lambda self: [("id", "in", self.env.companies.ids)],
    )

    def action_compute(self):
        """Compute a run for each company; one that can't be is named, and the others
        go on.

        :raises UserError: none could be computed
        """
        self.ensure_one()
        runs, failures = self.env["fx.revaluation"], []
        for company in self.company_ids:
            try:
                with self.env.cr.savepoint():
                    runs |= self._compute_company(company)
            except UserError as error:
                failures.append(f"{company.name}: {error}")
        if not runs:
            raise UserError("\n".join(failures))
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_fx_revaluation"
        )
        if len(runs) == 1 and not failures:
            action |= {"res_id": runs.id, "views": [(False, "form")]}
        else:
            action |= {"domain": [("id", "in", runs.ids)]}
        if not failures:
            return action
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": True,
                "message": "\n".join(failures),
                "next": action,
            },
        }

    def _compute_company(self, company):
        company._check_revaluation_set_up()
        Revaluation = self.env["fx.revaluation"].with_company(company)
        run = Revaluation.create({"company_id": company.id, "date": self.date})
        run.action_compute()
        return run
