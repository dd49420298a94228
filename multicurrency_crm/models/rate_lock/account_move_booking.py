import math
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_is_zero, format_date

from ..common.guarded_mixin import open_guarded
from .fx_rate_locked_mixin import SAME_RATE


class AccountMove(models.Model):
    """At which rate the books take an invoice whose rate is locked, and what its credit
    and debit notes take over from it.

    The company's setting is copied to the invoice when it is made: changing it moves no
    invoice that exists. Within that copy, a draft goes by its own date and taxes; what
    is posted stays.
    """

    _inherit = "account.move"

    booked_at_lock = fields.Boolean(
        string="Booked at the Locked Rate",
        compute="_compute_lock_booking",
        store=True,
        precompute=True,
        readonly=False,  # a credit note is given its invoice's
        guarded=True,
        copy=False,
        help="The company amounts of this document are at the locked rate, whatever "
        "its date. Decided by the company's setting when the document is made; a "
        "credit note follows its invoice.",
        groups="base.group_user",
    )
    lock_booked_from = fields.Date(
        string="Locked Rate Booked from",
        compute="_compute_lock_booking",
        store=True,
        precompute=True,
        readonly=False,
        guarded=True,
        copy=False,
        help="The company's setting when the document was made; empty where its books "
        "take the market rate.",
        groups="base.group_user",
    )
    lock_books_tax = fields.Boolean(
        string="Tax at the Locked Rate",
        compute="_compute_lock_booking",
        store=True,
        precompute=True,
        readonly=False,
        guarded=True,
        copy=False,
        groups="base.group_user",
    )

    # depends on nothing: settled when the document is made
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
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    # Doesn't depend on settings, taxes and dates: the rate of the document follows this
    # field, and would lose what a person typed. Drafts: see _settle_booking.
    @api.depends("rate_lock_id")
    def _compute_lock_booking(self):
        for move in self:
            start = tax = False
            if move.rate_lock_id:
                # sudo: a branch's user may not read its root company, nor locks
                company = move.company_id.sudo().root_id
                if company.lock_booking == "locked":
                    start = (
                        company.lock_booking_from or move.rate_lock_id.sudo().date_start
                    )
                    tax = company.lock_books_tax
            move.lock_booked_from = start
            move.lock_books_tax = tax
            move.booked_at_lock = bool(start) and start <= move._get_document_day()

    @api.depends()
    def _compute_at_origin_rate(self):
        for move in self:
            origin = move._get_rate_origin()
            move.at_origin_rate = bool(origin) and move._takes_origin_rate(origin)

    @api.depends("locked_rate", "booked_at_lock", "at_origin_rate")
    def _compute_invoice_currency_rate(self):
        held = self.filtered(lambda move: move._get_held_rate())
        result = super(AccountMove, self - held)._compute_invoice_currency_rate()
        for move in held:
            move.invoice_currency_rate = move._get_held_rate()
        return result

    def _get_held_rate(self):
        """Return the rate that the books take whatever the date of this document, or
        0.0; in units of its currency for 1 unit of company currency."""
        if self.booked_at_lock:
            return self.locked_rate
        return self._get_origin_rate() if self.at_origin_rate else 0.0

    # === CONSTRAINT METHODS === #

    @api.constrains("rate_lock_id", "booked_at_lock", "invoice_currency_rate")
    def _check_booked_rate(self):
        for move in self.filtered("locked_rate"):
            held = move._get_held_rate()
            rate = move.invoice_currency_rate
            if held and not math.isclose(rate, held, rel_tol=SAME_RATE):
                raise UserError(move._get_held_rate_refusal())

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

    def refresh_invoice_currency_rate(self):
        for move in self.filtered("locked_rate"):
            if move._get_held_rate():
                raise UserError(move._get_held_rate_refusal())
        return super().refresh_invoice_currency_rate()

    def _get_held_rate_refusal(self):
        """Return why the rate of this document can't be changed."""
        if self.booked_at_lock:
            return self.env._(
                "%(document)s is booked at its locked rate %(rate)s: that rate can't "
                "be changed on the document.",
                document=self.display_name,
                # sudo: accountants can't read locks
                rate=self.rate_lock_id.sudo().rate_display,
            )
        return self.env._(
            "%(document)s is booked at the rate of %(invoice)s, whose rate was locked: "
            "that rate can't be changed on the document.",
            document=self.display_name,
            invoice=self._get_rate_origin().display_name,
        )

    # === AT THE LOCKED RATE === #

    def _has_nonzero_tax(self):
        """Return whether a line has a tax that is not 0 by definition.

        By the taxes, not by their amounts: these depend on the rate.
        """
        taxes = self.invoice_line_ids.tax_ids
        return any(
            tax.amount_type == "code" or not float_is_zero(tax.amount, 4)
            for tax in taxes.flatten_taxes_hierarchy()
        )

    def _is_to_be_booked_at_lock(self):
        """Return whether the books take the locked rate, by this document's date and
        taxes and the company's setting when it was made."""
        self.ensure_one()
        start = self.lock_booked_from
        if not start or self._get_document_day() < start:
            return False
        return self.lock_books_tax or not self._has_nonzero_tax()

    def _get_booking_note(self):
        """Return which rate the books take, and why."""
        self.ensure_one()
        start = self.lock_booked_from
        if self.booked_at_lock:
            return self.env._("The books take this rate.")
        if self.at_origin_rate:
            return self.env._(
                "The books take the rate of %(invoice)s.",
                invoice=self._get_rate_origin().display_name,
            )
        if not start:
            return self.env._("The books take the market rate.")
        if self._get_document_day() < start:
            return self.env._(
                "The books take the market rate, as the invoice is dated before "
                "%(day)s.",
                day=format_date(self.env, start),
            )
        return self.env._("The books take the market rate, as the invoice has tax.")

    @contextmanager
    def _sync_dynamic_lines(self, container):
        with super()._sync_dynamic_lines(container):
            yield
        if locked := container["records"].filtered("locked_rate"):
            # while Odoo synchronizes an outer set of lines, taxes may be missing yet
            with locked._disable_recursion(container, "skip_invoice_sync") as nested:
                pass
            if not nested:
                locked._settle_booking()

    def _settle_booking(self):
        """Let the booking of these drafts follow their dates and taxes. Credit and
        debit notes follow their invoices."""
        for move in self:
            if move.state != "draft" or move._get_rate_origin():
                continue
            at_lock = move._is_to_be_booked_at_lock()
            if at_lock == move.booked_at_lock:
                continue
            day = move._get_invoice_currency_rate_date()
            rate = (
                move.locked_rate
                if at_lock
                else move._get_expected_currency_rate_at(day)
            )
            # sudo: closed to writes from outside. The rate is written, too:
            # Odoo doesn't compute it while a form that holds one is saved.
            move.sudo().with_context(skip_is_manually_modified=True)._write_guarded(
                {"booked_at_lock": at_lock, "invoice_currency_rate": rate}
            )

    # === AT THE RATE OF THE INVOICE === #

    def _get_rate_origin(self):
        """Return the invoice that this document credits or debits; none for one that
        corrects several."""
        origin = self.reversed_entry_id if self._is_reversal() else self.browse()
        if not origin and "debit_origin_id" in self._fields:
            origin = self.debit_origin_id  # of account_debit_note
        return origin

    def _takes_origin_rate(self, origin):
        """Return whether the books take the rate of the invoice that this document
        corrects.

        :param origin: that invoice
        """
        if not self.is_invoice(include_receipts=True):
            return False
        if origin.rate_lock_id:
            return True
        # sudo: a branch's user may not read its root company
        company = self.company_id.sudo().root_id
        return self.reversed_entry_id == origin and company.refund_at_origin_rate

    def _get_origin_rate(self):
        """Return the rate at which the invoice was booked, or 0.0 where it can't be
        this document's; in units of its currency for 1 unit of company currency."""
        origin = self._get_rate_origin()
        if (
            origin.currency_id != self.currency_id
            or origin.company_currency_id != self.company_currency_id
        ):
            return 0.0
        return origin.invoice_currency_rate

    # === HANDING OVER === #

    def _get_lock_values(self):
        """Return what a document made from this one takes over: its lock, and whether
        it is booked at it. Nothing if this document carries no lock."""
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
        """Follow Odoo where it finds the invoice of a credit note afterwards, as some
        countries ask for."""
        unlinked = credit_note.filtered(lambda move: not move.reversed_entry_id)
        result = super()._set_reversed_entry(credit_note)
        for move in unlinked.filtered("reversed_entry_id"):
            if move._takes_origin_rate(move.reversed_entry_id):
                move.at_origin_rate = True
        return result

    def copy(self, default=None):
        """Hand the lock of an invoice to its debit note; any other copy has none."""
        if not (default or {}).get("debit_origin_id"):
            return super().copy(default)
        if any(
            field.type == "one2many" and field.comodel_name == self._name
            for field in map(self._fields.get, default)
            if field
        ):
            # documents that are created along, by commands, take no lock
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
