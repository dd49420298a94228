from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.sql import column_exists, create_column

#: Settled when a document gets its lock; a posted document keeps them.
SETTLED_FIELDS = {"rate_lock_id", "booked_at_lock", "lock_booked_from"}

#: Columns that are made empty: no document that exists carries a lock.
EMPTY_COLUMNS = {
    "locked_rate": "numeric",
    "booked_at_lock": "bool",
    "lock_booked_from": "date",
    "lock_books_tax": "bool",
    "at_origin_rate": "bool",
}


class AccountMove(models.Model):
    """An invoice that carries the rate lock of its order."""

    _name = "account.move"
    _inherit = ["account.move", "fx.rate.locked.mixin"]

    locked_rate = fields.Float(
        compute="_compute_locked_rate", store=True, precompute=True
    )
    rate_lock_note = fields.Char(
        compute="_compute_rate_lock_note", compute_sudo=True, groups="base.group_user"
    )

    def _auto_init(self):
        # not computed for the million documents that exist
        for column, kind in EMPTY_COLUMNS.items():
            if not column_exists(self.env.cr, self._table, column):
                create_column(self.env.cr, self._table, column, kind)
        return super()._auto_init()

    # === COMPUTE METHODS === #

    @api.depends("rate_lock_id")
    def _compute_locked_rate(self):
        for move in self:
            # sudo: accountants without the addon's groups can't read locks
            move.locked_rate = move.rate_lock_id.sudo().rate

    @api.depends(
        "locked_rate",
        "booked_at_lock",
        "at_origin_rate",
        "lock_booked_from",
        "invoice_date",
    )
    @api.depends_context("lang")
    def _compute_rate_lock_note(self):
        for move in self:
            move.rate_lock_note = move.rate_locked and self.env._(
                "Rate locked: %(rate)s (%(lock)s). %(books)s",
                rate=move.rate_lock_id.rate_display,
                lock=move.rate_lock_id.name,
                books=move._get_booking_note(),
            )

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

    @api.constrains("rate_lock_id", "company_id", "journal_id")
    def _check_locked_company(self):
        for move in self.filtered("locked_rate"):
            # sudo: as for the locked rate
            lock, company = move.rate_lock_id.sudo(), move.company_id
            # an agreement covers the branches of its company, too
            if lock.company_id not in (
                company.parent_ids if lock.kind == "agreement" else company
            ):
                raise UserError(
                    self.env._(
                        "%(document)s carries a rate locked by %(company)s: keep a "
                        "journal of that company.",
                        document=move.display_name,
                        company=lock.company_id.name,
                    )
                )

    # === BUSINESS === #

    def _drop_rate_lock(self):
        """After a release: drafts go to the market rate of their date. What was posted
        once keeps its lock, and so does the credit note of what was posted."""
        drafts = self.filtered(
            lambda move: (
                move.state == "draft"
                and not move.posted_before
                and not move._get_rate_origin()
            )
        )
        if drafts:
            drafts._write_guarded({"rate_lock_id": False})

    def _filter_checked_when_posted(self):
        return super()._filter_checked_when_posted() | self.filtered("locked_rate")

    def _post(self, soft=True):
        posted = super()._post(soft)
        posted._update_locks()
        return posted

    def button_draft(self):
        result = super().button_draft()
        self._update_locks()
        return result

    def button_cancel(self):
        result = super().button_cancel()
        self._update_locks()
        return result

    def _update_locks(self):
        """What is left to invoice of the locks of these documents has changed."""
        if locked := self.filtered("locked_rate"):
            # sudo: accountants can't write locks
            locked.rate_lock_id.sudo()._update_amounts()
