from odoo.tests import tagged

from ...hooks import pre_init_hook
from ..common import MultiCurrencyCommon


@tagged("post_install", "-at_install")
class TestInstallation(MultiCurrencyCommon):
    def test_existing_orders_are_filled_as_the_orm_would(self):
        """One statement gives what the compute method gives, for odd decimals too."""
        self._disable_pricelists()
        orders = self.env["sale.order"]
        for currency in (self.cny, self.usd, self.jpy, self.kwd):
            order = self._create_order(currency_id=currency.id)
            order.order_line.price_unit = 77.77
            orders |= order
        orders |= self.env["sale.order"].create(
            {"partner_id": self.customer.id, "company_id": self.other_company.id}
        )
        self.env.flush_all()
        names = ["amount_untaxed_company", "amount_total_company"]
        computed = [order.read(names) for order in orders]
        self.env.cr.execute(
            "UPDATE sale_order SET amount_untaxed_company = NULL,"
            " amount_total_company = NULL"
        )
        pre_init_hook(self.env)
        orders.invalidate_recordset(names)
        self.assertEqual([order.read(names) for order in orders], computed)
