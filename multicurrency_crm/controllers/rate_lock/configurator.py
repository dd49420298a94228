from odoo.http import request, route

from odoo.addons.sale.controllers.combo_configurator import (
    SaleComboConfiguratorController,
)
from odoo.addons.sale.controllers.product_configurator import (
    SaleProductConfiguratorController,
)

from ...models.rate_lock.res_currency import LOCKED_PAIR, get_locked_pair
from ..common.address import read_id


def price_as(fx_order, currency_id=None, company_id=None, **_parameters):
    """Let the rest of this request convert at the rate of the order whose dialog asks.

    :param fx_order: {"id", "partner_id"} of the order, or None; without id it is still
        being made, and its customer may have an agreement
    """
    # customers in the shop have no order whose rate is locked before they are served
    if not fx_order or not isinstance(fx_order, dict):
        return
    if not request.env.user._is_internal():
        return
    company_id = read_id(company_id) or request.env.company.id
    Order = request.env["sale.order"].with_context(allowed_company_ids=[company_id])
    # who asks says which order it is: what is no id is none
    order = Order.browse(read_id(fx_order.get("id")) or ()).exists()
    if order and not order.has_access("read"):
        return
    order = order or Order.new(
        {
            "partner_id": read_id(fx_order.get("partner_id")),
            "company_id": company_id,
            "currency_id": read_id(currency_id),
        }
    )
    if pair := order._get_locked_pair():
        request.update_context(**{LOCKED_PAIR: pair})


class ProductConfigurator(SaleProductConfiguratorController):
    """The dialog shows the prices that the order's lines will have."""

    @route()
    def sale_product_configurator_get_values(self, *args, fx_order=None, **kwargs):
        price_as(fx_order, **kwargs)
        return super().sale_product_configurator_get_values(*args, **kwargs)

    @route()
    def sale_product_configurator_update_combination(
        self, *args, fx_order=None, **kwargs
    ):
        price_as(fx_order, **kwargs)
        return super().sale_product_configurator_update_combination(*args, **kwargs)

    @route()
    def sale_product_configurator_get_optional_products(
        self, *args, fx_order=None, **kwargs
    ):
        price_as(fx_order, **kwargs)
        return super().sale_product_configurator_get_optional_products(*args, **kwargs)


class ComboConfigurator(SaleComboConfiguratorController):
    """The dialog shows the prices that the order's lines will have."""

    @route()
    def sale_combo_configurator_get_data(self, *args, fx_order=None, **kwargs):
        price_as(fx_order, **kwargs)
        return super().sale_combo_configurator_get_data(*args, **kwargs)

    @route()
    def sale_combo_configurator_get_price(self, *args, fx_order=None, **kwargs):
        price_as(fx_order, **kwargs)
        return super().sale_combo_configurator_get_price(*args, **kwargs)

    # Odoo shows the extra prices of a combo as they stand, as it adds them

    def _get_combo_item_data(
        self, combo, combo_item, selected_combo_item, date, currency, *args, **kwargs
    ):
        data = super()._get_combo_item_data(
            combo, combo_item, selected_combo_item, date, currency, *args, **kwargs
        )
        if not get_locked_pair(request.env):
            return data

        def convert(amount):
            return combo_item.currency_id._convert(
                amount, currency, request.env.company, date, round=False
            )

        data["extra_price"] = convert(data["extra_price"])
        for attribute in data["product"]["ptals"]:
            for value in attribute["selected_ptavs"]:
                value["price_extra"] = convert(value["price_extra"])
        return data
