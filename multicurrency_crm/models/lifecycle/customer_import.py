from odoo import models


class CustomerImport(models.Model):
    """Follow-ups that are brought in are as those that are noted here: of their own day
    and author, and nothing is planned."""

    _inherit = "customer.import"

    def _get_note_subtype(self):
        return (
            self.env.ref(
                "multicurrency_crm.mail_message_subtype_follow_up",
                raise_if_not_found=False,
            )
            or super()._get_note_subtype()
        )

    def _publish_notes(self, rows):
        result = super()._publish_notes(rows)
        # sudo: follow-ups are written by our code only
        self.env["customer.follow.up"].sudo()._create_guarded(
            [
                {
                    "message_id": row.note_id.id,
                    "partner_id": row.partner_id.commercial_partner_id.id,
                    "company_id": self.company_id.root_id.id,
                    "note": row.values["note"],
                    "contacted_on": row.note_id.date,
                    "date": row.date,
                    "user_id": row.note_id.author_id.user_ids[:1].id,
                }
                for row in rows
            ]
        )
        return result
