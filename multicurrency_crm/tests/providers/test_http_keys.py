"""A key reaches its publisher, and nothing and nobody else."""

import logging
import traceback
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch
from urllib.parse import quote, quote_plus

from odoo.tests import tagged

from ...providers import errors
from ...providers.http import Client, check_address
from ...providers.masking import Mask
from .client_case import ClientCase
from .common import publisher, reply
from .faults import closed_address, elsewhere, hang, reset, status

KEY = "s3cr3t/key+ä&=?"
SPELLINGS = (KEY, quote(KEY), quote(KEY, safe=""), quote_plus(KEY))


@tagged("post_install", "-at_install")
class TestKeys(ClientCase):
    def assertNoKey(self, *texts):
        for text in texts:
            for spelling in SPELLINGS:
                self.assertNotIn(spelling.lower(), text.lower())

    def assertKept(self, error):
        """Neither the error nor what it came from, nor a traceback tells the key."""
        self.assertNoKey(
            str(error),
            repr(error),
            repr(error.values),
            error.body,
            "".join(traceback.format_exception(error)),
        )
        while error := error.__cause__ or error.__context__:
            self.assertNoKey(str(error), repr(error), repr(vars(error)))

    def fetch_badly(self, answer, address=None, **options):
        """Fetch with the key in the address, and return the error and the log."""
        self.serve(answer)
        with (
            self.assertLogs("urllib3", logging.DEBUG) as log,
            self.assertRaises(errors.ProviderError) as caught,
            self.client(api_key=KEY, attempts=2, **options) as client,
        ):
            logging.getLogger("urllib3.connectionpool").debug("beginning")
            client.get(
                address or f"{self.publisher.address}rates",
                {"app_id": client.api_key},
                {"Authorization": "Token abc"},
            )
        return caught.exception, "\n".join(log.output)

    def test_the_publisher_gets_it(self):
        self.serve(b"rates")
        with self.client(api_key=f" {KEY}\n") as client:
            self.assertEqual(client.api_key, KEY)
            client.get(f"{self.publisher.address}rates", {"app_id": client.api_key})
        self.assertEqual(self.publisher.asked, [f"/rates?app_id={quote_plus(KEY)}"])

    def test_no_key(self):
        self.assertEqual(self.client().api_key, "")
        self.assertEqual(self.client(api_key=None).api_key, "")

    def test_failures(self):
        def echo(handler, _times):
            reply(handler, f"no {KEY}, {handler.path}".encode(), 403)

        def odd_headers(handler, _times):
            handler.send_response(500)
            handler.wfile.write(b"no header at all\r\n\r\n")

        answers = {
            "echo": echo,
            "odd headers": odd_headers,
            "reset": reset,
            "hanging": hang,
            "status": status(500, KEY.encode()),
            "in circles": elsewhere(f"/rates?app_id={quote_plus(KEY)}"),
            "elsewhere": elsewhere(f"http://{quote('s3cr3t')}.example/{quote(KEY)}"),
        }
        for name, answer in answers.items():
            with self.subTest(name):
                error, log = self.fetch_badly(answer, read_timeout=0.1)
                self.assertKept(error)
                self.assertNoKey(log)
        # what is written with a key in it shows that there was one
        error, log = self.fetch_badly(echo)
        self.assertEqual(error.body, "no ***, /rates?app_id=***")
        self.assertIn("/rates?app_id=***", log)

    def test_nobody_there(self):
        error, log = self.fetch_badly(b"", closed_address() + "rates")
        self.assertKept(error)
        self.assertNoKey(log)
        self.assertIn("***", str(error.__cause__))

    def test_key_in_the_path(self):
        error, log = self.fetch_badly(b"", f"{self.publisher.address}v6/{KEY}/latest")
        self.assertKept(error)
        self.assertNoKey(log)

    def test_key_in_an_address_that_is_refused(self):
        with self.client(api_key=KEY) as client:
            for address in (
                f"https://[{KEY}",
                f"https://{KEY}.example/",
                f"http://user:{KEY}@127.0.0.1/",
                f"{KEY}://127.0.0.1/",
            ):
                with (
                    self.subTest(address),
                    self.assertRaises(errors.AddressRefused) as caught,
                ):
                    client.get(address)
                self.assertKept(caught.exception)

    def test_second_secret(self):
        self.serve(lambda handler, _times: reply(handler, b"no, ANNA:pass", 403))
        with self.client(api_key="anna:pass") as client:
            client.mask.hide("anna", "pass", "")
            with self.assertRaises(errors.RequestRefused) as caught:
                client.get(f"{self.publisher.address}rates")
        self.assertEqual(caught.exception.body, "no, ***")

    def test_log_is_as_before_without_a_client(self):
        logger = logging.getLogger("urllib3.connectionpool")
        before = list(logger.filters)
        self.fetch_badly(status(500))
        self.assertEqual(logger.filters, before)

    def test_traceback_in_the_log(self):
        mask = Mask()
        mask.hide(KEY)
        logger = logging.getLogger("urllib3.connectionpool")
        with self.assertLogs(logger) as log, mask.in_logs():
            try:
                raise OSError(f"no answer for {KEY}")
            except OSError:
                logger.warning("Failed: %s", "once", exc_info=True)
            logger.warning("Nothing %s", "secret", extra={"tag": 1})
        self.assertNoKey(*log.output)
        self.assertIn("OSError: no answer for ***", log.output[0])
        self.assertEqual(log.records[1].args, ("secret",))

    def test_no_key_is_cut_in_two(self):
        mask = Mask()
        mask.hide("secret")
        self.assertEqual(mask.excerpt("a secret word", 5), "a ")
        self.assertEqual(mask.excerpt("a secret word", 8), "a ***")
        self.assertEqual(mask.excerpt("a secret word", 99), "a *** word")
        self.serve(status(400, "ä".encode() * 2044 + b"secret"))
        error = self.assertFails(
            errors.RequestRefused, "400", asked=1, api_key="secret"
        )
        self.assertEqual(error.body, "ä" * 2044)

    def test_other_hosts_get_nothing(self):
        other = self.enterContext(publisher())
        elsewhere_ = other.address.replace("127.0.0.1", "localhost")
        for code in (301, 302, 303, 307, 308):
            with self.subTest(code):
                error, _log = self.fetch_badly(elsewhere(f"{elsewhere_}rates", code))
                self.assertIsInstance(error, errors.AddressRefused)
                self.assertEqual(other.asked, [])

    def test_passwords_of_the_server_stay_here(self):
        """A .netrc of the machine is for other programs."""
        self.serve(b"rates")
        folder = Path(self.enterContext(TemporaryDirectory()))
        (folder / "netrc").write_text("machine 127.0.0.1 login odoo password secret\n")
        with patch.dict("os.environ", NETRC=str(folder / "netrc")):
            self.get()
            self.assertNotIn("Authorization", self.publisher.headers[0])
            self.get(headers={"Authorization": "Token abc"})
        self.assertEqual(self.publisher.headers[1]["Authorization"], "Token abc")

    def test_hosts_in_capitals(self):
        check_address("https://Bank.Example/", ["bank.example"])
        check_address("https://bank.example/", ["Bank.Example"])
        check_address("http://mirror.example/", (), ["Mirror.Example"])
        with Client(["bank.example"], api_key="x") as client:
            self.assertNotIn("x", repr(client.mask("xyz")))
