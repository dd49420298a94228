"""What every adapter's parser has to stand, whatever its format.

::

    @tagged("post_install", "-at_install")
    class TestAtlantis(AdapterCases, BaseCase):
        code = "atlantis"
        fixtures = ("atlantis/day.json", "atlantis/history.json")
        codec = "utf-8"
"""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from ...engine.rates import Quote
from ...providers import errors, registry
from .common import fixture

#: how many places of a file are cut, at most, and about how many are damaged
CUTS = 150
DAMAGES = 60
PAGES = (
    b"<!DOCTYPE html><html><head><title>Maintenance</title></head>"
    b"<body><p>We are back soon.</p></body></html>",
    b"<html><body><h1>403 Forbidden</h1><hr>nginx</body></html>",
    b"<html><body><table><tr><td>USD</td></tr></table></body></html>",
    b"<!DOCTYPE html>\n<html><head><script>challenge()</script>",
)
#: no answer at all, and well-formed answers to another question
STRANGERS = (
    b"",
    b"\r\n",
    b" ",
    b"\xef\xbb\xbf",
    b"\x00",
    b"null",
    b"true",
    b"0",
    b'""',
    b"[]",
    b"{}",
    b"[[]]",
    b"[{}]",
    b"[null]",
    b'{"data": null}',
    b'{"error": {"code": 101, "info": "no key"}}',
    b"<rates/>",
    b"<?xml version='1.0'?>",
    b"Date,USD\n",
    b";;;\n",
    b"\x89PNG\r\n\x1a\n",
    b"PK\x03\x04",
    b"PK\x05\x06" + bytes(18),
    b"[" * 50_000,
    b'{"a":' * 50_000,
    b"<a>" * 5_000,
)


