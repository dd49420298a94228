from odoo.tests import tagged

from ..common import TourCase
from .follow_up_common import FollowUpCommon


class FollowUpTourCommon(FollowUpCommon, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._switch_features(True)
        cls.anna.write({"chat_whatsapp": "+49 170 1234567", "chat_wechat": "wxid_anna"})
        cls.env.flush_all()

    def _walk(self):
        path = f"/odoo/res.partner/{self.anna.id}"
        self.start_tour(path, "multicurrency_crm_follow_up", login=self.seller.login)
        self.env.invalidate_all()
        row = self.FollowUp.search([("partner_id", "=", self.customer.id)])
        self.assertEqual((row.kind, row.outcome), ("whatsapp", "samples"))
        self.assertEqual(row.contact_id, self.anna)
        self.assertEqual(row.note, "Two of each by air")
        self.start_tour(path, "multicurrency_crm_timeline", login=self.seller.login)


@tagged("post_install", "-at_install")
class TestFollowUpTour(FollowUpTourCommon):
    def test_a_chat_is_noted_and_found(self):
        self._walk()


@tagged("post_install", "-at_install")
class TestFollowUpPhoneTour(FollowUpTourCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_chat_is_noted_and_found_on_a_phone(self):
        self._walk()
