"""The demonstration company, loaded as a visitor gets it."""

from datetime import date, timedelta

from odoo import SUPERUSER_ID
from odoo.modules.module import Manifest
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

from ...providers import registry

MODULE = "multicurrency_crm"
FOREIGN = set("USD EUR GBP JPY HKD AUD CAD CHF SGD KRW MXN".split())


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(user=SUPERUSER_ID)
        cls.defaults_before = cls._get_default_companies()
        cls._load_files("init")
        cls.company = cls.env.ref(f"{MODULE}.demo_company")
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls.today = cls.company._get_today()
        cls.orders = cls._find("sale.order")
        cls.invoices = cls._find("account.move", [("move_type", "=", "out_invoice")])
        cls.locks = cls._find("fx.rate.lock")

    @classmethod
    def _load_files(cls, mode):
        """Load the manifest's demonstration files as Odoo does."""
        if mode == "init" and cls.env.ref(f"{MODULE}.demo_company", False):
            return
        idref = {}
        for filename in Manifest.for_addon(MODULE)["demo"]:
            convert_file(cls.env, MODULE, filename, idref, mode, noupdate=True)

    @classmethod
    def _get_default_companies(cls):
        users = cls.env["res.users"].browse(
            [cls.env.ref("base.user_admin").id, cls.env.ref("base.user_root").id]
        )
        return {user: user.company_id for user in users}

    @classmethod
    def _find(cls, model, domain=()):
        return cls.env[model].search([("company_id", "=", cls.company.id), *domain])

    def _get_day(self, moment):
        return moment.date() if hasattr(moment, "date") else moment

    # === COMPANY AND RATES === #

    def test_books_in_cny(self):
        self.assertEqual(self.company.currency_id.name, "CNY")
        self.assertEqual(self.company.account_fiscal_country_id.code, "CN")
        self.assertEqual(self.company.account_sale_tax_id.amount, 13)
        self.assertTrue(self.company.currency_from_country)
        self.assertEqual(self.company.lock_booking, "locked")
        banks = self._find("account.journal", [("type", "=", "bank")])
        self.assertLessEqual({"USD", "EUR"}, set(banks.currency_id.mapped("name")))

    def test_nobody_is_moved_into_it(self):
        """Admin may choose the company, and stays in the one of before."""
        self.assertEqual(self._get_default_companies(), self.defaults_before)
        self.assertIn(self.company, self.env.ref("base.user_admin").company_ids)

    def test_eleven_currencies_with_fresh_rates(self):
        currencies = self.env["res.currency"].search([("name", "in", list(FOREIGN))])
        self.assertEqual(len(currencies), 11)
        spots = currencies._find_spot(self.company, self.today)
        self.assertEqual(spots.keys(), set(currencies.ids))
        for currency in currencies:
            self.assertGreater(spots[currency.id].date, self.today - timedelta(7))
            self.assertIn("ECB", spots[currency.id].source)
        oldest = min(self.orders.mapped("create_date")).date()
        self.assertEqual(len(currencies._find_spot(self.company, oldest)), 11)

    def test_published_figures_are_kept(self):
        """What the ECB published on a day is what stands on the day it is moved to."""
        usd = self.env.ref("base.USD")
        newest = self.env["res.currency.rate"].search(
            [("company_id", "=", self.company.id), ("currency_id", "=", usd.id)],
            order="name desc",
            limit=1,
        )
        eur, cny = (
            q.rpartition(" ")[0].split("= ")[1] for q in newest.fx_quoted.split("; ")
        )
        self.assertAlmostEqual(newest.rate, float(eur) / float(cny), 12)

    def test_rates_are_moved_by_whole_weeks(self):
        """They end on a working day's eve at the latest, and keep their weekdays."""
        demo, ecb = self.env["multicurrency.demo"], registry.get("ecb")
        for today in (date(2026, 11, 4), date(2026, 10, 30), date(2031, 2, 23)):
            quotes = ecb.parse(demo._shift_rates(today))
            days = {quote.date for quote in quotes}
            self.assertLessEqual(max(days), today)
            self.assertGreater(max(days), today - timedelta(5))
            self.assertFalse({day.weekday() for day in days} & {5, 6})
            self.assertLess(min(days), today - timedelta(365))
            self.assertEqual(
                {quote.currency for quote in quotes}, FOREIGN - {"EUR"} | {"CNY"}
            )

    # === CUSTOMERS === #

    def test_twelve_customers_in_twelve_countries(self):
        customers = self._find(
            "res.partner", [("is_company", "=", True), ("parent_id", "=", False)]
        )
        customers -= self._find("fx.forward").counterparty_id
        self.assertEqual(len(customers), 12)
        self.assertEqual(len(customers.country_id), 12)
        self.assertEqual(set(customers.preferred_currency_id.mapped("name")), FOREIGN)
        for customer in customers:
            self.assertEqual(
                customer.preferred_currency_id, customer.country_id.currency_id
            )
            self.assertEqual(len(customer.child_ids), 2)
            self.assertEqual(
                customer.child_ids.preferred_currency_id, customer.preferred_currency_id
            )

    # === DOCUMENTS === #

    def test_nothing_happened_in_the_future(self):
        for record in self.orders:
            self.assertLessEqual(self._get_day(record.date_order), self.today)
        for record in self._find("account.move"):
            self.assertLessEqual(record.date, self.today)
        for record in self._find("account.payment"):
            self.assertLessEqual(record.date, self.today)
        for record in self.locks:
            self.assertLessEqual(record.rate_date, self.today)
            if record.state != "draft":  # an agreement that isn't made yet begins later
                self.assertLessEqual(record.date_start, self.today)
                self.assertLessEqual(record.rate_date, record.date_start)

    def test_a_year_of_trade(self):
        # prospects are quoted in the books' own currency
        found = set(self.orders.currency_id.mapped("name"))
        self.assertEqual(found, {*FOREIGN, "CNY"})
        self.assertEqual(set(self.invoices.currency_id.mapped("name")), FOREIGN)
        self.assertLess(
            min(self.invoices.mapped("invoice_date")), self.today - timedelta(300)
        )
        self.assertEqual(
            set(self.orders.mapped("state")), {"draft", "sent", "sale", "cancel"}
        )
        self.assertLessEqual(
            {"paid", "partial", "not_paid"}, set(self.invoices.mapped("payment_state"))
        )
        self.assertTrue(self._find("account.move", [("move_type", "=", "out_refund")]))
        leads = self._find("crm.lead")
        self.assertGreaterEqual(len(leads.stage_id), 4)
        self.assertGreaterEqual(len(leads.revenue_currency_id), 8)
        self.assertFalse(leads.filtered("revenue_rate_warning"))

    def test_plans_in_each_state(self):
        plans = self._find("payment.plan")
        self.assertEqual(
            set(plans.mapped("state")),
            {"to_come", "due", "partly", "received", "overdue", "void"},
        )
        for order in plans.order_id:
            self.assertFalse(order.payment_plan_note, order.name)
        overdue = plans.filtered(lambda plan: plan.state == "overdue")
        self.assertEqual(len(overdue.evidence_ids), 1)

    def test_every_entry_balances(self):
        moves = self._find("account.move", [("state", "=", "posted")])
        self.assertGreater(len(moves), 60)
        for move in moves:
            balance = sum(move.line_ids.mapped("balance"))
            self.assertTrue(self.company.currency_id.is_zero(balance), move.name)

    def test_locks(self):
        states = set(self.orders.mapped("rate_lock_state"))
        self.assertEqual(states, {"none", "locked", "expired", "used"})
        ends = self.locks.filtered(lambda lock: lock.state == "active").mapped(
            "date_end"
        )
        self.assertTrue(self.today < min(ends) <= self.today + timedelta(7))
        for order in self.orders.filtered("locked_rate"):
            self.assertEqual(order.currency_rate, order.rate_lock_id.rate)
            self.assertGreaterEqual(
                order.date_order.date(), order.rate_lock_id.date_start
            )

    def test_locked_invoices_are_booked_at_the_lock(self):
        locked = self.invoices.filtered("rate_lock_id")
        self.assertGreater(len(locked), 8)
        for invoice in locked:
            self.assertTrue(invoice.booked_at_lock)
            self.assertAlmostEqual(
                invoice.invoice_currency_rate, invoice.rate_lock_id.rate, 12
            )
            self.assertGreater(invoice.market_rate_at_date, 0)
        credit_note = self.env.ref(f"{MODULE}.demo_credit_note")
        self.assertEqual(
            credit_note.invoice_currency_rate,
            credit_note.reversed_entry_id.invoice_currency_rate,
        )

    def test_agreements(self):
        agreements = self.locks.filtered(lambda lock: lock.kind == "agreement")
        self.assertEqual(set(agreements.mapped("state")), {"draft", "active", "used"})
        running = agreements.filtered(lambda lock: lock.state == "active")
        self.assertTrue(0 < running.amount_drawn < running.amount_cap)
        self.assertGreater(running.amount_reserved, 0)
        for lock in agreements:
            self.assertGreaterEqual(lock.amount_available, 0)
            self.assertLessEqual(lock.order_ids.partner_id, lock.partner_id)

    def test_what_waits_for_a_manager(self):
        approvals = self._find("fx.rate.approval")
        self.assertEqual(set(approvals.mapped("state")), {"requested"})
        self.assertEqual(len(approvals), 2)
        for approval in approvals:
            self.assertNotIn(approval.requested_by, approval.activity_ids.user_id)
            self.assertTrue(approval.activity_ids)

    def test_ending_locks_are_told(self):
        ending = self.locks.filtered(
            lambda lock: (
                lock.kind == "order"
                and lock.state == "active"
                and (lock.date_end - self.today).days <= self.company.lock_reminder_days
            )
        )
        self.assertTrue(ending)
        for lock in ending:
            self.assertTrue(lock.order_ids.activity_ids, lock.name)

    def test_forwards(self):
        forwards = self._find("fx.forward")
        self.assertEqual(set(forwards.mapped("state")), {"draft", "active", "settled"})
        self.assertGreater(len(forwards.currency_id), 3)
        covering = forwards.allocation_ids
        for kind in ("order_id", "move_id", "lock_id"):
            self.assertTrue(covering[kind], kind)
        for forward in forwards:
            self.assertLess(forward.value_date.weekday(), 5)
            self.assertLessEqual(forward.trade_date, self.today)
            self.assertGreaterEqual(forward.amount_available, 0)

    def test_dollars_are_changed_at_the_bank_and_by_a_forward(self):
        conversions = self._find("fx.conversion")
        self.assertEqual(set(conversions.mapped("state")), {"posted"})
        at_bank, by_forward = (
            self.env.ref(f"{MODULE}.demo_{name}")
            for name in ("conversion", "conversion_forward")
        )
        self.assertEqual(conversions, at_bank | by_forward)
        # what the bank keeps of each of 60,000 dollars, and half a unit of its digits
        self.assertAlmostEqual(at_bank.result, -0.018 * 60000, delta=3.01)
        forward = by_forward.forward_id
        self.assertEqual((forward.state, forward.amount_rest), ("settled", 0.0))
        self.assertEqual(forward.settled_date, forward.value_date)
        self.assertTrue(by_forward.forward_result)
        lines = conversions.journal_from_id.default_account_id
        dollars = self._find("account.move.line", [("account_id", "=", lines.id)])
        self.assertGreater(sum(dollars.mapped("amount_currency")), 0)

    def test_credit_limits(self):
        limits = self._find("credit.limit")
        self.assertEqual(set(limits.mapped("state")), {"draft", "approved"})
        self.assertGreater(len(limits.currency_id), 4)
        finance = self.env.ref(f"{MODULE}.demo_user_finance")
        self.assertEqual(limits.requested_by, finance)
        self.assertNotIn(finance, limits.decided_by)
        lines = limits._find_lines(limits.partner_id, self.company)
        self.assertEqual(lines.keys(), set(limits.partner_id.ids))
        mexican = self.env.ref(f"{MODULE}.demo_customer_mx")
        self.assertEqual(lines[mexican.id].amount, 0)

    def test_somebody_decides_on_credit(self):
        """What waits isn't the administrator's alone."""
        user = self.env.ref(f"{MODULE}.demo_user_credit")
        for model, asked in (
            ("credit.limit", "draft"),
            ("credit.manual.grade", "draft"),
            ("credit.review", "requested"),
        ):
            waiting = self._find(model).filtered(lambda row, s=asked: row.state == s)
            self.assertTrue(waiting, model)
            for record in waiting:
                self.assertIn(user, record.activity_ids.user_id)
                self.assertFalse(record.with_user(user).is_own)

    def test_three_weeks_of_statements(self):
        statements = self._find("customer.statement")
        weeks = {(s.date_from, s.date_to) for s in statements}
        self.assertEqual(len(weeks), 3)
        last = max(end for _start, end in weeks)
        self.assertLess(last, self.today)
        self.assertGreaterEqual(last, self.today - timedelta(7))
        for statement in statements:
            self.assertEqual(statement.state == "draft", statement.date_to == last)
        self.assertIn(3, [len(s.currency_line_ids) for s in statements])
        self.assertLessEqual(
            {"draft", "verified", "sent", "confirmed", "disputed", "superseded"},
            set(statements.mapped("state")),
        )
        self.assertTrue(all(s.salesperson_id for s in statements))
        self.assertTrue(all(s.partner_id.country_id for s in statements))
        sent = statements.filtered(lambda s: s.state == "sent")
        self.assertTrue(all(sent.mapped("sent_to")))
        self.assertFalse(sent.mail_id)
        newer = statements.filtered("supersedes_id")
        self.assertEqual(newer.supersedes_id.state, "superseded")
        self.assertIn("is new", newer.change_note)
        [untied] = statements.filtered(lambda s: not s.is_tied)
        self.assertIn(
            self.env.ref(f"{MODULE}.demo_invoice_fr_courier").name,
            untied.difference_note,
        )
        standing = statements.filtered(lambda s: s.state not in ("draft", "superseded"))
        self.assertFalse(standing.made_by & standing.verified_by)

    def test_last_month_is_revalued_and_reversed(self):
        run = self.env.ref(f"{MODULE}.demo_revaluation")
        self.assertEqual(run.state, "reversed")
        self.assertNotEqual(run.requested_by, run.decided_by)
        self.assertGreater(run.item_count, 10)
        self.assertEqual(run.move_id.date + timedelta(days=1), run.reversal_date)
        items = run.line_ids.filtered("item")
        books = self.company.currency_id
        for line in items:
            gained = line.closing - line.booked
            self.assertTrue(books.is_zero(line.delta - gained))
        adjusting = self.company.revaluation_asset_account_id
        posted = (run.move_id | run.reversal_move_id).line_ids.filtered(
            lambda line: line.account_id == adjusting
        )
        self.assertTrue(posted)
        self.assertTrue(books.is_zero(sum(posted.mapped("balance"))))

    def test_three_weeks_of_flow(self):
        flows = self.env["currency.flow"].search(
            [("company_id", "=", self.company.id)], order="date_to"
        )
        self.assertEqual(flows.mapped("state"), ["verified", "verified", "draft"])
        self.assertTrue(all(flows.mapped("is_tied")), flows.mapped("difference_note"))
        self.assertTrue(all(flows.mapped("has_rates")))
        self.assertFalse(flows.made_by & flows.verified_by)
        for before, after in zip(flows, flows[1:], strict=False):
            self.assertEqual(after.former_id, before)
        kinds = set(flows.line_ids.mapped("kind"))
        self.assertLessEqual({"cash", "receivable"}, kinds)
        self.assertGreater(len(flows.line_ids.currency_id), 5)

    def test_nobody_is_written_to(self):
        mails = self.env["mail.mail"].search([("model", "=", "sale.order")])
        self.assertFalse(set(mails.mapped("res_id")) & set(self.orders.ids))
        users = self._find("res.users")
        self.env.cr.execute(
            "SELECT count(*) FROM res_users WHERE id IN %s AND password IS NOT NULL",
            [tuple(users.ids)],
        )
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    # === RECEIPTS === #

    def test_receipts_wait_with_what_they_may_pay(self):
        """One that names its invoice, one less charges, one for two invoices, and one
        of which nobody knows whose it is."""
        found = {
            receipt.text.split()[0]: receipt._find_proposals()
            for receipt in self.env["bank.receipt"].search([("kind", "=", "line")])
        }
        self.assertEqual(
            found["Payment"][0].reasons, ("name", "number", "single", "exact")
        )
        self.assertIn("charges", found["SHA"][0].reasons)
        self.assertEqual(len(found["INVOICES"][0].parts), 2)
        self.assertFalse(found["PROCEEDS"])

    # === LOADING TWICE === #

    def test_update_adds_nothing(self):
        models = (
            "sale.order",
            "account.move",
            "crm.lead",
            "res.partner",
            "fx.rate.lock",
            "fx.rate.approval",
            "fx.forward",
            "fx.conversion",
            "credit.limit",
            "customer.statement",
            "fx.revaluation",
            "bank.receipt",
            "currency.flow",
            "collection.level",
            "collection.letter",
        )
        before = {model: self._find(model) for model in models}
        self._load_files("update")
        self.env["multicurrency.demo"]._load()
        self.assertEqual({model: self._find(model) for model in models}, before)

    # === RECEIPTS === #

    def test_two_receipts_to_claim_and_one_that_is_claimed(self):
        receipts = self._find("payment.claimable").filtered(
            lambda receipt: receipt.kind == "payment"
        )
        self.assertEqual(sorted(receipts.mapped("is_claimed")), [False, False, True])
        claim = self._find("payment.claim")
        self.assertEqual(claim.state, "claimed")
        self.assertEqual(claim.requested_by, claim.partner_id.user_id)
        self.assertTrue(claim.move_ids.amount_residual > claim.amount)
        decider = self.env.ref(f"{MODULE}.demo_user_finance")
        self.assertIn(decider, claim.activity_ids.user_id)
        claim.with_user(decider).action_approve()
        self.assertEqual(claim.payment_id.partner_id, claim.partner_id)
        self.assertEqual(claim.payment_id.state, "paid")
        self.assertEqual(claim.amount_matched, claim.amount)
        self.assertEqual(claim.move_ids.amount_residual, 25.0)

    # === COLLECTION === #

    def test_letters_that_left_and_letters_that_wait(self):
        sent, waiting = self._find("collection.run").sorted("date")
        self.assertEqual((sent.state, waiting.state), ("sent", "prepared"))
        self.assertEqual(waiting.date, self.today)
        self.assertEqual(set(sent.letter_ids.mapped("state")), {"sent", "skipped"})
        self.assertGreaterEqual(len(waiting.letter_ids), 3)
        self.assertIn("draft", waiting.letter_ids.mapped("state"))
        self.assertIn("blocked", waiting.letter_ids.mapped("skip_reason"))
        for letter in waiting.letter_ids:
            self.assertTrue(letter.line_ids, letter.display_name)

    # === CUSTOMERS OVER TIME === #

    def test_customers_are_in_several_stages(self):
        lives = self._find("customer.life")
        self.assertGreaterEqual(len(lives), 12)
        stages = {"lead", "quoting", "ordered", "repeat"}
        self.assertLessEqual(stages, set(lives.mapped("stage")))
        self.assertTrue(any(lives.mapped("is_lost")))
        self.assertTrue(any(lives.mapped("is_at_risk")))
        self.assertGreaterEqual(len(lives.source_id), 3)
        said = self._find("customer.follow.up")
        self.assertEqual(len(said), 10)
        self.assertGreaterEqual(len(said.user_id), 2)
        self.assertTrue(
            any(day < self.today for day in said.mapped("next_date") if day)
        )
        ordered = lives.filtered("order_count")
        self.assertTrue(ordered and all(ordered.mapped("ordered_company")))

    def test_people_are_reminded(self):
        rules = self._find("customer.reminder.rule")
        self.assertEqual(len(rules), 8)
        self.assertEqual(len(rules.filtered(lambda rule: rule.state == "on")), 3)
        reminders = self._find("customer.reminder")
        self.assertGreaterEqual(len(reminders), 3)
        self.assertTrue(reminders.line_ids.activity_id)
        self.assertGreaterEqual(len(reminders.rule_id), 2)

    def test_each_kind_of_suggestion_is_there(self):
        found = self._find("customer.suggestion")
        kinds = dict(found._fields["kind"].selection)
        self.assertEqual(set(found.mapped("kind")), set(kinds))
        self.assertTrue(all(found.mapped("reason")))
        admin = self.env.ref("base.user_admin")
        sellers = self.env["res.users"].search([("login", "like", "sales.%@yunshan-")])
        self.assertEqual(len(sellers), 3)
        for user, least in ((admin, 3), *((seller, 1) for seller in sellers)):
            today = self.env["customer.today"].search([("user_id", "=", user.id)])
            self.assertGreaterEqual(len(today), least, user.name)

    # === PROMISES === #

    def test_a_promise_kept_one_broken_and_one_open(self):
        promises = self._find("payment.promise").sorted("state")
        self.assertEqual(promises.mapped("state"), ["broken", "kept", "open"])
        self.assertEqual(len(promises.partner_id), 3)
        broken, kept, waiting = promises
        self.assertEqual(kept.move_id.amount_residual, 0)
        self.assertTrue(broken.activity_ids)
        self.assertGreater(waiting.deadline, waiting.company_id._get_today())