class AdapterCases:
    """Mix into a test case of one adapter; the fixtures have to be good answers.

    A parser may only return quotes or raise a :class:`ProviderError`, whose sentence
    is whole and short. What is cut off may lose quotes but never change one: half of
    a figure is a figure.
    """

    #: code of the adapter
    code = ""
    #: names below ``fixtures/``, of payloads with quotes
    fixtures = ()
    #: how the fixtures' text is encoded; None: they are no text (ZIP, XLSX)
    codec = "utf-8"
    #: what the adapter is told besides the payload
    hints = {}
    #: False for a format in which nobody can see that the last line is cut
    sees_cuts = True

    def setUp(self):
        super().setUp()
        self.adapter = registry.get(self.code)
        self.assertTrue(self.fixtures, "an adapter is tested on payloads")

    def parse(self, payload, **hints):
        return self.adapter.parse(payload, **{**self.hints, **hints})

    def by_key(self, payload, **hints):
        """{(date, currency, kind): quote}; a key twice fails."""
        quotes = self.parse(payload, **hints)
        keyed = {(quote.date, quote.currency, quote.kind): quote for quote in quotes}
        self.assertEqual(len(keyed), len(quotes))
        return keyed

    def assertRefused(self, payload, error=errors.ProviderError, pattern="", **hints):
        """The payload ends in that error, with one whole sentence of bounded length."""
        with self.assertRaisesRegex(error, pattern) as caught:
            self.parse(payload, **hints)
        self.assertSentence(caught.exception)

    def assertSpoiled(self, payload, good, wrongs, pattern=""):
        """Each of ``wrongs`` in place of a good piece refuses the payload."""
        self.assertIn(good, payload)
        for wrong in wrongs:
            with self.subTest(wrong):
                spoiled = payload.replace(good, wrong)
                self.assertRefused(spoiled, errors.FormatError, pattern)

    def assertSentence(self, error):
        sentence = str(error)
        self.assertTrue(sentence.rstrip("”)").endswith((".", "…")), sentence)
        self.assertNotIn("%(", sentence)
        self.assertLess(len(sentence), 500)

    def assertHeld(self, payload, **hints):
        """The parser holds: it returns quotes or raises a typed error.

        :return: the quotes, empty after an error
        """
        try:
            quotes = self.parse(payload, **hints)
        except errors.ProviderError as error:
            self.assertSentence(error)
            return []
        self.assertIsInstance(quotes, list)
        for quote in quotes:
            self.assertIsInstance(quote, Quote)
        return quotes

    # what is good

    def test_fixtures_are_as_declared(self):
        adapter = self.adapter
        for name in self.fixtures:
            with self.subTest(name):
                refused = []
                quotes = self.parse(fixture(name), refused=refused)
                self.assertTrue(quotes)
                self.assertEqual(refused, [])
                self.assertEqual({quote.source for quote in quotes}, {self.code})
                self.assertLessEqual({q.kind for q in quotes}, set(adapter.kinds))
                if adapter.base:
                    self.assertEqual({quote.base for quote in quotes}, {adapter.base})
                if adapter.first_day:
                    first = min(quote.date for quote in quotes)
                    self.assertGreaterEqual(first, adapter.first_day)

    def test_parsing_is_pure(self):
        for name in self.fixtures:
            with self.subTest(name):
                payload = fixture(name)
                self.assertEqual(self.parse(payload), self.parse(payload))

    # what is damaged

    def test_cut_anywhere(self):
        for name in self.fixtures:
            payload = fixture(name)
            whole = set(self.parse(payload))
            step = max(1, len(payload) // CUTS)
            for end in {*range(0, len(payload), step), *range(len(payload))[-40:]}:
                with self.subTest(name, end=end):
                    quotes = self.assertHeld(payload[:end])
                    if self.sees_cuts:
                        self.assertLessEqual(set(quotes), whole)

    def test_pages_instead_of_data(self):
        for page in PAGES:
            with self.subTest(page[:40]):
                self.assertRefused(page, errors.ProviderError)

    def test_strangers(self):
        for payload in STRANGERS:
            with self.subTest(payload[:40]):
                self.assertEqual(self.assertHeld(payload), [])
                self.assertEqual(self.assertHeld(payload, refused=[]), [])

    def test_other_encodings(self):
        if not self.codec:
            self.skipTest("no text")
        for name in self.fixtures:
            payload = fixture(name)
            whole = set(self.parse(payload))
            text = payload.decode(self.codec)
            for codec in ("utf-16", "utf-16-le", "utf-32", "cp037"):
                with self.subTest(name, codec=codec):
                    quotes = self.assertHeld(text.encode(codec, "replace"))
                    self.assertLessEqual(set(quotes), whole)

    def test_bytes_of_no_encoding(self):
        for name in self.fixtures:
            payload = fixture(name)
            for junk in (b"\xff", b"\x00", b"\x80\x81", b"\xed\xa0\x80"):
                for at in range(0, len(payload), max(1, len(payload) // DAMAGES)):
                    with self.subTest(name, junk=junk, at=at):
                        self.assertHeld(payload[:at] + junk + payload[at:])

    def test_any_bytes(self):
        @given(st.binary(max_size=300), st.booleans())
        def check(payload, collect):
            self.assertHeld(payload, **({"refused": []} if collect else {}))

        check()

    def test_any_damage(self):
        """Some bytes of a good answer replaced, by others or by pieces of itself."""
        payloads = [fixture(name) for name in self.fixtures]
        pieces = st.one_of(
            st.binary(max_size=6),
            st.text("0123456789.,-+eE:;/ <>\"'{}[]&\n\t|", max_size=6).map(str.encode),
            st.sampled_from((b"null", b"NaN", b"1e999", b"9" * 400, b"-0", b"{}")),
        )

        @given(st.sampled_from(payloads), st.data())
        def check(payload, data):
            for _n in range(data.draw(st.integers(1, 3))):
                start = data.draw(st.integers(0, len(payload)))
                end = data.draw(st.integers(start, min(len(payload), start + 30)))
                payload = payload[:start] + data.draw(pieces) + payload[end:]
            for refused in (None, []):
                hints = {} if refused is None else {"refused": refused}
                for quote in self.assertHeld(payload, **hints):
                    self.assertGreater(quote.value, 0)
                    self.assertIsInstance(quote.date, datetime.date)

        check()
