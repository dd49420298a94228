from odoo.exceptions import UserError
from odoo.tests import tagged
from ..common import MultiCurrencyCommon


@tagged("post_install", "-at_install")
class TestSmoke(MultiCurrencyCommon):
    def test_it(self):
        self._load_chart()
        policy = self.env["credit.policy"].create({"name": "P"})
        limit = self.env["credit.limit"].create({"partner_id": self.customer.id, "amount": 3000, "currency_id": self.cny.id})
        limit.sudo().action_approve()
        order = self._create_order()
        self.assertEqual(order.credit_check_state, "ok")
        order.action_confirm()
        self.assertEqual(order.credit_check_state, "ok")
        two = self._create_order()
        self.assertEqual(two.credit_check_state, "review")
        print(two.partner_credit_warning)
        with self.assertRaises(UserError) as e:
            two.action_confirm()
        print(e.exception)
        two.action_request_credit_review()
        review = two.credit_review_ids
        print(review.read())
        review.sudo().action_approve()
        self.assertEqual(two.credit_check_state, "approved")
        r = two.action_confirm_selected()
        self.assertEqual(two.state, "sale")
        three = self._create_order()
        print(three.action_confirm_selected())
        inv = two._create_invoices()
        print(inv.credit_check_state, inv.partner_credit_warning)
        inv.action_post()
        print(inv.credit_check_state)
        self.assertEqual(self.env["sale.order"].search([("credit_check_state","=","review")]), three)
