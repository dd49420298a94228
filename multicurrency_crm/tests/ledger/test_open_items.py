from datetime import date

from odoo.tests import tagged

from .ledger_common import LedgerCommon


@tagged("post_install", "-at_install")
class TestOpenItems(LedgerCommon):
    """What was open on a day, from the dates of what is matched."""

    def test_what_was_paid_after_the_day_is_open_on_it(self):
        """OCA/account-financial-reporting #707: paid later, gone from the past."""
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        payment = self._pay(1100.0, self.usd, "2026-02-05")
        self._match(invoice, payment)
        self.assertEqual(self._open("2026-01-09"), {})
        self.assertEqual(
            self._open("2026-02-04"), {(invoice.name, "invoice"): (1100.0, 1000.0)}
        )
        self.assertEqual(self._open("2026-02-05"), {})

    def test_a_part_paid_later_is_given_back_in_both_currencies(self):
        """OCA #853, #926: the residual of the books was right, that in currency
        today's."""
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        payment = self._pay(440.0, self.usd, "2026-02-05")
        self._match(invoice, payment)
        key = (invoice.name, "invoice")
        self.assertEqual(self._open("2026-02-04"), {key: (1100.0, 1000.0)})
        self.assertEqual(self._open("2026-02-05"), {key: (660.0, 600.0)})

    def test_several_parts_are_counted_once_each(self):
        """OCA #829: two parts joined with two others were counted twice."""
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        other = self._invoice(550.0, self.usd, "2026-01-11")
        one = self._pay(660.0, self.usd, "2026-02-05")
        two = self._pay(660.0, self.usd, "2026-02-06")
        self._match(invoice, other, one, two)
        self.assertEqual(
            sum(open_ for open_, _booked in self._open("2026-02-05").values()), 990.0
        )
        self.assertEqual(
            sum(open_ for open_, _booked in self._open("2026-02-06").values()), 330.0
        )

    def test_paid_in_another_currency_each_side_keeps_its_own(self):
        """USD 1,100 booked 1,000, paid with GBP 800 booked 888.89: matched at what is
        booked."""
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        payment = self._pay(800.0, self.gbp, "2026-01-20")
        self._match(invoice, payment)
        self.assertEqual(
            self._open("2026-01-20"), {(invoice.name, "invoice"): (122.22, 111.11)}
        )
        self.assertEqual(
            self._open("2026-01-19"), {(invoice.name, "invoice"): (1100.0, 1000.0)}
        )

    def test_money_of_which_nothing_is_allocated_is_an_advance(self):
        payment = self._pay(1100.0, self.usd, "2026-01-05")
        invoice = self._invoice(440.0, self.usd, "2026-01-10")
        self._match(invoice, payment)
        name = payment.move_id.name
        self.assertEqual(
            self._open("2026-01-09"), {(name, "advance"): (-1100.0, -1000.0)}
        )
        self.assertEqual(
            self._open("2026-01-10"), {(name, "payment"): (-660.0, -600.0)}
        )

    def test_a_difference_that_is_booked_later_is_there_and_named(self):
        """Its own currency is settled, the books aren't yet: OCA #792 lost the one or
        the other."""
        self._set_rate(self.usd, "2026-01-20", 1.0, self.books)
        invoice = self._invoice(1100.0, self.usd, "2026-01-10")
        payment = self._pay(1100.0, self.usd, "2026-01-20")
        self._match(invoice, payment)
        exchange = self.env["account.partial.reconcile"].search(
            [("exchange_move_id", "!=", False)], order="id desc", limit=1
        )
        day = exchange.exchange_move_id.date
        self.assertGreaterEqual(day, date(2026, 1, 20))
        items = self.env["account.move.line"]._find_open_items(
            self.books, date(2026, 1, 20)
        )
        if day > date(2026, 1, 20):
            self.assertEqual(
                [(item.residual, item.state) for item in items],
                [(0.0, "realised_later")],
            )
            self.assertAlmostEqual(items[0].residual_booked, -100.0)
        self.assertEqual(self._open(day.isoformat()), {})

    def test_a_customers_contacts_and_no_one_elses_items(self):
        contact = self.env["res.partner"].create(
            {"name": "Desk", "parent_id": self.buyer.id}
        )
        self._entry(110.0, 100.0, self.usd, "2026-01-03", partner=contact)
        other = self._customer("Somebody")
        self._entry(220.0, 200.0, self.usd, "2026-01-03", partner=other)
        self.assertEqual(
            list(self._open("2026-01-03", partners=contact).values()), [(110.0, 100.0)]
        )
        self.assertEqual(
            list(self._open("2026-01-03", partners=other).values()), [(220.0, 200.0)]
        )
