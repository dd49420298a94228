import json

from odoo import Command, fields
from odoo.tests import new_test_user, tagged

from ..common import MultiCurrencyCommon, TourCase


@tagged("post_install", "-at_install")
class TestCreditTour(MultiCurrencyCommon, TourCase):
    """Over the limit, asked, approved by another, confirmed: in a real browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls._set_rate(cls.usd, fields.Date.today(), 0.14)
        cls.env["credit.policy"].create({"name": "All", "company_id": cls.company.id})
        common = "base.group_user,base.group_partner_manager,"
        cls.seller, cls.decider = (
            new_test_user(
                cls.env,
                login,
                groups=common + groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for login, groups in (
                ("tour_seller", "sales_team.group_sale_salesman"),
                (
                    "tour_decider",
                    "sales_team.group_sale_salesman_all_leads,"
                    "multicurrency_crm.group_credit_manager",
                ),
            )
        )
        limit = cls.env["credit.limit"].create(
            {
                "partner_id": cls.customer.id,
                "company_id": cls.company.id,
                "amount": 1000.0,
                "currency_id": cls.usd.id,
            }
        )
        limit.sudo().action_approve()
        cls.order = cls._create_order(
            currency_id=cls.usd.id, user_id=cls.seller.id, pricelist_id=False
        )
        cls.order.order_line.price_unit = 600.0

    def test_stopped_asked_approved_confirmed(self):
        order = f"/odoo/sales/{self.order.id}"
        self.customer._assess_credit(self.company)
        self.start_tour(order, "multicurrency_crm_credit_ask", login="tour_seller")
        self.assertEqual(self.order.state, "draft")
        review = self.order.credit_review_ids
        self.assertEqual(review.requested_by, self.seller)
        self.start_tour(
            f"/odoo/credit-decisions/{review.id}",
            "multicurrency_crm_credit_decide",
            login="tour_decider",
        )
        self.assertEqual((review.state, review.decided_by), ("approved", self.decider))
        self.start_tour(order, "multicurrency_crm_credit_confirm", login="tour_seller")
        self.assertEqual(self.order.state, "sale")

    def test_the_customers_credit_tab(self):
        self.order.order_line.price_unit = 100.0
        self.order.action_confirm()
        self.start_tour(
            f"/odoo/contacts/{self.customer.id}",
            "multicurrency_crm_credit_tab",
            login="tour_decider",
        )
        self.assertEqual(self.customer.with_company(self.company).credit_grade, "c")

    # === WHOLE === #

    def _check_whole(self, url, selector, texts):
        """Open a screen at 1,366 px: what is selected says this, and none of it is cut
        off."""
        code = """
            const found = [...document.querySelectorAll(%s)];
            const read = (element) => (element.value || element.textContent).trim();
            const missing = %s.filter((text) => !found.map(read).includes(text));
            const cut = found.filter((e) => e.scrollWidth > e.clientWidth).map(read);
            if (missing.length || cut.length) {
                console.error(JSON.stringify({ cut, missing, found: found.map(read) }));
            } else {
                console.log("test successful");
            }
        """
        selector = json.dumps(selector)
        self.browser_js(
            url,
            code % (selector, json.dumps(texts)),
            f"!!document.querySelector({selector})",
            login="tour_decider",
        )

    def test_a_long_name_is_whole_on_its_limit(self):
        name = "Straits Meridian Offshore Engineering and Trading Pte. Ltd."
        self.customer.name = name
        limits = self.env["credit.limit"].search(
            [("partner_id", "=", self.customer.id)]
        )
        limits += limits.copy({"state": "draft"})
        for limit, tag in zip(limits, ("a", "input"), strict=True):
            self._check_whole(
                f"/odoo/credit-limits/{limit.id}",
                f".oe_title .o_field_widget[name='partner_id'] {tag}",
                [name],
            )
        self.customer._assess_credit(self.company)
        self.customer.invalidate_recordset()
        assessment = self.customer.with_company(self.company).credit_assessment_id
        self._check_whole(
            f"/odoo/credit-history/{assessment.id}",
            ".oe_title .o_field_widget[name='partner_id'] a",
            [name],
        )

    def test_the_headers_of_the_history_are_whole(self):
        self.customer._assess_credit(self.company)
        self._check_whole(
            "/odoo/credit-history",
            ".o_list_table th[data-name] span",
            ["By Locked Rates", "Exposure", "Available"],
        )
