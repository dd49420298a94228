"""Past days from a file or a publisher: looked at first, then written."""

import base64
import hashlib
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ...providers.reading import RefusedQuote
from ...wizards.rates.stored_quotes import Brought, dump, load
from ..providers.common import ecb_csv, fixture, zipped
from .common import LOG, LoopbackCommon, RatesCommon, eur_quote

CODES = ("USD", "CNY")


class BackfillCommon(RatesCommon):
    def _wizard(self, payload=None, env=None, **values):
        if payload is not None:
            values = {"origin": "file", "file": base64.b64encode(payload), **values}
        return (env or self.env)["fx.rate.backfill"].create(
            {"provider_id": self.provider.id, **values}
        )

    def _write_file(self, payload, env=None, **values):
        wizard = self._wizard(payload, env, **values)
        wizard.action_preview()
        return wizard.action_write()

    def _finance(self, companies, login="finance"):
        user = new_test_user(
            self.env,
            login,
            groups="multicurrency_crm.group_finance",
            company_id=companies[:1].id,
            company_ids=[Command.set(companies.ids)],
        )
        return self.env(user=user, context={"allowed_company_ids": companies.ids})

    def _counts(self, wizard, currency):
        row = wizard.summary_ids.filtered(lambda row: row.currency_id == currency)
        fates = ("new", "same", "differing", "typed", "aside", "held")
        return {fate: row[fate] for fate in fates if row[fate]}


