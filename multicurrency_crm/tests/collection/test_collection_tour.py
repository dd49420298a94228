from datetime import timedelta

from odoo.tests import tagged

from ..common import TourCase
from .collection_common import CollectionCommon


@tagged("post_install", "-at_install")
class TestCollectionTour(CollectionCommon, TourCase):
    """A run is simulated, prepared, looked at and sent in a real browser; then the
    customer promises, and pays."""

    def test_run_letter_promise_paid(self):
        today = self.books._get_today()
        due = str(today - timedelta(days=8))
        for currency in (self.usd, self.gbp, self.jpy):
            rates = self.env["res.currency.rate"].search_count(
                [("currency_id", "=", currency.id), ("company_id", "=", self.books.id)]
            )
            self.assertTrue(rates)
        invoice = self._invoice(500.0, self.usd, due)
        disputed = self._customer("Grumbler", email="g@buyer.example")
        self._invoice(
            70.0, self.usd, due, partner_id=disputed.id
        ).action_credit_dispute()
        self.start_tour(
            "/odoo/my-day",
            "multicurrency_crm_collection_run",
            login=self.finance.login,
        )
        run = self.env["collection.run"].search([])
        letter = self._letter(run)
        self.assertTrue(letter.queued_on)
        self.assertEqual(self._letter(run, disputed).skip_reason, "disputed")
        self._work()
        self._deliver(letter)
        self._work()
        self.assertEqual(letter.state, "sent")
        # the customer promises: nobody reminds it meanwhile
        promise = self.env["payment.promise"]._make(
            self.buyer, 500.0, self.usd, today + timedelta(days=3), invoice
        )
        self.first.action_archive()
        self._level("Sharper", 8)
        self.assertEqual(self._letter().skip_reason, "promised")
        self._match(invoice, self._pay(500.0, self.usd, str(today)))
        promise._judge()
        self.assertEqual(promise.state, "kept")
        self.assertFalse(self._run().letter_ids.filtered(lambda x: x.amount == 500.0))
