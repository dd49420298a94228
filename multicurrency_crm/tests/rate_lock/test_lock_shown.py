"""How people read a lock: its rate, where that comes from, and how far it is from the
market."""

import importlib.util
from pathlib import Path

from lxml import etree

from odoo.exceptions import UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import SQL

from .agreement_common import AgreementCommon
from .common import TODAY

MIGRATIONS = Path(__file__).parents[2] / "migrations" / "19.0.1.5.0"
INVERSE = "0.14038"  # 1 / 7.1234


@tagged("post_install", "-at_install")
class TestLockShown(AgreementCommon):
    def _type(self, text="7.2", direction="company_per_unit", **values):
        order = self._create_quotation(price=100, user_id=self.user.id, **values)
        order.with_user(self.user)._lock_rate(quoted=(text, direction))
        return order

    def _approval(self, order):
        return self.env["fx.rate.approval"].search([("order_id", "=", order.id)])

    def _spread(self, share):
        return self.env["fx.rate.margin"].create(
            {"company_id": self.company.id, "spread": share}
        )

    def _correct_rate(self, currency, price):
        """Type another rate for today: so many yuan for 1 unit."""
        rates = currency.rate_ids.filtered(
            lambda rate: rate.company_id == self.company and rate.name == TODAY
        )
        rates.rate = 1 / price
        self.env.invalidate_all()

    # === ONE DIRECTION === #

    def test_17_14_evidence_leads_with_what_a_dollar_costs(self):
        lock = self._lock(self._create_quotation())
        self.assertEqual(lock.rate_display, "1 USD = 7.1234 CNY")
        for note in (lock.market_note, lock.spot_note):
            self.assertRegex(note, r"^1 USD = 7\.1234 CNY, .+, 11/20/2026$")
        arch = etree.fromstring(lock.get_view(view_type="form")["arch"])
        for name in ("rate", "market_rate", "spot_rate"):
            shown = arch.xpath(f"//field[@name='{name}'][not(@invisible='1')]")
            self.assertFalse(shown, f"{name} is Odoo's direction")

    def test_17_14_typed_digits_stay(self):
        lock = self._type("7.20050").rate_lock_id
        self.assertEqual(lock.rate_display, "1 USD = 7.20050 CNY")
        other = self._type("0.1399", "unit_per_company").rate_lock_id
        self.assertIn("(1 CNY = 0.1399", other.rate_display)
        self.assertTrue(other.rate_display.startswith("1 USD ≈ 7.148"))

    def test_17_14_an_invoice_leads_with_what_a_dollar_costs(self):
        order = self._create_quotation(price=100)
        self._lock(order)
        move = self._invoice(order)
        self._post_on(move, "2026-12-10", "2026-12-10")
        self.assertIn("1 USD = 7.1234 CNY", move.rate_lock_note)
        self.assertIn("11/20/2026", move.rate_lock_note)
        self.assertIn("1 USD = 7.1234 CNY", move.locked_rate_note)
        self.assertEqual(move.market_rate_note, "1 USD = 7.0021 CNY, 12/10/2026")
        notes = [move.rate_lock_note, move.locked_rate_note, move.market_rate_note]
        self.assertNotIn(INVERSE, " ".join(notes))
        arch = etree.fromstring(move.get_view(view_type="form")["arch"])
        for name in ("locked_rate", "market_rate_at_date"):
            shown = arch.xpath(f"//field[@name='{name}'][not(@invisible='1')]")
            self.assertFalse(
                [node for node in shown if node.get("invisible") != "True"], name
            )

    # === DISTANCES === #

    def test_17_15_distances_in_words(self):
        """4.99 against 4.684 is 6.5% above the market, not −6.13 % away."""
        self._correct_rate(self.eur, 4.684)
        order = self._create_quotation(self.eur, 100, user_id=self.user.id)
        order.with_user(self.user)._lock_rate(quoted=("4.99", "company_per_unit"))
        approval = self._approval(order)
        self.assertIn("1 EUR = 4.9900 CNY is 6.5% above the market", self._text(order))
        self.assertIn("1 EUR = 4.6840 CNY on 11/20/2026", approval.explanation)
        # 4.684 × 1.05
        self.assertIn("ends at 1 EUR = 4.9182 CNY", approval.explanation)
        self.assertNotIn("%%", approval.explanation)
        self.assertEqual(approval.rate_distance, "6.5% above the market")
        self.assertLess(approval.rate_deviation, 0, "the risk keeps its sign")
        self.assertEqual(approval.lock_id.rate_distance, "6.5% above the market")

    def _text(self, order):
        return self._approval(order).explanation

    def test_17_15_ten_times_the_market(self):
        order = self._type("71.234")
        self.assertIn("is 10 times the market", self._text(order))

    def test_17_15_the_risk_figure_has_a_name_of_its_own(self):
        for model in ("fx.rate.lock", "fx.rate.approval", "fx.rate.lock.extend"):
            labels = self.env[model].fields_get(["rate_deviation", "rate_distance"])
            self.assertEqual(labels["rate_deviation"]["string"], "Rate Advantage")
            self.assertEqual(labels["rate_distance"]["string"], "Distance from Market")

    # === ORIGIN === #

    def test_17_16_a_typed_rate_is_credited_to_nobody_else(self):
        order = self._type()
        lock = order.rate_lock_id
        publisher = lock._get_publisher()
        self.assertTrue(publisher)
        said = f"typed by {self.user.name}, 11/20/2026"
        self.assertEqual(lock.typed_by, self.user)
        self.assertEqual(lock.origin_note, said)
        self.assertIn(said, order.rate_lock_note)
        self.assertNotIn(publisher, order.rate_lock_note)
        self.assertTrue(
            any(said in (message.body or "") for message in order.message_ids)
        )
        self.assertFalse(
            any(publisher in (message.body or "") for message in order.message_ids)
        )
        self.customer.print_rate_lock = True
        self.assertEqual(
            order.shown_rate_origin, f"agreed with {self.user.name}, 11/20/2026"
        )
        move = self._invoice(order)
        self.assertIn(said, move.rate_lock_note)
        # the market it was held against keeps its publisher
        self.assertIn(publisher, lock.market_note)

    def _credit_market(self, column, value):
        """Say of today's rate of the dollar where it comes from."""
        rates = self.usd.rate_ids.filtered(
            lambda rate: rate.company_id == self.company and rate.name == TODAY
        )
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                "UPDATE res_currency_rate SET %s = %s, write_date = %s WHERE id IN %s",
                SQL.identifier(column),
                value,
                f"{TODAY} 04:00:00",
                tuple(rates.ids),
            )
        )
        self.env.invalidate_all()

    def _publish(self):
        """Let today's market rate be a provider's."""
        provider = self.env["fx.rate.provider"].search([], limit=1)
        provider.name = "Test Bank"
        self._credit_market("fx_provider_id", provider.id)

    def test_17_16_the_market_s_rate_names_who_published_it(self):
        self._publish()
        order = self._create_quotation()
        lock = self._lock(order)
        self.assertFalse(lock.typed_on or lock.typed_by)
        self.assertEqual(lock.origin_note, "Test Bank, 11/20/2026")
        self.customer.print_rate_lock = True
        self.assertEqual(order.shown_rate_origin, lock.origin_note)

    def test_17_16_a_spread_is_no_publisher_s(self):
        self._publish()
        self._spread(0.01)
        order = self._create_quotation()
        lock = self._lock(order)
        self.assertIn("moved by a spread of 1%", lock.origin_note)
        self.customer.print_rate_lock = True
        self.assertEqual(order.shown_rate_origin, "based on Test Bank, 11/20/2026")

    def test_a_typed_market_rate_is_said_in_the_readers_language(self):
        """The portal read "based on Typed by Administrator", in Chinese, too."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self._credit_market("write_uid", self.manager.id)
        self.customer.print_rate_lock = True
        order = self._create_quotation()
        lock = self._lock(order)
        self.assertEqual(lock.source_typist, self.manager.name)
        said = f"typed by {self.manager.name}, 11/20/2026"
        self.assertEqual(lock.origin_note, said)
        self.assertIn(f"({said})", order.rate_lock_note)
        self.assertIn(said, lock.market_note)
        self.assertIn(said, lock.spot_note)
        self.assertEqual(order.shown_rate_origin, "our own rate of 11/20/2026")
        chinese = order.with_context(lang="zh_CN")
        for note in (
            chinese.shown_rate_origin,
            chinese.rate_lock_note,
            lock.with_context(lang="zh_CN").market_note,
        ):
            self.assertNotIn("Typed by", note)
        order._release_rate("another, moved by a spread")
        self._spread(0.01)
        self._lock(order)
        self.assertEqual(order.shown_rate_origin, "based on our own rate of 11/20/2026")

    def test_17_16_whoever_types_an_agreement_s_rate_last(self):
        agreement = (
            self.env["fx.rate.lock"]
            .with_user(self.finance)
            .create(self._prepare_draft())
        )
        self.assertEqual(agreement.typed_by, self.finance)
        second = self._create_salesperson(
            "second_finance", "multicurrency_crm.group_finance"
        )
        agreement.with_user(second).write({"quoted_rate": "7.0", "tolerance": 0.1})
        self.assertEqual(agreement.typed_by, self.finance, "nothing was typed anew")
        agreement.with_user(second).quoted_rate = "7.05"
        self.assertEqual(agreement.typed_by, second)

    def test_17_16_nobody_signs_for_another(self):
        for values in ({"typed_by": self.user.id}, {"typed_on": TODAY}):
            with self.assertRaises(UserError):
                self.env["fx.rate.lock"].with_user(self.finance).create(
                    {**self._prepare_draft(), **values}
                )

    def test_17_16_an_update_says_it_of_what_stands(self):
        typed, locked = self._type(), self._create_quotation()
        self._spread(0.002)
        self._lock(locked)
        agreement = self._agree()
        locks = typed.rate_lock_id | locked.rate_lock_id | agreement
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE fx_rate_lock SET typed_by = NULL, typed_on = NULL WHERE id IN %s",
            [tuple(locks.ids)],
        )
        script = self._load("post-typed_rates.py")
        for _again in range(2):
            script.migrate(self.env.cr, "19.0.1.4.0")
            self.env.invalidate_all()
            self.assertEqual(typed.rate_lock_id.typed_by, self.user)
            self.assertTrue(agreement.typed_on)
            self.assertFalse(locked.rate_lock_id.typed_on)

    def _load(self, name):
        """A script of the update to this version."""
        path = MIGRATIONS / name
        spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        return script

    def test_texts_of_former_versions_become_fields(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        written = {
            "Manual rate": ("typed by hand", "手工录入"),
            "手工汇率": ("typed by hand", "手工录入"),
            f"Typed by {self.user.name}": (f"typed by {self.user.name}", "手工录入"),
            "Typed by Somebody who left": ("Typed by Somebody who left",) * 2,
            "European Central Bank": ("European Central Bank", "欧洲中央银行"),
        }
        locks = {
            text: self._lock(self._create_quotation(price=100)) for text in written
        }
        self.env.flush_all()
        for text, lock in locks.items():
            self.cr.execute(
                "UPDATE fx_rate_lock SET source = %s, source_typist = NULL, "
                "source_typed_on = NULL WHERE id = %s",
                [text, lock.id],
            )
        for _again in range(2):
            self._load("post-typed_market_rates.py").migrate(self.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        for text, (english, chinese) in written.items():
            self.assertIn(english, locks[text].origin_note)
            told = locks[text].with_context(lang="zh_CN")
            self.assertIn(chinese, told.origin_note)
        mine = locks[f"Typed by {self.user.name}"]
        self.assertEqual(mine.source_typist, self.user.name)
        self.assertNotIn(self.user.name, mine._get_customer_origin())

    def test_what_was_kept_stays_when_rates_are_read_otherwise(self):
        order = self._create_quotation(price=100, user_id=self.user.id)
        lock = order.with_user(self.user)._lock_rate(quoted=("9", "company_per_unit"))
        approval = self._approval(order)
        kept, said = approval.explanation, order.message_ids[0].body
        self.assertIn("1 USD = 9.0000 CNY", kept)
        self.company.rate_direction = "unit_per_company"
        self.env.invalidate_all()
        self.assertTrue(lock.sudo().rate_display.startswith("1 CNY"), "shown anew")
        self.assertEqual(approval.explanation, kept, "as the manager was asked")
        self.assertEqual(order.message_ids[0].body, said)
        help_text = self.env["res.company"]._fields["rate_direction"].help
        self.assertIn("written down before stays", help_text)

    # === AGREEMENTS === #

    def _prepare_draft(self, **values):
        return {
            "kind": "agreement",
            "partner_id": self.customer.id,
            "currency_id": self.usd.id,
            "quoted_rate": "7.0",
            "date_start": TODAY,
            "date_end": "2027-01-31",
            **values,
        }

    def test_17_21_no_cap_below_zero_and_no_tolerance_beyond_all(self):
        Lock = self.env["fx.rate.lock"].with_user(self.finance)
        for values, sentence in (
            ({"amount_cap": -5000.0}, "-5,000.*Cap.*from 0"),
            ({"tolerance": 5.0}, "500%.*Tolerance.*from 0% to 100%"),
            ({"tolerance": -0.1}, "-10%.*Tolerance"),
        ):
            with self.assertRaisesRegex(ValidationError, sentence):
                Lock.create(self._prepare_draft(**values))
            draft = Lock.create(self._prepare_draft())
            with self.assertRaisesRegex(ValidationError, sentence):
                draft.write(values)

    def test_17_21_what_came_in_by_another_door_is_not_activated(self):
        for column, value, sentence in (
            ("amount_cap", -5000, "cap of .* is below zero"),
            ("tolerance", 5, "100% at most"),
        ):
            draft = self.env["fx.rate.lock"].create(self._prepare_draft())
            self.env.flush_all()
            self.env.cr.execute(
                f"UPDATE fx_rate_lock SET {column} = %s WHERE id = %s",
                [value, draft.id],
            )
            self.env.invalidate_all()
            with self.assertRaisesRegex(UserError, sentence):
                draft.action_activate()
            self.assertEqual(draft.state, "draft")

    def test_17_21_no_cap_is_said(self):
        capped, open_end = self._agree(cap=500), self._agree()
        self.assertFalse(capped.cap_note)
        self.assertEqual(capped.cap_shown, "500.00 USD")
        self.assertIn("No cap: orders of any amount", open_end.cap_note)
        self.assertEqual(open_end.cap_shown, "No cap")
        self.assertIn("No cap", open_end.message_ids[0].body)
        self.assertFalse(self._lock(self._create_quotation(self.eur)).cap_note)

    def test_17_21_running_side_by_side_is_said_on_activation(self):
        first = self._agree(cap=500)
        second = self._agree(cap=500)
        self.assertIn(first.name, second.message_ids[0].body)
        third = self._agree(cap=500, draft=True)
        question = third.action_ask_activate()["params"]["question"]
        self.assertIn(second.name, question)

    # === THE LIST === #

    def test_17_26_the_list_names_orders(self):
        order = self._create_quotation()
        lock = self._lock(order)
        self.assertEqual(lock.order_names, order.name)
        arch = etree.fromstring(lock.get_view(view_type="list")["arch"])
        self.assertTrue(arch.xpath("//field[@name='order_names']"))
        agreement = self._agree()
        orders = [self._create_quotation() for _ in range(4)]
        self.assertTrue(all(order.rate_lock_id == agreement for order in orders))
        self.assertEqual(agreement.order_names, "4 orders")

    def test_17_a_form_without_a_company_opens(self):
        """The list of all locks opens one that names no company yet."""
        form = Form(self.env["fx.rate.lock"].with_user(self.finance))
        self.assertFalse(form.spot_note)
        self.assertFalse(form.rate_distance)

    def test_17_agreements_count_on_their_own(self):
        self.assertTrue(self._agree().name.startswith("AGR/2026/"))
        order = self._create_quotation(self.eur)
        self.assertTrue(self._lock(order).name.startswith("LOCK/2026/"))

    def test_17_what_waits_for_a_decision_is_no_draft(self):
        lock = self._approval(self._type("9")).lock_id
        self.assertEqual((lock.state, lock.state_shown), ("draft", "asked"))
        draft = self.env["fx.rate.lock"].create(self._prepare_draft())
        self.assertEqual(draft.state_shown, "draft")
        far = self._agree("6.0")
        self.assertEqual(far.state_shown, "asked")
        lock.approval_ids.with_user(self.manager).action_approve()
        self.assertEqual(lock.state_shown, "active")

    # === LANGUAGES === #

    def test_17_13_a_request_is_read_in_the_readers_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        order = self._type("9")
        approval = self._approval(order)
        english, german = (
            approval.with_context(lang=code).explanation for code in ("en_US", "de_DE")
        )
        self.assertIn("11/20/2026", english)
        self.assertIn("20.11.2026", german)
        note = order.with_context(lang="de_DE").lock_asked_note
        self.assertIn("20.11.2026", note)

    def test_17_13_an_owner_is_asked_in_their_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.user.lang = "de_DE"
        first, second = self._agree(cap=500), self._agree(cap=500)
        (first | second).sudo()._write_guarded({"user_id": self.user.id})
        told = []
        first._notify_owner(lambda lock: told.append(lock.env.lang) or "x")
        self.assertEqual(told, ["de_DE"])

    def test_17_13_confirmed_beyond_terms_is_told_in_the_colleague_s_language(self):
        self.env["res.lang"]._activate_lang("de_DE")
        self.company.lock_exceeded_policy = "allow"
        self.user.lang = "de_DE"
        order = self._create_quotation(price=100, user_id=self.user.id)
        self._lock(order)
        self._correct_rate(self.usd, 6.0)
        order.with_context(lang="en_US").action_confirm()
        notes = [m.body for m in order.message_ids if "6,0000" in (m.body or "")]
        notes += [m.body for m in order.message_ids if "20.11.2026" in (m.body or "")]
        self.assertTrue(notes)


@tagged("post_install", "-at_install")
class TestRateSpread(AgreementCommon):
    def test_17_28_typed_and_read_in_percent(self):
        """100 “bp” on 7.12 are 7.13 to a Chinese bank, and were 7.05 here."""
        Margin = self.env["fx.rate.margin"]
        form = Form(Margin.with_user(self.manager))
        form.spread = 0.0015
        margin = form.save()
        self.assertAlmostEqual(margin.basis_points, 15.0)
        margin.basis_points = 60
        self.assertAlmostEqual(margin.spread, 0.006)
        with self.assertRaisesRegex(ValidationError, "150%.*from 0% to 99.99%"):
            margin.spread = 1.5
        arch = etree.fromstring(Margin.get_view(view_type="list")["arch"])
        (field,) = arch.xpath("//field[@name='spread']")
        self.assertEqual(field.get("widget"), "percentage")
        self.assertFalse(arch.xpath("//field[@name='basis_points']"))

    def test_17_28_nothing_says_bp(self):
        for model in ("fx.rate.margin", "fx.rate.lock", "sale.order.lock.rate"):
            for name, values in self.env[model].fields_get().items():
                words = f"{values['string']} {values.get('help') or ''}".lower()
                for word in ("(bp)", " bp", "basis point"):
                    self.assertNotIn(word, words, f"{model}.{name}")

    def test_17_28_the_same_money_as_before(self):
        self.env["fx.rate.margin"].create(
            {"company_id": self.company.id, "spread": 0.01}
        )
        order = self._create_quotation()
        lock = self._lock(order)
        self.assertEqual(lock.quoted_rate, "7.052166")  # 7.1234 × 0.99
        self.assertAlmostEqual(lock.rate_spread, 0.01)

    def test_a_publisher_is_called_as_its_reader_calls_it(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        lock = self._lock(self._create_quotation(price=100))
        self.env.flush_all()
        self.cr.execute(
            "UPDATE fx_rate_lock SET source = '欧洲中央银行', source_typed_on = NULL "
            "WHERE id = %s",
            [lock.id],
        )
        self.env.invalidate_all()
        for lang, name in (
            ("en_US", "European Central Bank"),
            ("zh_CN", "欧洲中央银行"),
        ):
            told = lock.with_context(lang=lang)
            for note in (
                told.origin_note,
                told.market_note,
                told._get_customer_origin(),
            ):
                self.assertIn(name, note)
