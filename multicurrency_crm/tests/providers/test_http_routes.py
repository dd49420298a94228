"""The ways to a publisher: through a proxy, and with a certificate."""

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

import requests

from odoo.tests import tagged

from ...providers import errors
from ...providers.http import Client
from ...providers.transport import TimedAdapter
from .client_case import ClientCase
from .common import publisher
from .faults import certificate, closed_address, drip, drip_headers, elsewhere


@tagged("post_install", "-at_install")
class TestProxy(ClientCase):
    """The publisher of these tests stands for the proxy of a company."""

    @classmethod
    def _request_handler(cls, session, request, /, **options):
        # mirror.example is nowhere: only the proxy on the loopback can serve it
        if request.url.startswith("http://mirror.example/"):
            return cls.send(session, request, **options)
        return super()._request_handler(session, request, **options)

    @classmethod
    def setUpClass(cls):
        cls.send = staticmethod(requests.Session.send)
        super().setUpClass()

    def setUp(self):
        super().setUp()
        self.use_proxy(self.publisher.address)

    def use_proxy(self, address):
        names = ("http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY")
        proxies = {**dict.fromkeys(names, address), "no_proxy": "", "NO_PROXY": ""}
        self.enterContext(patch.dict("os.environ", proxies))

    def mirrored(self, **options):
        bounds = {"read_timeout": 0.3, "pause": 0.01, "attempts": 1, **options}
        with Client((), ["mirror.example"], **bounds) as client:
            return client.get("http://mirror.example/rates")

    def serve(self, answer):
        self.publisher.answers["http://mirror.example/rates"] = answer

    def test_through_a_proxy(self):
        self.serve(b"rates")
        self.assertEqual(self.mirrored(), b"rates")
        self.assertEqual(self.publisher.asked, ["http://mirror.example/rates"])

    def test_time_through_a_proxy(self):
        for answer in (drip, drip_headers):
            with self.subTest(answer.__name__):
                self.serve(answer)
                with self.assertRaisesRegex(errors.TransportError, "too long"):
                    self.mirrored(deadline=0.3, read_timeout=20)

    def test_redirect_through_a_proxy(self):
        self.serve(elsewhere("http://other.example/rates"))
        with self.assertRaisesRegex(errors.AddressRefused, "other.example"):
            self.mirrored()

    def test_no_proxy_there(self):
        self.use_proxy(closed_address())
        with self.assertRaisesRegex(errors.TransportError, "proxy"):
            self.mirrored()

    def test_proxy_that_lets_nobody_through(self):
        """For https a proxy is asked for a tunnel, and this one knows no tunnels."""
        with (
            Client((), ["127.0.0.1"], attempts=1, read_timeout=0.3) as client,
            self.assertRaisesRegex(errors.TransportError, "proxy"),
        ):
            client.get("https://127.0.0.1:1/rates")


@tagged("post_install", "-at_install")
class TestCertificate(ClientCase):
    def setUp(self):
        super().setUp()
        self.folder = Path(self.enterContext(TemporaryDirectory()))

    def fetch(self, host="127.0.0.1", trusted=True, legacy_tls=False, answer=b"rates"):
        """Fetch from a publisher with a certificate for a host."""
        pem = certificate(self.folder / "publisher.pem", host)
        if trusted:
            self.enterContext(patch.dict("os.environ", REQUESTS_CA_BUNDLE=str(pem)))
        with publisher(pem) as server:
            server.answers["/rates"] = answer
            self.asked = server.asked
            with self.client(legacy_tls=legacy_tls, deadline=0.7) as client:
                return client.get(f"{server.address}rates")

    def test_right_certificate(self):
        self.assertEqual(self.fetch(), b"rates")
        self.assertEqual(self.fetch(legacy_tls=True), b"rates")

    def test_wrong_certificates(self):
        cases = {
            "nobody knows it": {"trusted": False},
            "nobody knows it, old": {"trusted": False, "legacy_tls": True},
            "somebody else's": {"host": "other.example"},
            "somebody else's, old": {"host": "other.example", "legacy_tls": True},
        }
        for name, options in cases.items():
            with (
                self.subTest(name),
                self.assertRaisesRegex(errors.RequestRefused, "certificate") as caught,
            ):
                self.fetch(**options)
            self.assertFalse(caught.exception.retryable)
            self.assertEqual(self.asked, [])

    def test_time_with_a_certificate(self):
        for answer in (drip, drip_headers):
            with self.subTest(answer.__name__):
                with self.assertRaisesRegex(errors.TransportError, "too long"):
                    self.fetch(answer=answer)

    def test_redirect_from_https_to_http(self):
        with self.assertRaisesRegex(errors.AddressRefused, "not followed"):
            self.fetch(answer=elsewhere(f"{self.publisher.address}rates"))
        self.assertEqual(self.publisher.asked, [])

    def test_no_tls_at_all(self):
        address = self.publisher.address.replace("http:", "https:")
        with self.client(attempts=1) as client:
            with self.assertRaisesRegex(errors.TransportError, "secure connection"):
                client.get(f"{address}rates")

    def test_old_servers(self):
        """Only where an adapter says so may a server lack secure renegotiation."""
        flag = getattr(ssl, "OP_LEGACY_SERVER_CONNECT", 0x4)
        with self.client(legacy_tls=True) as client:
            transport = client._session.get_adapter("https://bank.example/")
            self.assertIsInstance(transport, TimedAdapter)
            context = transport.poolmanager.connection_pool_kw["ssl_context"]
            self.assertTrue(context.options & flag)
            self.assertEqual(context.verify_mode, ssl.CERT_REQUIRED)
            self.assertTrue(context.check_hostname)
        with self.client() as client:
            transport = client._session.get_adapter("https://bank.example/")
            self.assertNotIn("ssl_context", transport.poolmanager.connection_pool_kw)
