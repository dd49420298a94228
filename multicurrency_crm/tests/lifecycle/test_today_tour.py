from odoo.tests import tagged

from ..common import TourCase
from .suggestion_common import SuggestionCommon


class TodayTourCommon(SuggestionCommon, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_features(True)
        cls.order = cls._quote(90, user_id=cls.seller.id)
        cls._follow()
        cls.env.flush_all()

    def _walk(self):
        planned = self.customer.activity_schedule(
            "mail.mail_activity_data_todo",
            self.today,
            summary="Ask for the drawings",
            user_id=self.seller.id,
        )
        self.start_tour(
            "/odoo/to-do-today", "multicurrency_crm_today", login=self.seller.login
        )
        self.env.invalidate_all()
        self.assertFalse(planned.active)
        self.assertIn("on their way", self.customer.message_ids[:1].body)
        [said] = self.FollowUp.search([("partner_id", "=", self.customer.id)])
        self.assertEqual((said.outcome, said.res_id), ("later", self.order.id))
        [known] = self._find("silence", state="useless")
        self.assertEqual(known.useless_by, self.seller)


@tagged("post_install", "-at_install")
class TestTodayTour(TodayTourCommon):
    def test_what_is_due_is_done(self):
        self._walk()

    def test_what_is_due_is_done_in_chinese(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        addon = self.env["ir.module.module"].search(
            [("name", "=", "multicurrency_crm")]
        )
        addon._update_translations(["zh_CN"])
        self.seller.lang = "zh_CN"
        self._walk()


@tagged("post_install", "-at_install")
class TestTodayPhoneTour(TodayTourCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_what_is_due_is_done_on_a_phone(self):
        self._walk()
