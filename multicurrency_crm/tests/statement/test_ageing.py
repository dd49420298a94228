from datetime import date

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, freeze_time, tagged

from .ageing_common import AgeingCommon

FEBRUARY = "2026-02-28"


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestAgeing(AgeingCommon):
    # === FIGURES BY HAND === #

    def test_due_today_is_not_overdue(self):
        self.assertEqual(
            self._rows("2026-01-31"),
            {
                self.dollars.name: ("not_due", 1100.0, 1000.0, 1000.0, 0.0),
                self.yen.name: ("not_due", 160000.0, 1000.0, 1000.0, 0.0),
                self.dinars.name: ("days_30", 34.017, 100.05, 100.05, 0.0),
            },
        )
        self.assertEqual(self._rows("2026-02-01")[self.dollars.name][0], "days_30")

    def test_what_was_matched_later_was_open(self):
        dollars = self._rows("2026-02-09", self.usd)
        self.assertEqual(dollars[self.dollars.name][1], 1100.0)
        dollars = self._rows("2026-02-10", self.usd)
        self.assertEqual(dollars[self.dollars.name][:3], ("days_30", 770.0, 700.0))
        self.assertEqual(len(dollars), 1, "the payment is used up")

    def test_at_the_spot_of_that_day(self):
        rows = self._rows(FEBRUARY)
        # 770 / 1.25 = 616, of which 700 is booked
        self.assertEqual(
            rows[self.dollars.name], ("days_30", 770.0, 700.0, 616.0, -84.0)
        )
        self.assertEqual(
            rows[self.advance.move_id.name],
            ("unallocated", -55.0, -50.0, -44.0, 6.0),
        )
        self.assertEqual(rows[self.dinars.name][0], "days_60")  # 39 days
        (row,) = self._ageing(FEBRUARY).search([("move_id", "=", self.dollars.id)])
        self.assertEqual(row.rate, 1.25)
        self.assertIn("1 USD = 0.8", row.rate_text)
        self.assertIn("02/25/2026", row.rate_text)
        self.assertEqual(row.days_late, 28)
        self.assertEqual(row.date_as_of, date(2026, 2, 28))
        (row,) = self._ageing("2026-02-24").search([("move_id", "=", self.dollars.id)])
        self.assertEqual(row.value, 700.0, "at the rate of January still")

    def test_thirty_days_late_is_the_first_age(self):
        self.assertEqual(self._rows("2026-03-02")[self.dollars.name][0], "days_30")
        with freeze_time("2026-07-01"):
            ages = {
                day: self._rows(day)[self.dollars.name][0]
                for day in ("2026-03-03", "2026-04-01", "2026-05-01", "2026-05-02")
            }
        self.assertEqual(
            list(ages.values()), ["days_60", "days_60", "days_90", "older"]
        )

    def test_the_company_bounds_its_ages(self):
        self.books.write(
            {
                "statement_age_first": 7,
                "statement_age_second": 28,
                "statement_age_third": 38,
            }
        )
        rows = self._rows(FEBRUARY)
        self.assertEqual(rows[self.dollars.name][0], "days_60")  # 28 days
        self.assertEqual(rows[self.yen.name][0], "days_60")  # 14 days
        self.assertEqual(rows[self.dinars.name][0], "older")  # 39 days
        ages = dict(self._ageing().fields_get(["age"])["age"]["selection"])
        self.assertEqual(ages["days_60"], "8–28 Days")
        self.assertEqual(ages["older"], "Over 38 Days")

    def test_items_add_up_to_what_their_total_is_worth(self):
        """Three times 0.05 USD at 1.1: each 0.0455 EUR, together 0.1364."""
        debtor = self._customer("Small Change")
        for _n in range(3):
            self._entry(0.05, 0.05, self.usd, "2026-02-02", partner=debtor)
        rows = self._ageing("2026-02-03").search([("partner_id", "=", debtor.id)])
        self.assertEqual(rows.mapped("value"), [0.05, 0.04, 0.05])
        ((total,),) = rows._read_group(
            [("partner_id", "=", debtor.id)], [], ["value:sum"]
        )
        self.assertEqual(total, 0.14)

    def test_what_is_open_in_company_currency_only(self):
        """Paid and matched in January, its exchange difference booked in March."""
        debtor = self._customer("Settled")
        entry = self._entry(100.0, 95.0, self.usd, "2026-01-12", partner=debtor)
        money = self._entry(-100.0, -90.0, self.usd, "2026-01-20", partner=debtor)
        self._match(entry, money)
        exchange = entry.line_ids.matched_credit_ids.exchange_move_id
        self.assertTrue(exchange)
        booked = sum(
            row.booked
            for row in self._ageing("2026-01-25").search(
                [("partner_id", "=", debtor.id)]
            )
        )
        self.assertIn(booked, (0.0, 5.0))
        for row in self._ageing("2026-01-25").search([("partner_id", "=", debtor.id)]):
            self.assertEqual((row.amount, row.age), (0.0, "booked_only"))
            self.assertEqual((row.value, row.unrealised), (0.0, 0.0))

    def test_17_missing_rate_is_no_figure(self):
        (chf,) = self._activate("CHF")
        chf.rate_ids.unlink()
        self._entry(500.0, 520.0, chf, "2026-02-02")
        (row,) = self._ageing(FEBRUARY).search([("currency_id", "=", chf.id)])
        self.assertEqual((row.amount, row.booked), (500.0, 520.0))
        self.assertEqual((row.rate, row.value, row.unrealised), (0.0, 0.0, 0.0))
        self.assertEqual(row.rate_text, "no rate known")
        self.assertEqual(row.search([("rate", "=", False)]), row)
        groups = self._ageing(FEBRUARY).formatted_read_group(
            [], ["currency_id"], ["booked:sum", "value:sum", "unrealised:sum"]
        )
        worth = {group["currency_id"][1]: group["value:sum"] for group in groups}
        self.assertIs(worth["CHF"], False)
        self.assertEqual(worth["USD"], 572.0)  # 616 − 44
        (total,) = self._ageing(FEBRUARY).formatted_read_group(
            [], [], ["booked:sum", "value:sum", "unrealised:sum"]
        )
        self.assertEqual(total["booked:sum"], 2270.05)  # 700−50+1000+100.05+520
        self.assertIs(total["value:sum"], False)
        self.assertIs(total["unrealised:sum"], False)

    # === AS A SCREEN ASKS === #

    def test_a_pivot_adds_up_no_two_currencies(self):
        figures = ["amount:sum", "amount:sum_currency", "value:sum", "value:avg"]
        everything, currencies, by_age = self._ageing(
            FEBRUARY
        ).formatted_read_grouping_sets(
            [],
            [[], ["currency_id"], ["currency_id", "age"]],
            [*figures, "currency_id:array_agg_distinct"],
        )
        (total,) = everything
        self.assertIs(total["amount:sum"], False)
        self.assertIs(total["amount:sum_currency"], False)
        self.assertEqual(total["value:sum"], 1672.05)  # 572 + 1000 + 100.05
        amounts = {of["currency_id"][1]: of["amount:sum"] for of in currencies}
        self.assertEqual(amounts, {"USD": 715.0, "JPY": 160000.0, "KWD": 34.017})
        found = {(of["currency_id"][1], of["age"]): of["amount:sum"] for of in by_age}
        self.assertEqual(
            found,
            {
                ("USD", "days_30"): 770.0,
                ("USD", "unallocated"): -55.0,
                ("JPY", "days_30"): 160000.0,
                ("KWD", "days_60"): 34.017,
            },
        )

    def test_ages_are_in_the_order_of_age(self):
        self._invoice(10.0, self.eur, "2026-02-20", due="2026-04-01")
        self._invoice(10.0, self.eur, "2025-09-20")
        groups = self._ageing(FEBRUARY).formatted_read_group([], ["age"], ["__count"])
        self.assertEqual(
            [group["age"] for group in groups],
            ["not_due", "days_30", "days_60", "older", "unallocated"],
        )
        groups = self._ageing(FEBRUARY).formatted_read_group(
            [], ["age"], ["__count"], order="age desc"
        )
        self.assertEqual(groups[0]["age"], "unallocated")
        rows = self._ageing(FEBRUARY).search([], order="age desc, id")
        self.assertEqual(rows[0].age, "unallocated")
        self.assertEqual(rows[-1].age, "not_due")

    def test_groups_of_customers(self):
        spec = ["amount:sum", "booked:sum", "currency_id:array_agg_distinct"]
        for groupby, key in (
            ("partner_id", self.buyer.id),
            ("country_id", self.germany.id),
            ("user_id", self.seller.id),
        ):
            with self.subTest(groupby=groupby):
                (group,) = self._ageing(FEBRUARY).web_read_group([], [groupby], spec)[
                    "groups"
                ]
                self.assertEqual(group[groupby][0], key)
                self.assertIs(group["amount:sum"], False)
                self.assertEqual(group["booked:sum"], 1750.05)

    def test_filters(self):
        self.dollars.credit_disputed_since = "2026-02-15"
        for domain, day, documents in (
            ([("disputed", "=", True)], FEBRUARY, self.dollars),
            ([("disputed", "=", True)], "2026-02-14", self.env["account.move"]),
            ([("age", "=", "unallocated")], FEBRUARY, self.advance.move_id),
            ([("is_foreign", "=", False)], FEBRUARY, self.env["account.move"]),
            (
                [("partner_id", "=", "Buyer"), ("age", "=", "days_60")],
                FEBRUARY,
                self.dinars,
            ),
        ):
            with self.subTest(domain=domain, day=day):
                self.assertEqual(self._ageing(day).search(domain).move_id, documents)

    def test_two_days_at_once(self):
        """What is read for one day doesn't answer for another."""
        before = self._ageing("2026-02-09").search([("move_id", "=", self.dollars.id)])
        after = before.with_context(ageing_date=FEBRUARY).search(
            [("move_id", "=", self.dollars.id)]
        )
        self.assertEqual((before.amount, after.amount), (1100.0, 770.0))

    def test_documents_behind_a_row(self):
        rows = self._ageing(FEBRUARY, self.finance).search(
            [("currency_id", "=", self.usd.id)]
        )
        items = self.env["account.move.line"].search(rows.action_open_items()["domain"])
        self.assertEqual(items.move_id, self.dollars | self.advance.move_id)
        self.assertEqual(items.account_id.mapped("account_type"), ["asset_receivable"])
        (row,) = rows.filtered(lambda row: row.move_id == self.dollars)
        action = row.action_open_document()
        self.assertEqual(action["res_model"], "account.move")
        self.assertEqual(action["res_id"], self.dollars.id)

    def test_22_a_salesperson_opens_what_they_may_read(self):
        """Odoo's form of an entry isn't theirs: each item opens all the same."""
        rows = self._ageing(FEBRUARY, self.seller).search([])
        self.assertTrue(rows)
        for row in rows:
            action = row.action_open_document()
            Model = self.env[action["res_model"]].with_user(self.seller)
            opened = Model.with_context(**action["context"]).browse(action["res_id"])
            names = Model.get_views(action["views"])["models"][Model._name]["fields"]
            (read,) = opened.web_read({name: {} for name in names})
            with self.subTest(document=row.document):
                self.assertEqual(read["document"], row.document)
                self.assertEqual(read["amount"], row.amount)
                self.assertEqual(str(read["date_as_of"]), FEBRUARY)

    # === PAYABLES === #

    def test_payables_are_positive_where_we_owe(self):
        bill = self._invoice(
            220.0, self.usd, "2026-01-10", kind="in_invoice", due="2026-01-31"
        )
        rows = self._rows(FEBRUARY, of="payable")
        self.assertEqual(rows, {bill.name: ("days_30", 220.0, 200.0, 176.0, -24.0)})
        self.assertNotIn(bill.name, self._rows(FEBRUARY))

    def test_accounts_that_are_marked(self):
        account = self.env["account.account"].create(
            {
                "name": "Deposits Paid",
                "code": "129900",
                "account_type": "asset_current",
                "reconcile": True,
                "follow_open_items": True,
            }
        )
        entry = self._entry(
            110.0, 100.0, self.usd, "2026-01-10", account=account, due="2026-02-01"
        )
        self.assertEqual(
            self._rows(FEBRUARY, of="other"),
            {entry.name: ("days_30", 110.0, 100.0, 88.0, -12.0)},
        )

    # === COMPANIES === #

    def test_two_companies_and_a_branch(self):
        sister = self._create_company("Quay America", self.usd)
        self._load_chart(sister)
        branch = self._create_company("Quay North", self.eur, parent_id=self.books.id)
        both = self.books | branch | sister
        self.env.user.company_ids |= both
        journals = self.env["account.journal"].create(
            [
                {"name": "North", "code": "NRT", "type": "general", "company_id": of.id}
                for of in (branch, sister)
            ]
        )
        env = self.env(context={**self.env.context, "allowed_company_ids": both.ids})
        made = {}
        for journal, amount, booked in zip(
            journals, (11.0, 7.0), (10.0, 7.0), strict=True
        ):
            company = journal.company_id
            income = self._find_account("income", company)
            account = self._find_account("asset_receivable", company)
            made[company] = env["account.move"].create(
                {
                    "move_type": "entry",
                    "journal_id": journal.id,
                    "company_id": company.id,
                    "date": "2026-02-02",
                    "line_ids": [
                        Command.create(
                            {
                                "account_id": of.id,
                                "partner_id": self.buyer.id,
                                "currency_id": self.usd.id,
                                "amount_currency": sign * amount,
                                "balance": sign * booked,
                            }
                        )
                        for of, sign in ((account, 1), (income, -1))
                    ],
                }
            )
        for move in made.values():
            move.action_post()

        def documents(user, companies):
            rows = self._ageing(FEBRUARY, user).with_context(
                allowed_company_ids=companies.ids
            )
            return rows.search([("currency_id", "=", self.usd.id)])

        own = self.dollars | self.advance.move_id
        # what is open of a company is what is open of its branches, too
        found = documents(self.finance, self.books)
        self.assertEqual(found.move_id, own | made[branch])
        clerk = self._make_user(
            "ageing_clerk", "multicurrency_crm.group_finance", branch
        )
        self.assertEqual(documents(clerk, branch).move_id, made[branch])
        with self.assertRaises(AccessError):
            documents(clerk, self.books)
        # of two companies each values what is its own, in its own currency
        everybody = self._make_user(
            "ageing_both", "multicurrency_crm.group_finance", both
        )
        rows = documents(everybody, both)
        self.assertEqual(rows.move_id, own | made[branch] | made[sister])
        values = {row.company_id: row.value for row in rows}
        self.assertEqual((values[branch], values[sister]), (8.8, 7.0))
        groups = rows._read_group([], ["company_id"], ["booked:sum", "value:sum"])
        self.assertEqual(len(groups), 3)
        ((booked, value),) = rows._read_group([], [], ["booked:sum", "value:sum"])
        self.assertFalse(booked, "euros and dollars don't add up")
        self.assertFalse(value)
        sister.statement_age_first = 10
        ages = dict(rows.fields_get(["age"])["age"]["selection"])
        self.assertEqual(ages["days_30"], "Overdue, First Age")

    # === RIGHTS === #

    def test_a_salesperson_reads_customers_of_their_own(self):
        stranger = self._customer(
            "Of a Colleague", user_id=self.env.ref("base.user_admin").id
        )
        nobodys = self._customer("Of Nobody")
        self._entry(5.0, 5.0, self.eur, "2026-02-02", partner=stranger)
        mine = self._entry(7.0, 7.0, self.eur, "2026-02-02", partner=nobodys)
        unknown = self._entry(
            9.0, 9.0, self.eur, "2026-02-02", partner=self.env["res.partner"]
        )
        bill = self._invoice(220.0, self.usd, "2026-01-10", kind="in_invoice")
        rows = self._ageing(FEBRUARY, self.seller).search([])
        self.assertEqual(rows.partner_id, self.buyer | nobodys)
        self.assertIn(mine.name, rows.mapped("document"))
        self.assertNotIn(unknown.name, rows.mapped("document"))
        self.assertFalse(self._ageing(FEBRUARY, self.seller, "payable").search([]))
        self.assertIn(bill.name, self._rows(FEBRUARY, of="payable"))
        every = self._make_user(
            "ageing_sales", "sales_team.group_sale_salesman_all_leads"
        )
        found = self._ageing(FEBRUARY, every).search([])
        self.assertEqual(found.partner_id, self.buyer | nobodys | stranger)
        found = self._ageing(FEBRUARY, self.finance).search([])
        self.assertIn(unknown.name, found.mapped("document"))

    def test_others_read_nothing(self):
        for login, groups in (
            ("ageing_plain", "base.group_user"),
            ("ageing_portal", None),
        ):
            user = (
                self._make_user(login, groups)
                if groups
                else self.env["res.users"].create(
                    {
                        "name": login,
                        "login": login,
                        "group_ids": [
                            Command.set(self.env.ref("base.group_portal").ids)
                        ],
                    }
                )
            )
            with self.assertRaises(AccessError):
                self._ageing(FEBRUARY, user).search([])
            with self.assertRaises(AccessError):
                self._ageing(FEBRUARY, user)._read_group([], [], ["booked:sum"])
        rows = self._ageing(FEBRUARY, self.finance).search([])
        with self.assertRaises(AccessError):
            rows[0].amount = 5

    def test_a_forged_context_is_refused_in_words(self):
        for forged in (
            "yesterday",
            "2026-13-40",
            "1; DROP TABLE x",
            7,
            [1],
            {"a": 1},
            True,
        ):
            with (
                self.subTest(day=forged),
                self.assertRaisesRegex(UserError, "is no day"),
            ):
                self._ageing(forged, self.seller).search([])
        with self.assertRaisesRegex(UserError, "isn't known"):
            self._ageing("2026-03-03", self.seller).search([])
        for forged in ("assets", "'; --", ["payable"], 3):
            with (
                self.subTest(of=forged),
                self.assertRaisesRegex(UserError, "can't be aged"),
            ):
                self._ageing(FEBRUARY, self.seller, of=forged).search([])
        with self.assertRaises(AccessError):
            self._ageing(FEBRUARY, self.seller).with_context(
                allowed_company_ids=self.other_company.ids
            ).search([])

    # === THE DAY === #

    def test_the_title_says_the_day(self):
        action = self._ageing(FEBRUARY, self.finance).action_open()
        self.assertEqual(action["name"], "Ageing on Feb 28, 2026")
        self.assertEqual(action["display_name"], action["name"])
        self.assertEqual(action["context"]["ageing_date"], FEBRUARY)
        self.assertNotIn("id", action)
        today = self.env.ref("multicurrency_crm.action_customer_ageing_today")
        action = today.with_user(self.seller).run()
        self.assertEqual(action["name"], "Ageing on Mar 2, 2026")
        self.assertEqual(action["path"], today.path)

    def test_a_button_asks_without_rows(self):
        Ageing = self._ageing(user=self.seller)
        context = {"ageing_date": FEBRUARY, "allowed_company_ids": self.books.ids}
        action = call_kw(Ageing, "action_ask", [[]], {"context": context})
        self.assertEqual(action["context"]["ageing_date"], FEBRUARY)
        Ask = self.env[action["res_model"]].with_user(self.seller)
        ask = Ask.with_context(**action["context"]).create({})
        self.assertEqual(ask.date, date(2026, 2, 28))
        self.assertFalse(ask.may_choose_side)

    def test_asking_for_another_day(self):
        Ask = self.env["customer.ageing.ask"].with_user(self.finance)
        form = Form(Ask)
        self.assertEqual(form.date, date(2026, 3, 2))
        self.assertEqual(form.moment, "today")
        self.assertIn("31–60 Days", form.ages_text)
        for moment, day in (
            ("month", date(2026, 2, 28)),
            ("year", date(2025, 12, 31)),
            ("week", date(2026, 3, 1)),
        ):
            form.moment = moment
            self.assertEqual(form.date, day)
        form.date = date(2026, 3, 3)
        self.assertIn("as of today at the latest", form.problem)
        form.date = date(2026, 2, 9)
        self.assertFalse(form.problem)
        self.assertEqual(form.moment, "day")
        form.side = "payable"
        ask = form.save()
        action = ask.action_show()
        self.assertEqual(action["name"], "Ageing of Payables on Feb 9, 2026")
        self.assertEqual(
            action["context"], {"ageing_date": "2026-02-09", "ageing_of": "payable"}
        )
        self.assertIn("day=2026-02-09&of=payable", ask.action_download()["url"])
        ask.date = date(2026, 3, 3)
        with self.assertRaises(UserError):
            ask.action_show()

    # === BESIDE THE STATEMENT === #

    def test_as_the_statement_of_that_day(self):
        self._invoice(33.33, self.usd, "2026-02-03", kind="out_refund")
        for amount in (0.05, 0.05, 0.05, 10.07):
            self._entry(amount, amount, self.usd, "2025-11-02")
        self._entry(-3.0, -3.0, self.jpy, "2025-12-20")
        day = date(2026, 2, 28)
        statement = self.env["customer.statement"]._make(
            self.buyer, date(2026, 2, 1), day
        )
        self.assertTrue(statement.is_tied, statement.difference_note)
        ages = ("not_due", "days_30", "days_60", "days_90", "older", "unallocated")
        for row in statement.currency_line_ids:
            with self.subTest(currency=row.currency_id.name):
                groups = self._ageing(FEBRUARY)._read_group(
                    [
                        ("partner_id", "=", self.buyer.id),
                        ("currency_id", "=", row.currency_id.id),
                    ],
                    ["age"],
                    ["amount:sum", "booked:sum", "value:sum", "unrealised:sum"],
                )
                amounts = {age: amount for age, amount, *_rest in groups}
                for age in ages:
                    self.assertAlmostEqual(amounts.get(age, 0.0), row[age], 6)
                for name, column in (
                    ("closing_booked", 2),
                    ("closing_spot", 3),
                    ("unrealised", 4),
                ):
                    total = sum(group[column] for group in groups)
                    self.assertAlmostEqual(total, row[name], 6, name)
        ((booked, value),) = self._ageing(FEBRUARY)._read_group(
            [], [], ["booked:sum", "value:sum"]
        )
        self.assertEqual(booked, statement.total_booked)
        self.assertAlmostEqual(value, statement.total_spot, 6)

    # === COST === #

    def _count_of(self, work):
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.cr.sql_log_count
        work()
        return self.cr.sql_log_count - start

    def _open_pivot(self):
        return self._ageing(FEBRUARY, self.finance).formatted_read_grouping_sets(
            [],
            [[], ["currency_id"], ["age"], ["currency_id", "age"]],
            ["amount:sum", "booked:sum", "value:sum", "__count"],
        )

    def test_queries_do_not_grow_with_items(self):
        """Thirty thousand open items are grouped by the queries of four."""
        spec = {"amount": {}, "rate_text": {}, "partner_id": {"fields": {}}}

        def open_list(limit=80):
            self._ageing(FEBRUARY, self.finance).web_search_read([], spec, limit=limit)

        def open_short_list():  # of which there is more: Odoo counts
            open_list(3)

        for work in (self._open_pivot, open_short_list):
            work()  # what is read once and kept
        few = [self._count_of(work) for work in (self._open_pivot, open_short_list)]
        line = self.dollars.line_ids.filtered(
            lambda line: line.account_id.account_type == "asset_receivable"
        )
        self.env.flush_all()
        self.env.cr.execute(
            """INSERT INTO account_move_line
                      (move_id, company_id, account_id, partner_id, currency_id, date,
                       date_maturity, parent_state, display_type, name, debit, credit,
                       balance, amount_currency, amount_residual,
                       amount_residual_currency, journal_id, move_name)
               SELECT move_id, company_id, account_id, partner_id, currency_id, date,
                      date_maturity - n %% 150, parent_state, display_type, name, 10, 0,
                      10, 11, 10, 11, journal_id, move_name
                 FROM account_move_line, generate_series(1, 30000) n
                WHERE id = %s""",
            [line.id],
        )
        # as PostgreSQL does by itself; without, it takes the table for an empty one
        self.env.cr.execute("ANALYZE account_move_line")
        everything = self._open_pivot()[0]
        self.assertEqual(everything[0]["__count"], 30_004)
        many = [self._count_of(work) for work in (self._open_pivot, open_list)]
        self.assertEqual(many, few)
