"""Features: what a database doesn't use is hidden, and what is running never is."""

import datetime
import importlib.util
from pathlib import Path

from lxml import etree

from odoo import Command, fields
from odoo.exceptions import RedirectWarning, UserError
from odoo.tests import Form, TransactionCase, new_test_user, tagged

from ..common import MultiCurrencyCommon

MODULE = "multicurrency_crm"
SCRIPTS = Path(__file__).parents[2] / "migrations" / "19.0.1.5.0"
AGREEMENT, BANK, CLOSING, COLLECTION, CREDIT = (
    f"group_multicurrency_{name}"
    for name in ("agreement", "bank", "closing", "collection", "credit")
)
HEDGING, HISTORY, LIFECYCLE, NAMED, PAYMENT = (
    f"group_multicurrency_{name}"
    for name in ("hedging", "history", "lifecycle", "named_rate", "payment")
)
STATEMENT = "group_multicurrency_statement"


@tagged("post_install", "-at_install")
class TestFreshDatabase(TransactionCase):
    def test_16_7_starts_small(self):
        if self.env.ref(f"{MODULE}.demo_company", raise_if_not_found=False):
            self.skipTest("The demonstration shows everything")
        features = self.env["res.config.settings"]._find_features()
        self.assertEqual(len(features), 11)
        self.assertFalse(any(features.values()))


class FeaturesCommon(MultiCurrencyCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.today = fields.Date.today()
        cls.later = cls.today + datetime.timedelta(days=60)
        cls.Settings = cls.env["res.config.settings"]

    def _agree(self):
        return self.env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": self.company.id,
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "quoted_rate": "7.1",
                "date_start": self.today,
                "date_end": self.later,
                "amount_cap": 1000.0,
            }
        )

    def _buy_forward(self):
        bank = self.env["res.partner"].create({"name": "Bank of the Harbour"})
        return self.env["fx.forward"].create(
            {
                "counterparty_id": bank.id,
                "currency_id": self.usd.id,
                "company_id": self.company.id,
                "amount": 5000.0,
                "quoted_rate": "7.1",
                "value_date": self.later,
            }
        )

    def _name_rate(self):
        return self.env["fx.rate.named"].create(
            {
                "company_id": self.company.id,
                "currency_id": self.usd.id,
                "rate": 0.14,
                "kind": "budget",
            }
        )

    def _judge_credit(self):
        return self.env["credit.policy"].create(
            {"name": "Everybody", "company_id": self.company.id}
        )


