"""What holds in the books for any promise: whatever currencies, rate, down payment,
deliveries and credit notes."""

from datetime import timedelta
from decimal import Decimal

from hypothesis import note

from odoo.tests import tagged

from .books_common import BooksPropertiesCommon, stories
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

    def test_at_the_promise(self):
        def check(story):
            order, moves = self._sell(story)
            note([(move.name, move.amount_total_signed) for move in moves])
            self.assertBalanced(moves)
            for move in moves:
                self.assertEqual(move.rate_lock_id, order.rate_lock_id)
                self.assertAtPromise(move, story.promised)
            # each document rounds its own tax, so that the parts may differ from the
            # order by a unit each
            total = sum(
                Decimal(str(move.amount_total_in_currency_signed)) for move in moves
            )
            off = abs(total - Decimal(str(order.amount_total)))
            rounded = len(moves) if story.tax else 0
            self.assertLessEqual(
                off, rounded * Decimal(str(order.currency_id.rounding))
            )
            booked = sum(Decimal(str(move.amount_total_signed)) for move in moves)
            off = abs(booked - total * story.promised)
            units = (self._get_unit(move, story.promised) for move in moves)
            self.assertLessEqual(off, sum(units))

        self._for_any(stories(), 20, check)


@tagged("post_install", "-at_install")
class TestMarketBooksProperties(BooksPropertiesCommon):
    """Books at the market rate, as Odoo keeps them."""

    def test_odoos_own_amounts(self):
        def check(story):
            order, moves = self._sell(story)
            self.assertTrue(all(moves.mapped("rate_locked")))
            _plain, own = self._sell(story, lock=False)
            self.assertFalse(any(own.mapped("rate_locked")))
            self.assertBalanced(moves)
            self.assertOwnAmounts(moves, own)

        self._for_any(stories(), 10, check)