@tagged("post_install", "-at_install")
@freeze_time("2026-03-10 12:00:00")
class TestBackfillFile(BackfillCommon):
    def test_every_format_of_the_bank(self):
        """The history brings five days, the other formats then say the same."""
        history = zipped("eurofxref-hist.csv", fixture("ecb/eurofxref-hist.csv"))
        action = self._write_file(history, date_from="2026-03-01")
        self.assertIn("15 rates stored", action["params"]["message"])
        self.assertEqual(
            action["params"]["next"]["type"], "ir.actions.act_window_close"
        )
        self.assertAlmostEqual(self._rates(self.jpy)["2026-03-06"], 161.25 / 7.8154, 12)
        for name in ("eurofxref-daily.xml", "eurofxref.csv", "eurofxref-hist-90d.xml"):
            self._write_file(fixture(f"ecb/{name}"))
        runs = self.provider.run_ids.sorted("id")
        self.assertEqual(runs.mapped("stored"), [15, 0, 0, 0])
        self.assertEqual(runs.mapped("unchanged"), [0, 3, 3, 15])
        self.assertEqual(set(runs.mapped("origin")), {"file"})
        self.assertEqual(str(runs[0].date_from), "2026-03-02")
        self.assertEqual(str(runs[0].date_to), "2026-03-06")

    def test_evidence(self):
        payload = fixture("ecb/eurofxref-daily.xml")
        self._write_file(payload)
        row = self.Rate.search([("currency_id", "=", self.usd.id)])
        self.assertEqual(row.fx_payload_hash, hashlib.sha256(payload).hexdigest())
        self.assertEqual(str(row.fx_received_at), "2026-03-10 12:00:00")

    def test_preview_writes_nothing(self):
        wizard = self._wizard(fixture("ecb/eurofxref-daily.xml"))
        action = wizard.action_preview()
        self.assertEqual(action["res_id"], wizard.id)
        self.assertEqual(wizard.state, "preview")
        self.assertTrue(wizard.has_work)
        self.assertEqual(self._counts(wizard, self.usd), {"new": 1})
        self.assertFalse(self.Rate.search([]))
        self.assertFalse(self.provider.run_ids)
        self.assertFalse(self.env["fx.rate.hold"].search([]))
        wizard.action_back()
        self.assertEqual(wizard.state, "choice")

    def test_what_the_preview_counts(self):
        """A new day, the same, a correction, a typed rate and a jump."""
        days = {
            "2026-03-02": ["1.0840", "7.80"],
            "2026-03-03": ["1.0850", "7.80"],
            "2026-03-04": ["1.0860", "7.80"],
        }
        self._write_file(ecb_csv(days, CODES))
        typed = self.Rate.search(
            [("currency_id", "=", self.usd.id), ("name", "=", "2026-03-04")]
        )
        typed.rate = 0.1395
        wizard = self._wizard(
            ecb_csv(
                {
                    **days,
                    "2026-03-03": ["1.0855", "7.80"],
                    "2026-03-05": ["1.0870", "7.80"],
                    "2026-03-06": ["10.870", "7.80"],
                },
                CODES,
            ),
            currency_ids=self.usd.ids,
        )
        wizard.action_preview()
        self.assertEqual(
            self._counts(wizard, self.usd),
            {"new": 1, "same": 1, "differing": 1, "typed": 1, "held": 1},
        )
        self.assertEqual(
            [(line.fate, str(line.date)) for line in wizard.line_ids],
            [
                ("held", "2026-03-06"),
                ("differing", "2026-03-03"),
                ("typed", "2026-03-04"),
            ],
        )
        held, differing, kept = wizard.line_ids
        self.assertIn("1/10 of the rate of", held.reason)
        self.assertEqual(differing.booked, "1 USD ≈ 7.1889 CNY")
        self.assertEqual(differing.published, "1 USD ≈ 7.1856 CNY")
        self.assertAlmostEqual(differing.difference, 1.0850 / 1.0855 - 1, 6)
        self.assertTrue(kept.booked and kept.published)
        self.assertEqual(
            wizard.headline,
            "New: 1. Corrected: 1. Held back until somebody decides: 1.",
        )
        wizard.action_write()
        rates = self._rates(self.usd)
        self.assertNotIn("2026-03-06", rates)
        self.assertAlmostEqual(rates["2026-03-03"], 1.0855 / 7.8, 12)
        self.assertAlmostEqual(rates["2026-03-04"], 0.1395, 12)
        self.assertEqual(self.env["fx.rate.hold"].search_count([]), 1)

    def test_nothing_new(self):
        payload = fixture("ecb/eurofxref-daily.xml")
        self._write_file(payload)
        wizard = self._wizard(payload)
        wizard.action_preview()
        self.assertFalse(wizard.has_work)
        self.assertEqual(wizard.headline, "The books hold all of this already.")
        self.assertFalse(wizard.line_ids)

    def test_another_provider_comes_first(self):
        """Its days are kept aside, and said to be."""
        payload = ecb_csv({"2026-03-06": ["1.0840", "7.80"]}, CODES)
        self._write_file(payload)
        other = self._create_provider(self.company, name="Later", sequence=90)
        wizard = self._wizard(payload, provider_id=other.id)
        wizard.action_preview()
        self.assertEqual(self._counts(wizard, self.usd), {"aside": 1})
        wizard.action_write()
        kept = self.env["fx.rate.named"].search([("provider_id", "=", other.id)])
        self.assertIn(self.usd, kept.currency_id)
        first = self._create_provider(self.company, name="Sooner", sequence=1)
        wizard = self._wizard(
            ecb_csv({"2026-03-06": ["1.0850", "7.80"]}, CODES), provider_id=first.id
        )
        wizard.action_preview()
        self.assertEqual(wizard.line_ids.mapped("fate"), ["replaced"])
        self.assertIn("Test ECB", wizard.line_ids.reason)

    def test_currencies_chosen(self):
        wizard = self._wizard(
            fixture("ecb/eurofxref-daily.xml"), currency_ids=self.jpy.ids
        )
        wizard.action_preview()
        self.assertEqual(wizard.summary_ids.currency_id, self.jpy)
        wizard.action_write()
        self.assertTrue(self._rates(self.jpy))
        self.assertFalse(self._rates(self.usd))
        self.assertEqual(self.provider.state, "new")

    def test_lines_are_limited(self):
        first = date(2025, 1, 1).toordinal()
        days = [str(date.fromordinal(first + n)) for n in range(230)]
        self._write_file(ecb_csv({day: ["1.08", "7.80"] for day in days}, CODES))
        wizard = self._wizard(ecb_csv({day: ["1.0801", "7.80"] for day in days}, CODES))
        wizard.action_preview()
        self.assertEqual(len(wizard.line_ids), 200)
        self.assertEqual(wizard.hidden_count, 30)
        self.assertEqual(self._counts(wizard, self.usd), {"differing": 230})

    def test_preview_is_not_trusted(self):
        """What a browser writes into the preview changes nothing of what is written."""
        wizard = self._wizard(fixture("ecb/eurofxref-daily.xml"))
        wizard.action_preview()
        wizard.summary_ids.write({"new": 0})
        wizard.summary_ids.unlink()
        wizard.has_work = False
        wizard.action_write()
        self.assertTrue(self._rates(self.usd))

    def test_old_days_of_a_dead_currency_are_no_news(self):
        self._write_file(fixture("ecb/eurofxref-hist.csv"))
        self.assertIn("2022-12-30", self._rates(self.usd))

    def test_bad_files_leave_nothing(self):
        archive = zipped("eurofxref-hist.csv", fixture("ecb/eurofxref-hist.csv"))
        for payload, words in (
            (b"<html>not found</html>", "not a file of the European"),
            (b"", "Choose a file"),
            (archive[:200], "damaged"),
            (ecb_csv({"2026-03-06": ["1.1"]}, ["USD"]), "no rate of CNY"),
        ):
            with (
                self.subTest(words),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
                mute_logger(LOG),
            ):
                self._write_file(payload)
            self.assertFalse(self.Rate.search([]))
            self.assertFalse(self.provider.run_ids)

    def test_wrong_figures_are_held(self):
        wizard = self._wizard(
            ecb_csv({"2026-03-06": ["0", "7.8"], "2226-03-06": ["1", "7.8"]}, CODES)
        )
        wizard.action_preview()
        self.assertEqual(set(wizard.line_ids.mapped("fate")), {"held"})
        wizard.action_write()
        self.assertEqual(
            set(self.env["fx.rate.hold"].search([]).mapped("reason")),
            {"zero", "future"},
        )

    def test_nothing_for_these_days(self):
        wizard = self._wizard(
            fixture("ecb/eurofxref-daily.xml"), date_from="2026-05-01"
        )
        with self.assertRaisesRegex(UserError, "no rate for these days"):
            wizard.action_preview()

    def test_too_large(self):
        with self.assertRaisesRegex(UserError, "more than 32 MB"):
            self._wizard(b"x" * (32 * 1024**2 + 1)).action_preview()

    def test_server_without_internet(self):
        """Nobody pressed Start: the file still goes to the current company."""
        self.provider.company_ids = False
        form = Form(self.env["fx.rate.backfill"])
        form.provider_id = self.provider
        form.origin = "file"
        form.file = base64.b64encode(fixture("ecb/eurofxref-daily.xml"))
        wizard = form.save()
        self.assertEqual(wizard.company_ids, self.company)
        wizard.action_preview()
        wizard.action_write()
        self.assertTrue(self._rates(self.usd))
        self.assertFalse(self.provider.company_ids)

    def test_sheet_of_ones_own(self):
        """Offline: only a file; rows without a base are in the company's currency."""
        sheet = self._create_provider(self.company, name="Bank", service="manual_file")
        form = Form(
            self.env["fx.rate.backfill"].with_context(default_provider_id=sheet.id)
        )
        self.assertEqual(form.origin, "file")
        self.assertIn("/rate_example/manual_file/columns/zh", form.examples)
        wizard = self._wizard(
            b"date,currency,nominal,rate,direction\n"
            b"2026-03-06,JPY,100,4.6,base per foreign\n",
            provider_id=sheet.id,
        )
        wizard.action_preview()
        wizard.action_write()
        self.assertRates(self.jpy, {"2026-03-06": 100 / 4.6})

    def test_budget_rates_are_named(self):
        budget = self._create_provider(self.company, name="Plan", service="budget")
        wizard = self._wizard(
            b"year,currency,base,nominal,rate,direction\n"
            b"2026,USD,CNY,1,7.05,base per foreign\n",
            provider_id=budget.id,
        )
        wizard.action_preview()
        self.assertEqual(self._counts(wizard, self.usd), {"new": 1})
        wizard.action_write()
        self.assertFalse(self.Rate.search([]))
        spot = self.usd._find_named(self.company, "budget", "2026-03-06")
        self.assertAlmostEqual(spot[self.usd.id].rate, 1 / 7.05, 12)
        wizard.action_preview()
        self.assertFalse(wizard.has_work)

    def test_only_the_kind_wanted(self):
        sheet = self._create_provider(self.company, name="Bank", service="manual_file")
        wizard = self._wizard(
            b"date,currency,base,rate,direction,kind\n"
            b"2026-03-06,USD,CNY,7.1,base per foreign,buy\n",
            provider_id=sheet.id,
        )
        with self.assertRaisesRegex(UserError, "Bank buys.*Middle"):
            wizard.action_preview()

    def test_two_companies(self):
        """Each in its own currency, from one file."""
        self.provider.company_ids += self.other_company
        env = self._finance(self.company | self.other_company)
        wizard = self._wizard(fixture("ecb/eurofxref-daily.xml"), env)
        self.assertEqual(wizard.company_ids, self.company | self.other_company)
        wizard.action_preview()
        self.assertEqual(
            set(wizard.summary_ids.mapped("company_id.id")),
            {self.company.id, self.other_company.id},
        )
        wizard.action_write()
        self.assertTrue(self._rates(self.usd))
        self.assertTrue(self._rates(self.eur, self.other_company))

    def test_only_ones_own_companies(self):
        self.provider.company_ids += self.other_company
        env = self._finance(self.company)
        wizard = self._wizard(fixture("ecb/eurofxref-daily.xml"), env)
        wizard.sudo().company_ids = self.other_company
        with self.assertRaisesRegex(UserError, "Choose the companies"):
            wizard.action_preview()
        wizard.company_ids = self.company.with_env(env)
        wizard.action_preview()
        wizard.action_write()
        self.assertTrue(self._rates(self.usd))
        self.assertFalse(self._rates(self.eur, self.other_company))

    def test_from_a_branch(self):
        """Whose user may not even read the root company."""
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        env = self._finance(branch)
        form = Form(env["fx.rate.backfill"])
        form.provider_id = self.provider.with_env(env)
        form.origin = "file"
        form.file = base64.b64encode(fixture("ecb/eurofxref-daily.xml"))
        wizard = form.save()
        wizard.action_preview()
        wizard.read()
        wizard.summary_ids.read()
        wizard.action_write()
        self.assertTrue(self._rates(self.usd))

    def test_month_rates(self):
        self.company.fx_booking_day = "first"
        payload = ecb_csv(
            {"2026-03-03": ["1.08", "7.80"], "2026-03-02": ["1.07", "7.80"]}, CODES
        )
        wizard = self._wizard(payload, currency_ids=self.usd.ids)
        wizard.action_preview()
        counts = self._counts(wizard, self.usd)
        self.assertEqual(counts["new"], 1)
        wizard.action_write()
        self.assertEqual(list(self._rates(self.usd)), ["2026-03-01"])
        wizard.action_preview()
        self.assertEqual(self._counts(wizard, self.usd).get("differing"), None)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 16:30:00")
