"""Sheets of one's own, as a clerk loads them: what they leave open, and leave out."""

import base64

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from ..providers.common import ecb_csv, fixture
from .test_backfill import BackfillCommon

#: languages whose lists and dates Babel writes differently
LANGUAGES = "es_ES fr_FR de_DE nl_NL ar_001 ja_JP ru_RU zh_CN zh_TW".split()


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00:00")
class TestBackfillSheet(BackfillCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.sheet = cls.env.ref("multicurrency_crm.fx_rate_provider_file")

    def _sheet(self, text, env=None, **values):
        payload = text if isinstance(text, bytes) else text.encode()
        return self._wizard(payload, env, provider_id=self.sheet.id, **values)

    def _inactive(self, code):
        everything = self.env["res.currency"].with_context(active_test=False)
        found = everything.search([("name", "=", code)])
        found.active = False
        return found

    # what a sheet leaves open

    def test_the_direction_is_asked_for_with_the_first_figure(self):
        wizard = self._sheet("日期,美元,100日元\n2026-03-06,7.0123,4.5012\n")
        action = wizard.action_preview()
        self.assertEqual((wizard.state, action["res_id"]), ("choice", wizard.id))
        self.assertEqual(
            wizard.open_question,
            "The file doesn't say which way its figures are quoted. Is the first one "
            "1 USD = 7.0123 CNY, or 1 CNY = 7.0123 USD?",
        )
        wizard.direction = "base_per_foreign"
        self.assertEqual(
            wizard.open_question, "So the first figure is read: 1 USD = 7.0123 CNY."
        )
        wizard.action_preview()
        self.assertEqual(wizard.state, "preview")
        newest = {row.currency_id: row.newest for row in wizard.summary_ids}
        self.assertEqual(newest[self.usd], "1 USD = 7.0123 CNY")
        self.assertEqual(newest[self.jpy], "100 JPY = 4.5012 CNY")
        wizard.action_write()
        self.assertRates(self.usd, {"2026-03-06": 1 / 7.0123})
        self.assertRates(self.jpy, {"2026-03-06": 100 / 4.5012})

    def test_units_of_a_board(self):
        wizard = self._sheet("date,USD\n2026-03-06,701.23\n")
        wizard.action_preview()
        wizard.write({"direction": "base_per_foreign", "figure_units": 100})
        self.assertIn("100 USD = 701.23 CNY", wizard.open_question)
        wizard.action_preview()
        wizard.action_write()
        self.assertRates(self.usd, {"2026-03-06": 100 / 701.23})

    def test_units_that_are_none(self):
        wizard = self._sheet("date,USD\n2026-03-06,701.23\n")
        wizard.action_preview()
        for units in (0, False, -100, 2_000_000):
            with (
                self.subTest(units=units),
                self.assertRaisesRegex(UserError, "How Many Units: enter a number"),
                self.cr.savepoint(),
            ):
                wizard.write({"figure_units": units})
            with self.assertRaisesRegex(UserError, "from 1 to 1,000,000"):
                wizard.onchange(
                    {"figure_units": units}, ["figure_units"], {"figure_units": {}}
                )
        self.assertEqual(wizard.figure_units, 1)

    def test_a_sheet_without_a_figure(self):
        for text, told in (
            ("nan", "row 2, column “USD”, has “nan”, which is read as none"),
            ("n/a", "has “n/a”"),
            ("", "The file holds no rate\\.$"),
        ):
            wizard = self._sheet(f"date,USD,JPY\n2026-03-06,{text},\n")
            with self.subTest(text=text), self.assertRaisesRegex(UserError, told):
                wizard.action_preview()

    def test_never_guessed(self):
        """Neither at once, nor by an answer to another file."""
        wizard = self._sheet(
            "date,USD\n2026-03-06,7.0123\n", direction="base_per_foreign"
        )
        wizard.action_preview()
        self.assertTrue(wizard.open_figure)
        form = Form(wizard)
        form.direction = "base_per_foreign"
        form.file = base64.b64encode(b"date,USD\n2026-03-06,0.1426\n")
        self.assertFalse(form.open_figure or form.direction)

    def test_pairs_are_loaded_at_once(self):
        for name in ("pairs.csv", "chinese.csv", "bank.xlsx", "bank.xls"):
            with self.subTest(name):
                wizard = self._sheet(fixture(f"sheets/{name}"))
                wizard.action_preview()
                self.assertEqual(wizard.state, "preview")

    def test_a_mistyped_year_is_booked_by_nobody(self):
        """odoo/odoo#18048"""
        for day in ("0202-11-20", "0001-01-01", "9999-12-31", "2027-11-20"):
            with self.subTest(day):
                wizard = self._sheet(f"date,USD/CNY\n2026-03-06,7.01\n{day},7.02\n")
                pattern = f"Row 3, column “date”: “{day}” can't be the day of a rate"
                with self.assertRaisesRegex(UserError, pattern):
                    wizard.action_preview()
                with self.assertRaisesRegex(UserError, pattern):
                    wizard.action_write()
        self.assertRates(self.usd, {})
        # a publisher's file is read by other code
        wizard = self._wizard(ecb_csv({"0202-11-20": ["1.08", "7.8"]}, ("USD", "CNY")))
        with self.assertRaisesRegex(UserError, "0202-11-20"):
            wizard.action_preview()

    def test_days_that_nobody_publishes(self):
        wizard = self._wizard(
            origin="backfill", date_from="0202-11-20", date_to="0202-11-21"
        )
        with self.assertRaisesRegex(UserError, "Choose days from 01/01/1970"):
            wizard.action_preview()

    def test_a_typed_rate_that_differs_is_named(self):
        """Even where nothing else is there; both figures are shown."""
        self._set_rate(self.usd, "2026-03-06", 1 / 7.01)
        for figure in ("7.03", "701"):
            with self.subTest(figure):
                wizard = self._sheet(f"date,USD/CNY\n2026-03-06,{figure}\n")
                wizard.action_preview()
                self.assertEqual(
                    wizard.headline,
                    "Nothing is written. Typed rates that differ from these, and stay: "
                    "1.",
                )
                [line] = wizard.line_ids
                self.assertIn("A typed rate stands for this day and stays", line.reason)
                self.assertIn(line.booked, line.reason)
                self.assertIn(line.published, line.reason)
        wizard = self._sheet("date,USD/CNY\n2026-03-06,7.01\n")
        wizard.action_preview()
        self.assertEqual(wizard.headline, "The books hold all of this already.")

    # what is left out

    def test_currencies_that_nobody_takes_are_named(self):
        """In the preview and in the result, each with what to do about it."""
        self._inactive("BRL")
        self.sheet.currency_ids = self.usd
        wizard = self._sheet(
            "date,currency,base,rate,direction,kind\n"
            "2026-03-06,USD,CNY,7.01,direct,mid\n"
            "2026-03-06,USD,CNY,6.99,direct,buy\n"
            "2026-03-06,JPY,CNY,0.045,direct,mid\n"
            "2026-03-06,BRL,CNY,1.3,direct,mid\n"
            "2026-03-06,XYZ,CNY,2,direct,mid\n"
        )
        sentences = (
            "Left out, as Odoo has no such currency: XYZ. Correct the codes",
            "Left out, as they aren't active: BRL. Activate those that you need",
            "isn't set to bring them: JPY. Add them to its currencies",
            "is set to take another kind of rate: Bank buys.",
        )
        wizard.action_preview()
        message = wizard.action_write()["params"]["message"]
        for sentence in sentences:
            self.assertIn(sentence, wizard.notes)
            self.assertIn(sentence, message)
        self.assertIn("1 rates stored", message)

    def test_nothing_left_out_nothing_said(self):
        wizard = self._sheet("date,USD/CNY\n2026-03-06,7.01\n")
        wizard.action_preview()
        self.assertNotIn("Left out", wizard.notes)
        self.assertNotIn("Columns", wizard.notes)

    def test_a_file_for_other_books(self):
        """Where all is left out, the books don't hold all of it already."""
        self._inactive("BRL")
        wizard = self._sheet("date,BRL/CNY\n2026-03-06,1.3\n")
        wizard.action_preview()
        self.assertFalse(wizard.has_work)
        self.assertEqual(wizard.headline, "Nothing of this is for these books.")
        self.assertIn("BRL", wizard.notes)

    def test_columns_that_nobody_reads_are_named(self):
        wizard = self._sheet("date,USD/CNY,Dollar,备注\n2026-03-06,7.01,7,x\n")
        wizard.action_preview()
        self.assertIn("Columns that aren't read: Dollar and 备注.", wizard.notes)

    def test_a_publishers_file_names_them_too(self):
        self._inactive("BRL")
        payload = ecb_csv(
            {"2026-03-06": ["1.0840", "7.80", "5.5"]}, ("USD", "CNY", "BRL")
        )
        wizard = self._wizard(payload)
        wizard.action_preview()
        self.assertIn("aren't active: BRL.", wizard.notes)

    def test_a_series_named_by_its_file(self):
        sek = self._activate("SEK")[0]
        company = self._create_company("Harbour Sweden", sek)
        provider = self._create_provider(company, service="riksbank", name="SWEA")
        env = self.env(context={"allowed_company_ids": company.ids})
        payload = fixture("riksbank/one_series.json")
        wizard = self._wizard(payload, env, provider_id=provider.id)
        wizard.company_ids = company
        with self.assertRaisesRegex(UserError, "SEKEURPMI.json"):
            wizard.action_preview()
        wizard.filename = "SEKEURPMI.json"
        wizard.action_preview()
        self.assertEqual(wizard.summary_ids.newest, "1 EUR = 10.9012 SEK")

    # the dialog

    def test_examples_are_there_before_anything_is_saved(self):
        chain = self.env["fx.rate.provider"]._get_chain(self.company)
        self.assertEqual(Form(self.env["fx.rate.backfill"]).provider_id, chain[:1])
        chain.company_ids = False
        form = Form(self.env["fx.rate.backfill"])
        self.assertEqual((form.provider_id, form.origin), (self.sheet, "file"))
        for layout in ("rows", "columns"):
            for language in ("en", "zh"):
                self.assertIn(f"/manual_file/{layout}/{language}", form.examples)
        form.provider_id = self.provider
        self.assertFalse(form.examples)

    def test_examples_for_a_chinese_reader(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        chinese = self.env(context={"lang": "zh_CN"})
        wizard = self._sheet("date", chinese)
        self.assertIn("/columns/zh", wizard.examples)
        self.assertNotIn("/en", wizard.examples)

    def test_a_clerk_of_finance_loads_a_sheet(self):
        env = self._finance(self.company, "clerk_of_sheets")
        wizard = self._sheet("date,USD/CNY\n2026-03-06,7.01\n", env)
        wizard.action_preview()
        wizard.action_write()
        self.assertRates(self.usd, {"2026-03-06": 1 / 7.01})

    def test_in_every_language(self):
        """Lists and dates as Babel writes them, some of whose patterns are in part."""
        self._inactive("BRL")
        text = "date,USD/CNY,BRL/CNY,EUR/CNY\n2026-03-06,7.01,1.3,7.6\n"
        for lang in LANGUAGES:
            self.env["res.lang"]._activate_lang(lang)
            with self.subTest(lang=lang):
                env = self.env(context={"lang": lang})
                wizard = self._sheet(text, env)
                wizard.action_preview()
                self.assertIn("BRL", wizard.notes)
                self.assertTrue(wizard.headline and wizard.hidden_note)
                asking = self._sheet("date,USD\n2026-03-06,7.0123\n", env)
                asking.action_preview()
                self.assertIn("7.0123", asking.open_question)
                with self.assertRaisesRegex(UserError, "2026|٢٠٢٦"):
                    self._sheet(
                        text, env, date_from="2026-03-06", date_to="2026-03-05"
                    ).action_preview()


@tagged("post_install", "-at_install")
class TestRateExamples(HttpCase):
    def _get(self, path):
        return self.url_open(f"/multicurrency_crm/rate_example/{path}")

    def test_download(self):
        new_test_user(
            self.env,
            "example_reader",
            groups="base.group_user,multicurrency_crm.group_finance",
        )
        self.authenticate("example_reader", "example_reader")
        answer = self._get("manual_file/columns/zh")
        self.assertEqual(answer.status_code, 200)
        self.assertIn("attachment", answer.headers["Content-Disposition"])
        self.assertIn("100日元/人民币", answer.content.decode("utf-8-sig"))
        self.assertIn(b"year,currency", self._get("budget/rows/en").content)
        for path in ("ecb/rows/en", "manual_file/cells/en", "manual_file/rows/fr"):
            self.assertEqual(self._get(path).status_code, 404)

    def test_nobody_from_outside(self):
        new_test_user(self.env, "example_portal", groups="base.group_portal")
        self.authenticate("example_portal", "example_portal")
        self.assertEqual(self._get("manual_file/rows/en").status_code, 404)
