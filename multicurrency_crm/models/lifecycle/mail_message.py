from odoo import api, models


class MailMessage(models.Model):
    """Follow-ups are messages: deleted, they leave nothing planned."""

    _inherit = "mail.message"

    @api.ondelete(at_uninstall=False)
    def _unlink_follow_ups(self):
        """Remove the follow-ups of messages here, before the database does: what they
        planned goes along."""
        # sudo: who may delete the messages was asked
        FollowUp = self.env["customer.follow.up"].sudo()
        if FollowUp._is_any():
            FollowUp.search([("message_id", "in", self.ids)]).unlink()
