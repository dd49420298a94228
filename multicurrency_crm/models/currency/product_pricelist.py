from typing import NamedTuple

from odoo import api, models

#: Context key of an ``OrderCurrency``.
ORDER_CURRENCY = "multicurrency_order_currency"


class OrderCurrency(NamedTuple):
    """The currency of the order that is being priced.

    Only this process makes one: a list that came with a context from outside is none.
    """

    currency_id: int


class ProductPricelist(models.Model):
    _inherit = "product.pricelist"

    def _compute_price_rule(self, products, quantity, *, currency=None, **kwargs):
        """Price in the order's currency for callers that name none (delivery at a
        fixed price, expenses that are invoiced on): Odoo takes the pricelist's, or the
        company's where there is no pricelist, and calls 10 USD 10 JPY."""
        priced = self.env.context.get(ORDER_CURRENCY)
        if not currency and isinstance(priced, OrderCurrency):
            currency = self.env["res.currency"].browse(priced.currency_id)
        return super()._compute_price_rule(
            products, quantity, currency=currency, **kwargs
        )

    @api.model
    def _get_pricelists_in_currency(self, company, wanted):
        """Find pricelists in given currencies, as core finds them for countries.

        :param company: ``res.company`` whose pricelists, or shared ones, count
        :param wanted: iterable of (``res.currency``, ``res.country``) pairs
        :return: dict {(currency, country): pricelist}: the first pricelist in that
            currency for a country group of that country, else the first without country
            groups, else an empty recordset; one search for any number of pairs
        """
        wanted = set(wanted)
        nothing = self.browse()
        enabled = self.env["res.groups"]._is_feature_enabled(
            "product.group_product_pricelist"
        )
        if not wanted or not enabled:
            return dict.fromkeys(wanted, nothing)
        self = self.with_company(company)
        candidates = self.search(
            [
                *self._get_partner_pricelist_multi_search_domain_hook(company.id),
                ("currency_id", "in", [currency.id for currency, _country in wanted]),
            ]
        )

        def pick(currency, country):
            fitting = candidates.filtered(lambda found: found.currency_id == currency)
            of_country = fitting.filtered(
                lambda found: country and country in found.country_group_ids.country_ids
            )
            general = fitting.filtered(lambda found: not found.country_group_ids)
            return (of_country or general)[:1]

        return {pair: pick(*pair) for pair in wanted}
