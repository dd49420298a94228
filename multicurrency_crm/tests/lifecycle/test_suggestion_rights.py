"""Who reads suggestions, who judges them, what their buttons do for whom."""

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .follow_up_common import SELLER
from .suggestion_common import SuggestionCommon


@tagged("post_install", "-at_install")
class TestSuggestionRights(SuggestionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theirs, cls.free = cls.env["res.partner"].create(
            [
                {"name": "Second's", "is_company": True, "user_id": cls.second.id},
                {"name": "Nobody's", "is_company": True},
            ]
        )
        for partner in cls.customer + cls.theirs + cls.free:
            cls._quote(60, partner)
        cls._follow()
        cls.mine, cls.others, cls.nobodys = (
            cls._find("silence", partner)
            for partner in (cls.customer, cls.theirs, cls.free)
        )

    def _read(self, user, company=None):
        rows = self._as(self.Suggestion, user, company or self.company)
        every = self.mine | self.others | self.nobodys
        return rows.search([("id", "in", every.ids)]).with_env(self.env)

    # === READING === #

    def test_salespeople_read_those_of_their_customers_and_of_nobodys(self):
        self.assertEqual(self._read(self.seller), self.mine | self.nobodys)
        self.assertEqual(self._read(self.second), self.others | self.nobodys)

    def test_finance_and_heads_of_sales_read_all(self):
        every = self.mine | self.others | self.nobodys
        self.assertEqual(self._read(self.clerk), every)
        self.assertEqual(self._read(self.head), every)

    def test_other_companies_and_outsiders_read_none(self):
        stranger = self._colleague("suggest_elsewhere", SELLER, self.other_company)
        self.assertFalse(self._read(stranger, self.other_company))
        outsider = self._colleague("suggest_out", "sales_team.group_sale_manager")
        portal = new_test_user(self.env, "suggest_portal", groups="base.group_portal")
        for user in (outsider, portal):
            for model in ("customer.suggestion", "customer.today"):
                rows = self._as(self.env[model], user, self.company)
                self.assertFalse(rows.has_access("read"), (user.login, model))

    def test_in_a_branch_those_of_the_main_company(self):
        branch = self._found_branch("Harbour Ningbo")
        user = self._colleague("suggest_branch", SELLER, branch)
        self.free.invalidate_recordset()
        self.assertEqual(self._read(user, branch), self.nobodys)
        row = self._as(self.nobodys, user, branch)
        self.assertIn("open for 60 days", row.reason)
        self.assertTrue(row.action_useless())
        self.assertEqual(self.nobodys.state, "useless")

    def test_what_a_limit_leaves_is_finances(self):
        self._order_every(30, 4, 16, self.free, **self._price(1000.0))
        limit = self.env["credit.limit"].create(
            {
                "partner_id": self.free.id,
                "company_id": self.company.id,
                "amount": 4100.0,
                "currency_id": self.cny.id,
                "date_start": self._days_ago(9),
            }
        )
        limit.sudo().action_approve()
        self.free._assess_credit(self.company)
        self._follow()
        row = self._find("shortage", self.free)
        self.assertIn("100.00 CNY", self._as(row, self.clerk, self.company).reason)
        told = self._as(row, self.seller, self.company)
        self.assertNotIn("100.00 CNY,", told.reason)
        self.assertIn("the credit limit leaves less", told.reason)
        with self.assertRaises(AccessError):
            told.read(["available"])
        with self.assertRaises(AccessError):
            told.action_do()
        action = self._as(row, self.clerk, self.company).action_do()
        self.assertEqual(action["context"]["default_partner_id"], self.free.id)
        listed = self._as(self.Today, self.seller, self.company).search(
            [("suggestion_id", "=", row.id)]
        )
        self.assertEqual(listed.reason, told.reason)

    # === FORGING === #

    def test_nobody_forges_one(self):
        vals = {
            "partner_id": self.customer.id,
            "company_id": self.company.id,
            "kind": "currency",
            "subject": "EUR",
            "day": self.today,
        }
        manager = self._colleague(
            "suggest_manager",
            "sales_team.group_sale_manager,multicurrency_crm.group_manager",
        )
        for user in (self.seller, manager):
            rows = self._as(self.Suggestion, user, self.company)
            with self.assertRaises(AccessError):
                rows.create(vals)
            for name, value in (("state", "useless"), ("amount", 9), ("subject", "X")):
                with self.assertRaises(AccessError):
                    self._as(self.mine, user, self.company).write({name: value})
            with self.assertRaises(AccessError):
                self._as(self.mine, user, self.company).unlink()
        with self.assertRaises(AccessError):
            self.Suggestion.sudo().create(vals)
        with self.assertRaises(AccessError):
            self.mine.sudo().write({"amount": 9.0})
        self.env["ir.default"].set("customer.suggestion", "state", "useless")
        found = self.Suggestion.default_get(["state"])
        self.assertEqual(found["state"], "open")

    # === USEFUL === #

    def test_not_useful_is_remembered_about_the_same(self):
        self._as(self.mine, self.seller, self.company).action_useless()
        self.assertEqual(self.mine.useless_by, self.seller)
        self.assertTrue(self.mine.useless_on)
        self._follow()
        self.assertFalse(self._find("silence"))
        self.assertEqual(self._find("silence", state="useless"), self.mine)
        second = self._quote(50)
        self._follow()
        self.assertEqual(self._find("silence").res_id, second.id)

    def test_a_new_order_is_a_new_subject(self):
        self._order_every(30, 4, 39, self.free)
        self.env["sale.order"].browse(self.nobodys.res_id)._action_cancel()
        self._follow()
        first = self._find("reorder", self.free)
        self._as(first, self.seller, self.company).action_useless()
        self._follow()
        self.assertFalse(self._find("reorder", self.free))
        self._order(35, self.free)
        self._follow()
        second = self._find("reorder", self.free)
        self.assertTrue(second)
        # the same can't come back: nothing of it is kept
        self.assertFalse(first.exists())

    def test_what_wasnt_useful_is_forgotten_with_its_document(self):
        self._as(self.mine, self.seller, self.company).action_useless()
        self.env["sale.order"].browse(self.mine.res_id)._action_cancel()
        self._follow()
        self.assertFalse(self.mine.exists())

    def test_that_it_isnt_useful_can_be_taken_back(self):
        row = self._as(self.mine, self.seller, self.company)
        row.action_useless()
        row.action_useful()
        self.assertEqual(self.mine.state, "open")
        self.assertFalse(self.mine.useless_by or self.mine.useless_on)
        row.action_useless()
        self.env["sale.order"].browse(self.mine.res_id).action_confirm()
        row.action_useful()
        self.assertFalse(self.mine.exists())  # it doesn't hold any more

    def test_nobody_judges_what_they_dont_read(self):
        stranger = self._colleague("suggest_far", SELLER, self.other_company)
        outsider = self._colleague("suggest_out", "sales_team.group_sale_manager")
        for user, company in (
            (self.second, self.company),
            (stranger, self.other_company),
            (outsider, self.company),
        ):
            row = self._as(self.mine, user, company)
            for name in ("action_useless", "action_useful", "action_do"):
                with self.assertRaises(AccessError):
                    getattr(row, name)()
        self.assertEqual(self.mine.state, "open")

    # === CUSTOMERS === #

    def test_archived_customers_have_none(self):
        self.free.active = False
        self.assertFalse(self.Today.search([("partner_id", "=", self.free.id)]))
        self._follow()
        self.assertFalse(self.nobodys.exists())

    def test_not_useful_is_kept_while_a_customer_is_archived(self):
        self.nobodys.action_useless()
        self.free.active = False
        self._follow()
        self.assertTrue(self.nobodys.exists())

    def test_merged_customers_keep_what_wasnt_useful(self):
        self.others.action_useless()
        self.nobodys.action_useless()
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((self.customer + self.theirs + self.free).ids, self.customer)
        self.env.invalidate_all()
        kept = self._find(state="useless")
        self.assertEqual(set(kept.mapped("kind")), {"silence"})
        self.assertEqual(len(kept), 2)
        # at once, and by the night
        for _turn in range(2):
            self.assertEqual(len(self._find("silence")), 1)
            self.assertEqual(len(self._find("silence", state="useless")), 2)
            self._follow()

    def test_a_customer_that_becomes_a_part_of_another_brings_its_own(self):
        self.nobodys.action_useless()
        self.free.write({"is_company": False, "parent_id": self.customer.id})
        self.assertFalse(self._find(partner=self.free))
        self.assertEqual(len(self._find("silence", state="useless")), 1)
        self.assertEqual(len(self._find("silence")), 1)
        self.assertEqual(self.free.suggestion_count, 1)

    def test_each_company_has_its_own(self):
        self.other_company.lifecycle_followed = True
        self._load_chart(self.other_company)
        self._quote(60, self.free, company_id=self.other_company.id)
        self._follow()
        theirs = self._find("silence", self.free, self.other_company)
        self.assertEqual(theirs.company_currency_id, self.usd)
        self.assertEqual(self._find("silence", self.free), self.nobodys)
        self.nobodys.action_useless()
        self.assertEqual(theirs.state, "open")

    def test_a_branchs_documents_are_its_main_companys_customers(self):
        branch = self._found_branch("Harbour Ningbo")
        quotation = self._quote(70, self.stranger, company_id=branch.id)
        self._follow()
        found = self._find("silence", self.stranger)
        self.assertEqual((found.company_id, found.res_id), (self.company, quotation.id))

    # === DOING === #

    def _do(self, row, user=None):
        return self._as(row, user or self.seller, self.company).action_do()

    def test_a_silent_quotation_is_followed_up(self):
        self.env["sale.order"].browse(self.nobodys.res_id).user_id = self.seller
        action = self._do(self.nobodys)
        self.assertEqual(action["res_model"], "customer.follow.up.make")
        self.assertEqual(action["context"]["default_order_id"], self.nobodys.res_id)
        env = self._as(self.env["customer.follow.up.make"], self.seller, self.company)
        form = Form(env.with_context(**action["context"]))
        form.kind, form.outcome = "phone", "terms"
        form.save().action_apply()
        said = self.FollowUp.search([("partner_id", "=", self.free.id)])
        self.assertEqual(said.user_id, self.seller)

    def test_whose_document_it_isnt_is_told_so(self):
        order = self.env["sale.order"].browse(self.nobodys.res_id)
        order.user_id = self.second
        with self.assertRaises(UserError):
            self._do(self.nobodys)
        order.state = "cancel"
        order.unlink()
        with self.assertRaises(UserError):
            self._do(self.nobodys)

    def test_a_reorder_opens_a_quotation_that_isnt_made_yet(self):
        extra = self.env["product.product"].create({"name": "Old pump"})
        last = self._order_every(30, 3, 39, self.stranger, currency_id=self.usd.id)[-1:]
        last.user_id = self.seller
        last.order_line = [
            Command.create({"product_id": extra.id, "product_uom_qty": 3})
        ]
        note = {"display_type": "line_note", "name": "Thanks"}
        last.order_line = [Command.create(note)]
        self.stranger.preferred_currency_id = self.usd
        extra.active = False
        self._follow()
        before = self.env["sale.order"].search_count([])
        action = self._do(self._find("reorder", self.stranger))
        self.assertEqual(self.env["sale.order"].search_count([]), before)
        Order = self._as(self.env["sale.order"], self.seller, self.company)
        self.product.list_price = 2000.0
        order = Form(Order.with_context(**action["context"])).save()
        self.assertEqual((order.state, order.currency_id), ("draft", self.usd))
        self.assertEqual(order.partner_id.id, self.stranger.id)
        [line] = order.order_line
        self.assertEqual((line.product_id, line.product_uom_qty), (self.product, 2))
        # today's price; the main company's, whatever its currency
        price = self.product.currency_id._convert(
            2000.0, self.usd, self.company, self.today
        )
        self.assertEqual(line.price_unit, price)
        with self.assertRaises(AccessError):
            self._do(self._find("reorder", self.stranger), self.clerk)

    def test_a_better_rate_opens_its_quotation_and_a_lock_its_dialog(self):
        quotation = self._quote(
            5, self.stranger, currency_id=self.usd.id, user_id=self.seller.id
        )
        self._put_rate(self.usd, 2, 0.12)
        self._follow()
        action = self._do(self._find("favour", self.stranger))
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("sale.order", quotation.id)
        )
        self._as(quotation, self.seller, self.company).action_lock_rate()
        self._put_rate(self.usd, 0, 0.1)
        self._follow()
        self.assertFalse(self._find("favour", self.stranger))
        action = self._do(self._find("lock", self.stranger))
        self.assertEqual(action["res_model"], "fx.rate.lock.extend")

    def test_another_currency_opens_the_customer(self):
        self.stranger.preferred_currency_id = self.usd
        self._order_every(10, 3, 20, self.stranger, currency_id=self.eur.id)
        self._follow()
        action = self._do(self._find("currency", self.stranger))
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("res.partner", self.stranger.id)
        )

    def test_the_customers_page_counts_them(self):
        partner = self._as(self.customer, self.seller, self.company)
        self.assertEqual(partner.suggestion_count, 1)
        self.assertEqual(
            self._as(self.anna, self.seller, self.company).suggestion_count, 1
        )
        action = partner.action_open_suggestions()
        rows = self._as(self.Suggestion, self.seller, self.company)
        self.assertEqual(rows.search(action["domain"]).with_env(self.env), self.mine)
        self.assertEqual(
            self._as(self.theirs, self.second, self.company).suggestion_count, 1
        )
