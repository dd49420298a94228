"""The client, against a publisher that behaves and one that doesn't."""

import gzip
import time

from odoo.tests import BaseCase, tagged

from ...providers import errors
from ...providers.http import check_address
from .client_case import ClientCase
from .common import reply
from .faults import MEGABYTE, closed_address, cut_off, elsewhere, hang, reset, status


@tagged("post_install", "-at_install")
class TestClient(ClientCase):
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
        for code in (500, 503, 429):
            with self.subTest(code):
                self.publisher.asked.clear()
                self.serve(lambda handler, _n, code=code: reply(handler, b"", code))
                self.assertFails(errors.TransportError, str(code), asked=3)

    def test_refused(self):
        for code in (403, 404, 204):
            with self.subTest(code):
                self.publisher.asked.clear()
                self.serve(lambda handler, _n, code=code: reply(handler, b"", code))
                self.assertFails(errors.RequestRefused, str(code), asked=1)

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
        self.serve(cut_off(b"half"))
        self.assertFails(errors.TransportError, "broke off", asked=2, attempts=2)

    def test_broken_off_in_pieces(self):
        """Neither the pieces nor the packed data come to their end."""

        def pieces(handler, _times):
            handler.protocol_version = "HTTP/1.1"
            handler.send_response(200)
            handler.send_header("Transfer-Encoding", "chunked")
            handler.end_headers()
            handler.wfile.write(b"4\r\nhalf\r\n")

        packed = gzip.compress(b"1 EUR = 1.1 USD")[:-9]
        for answer in (pieces, status(200, packed, Content_Encoding="gzip")):
            with self.subTest(answer):
                self.publisher.asked.clear()
                self.serve(answer)
                self.assertFails(
                    errors.TransportError, "broke off", asked=1, attempts=1
                )

    def test_reset(self):
        self.serve(reset)
        self.assertFails(errors.TransportError, "broke off", asked=2, attempts=2)

    def test_nobody_there(self):
        with self.assertRaisesRegex(errors.TransportError, "reached") as caught:
            with self.client() as client:
                client.get(closed_address())
        self.assertIsNone(caught.exception.status)

    def test_well_after_a_reset(self):
        self.serve(
            lambda handler, times: (reset if times == 1 else status(200, b"well"))(
                handler, times
            )
        )
        self.assertEqual(self.get(), b"well")

    def test_errors_repeat_what_the_publisher_wrote(self):
        """Some publishers say why in the body, in JSON, under any status."""
        cases = [
            (401, errors.KeyRefused, "check the key"),
            (403, errors.RequestRefused, "check the address"),
            (404, errors.NotPublished, "nothing there"),
            (422, errors.RequestRefused, "refused"),
            (429, errors.TooManyRequests, "no more requests"),
            (500, errors.TransportError, "out of order"),
        ]
        for code, error_class, pattern in cases:
            with self.subTest(code):
                self.publisher.asked.clear()
                self.serve(status(code, b'{"message": "not_allowed"}'))
                error = self.assertFails(error_class, pattern, asked=1, attempts=1)
                self.assertIs(type(error), error_class)
                self.assertEqual(error.status, code)
                self.assertEqual(error.body, '{"message": "not_allowed"}')

    def test_long_error_pages_are_cut(self):
        self.serve(status(500, b"no " * 10_000))
        error = self.assertFails(errors.TransportError, "500", asked=1, attempts=1)
        self.assertEqual(len(error.body), 2048)

    def test_error_pages_in_odd_encodings(self):
        for kind, page in (
            ("text/plain; charset=windows-1251", "Нет".encode("cp1251")),
            ("text/plain; charset=nonsense", "Нет".encode()),
            ("text/plain; charset=base64", "Нет".encode()),
            ("application/json", "Н\0ет".encode()),
        ):
            with self.subTest(kind):
                self.publisher.asked.clear()
                self.serve(status(400, page, Content_Type=kind))
                error = self.assertFails(errors.RequestRefused, "400", asked=1)
                self.assertEqual(error.body, "Нет")

    def test_error_page_that_breaks_off(self):
        self.serve(lambda handler, _times: reply(handler, b"no", 400, announce=90))
        error = self.assertFails(errors.RequestRefused, "400", asked=1)
        self.assertEqual(error.body, "no")

    def test_parameters_and_headers(self):
        self.serve(b"rates")
        params = {"day": "2026-10-30", "q": "1&2 €", "code": ["USD", "CNY"], "no": None}
        self.get("rates?lang=en", params, {"Referer": "https://bank.example/"})
        self.assertEqual(
            self.publisher.asked,
            ["/rates?lang=en&day=2026-10-30&q=1%262+%E2%82%AC&code=USD&code=CNY"],
        )
        [headers] = self.publisher.headers
        self.assertEqual(headers["Referer"], "https://bank.example/")
        self.assertIn("multicurrency_crm", headers["User-Agent"])
        self.get(headers={"User-Agent": "browser"})
        self.assertEqual(self.publisher.headers[-1]["User-Agent"], "browser")
        self.assertNotIn("Referer", self.publisher.headers[-1])

    def test_request_that_cannot_be_written(self):
        for headers in ({"X-Key": "a\nb"}, {"X-Key": "ключ"}):
            with self.subTest(headers):
                self.assertFails(
                    errors.RequestRefused, "written", asked=0, headers=headers
                )
        self.assertFails(
            errors.RequestRefused, "written", asked=0, params={"q": "\ud800"}
        )

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

    def test_redirect_takes_no_parameters_along(self):
        self.serve(elsewhere("/new?page=2"))
        self.publisher.answers["/new?page=2"] = b"moved"
        self.assertEqual(self.get(params={"page": 1}), b"moved")
        self.assertEqual(self.publisher.asked, ["/rates?page=1", "/new?page=2"])

    def test_redirect_to_nonsense(self):
        for address in ("http://[", "ftp://127.0.0.1/", "//evil.example/"):
            with self.subTest(address):
                self.publisher.asked.clear()
                self.serve(elsewhere(address))
                self.assertFails(errors.AddressRefused, "not followed", asked=1)

    def test_redirect_elsewhere_is_not(self):
        other = self.publisher.address.replace("127.0.0.1", "localhost")
        self.publisher.answers["/new"] = b"somebody else's figures"
        self.serve(lambda handler, _n: reply(handler, b"", 301, Location=f"{other}new"))
        self.assertFails(errors.AddressRefused, "localhost.*not followed", asked=1)

    def test_redirect_with_a_bomb(self):
        """Of an answer that sends us on, only the headers are read."""
        bomb = gzip.compress(b"0" * MEGABYTE) * 100

        def send_on(handler, _times):
            handler.send_response(302)
            handler.send_header("Location", "/new")
            handler.send_header("Content-Encoding", "gzip")
            handler.end_headers()
            handler.wfile.write(bomb)
            hang(handler, 1)

        self.serve(send_on)
        self.publisher.answers["/new"] = b"moved"
        self.assertEqual(self.get(read_timeout=2), b"moved")

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
