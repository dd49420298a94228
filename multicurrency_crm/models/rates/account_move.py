import math

from odoo import api, fields, models
from odoo.tools import format_date

from ...engine.rates import is_same_rate

#: a currency this near to the company's is perhaps worth the same
NEAR_ONE = 0.1
#: which kind of document reverses which
REVERSALS = {
    "out_invoice": "out_refund",
    "out_receipt": "out_refund",
    "out_refund": "out_invoice",
    "in_invoice": "in_refund",
    "in_receipt": "in_refund",
    "in_refund": "in_invoice",
}


class AccountMove(models.Model):
    """Invoices, bills and receipts in a currency without a fresh rate."""

    _name = "account.move"
    _inherit = ["account.move", "fx.rate.needed.mixin"]

    invoice_rate_note = fields.Char(
        string="Rate",
        compute="_compute_invoice_rate_note",
        groups="base.group_user",
        help="The rate at which this document is converted, whose it is, and of which "
        "day.",
    )

    @api.depends(
        "currency_id",
        "company_id",
        "invoice_date",
        "taxable_supply_date",
        "invoice_currency_rate",
        "move_type",
        "reversed_entry_id",
        "state",
    )
    @api.depends_context("lang")
    def _compute_missing_rate_warning(self):
        drafts = self.filtered(
            lambda move: (
                move.state == "draft"
                # sudo: as for the policy itself
                and move.company_id.sudo().missing_rate_policy != "off"
            )
        )
        errors = drafts._find_rate_errors(lambda move: move._get_rate_date())
        for move in self:
            move.missing_rate_warning = errors.get(move)

    @api.depends(
        "currency_id",
        "company_id",
        "invoice_date",
        "taxable_supply_date",
        "invoice_currency_rate",
        "move_type",
    )
    @api.depends_context("lang", "tz")
    def _compute_invoice_rate_note(self):
        converted = self.filtered(
            lambda move: (
                move.is_invoice(include_receipts=True)
                and move.currency_id
                and move.company_id
                and move.currency_id != move.company_currency_id
                and move.invoice_currency_rate
            )
        )
        origins = converted._find_rate_origins()
        for move in self:
            move.invoice_rate_note = move in converted and self.env._(
                "%(rate)s (%(origin)s)",
                rate=move._get_own_equation(),
                origin=origins[move],
            )

    def _get_own_equation(self):
        """Return the rate at which this document is converted, as people read it.

        To be extended by whoever knows the digits of a rate of its own.
        """
        return self.currency_id._format_rate(
            self.invoice_currency_rate, self.company_id
        )

    def _find_rate_origins(self):
        """Find from whom and of which day the rates are at which these are converted.

        To be extended by whoever gives documents a rate of their own.

        :return: {document: text}
        """
        origins = {}
        places = self.grouped(lambda move: (move.company_id, move._get_rate_date()))
        for (company, day), moves in places.items():
            spots = moves.currency_id._find_spot(company, day)
            for move in moves:
                spot = spots.get(move.currency_id.id)
                is_spot = spot and is_same_rate(spot.rate, move.invoice_currency_rate)
                origins[move] = (
                    move.currency_id._name_spot_with_day(spot)
                    if is_spot
                    else move._name_own_rate(spot)
                )
        return origins

    def _name_own_rate(self, spot):
        """Name a rate that isn't that of the table, and how far from it it is."""
        if not spot or self.invoice_currency_rate <= 0:
            return self.env._("the document's own rate")
        deviation = self.invoice_currency_rate / spot.rate - 1
        return self.env._(
            "the document's own rate, %(distance)s",
            distance=self.currency_id._format_distance(deviation, self.company_id),
        )

    def _filter_needing_rate(self):
        """Leave out credit notes of invoices, which have their invoices' rates."""
        return (
            super()
            ._filter_needing_rate()
            .filtered(
                lambda move: (
                    move.is_invoice(include_receipts=True)
                    and not move._has_rate_of_reversed()
                )
            )
        )

    def _has_rate_of_reversed(self):
        """Whether this is the credit note of a document in its currency."""
        origin = self.reversed_entry_id
        return origin.currency_id == self.currency_id and self._is_reversal()

    def _is_reversal(self):
        """Whether this reverses what it says it does.

        Naming a document of another kind, or of another customer, makes no credit note
        of an invoice.
        """
        origin = self.reversed_entry_id
        return (
            self.move_type == REVERSALS.get(origin.move_type)
            and origin.commercial_partner_id == self.commercial_partner_id
        )

    def _judge_rate(self, spot, sentence):
        """Take a rate that somebody typed on the document for a fresh one.

        Say so, too, where Odoo knew no rate when the document was made and put 1.0
        there: that stays, though a fresh one has come. ``invoice_currency_rate`` is
        units of the document's currency for 1 unit of company currency.
        """
        sentence = super()._judge_rate(spot, sentence)
        rate = self.invoice_currency_rate
        is_one = is_same_rate(rate, 1.0)
        if sentence:
            expected = self._get_expected_currency_rate_at(self._get_rate_date())
            typed = not is_one and not is_same_rate(rate, expected)
            return None if typed else sentence
        if is_one and spot and not math.isclose(spot.rate, 1.0, rel_tol=NEAR_ONE):
            return self.env._(
                "Odoo knew no rate of %(currency)s when this document was made, and "
                "took 1.0. It is known since, %(rate)s (%(publisher)s, %(date)s): "
                "refresh the rate of the document.",
                currency=self.currency_id.name,
                rate=self.currency_id._format_rate(spot.rate, self.company_id),
                publisher=self.currency_id._name_spot(spot),
                date=format_date(self.env, spot.date),
            )
        return self._judge_unseen_rate(spot)

    def _judge_unseen_rate(self, spot):
        """Return that a recurring invoice would be booked at another rate than that of
        its day, or None.

        It got its rate when it was copied from the one before, a month ahead, and
        nobody has typed another since. On any other draft a person sees Odoo's own sign
        beside the rate, and may want it.

        :param spot: ``Spot`` of its currency, or None
        """
        origin = self.auto_post_origin_id
        if not spot or self.auto_post == "no" or origin in (self, self.browse()):
            return None
        rate = self.invoice_currency_rate
        expected = self._get_expected_currency_rate_at(self._get_rate_date())
        if not rate or not expected or is_same_rate(rate, expected):
            return None
        made_on = self._get_day_made()
        if not is_same_rate(rate, self._get_expected_currency_rate_at(made_on)):
            return None  # typed since
        return self.env._(
            "It was copied at %(rate)s, and the rate of its day is %(expected)s "
            "(%(publisher)s, %(date)s): refresh the rate of the document, then post "
            "it.",
            rate=self.currency_id._format_rate(rate, self.company_id),
            expected=self.currency_id._format_rate(expected, self.company_id),
            publisher=self.currency_id._name_spot(spot),
            date=format_date(self.env, spot.date),
        )

    def _passes_without_rate(self):
        """Let an invoice pass, too, that a point of sale was paid for."""
        sold = "pos_order_ids" in self._fields and self.pos_order_ids
        return super()._passes_without_rate() or bool(sold)

    def _filter_checked_when_posted(self):
        stopped = self._filter_stopped_without_rate()
        return super()._filter_checked_when_posted() | stopped

    def _post(self, soft=True):
        stopped = self._filter_stopped_without_rate()._filter_posted_now(soft)
        if not stopped:
            return super()._post(soft)
        errors = stopped._find_rate_errors(lambda move: move._get_rate_date())
        self._stop_rate_errors(errors)
        posted = super()._post(soft)
        for move in posted.filtered(lambda move: move in errors):
            move._note_rate_error(errors[move])
        return posted
