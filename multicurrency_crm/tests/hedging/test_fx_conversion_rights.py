from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .conversion_common import DAY, NOON, ConversionCommon


@tagged("post_install", "-at_install")
class TestConversionRights(ConversionCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.startClassPatcher(freeze_time(NOON))
        cls._price(cls.usd, 7.2)

    def test_finance_converts_without_odoos_rights(self):
        clerk = self._clerk("converting_clerk")
        form = Form(self.env["fx.conversion"].with_user(clerk))
        form.date = DAY
        form.journal_from_id = self.banks["USD"]
        form.journal_to_id = self.banks["CNY"]
        form.amount_from = 1000
        form.bank_rate = "7.18"
        conversion = form.save()
        conversion.action_ask_post()
        self.assertEqual(conversion.state, "posted")
        conversion.action_cancel()
        self.assertEqual(conversion.state, "cancelled")

    def test_others_dont(self):
        conversion = self._convert("USD", "CNY", False, amount_from=1, bank_rate="7.1")
        accountant = new_test_user(
            self.env,
            "counting",
            groups="base.group_user,account.group_account_manager,"
            "multicurrency_crm.group_user",
            company_id=self.books.id,
            company_ids=[Command.set(self.books.ids)],
        )
        theirs = conversion.with_user(accountant)
        for attempt in (
            theirs.action_post,
            theirs.action_cancel,
            lambda: theirs.read(["amount_from"]),
            lambda: self.env["fx.conversion.report"].with_user(accountant).search([]),
        ):
            with self.assertRaises(AccessError):
                attempt()
        # what they may see of a forward goes on
        forward = self._contract(1000, "7.25").with_user(accountant)
        self.assertEqual(forward.amount_rest, 1000.0)

    def test_nobody_forges_what_was_booked(self):
        draft = self._convert("USD", "CNY", False, amount_from=1, bank_rate="7.1")
        move = self.env["account.move"].create({"journal_id": self.general.id})
        forged = {
            "state": "posted",
            "move_id": move.id,
            "result": 5.0,
            "spot": 9.0,
            "value_from": 1.0,
            "is_forward_completed": True,
        }
        for name, value in forged.items():
            with self.subTest(name), self.assertRaises(AccessError):
                draft.write({name: value})
            with self.subTest(name), self.assertRaises(AccessError):
                self._convert(
                    *("USD", "CNY"), amount_from=1, bank_rate="7.1", **{name: value}
                )
        defaults = {f"default_{name}": value for name, value in forged.items()}
        made = (
            self.env["fx.conversion"]
            .with_context(**defaults)
            .create(
                {
                    "date": DAY,
                    "journal_from_id": self.banks["USD"].id,
                    "journal_to_id": self.banks["CNY"].id,
                    "amount_from": 1,
                    "bank_rate": "7.1",
                }
            )
        )
        self.assertEqual(
            (made.state, made.result, made.move_id.id), ("draft", 0, False)
        )
        forward = self._contract(1000, "7.25")
        with self.assertRaises(AccessError):
            forward.amount_rest = 5000.0

    def test_two_companies(self):
        abroad = self._create_company("Quay Trading", self.eur)
        self.env.user.company_ids |= abroad
        self._load_chart(abroad)
        dollars = self._open_account("QUSD", self.usd, abroad)
        with self.assertRaises(UserError):
            self._convert(
                "USD", "CNY", journal_from_id=dollars.id, amount_from=1, amount_to=7
            )
        self._set_rate(self.usd, DAY, 1.1, abroad)
        home = self.env["account.journal"].search(
            [("company_id", "=", abroad.id), ("type", "=", "bank")], order="id", limit=1
        )
        conversion = self.env["fx.conversion"].create(
            {
                "company_id": abroad.id,
                "date": DAY,
                "journal_from_id": dollars.id,
                "journal_to_id": home.id,
                "amount_from": 1100,
                "amount_to": 990,
            }
        )
        conversion.action_post()
        self.assertEqual(conversion.result, -10.0)
        self.assertEqual(conversion.move_id.company_id, abroad)
        theirs = self._contract(1000, "0.9", company_id=abroad.id)
        with self.assertRaises(UserError):
            self._convert("USD", "CNY", amount_from=1, forward_id=theirs.id)
        clerk = self._clerk("home_clerk")
        mine = self.env["fx.conversion"].with_user(clerk).search([])
        self.assertNotIn(conversion, mine)

    def test_a_form_shows_nothing_of_other_companies(self):
        """What will be booked, and at which rates, is for those who work there."""
        abroad = self._create_company("Quay Trading", self.eur)
        self._load_chart(abroad)
        dollars = self._open_account("QUSD", self.usd, abroad)
        theirs = self._contract(1000, "0.9", company_id=abroad.id)
        account = self.env["account.account"].search(
            [("company_ids", "in", abroad.ids)], limit=1
        )
        clerk = self._clerk("home_clerk")
        Conversion = self.env["fx.conversion"].with_user(clerk)
        spec = {"company_id": {}, "preview": {}, "legs_note": {}, "spot_display": {}}
        for values in (
            {"company_id": abroad.id},
            {"company_id": {"id": abroad.id, "display_name": "Quay"}},
            {"journal_from_id": dollars.id},
            {"journal_id": [dollars.id, "Bank"]},
            {"forward_id": theirs.id},
            {"forward_carried_account_id": account.id},
        ):
            with self.subTest(values), self.assertRaises(AccessError):
                Conversion.onchange(values, list(values), spec)
            defaults = {f"default_{name}": values[name] for name in values}
            if not isinstance(*values.values(), int):
                continue
            with self.subTest(defaults), self.assertRaises(AccessError):
                shown = spec | {name: {} for name in values}
                Conversion.with_context(**defaults).onchange({}, [], shown)
        shown = Conversion.onchange({"company_id": self.books.id}, [], spec)["value"]
        self.assertEqual(shown["company_id"], self.books.id)

    def test_settings_take_nothing_of_another_company(self):
        abroad = self._create_company("Quay Trading", self.eur)
        self._load_chart(abroad)
        journal = self.env["account.journal"].search(
            [("company_id", "=", abroad.id), ("type", "=", "general")], limit=1
        )
        for name in ("conversion_journal_id", "revaluation_journal_id"):
            with self.assertRaises(UserError):
                self.books[name] = journal

    def test_a_branch(self):
        """It books with its main company's choices, and settles its contracts."""
        branch = self._create_company(
            "Harbour North", self.cny, parent_id=self.books.id
        )
        self.env.user.company_ids |= branch
        forward = self._contract(1000, "7.25")
        env = self.env(context={**self.env.context, "allowed_company_ids": branch.ids})
        conversion = env["fx.conversion"].create(
            {
                "date": DAY,
                "journal_from_id": self.banks["USD"].id,
                "journal_to_id": self.banks["CNY"].id,
                "amount_from": 400,
                "forward_id": forward.id,
            }
        )
        conversion.action_post()
        self.assertEqual(conversion.company_id, branch)
        self.assertEqual(conversion.move_id.company_id, branch)
        self.assertEqual(forward.amount_rest, 600.0)

    def test_the_books_currency_stays(self):
        self._convert("USD", "CNY", False, amount_from=1, bank_rate="7.1")
        found = dict(
            (records._name, records)
            for records, _advice in self.books._find_currency_obstacles()
        )
        self.assertEqual(len(found["fx.conversion"]), 1)