@tagged("post_install", "-at_install")
class TestFeatures(FeaturesCommon):
    def test_16_7_the_settings_switch_them(self):
        settings = self.Settings.create({CREDIT: False, NAMED: False})
        self.assertTrue(settings[HEDGING] and settings[AGREEMENT])
        settings.execute()
        self.assertEqual(
            self.Settings._find_features(),
            {
                AGREEMENT: True,
                HEDGING: True,
                CREDIT: False,
                NAMED: False,
                STATEMENT: True,
                BANK: True,
                CLOSING: True,
                PAYMENT: True,
                COLLECTION: True,
                HISTORY: True,
                LIFECYCLE: True,
            },
        )
        self.Settings.create({CREDIT: True}).execute()
        self.assertTrue(self.Settings._find_features()[CREDIT])

    def test_16_7_what_is_running_stays_in_sight(self):
        """In any company, whoever saves the settings, archived records apart."""
        admin = new_test_user(
            self.env,
            "admin_elsewhere",
            groups="base.group_system",
            company_id=self.other_company.id,
            company_ids=[Command.set(self.other_company.ids)],
        )
        agreement, forward = self._agree(), self._buy_forward()
        policy = self._judge_credit()
        self._name_rate()
        policy.active = False
        self._switch_features(False)  # drafts don't run
        self._switch_features(True)
        agreement.action_activate()
        forward.action_activate()
        policy.active = True
        self.company.statement_period = "weekly"
        off = dict.fromkeys(self.Settings._list_features(), False)
        there = self._as(self.Settings, admin, self.other_company)
        settings = there.create(off)
        with self.assertRaises(UserError) as caught:
            settings.execute()
        said = str(caught.exception)
        for words in (
            "Rate Agreements",
            "Forwards and Net Position",
            "Credit",
            "Statements and Ageing",
        ):
            self.assertIn(f"{words} can't be switched off", said)
        self.assertEqual(said.count("(1)"), 4)
        self.assertTrue(all(self.Settings._find_features().values()))
        forward._cancel("The bank let us go")
        self.Settings._set_features({HEDGING: False})
        there.create({NAMED: False}).execute()
        self.assertEqual(
            self.Settings._find_features(),
            {
                AGREEMENT: True,
                HEDGING: False,
                CREDIT: True,
                NAMED: False,
                STATEMENT: True,
                BANK: True,
                CLOSING: True,
                PAYMENT: True,
                COLLECTION: True,
                HISTORY: True,
                LIFECYCLE: True,
            },
        )

    def test_17_27_the_refusal_opens_what_is_running(self):
        manager = new_test_user(
            self.env,
            "opening_manager",
            groups=f"base.group_system,{MODULE}.group_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        agreement, forward = self._agree(), self._buy_forward()
        (agreement | self._agree()).action_activate()
        forward.action_activate()
        Settings = self._as(self.Settings, manager, self.company)
        for feature, model, records in (
            (AGREEMENT, "fx.rate.lock", agreement),
            (HEDGING, "fx.forward", forward),
        ):
            with self.assertRaises(RedirectWarning) as caught:
                Settings.create({feature: False}).execute()
            message, action, button, _context = caught.exception.args
            self.assertIn("can't be switched off", message)
            self.assertTrue(button)
            self.assertEqual(action["res_model"], model)
            shown = self.env[model].with_user(manager).search(action["domain"])
            self.assertLessEqual(records, shown)
            self.assertLessEqual(set(shown.mapped("state")), {"active"})

    def test_16_7_off_hides_and_deletes_nothing(self):
        agreement, forward, named = (
            self._agree(),
            self._buy_forward(),
            self._name_rate(),
        )
        self._switch_features(False)
        self.assertTrue(agreement.exists() and forward.exists() and named.exists())
        self._switch_features(True)
        self.assertEqual(agreement.amount_cap, 1000.0)

    def test_16_7_a_check_without_its_menus_checks(self):
        """Where a policy comes by a file, say, while credit is off."""
        self._switch_features(False)
        policy = self._judge_credit()
        policy.check_ids.unlink()
        policy.check_ids = [
            Command.create({"reason": "not_assessed", "confirm_strength": "block"})
        ]
        self.customer.credit_hold = False
        seller = self._create_salesperson(groups=f"{MODULE}.group_user")
        order = self._create_order(user_id=seller.id)
        with self.assertRaises(UserError):
            order.with_user(seller).action_confirm()

    def test_16_7_buttons_and_pages_go_with_them(self):
        finance = self._create_salesperson(
            "finance", f"{MODULE}.group_finance,account.group_account_invoice"
        )
        buttons = {
            "sale.order": {"action_cover", "action_open_covers"},
            "account.move": {"action_cover", "action_credit_dispute"},
            "res.partner": {"action_view_statements"},
        }
        partner = self.customer.with_user(finance)
        for on in (True, False):
            self._switch_features(on)
            for model, names in buttons.items():
                shown = self._find_buttons(finance, model)
                with self.subTest(model=model, on=on):
                    self.assertEqual(shown & names, names if on else set())
            partner.invalidate_recordset()
            self.assertEqual(Form(partner).credit_is_used, on)
            grade = self._find_fields(finance, "view_partner_tree", "credit_grade")
            self.assertEqual(bool(grade), on)

    def _find_buttons(self, user, model):
        view = self.env[model].with_user(user).get_view(view_type="form")
        arch = etree.fromstring(view["arch"])
        return {button.get("name") for button in arch.iter("button")}

    def _find_fields(self, user, view, name):
        view = self.env.ref(f"{MODULE}.{view}")
        arch = self.env["res.partner"].with_user(user).get_view(view.id, "list")["arch"]
        return etree.fromstring(arch).xpath(f"//field[@name='{name}']")

    def test_16_7_first_steps_offer_them(self):
        self._switch_features(False)
        manager = new_test_user(
            self.env,
            "currency_manager",
            groups=f"base.group_user,base.group_partner_manager,{MODULE}.group_manager",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        form = Form(self.env["multicurrency.first.steps"].with_user(manager))
        self.assertFalse(form[CREDIT])
        form[CREDIT] = True
        action = form.save().action_apply()
        self.assertEqual(action["tag"], "reload")
        self.assertTrue(self.Settings._find_features()[CREDIT])
        self.assertFalse(self.Settings._find_features()[HEDGING])
        self.assertTrue(manager.has_group(f"{MODULE}.{CREDIT}"))
        form = Form(self.env["multicurrency.first.steps"].with_user(manager))
        self.assertTrue(form[CREDIT])
        self.assertNotEqual(form.save().action_apply()["tag"], "reload")
        self._judge_credit()
        form[CREDIT] = False
        with self.assertRaises(RedirectWarning):
            form.save().action_apply()


@tagged("post_install", "-at_install")
class TestFeaturesUpgrade(FeaturesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.script = cls._load_script("post-features")
        # what the demonstration or a former test left is used there
        cls._switch_features(False)

    @classmethod
    def _load_script(cls, name):
        spec = importlib.util.spec_from_file_location(name, SCRIPTS / f"{name}.py")
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        return script

    def _migrate(self):
        self.env.flush_all()
        self.script.migrate(self.env.cr, "19.0.1.4.0")
        self.env.invalidate_all()
        return {n for n, on in self.Settings._find_features().items() if on}

    def test_16_7_an_update_shows_what_is_used(self):
        known = self._migrate()
        for feature, make in (
            (NAMED, self._name_rate),
            (AGREEMENT, self._agree),
            (HEDGING, self._buy_forward),
            (CREDIT, self._judge_credit),
        ):
            make()
            known |= {feature}
            self.assertEqual(self._migrate(), known)

    def test_16_7_an_update_shows_the_net_position_of_what_is_open(self):
        self._load_chart()
        invoice = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "currency_id": self.usd.id,
                "invoice_date": self.today,
                "invoice_line_ids": [
                    Command.create({"product_id": self.product.id, "tax_ids": False})
                ],
            }
        )
        before = self._migrate()
        invoice.action_post()
        self.assertEqual(self._migrate(), before | {HEDGING})

    def test_16_7_an_update_counts_holds_and_limits(self):
        before = self._migrate()
        self.customer.credit_hold = True
        self.assertEqual(self._migrate(), before | {CREDIT})

    def test_16_7_folders_lose_their_role(self):
        for name, group in self.script.WITHOUT_ROLE.items():
            menu = self.env.ref(f"{MODULE}.{name}")
            now = menu.group_ids
            menu.group_ids |= self.env.ref(f"{MODULE}.{group}")
            self._migrate()
            self.assertEqual(menu.group_ids, now)

    def test_16_7_renamed_menus_lose_their_old_translation(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        script = self._load_script("pre-menus")
        for name in script.RENAMED + script.RENAMED_ACTIONS:
            menu = self.env.ref(f"{MODULE}.{name}")
            menu.with_context(lang="zh_CN").name = "旧名"
            self.env.flush_all()
            script.migrate(self.env.cr, "19.0.1.4.0")
            self.env.invalidate_all()
            self.assertEqual(menu.with_context(lang="zh_CN").name, menu.name)
