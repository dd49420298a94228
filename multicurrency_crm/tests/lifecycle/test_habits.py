"""How one speaks with a contact: its names in chats, and the time there."""

from odoo.exceptions import ValidationError
from odoo.tests import freeze_time, tagged

from .follow_up_common import FollowUpCommon


@tagged("post_install", "-at_install")
class TestHabits(FollowUpCommon):
    def test_addresses_of_chats(self):
        self.anna.write(
            {
                "chat_whatsapp": "+49 170 1234567",
                "chat_wechat": "wxid_anna",
                "chat_line": "anna.b",
                "chat_telegram": "@anna_buyer",
            }
        )
        self.assertEqual(
            self.anna.chat_addresses,
            {
                "whatsapp": "https://wa.me/491701234567",
                "wechat": None,
                "line": "https://line.me/ti/p/~anna.b",
                "telegram": "https://t.me/anna_buyer",
            },
        )

    def test_nonsense_is_refused_with_a_sentence(self):
        for name, text in (
            ("chat_whatsapp", "0170 1234567"),
            ("chat_whatsapp", "call me"),
            ("chat_wechat", "a b c d e f"),
            ("chat_line", "x"),
            ("chat_telegram", "javascript:alert(1)"),
            ("chat_telegram", "n" * 60),
        ):
            with self.subTest(name, text=text):
                with self.assertRaises(ValidationError) as caught:
                    self.anna.write({name: text})
                self.assertIn(text[:50], str(caught.exception))
        with self.assertRaises(ValidationError):
            self.env["res.partner"].create(
                {"name": "D", "chat_line": "no spaces please"}
            )

    def test_they_are_a_persons_own(self):
        self.anna.chat_wechat = "wxid_anna"
        self.assertFalse(self.boris.chat_wechat)
        self.assertFalse(self.customer.chat_wechat)
        self.assertFalse(self.anna.copy().chat_wechat)

    def test_salespeople_write_them(self):
        anna = self._as(self.anna, self.seller, self.company)
        anna.chat_line = "anna.b"
        self.assertEqual(anna.chat_line, "anna.b")

    @freeze_time("2026-03-02 06:30:00")
    def test_the_time_there(self):
        self.anna.write({"country_id": self.env.ref("base.de").id, "tz": False})
        self.assertIn("7:30", self.anna.time_there)
        self.assertFalse(self.anna.is_time_to_talk)
        self.anna.write({"contact_from": 7.0, "contact_to": 9.0})
        self.assertTrue(self.anna.is_time_to_talk)
        self.boris.write({"country_id": False, "tz": False})
        self.assertFalse(self.boris.time_there)
