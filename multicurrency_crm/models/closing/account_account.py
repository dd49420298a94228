from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from ..common.res_company import LIQUID
from .res_company import ADJUSTED

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
        marked = self.filtered("fx_revalued")
        if adjusting := marked._filter_adjusting():
            raise ValidationError(
                self.env._(
                    "%(account)s takes what revaluations adjust: revalued itself, it "
                    "would lose that.",
                    account=adjusting[0].display_name,
                )
            )
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

    def _filter_adjusting(self):
        """Filter the accounts on which revaluations adjust what is open on others: by
        the settings of any company, or by what was booked before these were changed."""
        if not self:
            return self
        # sudo: settings of whichever company has such an account
        companies = self.env["res.company"].sudo().search([])
        chosen = {account.id for name in ADJUSTED for account in companies[name]}
        chosen |= self.env["fx.revaluation"]._find_adjusting_ids(self)
        return self.filtered(lambda account: account.id in chosen)

    def _filter_valued(self, companies):
        """Filter the accounts that revaluations of these companies value: of money, on
        its way, too, of open items, and those that are marked.

        :param companies: ``res.company``
        """
        # sudo: who chooses accounts needn't read all of them
        accounts = self.sudo()
        valued = accounts.filtered(
            lambda account: account.account_type in LIQUID or account.fx_revalued
        )
        valued |= accounts & accounts._find_followed()
        valued |= accounts & companies.sudo()._get_transit_accounts()  # sudo: as above
        return valued.with_env(self.env)

    def _name_all(self):
        """Return the names of these accounts, as one list."""
        return format_list(self.env, self.mapped("display_name"))
