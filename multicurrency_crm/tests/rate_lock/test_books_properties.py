"""What holds in the books for any promise: whatever currencies, rate, down payment,
deliveries and credit notes."""

import re
from datetime import timedelta
from decimal import Decimal

from hypothesis import note

from odoo.exceptions import UserError
from odoo.tests import tagged

from .books_common import BooksPropertiesCommon, Story, stories
from .common import TODAY


@tagged("post_install", "-at_install")
class TestLockedBooksProperties(BooksPropertiesCommon):
    """Books that follow the promise."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for company in cls.house.values():
            company.lock_booking = "locked"
            company.lock_booking_from = TODAY - timedelta(days=90)
            company.lock_books_tax = True

    def _get_unit(self, move, promised):
        """The rounding of a line in both currencies, in company currency: Odoo converts
        a part of a price before it rounds it."""
        units = move.company_currency_id.rounding, move.currency_id.rounding
        books, money = (Decimal(str(unit)) for unit in units)
        return books + money * promised

    def assertAtPromise(self, move, promised):
        """Company amounts are document amounts × the promise, to the rounding of a
        line; the line that closes the entry gathers those of the others, and a tax
        those of the lines that it is on."""
        unit, others = self._get_unit(move, promised), len(move.line_ids)
        for line in move.line_ids:
            exact = Decimal(str(line.amount_currency)) * promised
            off = abs(Decimal(str(line.balance)) - exact)
            gathers = line.display_type in ("payment_term", "tax")
            self.assertLessEqual(off, unit * (others if gathers else 1), line.name)

    def assertPartsMakeTheOrder(self, order, moves, story):
        """Down payment + invoices − credit notes are the order: in its currency to the
        cent, in the books at the promise to one rounding unit a document. Where tax is
        rounded document by document, the unit is the greater of the two currencies'."""
        money, books = order.currency_id, order.company_id.currency_id
        total = sum(
            Decimal(str(move.amount_total_in_currency_signed)) for move in moves
        )
        booked = sum(Decimal(str(move.amount_total_signed)) for move in moves)
        off = abs(total - Decimal(str(order.amount_total)))
        taxed = Decimal(str(money.rounding)) * len(moves) * bool(story.tax)
        self.assertLessEqual(off, taxed)
        promised = Decimal(str(order.amount_total_company))
        if off:
            promised = total * story.promised
        units = (
            self._get_unit(move, story.promised)
            if story.tax
            else Decimal(str(books.rounding))
            for move in moves
        )
        self.assertLessEqual(abs(booked - promised), sum(units))

    def test_at_the_promise(self):
        def check(story):
            order, moves = self._sell(story)
            note([(move.name, move.amount_total_signed) for move in moves])
            self.assertBalanced(moves)
            for move in moves:
                self.assertEqual(move.rate_lock_id, order.rate_lock_id)
                self.assertAtPromise(move, story.promised)
            self.assertPartsMakeTheOrder(order, moves, story)

        self._for_any(stories(), 16, check)


@tagged("post_install", "-at_install")
class TestMarketBooksProperties(BooksPropertiesCommon):
    """Books at the market rate, as Odoo keeps them."""

    def _check_own_amounts(self, story):
        """As without the lock: the same amounts, and refused where Odoo refuses."""
        try:
            with self.cr.savepoint():
                plain, own = self._sell(story, lock=False)
        except UserError as refused:
            with self.assertRaisesRegex(UserError, re.escape(str(refused))):
                self._sell(story)
            return
        order, moves = self._sell(story)
        self.assertEqual(moves.rate_lock_id, order.rate_lock_id)
        self.assertTrue(all(moves.mapped("rate_locked")))
        self.assertFalse(any(own.mapped("rate_locked")))
        self.assertBalanced(moves)
        self.assertOwnAmounts(moves, own)
        # what management reads is at the promise all the same
        books = order.company_id.currency_id
        promised = books.round(float(Decimal(str(order.amount_total)) * story.promised))
        self.assertAlmostEqual(order.amount_total_company, promised, 3)
        self.assertEqual(order.amount_total, plain.amount_total)

    def test_15_3_4_an_entry_that_odoo_refuses(self):
        """Parts of a cent in the books, taxed: Odoo's own entry isn't balanced when its
        date changes, with the addon or without it."""
        story = Story(
            books="CNY",
            money="KWD",
            quoted="558",
            direction="unit_per_company",
            drifts=(72, 118, 71, 79),
            lines=((471, 9, 2, 2),),
            down=("percentage", 48.17),
            tax=13.0,
        )
        with self.assertRaisesRegex(UserError, "not balanced"), self.cr.savepoint():
            self._sell(story, lock=False)
        self._check_own_amounts(story)

    def test_odoos_own_amounts(self):
        self._for_any(stories(), 8, self._check_own_amounts)

    def test_taxed_invoices_of_locked_books(self):
        """Unless the company says that its law takes the locked rate for tax, too."""
        for company in self.house.values():
            company.lock_booking = "locked"
            company.lock_booking_from = TODAY - timedelta(days=90)
        self._for_any(stories(taxes=(13.0,)), 4, self._check_own_amounts)
