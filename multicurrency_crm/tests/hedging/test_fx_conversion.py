from freezegun import freeze_time

from odoo.tests import Form, tagged

from .conversion_common import DAY, NOON, ConversionCommon


@tagged("post_install", "-at_install")
class TestConversion(ConversionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOON))
        cls._price(cls.usd, 7.2)
        cls._price(cls.eur, 8.0)
        cls._price(cls.jpy, 0.048)
        cls._price(cls.kwd, 23.4)

    # === THE ENTRY === #

    def test_sold_at_the_banks_rate(self):
        conversion = self._convert(
            "USD", "CNY", amount_from=60000, bank_rate="7.18", charges=50
        )
        self.assertEqual(conversion.state, "posted")
        self.assertEqual(conversion.amount_to, 430800.0)
        self.assertEqual(conversion.move_id.date, self._day(DAY))
        loss = self.books.expense_currency_exchange_account_id
        self.assertEqual(
            self._booked(conversion.move_id),
            {
                self.banks["USD"].default_account_id.name: (-432000.0, -60000.0, "USD"),
                self.banks["CNY"].default_account_id.name: (430750.0, 430750.0, "CNY"),
                "Bank charges": (50.0, 50.0, "CNY"),
                loss.name: (1200.0, 1200.0, "CNY"),
            },
        )
        self.assertEqual(conversion.result, -1200.0)
        self.assertEqual(conversion.forward_result, 0.0)
        self.assertEqual(
            conversion.summary,
            "Sold 60,000.00 USD at 1 USD = 7.1800 CNY; spot 1 USD = 7.2000 CNY",
        )

    def test_bought(self):
        conversion = self._convert("CNY", "USD", amount_to=10000, bank_rate="7.15")
        self.assertEqual(conversion.amount_from, 71500.0)
        gain = self.books.income_currency_exchange_account_id
        self.assertEqual(
            self._booked(conversion.move_id),
            {
                self.banks["CNY"].default_account_id.name: (-71500.0, -71500.0, "CNY"),
                self.banks["USD"].default_account_id.name: (72000.0, 10000.0, "USD"),
                gain.name: (-500.0, -500.0, "CNY"),
            },
        )
        self.assertEqual(
            conversion.summary,
            "Bought 10,000.00 USD at 1 USD = 7.1500 CNY; spot 1 USD = 7.2000 CNY",
        )

    def test_between_two_foreign_ones(self):
        conversion = self._convert(
            "USD", "EUR", amount_from=10000, bank_rate="0.895", charges=10
        )
        self.assertEqual(conversion.amount_to, 8950.0)
        self.assertEqual(conversion.amount_received, 8940.0)
        loss = self.books.expense_currency_exchange_account_id
        self.assertEqual(
            self._booked(conversion.move_id),
            {
                self.banks["USD"].default_account_id.name: (-72000.0, -10000.0, "USD"),
                self.banks["EUR"].default_account_id.name: (71520.0, 8940.0, "EUR"),
                "Bank charges": (80.0, 10.0, "EUR"),
                loss.name: (400.0, 400.0, "CNY"),
            },
        )
        self.assertEqual(
            conversion.summary,
            "Changed 10,000.00 USD into 8,950.00 EUR at 1 USD = 0.89500 EUR; "
            "spot 1 USD = 0.90000 EUR",
        )

    def test_yen_and_dinars(self):
        conversion = self._convert(
            "JPY", "KWD", amount_from=1000001, amount_to=2051.283
        )
        self.assertBalanced(conversion.move_id)
        booked = self._booked(conversion.move_id)
        self.assertEqual(
            booked[self.banks["JPY"].default_account_id.name],
            (-48000.05, -1000001.0, "JPY"),
        )
        self.assertEqual(
            booked[self.banks["KWD"].default_account_id.name],
            (48000.02, 2051.283, "KWD"),
        )

    def test_at_the_rate_that_odoo_converts_with(self):
        """Statement lines of the day are booked at the same value to the cent."""
        self._price(self.usd, 7.1919, "2026-11-19")
        for amount in (0.01, 33.33, 1234.56, 98765.43):
            conversion = self._convert(
                "USD", "CNY", date="2026-11-19", amount_from=amount, bank_rate="7.2"
            )
            odoos = self.usd._convert(
                amount, self.cny, self.books, self._day("2026-11-19")
            )
            self.assertEqual(conversion.value_from, odoos)

    # === FORWARDS === #

    def test_by_a_forward(self):
        forward = self._contract(100000, "7.25")
        conversion = self._convert(
            "USD", "CNY", amount_from=60000, charges=50, forward_id=forward.id
        )
        self.assertEqual(conversion.bank_rate, "7.25")
        self.assertEqual(
            self._booked(conversion.move_id),
            {
                self.banks["USD"].default_account_id.name: (-432000.0, -60000.0, "USD"),
                self.banks["CNY"].default_account_id.name: (434950.0, 434950.0, "CNY"),
                "Bank charges": (50.0, 50.0, "CNY"),
                "From forwards": (-3000.0, -3000.0, "CNY"),
            },
        )
        self.assertEqual((conversion.result, conversion.forward_result), (0.0, 3000.0))
        self.assertEqual(forward.state, "active")
        self.assertEqual(forward.amount_exchanged, 60000.0)
        self.assertEqual(forward.amount_rest, 40000.0)

    def test_what_was_carried_leaves_first(self):
        forward = self._contract(60000, "7.25")
        conversion = self._convert(
            *("USD", "CNY"),
            amount_from=60000,
            charges=50,
            forward_id=forward.id,
            forward_carried=2400,
        )
        booked = self._booked(conversion.move_id)
        self.assertEqual(booked["Derivatives"], (-2400.0, -2400.0, "CNY"))
        self.assertEqual(booked["From forwards"], (-600.0, -600.0, "CNY"))
        self.assertEqual(conversion.forward_gain, 600.0)
        self.assertEqual(forward.state, "settled")
        self.assertEqual(forward.settled_date, self._day(DAY))

    def test_a_liability_that_was_carried(self):
        forward = self._contract(60000, "7.15")
        conversion = self._convert(
            *("USD", "CNY"),
            amount_from=60000,
            forward_id=forward.id,
            forward_carried=-2500,
        )
        booked = self._booked(conversion.move_id)
        self.assertEqual(booked["Derivatives"][0], 2500.0)
        self.assertEqual(booked["From forwards"][0], 500.0)

    def test_bought_by_a_forward(self):
        forward = self._contract(10000, "0.14", side="buy")
        forward = self._contract(
            10000, "0.142857142857", "buy", quote_direction="unit_per_company"
        )
        conversion = self._convert("CNY", "USD", amount_to=10000, forward_id=forward.id)
        self.assertEqual(conversion.amount_from, 70000.0)
        self.assertEqual(conversion.forward_result, 2000.0)
        self.assertEqual(forward.state, "settled")

    def test_never_over_its_rest(self):
        forward = self._contract(100000, "7.25")
        self._convert("USD", "CNY", amount_from=60000, forward_id=forward.id)
        more = self._convert(
            "USD", "CNY", post=False, amount_from=40000.01, forward_id=forward.id
        )
        with self.assertRefused("more than is left of FWD.*40,000.00 USD"):
            more.action_post()
        more.amount_from = 40000
        self.assertEqual(more.amount_to, 290000.0)
        more.action_post()
        self.assertEqual((forward.state, forward.amount_rest), ("settled", 0.0))

    def test_a_cancelled_part_is_given_back(self):
        forward = self._contract(100000, "7.25")
        first, second = (
            self._convert("USD", "CNY", amount_from=part, forward_id=forward.id)
            for part in (60000, 40000)
        )
        first.action_cancel()
        self.assertEqual((forward.state, forward.amount_rest), ("active", 60000.0))
        self.assertFalse(forward.settled_date)
        second.action_cancel()
        self.assertEqual((forward.state, forward.amount_rest), ("active", 100000.0))

    def test_a_copy_settles_nothing(self):
        forward = self._contract(100000, "7.25")
        conversion = self._convert(
            *("USD", "CNY"),
            amount_from=60000,
            forward_id=forward.id,
            forward_carried=100,
        )
        copied = conversion.copy()
        self.assertEqual((copied.state, copied.bank_rate), ("draft", "7.25"))
        self.assertFalse(copied.forward_id or copied.forward_carried or copied.move_id)
        self.assertNotEqual(copied.name, conversion.name)

    def test_entered_from_a_forward_it_knows_the_banks(self):
        """One account in each of its currencies: both are filled in."""
        for forward, sold, bought in (
            (self._contract(100000, "7.25"), "USD", "CNY"),
            (self._contract(500, "8.1", side="buy", currency=self.eur), "CNY", "EUR"),
        ):
            context = forward.action_convert()["context"]
            form = Form(self.env["fx.conversion"].with_context(**context))
            self.assertEqual(form.journal_from_id, self.banks[sold])
            self.assertEqual(form.journal_to_id, self.banks[bought])
            self.assertIn(self.banks[sold], form.offered_from_ids[:])
            self.assertNotIn(self.banks["JPY"], form.offered_from_ids[:])
            self.assertNotIn(self.banks["JPY"], form.offered_to_ids[:])
            self.assertFalse(form.missing_note)
            self.assertEqual(form.save().forward_id, forward)

    def test_of_two_banks_nobody_chooses(self):
        second = self._open_account("BUS2", self.usd, self.books)
        context = self._contract(100000, "7.25").action_convert()["context"]
        form = Form(self.env["fx.conversion"].with_context(**context))
        self.assertFalse(form.journal_from_id)
        self.assertEqual(form.offered_from_ids[:], self.banks["USD"] | second)
        self.assertEqual(form.journal_to_id, self.banks["CNY"])

    def test_a_currency_without_a_bank_is_named(self):
        self.banks["EUR"].active = False
        forward = self._contract(500, "8.1", currency=self.eur)
        context = forward.action_convert()["context"]
        form = Form(self.env["fx.conversion"].with_context(**context))
        self.assertIn("Harbour Works has no bank account in EUR", form.missing_note)

    def test_without_a_forward_the_other_sides_currency_isnt_offered(self):
        form = Form(self.env["fx.conversion"])
        self.assertIn(self.banks["JPY"], form.offered_to_ids[:])
        form.journal_from_id = self.banks["JPY"]
        self.assertNotIn(self.banks["JPY"], form.offered_to_ids[:])
        self.assertIn(self.banks["USD"], form.offered_to_ids[:])

    def test_what_is_cancelled_brought_nothing(self):
        """Lists add up what is posted, grouped or not."""
        kept = self._convert("USD", "CNY", amount_from=1000, bank_rate="7.18")
        gone = self._convert("USD", "CNY", amount_from=500, bank_rate="7.1")
        forward = self._contract(100, "7.25")
        by_forward = self._convert("USD", "CNY", amount_from=100, forward_id=forward.id)
        made = kept | gone | by_forward
        self.assertEqual(made.mapped("posted_result"), [-20.0, -50.0, 0.0])
        self.assertEqual(by_forward.posted_forward_result, 5.0)
        (gone | by_forward).action_cancel()
        names = ["posted_result:sum", "posted_forward_result:sum"]
        domain = [("id", "in", made.ids)]
        sums = self.env["fx.conversion"]._read_group(domain, [], names)
        self.assertEqual(sums, [(-20.0, 0.0)])
        self.assertEqual(gone.result, -50.0)

    def test_its_entries_open_as_entries(self):
        conversion = self._convert("USD", "CNY", amount_from=1000, bank_rate="7.18")
        action = conversion.action_open_move()
        self.assertEqual(action["res_id"], conversion.move_id.id)
        conversion.action_cancel()
        action = conversion.action_open_move()
        view = self.env.ref("account.view_move_tree")
        self.assertEqual(action["views"], [(view.id, "list"), (False, "form")])
        moves = self.env["account.move"].search(action["domain"])
        self.assertEqual(moves, conversion.move_id | conversion.cancel_move_id)
        # finance needs no right of Odoo's to convert, and reads what it lacks
        with self.assertRefused("ask for that right"):
            conversion.with_user(self._clerk("unread")).action_open_move()

    def test_settled_by_hand_it_stays_so(self):
        forward = self._contract(100000, "7.25")
        forward.action_settle()
        conversion = self._convert(
            "USD", "CNY", amount_from=60000, forward_id=forward.id
        )
        conversion.action_cancel()
        self.assertEqual((forward.state, forward.amount_rest), ("settled", 100000.0))

    def test_what_isnt_left_is_no_position(self):
        """The net position and today's value count what is still to be exchanged."""
        forward = self._contract(100000, "7.25")
        whole = forward.mark_to_market
        self._convert("USD", "CNY", amount_from=60000, forward_id=forward.id)
        self.assertAlmostEqual(forward.mark_to_market, whole * 0.4, 2)
        flows = self.env["fx.net.position.source"]._gather_forwards(self.books)
        self.assertEqual([flow.amount for _company, flow in flows], [-40000.0])

    def test_contracts_about_something_else(self):
        euros = self._contract(1000, "8.1", currency=self.eur)
        bought = self._contract(1000, "7.2", side="buy")
        for forward in (euros, bought):
            with self.assertRefused("choose accounts in these currencies"):
                self._convert("USD", "CNY", amount_from=1000, forward_id=forward.id)
        forward = self._contract(1000, "7.25", trade_date=DAY)
        early = self._convert(
            *("USD", "CNY"),
            post=False,
            date="2026-11-19",
            amount_from=1000,
            forward_id=forward.id,
        )
        self._price(self.usd, 7.19, "2026-11-19")
        with self.assertRefused("Nothing can be exchanged by"):
            early.action_post()
        forward._cancel("Closed out")
        early.date = DAY
        with self.assertRefused("Nothing can be exchanged by"):
            early.action_post()

    def test_a_contract_that_changes_before_it_is_agreed(self):
        """What was taken of a draft isn't booked once the contract says otherwise."""
        forward = self._contract(60000, "7.25", activate=False)
        conversion = self._convert(
            "USD", "CNY", False, amount_from=60000, forward_id=forward.id
        )
        self.assertIn("Nothing can be exchanged by", conversion.obstacle)
        self.assertFalse(conversion.preview)
        forward.quoted_rate = "7.30"
        forward.action_activate()
        self.assertIn("agreed at 1 USD = 7.30", conversion.obstacle)
        with self.assertRefused("choose the contract again"):
            conversion.action_post()
        with self.assertRefused("choose the contract again"):
            conversion.action_ask_post()
        self.assertEqual(conversion.state, "draft")
        with Form(conversion) as form:
            form.forward_id = self.env["fx.forward"]
            form.forward_id = forward
        self.assertEqual(conversion.amount_to, 438000.0)
        self.assertFalse(conversion.obstacle)
        conversion.action_post()
        self.assertEqual(conversion.forward_result, 6000.0)

    def test_a_contract_that_is_quoted_anew(self):
        forward = self._contract(1000, "7.25", activate=False)
        conversion = self._convert(
            "USD", "CNY", False, amount_from=1000, forward_id=forward.id
        )
        forward.write({"quote_direction": "unit_per_company", "quoted_rate": "0.14"})
        forward.action_activate()
        with self.assertRefused("choose the contract again"):
            conversion.action_post()
        # whatever of it is written takes the contract's rate, too
        conversion.charges = 5
        self.assertEqual(conversion.bank_rate, "0.14")
        conversion.action_post()

    def test_what_stands_in_the_way_is_said_before(self):
        forward = self._contract(40000, "7.25")
        draft = self._convert(
            "USD", "CNY", False, amount_from=60000, forward_id=forward.id
        )
        self.assertIn("more than is left of", draft.obstacle)
        self.assertFalse(draft.preview)
        draft.amount_from = 40000
        self.assertFalse(draft.obstacle)
        self.assertIn("290,000.00 CNY", draft.preview)
        self.books.fiscalyear_lock_date = DAY
        draft.invalidate_recordset()
        self.assertIn("closed to", draft.obstacle)
        form = Form(self.env["fx.conversion"])
        form.date = "2026-11-21"
        form.journal_from_id = self.banks["USD"]
        form.journal_to_id = self.banks["CNY"]
        form.amount_from = 60000
        form.bank_rate = "7.18"
        self.assertIn("still to come", form.obstacle)
        form.date = DAY
        self.assertIn("closed to", form.obstacle)

    # === THREE FIGURES === #

    def test_two_figures_give_the_third(self):
        made = self._convert("USD", "CNY", False, amount_from=60000, amount_to=430800)
        self.assertEqual(made.bank_rate, "7.18")
        made.amount_from = 70000
        self.assertEqual((made.amount_to, made.bank_rate), (430800.0, "6.1542857"))
        made = self._convert("USD", "CNY", False, amount_to=430800, bank_rate="7.1800")
        self.assertEqual((made.amount_from, made.bank_rate), (60000.0, "7.1800"))
        made.bank_rate = "７．２"
        self.assertEqual((made.amount_from, made.bank_rate), (59833.33, "7.2"))

    def test_contradictory_figures(self):
        with self.assertRefused("60,000.00 USD at 1 USD = 7.1800 CNY are 430,800.00"):
            self._convert(
                "USD", "CNY", amount_from=60000, amount_to=430750, bank_rate="7.18"
            )
        made = self._convert("USD", "CNY", False, amount_from=60000, bank_rate="7.18")
        with self.assertRefused("correct one of the three"):
            made.amount_to = 430750
        made.write({"amount_to": 430750, "bank_rate": False})
        self.assertEqual(made.bank_rate, "7.1791667")

    def test_figures_that_are_none(self):
        for values in (
            {"amount_from": 60000},
            {"bank_rate": "7.18"},
            {},
            {"amount_from": -60000, "bank_rate": "7.18"},
        ):
            with self.assertRefused("two of the three"):
                self._convert("USD", "CNY", **values)
        for text in ("7,18", "0", "-7", "seven"):
            with self.assertRefused("isn't a valid rate"):
                self._convert("USD", "CNY", amount_from=60000, bank_rate=text)
        with self.assertRefused("leave nothing"):
            self._convert("USD", "CNY", amount_from=1, bank_rate="7", charges=7)
        with self.assertRefused("enter a number from 0"):
            self._convert("USD", "CNY", amount_from=1, bank_rate="7", charges=-1)

    def test_what_is_not_offered(self):
        """Nothing is computed of a choice that isn't there, or of no day at all."""
        deal = {"amount_from": 60000, "bank_rate": "7.18"}
        for name in ("figure_derived", "quote_direction"):
            with self.assertRefused("“xx” can't be chosen"):
                self._convert("USD", "CNY", **deal, **{name: "xx"})
            with self.assertRefused("“xx” can't be chosen"):
                self.env["fx.conversion"].onchange({name: "xx"}, [name], {name: {}})
        made = self._convert("USD", "CNY", False, **deal)
        with self.assertRefused("can't be chosen"):
            made.write({"figure_derived": "xx", "amount_from": 5})
        for day in ("0001-01-01", "1969-12-31", "9999-12-31"):
            with self.assertRefused("enter a day from"):
                self._convert("USD", "CNY", **deal, date=day)
            with self.assertRefused("enter a day from"):
                self._contract(1000, "7.25", trade_date=day)

    def test_the_form_follows(self):
        form = Form(self.env["fx.conversion"])
        form.date = DAY
        form.journal_from_id = self.banks["USD"]
        form.journal_to_id = self.banks["CNY"]
        form.amount_from = 60000
        form.bank_rate = "7.18"
        self.assertEqual(form.amount_to, 430800.0)
        form.amount_from = 50000
        self.assertEqual(form.amount_to, 359000.0)
        form.amount_to = 358900
        self.assertIn("correct one of the three", form.figures_note)
        form.bank_rate = False
        self.assertEqual(form.bank_rate, "7.178")
        self.assertFalse(form.figures_note)
        form.charges = 30
        self.assertIn("358,870.00 CNY", form.preview)
        conversion = form.save()
        self.assertEqual(conversion.amount_received, 358870.0)

    def test_the_form_takes_what_is_left_of_a_forward(self):
        forward = self._contract(80000, "7.25")
        form = Form(
            self.env["fx.conversion"].with_context(
                **forward.action_convert()["context"]
            )
        )
        form.date = DAY
        form.journal_from_id = self.banks["USD"]
        form.journal_to_id = self.banks["CNY"]
        self.assertEqual((form.amount_from, form.bank_rate), (80000.0, "7.25"))
        self.assertEqual(form.amount_to, 580000.0)
        form.amount_from = 30000
        self.assertEqual(form.amount_to, 217500.0)
        form.save().action_post()
        self.assertEqual(forward.amount_rest, 50000.0)

    # === WHAT STOPS IT === #

    def test_without_a_fresh_rate(self):
        self.books.rate_max_age = 3
        with self.assertRefused("EUR"):
            self._convert(
                "EUR", "CNY", date="2026-11-19", amount_from=100, bank_rate="8"
            )
        with freeze_time("2026-11-30 04:00:00"):
            with self.assertRefused("newest rate of USD"):
                self._convert(
                    *("USD", "CNY"),
                    date="2026-11-30",
                    amount_from=100,
                    bank_rate="7.2",
                )

    def test_a_day_to_come_or_closed(self):
        with self.assertRefused("still to come"):
            self._convert(
                "USD", "CNY", date="2026-11-21", amount_from=100, bank_rate="7.2"
            )
        self.books.fiscalyear_lock_date = DAY
        draft = self._convert("USD", "CNY", False, amount_from=100, bank_rate="7.2")
        with self.assertRefused("closed to"):
            draft.action_post()
        self.assertEqual(draft.state, "draft")
        self.assertFalse(draft.move_id)

    def test_accounts_that_nobody_chose(self):
        self.books.conversion_charges_account_id = False
        with self.assertRefused("needs the account Bank Charges"):
            self._convert("USD", "CNY", amount_from=100, bank_rate="7.2", charges=1)
        self._convert("USD", "CNY", amount_from=100, bank_rate="7.2")
        self.books.forward_result_account_id = False
        forward = self._contract(100, "7.25")
        with self.assertRefused("needs the account Result of Forwards"):
            self._convert("USD", "CNY", amount_from=100, forward_id=forward.id)
        self.assertEqual(forward.amount_rest, 100.0)

    def test_chinese_books_have_an_account_for_forwards(self):
        account = self.env["account.account"].create(
            {"name": "投资收益", "code": "511100", "account_type": "income_other"}
        )
        self.books.forward_result_account_id = False
        with self.assertRefused("needs the account"):
            self.books._get_conversion_account("forward_result_account_id")
        # as the chart of accounts names it
        self.env["ir.model.data"].create(
            {
                "module": "account",
                "name": f"{self.books.id}_l10n_cn_account_5111",
                "model": "account.account",
                "res_id": account.id,
            }
        )
        found = self.books._get_conversion_account("forward_result_account_id")
        self.assertEqual(found, account)

    def test_one_currency_or_no_bank(self):
        other = self._open_account("BUSD2", self.usd, self.books)
        with self.assertRefused("both in USD"):
            self._convert(
                "USD", "CNY", journal_to_id=other.id, amount_from=1, amount_to=1
            )
        with self.assertRefused("can't be chosen"):
            self._convert(
                "USD", "CNY", journal_to_id=self.general.id, amount_from=1, amount_to=7
            )

    def test_an_archived_currency(self):
        draft = self._convert("KWD", "CNY", False, amount_from=100, bank_rate="23.4")
        self.kwd.active = False
        with self.assertRefused("KWD is archived"):
            draft.action_post()

    def test_a_rate_far_from_the_market_is_asked_about(self):
        near = self._convert("USD", "CNY", False, amount_from=1, bank_rate="7.1")
        self.assertIs(near.action_ask_post(), True)
        far = self._convert("USD", "CNY", False, amount_from=1, bank_rate="71")
        question = far.action_ask_post()
        self.assertIn("1 USD = 71.000 CNY", question["params"]["question"])
        self.assertEqual(far.state, "draft")

    def test_a_list_asks_for_rates_once(self):
        def read(*prices):
            drafts = self.env["fx.conversion"].concat(
                *(
                    self._convert("USD", "CNY", False, amount_from=1, bank_rate=price)
                    for price in prices
                )
            )
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            drafts.mapped("spot_display")
            return self.cr.sql_log_count - before

        read("7.1")
        self.assertEqual(read("7.1", "7.2"), read(*["7.3"] * 20))
