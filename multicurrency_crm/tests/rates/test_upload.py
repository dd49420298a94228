"""A publisher's file, brought by a person."""

import base64

from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from ...models.rates import fx_rate_provider_booking
from ..providers.common import ecb_csv, fixture, zipped
from .common import RatesCommon

LOG = fx_rate_provider_booking._logger.name


@tagged("post_install", "-at_install")
class TestUpload(RatesCommon):
    def _upload(self, payload, env=None, **values):
        wizard = (env or self.env)["fx.rate.upload"].create(
            {
                "provider_id": self.provider.id,
                "file": base64.b64encode(payload),
                **values,
            }
        )
        return wizard.action_upload()

    def test_every_format_of_the_bank(self):
        """The history brings five days, the other formats then say the same."""
        history = zipped("eurofxref-hist.csv", fixture("ecb/eurofxref-hist.csv"))
        action = self._upload(history, date_from="2026-03-01")
        self.assertIn("15 rates stored", action["params"]["message"])
        self.assertAlmostEqual(self._rates(self.jpy)["2026-03-06"], 161.25 / 7.8154, 12)
        for name in ("eurofxref-daily.xml", "eurofxref.csv", "eurofxref-hist-90d.xml"):
            self._upload(fixture(f"ecb/{name}"))
        runs = self.provider.run_ids.sorted("id")
        self.assertEqual(runs.mapped("stored"), [15, 0, 0, 0])
        self.assertEqual(runs.mapped("unchanged"), [0, 3, 3, 15])
        self.assertEqual(set(runs.mapped("origin")), {"file"})
        self.assertEqual(str(runs[0].date_from), "2026-03-02")
        self.assertEqual(str(runs[0].date_to), "2026-03-06")

    def test_old_days_of_a_dead_currency_are_no_news(self):
        self._upload(fixture("ecb/eurofxref-hist.csv"))
        self.assertIn("2022-12-30", self._rates(self.usd))
        self.assertEqual(self.provider.state, "late")

    def test_bad_files_leave_nothing(self):
        archive = zipped("eurofxref-hist.csv", fixture("ecb/eurofxref-hist.csv"))
        for payload, words in (
            (b"<html>not found</html>", "not a file of the European"),
            (b"", "not a file of the European"),
            (archive[:200], "damaged"),
            (ecb_csv({"2026-03-06": ["0", "7.8"]}, ["USD", "CNY"]), "is no rate of"),
            (ecb_csv({"2226-03-06": ["1", "7.8"]}, ["USD", "CNY"]), "a day to come"),
            (ecb_csv({"2026-03-06": ["1.1"]}, ["USD"]), "no rate of CNY"),
        ):
            with (
                self.subTest(words),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
                mute_logger(LOG),
            ):
                self._upload(payload)
            self.assertFalse(self.Rate.search([]))
            self.assertFalse(self.provider.run_ids)

    def test_nothing_from_that_day_on(self):
        with self.assertRaisesRegex(UserError, "no rate from 2026-05-01 on"):
            self._upload(fixture("ecb/eurofxref-daily.xml"), date_from="2026-05-01")

    def test_too_large(self):
        with self.assertRaisesRegex(UserError, "more than 32 MB"):
            self._upload(b"x" * (32 * 1024**2 + 1))

    def test_server_without_internet(self):
        """Nobody pressed Start: the file still goes to the current company."""
        self.provider.company_ids = False
        form = Form(self.env["fx.rate.upload"])
        form.provider_id = self.provider
        wizard = self.env["fx.rate.upload"].new({"provider_id": self.provider.id})
        self.assertEqual(wizard.company_names, "Harbour Export")
        form.file = base64.b64encode(fixture("ecb/eurofxref-daily.xml"))
        form.save().action_upload()
        self.assertTrue(self._rates(self.usd))
        self.assertFalse(self.provider.company_ids)

    def test_only_ones_own_companies(self):
        user = new_test_user(
            self.env,
            "finance",
            groups="multicurrency_crm.group_finance",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        env = self.env(user=user, context={"allowed_company_ids": self.company.ids})
        payload = fixture("ecb/eurofxref-daily.xml")
        self.provider.company_ids += self.other_company
        self._upload(payload, env)
        self.assertTrue(self._rates(self.usd))
        self.assertFalse(self._rates(self.eur, self.other_company))

    def test_from_a_branch(self):
        """Whose user may not even read the root company."""
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        user = new_test_user(
            self.env,
            "north",
            groups="multicurrency_crm.group_finance",
            company_id=branch.id,
            company_ids=branch.ids,
        )
        env = self.env(user=user, context={"allowed_company_ids": branch.ids})
        form = Form(env["fx.rate.upload"])
        form.provider_id = self.provider.with_env(env)
        form.file = base64.b64encode(fixture("ecb/eurofxref-daily.xml"))
        form.save().action_upload()
        self.assertTrue(self._rates(self.usd))
