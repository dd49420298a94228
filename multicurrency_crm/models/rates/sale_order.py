from odoo import api, models

from ...engine.rates import is_same_rate

#: Context key of ``RateErrors``.
RATE_ERRORS = "fx_rate_errors"


class RateErrors(dict):
    """{order id: sentence or None}, found for many orders in one go and handed on in
    the context. Only this process makes one: what came with a context from outside is
    none."""


class SaleOrder(models.Model):
    """Quotations and orders in a currency without a fresh rate."""

    _name = "sale.order"
    _inherit = ["sale.order", "fx.rate.needed.mixin"]

    @api.depends("currency_id", "company_id", "date_order", "state")
    @api.depends_context("lang")
    def _compute_missing_rate_warning(self):
        quotations = self.filtered(lambda order: order.state in ("draft", "sent"))
        orders = self.filtered(lambda order: order.state == "sale")
        errors = {
            **quotations._find_quotation_rate_errors(),
            **orders._find_rate_errors(lambda order: order._get_rate_date()),
        }
        for order in self:
            order.missing_rate_warning = errors.get(order)

    def _get_rate_and_day(self):
        """Name who published this order's rate, or typed it; a rate that isn't the
        table's, since that was corrected, stands beside no day of it."""
        company, currency = self.company_id, self.currency_id
        spot = currency._find_spot(company, self._get_rate_date()).get(currency.id)
        if not spot:
            return super()._get_rate_and_day()
        origin = (
            currency._name_spot_with_day(spot)
            if is_same_rate(spot.rate, self.currency_rate)
            else self.env._("the document's own rate")
        )
        return self.env._(
            "%(rate)s (%(origin)s)",
            rate=currency._format_rate(self.currency_rate, company),
            origin=origin,
        )

    def _find_quotation_rate_errors(self):
        """Find what is wrong with the rates of quotations.

        On the quotation's own date, else today, to which confirming moves it.

        :return: {order: sentence}
        """
        errors = self._find_rate_errors(lambda order: order._get_rate_date())
        fine = self.filtered(lambda order: order not in errors)
        return {**fine._find_confirmation_rate_errors(), **errors}

    def _find_confirmation_rate_errors(self):
        """Find what is wrong with the rates at which orders are converted now.

        :return: {order: sentence}
        """
        return self._find_rate_errors(lambda order: order.company_id._get_today())

    # === SEND === #

    def action_quotation_send(self):
        self._check_quotation_rates()
        return super().action_quotation_send()

    def action_quotation_sent(self):
        self._check_quotation_rates()
        return super().action_quotation_sent()

    def _check_quotation_rates(self):
        """Check that no quotation is sent without a fresh rate by a company that stops.

        :raises UserError: there is one
        """
        stopped = self._filter_stopped_without_rate().filtered(
            lambda order: order.state in ("draft", "sent")
        )
        self._stop_rate_errors(stopped._find_quotation_rate_errors())

    # === CONFIRM === #

    def action_confirm(self):
        stopped = self._filter_stopped_without_rate()
        if not stopped._filter_needing_rate():
            return super().action_confirm()
        errors = stopped._find_confirmation_rate_errors()
        found = RateErrors({order.id: errors.get(order) for order in stopped})
        orders = self.with_context(**{RATE_ERRORS: found})
        return super(SaleOrder, orders).action_confirm()

    def _filter_checked_when_confirmed(self):
        stopped = self._filter_stopped_without_rate()._filter_needing_rate()
        return super()._filter_checked_when_confirmed() | stopped

    def _confirmation_error_message(self):
        message = super()._confirmation_error_message()
        if message or self._passes_without_rate():
            return message
        sentence = self._get_confirmation_rate_error()
        if sentence:
            # rights come first: who may not confirm learns nothing
            self.check_access("write")
        return bool(sentence) and self._name_rate_error(sentence)

    def _get_confirmation_rate_error(self):
        """Return what stops this order, or None; no query if it is known already."""
        known = self.env.context.get(RATE_ERRORS)
        if isinstance(known, RateErrors) and self.id in known:
            return known[self.id]
        stopped = self._filter_stopped_without_rate()
        return stopped._find_confirmation_rate_errors().get(self)

    def _action_confirm(self):
        result = super()._action_confirm()
        # only what a customer signed or paid comes here without a fresh rate
        for order in self:
            if sentence := order._get_confirmation_rate_error():
                order._note_rate_error(sentence)
        return result
