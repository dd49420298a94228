from odoo import api, models
from odoo.fields import Domain
from odoo.tools import format_date

TEMPLATE = "multicurrency_crm.customer_reminder_digest"


class CustomerReminder(models.Model):
    """One mail a colleague and day, with all of which the colleague is reminded."""

    _inherit = "customer.reminder"

    @api.model
    def _send_digests(self, company):
        """Put the mails to colleagues into Odoo's queue, and note that they are on
        their way: one transaction, so that nothing is told twice.

        :param company: main ``res.company`` with sudo
        """
        # sudo: of all colleagues
        Line = self.env["customer.reminder.line"].sudo()
        lines = Line.search(
            Domain("company_id", "=", company.id)
            & Domain("is_told", "=", False)
            & (Domain("is_skipped", "=", False) | Domain("how", "=", "mail"))
            & Domain("user_id", "!=", False)
        )
        if not lines:
            return
        told = lines.filtered(lambda line: line.reminder_id.state != "gone")
        vals_list = [
            self._prepare_digest_vals(company, user, of_user)
            for user, of_user in told.grouped("user_id").items()
            if user.email and user.active
        ]
        lines._write_guarded({"is_told": True})
        # sudo: Odoo's queue is nobody's to write
        self.env["mail.mail"].sudo().create(vals_list)

    @api.model
    def _prepare_digest_vals(self, company, user, lines):
        """Return the values of the mail to one colleague, in their language.

        :param lines: ``customer.reminder.line`` of that colleague
        """
        Reminder = self.with_context(lang=user.lang)
        reminders = lines.reminder_id.with_env(Reminder.env)
        # customers who couldn't be written to
        unmailed = lines.filtered("is_skipped").reminder_id
        today = format_date(Reminder.env, company._get_today())
        body = Reminder.env["ir.qweb"]._render(
            TEMPLATE,
            {
                "intro": Reminder.env._(
                    "%(user)s, this is what %(company)s reminds you of on %(day)s:",
                    user=user.name,
                    company=company.name,
                    day=today,
                ),
                "groups": [
                    (rule, [(one, one in unmailed) for one in found])
                    for rule, found in reminders.grouped("rule_id").items()
                ],
            },
            minimal_qcontext=True,
            raise_if_not_found=False,
        )
        return {
            "subject": Reminder.env._(
                "%(company)s: reminders of %(day)s (%(count)s)",
                company=company.name,
                day=today,
                count=len(reminders),
            ),
            "body_html": body,
            "email_from": company.email_formatted or user.email_formatted,
            "email_to": user.email_formatted,
            "auto_delete": True,
        }

    def _get_link(self):
        """Return the address at which the document of one reminder opens."""
        self.ensure_one()
        return (
            f"{self.get_base_url()}/mail/view"
            f"?model={self.target_model}&res_id={self.target_id}"
        )
