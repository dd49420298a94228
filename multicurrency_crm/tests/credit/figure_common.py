"""A customer whose figures are looked at."""

from .credit_common import CreditCommon


class FigureCase(CreditCommon):
    def setUp(self):
        super().setUp()
        self.buyer = self._customer()

    def _factors(self, partner=None):
        """:return: {factor: row of the trace} of an assessment that is made now"""
        assessment = self._assess(partner or self.buyer)
        return {row["code"]: row for row in assessment.factors}

    def _value(self, factor, partner=None):
        return self._factors(partner)[factor]["value"]

    def _paid(self, amount, ago, late=0, partner=None, **values):
        """An invoice that was paid so many days after its 30 days."""
        move = self._invoice(partner or self.buyer, amount, ago, **values)
        self._pay(move, ago - 30 - late)
        return move
