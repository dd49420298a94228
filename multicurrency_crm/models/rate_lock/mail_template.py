from odoo import models


class MailTemplate(models.Model):
    """Mails that carry a quotation: its rate is locked before it is rendered."""

    _inherit = "mail.template"

    def _generate_template(self, res_ids, render_fields, *args, **kwargs):
        # the preview of a template sends nothing
        if (
            self.model == "sale.order"
            and "report_template_ids" in render_fields
            and "template_preview_lang" not in self.env.context
            and "sale.order" in self.report_template_ids.mapped("model")
        ):
            self.env["sale.order"].browse(res_ids)._lock_on_sending(rendered=True)
        return super()._generate_template(res_ids, render_fields, *args, **kwargs)
