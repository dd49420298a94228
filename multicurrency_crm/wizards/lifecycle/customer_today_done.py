from odoo import fields, models
from odoo.exceptions import UserError


class CustomerTodayDone(models.TransientModel):
    """What came of an activity."""

    _name = "customer.today.done"
    _description = "Marking as Done"
    _inherit = ["shown.records.mixin"]

    activity_id = fields.Many2one("mail.activity", required=True)
    feedback = fields.Text(string="What Came of It")

    def action_apply(self):
        """Mark the activity as done, as its own button does.

        :raises UserError: somebody else has done it
        """
        self.ensure_one()
        if not self.activity_id.exists().active:
            raise UserError(self.env._("It is done already."))
        self.activity_id.action_feedback(feedback=self.feedback or False)
        return {"type": "ir.actions.act_window_close"}
