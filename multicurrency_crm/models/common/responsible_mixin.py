from odoo import models

from .html_text import as_html


class ResponsibleMixin(models.AbstractModel):
    """A document that falls to a colleague, who is asked to act on it."""

    _name = "responsible.mixin"
    _description = "Document with a Responsible Colleague"

    def _get_responsible_user(self):
        """Return the colleague to whom a document falls: never a customer, and
        somebody.

        The document's salesperson, the customer's, the team's leader, whoever made it,
        whoever acts now, else the administrator.
        """
        self.ensure_one()
        document = self.sudo()  # customers, who may read none of this, come here, too
        candidates = (
            document.user_id
            | document.partner_id.user_id
            | document.partner_id.commercial_partner_id.user_id
            | document.team_id.user_id
            | document.create_uid
            | self.env.user
        )
        robot = self.env.ref("base.user_root")
        colleagues = candidates.filtered(
            lambda user: user.active and not user.share and user != robot
        )
        return (colleagues or self.env.ref("base.user_admin"))[:1]

    def _in_responsible_language(self):
        """Return this document in the language of that colleague, for what they are
        asked."""
        return self.with_context(lang=self._get_responsible_user().lang)

    def _notify_responsible(self, summary, note):
        """Give that colleague an activity.

        :param str summary: what it is called
        :param str note: what happened, and what is to be done
        """
        self.ensure_one()
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summary,
            note=as_html(note),
            user_id=self._get_responsible_user().id,
        )
