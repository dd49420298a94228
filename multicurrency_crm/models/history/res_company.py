from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Types of accounts that opening entries aren't booked against.
NOT_AGAINST = ("asset_receivable", "liability_payable")


class ResCompany(models.Model):
    """How a company brings its history in."""

    _inherit = "res.company"

    history_journal_id = fields.Many2one(
        "account.journal",
        string="Journal of Opening Entries",
        domain=[("type", "=", "general")],
        check_company=True,
        groups="base.group_user",
        help="A journal of its own, so that what was brought in is found again.",
    )
    history_account_id = fields.Many2one(
        "account.account",
        string="Clearing Account",
        domain=[("account_type", "not in", NOT_AGAINST)],
        check_company=True,
        groups="base.group_user",
        help="Opening entries are booked against it. It is cleared when the balances "
        "of the old system's ledger are booked.",
    )
    history_four_eyes = fields.Boolean(
        string="Another One Publishes Imports", groups="base.group_user"
    )
    history_keep_days = fields.Integer(
        string="Keep Files (Days)",
        default=90,
        bounds=(0, 3650),
        groups="base.group_user",
        help="After that, files and what their rows said are erased; what they have "
        "created stays. 0: they are kept.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("history_account_id", "history_journal_id")
    def _check_history_choices(self):
        for company in self:
            # sudo: who chooses needn't read all of the books
            account = company.sudo().history_account_id
            journal = company.sudo().history_journal_id
            if account.account_type in NOT_AGAINST:
                raise ValidationError(
                    self.env._(
                        "%(account)s can't be the clearing account: what is on it is "
                        "owed.",
                        account=account.display_name,
                    )
                )
            if journal and journal.type != "general":
                raise ValidationError(
                    self.env._(
                        "%(journal)s can't take opening entries: choose a "
                        "miscellaneous journal.",
                        journal=journal.display_name,
                    )
                )

    def _find_currency_obstacles(self):
        imports = self.env["customer.import"].search(
            [("company_id", "child_of", self.id), ("state", "=", "done")]
        )
        return [
            *super()._find_currency_obstacles(),
            (imports, self.env._("take them back first")),
        ]
