from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.guarded_mixin import open_guarded


class AccountMove(models.Model):
    """Credit and debit notes: what they take over from their invoice."""

    _inherit = "account.move"

    # Depends on nothing: settled when the document is made, whatever comes later.
    at_origin_rate = fields.Boolean(
        string="At the Rate of Its Invoice",
        compute="_compute_at_origin_rate",
        store=True,
        precompute=True,
        readonly=False,
        copy=False,
        help="The books take the rate of the invoice that this document corrects, "
        "whatever its own date. Decided by the company's setting when the document is "
        "made; always so where the invoice has a rate lock.",
    )

    @api.depends()
    def _compute_at_origin_rate(self):
        for move in self:
            origin = move._get_rate_origin()
            move.at_origin_rate = bool(origin) and move._takes_origin_rate(origin)

    def _get_rate_origin(self):
        """The invoice that this document credits or debits; none for one that
        corrects several."""
        origin = self.reversed_entry_id if self._is_reversal() else self.browse()
        if not origin and "debit_origin_id" in self._fields:
            origin = self.debit_origin_id  # of account_debit_note
        return origin

    def _takes_origin_rate(self, origin):
        if not self.is_invoice(include_receipts=True):
            return False
        if origin.rate_lock_id:
            return True
        # sudo: a branch's user may not read its root company
        company = self.company_id.sudo().root_id
        return self.reversed_entry_id == origin and company.refund_at_origin_rate

    def _get_origin_rate(self):
        """The rate at which the invoice was booked, or 0.0 where it is none of this
        document; in units of its currency for 1 unit of company currency."""
        origin = self._get_rate_origin()
        if (
            origin.currency_id != self.currency_id
            or origin.company_currency_id != self.company_currency_id
        ):
            return 0.0
        return origin.invoice_currency_rate

    @api.constrains("at_origin_rate", "rate_lock_id")
    def _check_origin_rate_of_lock(self):
        for move in self.filtered("locked_rate"):
            origin = move._get_rate_origin()
            if origin.rate_lock_id and not move.at_origin_rate:
                raise UserError(
                    self.env._(
                        "The rate of %(invoice)s was locked: what corrects it takes "
                        "its rate, whatever the date.",
                        invoice=origin.display_name,
                    )
                )

    # === HANDING OVER === #

    def _get_lock_values(self):
        """What a document made from this one takes over: its lock, and whether it is
        booked at it. Nothing if this document carries no lock."""
        self.ensure_one()
        if not self.rate_lock_id:
            return {}
        return {
            "rate_lock_id": self.rate_lock_id.id,
            "booked_at_lock": self.booked_at_lock,
            "lock_booked_from": self.lock_booked_from,
            "lock_books_tax": self.lock_books_tax,
        }

    def _reverse_moves(self, default_values_list=None, cancel=False):
        default_values_list = default_values_list or [{} for move in self]
        for move, values in zip(self, default_values_list, strict=False):
            values.update(move._get_lock_values())
        moves = open_guarded(self)
        reverse_moves = super(AccountMove, moves)._reverse_moves(
            default_values_list, cancel
        )
        return reverse_moves.with_env(self.env)

    def _set_reversed_entry(self, credit_note):
        """Where Odoo finds the invoice afterwards, as some countries ask for."""
        unlinked = credit_note.filtered(lambda move: not move.reversed_entry_id)
        result = super()._set_reversed_entry(credit_note)
        for move in unlinked.filtered("reversed_entry_id"):
            if move._takes_origin_rate(move.reversed_entry_id):
                move.at_origin_rate = True
        return result

    def copy(self, default=None):
        """A debit note takes over its invoice's lock; any other copy has none."""
        if not (default or {}).get("debit_origin_id"):
            return super().copy(default)
        if any(
            field.type == "one2many" and field.comodel_name == self._name
            for field in map(self._fields.get, default)
            if field
        ):
            # documents that come along by commands have no part in the promise
            return super().copy(default)
        guarded = self._guarded_fields
        default = {name: default[name] for name in default if name not in guarded}
        moves = open_guarded(self)
        return super(AccountMove, moves).copy(default).with_env(self.env)

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        for move, vals in zip(self, vals_list, strict=True):
            if move.id and vals.get("debit_origin_id") == move.id:
                vals.update(move._get_lock_values())
        return vals_list
