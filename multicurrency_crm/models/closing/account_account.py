from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

#: Types of accounts that hold money, or what becomes money: the others keep the rate of
#: their posting for ever.
MONETARY = (
    "asset_receivable",
    "asset_cash",
    "asset_current",
    "asset_non_current",
    "liability_payable",
    "liability_credit_card",
    "liability_current",
    "liability_non_current",
)


class AccountAccount(models.Model):
    """Accounts that are revalued besides receivables, payables and money."""

    _name = "account.account"
    _inherit = ["account.account", "used.mixin"]

    fx_revalued = fields.Boolean(
        string="Revalue at Period Ends",
        help="Its foreign balances are revalued at period ends, as money is: for "
        "loans, deposits and the like. Receivables, payables, followed open items and "
        "money are revalued without it.",
        groups="account.group_account_readonly,account.group_account_invoice",
    )

    @api.constrains("fx_revalued", "account_type")
    def _check_fx_revalued(self):
        for account in self:
            if account.fx_revalued and account in account._filter_not_monetary():
                raise ValidationError(
                    self.env._(
                        "%(account)s isn't monetary: it keeps the rate at which it was "
                        "posted, and can't be revalued.",
                        account=account.display_name,
                    )
                )

    def _filter_not_monetary(self):
        """Filter the accounts that keep the rate of their posting: by type, and those
        of advances that are earned by a delivery (IFRIC 22)."""
        # sudo: settings of whichever company has such an account
        companies = self.env["res.company"].sudo().search([])
        earned = companies.downpayment_account_id
        return self.filtered(
            lambda account: (
                account.account_type not in MONETARY or account.sudo() in earned
            )
        )

    def _name_all(self):
        """Return the names of these accounts, as one list."""
        return format_list(self.env, self.mapped("display_name"))
