"""Who leaves, leaves their reminders to others."""

from odoo import models
from odoo.fields import Domain


class ResUsers(models.Model):
    """Tells activities that Odoo deletes from those that a person deleted."""

    _inherit = "res.users"

    def action_archive(self):
        if self.env["customer.reminder.rule"]._is_any():
            self._leave_reminders()
        return super().action_archive()

    def _leave_reminders(self):
        """Have open reminders know nothing of activities that Odoo deletes, of whoever
        leaves: nobody has done them, though the user may be back before the job
        runs."""
        # sudo: of whoever was reminded; rows are written by our code only
        Line = self.env["customer.reminder.line"].sudo()
        lines = Line.search(
            Domain("activity_id.user_id", "in", self.ids)
            & Domain("activity_id.active", "=", True)
            & Domain("reminder_id.state", "=", "open")
        )
        if lines:
            lines._write_guarded({"activity_id": False, "user_id": False})
