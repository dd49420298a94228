from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from ..common.res_company import LIQUID

#: Accounts that a revaluation needs, and of which type those are that it asks for.
ADJUSTED = {
    "revaluation_asset_account_id": "asset_current",
    "revaluation_liability_account_id": "liability_current",
}

#: Settings of accounts that take unrealised gains and losses.
RESULTS = ("revaluation_gain_account_id", "revaluation_loss_account_id")
#: Types of accounts that take no result.
NO_RESULT = (
    "asset_receivable",
    "liability_payable",
    *LIQUID,
    "off_balance",
)

#: Choices of a company, and of each run: lists, since Odoo translates no others.
METHODS = [
    ("standard", "Gains and losses"),
    ("losses", "Losses only (beyond a year)"),
]
REVERSALS = [
    ("next_day", "Reversed the next day"),
    ("standing", "Stands until the next one"),
]
RATE_KINDS = [
    ("spot", "Booking rate of the day"),
    ("month", "Booking rate of the month's first day"),
    ("official", "Official rate of the day"),
]
ADVANCES = [
    ("core", "As Odoo: at the closing rate"),
    ("ifric22", "Keep their rate (IFRIC 22)"),
]


class ResCompany(models.Model):
    """How a company closes periods: what it revalues, and who verifies its flow."""

    _inherit = "res.company"

    revaluation_journal_id = fields.Many2one(
        "account.journal",
        domain=[("type", "=", "general")],
        check_company=True,
        groups="base.group_user",
        help="A journal of its own, so that others can be closed without it.",
    )
    revaluation_asset_account_id = fields.Many2one(
        "account.account",
        string="Adjusts Receivables",
        domain=[("account_type", "=", "asset_current"), ("reconcile", "=", False)],
        check_company=True,
        groups="base.group_user",
    )
    revaluation_liability_account_id = fields.Many2one(
        "account.account",
        string="Adjusts Payables",
        domain=[("account_type", "=", "liability_current"), ("reconcile", "=", False)],
        check_company=True,
        groups="base.group_user",
    )
    revaluation_gain_account_id = fields.Many2one(
        "account.account",
        string="Unrealized Gains",
        domain=[("account_type", "not in", NO_RESULT)],
        check_company=True,
        groups="base.group_user",
        help="Empty: where Odoo books exchange gains.",
    )
    revaluation_loss_account_id = fields.Many2one(
        "account.account",
        string="Unrealized Losses",
        domain=[("account_type", "not in", NO_RESULT)],
        check_company=True,
        groups="base.group_user",
        help="Empty: where Odoo books exchange losses.",
    )
    revaluation_method = fields.Selection(
        selection=METHODS,
        default="standard",
        required=True,
        groups="base.group_user",
    )
    revaluation_reversal = fields.Selection(
        selection=REVERSALS,
        default="next_day",
        required=True,
        groups="base.group_user",
    )
    revaluation_rate_kind = fields.Selection(
        selection=RATE_KINDS,
        string="Revaluation Rate",
        default="spot",
        required=True,
        groups="base.group_user",
    )
    revaluation_by_partner = fields.Boolean(
        string="A Line per Customer",
        groups="base.group_user",
        help="Adjustment accounts get a line per partner, too.",
    )
    revaluation_advances = fields.Selection(
        selection=ADVANCES,
        string="Unallocated Advances",
        default="core",
        required=True,
        groups="base.group_user",
    )
    revaluation_four_eyes = fields.Boolean(
        string="Another One Posts Revaluations", groups="base.group_user"
    )

    flow_weekly = fields.Boolean(
        string="Make the Flow Every Week",
        groups="base.group_user",
        help="In the night after a week is over, finance finds its table made.",
    )
    flow_four_eyes = fields.Boolean(
        string="Another One Verifies the Flow", groups="base.group_user"
    )

    # === CONSTRAINT METHODS === #

    @api.constrains(*ADJUSTED, *RESULTS, "revaluation_journal_id")
    def _check_revaluation_choices(self):
        self._check_company([*ADJUSTED, *RESULTS, "revaluation_journal_id"])
        for company in self:
            # sudo: who chooses needn't read all that a revaluation values
            if sentence := company.sudo()._explain_unfit_choice():
                raise ValidationError(sentence)

    def _explain_unfit_choice(self):
        """Return why a revaluation can't book by what this main company has chosen, or
        False: something may have become of an account since then."""
        journal = self.revaluation_journal_id
        if journal and journal.type != "general":
            return self.env._(
                "%(journal)s can't take a revaluation: choose a miscellaneous journal.",
                journal=journal.display_name,
            )
        for name, account_type in ADJUSTED.items():
            account = self[name]
            if account and (account.account_type != account_type or account.reconcile):
                return self.env._(
                    "%(account)s can't adjust what is open: choose an account "
                    "of current assets for receivables, one of current "
                    "liabilities for payables, both without reconciliation.",
                    account=account.display_name,
                )
        return self._explain_unfit_account()

    def _explain_unfit_account(self):
        """Return which account is valued itself, or adjusts, where it takes something
        else; or False."""
        places = {name: self[name] for name in (*ADJUSTED, *RESULTS)}
        chosen = self.env["account.account"].union(*places.values())
        companies = self.search([("id", "child_of", self.id)])
        valued = chosen._filter_valued(companies)
        adjusting = self.env["account.account"].union(
            *(places[name] for name in ADJUSTED)
        )
        for name, account in places.items():
            is_result = name in RESULTS
            if account and (
                account in valued
                or (is_result and account in adjusting)
                or (is_result and account.account_type in NO_RESULT)
            ):
                return self.env._(
                    "%(account)s can't be chosen as %(setting)s: what is on it is "
                    "valued itself. Choose an account that takes nothing else.",
                    account=account.display_name,
                    setting=self._fields[name]._description_string(self.env),
                )
        return False

    def _get_revaluation_results(self):
        """Return where unrealised gains and losses go.

        :return: (``account.account`` of gains, of losses), with sudo
        """
        # sudo: who works in a branch needn't see its main company
        main = self.sudo().root_id
        return (
            main.revaluation_gain_account_id
            or main.income_currency_exchange_account_id,
            main.revaluation_loss_account_id
            or main.expense_currency_exchange_account_id,
        )

    def _check_revaluation_set_up(self):
        """:raises UserError: something that a revaluation needs isn't chosen, or can't
        be booked on any more"""
        self.ensure_one()
        # sudo: who works in a branch needn't see its main company
        main = self.sudo().root_id
        gains, losses = self._get_revaluation_results()
        needed = ("revaluation_journal_id", *ADJUSTED)
        missing = [name for name in needed if not main[name]]
        missing += ["revaluation_gain_account_id"] * (not gains)
        missing += ["revaluation_loss_account_id"] * (not losses)
        if missing:
            labels = [self._fields[n]._description_string(self.env) for n in missing]
            raise UserError(
                self.env._(
                    "To revalue, %(company)s needs %(settings)s: choose them in the "
                    "settings of Multi-Currency.",
                    company=main.name,
                    settings=format_list(self.env, labels),
                )
            )
        if sentence := main._explain_unfit_choice():
            raise UserError(sentence)

    def _find_currency_obstacles(self):
        return [
            *super()._find_currency_obstacles(),
            (
                self.env["fx.revaluation"].search(
                    [("company_id", "child_of", self.id), ("state", "!=", "draft")]
                ),
                self.env._("delete drafts; what was posted needs a new company"),
            ),
            (
                self.env["currency.flow"].search([("company_id", "=", self.id)]),
                self.env._("delete drafts; what was verified needs a new company"),
            ),
        ]
