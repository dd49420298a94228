"""What rows of customers say of people."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.customer_rows import (
    CHANNELS,
    get_digest,
    join_name,
    read_channel,
    read_hours,
    read_is_company,
    split_list,
)
from ...models.common.res_partner_habits import CHANNELS as CHOICES

words = st.text("abcXYZ äß中文", min_size=1, max_size=8).map(str.strip).filter(bool)
minutes = st.integers(0, 24 * 60 - 1)


@tagged("post_install", "-at_install")
class TestCustomerRows(BaseCase):
    @given(st.lists(words, unique=True, max_size=6), st.sampled_from(",;、；，|\n"))
    def test_what_a_cell_lists(self, names, between):
        self.assertEqual(split_list(f" {between}".join(names)), names)

    def test_nothing_is_listed(self):
        for text in (None, "", " , ; "):
            self.assertEqual(split_list(text), [])

    def test_names(self):
        for first, last, name in (
            ("Ana", "Rojas", "Ana Rojas"),
            ("小明", "王", "王小明"),
            ("David", "王", "David 王"),
            ("", "Öztürk", "Öztürk"),
            (None, None, ""),
        ):
            self.assertEqual(join_name(first, last), name)

    def test_companies_and_people(self):
        for word in ("Company", "企业", "Business", "是", "TRUE"):
            self.assertIs(read_is_company(word), True, word)
        for word in ("Person", "individual", "个人", "否", "False"):
            self.assertIs(read_is_company(word), False, word)
        for word in ("", None, "Ltd"):
            self.assertIsNone(read_is_company(word), word)

    def test_channels_are_those_of_a_contact(self):
        self.assertEqual(set(CHANNELS), {code for code, _name in CHOICES})
        for code, name in CHOICES:
            self.assertEqual(read_channel(name), code)
        self.assertEqual(read_channel("微信"), "wechat")
        self.assertIsNone(read_channel("pigeon"))

    def test_hours(self):
        for text, hours in (
            ("9-18", (9.0, 18.0)),
            ("09:30 – 17:45", (9.5, 17.75)),
            ("9am to 5pm", (9.0, 17.0)),
            ("上午9点-下午6点半", (9.0, 18.5)),
            ("8h30-12h", (8.5, 12.0)),
            ("22:00-06:00", (22.0, 6.0)),
            ("0:00-24:00", (0.0, 24.0)),
            ("12am-12pm", (0.0, 12.0)),
        ):
            self.assertEqual(read_hours(text), hours, text)
        for text in ("9-5", "9", "", None, "25-26", "9:70-10", "10-10", "13pm-14pm"):
            self.assertIsNone(read_hours(text), text)

    @given(minutes, minutes)
    def test_hours_that_are_written_are_read(self, first, last):
        text = f"{first // 60}:{first % 60:02}-{last // 60}:{last % 60:02}"
        found = read_hours(text)
        if last > first:
            self.assertEqual([round(60 * hour) for hour in found], [first, last])
        elif found:
            self.assertGreater(first, 12 * 60)

    def test_a_digest_tells_values_apart_and_says_none(self):
        values = ["a@b.example", "A@b.example", None, False, 0, [[6, 0, [1]]]]
        digests = [get_digest(value) for value in values]
        self.assertEqual(len(set(digests)), len(values))
        self.assertNotIn("b.example", "".join(digests))
