"""Where a rate is shown: in the direction of people, with whose it is, and its day."""

import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import format_date

from .common import LoopbackCommon, RatesCommon, eur_quote, eur_quotes

TODAY = "2026-03-06"


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 16:30:00")
class TestShownEvidence(RatesCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = new_test_user(
            cls.env,
            "anna_of_evidence",
            name="Anna Li",
            groups="base.group_system,account.group_account_manager,"
            "multicurrency_crm.group_finance",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def setUp(self):
        super().setUp()
        # the database's clock, which a test doesn't set
        written_on = format_date(self.env, self.env.cr.now())
        self.said = f"Typed by Anna Li on {written_on}"
        self.said_within = f"typed by Anna Li on {written_on}"  # a sentence

    def _type(self, currency, day, price):
        """Type what a unit costs, as Anna."""
        rate = self.Rate.with_user(self.anna).create(
            {
                "currency_id": currency.id,
                "company_id": self.company.id,
                "name": day,
                "inverse_company_rate": price,
            }
        )
        rate.flush_recordset()  # as at the end of her request
        return rate

    def _status(self, currency):
        return self.env["fx.rate.status"].search(
            [("company_id", "=", self.company.id), ("currency_id", "=", currency.id)]
        )

    def test_16_a_typed_rate_is_said_to_be_typed(self):
        """It was credited to the publisher of the day before."""
        self.provider._store(
            eur_quotes(1, ("USD", "CNY"), datetime.date(2026, 3, 5)),
        )
        spot = self.usd._find_spot(self.company)[self.usd.id]
        self.assertEqual(spot.source, "Test ECB")
        self._type(self.usd, TODAY, 7.1)
        spot = self.usd._find_spot(self.company)[self.usd.id]
        self.assertEqual((spot.source, str(spot.date)), (self.said, TODAY))
        written_on = self.env.cr.now().date()
        self._type(self.jpy, written_on, 0.05)
        spot = self.jpy._find_spot(self.company, written_on)[self.jpy.id]
        self.assertEqual(spot.source, "Typed by Anna Li")  # on the day of the rate
        self.assertEqual(self._status(self.usd).source, self.said)

    def test_16_typed_over_a_fetched_one_later(self):
        self.provider._store(eur_quotes(1, ("USD", "CNY")))
        [row] = self.Rate.search([("currency_id", "=", self.usd.id)])
        self.assertEqual(row.fx_source, "Test ECB")
        row.with_user(self.anna).inverse_company_rate = 7.1
        said = self.said
        self.assertEqual(row.fx_source, said)
        spot = self.usd._find_spot(self.company)[self.usd.id]
        self.assertEqual((spot.source, str(spot.date)), (said, "2026-03-02"))

    def test_16_who_typed_a_shared_rate(self):
        """A row that repeats it was written when rates were fetched, by nobody."""
        self.Rate.with_user(self.anna).create(
            {
                "currency_id": self.usd.id,
                "company_id": False,
                "name": "2026-03-04",
                "rate": 0.5,
            }
        )
        self.provider._store(eur_quotes(1, ("USD", "CNY")))
        spot = self.usd._find_spot(self.company)[self.usd.id]
        self.assertEqual(spot.source, self.said)
        self.assertEqual(self._status(self.usd).source, spot.source)
        [row] = self.Rate.search([("fx_shared_rate_id", "!=", False)])
        self.assertEqual(row.fx_source, spot.source)

    def test_typed_on_a_day_of_the_company(self):
        """Whoever reads it, it is one day: what is said of it is kept, too."""
        self.company.partner_id.tz = "Pacific/Kiritimati"  # 26 hours before the reader
        row = self._type(self.usd, TODAY, 7.1)
        day = self.company._get_day_of(self.env.cr.now())
        said = f"Typed by Anna Li on {format_date(self.env, day)}"
        reader = self.env(context={**self.env.context, "tz": "Etc/GMT+12"})
        self.assertEqual(row.with_env(reader).fx_source, said)
        spot = self.usd.with_env(reader)._find_spot(self.company)[self.usd.id]
        self.assertEqual(spot.source, said)
        self.assertEqual(self._status(self.usd).with_env(reader).source, said)

    def test_16_who_typed_a_reference_rate(self):
        named = (
            self.env["fx.rate.named"]
            .with_user(self.anna)
            .create(
                {
                    "company_id": self.company.id,
                    "currency_id": self.usd.id,
                    "date": "2026-01-01",
                    "kind": "budget",
                    "rate": 1 / 7.2,
                }
            )
        )
        self.assertEqual(named.source, self.said)
        self.assertEqual(named.rate_text, "1 USD = 7.2000 CNY")
        found = self.usd._find_named(self.company, "budget")[self.usd.id]
        self.assertEqual(found.source, named.source)

    def test_14_lists_lead_with_the_direction_of_people(self):
        """The status list led with 0.1339405304."""
        usd, jpy = (
            self._type(self.usd, TODAY, 7.466),
            self._type(self.jpy, TODAY, 0.0482),
        )
        self.assertEqual(usd.fx_rate_text, "1 USD = 7.4660 CNY")
        self.assertEqual(jpy.fx_rate_text, "100 JPY = 4.8200 CNY")
        self.assertEqual(self._status(self.usd).rate_text, "1 USD = 7.4660 CNY")
        self.assertEqual(self._status(self.jpy).rate_text, "100 JPY = 4.8200 CNY")
        change = self.env["fx.rate.change"].search([], order="id desc", limit=1)
        self.assertEqual(
            (change.old_text, change.new_text), ("", "100 JPY = 4.8200 CNY")
        )
        self.company.rate_direction = "unit_per_company"
        self.env.invalidate_all()
        self.assertEqual(self._status(self.jpy).rate_text, "1 CNY ≈ 20.747 JPY")

    def test_14_the_technical_rate_is_divided_out(self):
        self._set_rate(self.cny, "2026-01-01", 2.0)
        rate = self._type(self.usd, TODAY, 7.1)
        self.assertEqual(rate.fx_rate_text, "1 USD = 7.1000 CNY")
        change = self.env["fx.rate.change"].search([], order="id desc", limit=1)
        self.assertEqual(change.new_text, "1 USD = 7.1000 CNY")

    def test_14_and_17_an_invoice_leads_with_it_too(self):
        self._load_chart()
        self._type(self.eur, "2026-03-05", 7.466)
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "currency_id": self.eur.id,
                "invoice_date": TODAY,
                "invoice_line_ids": [Command.create({"name": "Pump", "price_unit": 1})],
            }
        )
        self.assertEqual(
            move.invoice_rate_note,
            f"1 EUR = 7.4660 CNY ({self.said_within}, for 03/05/2026)",
        )
        move.invoice_currency_rate = 1 / 7.5
        self.assertEqual(
            move.invoice_rate_note,
            "1 EUR = 7.5000 CNY (the document's own rate, 0.46% above the market)",
        )
        move.currency_id = self.cny
        self.assertFalse(move.invoice_rate_note)

    def test_16_and_17_an_orders_rate_with_whose_and_its_day(self):
        """An order showed 0.850409 (11/28/2026) beside "Published on Nov 27"."""
        rate = self._type(self.eur, "2026-03-05", 7.466)
        order = self._create_order(currency_id=self.eur.id)
        self.assertIn(
            f"at 1 EUR = 7.4660 CNY ({self.said_within}, for 03/05/2026)",
            order.company_amount_note,
        )
        # the table is corrected, the order keeps its rate: that day's it is no more
        rate.inverse_company_rate = 7.5
        rate.flush_recordset()
        self.env.invalidate_all()
        self.assertIn(
            "at 1 EUR = 7.4660 CNY (the document's own rate)",
            order.company_amount_note,
        )

    def test_33_a_label_of_its_own_beside_other_addons(self):
        """OCA's currency_rate_update calls its own field Provider."""
        labels = {
            field.string
            for name, field in self.Rate._fields.items()
            if name.startswith("fx_")
        }
        self.assertNotIn("Provider", labels)
        others = [
            field.string
            for name, field in self.Rate._fields.items()
            if not name.startswith("fx_")
        ]
        self.assertFalse(labels.intersection(others))

    def test_a_provider_that_is_put_off_is_expected_nowhere(self):
        """A fetch in November 2027 isn't what a rate of today waits for."""
        self.provider.next_run = datetime.datetime(2026, 3, 9, 15)
        self.assertEqual(self._status(self.usd).next_expected, self.provider.next_run)
        self.provider.next_run = datetime.datetime(2027, 3, 9, 15)
        self.env.invalidate_all()
        self.assertFalse(self._status(self.usd).next_expected)
        self.provider.write({"interval_number": 1, "interval_type": "months"})
        self.provider.next_run = datetime.datetime(2026, 4, 10, 15)
        self.env.invalidate_all()
        self.assertEqual(self._status(self.usd).next_expected, self.provider.next_run)


