from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list

from ...engine.quoting import write_cross
from ..common.html_text import as_html

#: orders whose currency was switched in this transaction, until it ends
SWITCHED = "multicurrency_switched_orders"


class SaleOrder(models.Model):
    """Moving a quotation from one currency to another."""

    _inherit = "sale.order"

    # Pricelists of the currencies that the order left, for the way back.
    left_pricelists = fields.Json(
        copy=False,
        guarded=True,
        groups="base.group_user",
        prefetch=False,
    )

    switch_currency_id = fields.Many2one(
        comodel_name="res.currency",
        string="Customer's Currency",
        compute="_compute_switch_currency_id",
        help="The customer's preferred currency, if the quotation is in another one.",
        groups="base.group_user",
    )

    currency_is_settled = fields.Boolean(
        compute="_compute_currency_is_settled",
        help="This is no quotation any more, or a promise was made in its currency.",
        groups="base.group_user",
    )

    @api.depends("state")
    def _compute_currency_is_settled(self):
        """Say whether there is nothing to switch; to be extended by whoever promises
        something in the order's currency."""
        for order in self:
            order.currency_is_settled = order.state not in ("draft", "sent")

    @api.depends("partner_id", "currency_id", "state")
    def _compute_switch_currency_id(self):
        for order in self:
            preferred = order.partner_id._get_preferred_currency(order.company_id)
            open_quotation = order.state in ("draft", "sent")
            differs = open_quotation and preferred != order.currency_id
            order.switch_currency_id = preferred if differs else False

    def action_switch_currency(self):
        """Open the dialog that switches this quotation to another currency.

        :raises UserError: it can't be switched to any
        """
        self.ensure_one()
        self.check_access("write")
        if refusal := self._get_settled_refusal() or self._get_paid_refusal():
            raise UserError(refusal)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Switch Currency"),
            "res_model": "sale.order.switch.currency",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_order_id": self.id,
                "default_currency_id": self.switch_currency_id.id,
            },
        }

    def _switch_currency(self, currency):
        """Move this draft or sent quotation to another currency.

        List prices come from a pricelist in that currency where there is one; all
        others are converted once, at the order's rate. Discounts, quantities, taxes
        and manual prices survive; a global discount in percent is given anew, on the
        new prices; a currency that the order had before gets its prices back. The
        customer's signature is cleared.

        :param currency: active ``res.currency`` record
        :raises UserError: not a quotation, paid for online, or no rate to convert at
        """
        self.ensure_one()
        if currency == self.currency_id:
            return
        self._check_switch_currency(currency)
        old, old_total = self.currency_id, self.amount_total
        old_rate = self.currency_rate
        discounts = self._find_percent_discounts()
        lines = self._get_priced_lines()
        listed, costs = lines._filter_list_priced(), lines._find_typed_costs()
        pricelist = self._find_pricelist_in(currency)
        left = {**(self.left_pricelists or {}), str(old.id): self.pricelist_id.id}
        self._write_guarded({"left_pricelists": left})
        super().write(
            {
                "currency_id": currency.id,
                "pricelist_id": pricelist.id,
                "keep_currency": True,
                "signature": False,
                "signed_by": False,
                "signed_on": False,
            }
        )
        lines._switch_currency(old, old_rate, listed if pricelist else listed.browse())
        for line, cost in costs.items():
            line._switch_cost(cost, old, old_rate)
        self._renew_global_discounts(discounts)
        self._note_switch(old, old_total, self.currency_rate / old_rate)

    def _note_switch(self, old, old_total, factor):
        """Note in the thread that the currency was switched, at which rate, and what
        became of the total.

        :param old: ``res.currency``
        :param old_total: in that currency
        :param factor: units of the new currency for 1 unit of the old one
        """
        new = self.currency_id
        self.message_post(
            body=as_html(
                self.env._(
                    "Currency switched from %(old)s to %(new)s at %(rate)s (rates of "
                    "%(date)s). Total: %(before)s, now %(after)s.",
                    old=old.name,
                    new=new.name,
                    rate=self._format_switch_rate(old, new, factor),
                    date=self._format_rate_days(old | new),
                    before=old._format_amount(old_total),
                    after=new._format_amount(self.amount_total),
                )
            )
        )
        self.env.cr.precommit.data.setdefault(SWITCHED, set()).add(self.id)

    def _mail_track(self, tracked_fields, initial_values):
        """Odoo tracks two amounts with one currency: those of an order that was
        switched would both have the new one's symbol. The note of the switch says them
        instead."""
        if self.id in self.env.cr.precommit.data.get(SWITCHED, ()):
            tracked_fields = {
                name: info
                for name, info in tracked_fields.items()
                if info["type"] != "monetary"
            }
        return super()._mail_track(tracked_fields, initial_values)

    def write(self, vals):
        vals = self._drop_empty_currency(vals)
        # Code knows what it does; whoever writes from outside would turn 140 USD into
        # 140 EUR.
        if vals.get("currency_id") and not self.env.su:
            self._check_currency_write(vals)
        result = super().write(vals)
        if vals.get("currency_id"):
            self._check_currency_active()
        return result

    def _check_currency_write(self, vals):
        """Only the switch moves a currency that was chosen, once there are prices.

        Orders in which nobody chose one, and a pricelist's currency, are core's.
        """
        currency = self.env["res.currency"].browse(vals["currency_id"])
        Pricelist = self.env["product.pricelist"]
        for order in self.filtered("keep_currency"):
            pricelist = order.pricelist_id
            if "pricelist_id" in vals:
                pricelist = Pricelist.browse(vals["pricelist_id"])
            settled = order.order_line or order.state != "draft"
            moved = currency not in (order.currency_id, pricelist.currency_id)
            if settled and moved:
                raise UserError(
                    self.env._(
                        "%(order)s has prices in %(currency)s: use Switch Currency, "
                        "which converts them.",
                        order=order.name,
                        currency=order.currency_id.name,
                    )
                )

    def _get_switch_factor(self, currency):
        """Units of ``currency`` for 1 unit of the order's currency: the order's own
        rate against the rate of the order's date."""
        self.ensure_one()
        company = self.company_id
        rate = self.env["res.currency"]._get_conversion_rate(
            company.currency_id, currency, company, self._get_rate_date()
        )
        return rate / self.currency_rate if self.currency_rate else rate

    def _get_switch_note(self, currency):
        """Return the rate at which this order would move to a currency, beside its own
        day; where nothing can be converted, why not."""
        if refusal := self._get_currency_refusal(currency):
            return refusal
        old = self.currency_id
        return self.env._(
            "%(rate)s (%(date)s)",
            rate=self._format_switch_rate(
                old, currency, self._get_switch_factor(currency)
            ),
            date=self._format_rate_days(old | currency),
        )

    def _format_rate_days(self, currencies):
        """Write on which days the rates of some currencies are from that this order
        converts with."""
        asked = self._get_rate_date()
        days = currencies._find_rate_days(self.company_id, asked).values()
        days = sorted(set(days)) or [asked]
        return format_list(self.env, [format_date(self.env, day) for day in days])

    def _format_switch_rate(self, old, new, factor):
        """Write the rate between two currencies, as the company reads rates where one
        of them is its own.

        :param factor: units of the new currency for 1 unit of the old one
        """
        company = self.company_id
        if new == company.currency_id:
            return old._format_rate(1 / factor, company)
        if old == company.currency_id:
            return new._format_rate(factor, company)
        return str(write_cross(factor, old.name, new.name))

    def _check_switch_currency(self, currency):
        """Let this order move to another currency.

        :param currency: ``res.currency``
        :raises UserError: what stands against it, and what to do instead
        """
        self.ensure_one()
        refusal = (
            self._get_settled_refusal()
            or self._get_paid_refusal()
            or self._get_currency_refusal(currency)
        )
        if refusal:
            raise UserError(refusal)

    def _get_settled_refusal(self):
        """Return why the currency of this order is settled for good, or False."""
        if self.state not in ("draft", "sent"):
            return self.env._(
                "%(order)s is no longer a quotation, so its currency stays "
                "%(currency)s: cancel it and set it back to quotation, or "
                "duplicate it and switch the copy.",
                order=self.name,
                currency=self.currency_id.name,
            )
        # sudo: salespeople may read no invoices, but one of them must stop the switch
        if self.sudo().invoice_ids.filtered(lambda move: move.state != "cancel"):
            return self.env._(
                "%(order)s has invoices in %(currency)s: duplicate it and switch "
                "the copy.",
                order=self.name,
                currency=self.currency_id.name,
            )
        return False

    def _get_paid_refusal(self):
        """Return that a customer is paying in this order's currency, or False."""
        # sudo: salespeople see no payments, but one of them must stop the switch
        transactions = self.sudo().transaction_ids
        if transactions.filtered(
            lambda tx: tx.state in ("pending", "authorized", "done")
        ):
            return self.env._(
                "The customer has paid, or is paying, %(order)s online in "
                "%(currency)s: cancel or refund the payment before switching.",
                order=self.name,
                currency=self.currency_id.name,
            )
        return False

    def _get_currency_refusal(self, currency):
        """Return why nothing can be converted into ``currency``, or False."""
        if refusal := currency._get_archived_refusal(self.name):
            return refusal
        pair = self.currency_id | currency
        date = self._get_rate_date()
        if missing := pair - pair._has_rate_on(self.company_id, date):
            return self.env._(
                "%(currencies)s has no exchange rate on or before %(date)s: enter "
                "or fetch one before switching.",
                currencies=format_list(self.env, missing.mapped("name")),
                date=format_date(self.env, date),
            )
        return False

    def _find_pricelist_in(self, currency):
        """The pricelist that the order left in ``currency``, else the partner's own,
        else the first of the company for the partner's country, else none."""
        self.ensure_one()
        Pricelist = self.env["product.pricelist"]
        partner = self.partner_id.with_company(self.company_id)
        left = Pricelist.browse((self.left_pricelists or {}).get(str(currency.id)))
        for known in (left.exists(), partner.specific_property_product_pricelist):
            if known.active and known.currency_id == currency:
                return known
        pair = (currency, partner.country_id)
        return Pricelist._get_pricelists_in_currency(self.company_id, [pair])[pair]
