from odoo import api, fields, models
from odoo.exceptions import UserError

from .process_mark import ProcessMark

#: Borne while Odoo confirms: its own ``action_confirm`` writes the state.
_CONFIRMING = ProcessMark("multicurrency_confirming")


class SaleOrder(models.Model):
    """One door to confirmed orders, and what an order comes to."""

    _name = "sale.order"
    _inherit = ["sale.order", "apart.mixin", "computed.mixin", "responsible.mixin"]

    _computed_alone = frozenset(
        {
            "amount_untaxed",
            "amount_tax",
            "amount_total",
            "currency_rate",
            "delivery_status",  # sale_stock
            "invoice_status",
            "transaction_ids",
        }
    )

    # Odoo's own, in which a customer would read a rate that it isn't told
    currency_rate = fields.Float(groups="base.group_user", guarded=False)
    # shown to customers, and computed with it
    tax_totals = fields.Binary(compute_sudo=True)

    # === THE DAY OF AN ORDER === #

    def _is_foreign(self):
        """Whether this order is in another currency than its company's."""
        own = self.company_id.currency_id
        return bool(own and self.currency_id and self.currency_id != own)

    def _get_rate_date(self):
        """Return the day at whose rate this order is converted: that of its date where
        its company is."""
        moment = self.date_order or fields.Datetime.now()
        return (self.company_id or self.env.company)._get_day_of(moment)

    @api.depends("currency_id", "date_order", "company_id")
    def _compute_currency_rate(self):
        """Take the rate of the order's day where its company is: Odoo takes that of the
        day in UTC, and what is ordered in Auckland in the morning is converted at the
        rate of the day before."""
        result = super()._compute_currency_rate()
        for order in self:
            if not order._is_foreign():
                continue
            day = order._get_rate_date()
            if day != (order.date_order or fields.Datetime.now()).date():
                order.currency_rate = self.env["res.currency"]._get_conversion_rate(
                    order.company_id.currency_id,
                    order.currency_id,
                    order.company_id,
                    day,
                )
        return result

    # === CONFIRMING === #

    def _filter_checked_when_confirmed(self):
        """Those of these orders that a rule in force looks at when they are confirmed.

        To be extended by whoever checks in ``action_confirm``. Costs no query.
        """
        return self.browse()

    def _check_confirmable(self):
        """Ask what ``action_confirm`` asks.

        :raises UserError: an order isn't to be confirmed as it is
        """
        for order in self:
            if message := order._confirmation_error_message():
                raise UserError(message)

    def action_confirm(self):
        return super(SaleOrder, _CONFIRMING.put_on(self)).action_confirm()

    # === ON THE PORTAL === #

    def _has_to_be_signed(self):
        return super()._has_to_be_signed() and not self._is_withheld()

    def _has_to_be_paid(self):
        return super()._has_to_be_paid() and not self._is_withheld()

    def _is_withheld(self):
        """Return whether the customer isn't offered to sign or to pay this quotation:
        nobody has sent it, and a colleague couldn't confirm it. What was sent is never
        withheld, and what is paid all the same is taken.

        To be extended by whoever checks in ``action_confirm``. Costs no query.
        """
        self.ensure_one()
        return False

    @api.model
    def _fill_state(self, vals_list):
        """Say outright what state a new order gets by default, so that whoever looks
        at the values sees a default of a client's, too."""
        if all("state" in vals for vals in vals_list):
            return vals_list
        state = self.default_get(["state"]).get("state")
        return [{"state": state, **vals} for vals in vals_list]

    @api.model_create_multi
    def create(self, vals_list):
        vals_list = self._fill_state(vals_list)
        orders = super().create(vals_list)
        if any(vals.get("state") == "sale" for vals in vals_list):
            orders._check_confirmed_by_client()
        return orders

    def write(self, vals):
        if vals.get("state") != "sale":
            return super().write(vals)
        confirmed = self.filtered(lambda order: order.state != "sale")
        result = super().write(vals)
        confirmed._check_confirmed_by_client()
        return result

    def _check_confirmed_by_client(self):
        """A client that writes the state confirms: by every check of the button. Rights
        were asked, and whatever else it wrote stands."""
        if self.env.su or _CONFIRMING.is_on(self.env):
            return
        orders = self.filtered(lambda order: order.state == "sale")
        if claimed := orders._filter_checked_when_confirmed():
            super(SaleOrder, claimed).write({"state": "draft"})
            claimed._check_confirmable()
            super(SaleOrder, claimed).write({"state": "sale"})
