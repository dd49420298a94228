from odoo import api, fields, models

from ...engine.rate_locks import lock_variance


class AccountMove(models.Model):
    """What the promise of an invoice was worth: locked, in the market, and received.

    All of it in company currency, and negative for a credit note.
    """

    _inherit = "account.move"

    market_rate_at_date = fields.Float(
        string="Market Rate at Its Date",
        readonly=True,
        copy=False,
        digits=0,
        aggregator=None,
        help="The market rate of the document's accounting date, noted when it is "
        "posted; 0 where none is known.",
        groups="base.group_user",
    )
    # Written at posting only: a computed one would be computed for every document.
    lock_variance = fields.Monetary(
        readonly=True,
        copy=False,
        currency_field="company_currency_id",
        help="Receivable × (1 / locked rate − 1 / market rate at its accounting date), "
        "noted when the document is posted: how much more the lock promises than the "
        "market gives on that day. Negative for credit notes.",
        groups="base.group_user",
    )
    lock_value = fields.Monetary(
        string="Locked Value",
        compute="_compute_lock_values",
        compute_sudo=True,  # who reads an invoice may not read its payments
        currency_field="company_currency_id",
        help="The total at the locked rate.",
        groups="base.group_user",
    )
    lock_market_value = fields.Monetary(
        string="Market Value",
        compute="_compute_lock_values",
        compute_sudo=True,  # who reads an invoice may not read its payments
        currency_field="company_currency_id",
        help="The total at the market rate of the document's accounting date.",
        groups="base.group_user",
    )
    lock_received_value = fields.Monetary(
        string="Received",
        compute="_compute_lock_values",
        compute_sudo=True,  # who reads an invoice may not read its payments
        currency_field="company_currency_id",
        help="What the payments reconciled so far were booked at, each at the rate of "
        "its own day.",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "locked_rate",
        "market_rate_at_date",
        "amount_total_in_currency_signed",
        "amount_residual_signed",
    )
    def _compute_lock_values(self):
        for move in self:
            total = move.amount_total_in_currency_signed
            books, market = move.company_currency_id, move.market_rate_at_date
            locked = move.locked_rate
            move.lock_value = books.round(total / locked) if locked else 0.0
            move.lock_market_value = books.round(total / market) if market else 0.0
            move.lock_received_value = move._get_received_value() if locked else 0.0

    def _get_received_value(self):
        """What came in for this document: of each payment the part that is reconciled
        with it, at the rate at which the payment was booked.

        Exchange differences, write-offs and credit notes are no money that came in.
        """
        terms = self.line_ids.filtered(
            lambda line: line.account_type in ("asset_receivable", "liability_payable")
        )
        parts = [
            (partial.credit_move_id, partial.credit_amount_currency)
            for partial in terms.matched_credit_ids
        ] + [
            (partial.debit_move_id, partial.debit_amount_currency)
            for partial in terms.matched_debit_ids
        ]
        received = sum(
            -line.balance * amount / abs(line.amount_currency)
            for line, amount in parts
            if line.amount_currency
            and (line.payment_id or line.journal_id.type in ("bank", "cash", "credit"))
        )
        return self.company_currency_id.round(received)

    # === POSTING === #

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

        The market rate is the one that Odoo takes for the accounting date; 0, and no
        variance, where Odoo would have to invent one.
        """
        by_day = self.grouped(lambda move: (move.company_id, move.date))
        for (company, day), moves in by_day.items():
            spots = moves.currency_id._find_spot(company, day)
            for move in moves:
                market = (
                    move._get_expected_currency_rate_at(day)
                    if move.currency_id.id in spots
                    else 0.0
                )
                variance = market and lock_variance(
                    move.amount_total_in_currency_signed, move.locked_rate, market
                )
                move._write_lock_note(
                    {
                        "market_rate_at_date": market,
                        "lock_variance": move.company_currency_id.round(variance),
                    }
                )

    def _write_lock_note(self, vals):
        # sudo: these fields are closed to writes from outside. Neither a person's
        # change of the document, nor one that touches its lines.
        self.sudo().with_context(
            skip_is_manually_modified=True, skip_invoice_sync=True
        )._write_guarded(vals)
