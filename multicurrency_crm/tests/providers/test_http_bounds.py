"""No fetch takes longer, or more memory, than agreed; and none is impolite."""

import datetime
import email.utils
import time
import tracemalloc
from unittest.mock import patch

from odoo.tests import tagged

from ...providers import errors
from ...providers.refusals import LONGEST_WAIT, retry_after
from .client_case import ClientCase
from .common import reply
from .faults import (
    FAULTS,
    MEGABYTE,
    closed_address,
    drip,
    drip_headers,
    flood,
    gzip_bomb,
    hang,
    hasty,
    reset,
    status,
    well_after,
)


@tagged("post_install", "-at_install")
class TestTime(ClientCase):
    def assertInTime(self, seconds, pattern, asked, **options):
        begun = time.monotonic()
        error = self.assertFails(errors.TransportError, pattern, asked, **options)
        self.assertLess(time.monotonic() - begun, seconds)
        return error

    def test_dripping(self):
        """Every read is short, and there is no end of them."""
        for answer in (drip, drip_headers):
            with self.subTest(answer.__name__):
                self.publisher.asked.clear()
                self.serve(answer)
                self.assertInTime(
                    1, "too long", asked=1, deadline=0.3, read_timeout=20, attempts=3
                )

    def test_dripping_error_page(self):
        """The answer is known by its status, and the page is not waited for."""

        def drip_page(handler, times):
            handler.send_response(404)
            handler.end_headers()
            while not handler.server.stopping.wait(0.03):
                handler.wfile.write(b"x")

        self.serve(drip_page)
        begun = time.monotonic()
        self.assertFails(errors.NotPublished, "404", asked=1, deadline=0.3)
        self.assertLess(time.monotonic() - begun, 1)

    def test_hanging_once(self):
        self.serve(
            lambda handler, times: (hang if times == 1 else status(200, b"well"))(
                handler, times
            )
        )
        self.assertEqual(self.get(read_timeout=0.1), b"well")

    def test_each_request_has_its_own_time(self):
        self.serve(b"rates")
        with self.client(deadline=0.2) as client:
            for _number in range(3):
                self.assertEqual(client.get(self.publisher.address + "rates"), b"rates")
                time.sleep(0.15)

    def test_fast_answer_on_a_kept_connection(self):
        """What a read before has left of its time does not count."""

        def kept(handler, _times):
            handler.protocol_version = "HTTP/1.1"
            handler.close_connection = False
            reply(handler, b"rates")

        self.serve(kept)
        with self.client(deadline=5) as client:
            for _number in range(3):
                self.assertEqual(client.get(self.publisher.address + "rates"), b"rates")

    def test_pause_between_requests(self):
        self.serve(well_after(1, b"well"))
        begun = time.monotonic()
        with self.client() as client:
            client.min_interval = 0.1
            for _number in range(3):
                client.get(self.publisher.address + "rates")
        # four attempts with three pauses
        self.assertGreaterEqual(time.monotonic() - begun, 0.3)
        self.assertEqual(len(self.publisher.asked), 4)

    def test_every_fault_ends_soon_with_an_error(self):
        for name, answer in FAULTS.items():
            if callable(answer):
                with self.subTest(name), hasty(max_bytes=MEGABYTE):
                    self.serve(answer)
                    begun = time.monotonic()
                    with self.assertRaises(errors.ProviderError):
                        self.get()
                    self.assertLess(time.monotonic() - begun, 1.5)