@tagged("post_install", "-at_install")
@freeze_time(f"{TODAY} 16:30:00")
class TestReadersLanguage(LoopbackCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")

    def _read(self, run, lang):
        return run.with_context(lang=lang).message

    def test_13_a_run_is_read_in_the_readers_language(self):
        """It was kept in the language of whoever had pressed the button."""
        self.provider.currency_ids = self.usd
        self.serve({TODAY: ["1.0840", "7.8154"]})
        self.provider.with_context(lang="zh_CN").action_fetch()
        with freeze_time("2026-03-07 16:30:00"):
            self.provider.with_context(lang="zh_CN").action_fetch()
        run = self.provider.run_ids.sorted("id")[-1]
        self.assertEqual(self._read(run, "en_US"), "Nothing new is published.")
        self.assertEqual(self._read(run, "zh_CN"), "没有发布新的汇率。")

    def test_13_a_failure_is_read_so_too(self):
        self.provider.write({"service": "openexchangerates", "address": False})
        chinese = self.provider.with_context(lang="zh_CN")
        with self.assertLogs("odoo.addons.multicurrency_crm", "WARNING"):
            [run] = chinese._fetch_companies(self.company, "button")
        english, chinese = self._read(run, "en_US"), self._read(run, "zh_CN")
        self.assertEqual(run.state, "failed")
        self.assertRegex(english, "needs a key|has terms to be accepted first")
        self.assertNotEqual(english, chinese)
        self.assertRegex(chinese, "[\u4e00-\u9fff]")

    def test_13_a_note_is_added_in_each(self):
        quotes = [eur_quote(TODAY, "USD", "1.1"), eur_quote(TODAY, "CNY", "7.7")]
        second = self._create_provider(self.company, name="Second", sequence=50)
        second._store(quotes)
        self.provider._store(quotes)
        run = self.env["fx.rate.run"]._create_guarded(
            [
                {
                    "provider_id": self.provider.id,
                    "company_id": self.company.id,
                    "origin": "button",
                    "started_at": f"{TODAY} 16:00:00",
                    "finished_at": f"{TODAY} 16:00:01",
                    "state": "failed",
                }
            ]
        )
        for count in (1, 2):
            run.with_context(lang="zh_CN")._add_note(
                lambda spoken, count=count: spoken.env._(
                    "Held back until somebody decides: %(count)s.", count=count
                )
            )
        self.assertEqual(
            self._read(run, "en_US"),
            "Held back until somebody decides: 1. Held back until somebody decides: 2.",
        )
        self.assertNotIn("Held", self._read(run, "zh_CN"))
        self.assertNotIn("。 ", self._read(run, "zh_CN"))
