from decimal import Decimal

from odoo import models

#: (setting of the company, code, name, type) of the accounts of conversions
ACCOUNTS = (
    ("conversion_charges_account_id", "620100", "Bank Charges on Exchange", "expense"),
    ("forward_result_account_id", "451000", "Investment Income", "income_other"),
)
#: what the bank keeps of the spot, in units of company currency for 1 dollar
SPREAD = Decimal("0.0180")


class MultiCurrencyDemo(models.AbstractModel):
    """Dollars that the bank changed into yuan: at its rate, and by a forward."""

    _inherit = "multicurrency.demo"

    def _load_conversions(self):
        company = self._get_company()
        env = self.env["res.company"].with_company(company).env
        for setting, code, name, kind in ACCOUNTS:
            company[setting] = env["account.account"].create(
                {"code": code, "name": name, "account_type": kind}
            )
        usd, day = self.env.ref("base.USD"), self._get_workday(20)
        spot = usd._find_spot(company, day)[usd.id]
        price = (1 / Decimal(spot.rate)).quantize(Decimal("0.0001")) - SPREAD
        at_bank = self._change_dollars(
            day, amount_from=60000, bank_rate=f"{price:f}", charges=50
        )
        forward = self._ref("forward_usd_1")
        by_forward = self._change_dollars(
            forward.value_date,
            amount_from=forward.amount,
            forward_id=forward.id,
            charges=80,
        )
        self._name_records({"conversion": at_bank, "conversion_forward": by_forward})

    def _change_dollars(self, day, **values):
        """Change dollars into yuan, as finance enters it.

        :return: ``fx.conversion``, posted
        """
        Conversion = self.env["fx.conversion"].with_user(self._ref("user_finance"))
        conversion = Conversion.create(
            {
                "company_id": self._get_company().id,
                "date": day,
                "journal_from_id": self._ref("journal_usd").id,
                "journal_to_id": self._ref("journal_cny").id,
                **values,
            }
        )
        conversion.action_post()
        self._backdate({conversion.with_env(self.env): self._get_moment(day)})
        return conversion.with_env(self.env)
