import math
from contextlib import contextmanager

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_is_zero, format_date

from .fx_rate_locked_mixin import SAME_RATE


class AccountMove(models.Model):
    """At which rate the books take an invoice whose rate is locked.

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

    # === COMPUTE METHODS === #

    # Deaf to settings, taxes and dates: what depends on this field recomputes the rate
    # of the document, and would take away what a person typed. See below for drafts.
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

    def _has_nonzero_tax(self):
        """Whether a line has a tax that is not 0 by definition.

        By the taxes, not by their amounts: these depend on the rate.
        """
        taxes = self.invoice_line_ids.tax_ids
        return any(
            tax.amount_type == "code" or not float_is_zero(tax.amount, 4)
            for tax in taxes.flatten_taxes_hierarchy()
        )

    def _is_to_be_booked_at_lock(self):
        """Whether the books take the locked rate, by this document's date and taxes
        and the company's setting when it was made."""
        self.ensure_one()
        start = self.lock_booked_from
        if not start or self._get_document_day() < start:
            return False
        return self.lock_books_tax or not self._has_nonzero_tax()

    def _get_booking_note(self):
        """Which rate the books take, and why."""
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

    @api.depends("locked_rate", "booked_at_lock", "at_origin_rate")
    def _compute_invoice_currency_rate(self):
        held = self.filtered(lambda move: move._get_held_rate())
        result = super(AccountMove, self - held)._compute_invoice_currency_rate()
        for move in held:
            move.invoice_currency_rate = move._get_held_rate()
        return result

    def _get_held_rate(self):
        """The rate that this document's books take whatever its date, or 0.0; in
        units of its currency for 1 unit of company currency."""
        if self.booked_at_lock:
            return self.locked_rate
        return self._get_origin_rate() if self.at_origin_rate else 0.0

    # === DRAFTS === #

    @contextmanager
    def _sync_dynamic_lines(self, container):
        with super()._sync_dynamic_lines(container):
            yield
        if locked := container["records"].filtered("locked_rate"):
            # within another round of Odoo's the taxes may not be there yet
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
            # sudo: closed to writes from outside. The rate is written, too: while a
            # form is saved that holds one, Odoo doesn't compute it.
            move.sudo().with_context(skip_is_manually_modified=True)._write_guarded(
                {"booked_at_lock": at_lock, "invoice_currency_rate": rate}
            )

    def _post(self, soft=True):
        if locked := self.filtered("locked_rate"):
            locked._settle_booking()
        return super()._post(soft)

    # === GUARDS === #

    @api.constrains("rate_lock_id", "booked_at_lock", "invoice_currency_rate")
    def _check_booked_rate(self):
        for move in self.filtered("locked_rate"):
            held = move._get_held_rate()
            rate = move.invoice_currency_rate
            if held and not math.isclose(rate, held, rel_tol=SAME_RATE):
                raise UserError(move._get_held_rate_refusal())

    def refresh_invoice_currency_rate(self):
        for move in self.filtered("locked_rate"):
            if move._get_held_rate():
                raise UserError(move._get_held_rate_refusal())
        return super().refresh_invoice_currency_rate()

    def _get_held_rate_refusal(self):
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
