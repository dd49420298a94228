"""What is to be done today: what is due, and what is suggested."""

from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .suggestion_common import SuggestionCommon


@tagged("post_install", "-at_install")
class TestCustomerToday(SuggestionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.theirs = cls.env["res.partner"].create(
            {"name": "Second's", "is_company": True, "user_id": cls.second.id}
        )

    def _plan(self, document, ago=0, user=None, summary="Write", **values):
        user = user or self.seller
        return document.activity_schedule(
            "mail.mail_activity_data_todo",
            self._days_ago(ago),
            summary=summary,
            user_id=user.id,
            **values,
        )

    def _list(self, user=None, *domain, company=None):
        """:return: rows that a colleague reads, in their order"""
        rows = self._as(self.Today, user or self.seller, company or self.company)
        return rows.search(list(domain))

    def test_activities_that_are_due_and_no_others(self):
        late = self._plan(self.customer, 3)
        due = self._plan(self.lead)
        self._plan(self.lead, -1)
        rows = self._list()
        self.assertEqual(rows.activity_id.with_env(self.env), late | due)
        self.assertEqual(rows.mapped("days_late"), [3, 0])
        self.assertEqual(rows.mapped("kind"), ["activity", "activity"])
        self.assertEqual(rows.partner_id.ids, self.customer.ids)

    def test_next_contacts_have_a_kind_of_their_own(self):
        self._note(next_date=self.today, summary="Call back")
        [row] = self._list()
        self.assertEqual((row.kind, row.reason), ("contact", "Call back"))

    def test_amounts_of_each_document(self):
        order = self._order(
            5, currency_id=self.usd.id, user_id=self.seller.id, **self._price(700.0)
        )
        invoice = self._invoice(order, 4)
        lead = self._open_lead(
            3,
            user_id=self.seller.id,
            revenue_currency_id=self.usd.id,
            expected_revenue_customer=70.0,
        )
        for document in (order, invoice, lead, self.customer):
            self._plan(document, 1, summary=document._name)
        found = {row.res_model: row for row in self._list(self.head)}
        self.assertEqual(len(found), 4)
        self.assertEqual(found["sale.order"].reason, f"sale.order ({order.name})")
        self.assertEqual(found["res.partner"].reason, "res.partner")
        for name, amount in (("sale.order", 700.0), ("crm.lead", 70.0)):
            row = found[name]
            self.assertEqual((row.amount, row.currency_id.name), (amount, "USD"))
            self.assertAlmostEqual(row.amount_company, amount / 0.14)
            self.assertIn("7.1429", row.rate_text)
        self.assertFalse(found["res.partner"].amount)
        billed = found["account.move"]
        self.assertEqual((billed.amount, billed.amount_company), (700.0, 5000.0))

    def test_an_opportunity_without_a_currency_has_the_books(self):
        lead = self._open_lead(
            3, user_id=self.seller.id, revenue_currency_id=False, expected_revenue=50.0
        )
        self._plan(lead)
        [row] = self._list(self.seller, ("res_id", "=", lead.id))
        self.assertEqual((row.amount_company, row.rate_text), (50.0, False))

    def test_what_matters_first_comes_first(self):
        self._quote(60, user_id=self.seller.id)
        self._order_every(30, 4, 39, self.theirs)
        self._follow()
        self._plan(self.customer, 0, summary="today")
        self._plan(self.customer, 2, summary="late")
        self._plan(self.customer, 9, summary="later")
        rows = self._list(self.head)
        self.assertEqual(
            [row.suggestion_id.kind or row.reason for row in rows],
            ["later", "late", "today", "silence", "reorder"],
        )
        self.assertEqual(rows.mapped("days_late"), [9, 2, 0, 30, 9])

    def test_groups_stand_in_the_order_of_what_is_done(self):
        self._quote(60, user_id=self.seller.id)
        self._follow()
        self._plan(self.customer)
        self._note(next_date=self.today)
        groups = self._as(self.Today, self.seller, self.company)._read_group(
            [], ["kind"], ["__count"], order="kind"
        )
        self.assertEqual([kind for kind, _count in groups], ["contact", "activity"])

    def test_totals_of_several_currencies_are_none(self):
        for currency, partner in ((self.usd, self.customer), (self.eur, self.stranger)):
            self._quote(60, partner, currency_id=currency.id)
        self._follow()
        every = [("kind", "=", "silence")]
        [(amount, worth)] = self.Today._read_group(
            every, [], ["amount:sum", "amount_company:sum"]
        )
        self.assertFalse(amount)
        # at today's rate, each rounded once
        rows = self.Today.search(every)
        self.assertAlmostEqual(worth, sum(rows.mapped("amount_company")))

    # === WHO === #

    def test_mine_my_teams_and_all_that_i_may_see(self):
        team = self.env["crm.team"].create(
            {"name": "Overseas", "user_id": self.head.id, "company_id": False}
        )
        team.member_ids = self.seller
        self._plan(self.customer, summary="Mine")
        self._plan(self.theirs, user=self.second, summary="Second's")
        for user, domain, expected in (
            (self.seller, [("whose", "=", "mine")], ["Mine"]),
            (self.head, [("whose", "=", "team")], ["Mine"]),
            (self.head, [], ["Mine", "Second's"]),
            (self.clerk, [("whose", "in", ("mine", "team"))], []),
        ):
            rows = self._list(user, *domain)
            self.assertEqual(sorted(rows.mapped("reason")), expected, user.login)
        mine = self._list(self.seller, ("whose", "=", "mine"))
        self.assertEqual(mine.mapped("whose"), ["mine"])
        self.assertEqual(set(self._list(self.head).mapped("whose")), {"team", False})

    def test_what_one_may_not_read_isnt_there(self):
        order = self._quote(0, self.theirs, user_id=self.second.id)
        self._plan(order, user=self.second)
        self._quote(60, self.theirs)
        self._follow()
        self.assertFalse(self._list())
        self.assertTrue(self._list(self.second))
        other = self._colleague(
            "today_far",
            "sales_team.group_sale_manager,multicurrency_crm.group_manager",
            self.other_company,
        )
        self.assertFalse(self._list(other, company=self.other_company))

    def test_names_of_activities_are_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        kind = self.env.ref("mail.mail_activity_data_todo")
        kind.with_context(lang="zh_CN").name = "待办"
        self._plan(self.customer).summary = False
        [row] = self._list()
        self.assertEqual(row.with_context(lang="zh_CN").reason, "待办")

    # === DOING === #

    def test_an_activity_opens_its_document(self):
        self._plan(self.lead)
        action = self._list().action_do()
        self.assertEqual(
            (action["res_model"], action["res_id"]), ("crm.lead", self.lead.id)
        )

    def test_a_suggestion_does_what_it_suggests(self):
        self._quote(60, user_id=self.seller.id)
        self._follow()
        [row] = self._list()
        self.assertEqual(row.action_do()["res_model"], "customer.follow.up.make")
        row.action_useless()
        self.assertFalse(self._list())

    def test_done_with_what_came_of_it(self):
        activity = self._plan(self.lead)
        action = self._list().action_done()
        Done = self._as(self.env["customer.today.done"], self.seller, self.company)
        form = Form(Done.with_context(**action["context"]))
        form.feedback = "<b>Agreed</b>"
        wizard = form.save()
        wizard.action_apply()
        self.assertFalse(activity.active)
        self.assertFalse(self._list())
        said = self.lead.message_ids[0]
        self.assertIn("&lt;b&gt;Agreed", said.body)
        self.assertEqual(said.author_id, self.seller.partner_id)
        with self.assertRaises(UserError):
            wizard.action_apply()

    def test_nobody_marks_as_done_what_isnt_theirs_to_read(self):
        activity = self._plan(self.theirs, user=self.second)
        order = self._quote(0, self.theirs, user_id=self.second.id)
        hidden = self._plan(order, user=self.second)
        Done = self._as(self.env["customer.today.done"], self.seller, self.company)
        with self.assertRaises(AccessError):
            Done.create({"activity_id": hidden.id})
        self.assertTrue(activity.active)

    def test_each_button_says_what_it_isnt_for(self):
        self._plan(self.customer)
        self._quote(60, user_id=self.seller.id)
        self._follow()
        activity, suggestion = self._list()
        with self.assertRaises(UserError):
            activity.action_useless()
        with self.assertRaises(UserError):
            suggestion.action_done()

    def test_a_follow_up_is_noted_on_the_document(self):
        order = self._order(1, user_id=self.seller.id)
        invoice = self._invoice(order)
        self._plan(order, 1)
        self._plan(invoice)
        on_order, on_invoice = self._list()
        self.assertEqual(
            on_order.action_note_follow_up()["context"]["default_order_id"], order.id
        )
        self.assertEqual(
            on_invoice.action_note_follow_up()["context"]["default_partner_id"],
            self.customer.id,
        )
        action = on_order.action_open_customer()
        self.assertEqual(action["res_id"], self.customer.id)

    def test_as_many_queries_for_a_long_day(self):
        counts = []
        for number in (3, 30):
            for _n in range(number):
                self._plan(self.customer, self.lead.id % 5)
            self.env.flush_all()
            self.env.invalidate_all()
            rows = self._as(self.Today, self.seller, self.company)
            spec = {
                name: {} for name in ("reason", "amount", "rate_text", "kind", "phone")
            }
            spec["partner_id"] = {"fields": {"display_name": {}}}
            before = self.env.cr.sql_log_count
            rows.web_search_read([], spec, limit=80)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0])

    def test_who_follows_nobody_sees_activities_alone(self):
        self.company.lifecycle_followed = False
        self._plan(self.customer, -timedelta(days=0).days)
        self.assertEqual(self._list().mapped("kind"), ["activity"])