class TestBackfillDownload(LoopbackCommon, BackfillCommon):
    def setUp(self):
        super().setUp()
        self.serve(
            {
                "2026-03-05": ["1.0830", "7.8100"],
                "2026-03-06": ["1.0840", "7.8154"],
            }
        )

    def _download(self, env=None, **values):
        wizard = self._wizard(
            env=env, date_from="2026-03-05", date_to="2026-03-06", **values
        )
        wizard.action_preview()
        return wizard

    def test_download(self):
        wizard = self._download()
        self.assertEqual(wizard.origin, "backfill")
        self.assertEqual(self._counts(wizard, self.usd), {"new": 2})
        wizard.action_write()
        self.assertRates(
            self.usd,
            {"2026-03-05": 1.0830 / 7.8100, "2026-03-06": 1.0840 / 7.8154},
        )
        run = self.provider.run_ids
        self.assertEqual((run.origin, run.stored), ("backfill", 4))
        self.assertEqual(self.provider.state, "new")
        row = self.Rate.search([("currency_id", "=", self.usd.id)], limit=1)
        self.assertEqual(row.fx_payload_hash, wizard.sudo().download_hash)

    def test_what_was_shown_is_written(self):
        """The publisher changes its file between preview and writing."""
        wizard = self._download()
        self.serve({"2026-03-06": ["9.9", "7.8154"]})
        wizard.action_write()
        self.assertAlmostEqual(self._rates(self.usd)["2026-03-06"], 1.0840 / 7.8154, 12)

    def test_the_download_is_the_servers_own(self):
        wizard = self._download(self._finance(self.company))
        with self.assertRaises(AccessError):
            wizard.read(["download"])
        forged = dump(Brought([eur_quote("2026-03-06", "USD", "5")], []))
        with self.assertRaises(AccessError):
            wizard.write({"download": base64.b64encode(forged)})

    def test_ones_own_only(self):
        wizard = self._download(self._finance(self.company))
        colleague = self._finance(self.company, "colleague")
        for attempt in (
            wizard.with_env(colleague).action_write,
            wizard.with_env(colleague).action_preview,
            lambda: wizard.summary_ids.with_env(colleague).read(["new"]),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_writing_before_the_preview(self):
        wizard = self._wizard(date_from="2026-03-05", date_to="2026-03-06")
        with self.assertRaisesRegex(UserError, "look at the preview first"):
            wizard.action_write()

    def test_days_are_needed(self):
        for days in ({}, {"date_from": "2026-03-05"}):
            with self.assertRaisesRegex(UserError, "Choose a first day"):
                self._wizard(**days).action_preview()

    def test_reversed_days_have_a_sentence_of_their_own(self):
        """Asked for or from a file, looked at or written at once."""
        days = {"date_from": "2026-03-06", "date_to": "2026-03-05"}
        payload = fixture("ecb/eurofxref-daily.xml")
        for wizard in (self._wizard(**days), self._wizard(payload, **days)):
            for attempt in (wizard.action_preview, wizard.action_write):
                with self.assertRaisesRegex(
                    UserError, "03/06/2026, is after the last day, 03/05/2026"
                ):
                    attempt()

    def test_failure_is_a_sentence(self):
        self.publisher.answers.clear()
        with self.assertRaises(UserError), mute_logger(LOG):
            self._download()
        self.assertFalse(self.provider.run_ids)

    def test_who_may(self):
        reader = new_test_user(
            self.env, "reader", groups="multicurrency_crm.group_user"
        )
        with self.assertRaises(AccessError):
            self._wizard(env=self.env(user=reader))


@tagged("post_install", "-at_install")
class TestStoredQuotes(RatesCommon):
    def test_round_trip(self):
        quote = eur_quote("2026-03-06", "USD", "1.08400")
        refused = RefusedQuote("EUR", "JPY", "0", date(2026, 3, 6), "mid", "ecb")
        for confirming in (None, [], [quote]):
            brought = Brought([quote], [refused], confirming, ("A note.",))
            again = load(dump(brought))
            self.assertEqual(again, brought)
            self.assertEqual(str(again.quotes[0].value), "1.08400")
