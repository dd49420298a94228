"""Buttons that ask before they act say first what stands in the way."""

from datetime import timedelta

from lxml import etree

from odoo import Command, fields
from odoo.tests import TransactionCase, new_test_user, tagged

from ..common import MultiCurrencyCommon, TourCase
from .screens_common import MODULE


@tagged("post_install", "-at_install")
class TestQuestions(TransactionCase):
    def test_no_view_asks_before_anything_is_checked(self):
        """``confirm`` is asked before the form is even saved: see asking.mixin."""
        ids = self.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(ids.mapped("res_id"))
        self.assertGreater(len(views), 100)
        found = [
            f"{view.xml_id}: {button.get('name')}"
            for view in views
            for button in etree.fromstring(view.arch_db).iter("button")
            if button.get("confirm")
        ]
        self.assertFalse(found)


@tagged("post_install", "-at_install")
class TestTourQuestions(MultiCurrencyCommon, TourCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls._set_rate(cls.usd, cls.today, 1 / 7.1234)
        new_test_user(
            cls.env,
            "agreeing_clerk",
            groups="base.group_user,sales_team.group_sale_salesman_all_leads,"
            "base.group_multi_currency,multicurrency_crm.group_finance",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _draft(self, **values):
        return self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "quoted_rate": "7.1",
                "date_start": self.today - timedelta(days=30),
                **values,
            }
        )

    def _press(self, agreement, tour):
        self.start_tour(
            f"/odoo/rate-agreements/{agreement.id}", tour, login="agreeing_clerk"
        )

    def test_refused_first(self):
        agreement = self._draft(date_end=self.today - timedelta(days=2))
        self.assertTrue(agreement.cap_note, "there would be a question, too")
        self._press(agreement, "multicurrency_crm_refused_first")
        self.assertEqual(agreement.state, "draft")

    def test_asked_then(self):
        agreement = self._draft(date_end=self.today + timedelta(days=30))
        self._press(agreement, "multicurrency_crm_asked_then")
        self.assertEqual(agreement.state, "active")
