from odoo import models


class MailThread(models.AbstractModel):
    """Follow-ups are messages: edited or removed in the chatter, they follow."""

    _inherit = "mail.thread"

    def _message_update_content(self, message, /, **kwargs):
        result = super()._message_update_content(message, **kwargs)
        FollowUp = self.env["customer.follow.up"]
        if (
            message.subtype_id.id
            and message.subtype_id.id == FollowUp._get_subtype_id()
        ):
            FollowUp._follow_message(message)
        return result
