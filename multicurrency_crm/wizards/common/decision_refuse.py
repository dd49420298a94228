from odoo import api, fields, models
from odoo.exceptions import UserError


class DecisionRefuse(models.TransientModel):
    """Why what somebody asked for is refused."""

    _name = "decision.refuse"
    _description = "Refusal"
    _inherit = ["reason.wizard"]

    res_model = fields.Char("Document Model", required=True, readonly=True)
    res_ids = fields.Json("Requests", required=True, readonly=True)
    subject = fields.Char("Request", compute="_compute_subject")

    @api.depends("res_model", "res_ids")
    def _compute_subject(self):
        for wizard in self:
            names = wizard._get_records().mapped("display_name")
            shown = ", ".join(names[:3])
            wizard.subject = f"{shown} … ({len(names)})" if names[3:] else shown

    @api.model
    def _get_dialog(self, records):
        """Return the action that asks why these records are refused."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_res_model": records._name,
                "default_res_ids": records.ids,
            },
        }

    def _get_records(self):
        """Return what is refused: decisions only, whatever a client names."""
        self.ensure_one()
        decisions = self.env["decision.mixin"]._inherit_children
        if self.res_model not in decisions or not isinstance(self.res_ids, list):
            raise UserError(self.env._("There is nothing here to refuse."))
        ids = [res_id for res_id in self.res_ids if isinstance(res_id, int)]
        records = self.env[self.res_model].browse(ids).exists()
        # as of what other dialogs name: what it shows of them may be read
        records.check_access("read")
        return records

    def _apply(self):
        return self._get_records()._refuse(self.reason)
