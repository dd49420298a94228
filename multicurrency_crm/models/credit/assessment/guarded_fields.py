"""Figures on the customer that only those search who may read them."""

from odoo import fields


class _Guarded:
    """A figure that only those search who may read it.

    Odoo looks behind a related field when it searches, and asks for no right to the
    field itself: whoever guesses figures would find the customers that have them.
    """

    def determine_domain(self, records, operator, value):
        records._check_field_access(self, "read")
        return super().determine_domain(records, operator, value)


class GuardedMonetary(_Guarded, fields.Monetary):
    pass


class GuardedBoolean(_Guarded, fields.Boolean):
    pass


class GuardedMany2one(_Guarded, fields.Many2one):
    pass
