"""A salesperson's locked quotation, and the dialog that extends its lock."""

from datetime import timedelta

from odoo.tests import Form

from .agreement_common import AgreementCommon
from .common import END, TODAY

LONGER = END + timedelta(days=10)


class ExtensionCommon(AgreementCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second_manager = cls._create_salesperson(
            "second_manager",
            "sales_team.group_sale_manager,multicurrency_crm.group_manager",
        )
        cls.order = cls._create_quotation(price=100, user_id=cls.user.id)
        cls.order.with_user(cls.user).action_lock_rate()
        cls.lock = cls.order.rate_lock_id

    def _dialog(self, lock=None, user=None):
        return Form(
            self.env["fx.rate.lock.extend"]
            .with_user(user or self.user)
            .with_context(default_lock_id=(lock or self.lock).id)
        )

    def _pending(self, **values):
        domain = [("state", "=", "requested")]
        return self.env["fx.rate.approval"].search(
            domain + [(name, "=", value) for name, value in values.items()]
        )

    def _fall(self, quoted="6.5", day=TODAY):
        """The dollar falls against the yuan."""
        rates = self.env["res.currency.rate"].search(
            [("currency_id", "=", self.usd.id), ("name", "=", day)]
        )
        rates.unlink()
        self._set_rate(self.usd, day, 1 / float(quoted))
