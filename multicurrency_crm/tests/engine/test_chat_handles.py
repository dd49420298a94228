"""Names in chats: what people type, and the addresses that come out."""

from urllib.parse import urlsplit

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.chat_handles import CHATS, get_chat_address, read_handle

HOSTS = {None, "wa.me", "line.me", "t.me"}


@tagged("post_install", "-at_install")
class TestChatHandles(BaseCase):
    def test_numbers_as_people_type_them(self):
        for text in (
            "+86 138 0013 8000",
            "0086 138-0013-8000",
            "+86 (138) 0013.8000",
            "https://wa.me/8613800138000",
            "wa.me/+8613800138000",
            "https://api.whatsapp.com/send?phone=8613800138000",
        ):
            with self.subTest(text):
                self.assertEqual(read_handle("whatsapp", text), "+8613800138000")

    def test_a_number_without_its_country_is_nobodys(self):
        for text in ("13800138000", "013800138000", "+0138 0013 8000", "+86 138", "+"):
            with self.subTest(text):
                self.assertIsNone(read_handle("whatsapp", text))

    def test_names(self):
        self.assertEqual(read_handle("wechat", " wxid_ab12 "), "wxid_ab12")
        self.assertEqual(read_handle("wechat", "+86 138 0013 8000"), "+8613800138000")
        self.assertEqual(read_handle("line", "@atacama"), "@atacama")
        self.assertEqual(read_handle("line", "https://line.me/ti/p/~wei.z"), "wei.z")
        self.assertEqual(
            read_handle("telegram", "@Atacama_Minerals"), "Atacama_Minerals"
        )
        self.assertEqual(read_handle("telegram", "t.me/Atacama"), "Atacama")

    def test_nonsense(self):
        for chat in CHATS:
            for text in (
                "",
                "call me",
                "a b",
                "x",
                "n" * 60,
                "javascript:alert(1)",
                "https://evil.example/wa.me/8613800138000",
                "<script>",
                "٠٠٨٦١٣٨٠٠١٣٨٠٠٠",
                "wa.me/8613800138000\nhttps://evil.example",
            ):
                with self.subTest(chat=chat, text=text):
                    self.assertIsNone(read_handle(chat, text))

    def test_addresses(self):
        self.assertEqual(
            get_chat_address("line", "wei.z"), "https://line.me/ti/p/~wei.z"
        )
        self.assertEqual(
            get_chat_address("telegram", "+8613800138000"),
            "https://t.me/+8613800138000",
        )
        self.assertIsNone(get_chat_address("wechat", "wxid_ab12"))
        self.assertIsNone(get_chat_address("line", "+8613800138000"))

    @given(st.sampled_from(CHATS), st.text(max_size=40))
    def test_whatever_is_typed_leads_nowhere_else(self, chat, text):
        handle = read_handle(chat, text)
        if handle is None:
            return
        self.assertNotRegex(handle, r"\s")
        self.assertEqual(read_handle(chat, handle), handle, "read once more")
        address = get_chat_address(chat, handle)
        host = address and urlsplit(address).hostname
        self.assertIn(host, HOSTS)
        self.assertTrue(address is None or address.startswith("https://"))

    @given(st.sampled_from(CHATS), st.from_regex(r"\+[1-9]\d{7,14}", fullmatch=True))
    def test_any_number_is_kept_digit_by_digit(self, chat, number):
        if number.isascii():
            self.assertEqual(read_handle(chat, number), number)
