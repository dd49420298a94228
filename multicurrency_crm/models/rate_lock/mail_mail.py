from odoo import models


class MailMail(models.Model):
    """Mails that carry a quotation: what was locked for one that went out is kept."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        if not failure_type:
            sent = self.filtered(lambda mail: mail.model == "sale.order")
            orders = self.env["sale.order"].browse(sent.mapped("res_id"))
            orders.exists()._keep_tentative()
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )
