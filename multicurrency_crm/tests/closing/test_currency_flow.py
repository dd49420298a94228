from datetime import date, timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from ..hedging.conversion_common import ConversionSetUp
from .flow_common import BEFORE, WEEK, FlowCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-11-04")  # a Wednesday
class TestFigures(ConversionSetUp, FlowCommon):
    def test_a_week_of_everything(self):
        self._fill_week()
        flow = self._make()
        self.assertEqual(
            self._read(flow),
            {
                ("receivable", "USD"): {
                    "opening": 10000,
                    "invoiced": 5000,
                    "credited": -500,
                    "received": -4000,
                    "closing": 10500,
                },
                ("payable", "EUR"): {
                    "invoiced": 1000,
                    "paid_out": -600,
                    "closing": 400,
                },
                ("cash", "USD"): {
                    "received": 4000,
                    "exchanged": -3000,
                    "closing": 1000,
                },
                ("cash", "CNY"): {"exchanged": 21540, "closing": 21540},
                ("cash", "EUR"): {"paid_out": -600, "closing": -600},
            },
        )
        self.assertEqual(flow.period, "weekly")
        self.assertTrue(flow.is_tied, flow.difference_note)

    def test_booked_at_spot_and_at_budget(self):
        self._fill_week()
        flow = self._make()
        self.assertEqual(
            self._read(flow, "booked", "spot", "budget"),
            {
                # 6,000 and 5,000 at 7.10, less 500 at 7.20
                ("receivable", "USD"): {
                    "booked": 74500,
                    "spot": 75600,
                    "budget": 73500,
                },
                ("payable", "EUR"): {"booked": 3200, "spot": 3200},
                # 4,000 at 7.20, less 21,600
                ("cash", "USD"): {"booked": 7200, "spot": 7200, "budget": 7000},
                ("cash", "CNY"): dict.fromkeys(("booked", "spot", "budget"), 21540),
                ("cash", "EUR"): {"booked": -4800, "spot": -4800},
            },
        )
        self.assertEqual(flow.cash_spot, 7200 + 21540 - 4800)
        self.assertEqual(flow.net_spot, 7200 + 21540 - 4800 + 75600 - 3200)
        dollars = flow.line_ids.filtered(
            lambda line: line.kind == "receivable" and line.currency_id == self.usd
        )
        self.assertIn("1 USD = 7.2", dollars._format_rate_of("spot"))
        self.assertIn("1 USD = 7", dollars._format_rate_of("budget"))

    def test_a_budget_of_another_year_is_none(self):
        self.env["fx.rate.named"].search([("kind", "=", "budget")]).unlink()
        self.env["fx.rate.named"].create(
            {
                "company_id": self.books.id,
                "currency_id": self.usd.id,
                "kind": "budget",
                "date": "2025-01-01",
                "rate": 0.2,
            }
        )
        self._fill_week()
        line = self._make().line_ids.filtered(lambda line: line.currency_id == self.usd)
        self.assertEqual(line.mapped("has_budget"), [False, False])

    def test_without_a_rate_there_is_no_value_and_no_total(self):
        self.env["res.currency.rate"].search(
            [("currency_id", "=", self.kwd.id)]
        ).unlink()
        self._entry(12.345, 290.11, self.kwd, "2026-10-27")
        self._entry(700, 35, self.jpy, "2026-10-27")
        flow = self._make()
        [dinar] = flow.line_ids.filtered(lambda line: line.currency_id == self.kwd)
        self.assertEqual((dinar.closing, dinar.booked), (12.345, 290.11))
        self.assertFalse(dinar.has_spot)
        self.assertFalse(flow.has_rates)
        self.assertEqual(dinar._format_rate_of("spot"), "no rate known")
        rows = flow.value_table["groups"][0]["rows"]
        shown = {row["label"]: [cell["text"] for cell in row["cells"]] for row in rows}
        self.assertEqual(shown["KWD"][:3], ["290.11", "–", "–"])
        self.assertIn("a rate is missing", flow.value_table["note"])
        self.env.flush_all()
        self.assertEqual(
            self.env.execute_query(
                SQL("SELECT spot FROM currency_flow_line WHERE id = %s", dinar.id)
            ),
            [(None,)],
        )
        group = self.env["currency.flow.line"]._read_group(
            [("flow_id", "=", flow.id)], [], ["spot:sum", "closing:sum"]
        )
        self.assertEqual(group, [(False, False)])

    def test_what_isnt_posted_or_comes_later_doesnt_count(self):
        self._invoice(100, self.usd, "2026-10-27")
        self._invoice(70, self.usd, "2026-11-02")
        draft = self._invoice(30, self.usd, "2026-10-27")
        draft.button_draft()
        self.assertEqual(
            self._read(self._make()),
            {("receivable", "USD"): {"invoiced": 100, "closing": 100}},
        )

    def test_a_match_of_two_currencies_moves_both(self):
        """PAYING: USD 1,100 that are paid with EUR."""
        invoice = self._invoice(1100, self.usd, "2026-10-20")
        self._match(invoice, self._pay(800, self.eur, "2026-10-28"))
        flow = self._make()
        found = self._read(flow)
        dollars, euro = found["receivable", "USD"], found["receivable", "EUR"]
        self.assertEqual(euro, {"received": -800, "exchanged": 800})
        self.assertAlmostEqual(
            dollars["opening"] + dollars["exchanged"], dollars["closing"]
        )
        moved = flow.account_ids.filtered("moved")
        self.assertEqual(set(moved.mapped("currency_id.name")), {"USD", "EUR"})
        self.assertAlmostEqual(sum(moved.mapped("moved")), 0)
        self.assertTrue(flow.is_tied, flow.difference_note)

    def test_a_write_off_isnt_received(self):
        """9,975 came in for 10,000: the bank kept 25."""
        invoice = self._invoice(10000, self.usd, "2026-10-20")
        wizard = (
            self.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create(
                {
                    "payment_date": "2026-10-28",
                    "journal_id": self.bank.id,
                    "amount": 9975,
                    "payment_difference_handling": "reconcile",
                    "writeoff_account_id": self.expense.id,
                }
            )
        )
        wizard.action_create_payments()
        self.assertEqual(
            self._read(self._make())["receivable", "USD"],
            {"opening": 10000, "received": -9975, "other": -25},
        )

    def test_money_changed_by_entries_that_name_themselves(self):
        """Where one side alone is money, what wrote the entry says so."""
        move = self._write(
            "2026-10-30",
            (self.transit, self.usd, -3000, -21600),
            (self.expense, self.cny, 21600, 21600),
        )
        self.assertEqual(
            self._read(self._make())["cash", "USD"]["other"], -3000, "by hand"
        )
        named = SQL("SELECT %s::int", move.id)
        Move = self.registry["account.move"]
        with patch.object(Move, "_get_exchange_entries_query", lambda _moves: named):
            self.assertEqual(
                self._read(self._make())["cash", "USD"]["exchanged"], -3000
            )

    def test_a_conversion_changes_money(self):
        """USD 60,000 sold at 7.18, 50 charged: CNY 430,750 come."""
        self._choose_accounts(self.books)
        dollars = self._open_account("BUSD", self.usd, self.books)
        conversion = self.env["fx.conversion"].create(
            {
                "date": "2026-10-29",
                "journal_from_id": dollars.id,
                "journal_to_id": self.bank.id,
                "amount_from": 60000,
                "amount_to": 430800,
                "charges": 50,
            }
        )
        conversion.action_post()
        flow = self._make()
        found = self._read(flow)
        self.assertEqual(found["cash", "USD"], {"exchanged": -60000, "closing": -60000})
        self.assertEqual(found["cash", "CNY"], {"exchanged": 430750, "closing": 430750})
        self.assertTrue(flow.is_tied, flow.difference_note)

    def test_a_branch_counts_with_its_main_company_a_sister_by_itself(self):
        branch = self._create_company("Quay North", self.cny, parent_id=self.books.id)
        sister = self._create_company("Quay South", self.cny)
        self._load_chart(sister)
        contact = self.env["res.partner"].create(
            {"name": "Desk", "parent_id": self.buyer.id}
        )
        self._invoice(100, self.usd, "2026-10-27", partner_id=contact.id)
        self.env.user.company_ids |= branch | sister
        here = self.buyer.with_company(branch)
        here.property_account_receivable_id = self.receivable
        for company in (branch, sister):
            self._in(company)["account.move"].create(
                {
                    "move_type": "out_invoice",
                    "partner_id": self.buyer.id,
                    "company_id": company.id,
                    "currency_id": self.usd.id,
                    "invoice_date": "2026-10-27",
                    "date": "2026-10-27",
                    "invoice_date_due": "2026-10-27",
                    "invoice_payment_term_id": False,
                    "invoice_line_ids": [
                        Command.create(
                            {"name": "Goods", "price_unit": 40, "tax_ids": []}
                        )
                    ],
                }
            ).action_post()
        flow = self._make(company=branch)
        self.assertEqual(flow.company_id, self.books)
        self.assertEqual(self._read(flow)["receivable", "USD"]["closing"], 140)
        other = self._make(company=sister)
        self.assertEqual(self._read(other)["receivable", "USD"]["closing"], 40)

    def test_an_archived_currency_is_told(self):
        self._invoice(100, self.eur, "2026-10-27")
        self.env.flush_all()
        self.cr.execute(
            "UPDATE res_currency SET active = FALSE WHERE id = %s", [self.eur.id]
        )
        self.env.invalidate_all()
        flow = self._make()
        self.assertEqual(self._read(flow)["receivable", "EUR"]["closing"], 100)
        self.assertTrue(flow.flow_table["groups"])

    def test_a_revaluation_is_a_named_difference(self):
        self._write(
            "2026-10-27",
            (self.till, self.usd, 1000, 7100),
            (self.income, self.usd, -1000, -7100),
        )
        self._invoice(100, self.usd, "2026-10-27")
        self._price(self.usd, "2026-11-01", 7.30)
        self._revalue("2026-11-01")
        flow = self._make()
        [row] = flow.account_ids.filtered(lambda row: row.account_id == self.till)
        self.assertEqual(
            (row.amount, row.booked, row.valuation, row.ledger),
            (1000, 7100, 200, 7300),
        )
        self.assertIn("Revaluation 200.00", row.reason)
        self.assertTrue(flow.is_tied, flow.difference_note)
        self.assertEqual(self._read(flow, "booked")["cash", "USD"]["booked"], 7100)
        # a receivable's adjustment stands on an account of its own
        [row] = flow.account_ids.filtered(lambda row: row.account_id == self.receivable)
        self.assertEqual((row.booked, row.ledger, row.reason), (710, 710, False))

    def test_it_says_what_statements_say(self):
        self._fill_week()
        self._invoice(900, self.eur, "2026-10-20")
        buyers = self.buyer | self._customer("Chandler")
        self._invoice(310, self.usd, "2026-10-27", partner_id=buyers[1].id)
        statements = self.env["customer.statement"]._make(buyers, *WEEK)
        found = self._read(self._make())
        for currency in (self.usd, self.eur):
            rows = statements.currency_line_ids.filtered(
                lambda row, currency=currency: row.currency_id == currency
            )
            line = found["receivable", currency.name]
            self.assertEqual(line["closing"], sum(rows.mapped("closing")))
            self.assertEqual(-line.get("received", 0), sum(rows.mapped("paid")))
            self.assertEqual(line.get("invoiced", 0), sum(rows.mapped("invoiced")))

    def test_queries_dont_grow(self):
        self._fill_week()

        def count(work):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            work()
            self.env.flush_all()
            return self.cr.sql_log_count - before

        self._make()
        self._invoice(99, self.usd, "2026-10-27")
        few = count(self._make)
        for number in range(25):
            self._invoice(100 + number, self.usd, "2026-10-27")
        self.assertEqual(count(self._make), few)


@tagged("post_install", "-at_install")
@freeze_time("2026-11-04")
class TestStanding(FlowCommon):
    """What somebody stands by stays."""

    def test_verified_in_one_click(self):
        clerk = self._clerk("closing")
        self._fill_week()
        flow = self._make(user=clerk)
        flow.action_verify()
        self.assertEqual((flow.state, flow.verified_by), ("verified", clerk))
        self.assertTrue(flow.verified_on)
        with self.assertRaisesRegex(UserError, "is no draft"):
            flow.action_verify()
        with self.assertRaisesRegex(UserError, "stays as evidence"):
            flow.unlink()
        with self.assertRaises(AccessError):
            flow.line_ids[:1].write({"closing": 1})

    def test_a_late_entry_changes_nothing_and_is_told(self):
        self._fill_week()
        before = self._make(BEFORE)
        before.action_verify()
        said = self._read(before)
        self._invoice(55, self.usd, "2026-10-22")
        self.assertEqual(self._read(before), said)
        before.action_compare()
        self.assertTrue(before.is_changed)
        self.assertEqual(self._read(before), said)
        self.assertIn(
            "Receivables, USD, Invoiced: 10,055.00 USD, was 10,000.00 USD",
            before.later_note.replace("\N{NO-BREAK SPACE}", " "),
        )
        # and the week after says that it begins otherwise
        flow = self._make()
        self.assertFalse(flow.is_tied)
        self.assertIn("the table before ended with", flow.difference_note)
        self.assertEqual(flow.former_id, before)
        with self.assertRaisesRegex(UserError, "doesn't tie out"):
            (flow | self._make((WEEK[1], WEEK[1]))).action_verify()
        self.assertEqual(flow.action_ask_verify()["params"]["method"], "action_verify")
        flow.action_verify()
        self.assertEqual(flow.state, "verified")

    def test_made_again_a_verified_one_is_superseded(self):
        self._fill_week()
        flow = self._make()
        flow.action_verify()
        self.assertEqual(self._make(), flow, "nothing changed")
        self._invoice(55, self.usd, "2026-10-27")
        newer = self._make()
        self.assertEqual((flow.state, newer.state), ("superseded", "draft"))
        self.assertEqual(newer.supersedes_id, flow)
        self.assertIn("Invoiced", newer.change_note)
        with self.assertRaisesRegex(UserError, "without a successor"):
            newer.unlink()

    def test_a_draft_is_made_again_in_its_place(self):
        flow = self._make()
        self._invoice(55, self.usd, "2026-10-27")
        with self.assertRaisesRegex(UserError, "make it again"):
            flow.action_verify()
        self.assertEqual(self._make(), flow)
        self.assertEqual(self._read(flow)["receivable", "USD"]["closing"], 55)
        flow.action_verify()

    def test_closed_days_stay(self):
        self._fill_week()
        flow = self._make()
        self.books.fiscalyear_lock_date = WEEK[1]
        self.env.invalidate_all()
        self.assertTrue(flow.is_locked)
        with self.assertRaisesRegex(UserError, "closed up to"):
            flow.action_make_again()
        # what is matched since shows beside it, and it can be verified as it is
        lines = self.env["account.move.line"].search(
            [("matching_number", "!=", False), ("company_id", "=", self.books.id)]
        )
        lines.remove_move_reconcile()
        said = self._read(flow)
        flow.action_compare()
        flow.action_verify()
        self.assertEqual(self._read(flow), said)
        # of closed days that have no table, one can be made still
        self.assertTrue(self._make((date(2026, 9, 1), date(2026, 9, 30))).is_locked)

    def test_another_one_verifies(self):
        self.books.flow_four_eyes = True
        maker, other = self._clerk("maker"), self._clerk("other")
        flow = self._make(user=maker)
        self.assertFalse(flow.may_verify)
        with self.assertRaisesRegex(AccessError, "another one verifies"):
            flow.action_verify()
        flow.with_user(other).action_verify()
        self.assertEqual(flow.verified_by, other)

    def test_finance_alone(self):
        seller = self._create_salesperson("flow_seller")
        self._work_alone(seller, self.books)
        with self.assertRaises(AccessError):
            self._make(user=seller)
        flow = self._make()
        with self.assertRaises(AccessError):
            flow.with_user(seller).action_verify()
        with self.assertRaises(AccessError):
            flow.with_user(seller).read(["net_spot"])

    def test_days_that_cant_be_told(self):
        for days, message in (
            ((WEEK[1], WEEK[0]), "before its first day"),
            ((date(1800, 1, 1), WEEK[1]), "at the earliest"),
            ((WEEK[0], date(2026, 11, 5)), "ends today at the latest"),
        ):
            with self.assertRaisesRegex(UserError, message):
                self._make(days)
        self.assertEqual(
            self._make((date(2026, 10, 1), date(2026, 10, 31))).period, "monthly"
        )

    def test_the_dialog_proposes_the_last_week(self):
        clerk = self._clerk("dialog")
        form = Form(self.env(user=clerk)["currency.flow.make"])
        self.assertEqual((form.date_from, form.date_to), WEEK)
        form.period = "dates"
        form.date_to = "2027-01-01"
        self.assertIn("ends today", form.problem)
        form.date_to = WEEK[1] - timedelta(days=1)
        action = form.save().action_make()
        flow = self.env["currency.flow"].browse(action["res_id"])
        self.assertEqual((flow.period, flow.made_by), ("dates", clerk))

    def test_books_that_have_tables_keep_their_currency(self):
        self._make()
        with self.assertRaisesRegex(UserError, "Flow"):
            self.books.currency_id = self.usd


@tagged("post_install", "-at_install")
@freeze_time("2026-11-04")
class TestBehindFigures(FlowCommon):
    """Each figure opens the journal items that add up to it."""

    def test_each_figure(self):
        self._fill_week()
        self._match(
            self._invoice(1100, self.usd, "2026-10-20"),
            self._pay(800, self.eur, "2026-10-28"),
        )
        flow = self._make(user=self._accountant("reader"))
        tried = 0
        for line in flow.line_ids:
            sign = -1 if line.kind == "payable" else 1
            for name in ("opening", "invoiced", "credited", "received", "closing"):
                if not line[name] or line.currency_id == self.eur:
                    continue
                action = line.action_open_figure(name)
                items = flow.env[action["res_model"]].search(action["domain"])
                self.assertEqual(items.currency_id, line.currency_id)
                column = "amount_currency"
                if name in ("opening", "closing") and line.kind != "cash":
                    continue  # they may be partly paid
                self.assertAlmostEqual(sign * sum(items.mapped(column)), line[name])
                tried += 1
        self.assertGreater(tried, 4)

    def test_what_is_open_and_what_was_changed(self):
        self._fill_week()
        flow = self._make(user=self._accountant("reader"))
        found = {(line.kind, line.currency_id): line for line in flow.line_ids}
        items = self._open(found["receivable", self.usd], "closing")
        self.assertEqual(sum(items.mapped("amount_residual_currency")), 10500)
        items = self._open(found["cash", self.usd], "exchanged")
        self.assertEqual(items.mapped("amount_currency"), [-3000])
        items = self._open(found["payable", self.eur], "paid_out")
        self.assertEqual(items.mapped("amount_currency"), [600])
        row = flow.account_ids.filtered(lambda row: row.account_id == self.receivable)
        [row] = row
        items = self._open(row, "ledger")
        self.assertAlmostEqual(sum(items.mapped("balance")), row.ledger)

    def _open(self, row, figure):
        action = row.action_open_figure(figure)
        return row.env["account.move.line"].search(action["domain"])

    def test_of_very_many_all_that_was_booked(self):
        self._fill_week()
        flow = self._make()
        [line] = flow.line_ids.filtered(lambda line: line.kind == "receivable")
        module = "odoo.addons.multicurrency_crm.models.closing.currency_flow_line"
        with patch(f"{module}.MOST_LINES", 1):
            items = self._open(line, "closing")
        self.assertEqual(sum(items.mapped("amount_currency")), 10500)

    def test_heads_stand_over_their_figures(self):
        self._fill_week()
        flow = self._make()
        row = flow.account_ids.filtered(lambda one: one.account_id == self.receivable)
        row._write_guarded({"booked": 1.0, "ledger": 3.0, "difference": 2.0})
        flow.invalidate_recordset(["ledger_table"])
        table = flow.ledger_table
        [group] = [one for one in table["groups"] if "Receivable" in one["label"]]
        texts = [cell["text"] for cell in group["rows"][0]["cells"]]
        read = dict(zip(table["heads"], texts, strict=True))
        for name in ("booked", "ledger", "difference"):
            label = row._fields[name]._description_string(self.env)
            self.assertEqual(read[label], f"{row[name]:.2f}", label)

    def test_who_reads_no_accounting_is_told(self):
        self._fill_week()
        flow = self._make(user=self._clerk("without"))
        self.assertTrue(flow.flow_table["groups"])
        groups = [group["label"] for group in flow.ledger_table["groups"]]
        owed = [self.receivable.name, self.payable.name]
        self.assertEqual(groups[-2:], owed, "money first, then who owes, then whom")
        with self.assertRaisesRegex(UserError, "Odoo's accounting"):
            flow.line_ids[0].action_open_figure("closing")
        with self.assertRaisesRegex(UserError, "nothing behind"):
            flow.line_ids[0].action_open_figure("booked")
