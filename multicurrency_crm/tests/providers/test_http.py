"""The client, against a publisher that behaves and one that doesn't."""

import gzip
import time

from odoo.tests import BaseCase, tagged

from ...providers import errors
from ...providers.http import Client, check_address
from .common import publisher, reply


@tagged("post_install", "-at_install")
class TestClient(BaseCase):
    def setUp(self):
        super().setUp()
        self.publisher = self.enterContext(publisher())

    def get(self, path="rates", **options):
        bounds = {"read_timeout": 0.3, "pause": 0.01, **options}
        with Client((), ["127.0.0.1"], **bounds) as client:
            return client.get(self.publisher.address + path)

    def serve(self, answer):
        self.publisher.answers["/rates"] = answer

    def assertFails(self, error, pattern, asked, **options):
        with self.assertRaisesRegex(error, pattern) as caught:
            self.get(**options)
        self.assertTrue(str(caught.exception).endswith("."))
        self.assertIn("127.0.0.1", str(caught.exception))
        self.assertEqual(len(self.publisher.asked), asked)

    def test_plain_answer_and_our_name(self):
        self.serve(b"1 EUR = 1.1 USD")
        self.assertEqual(self.get(), b"1 EUR = 1.1 USD")
        [agent] = self.publisher.agents
        self.assertIn("multicurrency_crm", agent)

    def test_compressed_answer(self):
        packed = gzip.compress(b"1 EUR = 1.1 USD")
        self.serve(lambda handler, _n: reply(handler, packed, Content_Encoding="gzip"))
        self.assertEqual(self.get(), b"1 EUR = 1.1 USD")

    def test_out_of_order_then_well(self):
        self.serve(
            lambda handler, n: reply(
                handler, b"well" if n > 1 else b"", 500 if n == 1 else 200
            )
        )
        self.assertEqual(self.get(), b"well")

    def test_out_of_order_for_good(self):
        for status in (500, 503, 429):
            with self.subTest(status):
                self.publisher.asked.clear()
                self.serve(lambda handler, _n, code=status: reply(handler, b"", code))
                self.assertFails(errors.TransportError, str(status), asked=3)

    def test_refused(self):
        for status in (403, 404, 204):
            with self.subTest(status):
                self.publisher.asked.clear()
                self.serve(lambda handler, _n, code=status: reply(handler, b"", code))
                self.assertFails(errors.RequestRefused, str(status), asked=1)

    def test_hanging(self):
        self.serve(lambda handler, _n: time.sleep(1))
        self.assertFails(errors.TransportError, "too long", asked=2, attempts=2)

    def test_time_is_up_in_the_middle(self):
        def drip(handler, _n):
            handler.send_response(200)
            handler.end_headers()
            for _part in range(20):
                handler.wfile.write(b"x" * 2048)
                time.sleep(0.05)

        self.serve(drip)
        self.assertFails(errors.TransportError, "too long", asked=1, deadline=0.2)

    def test_broken_off(self):
        self.serve(lambda handler, _n: reply(handler, b"half", announce=1000))
        self.assertFails(
            errors.TransportError, "broke off|reached", asked=2, attempts=2
        )

    def test_nobody_there(self):
        with self.assertRaisesRegex(errors.TransportError, "reached"):
            with Client((), ["127.0.0.1"], pause=0) as client:
                client.get("http://127.0.0.1:9/")

    def test_too_large(self):
        self.serve(b"x" * 5000)
        self.assertFails(errors.PayloadTooLarge, "1 MB", asked=1, max_bytes=4000)

    def test_gzip_bomb(self):
        bomb = gzip.compress(b"0" * 3_000_000)
        self.serve(lambda handler, _n: reply(handler, bomb, Content_Encoding="gzip"))
        self.assertFails(errors.PayloadTooLarge, "2 MB", asked=1, max_bytes=2 * 1024**2)

    def test_not_what_the_encoding_says(self):
        self.serve(
            lambda handler, _n: reply(handler, b"plain", Content_Encoding="gzip")
        )
        self.assertFails(errors.TransportError, "unpacked", asked=1, attempts=1)

    def test_redirect_on_the_host_is_followed(self):
        self.serve(lambda handler, _n: reply(handler, b"", 302, Location="/new"))
        self.publisher.answers["/new"] = b"moved"
        self.assertEqual(self.get(), b"moved")

    def test_redirect_elsewhere_is_not(self):
        other = self.publisher.address.replace("127.0.0.1", "localhost")
        self.publisher.answers["/new"] = b"somebody else's figures"
        self.serve(lambda handler, _n: reply(handler, b"", 301, Location=f"{other}new"))
        self.assertFails(errors.AddressRefused, "localhost.*not followed", asked=1)

    def test_redirect_in_circles(self):
        self.serve(lambda handler, _n: reply(handler, b"", 307, Location="/rates"))
        self.assertFails(errors.RequestRefused, "page to page", asked=4)


@tagged("post_install", "-at_install")
class TestAddress(BaseCase):
    def test_allowed(self):
        check_address("https://bank.example/rates/", ["bank.example"])
        check_address(
            "http://mirror.example:8080/", ["bank.example"], ["mirror.example"]
        )

    def test_refused(self):
        for address in (
            "http://bank.example/rates/",
            "https://bank.example.evil.example/",
            "https://evil.example/?bank.example",
            "https://bank.example@evil.example/",
            "https://user:secret@bank.example/",
            "file:///etc/passwd",
            "ftp://mirror.example/",
            "bank.example",
            "https://[",
            "",
        ):
            with (
                self.subTest(address),
                self.assertRaises(errors.AddressRefused) as caught,
            ):
                check_address(address, ["bank.example"], ["mirror.example"])
            self.assertNotIn("secret", str(caught.exception))
