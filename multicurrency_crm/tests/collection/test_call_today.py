"""Whom to call today, and why: compared with a slow reference."""

import random
from datetime import timedelta

from odoo.exceptions import AccessError
from odoo.tests import freeze_time, tagged

from ...models.collection.collection_today import REASONS
from .call_common import FINANCE, TODAY, CallCommon

DAY = timedelta(days=1)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestCallToday(CallCommon):
    def _promise(self, amount, days, currency=None):
        call = self._note(
            outcome="promise",
            amount=amount,
            currency=currency or self.usd,
            promised=TODAY + days * DAY,
            next_date=TODAY + (days + 1) * DAY,
        )
        return call.promise_id.sudo()

    def _judge(self):
        self.env["payment.promise"]._cron_judge()
        self.env.invalidate_all()

    # === WHAT A ROW SAYS === #

    def test_a_row_a_customer_and_currency(self):
        self._pay(60.0, self.usd, "2026-02-25")
        rows = self._rows()
        self.assertEqual(set(rows), {("Buyer", "USD"), ("Buyer", "GBP")})
        row = rows["Buyer", "USD"]
        self.assertEqual(row.overdue, 700.0)
        self.assertEqual(row.in_favour, 60.0)
        self.assertEqual(row.items, 2)
        self.assertEqual(row.days_late, 47)  # since 14 January
        self.assertEqual(row.value, 636.36)  # at 1 EUR = 1.1 USD
        self.assertEqual(row.reason, "new")
        self.assertEqual(row.phone, "+1 555 0100")
        self.assertEqual(row.user_id, self.seller)
        self.assertEqual(row.lang_id.code, self.buyer.lang)
        self.assertEqual(rows["Buyer", "GBP"].value, 100.0)

    def test_what_isnt_asked_for(self):
        """Due today, disputed, not followed, blocked, or money that went back."""
        self.pounds._mark_disputed(TODAY, "Broken")
        self.old.line_ids.filtered("date_maturity").no_followup = True
        self._invoice(11.0, self.jpy, "2026-02-02", due="2026-03-02")
        self._pay(5.0, self.jpy, "2026-02-02", direction="outbound")
        self.assertEqual(
            {key: row.overdue for key, row in self._rows().items()},
            {("Buyer", "USD"): 200.0},
        )
        Block = self.env["collection.block"]
        block = {"partner_id": self.buyer.id, "reason": "Fair", "date_to": TODAY}
        of_one = Block.create({**block, "move_id": self.late.id})
        self.assertFalse(self._rows())
        of_one.unlink()
        self.assertTrue(self._rows())
        of_all = Block.create(block)
        self.assertFalse(self._rows())
        with freeze_time(TODAY + DAY):
            self.assertTrue(self._rows())
        of_all.unlink()

    def test_no_rate_no_value(self):
        (kwd,) = self._activate("KWD")
        self.env["res.currency.rate"].search([("currency_id", "=", kwd.id)]).unlink()
        self._set_rate(kwd, "2026-01-01", 0.3, self.books)
        self._invoice(7.0, kwd, "2026-01-05", due="2026-02-04")
        self.env["res.currency.rate"].search([("currency_id", "=", kwd.id)]).unlink()
        rows = self._rows()
        self.assertEqual(rows["Buyer", "KWD"].overdue, 7.0)
        self.assertFalse(rows["Buyer", "KWD"].value)
        # what is worth nothing known comes behind what is
        self.assertEqual(list(rows)[-1], ("Buyer", "KWD"))

    def test_the_time_there(self):
        partner, at = self.buyer, self.env.ref
        with freeze_time("2026-03-02 12:30:00"):
            for country, zone, told, is_day in (
                ("base.cn", "Asia/Shanghai", "8:30 PM", False),
                # entered by a colleague in Shanghai: says nothing of Germany
                ("base.de", "Asia/Shanghai", "1:30 PM", True),
                ("base.us", "America/New_York", "7:30 AM", False),
                (None, "Asia/Kolkata", "6:00 PM", True),
                ("base.in", False, "6:00 PM", True),
                (None, False, False, False),
            ):
                with self.subTest(country=country, zone=zone):
                    partner.country_id = country and at(country)
                    partner.tz = zone
                    row = self._rows()["Buyer", "USD"]
                    time = row.local_time and row.local_time.replace("\u202f", " ")
                    self.assertEqual(time, told)
                    self.assertEqual(row.is_day_there, is_day)
            partner.write({"country_id": at("base.br").id, "tz": False})
            time = self._rows()["Buyer", "USD"].local_time.replace("\u202f", " ")
            self.assertEqual(time, "7:30 AM – 10:30 AM")

    def test_when_and_how_a_customer_likes_to_be_reached(self):
        self.buyer.write(
            {
                "country_id": self.env.ref("base.cn").id,
                "tz": "Asia/Shanghai",
                "preferred_channel": "wechat",
            }
        )
        with freeze_time("2026-03-02 12:30:00"):  # 20:30 there
            for hours, told, is_time in (
                ((19.0, 21.5), "7:00 PM – 9:30 PM", True),
                ((9.0, 18.0), "9:00 AM – 6:00 PM", False),
                ((20.0, 2.0), "8:00 PM – 2:00 AM", True),
                ((0.0, 0.0), "", False),
            ):
                with self.subTest(hours=hours):
                    self.buyer.contact_from, self.buyer.contact_to = hours
                    row = self._rows()["Buyer", "USD"]
                    said = (row.contact_hours or "").replace("\u202f", " ")
                    self.assertEqual(said, told)
                    self.assertEqual(row.is_day_there, is_time)
                    self.assertEqual(row.preferred_channel, "wechat")

    # === WHO IS THERE, AND WHY === #

    def test_who_is_called_again_later_isnt_there(self):
        self._note(next_date=TODAY + 3 * DAY)
        self.assertFalse(self._rows())
        with freeze_time(TODAY + 3 * DAY):
            rows = self._rows()
        self.assertEqual({row.reason for row in rows.values()}, {"due"})
        # what it says is of the last call
        row = rows["Buyer", "GBP"]
        self.assertEqual((row.last_outcome, row.last_called_on), ("again", TODAY))

    def test_a_promise_waits_until_it_is_broken(self):
        promise = self._promise(700.0, 4)
        self._note(next_date=TODAY + 30 * DAY)
        self.assertFalse(self._rows())
        with freeze_time(promise.deadline + DAY):
            self._judge()
            rows = self._rows()
            self.assertEqual(list(rows), [("Buyer", "USD")])
            row = rows["Buyer", "USD"]
            self.assertEqual(row.reason, "broken")
            self.assertEqual((row.broken, row.promise_state), (1, "broken"))
            # who calls about it plans anew
            self._note(next_date=promise.deadline + 9 * DAY)
            self.assertFalse(self._rows())

    def test_a_promise_that_is_kept(self):
        promise = self._promise(700.0, 4)
        with freeze_time(TODAY + DAY):
            payment = self._pay(700.0, self.usd, "2026-03-03")
            self._match(payment, self.old, self.late)
        with freeze_time(promise.deadline + DAY):
            self._judge()
            self.assertEqual(promise.state, "kept")
            self.assertEqual(list(self._rows()), [("Buyer", "GBP")])

    def test_a_promise_on_the_portal_needs_no_plan(self):
        Promise = self._as(self.env["payment.promise"], self.clerk)
        said = (self.buyer.with_env(Promise.env), 699.0, self.usd, TODAY + 4 * DAY)
        Promise._make(*said, company=self.books)
        self.assertIn(("Buyer", "USD"), self._rows())  # 1 isn't promised
        Promise._make(said[0], 700.0, *said[2:], company=self.books)
        self.assertEqual(list(self._rows()), [("Buyer", "GBP")])

    def _write_letter(self, day):
        level = self.env["collection.level"].create(
            {"name": "First", "days": 7, "company_id": self.books.id}
        )
        vals = {
            "company_id": self.books.id,
            "partner_id": self.buyer.id,
            "currency_id": self.usd.id,
            "level_id": level.id,
            "channel": "email",
            "date": day,
            "state": "sent",
        }
        return self.env["collection.letter"]._create_guarded([vals])

    def test_a_letter_without_an_answer(self):
        self._write_letter(TODAY - 5 * DAY)
        rows = self._rows()
        row = rows["Buyer", "USD"]
        self.assertEqual((row.reason, row.letters), ("letter", 1))
        self.assertEqual(row.level_id.name, "First")
        self.assertEqual(row.last_letter_on, TODAY - 5 * DAY)
        self.assertEqual(rows["Buyer", "GBP"].reason, "new")
        self._note()
        self.assertEqual(self._rows()["Buyer", "USD"].reason, "new")

    def test_what_matters_comes_first(self):
        """By reason, then by what it is worth at spot."""
        people = {name: self._customer(name) for name in ("Broke", "Due", "Rich")}
        for name, currency, amount in (
            ("Broke", self.usd, 11.0),
            ("Due", self.usd, 22.0),
            ("Rich", self.jpy, 160_000.0),
        ):
            self._invoice(
                amount,
                currency,
                "2026-01-05",
                due="2026-02-04",
                partner_id=people[name].id,
            )
        self._note(partner=people["Due"], next_date=TODAY + 9 * DAY)
        call = self._note(
            partner=people["Broke"],
            outcome="promise",
            amount=11.0,
            currency=self.usd,
            promised=TODAY + DAY,
        )
        with freeze_time(call.promise_id.sudo().deadline + 5 * DAY):
            self._judge()
            names = [name for name, _code in self._rows()]
        self.assertEqual(names, ["Broke", "Due", "Rich", "Buyer", "Buyer"])

    # === COMPANIES === #

    def test_only_the_chosen_companies(self):
        there = self.other_company
        self._load_chart(there)
        clerk = self._colleague("call_there", FINANCE, there)
        Today = self._as(self.env["collection.today"], clerk, there)
        self.assertFalse(Today.search([]))
        self._note(next_date=TODAY + DAY)
        self.assertFalse(Today.search([]))

    def test_a_branch_shares_what_was_said(self):
        branch = self._create_company("Quay North", self.eur, parent_id=self.books.id)
        self.env.user.company_ids |= branch
        clerk = self._colleague("call_north", FINANCE, branch)
        invoice = self.old.copy(
            {
                "company_id": branch.id,
                "invoice_date": "2026-01-01",
                "date": "2026-01-01",
            }
        )
        invoice.invoice_payment_term_id = False
        invoice.invoice_date_due = "2026-01-31"
        invoice.action_post()
        Today = self._as(self.env["collection.today"], clerk, branch)
        self.env.invalidate_all()
        row = Today.search([])
        self.assertEqual((row.overdue, row.company_id), (500.0, branch))
        # the main company sees what its branch is owed
        self.assertEqual(self._rows()["Buyer", "USD"].overdue, 1200.0)
        call = self.env["collection.call"]
        dialog = self.env[row.action_call()["res_model"]].with_user(clerk)
        dialog = dialog.with_context(
            **row.action_call()["context"], allowed_company_ids=branch.ids
        )
        made = dialog.create({"outcome": "again", "next_date": TODAY + DAY})
        self.assertEqual(made.overdue_text, "500.00 USD")
        made.action_apply()
        self.assertEqual(call.search([]).company_id, self.books)
        self.env.invalidate_all()
        self.assertFalse(Today.search([]))
        self.assertFalse(self._rows())

    def test_finance_alone(self):
        with self.assertRaises(AccessError):
            self._rows(self.seller)

    # === AGAINST A SLOW REFERENCE === #

    def test_as_a_slow_reference_says(self):
        source = random.Random(20260302)
        for number in range(12):
            self._make_customer(source, number)
        with freeze_time(TODAY + 12 * DAY):
            self._judge()
            self.env.flush_all()
            found = {
                key: (row.overdue, row.reason) for key, row in self._rows().items()
            }
            wanted = self._think(TODAY + 12 * DAY)
        self.assertEqual(found, wanted)
        self.assertGreater(len(found), 8)
        self.assertGreater(len({reason for _amount, reason in found.values()}), 2)

    def _make_customer(self, source, number):
        partner = self._customer(f"Made {number}")
        for _invoice in range(source.randint(1, 3)):
            due = TODAY + source.randint(-40, 25) * DAY
            move = self._invoice(
                float(source.randint(1, 500)),
                source.choice((self.usd, self.gbp, self.jpy)),
                "2026-01-05",
                due=str(due),
                partner_id=partner.id,
            )
            if source.random() < 0.15:
                move._mark_disputed(TODAY, "Made up")
        outcome = source.choice(("nothing", "again", "later", "promise"))
        if outcome in ("again", "later"):
            days = source.randint(0, 9) if outcome == "again" else 30
            self._note(partner=partner, next_date=TODAY + days * DAY)
        elif outcome == "promise":
            self._note(
                partner=partner,
                outcome="promise",
                amount=move.amount_total,
                currency=move.currency_id,
                promised=TODAY + source.choice((1, 60)) * DAY,
                next_date=TODAY + source.choice((2, 61)) * DAY,
            )

    def _think(self, day):
        """{(customer, code): (overdue, reason)}, thought of one by one."""
        moves = self.env["account.move"].search(
            [
                ("company_id", "=", self.books.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("invoice_date_due", "<", day),
                ("credit_disputed_since", "=", False),
                ("amount_residual", ">", 0),
            ]
        )
        thought = {}
        groups = moves.grouped(lambda one: (one.partner_id, one.currency_id))
        for (partner, currency), owed in groups.items():
            amount = sum(owed.mapped("amount_residual"))
            account = self._account(partner)
            promises = self.env["payment.promise"].search(
                [("partner_id", "=", partner.id), ("currency_id", "=", currency.id)]
            )
            called = account.last_call_id.date
            broken = promises.filtered(
                lambda one, called=called: (
                    one.state == "broken" and (not called or one.settled_on > called)
                )
            )
            promised = sum(
                promises.filtered(lambda one: one.state == "open").mapped("amount")
            )
            planned = account.next_date
            if broken:
                reason = "broken"
            elif planned and planned <= day:
                reason = "due"
            elif not planned and amount > promised:
                reason = "new"
            else:
                continue
            self.assertIn(reason, REASONS)
            thought[partner.name, currency.name] = amount, reason
        return thought

    # === SPEED === #

    def test_as_many_queries_for_many_as_for_few(self):
        Today = self._as(self.env["collection.today"], self.clerk)
        names = [name for name in Today._fields if name not in ("id", "display_name")]
        self._note(next_date=TODAY)
        counts = []
        for more in (2, 30):
            for number in range(more):
                self._invoice(
                    9.0,
                    self.usd,
                    "2026-01-05",
                    due="2026-02-04",
                    partner_id=self._customer(f"Many {more} {number}").id,
                )
            self.env.flush_all()
            self.env.invalidate_all()
            Today.search([]).read(names)  # what is known once a process
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            rows = Today.search([])
            rows.read(names)
            counts.append((self.env.cr.sql_log_count - start, len(rows)))
        self.assertGreater(counts[1][1], counts[0][1] + 20)
        self.assertEqual(counts[0][0], counts[1][0])