@tagged("post_install", "-at_install")
class TestRetries(ClientCase):
    def assertWaits(self, code):
        self.serve(well_after(1, b"well", code, Retry_After="1"))
        begun = time.monotonic()
        self.assertEqual(self.get(), b"well")
        self.assertGreaterEqual(time.monotonic() - begun, 1)

    def test_wait_that_fits(self):
        self.assertWaits(429)

    def test_wait_of_a_busy_server(self):
        self.assertWaits(503)

    def test_wait_that_does_not_fit(self):
        for code, error_class in (
            (429, errors.TooManyRequests),
            (503, errors.TransportError),
        ):
            with self.subTest(code):
                self.publisher.asked.clear()
                self.serve(status(code, Retry_After="600"))
                error = self.assertFails(error_class, "for 600 seconds", asked=1)
                self.assertIs(type(error), error_class)
                self.assertTrue(error.retryable)
                self.assertEqual(error.retry_at_seconds, 600)

    def test_no_wish(self):
        self.serve(status(429))
        error = self.assertFails(errors.TooManyRequests, "later", asked=2, attempts=2)
        self.assertIsNone(error.retry_at_seconds)

    def test_only_busy_servers_have_wishes(self):
        self.serve(well_after(1, b"well", 500, Retry_After="600"))
        self.assertEqual(self.get(), b"well")

    def test_wishes(self):
        now = datetime.datetime.now(datetime.timezone.utc)
        soon = email.utils.format_datetime(
            now + datetime.timedelta(seconds=90), usegmt=True
        )
        self.assertAlmostEqual(retry_after(soon), 90, delta=3)
        self.assertEqual(retry_after("Fri, 30 Oct 2020 12:00:00 GMT"), 0)
        self.assertEqual(retry_after("Fri, 30 Oct 2020 12:00:00 -0000"), 0)
        self.assertEqual(retry_after("0"), 0)
        self.assertEqual(retry_after(" 120 "), 120)
        self.assertEqual(retry_after("9" * 4000), LONGEST_WAIT)
        self.assertEqual(retry_after("Fri, 30 Oct 9999 12:00:00 GMT"), LONGEST_WAIT)
        for nonsense in ("", "-5", "1.5", "nan", "soon", "Fri, 99 Oct 2026", "٣"):
            with self.subTest(nonsense):
                self.assertIsNone(retry_after(nonsense))

    def test_back_off_grows(self):
        self.serve(status(500))
        with patch.object(time, "sleep") as sleep:
            self.assertFails(
                errors.TransportError, "500", asked=4, attempts=4, pause=0.5
            )
        waits = [wait for call in sleep.call_args_list if (wait := call.args[0])]
        self.assertEqual(waits, [0.5, 1.0, 2.0])

    def test_nobody_there_is_asked_again(self):
        """A publisher that restarts is there at the next attempt."""
        with self.client(attempts=2, pause=0.01) as client:
            with patch.object(client, "_follow", wraps=client._follow) as follow:
                with self.assertRaises(errors.TransportError):
                    client.get(closed_address())
        self.assertEqual(follow.call_count, 2)

    def test_reset_in_the_middle_of_the_body(self):
        def half(handler, times):
            handler.send_response(200)
            handler.send_header("Content-Length", "1000")
            handler.end_headers()
            handler.wfile.write(b"half")
            handler.wfile.flush()
            reset(handler, times)

        self.serve(half)
        self.assertFails(errors.TransportError, "broke off", asked=2, attempts=2)


@tagged("post_install", "-at_install")
class TestSize(ClientCase):
    def assertSmall(self, answer):
        """Refused after a megabyte, in a few megabytes of memory, server included."""
        self.serve(answer)
        tracemalloc.start()
        try:
            # the server packs a bomb before it answers
            patient = {"max_bytes": MEGABYTE, "read_timeout": 30}
            self.assertFails(
                errors.PayloadTooLarge, "more than 1 MB", asked=1, **patient
            )
            _now, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        self.assertLess(peak, 8 * MEGABYTE)

    def test_flood(self):
        self.assertSmall(flood(100 * MEGABYTE))

    def test_bomb(self):
        self.assertSmall(gzip_bomb(100 * MEGABYTE))

    def test_announced(self):
        """A size that is said beforehand is believed: nothing of it is read."""
        self.serve(lambda handler, _times: reply(handler, b"", announce=100 * MEGABYTE))
        self.assertFails(
            errors.PayloadTooLarge, "more than 1 MB", asked=1, max_bytes=MEGABYTE
        )

    def test_just_small_enough(self):
        self.serve(b"x" * 4000)
        self.assertEqual(len(self.get(max_bytes=4000)), 4000)

    def test_encodings_that_nobody_asked_for(self):
        for encoding in ("br", "gzip, gzip", "zstd"):
            with self.subTest(encoding):
                self.publisher.asked.clear()
                self.serve(status(200, b"packed", Content_Encoding=encoding))
                self.assertFails(errors.TransportError, "unpacked", asked=1, attempts=1)
