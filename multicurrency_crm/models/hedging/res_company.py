from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

#: Where the Chinese charts of accounts have what contracts bring (投资收益).
INVESTMENT_INCOME = ("l10n_cn_account_5111", "l10n_cn_large_bis_account_6111")

#: {setting: types of accounts that can be chosen}
RESULTS = ("income", "income_other", "expense", "expense_direct_cost")
CARRYING = (
    "asset_current",
    "asset_non_current",
    "liability_current",
    "liability_non_current",
)
ACCOUNT_TYPES = {
    "conversion_gain_account_id": RESULTS,
    "conversion_loss_account_id": RESULTS,
    "conversion_charges_account_id": RESULTS,
    "forward_result_account_id": RESULTS,
    "forward_carried_account_id": CARRYING,
}


def _of_types(types):
    return [("account_type", "in", list(types))]


class ResCompany(models.Model):
    """Forwards are dealt against the books' currency; where the money that is changed
    at banks is booked."""

    _inherit = "res.company"

    conversion_journal_id = fields.Many2one(
        "account.journal",
        domain=[("type", "=", "general")],
        check_company=True,
        groups="base.group_user",
        help="Empty: the first miscellaneous journal.",
    )
    conversion_bank_legs = fields.Selection(
        selection=[
            ("journal", "As the journal is used"),
            ("transfer", "Always on the transfer account"),
            ("bank", "Always on the bank's own account"),
        ],
        string="Money Is Booked On",
        default="journal",
        required=True,
        groups="base.group_user",
        help="Where bank statements are entered, they book the same money: it waits on "
        "the journal's outstanding account, or the transfer account, to be matched "
        "with them.",
    )
    conversion_gain_account_id = fields.Many2one(
        "account.account",
        string="Conversion Gains",
        domain=_of_types(RESULTS),
        check_company=True,
        groups="base.group_user",
        help="Empty: where Odoo books exchange gains.",
    )
    conversion_loss_account_id = fields.Many2one(
        "account.account",
        string="Conversion Losses",
        domain=_of_types(RESULTS),
        check_company=True,
        groups="base.group_user",
        help="Empty: where Odoo books exchange losses.",
    )
    conversion_charges_account_id = fields.Many2one(
        "account.account",
        string="Bank Charges",
        domain=_of_types(RESULTS),
        check_company=True,
        groups="base.group_user",
    )
    forward_result_account_id = fields.Many2one(
        "account.account",
        string="Result of Forwards",
        domain=_of_types(RESULTS),
        check_company=True,
        groups="base.group_user",
        help="Empty: Income From Investments, where the chart of accounts has it.",
    )
    forward_carried_account_id = fields.Many2one(
        "account.account",
        string="Fair Value of Forwards",
        domain=_of_types(CARRYING),
        check_company=True,
        groups="base.group_user",
        help="On which finance carries what forwards are worth before their end.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains(*ACCOUNT_TYPES)
    def _check_conversion_accounts(self):
        self._check_company(list(ACCOUNT_TYPES))
        for company in self:
            for name, types in ACCOUNT_TYPES.items():
                account = company[name]
                if account and account.account_type not in types:
                    raise ValidationError(
                        self.env._(
                            "%(account)s can't be chosen as %(setting)s: it is of "
                            "another type.",
                            account=account.display_name,
                            setting=self._fields[name]._description_string(self.env),
                        )
                    )

    @api.constrains("conversion_journal_id")
    def _check_conversion_journal(self):
        self._check_company(["conversion_journal_id"])
        for company in self:
            journal = company.conversion_journal_id
            if journal and journal.type != "general":
                raise ValidationError(
                    self.env._(
                        "%(journal)s can't be chosen: conversions are booked in a "
                        "miscellaneous journal.",
                        journal=journal.display_name,
                    )
                )

    # === ACCOUNTS === #

    def _get_conversion_account(self, name):
        """Return an account on which conversions book, as the main company chose.

        :param str name: of a setting among ``ACCOUNT_TYPES``
        :return: ``account.account``, with sudo
        :raises UserError: none is chosen
        """
        # sudo: who works in a branch needn't see its main company
        main = self.sudo().root_id
        account = main[name] or main._get_usual_account(name)
        if not account:
            raise UserError(
                self.env._(
                    "To book this, %(company)s needs the account %(setting)s: choose "
                    "it in the settings of Multi-Currency.",
                    company=main.name,
                    setting=self._fields[name]._description_string(self.env),
                )
            )
        return account

    def _get_usual_account(self, name):
        """Return where Odoo books the same, or the chart of accounts has it."""
        if name == "conversion_gain_account_id":
            return self.income_currency_exchange_account_id
        if name == "conversion_loss_account_id":
            return self.expense_currency_exchange_account_id
        found = self.env["account.account"]
        if name == "forward_result_account_id":
            Chart = self.env["account.chart.template"].with_company(self)
            for xml_id in INVESTMENT_INCOME:
                found |= Chart.ref(xml_id, raise_if_not_found=False) or found
        return found[:1]

    def _get_conversion_journal(self):
        """Return the journal in which conversions are booked; none in books without."""
        # sudo: who works in a branch needn't see its main company
        main = self.sudo().root_id
        if main.conversion_journal_id:
            return main.conversion_journal_id
        Journal = self.env["account.journal"].sudo()  # sudo: as above
        taken = main.currency_exchange_journal_id | main.tax_cash_basis_journal_id
        return Journal.search(
            [
                ("type", "=", "general"),
                ("company_id", "in", self.parent_ids.ids),
                ("id", "not in", taken.ids),
            ],
            order="sequence, id",
            limit=1,
        )

    def _find_currency_obstacles(self):
        advice = self.env._("delete drafts; what was dealt needs a new company")
        of_company = [("company_id", "child_of", self.id)]
        return [
            *super()._find_currency_obstacles(),
            (self.env["fx.forward"].search(of_company), advice),
            (self.env["fx.conversion"].search(of_company), advice),
        ]
