import math

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

from .fx_rate_locked_mixin import LOCK_HANDOVER, SAME_RATE

#: Settled when a document gets its lock; a posted document keeps them.
SETTLED_FIELDS = {"rate_lock_id", "booked_at_lock"}


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "fx.rate.locked.mixin"]

    locked_rate = fields.Float(
        compute="_compute_locked_rate", store=True, precompute=True
    )
    rate_lock_note = fields.Char(compute="_compute_rate_lock_note", compute_sudo=True)
    # Stored and deaf to the setting: changing it moves no invoice that exists.
    booked_at_lock = fields.Boolean(
        string="Booked at the Locked Rate",
        compute="_compute_booked_at_lock",
        store=True,
        precompute=True,
        readonly=False,  # a credit note is given its invoice's; nobody else writes it
        copy=False,
        help="The company amounts of this document are at the locked rate, whatever "
        "its date. Decided by the company's setting when the document is made; a "
        "credit note follows its invoice.",
    )
    market_rate_at_date = fields.Float(
        string="Market Rate at Its Date",
        readonly=True,
        copy=False,
        digits=0,
        aggregator=None,
        help="The market rate of the document's date, noted when it is posted; 0 where "
        "none is known.",
    )
    # Written at posting only: a computed one would be computed for every document.
    lock_variance = fields.Monetary(
        readonly=True,
        copy=False,
        currency_field="company_currency_id",
        help="Receivable × (1 / locked rate − 1 / market rate at its date), noted when "
        "the document is posted: how much more the lock promises than the market gives "
        "on that day. Negative for credit notes.",
    )

    def _auto_init(self):
        # No document that exists carries a lock: don't compute that for a million.
        for column, kind in (("locked_rate", "numeric"), ("booked_at_lock", "bool")):
            if not column_exists(self.env.cr, self._table, column):
                create_column(self.env.cr, self._table, column, kind)
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends("rate_lock_id")
    def _compute_locked_rate(self):
        for move in self:
            # sudo: accountants without the addon's groups can't read locks
            move.locked_rate = move.rate_lock_id.sudo().rate

    @api.depends("locked_rate", "booked_at_lock")
    @api.depends_context("lang")
    def _compute_rate_lock_note(self):
        for move in self:
            move.rate_lock_note = move.locked_rate and move._get_rate_lock_note()

    def _get_rate_lock_note(self):
        """The banner: which rate was promised, and which one the books take."""
        lock = self.rate_lock_id
        if self.booked_at_lock:
            return self.env._(
                "Rate locked: %(rate)s (%(lock)s). The books take this rate.",
                rate=lock.rate_display,
                lock=lock.name,
            )
        return self.env._(
            "Rate locked: %(rate)s (%(lock)s). The books take the market rate.",
            rate=lock.rate_display,
            lock=lock.name,
        )

    @api.depends("rate_lock_id")
    def _compute_booked_at_lock(self):
        for move in self:
            move.booked_at_lock = (
                bool(move.rate_lock_id) and move.company_id.lock_booking == "locked"
            )

    @api.depends("locked_rate", "booked_at_lock")
    def _compute_invoice_currency_rate(self):
        at_lock = self.filtered("booked_at_lock")
        result = super(AccountMove, self - at_lock)._compute_invoice_currency_rate()
        for move in at_lock:
            move.invoice_currency_rate = move.locked_rate
        return result

    # === GUARDS === #

    def write(self, vals):
        if SETTLED_FIELDS & vals.keys() and any(
            move.state == "posted" for move in self
        ):
            raise UserError(
                self.env._(
                    "A posted document keeps its rate lock: reset it to draft first."
                )
            )
        return super().write(vals)

    @api.constrains("rate_lock_id", "currency_id", "journal_id")
    def _check_locked_currency(self):
        for move in self.filtered("locked_rate"):
            # sudo: as for the locked rate
            currency = move.rate_lock_id.sudo().currency_id
            if move.currency_id != currency:
                raise UserError(
                    self.env._(
                        "%(document)s carries a rate locked in %(currency)s: keep that "
                        "currency, and a journal that allows it.",
                        document=move.display_name,
                        currency=currency.name,
                    )
                )

    @api.constrains("rate_lock_id", "booked_at_lock", "invoice_currency_rate")
    def _check_booked_rate(self):
        for move in self.filtered("booked_at_lock"):
            rate = move.invoice_currency_rate
            if not math.isclose(rate, move.locked_rate, rel_tol=SAME_RATE):
                raise UserError(
                    self.env._(
                        "%(document)s is booked at its locked rate %(rate)s: that rate "
                        "can't be changed on the document.",
                        document=move.display_name,
                        rate=move.rate_lock_id.sudo().rate_display,
                    )
                )

    # === BUSINESS === #

    def _reverse_moves(self, default_values_list=None, cancel=False):
        default_values_list = default_values_list or [{} for move in self]
        for move, values in zip(self, default_values_list, strict=False):
            values.update(move._get_lock_values())
        moves = LOCK_HANDOVER.put_on(self)
        reverse_moves = super(AccountMove, moves)._reverse_moves(
            default_values_list, cancel
        )
        return reverse_moves.with_env(self.env)

    def _get_lock_values(self):
        """What a document made from this one takes over: its lock, and whether it is
        booked at it. Nothing if this document carries no lock."""
        self.ensure_one()
        if not self.rate_lock_id:
            return {}
        return {
            "rate_lock_id": self.rate_lock_id.id,
            "booked_at_lock": self.booked_at_lock,
        }

    def _drop_rate_lock(self):
        """After a release: drafts go to the market rate of their date. What was posted
        once keeps its lock, and so does the credit note of what was posted."""
        drafts = self.filtered(
            lambda move: (
                move.state == "draft"
                and not move.posted_before
                and not move.reversed_entry_id
            )
        )
        if drafts:
            drafts.write({"rate_lock_id": False})

    def _post(self, soft=True):
        posted = super()._post(soft)
        if locked := posted.filtered("locked_rate"):
            locked._note_lock_variance()
        return posted

    def button_draft(self):
        result = super().button_draft()
        if noted := self.filtered("locked_rate"):
            noted._write_lock_note({"market_rate_at_date": 0.0, "lock_variance": 0.0})
        return result

    def _note_lock_variance(self):
        """Note market rate and variance of documents just posted.

        variance = receivable × (1/locked − 1/market), in company currency; the
        receivable is negative for a credit note. The market rate is the one that Odoo
        takes for the document's date; 0, and no variance, where Odoo would have to
        invent one.
        """
        for move in self:
            date = move._get_invoice_currency_rate_date()
            spots = move.currency_id._find_spot(move.company_id, date)
            market = spots and move._get_expected_currency_rate_at(date)
            variance = market and move.amount_total_in_currency_signed * (
                1 / move.locked_rate - 1 / market
            )
            move._write_lock_note(
                {
                    "market_rate_at_date": market or 0.0,
                    "lock_variance": move.company_currency_id.round(variance or 0.0),
                }
            )

    def _write_lock_note(self, vals):
        # sudo: these fields are closed to writes from outside. Neither a person's
        # change of the document, nor one that touches its lines.
        self.sudo().with_context(
            skip_is_manually_modified=True, skip_invoice_sync=True
        ).write(vals)
