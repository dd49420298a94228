"""What the tests of held rates share."""

from odoo import Command
from odoo.tests import new_test_user

from .common import RatesCommon

DAY = "2026-03-06"


class HoldCommon(RatesCommon):
    """A jump of the dollar, held for the Chinese company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Hold = cls.env["fx.rate.hold"]
        cls.boss = cls._create_user("boss", "multicurrency_crm.group_manager")
        cls.finance = cls._create_user("finance", "multicurrency_crm.group_finance")

    @classmethod
    def _create_user(cls, login, groups, company=None):
        company = company or cls.company
        return new_test_user(
            cls.env,
            f"{login}_of_holds",
            name=login.capitalize(),
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    @classmethod
    def _values(cls, **values):
        return {
            "provider_id": cls.provider.id,
            "company_id": cls.company.id,
            "currency_id": cls.usd.id,
            "date": DAY,
            "published_on": DAY,
            "rate": 0.18,
            "quoted": "1 EUR = 1.3 USD; 1 EUR = 7.2 CNY",
            "kind": "mid",
            "previous_rate": 0.14,
            "previous_date": "2026-03-05",
            "jump": 0.285714,
            "reason": "jump",
            "factor": 0,
            **values,
        }

    def _held(self, **values):
        values = self._values(**values)
        values["date"] = self.Hold._fields["date"].to_date(values["date"])
        return self.Hold._hold([values])

    def _found(self):
        """What the provider has had held."""
        return self.Hold.search([("provider_id", "=", self.provider.id)])

    def _as(self, user, hold):
        return hold.with_user(user).with_context(
            allowed_company_ids=user.company_ids.ids
        )
