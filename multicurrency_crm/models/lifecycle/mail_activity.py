from odoo import models

from .customer_follow_up import ACTIVITIES, DOCUMENTS, NEXT_CONTACT

#: After so many contacts customers are looked at at once; after more, the night looks.
MOST = 20


class MailActivity(models.Model):
    """A planned contact that is done: its customer says so at once, where customers
    are followed."""

    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        contacted = self._find_contacted()
        result = super()._action_done(feedback, attachment_ids)
        for company, customer in contacted:
            self.env["customer.life"]._note_contact(company, customer)
        return result

    def _find_contacted(self):
        """Find with whom these plan a contact.

        :return: set of (main ``res.company``, commercial ``res.partner``) with sudo,
            of companies that follow customers; empty where there are many
        """
        if not self.env["customer.life"]._is_kept():
            return set()
        data = self.env["ir.model.data"]
        types = [
            data._xmlid_to_res_id(xmlid, raise_if_not_found=False)
            for xmlid in (*ACTIVITIES.values(), NEXT_CONTACT)
        ]
        # sudo: of whatever document, and whoever has the activity
        rows = self.sudo().filtered(
            lambda row: (
                row.res_model in DOCUMENTS
                and row.activity_type_id
                and row.activity_type_id.id in types
            )
        )
        if len(rows) > MOST:
            return set()
        FollowUp, found = self.env["customer.follow.up"].sudo(), set()
        for row in rows:
            document = self.env[row.res_model].sudo().browse(row.res_id).exists()
            customer = document and document._get_follow_up_customer()
            company = document and FollowUp._get_company(document)
            if customer and company.lifecycle_followed:
                found.add((company, customer))
        return found
