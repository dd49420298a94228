from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Accounts whose items are open until they are matched, without any choice.
OWED = ("asset_receivable", "liability_payable")


class AccountAccount(models.Model):
    """Accounts on which open items are followed."""

    _inherit = "account.account"

    follow_open_items = fields.Boolean(
        help="Its items are open until they are matched, as those of receivables and "
        "payables are: they are aged, and stated with them.",
        groups="account.group_account_readonly,account.group_account_invoice",
    )

    @api.constrains("follow_open_items", "reconcile")
    def _check_follow_open_items(self):
        for account in self:
            if account.follow_open_items and not account.reconcile:
                raise ValidationError(
                    self.env._(
                        "%(account)s: open items can be followed where items are "
                        "matched. Tick Allow Reconciliation, too.",
                        account=account.display_name,
                    )
                )

    @api.model
    def _find_followed(self, types=OWED, marked=True):
        """Find the accounts whose open items are followed, in all companies, archived
        ones, too.

        :param types: account types that count without being marked
        :param bool marked: those that are marked count, too
        :return: ``account.account`` with sudo
        """
        domain = [("account_type", "in", types)]
        if marked:
            domain = ["|", ("follow_open_items", "=", True), *domain]
        # sudo: what is open is gathered for whoever may read the result
        every = self.sudo().with_context(active_test=False)
        return every.search(domain)
