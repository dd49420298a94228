from odoo import fields, models
from odoo.fields import Command


class CustomerImport(models.Model):
    """Through whose hands a file went: who loaded it, chose how it is read and what
    becomes of its rows, or checked it, has made what is asked. None of them decides."""

    _inherit = "customer.import"

    hand_ids = fields.Many2many(
        "res.users",
        relation="customer_import_hand_rel",
        column1="import_id",
        column2="user_id",
        string="Worked On By",
        readonly=True,
        copy=False,
        help="Who loaded the file, chose what it means, or checked it: another one "
        "approves it, and grants the limits that it asks for.",
    )

    def _note_hand(self):
        """Note that the current user has had a hand in what these bring in.

        Each notes it on the import itself: who asks, or approves, at the same time is
        tried again by Odoo, and sees what was changed.
        """
        # sudo: the right to change them was checked; nobody writes the names by hand
        for record in self.sudo():
            record._write_guarded({"hand_ids": [Command.link(self.env.uid)]})

    def _get_requesters(self):
        # sudo: whoever decides needn't read other users
        asked = self.sudo()
        return asked.requested_by | asked.user_id | asked.hand_ids
