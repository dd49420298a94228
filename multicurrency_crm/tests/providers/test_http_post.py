"""Questions that fit into no address, sent to a publisher on the loopback."""

from odoo.tests import tagged

from ...providers import errors
from .client_case import ClientCase
from .common import reply
from .faults import elsewhere

XML = {"Content-Type": "text/xml; charset=utf-8"}


@tagged("post_install", "-at_install")
class TestPost(ClientCase):
    def post(self, body=b"<rates/>", **options):
        with self.client(**options) as client:
            return client.post(self.publisher.address + "rates", body, XML)

    def test_question_and_answer(self):
        self.serve(b"1 EUR = 1.1 USD")
        self.assertEqual(self.post(), b"1 EUR = 1.1 USD")
        self.assertEqual(self.publisher.posted, [b"<rates/>"])
        [headers] = self.publisher.headers
        self.assertEqual(headers["Content-Type"], "text/xml; charset=utf-8")
        self.assertIn("multicurrency_crm", headers["User-Agent"])

    def test_asked_again(self):
        self.serve(lambda handler, n: reply(handler, b"well", 500 if n == 1 else 200))
        self.assertEqual(self.post(), b"well")
        self.assertEqual(self.publisher.posted, [b"<rates/>"] * 2)

    def test_moved_on_the_host(self):
        self.serve(elsewhere("/new"))
        self.publisher.answers["/new"] = b"moved"
        self.assertEqual(self.post(), b"moved")
        self.assertEqual(self.publisher.posted, [b"<rates/>"] * 2)

    def test_moved_elsewhere(self):
        self.serve(elsewhere("//evil.example/"))
        with self.assertRaisesRegex(errors.AddressRefused, "not followed"):
            self.post()
        self.assertEqual(len(self.publisher.posted), 1)

    def test_refused(self):
        self.serve(lambda handler, _n: reply(handler, b"wrong question", 400))
        with self.assertRaises(errors.RequestRefused) as caught:
            self.post()
        self.assertEqual(caught.exception.body, "wrong question")

    def test_a_get_has_no_body(self):
        self.serve(b"1 EUR = 1.1 USD")
        self.get()
        self.assertEqual(self.publisher.posted, [])
