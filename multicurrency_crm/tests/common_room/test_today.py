from freezegun import freeze_time

from odoo.fields import Date
from odoo.tests import TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestToday(TransactionCase):
    """Which day it is depends on the company, not on who asks."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.ningbo, cls.oakland = cls.env["res.company"].create(
            [{"name": "Ningbo Tools"}, {"name": "Oakland Trade"}]
        )
        cls.ningbo.partner_id.tz = "Asia/Shanghai"
        cls.oakland.partner_id.tz = "America/Los_Angeles"

    @freeze_time("2026-03-05 20:00:00")
    def test_two_companies_two_days(self):
        self.env.user.tz = "Pacific/Kiritimati"
        self.assertEqual(self.ningbo._get_today(), Date.to_date("2026-03-06"))
        self.assertEqual(self.oakland._get_today(), Date.to_date("2026-03-05"))
        context = self.ningbo.with_context(tz="America/Los_Angeles")
        self.assertEqual(context._get_today(), Date.to_date("2026-03-06"))

    @freeze_time("2026-03-05 20:00:00")
    def test_working_hours_say_it_where_the_address_does_not(self):
        self.oakland.partner_id.tz = False
        self.oakland.resource_calendar_id.tz = "Asia/Tokyo"
        self.assertEqual(self.oakland._get_today(), Date.to_date("2026-03-06"))
        self.oakland.resource_calendar_id = False
        self.assertEqual(self.oakland._get_today(), Date.to_date("2026-03-05"))

    @freeze_time("2026-03-05 20:00:00")
    def test_what_belongs_to_no_company(self):
        self.env.user.tz = "Asia/Shanghai"
        self.assertEqual(self.ningbo._get_utc_today(), Date.to_date("2026-03-05"))

    def test_no_company_is_later_than_the_latest(self):
        self.oakland.partner_id.tz = "Pacific/Kiritimati"
        for hour in range(24):
            with freeze_time(f"2026-03-05 {hour:02}:30:00"):
                self.assertEqual(
                    self.ningbo._get_latest_today(), self.oakland._get_today()
                )
