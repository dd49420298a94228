from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class VerifiedMixin(models.AbstractModel):
    """A copy of what the ledger said, by which finance stands once it is verified.

    Somebody else than its maker verifies it where the company wants four eyes. What
    was verified stays as evidence: a newer copy supersedes it. The record has a state,
    whose values 'draft', 'verified', 'superseded' mean that, and a ``company_id``.
    """

    _name = "verified.mixin"
    _description = "Made from the Ledger, and Verified"
    _inherit = "guarded.mixin"

    #: setting of the company: who makes one doesn't verify it
    _four_eyes = ""
    #: action that lists these records
    _list_action = ""

    made_by = fields.Many2one("res.users", readonly=True, ondelete="set null")
    verified_by = fields.Many2one("res.users", readonly=True, ondelete="set null")
    verified_on = fields.Datetime(readonly=True)

    # === WHO MAY === #

    def _is_own(self):
        """Return whether the user made this one, and another one verifies it."""
        # sudo: who works in a branch needn't see its main company
        company = self.company_id.sudo()
        return company[self._four_eyes] and self.made_by == self.env.user

    def _check_may_verify(self):
        """:raises UserError: no draft
        :raises AccessError: made by the user, where four eyes are asked for"""
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(document)s is no draft: it was verified, or another one "
                    "supersedes it.",
                    document=self.display_name,
                )
            )
        if self._is_own():
            raise AccessError(
                self.env._(
                    "You made %(document)s yourself: another one verifies it.",
                    document=self.display_name,
                )
            )

    def _verify(self):
        """Stand by records that were looked at."""
        for record in self:
            record._check_may_verify()
        self._write_guarded(
            {
                "state": "verified",
                "verified_by": self.env.uid,
                "verified_on": fields.Datetime.now(),
            }
        )

    # === ACTIONS === #

    def action_open_superseding(self):
        """Open what took the place of this one."""
        self.ensure_one()
        return self._open(self.superseded_by_ids[:1], self.env._("Superseded By"))

    @api.model
    def _open(self, records, title):
        """Return the action that opens records: a list, or the form of one."""
        action = self.env["ir.actions.act_window"]._for_xml_id(self._list_action)
        action |= {"name": title, "display_name": title, "context": {}}
        if len(records) == 1:
            return action | {"res_id": records.id, "views": [(False, "form")]}
        return action | {"domain": [("id", "in", records.ids)]}

    @api.model
    def _notify(self, message, following=None, is_good=True):
        """Return the action that tells something, and then does what follows.

        :param following: action; none: what is shown is read again
        """
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success" if is_good else "warning",
                "message": message,
                "next": following
                or {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }
