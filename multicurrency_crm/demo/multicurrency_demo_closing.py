from odoo import models

#: (setting of the company, code, name, type) of the accounts of a revaluation
ACCOUNTS = (
    (
        "revaluation_asset_account_id",
        "121900",
        "Receivables, Revaluation",
        "asset_current",
    ),
    (
        "revaluation_liability_account_id",
        "211900",
        "Payables, Revaluation",
        "liability_current",
    ),
)


class MultiCurrencyDemo(models.AbstractModel):
    """The end of last month: revalued, and reversed the day after."""

    _inherit = "multicurrency.demo"

    def _load_revaluation(self):
        """Revalue as finance does: a clerk computes, somebody else posts."""
        company = self._get_company()
        self._choose_revaluation(company)
        _first, last = company._get_last_period("monthly")
        Revaluation = self.env["fx.revaluation"].with_user(self._ref("user_finance"))
        run = Revaluation.create({"company_id": company.id, "date": last})
        run.action_compute()
        run.with_user(self._ref("user_credit")).action_post()
        self._name_records({"revaluation": run})

    def _choose_revaluation(self, company):
        env = self.env["res.company"].with_company(company).env
        accounts = {
            setting: env["account.account"]
            .create(
                {"code": code, "name": name, "account_type": kind, "reconcile": False}
            )
            .id
            for setting, code, name, kind in ACCOUNTS
        }
        journal = env["account.journal"].create(
            {
                "name": "Revaluation",
                "code": "REVAL",
                "type": "general",
                "company_id": company.id,
            }
        )
        company.write(
            {
                "revaluation_journal_id": journal.id,
                "revaluation_four_eyes": True,
                **accounts,
            }
        )
