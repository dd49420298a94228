"""The screens of statements: made, verified and read, by each role."""

from datetime import date

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, freeze_time, new_test_user, tagged

from ..ledger.ledger_common import LedgerCommon

FINANCE = "multicurrency_crm.group_finance,account.group_account_invoice"
SALES = "sales_team.group_sale_salesman,multicurrency_crm.group_user"
ALL_SALES = "sales_team.group_sale_salesman_all_leads,multicurrency_crm.group_user"


class ScreensCommon(LedgerCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["customer.statement"].search([]).unlink()
        cls.finance = cls._colleague("closing", FINANCE)
        cls.seller = cls._colleague("selling", SALES)
        cls.head = cls._colleague("heading", ALL_SALES)
        cls.buyer.user_id = cls.seller
        cls.others = cls._customer("Other People's", user_id=cls.head.id)
        cls._invoice(1100.0, cls.usd, "2026-01-10", due="2026-01-15")
        cls._invoice(90.0, cls.gbp, "2026-02-24", due="2026-03-24")
        cls._invoice(330.0, cls.usd, "2026-02-24", partner_id=cls.others.id)

    @classmethod
    def _colleague(cls, login, groups, company=None):
        company = company or cls.books
        return new_test_user(
            cls.env,
            login,
            groups=f"base.group_user,base.group_partner_manager,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )

    def _become(self, user):
        context = {"allowed_company_ids": user.company_ids.ids}
        return self.env(user=user, context=context, su=False)

    def _dialog(self, user, **context):
        env = self._become(user)
        return Form(env["customer.statement.make"].with_context(**context))

    def _make(self, date_from, date_to, partners=None):
        return self.env["customer.statement"]._make(
            partners or self.buyer | self.others,
            date.fromisoformat(date_from),
            date.fromisoformat(date_to),
        )


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04")  # a Wednesday
class TestMaking(ScreensCommon):
    def test_the_last_week_is_proposed(self):
        form = self._dialog(self.finance)
        self.assertEqual(form.period, "weekly")
        self.assertEqual(str(form.date_from), "2026-02-23")
        self.assertEqual(str(form.date_to), "2026-03-01")
        self.assertEqual(form.scope, "all")
        self.assertFalse(form.problem)
        self.assertIn("02/23/2026 to 03/01/2026", form.plan)
        form.period = "monthly"
        self.assertEqual(str(form.date_from), "2026-02-01")
        self.assertEqual(str(form.date_to), "2026-02-28")

    def test_weeks_end_on_the_companys_weekday(self):
        self.books.statement_weekday = "4"
        form = self._dialog(self.finance)
        self.assertEqual(str(form.date_to), "2026-02-27")
        self.books.statement_period = "monthly"
        self.assertEqual(self._dialog(self.finance).period, "monthly")

    def test_everybodys_are_made_and_opened(self):
        action = self._dialog(self.finance).save().action_make()
        self.assertEqual(action["res_model"], "customer.statement")
        made = self.env["customer.statement"].search(action["domain"])
        self.assertEqual(made.partner_id, self.buyer | self.others)
        self.assertEqual(made.made_by, self.finance)
        self.assertEqual(set(made.mapped("date_to")), {date(2026, 3, 1)})

    def test_a_selection_is_made(self):
        contact = self._customer("Payable", is_company=False, parent_id=self.buyer.id)
        form = self._dialog(
            self.finance,
            statement_of_selection=True,
            active_model="res.partner",
            active_ids=contact.ids,
        )
        self.assertEqual(form.scope, "chosen")
        self.assertIn("Buyer", form.plan)
        action = form.save().action_make()
        made = self.env["customer.statement"].browse(action["res_id"])
        self.assertEqual(made.partner_id, self.buyer)

    def test_many_are_named_in_part(self):
        many = self.env["res.partner"].create(
            [{"name": f"Customer {n}"} for n in range(9)]
        )
        form = self._dialog(
            self.finance, statement_of_selection=True, active_ids=many.ids
        )
        self.assertIn("4 more", form.plan)

    def test_it_says_what_is_there_already(self):
        self._make("2026-02-23", "2026-03-01")
        form = self._dialog(self.finance)
        self.assertIn("2 of these days are there already", form.plan)
        self._make("2026-02-01", "2026-02-10")
        form.period = "dates"
        form.date_from, form.date_to = "2026-02-15", "2026-02-20"
        self.assertIn("No statement ends on 02/14/2026", form.plan)

    def test_nonsense_is_refused_with_a_sentence(self):
        form = self._dialog(self.finance)
        form.period = "dates"
        for start, end, words in (
            ("2026-03-02", "2026-03-01", "isn't before its first day"),
            ("2026-03-01", "2026-03-05", "ends today at the latest"),
            ("2026-03-01", "9999-12-31", "ends today at the latest"),
        ):
            form.date_from, form.date_to = start, end
            self.assertIn(words, form.problem)
            with self.assertRaisesRegex(UserError, words):
                form.save().action_make()
        form.date_from, form.date_to = "2026-02-01", "2026-02-28"
        wizard = form.save()
        wizard.scope = "chosen"
        with self.assertRaisesRegex(UserError, "Choose the customers"):
            wizard.action_make()

    def test_nothing_to_state_is_said(self):
        idle = self._customer("Never Traded")
        form = self._dialog(
            self.finance, statement_of_selection=True, active_ids=idle.ids
        )
        with self.assertRaisesRegex(UserError, "nothing to state"):
            form.save().action_make()

    def test_finance_alone_makes_them(self):
        for user in (self.seller, self.head):
            with self.assertRaises(AccessError):
                self._become(user)["customer.statement.make"].create({})
            statements = self._become(user)["customer.statement"]
            with self.assertRaises(AccessError):
                statements._make_everybody(date(2026, 2, 1), date(2026, 2, 28))

    def test_in_a_branch_the_main_companys_are_made(self):
        branch = self._create_company("Quay North", self.eur, parent_id=self.books.id)
        self.finance.company_ids |= branch
        env = self._become(self.finance)
        context = {"allowed_company_ids": branch.ids}
        form = Form(env["customer.statement.make"].with_context(**context))
        self.assertEqual(form.company_id, self.books)
        form.save().action_make()
        made = self.env["customer.statement"].search([])
        self.assertEqual(made.company_id, self.books)

    def test_the_menu_of_actions_offers_it_to_finance(self):
        for user, on, offered in (
            (self.finance, True, True),
            (self.seller, True, False),
            (self.finance, False, False),
        ):
            self._switch_features(on)
            self.env.registry.clear_cache()
            bound = self._become(user)["ir.actions.actions"].get_bindings("res.partner")
            names = [action["name"] for action in bound.get("action", ())]
            self.assertEqual("Make Statements" in names, offered)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04")
class TestVerifying(ScreensCommon):
    def setUp(self):
        super().setUp()
        before = self._make("2026-02-16", "2026-02-22", self.buyer)
        self.made = self._make("2026-02-23", "2026-03-01")
        self.assertTrue(all(self.made.mapped("is_tied")))
        # late, and before the days of both
        self._invoice(55.0, self.usd, "2026-02-18")
        self.made = self._make("2026-02-23", "2026-03-01")
        self.untied = self.made.filtered(lambda s: not s.is_tied)
        self.assertEqual(self.untied.partner_id, self.buyer)
        self.before = before

    def _press(self, user, method, statements):
        return getattr(statements.with_env(self._become(user)), method)()

    def test_one_click_verifies_what_ties_out_and_opens_the_rest(self):
        action = self._press(self.finance, "action_verify_tied", self.made)
        self.assertIn("Statements verified: 1", action["params"]["message"])
        self.assertIn("Don't tie out, to be looked at: 1", action["params"]["message"])
        following = action["params"]["next"]
        self.assertEqual(following["res_id"], self.untied.id)
        self.assertEqual(self.untied.state, "draft")
        self.assertEqual((self.made - self.untied).state, "verified")
        self.assertEqual((self.made - self.untied).verified_by, self.finance)

    def test_none_selected_takes_what_the_list_shows(self):
        shown = [("partner_id", "=", self.others.id)]
        none = self.env["customer.statement"].with_context(active_domain=shown)
        env = self._become(self.finance)
        none.with_env(env).with_context(active_domain=shown).action_verify_tied()
        self.assertEqual((self.made - self.untied).state, "verified")
        self.assertEqual(self.before.state, "draft")

    def test_from_the_form_all_of_its_days(self):
        action = self._press(self.finance, "action_verify_period", self.untied)
        self.assertIn("Statements verified: 1", action["params"]["message"])
        self.assertEqual((self.made - self.untied).state, "verified")
        self.assertEqual(self.before.state, "draft")

    def test_made_again_it_ties_out(self):
        """The earlier one is made again, and the later one, whose rows are the same,
        is held against it anew."""
        action = self._press(self.finance, "action_make_again", self.before)
        again = action["params"]["action"]["res_id"]
        self.assertNotEqual(again, self.before.id)
        self._press(self.finance, "action_make_again", self.untied)
        self.assertTrue(self.untied.is_tied, self.untied.difference_note)

    def test_what_did_not_change_stays(self):
        action = self._press(self.finance, "action_make_again", self.made)
        self.assertEqual(action["tag"], "display_notification")
        self.assertEqual(self.made.exists(), self.made)

    def test_with_four_eyes_ones_own_are_left(self):
        self.books.statement_four_eyes = True
        env = self._become(self.finance)
        mine = env["customer.statement"]._make(
            self.others, date(2026, 2, 1), date(2026, 2, 28)
        )
        action = (mine | self.made.with_env(env)).action_verify_tied()
        message = action["params"]["message"]
        self.assertIn("Made by yourself, to be verified by somebody else: 1", message)
        self.assertEqual(mine.state, "draft")
        self.assertEqual((self.made - self.untied).state, "verified")
        with self.assertRaises(AccessError):
            mine.action_verify()

    def test_what_doesnt_tie_out_is_asked_about_first(self):
        mine = self.untied.with_env(self._become(self.finance))
        self.assertIn("INV/2026/", mine.concern)
        self.assertIn("another amount ended the statement before", mine.concern)
        self.assertFalse((self.made - self.untied).concern)
        action = mine.action_ask_verify()
        self.assertEqual(action["tag"], "multicurrency_crm.ask")
        params = action["params"]
        self.assertIn(mine.difference_note, params["question"])
        self.assertEqual(mine.state, "draft")
        getattr(mine, params["method"])()
        self.assertEqual(mine.state, "verified")

    def test_the_statement_before_is_a_click_away(self):
        self.assertEqual(self.untied.former_id, self.before)
        self.assertFalse((self.made - self.untied).former_id)
        opened = self._press(self.finance, "action_open_former", self.untied)
        self.assertEqual(opened["res_id"], self.before.id)

    def test_verify_is_there_for_whom_may(self):
        self.books.statement_four_eyes = True
        mine = self.env["customer.statement"].with_env(self._become(self.finance))
        mine = mine._make(self.others, date(2026, 2, 1), date(2026, 2, 28))
        self.assertFalse(mine.may_verify)
        self.assertIn("somebody else", mine.verify_note)
        another = self._colleague("verifying", FINANCE)
        theirs = mine.with_env(self._become(another))
        self.assertTrue(theirs.may_verify)
        self.assertFalse(theirs.verify_note)
        self.assertFalse(mine.with_env(self._become(self.head)).may_verify)

    def test_states_come_as_work_goes_on(self):
        self._press(self.finance, "action_verify", self.made - self.untied)
        self.before._write_guarded({"state": "confirmed"})
        groups = self.env["customer.statement"].formatted_read_group(
            [("id", "in", (self.made | self.before).ids)], ["state"], ["__count"]
        )
        states = [group["state"] for group in groups]
        self.assertEqual(states, ["draft", "verified", "confirmed"])

    def test_what_supersedes_what(self):
        tied = self.made - self.untied
        self._press(self.finance, "action_verify", tied)
        self._invoice(5.0, self.usd, "2026-02-25", partner_id=self.others.id)
        action = self._press(self.finance, "action_make_again", tied)
        newer = self.env["customer.statement"].browse(
            action["params"]["action"]["res_id"]
        )
        self.assertEqual(newer.supersedes_id, tied)
        self.assertEqual(tied.state, "superseded")
        self.assertIn(f"No. {tied.id}, superseded", tied.display_name)
        self.assertNotIn("superseded", newer.display_name)
        opened = self._press(self.finance, "action_open_superseding", tied)
        self.assertEqual(opened["res_id"], newer.id)

    def test_others_press_nothing(self):
        for user in (self.seller, self.head):
            arch = self._become(user)["customer.statement"].get_view(view_type="form")
            names = {
                button.get("name")
                for button in etree.fromstring(arch["arch"]).iter("button")
            }
            self.assertFalse(names & {"action_verify", "action_make_again"})
            for method in (
                "action_verify",
                "action_verify_tied",
                "action_verify_period",
                "action_make_again",
            ):
                with self.assertRaises(AccessError):
                    self._press(user, method, self.untied)

    def test_forged_values_are_refused(self):
        env = self._become(self.finance)
        statement = self.untied.with_env(env)
        for vals in ({"state": "verified"}, {"is_tied": True}, {"total_booked": 1.0}):
            with self.assertRaises(AccessError):
                statement.write(vals)
        with self.assertRaises(AccessError):
            env["customer.statement"].create(
                {
                    "partner_id": self.buyer.id,
                    "company_id": self.books.id,
                    "date_from": "2026-02-01",
                    "date_to": "2026-02-02",
                }
            )


@tagged("post_install", "-at_install")
@freeze_time("2026-03-04")
class TestReading(ScreensCommon):
    def setUp(self):
        super().setUp()
        self.made = self._make("2026-02-23", "2026-03-01")
        self.statement = self.made.filtered(lambda s: s.partner_id == self.buyer)

    def _find(self, user):
        return self._become(user)["customer.statement"].search([])

    def test_who_reads_what(self):
        self.assertEqual(self._find(self.finance), self.made)
        self.assertEqual(self._find(self.head), self.made)
        self.assertEqual(self._find(self.seller), self.statement)
        for login, groups in (("any", "base.group_user"), ("books", FINANCE)):
            elsewhere = self._colleague(login, groups, self.other_company)
            if login == "any":
                with self.assertRaises(AccessError):
                    self._find(elsewhere)
            else:
                self.assertFalse(self._find(elsewhere))

    def test_the_portal_has_its_pages_alone(self):
        """Its pages show a customer its own; the records themselves tell it nothing,
        sent or not."""
        user = new_test_user(
            self.env, "customers_own", groups="base.group_portal", name="Payable"
        )
        user.partner_id.parent_id = self.buyer
        self.statement._write_guarded({"state": "sent"})
        for model in ("customer.statement", "customer.statement.line"):
            with self.assertRaises(AccessError):
                self._become(user)[model].search([])

    def test_each_form_opens_as_each_role(self):
        for user in (self.finance, self.head, self.seller):
            form = Form(self.statement.with_env(self._become(user)))
            self.assertEqual(form.partner_id, self.buyer)
            self.assertEqual(form.line_count, 2)

    def test_the_table_by_currency(self):
        table = self.statement.currency_table
        by_code = {row["currency"]: row for row in table["rows"]}
        self.assertEqual(by_code.keys(), {"GBP", "USD"})
        self.assertEqual(
            [move["label"] for move in table["moves"]], ["Invoiced", "Credited", "Paid"]
        )
        self.assertEqual(
            table["ages"],
            [
                *("Not due", "1–30 days late", "31–60 days late"),
                *("61–90 days late", "Over 90 days late", "Unallocated"),
            ],
        )
        usd, gbp = by_code["USD"], by_code["GBP"]
        self.assertEqual((usd["opening"], usd["closing"]), ("1,100.00", "1,100.00"))
        self.assertEqual(usd["moves"], ["–", "–", "–"])
        # due on 15 January, 45 days before the last day
        self.assertEqual(
            [age["text"] for age in usd["ages"]], ["–", "–", "1,100.00", "–", "–", "–"]
        )
        self.assertTrue(usd["ages"][2]["is_late"])
        self.assertEqual(gbp["moves"], ["90.00", "–", "–"])
        self.assertEqual(usd["booked"], "1,000.00")
        self.assertEqual(table["total"]["booked"], "1,100.00")

    def test_columns_come_with_what_is_in_them(self):
        payment = self._pay(30.0, self.usd, "2026-02-26", direction="outbound")
        self.assertTrue(payment)
        made = self._make("2026-02-23", "2026-03-01", self.buyer)
        labels = [move["label"] for move in made.currency_table["moves"]]
        self.assertEqual(labels, ["Invoiced", "Credited", "Paid", "Refunded"])

    def test_own_bounds_are_the_headings(self):
        self.books.write(
            {
                "statement_age_first": 10,
                "statement_age_second": 20,
                "statement_age_third": 25,
            }
        )
        newer = self._make("2026-02-01", "2026-02-28", self.buyer)
        self.assertIn("11–20 days late", newer.currency_table["ages"])
        self.assertIn("31–60 days late", self.statement.currency_table["ages"])

    def test_no_rate_no_total(self):
        self._invoice(1000.0, self.kwd, "2026-02-25")
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.kwd.id)]
        ).unlink()
        made = self._make("2026-02-23", "2026-03-01", self.buyer)
        table = made.currency_table
        self.assertEqual(table["total"]["spot"], "–")
        self.assertIn("a rate is missing", table["total"]["note"])

    def test_overdue_lines_are_found(self):
        lines = self.statement.line_ids
        overdue = lines.filtered("is_overdue")
        self.assertEqual(overdue.currency_id, self.usd)
        found = lines.search(
            [("is_overdue", "=", True), ("statement_id", "=", self.statement.id)]
        )
        self.assertEqual(found, overdue)
        rest = lines.search(
            [("is_overdue", "=", False), ("statement_id", "=", self.statement.id)]
        )
        self.assertEqual(rest, lines - overdue)

    def test_searches_of_the_list(self):
        env = self._become(self.finance)
        view = env["customer.statement"].get_view(view_type="search")["arch"]
        names = {node.get("name") for node in etree.fromstring(view).iter("filter")}
        self.assertLessEqual({"untied", "standing", "mine", "last_week"}, names)
        for domain in (
            [("salesperson_id", "=", self.seller.id)],
            [("currency_line_ids.currency_id", "ilike", "GBP")],
        ):
            self.assertEqual(env["customer.statement"].search(domain), self.statement)
        groups = env["customer.statement"].formatted_read_group(
            [], ["salesperson_id"], ["__count"]
        )
        self.assertEqual(len(groups), 2)

    def test_the_customer_counts_its_statements(self):
        for user, count in ((self.finance, 1), (self.head, 1), (self.seller, 1)):
            partner = self.buyer.with_env(self._become(user))
            self.assertEqual(partner.statement_count, count)
            action = partner.action_view_statements()
            self.assertEqual(
                partner.env["customer.statement"].search(action["domain"]),
                self.statement,
            )
        others = self.others.with_env(self._become(self.seller))
        self.assertEqual(others.statement_count, 0)

    def test_a_list_asks_no_query_a_row(self):
        fields = {
            "partner_id": {"fields": {"display_name": {}}},
            "currency_names": {},
            "closing_text": {},
            "total_booked": {},
            "is_tied": {},
        }

        def count(statements):
            env = self._become(self.finance)
            env.invalidate_all()
            before = self.env.cr.sql_log_count
            statements.with_env(env).web_read(fields)
            return self.env.cr.sql_log_count - before

        count(self.made)
        self.assertLessEqual(count(self.made), count(self.statement) + 1)


@tagged("post_install", "-at_install")
class TestAmountsHaveCodes(ScreensCommon):
    def test_in_every_view(self):
        """€ beside CHF and 12.00 USD: a column reads one way."""
        shown = 0
        for model in self.env.registry:
            if not model.startswith(("customer.statement", "customer.ageing")):
                continue
            described = self.env[model].fields_get(attributes=["type"])
            views = self.env["ir.ui.view"].search(
                [("model", "=", model), ("type", "in", ("list", "form", "kanban"))]
            )
            for view in views.filtered(lambda view: not view.inherit_id):
                root = etree.fromstring(self.env[model].get_view(view.id)["arch"])
                for element in root.iter("field"):
                    inner = any(one.tag == "field" for one in element.iterancestors())
                    kind = described.get(element.get("name"), {}).get("type")
                    if inner or kind != "monetary" or element.get("column_invisible"):
                        continue
                    shown += 1
                    with self.subTest(view=view.xml_id, field=element.get("name")):
                        self.assertEqual(element.get("widget"), "coded_monetary")
        self.assertGreater(shown, 20)
