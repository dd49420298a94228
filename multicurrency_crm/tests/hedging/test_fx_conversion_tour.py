from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from ..common import MultiCurrencyCommon, TourCase
from .conversion_common import ConversionSetUp


@tagged("post_install", "-at_install")
class TestConversionTour(ConversionSetUp, MultiCurrencyCommon, TourCase):
    """Entered, booked and taken back by finance, in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls._choose_accounts(cls.company)
        cls._open_account("BUSD", cls.usd, cls.company)
        cls._set_rate(cls.usd, fields.Date.today(), 1 / 7.2)
        new_test_user(
            cls.env,
            "tour_changer",
            groups="account.group_account_invoice,multicurrency_crm.group_finance,"
            "multicurrency_crm.group_multicurrency_hedging",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_entered_booked_and_taken_back(self):
        self.start_tour(
            "/odoo/conversions", "multicurrency_crm_conversion", login="tour_changer"
        )
        conversion = self.env["fx.conversion"].search(
            [("company_id", "=", self.company.id)]
        )
        self.assertEqual(conversion.amount_to, 430800.0)
        self.assertEqual(conversion.state, "cancelled")
        self.assertTrue(conversion.cancel_move_id)
