from datetime import date

from odoo.tests import freeze_time, tagged

from ..common import TourCase
from .call_common import CallCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestCallTour(CallCommon, TourCase):
    """From the list of calls to the promise, in a real browser."""

    def test_a_call_and_a_promise(self):
        self.start_tour(
            "/odoo/calls-for-today", "multicurrency_crm_calls", login=self.clerk.login
        )
        call = self.buyer.collection_call_ids
        self.assertEqual(call.outcome, "promise")
        self.assertEqual(call.note, "With the Friday run")
        self.assertEqual(call.promise_id.amount, 700.0)
        self.assertEqual(call.promise_id.date, date(2026, 3, 6))
