from odoo import fields, models


class ReasonWizard(models.AbstractModel):
    """A dialog that asks why, then does it."""

    _name = "reason.wizard"
    _description = "Dialog That Asks for a Reason"
    _inherit = ["shown.records.mixin"]

    reason = fields.Char("Why", required=True)

    def _apply(self):
        """Do what the reason is for; rights and reason are checked there.

        :return: client action, or nothing: the dialog closes
        """
        raise NotImplementedError

    def action_apply(self):
        """Do it, and close."""
        self.ensure_one()
        result = self._apply()
        if isinstance(result, dict):
            return result
        return {"type": "ir.actions.act_window_close"}
