"""Who typed, corrected or deleted which rate, and why."""

import datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from ..common import MultiCurrencyCommon
from .common import RatesCommon, eur_quote


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 16:30:00")
class TestRateHistory(RatesCommon):
    def setUp(self):
        super().setUp()
        self.Change = self.env["fx.rate.change"]
        self.seen = self.Change.search([])

    def _changes(self):
        """What was noted since the last time, oldest first."""
        found = self.Change.search([], order="id") - self.seen
        self.seen |= found
        return found

    def _assert_changes(self, *expected):
        found = [
            (
                change.kind,
                str(change.date),
                round(change.old_rate, 6),
                round(change.new_rate, 6),
                change.reason or None,
            )
            for change in self._changes()
        ]
        self.assertEqual(found, list(expected))

    def test_typed_corrected_and_deleted(self):
        rate = self._set_rate(self.usd, "2026-03-02", 0.14)
        self._assert_changes(("new", "2026-03-02", 0, 0.14, None))
        rate.write({"rate": 0.15, "fx_reason": "A slip of the pen"})
        self._assert_changes(("changed", "2026-03-02", 0.14, 0.15, "A slip of the pen"))
        rate.write({"company_rate": 0.16})
        self._assert_changes(("changed", "2026-03-02", 0.15, 0.16, None))
        self.assertFalse(rate.fx_reason)
        rate.write({"inverse_company_rate": 5.0, "fx_reason": "As the bank has it"})
        self._assert_changes(("changed", "2026-03-02", 0.16, 0.2, "As the bank has it"))
        self.assertEqual(rate.fx_reason, "As the bank has it")
        rate.write({"rate": 0.2})
        self._assert_changes()
        rate.fx_reason = "The auditor asked"
        self._assert_changes(("changed", "2026-03-02", 0.2, 0.2, "The auditor asked"))
        rate.unlink()
        self._assert_changes(("deleted", "2026-03-02", 0.2, 0, None))

    def test_moved_to_another_day(self):
        rate = self._set_rate(self.usd, "2026-03-02", 0.14)
        self._changes()
        rate.write({"name": "2026-03-03", "fx_reason": "Wrong day"})
        self._assert_changes(
            ("deleted", "2026-03-02", 0.14, 0, "Wrong day"),
            ("new", "2026-03-03", 0, 0.14, "Wrong day"),
        )

    def test_created_with_a_reason_and_for_all(self):
        self.Rate.create(
            {
                "currency_id": self.usd.id,
                "company_id": False,
                "name": "2026-03-02",
                "company_rate": 0.14,
                "fx_reason": "No provider yet",
            }
        )
        change = self._changes()
        self.assertFalse(change.company_id)
        self.assertAlmostEqual(change.new_rate, 0.14)
        self.assertEqual(change.reason, "No provider yet")
        self.assertEqual(change.create_uid, self.env.user)

    def test_a_fetched_rate_that_a_person_corrects(self):
        quotes = [
            eur_quote("2026-03-02", "USD", "1.1"),
            eur_quote("2026-03-02", "CNY", "7.7"),
        ]
        self.provider._store(quotes)
        self.assertFalse(self._changes())
        row = self.Rate.search(
            [("currency_id", "=", self.usd.id), ("company_id", "=", self.company.id)]
        )
        row.write({"rate": 0.2, "fx_reason": "By contract"})
        change = self._changes()
        self.assertEqual(change.old_source, "Test ECB")
        self.assertFalse(change.new_source)
        self.assertEqual(change.kind, "changed")
        self.assertAlmostEqual(change.old_rate, 1 / 7)

    def test_a_publisher_that_corrects_itself(self):
        for figure in ("1.1000", "1.1001"):
            self.provider._store(
                [
                    eur_quote("2026-03-02", "USD", figure),
                    eur_quote("2026-03-02", "CNY", "7.7"),
                ]
            )
        change = self._changes().filtered(lambda c: c.currency_id == self.usd)
        self.assertEqual(change.kind, "replaced")
        self.assertEqual(change.provider_id, self.provider)
        self.assertEqual((change.old_source, change.new_source), ("Test ECB",) * 2)

    def test_nobody_edits_or_deletes_it(self):
        self._set_rate(self.usd, "2026-03-02", 0.14)
        change = self._changes()
        for attempt in (lambda: change.write({"reason": "Other"}), change.unlink):
            with self.assertRaises(AccessError):
                attempt()
        forged = change.with_context(fx_rate_change_cleaning=True)
        with self.assertRaises(AccessError):
            forged.unlink()

    def test_kept_for_the_years_of_retention(self):
        self._set_rate(self.usd, "2026-03-02", 0.14)
        self.env.flush_all()
        change = self._changes()
        self.cr.execute(
            "UPDATE fx_rate_change SET create_date = %s WHERE id = %s",
            [datetime.datetime(2017, 3, 6), change.id],
        )
        self.env.invalidate_all()
        self.Change._gc_old_changes()
        self.assertTrue(change.exists())
        parameter = "multicurrency_crm.rate_evidence_years"
        for value, remains in (("ten", True), ("0", False)):
            self.env["ir.config_parameter"].set_param(parameter, value)
            self.Change._gc_old_changes()
            self.assertEqual(bool(change.exists()), remains)

    def test_roles(self):
        """An accountant without our groups types rates; users of ours read history,
        each of their own company."""
        accountant = self._env("account.group_account_manager")
        accountant["res.currency.rate"].create(
            {
                "currency_id": self.usd.id,
                "company_id": self.company.id,
                "name": "2026-03-02",
                "rate": 0.14,
            }
        ).rate = 0.15
        changes = self._changes()
        self.assertEqual(changes.create_uid.id, accountant.uid)
        with self.assertRaises(AccessError):
            accountant["fx.rate.change"].search([])
        user = self._env("multicurrency_crm.group_user")
        self.assertLessEqual(changes.ids, user["fx.rate.change"].search([]).ids)
        for attempt in (
            lambda: changes.with_env(user).write({"reason": "Mine"}),
            lambda: changes.with_env(user).unlink(),
            lambda: user["fx.rate.change"].create({"date": "2026-03-02"}),
        ):
            with self.assertRaises(AccessError):
                attempt()
        stranger = self._env("multicurrency_crm.group_manager", self.other_company)
        self.assertFalse(stranger["fx.rate.change"].search([("id", "in", changes.ids)]))

    def _env(self, groups, company=None):
        company = company or self.company
        user = new_test_user(
            self.env,
            f"historian_{groups[-20:]}_{company.id}",
            groups=f"base.group_user,{groups}",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        return self.env(user=user, context={"allowed_company_ids": company.ids})

    def test_opened_from_the_rate(self):
        rate = self._set_rate(self.usd, "2026-03-02", 0.14)
        rate.rate = 0.15
        self._set_rate(self.usd, "2026-03-03", 0.14)
        action = rate.action_open_changes()
        found = self.Change.search(action["domain"]) & self._changes()
        self.assertEqual(len(found), 2)


@tagged("post_install", "-at_install")
@freeze_time("2026-03-06 16:30:00")
class TestRateUse(MultiCurrencyCommon):
    """Whoever edits a rate is told how many documents it has converted."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._load_chart()
        cls.rate = cls._set_rate(cls.usd, "2026-03-02", 0.145)
        cls._set_rate(cls.usd, "2026-03-05", 0.146)

    def _create_invoice(self, day, company=None, currency=None):
        move = self.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self.customer.id,
                "currency_id": (currency or self.usd).id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create({"name": "Pump", "price_unit": 9.0, "tax_ids": []})
                ],
            }
        )
        move.action_post()
        return move

    def test_count(self):
        for day in ("2026-03-01", "2026-03-02", "2026-03-04", "2026-03-05"):
            self._create_invoice(day)
        self._create_invoice("2026-03-03", currency=self.eur)
        for day in ("2026-03-01", "2026-03-03", "2026-03-05"):
            order = self._create_order(currency_id=self.usd.id)
            order.action_confirm()
            order.date_order = f"{day} 23:59:59"
        self._create_order(currency_id=self.usd.id)  # a quotation
        self.assertEqual(self.rate._count_documents(), (2, 1))

    def test_the_newest_rate_has_no_end(self):
        self._create_invoice("2026-03-06")
        rate = self.rate.search([("currency_id", "=", self.usd.id)], limit=1)
        self.assertEqual(str(rate.name), "2026-03-05")
        self.assertEqual(rate._count_documents(), (1, 0))

    def test_branches_count_and_other_companies_do_not(self):
        branch = self._create_company("North", self.cny, parent_id=self.company.id)
        orders = self.env["sale.order"]
        for company in (branch, self.other_company):
            orders += self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "company_id": company.id,
                    "currency_id": self.usd.id,
                }
            )
        orders.action_confirm()
        orders.date_order = "2026-03-03 10:00:00"
        self.assertEqual(self.rate._count_documents(), (0, 1))

    def test_a_shared_rate_counts_where_it_is_not_hidden(self):
        shared = self.env["res.currency.rate"].create(
            {
                "currency_id": self.usd.id,
                "company_id": False,
                "name": "2026-03-02",
                "rate": 0.15,
            }
        )
        third = self._create_company("Harbour Japan", self.jpy)
        orders = self.env["sale.order"]
        for company in (self.company, self.other_company, third):
            orders += self.env["sale.order"].create(
                {
                    "partner_id": self.customer.id,
                    "company_id": company.id,
                    "currency_id": self.usd.id,
                }
            )
        orders.action_confirm()
        self.assertEqual(shared._count_documents(), (0, 1))

    def test_warned_while_editing(self):
        self._create_invoice("2026-03-03")
        rate = self.rate
        result = rate.onchange(
            {"company_rate": 0.2}, ["company_rate"], {"company_rate": {}, "rate": {}}
        )
        self.assertIn("1 posted entries", result["warning"]["message"])
        with self.assertLogs("odoo.tests.form.onchange", "WARNING"), Form(rate) as form:
            form.company_rate = 0.2
        self.assertAlmostEqual(rate.rate, 0.2)

    def test_not_warned_of_an_unused_one(self):
        result = self.rate.onchange(
            {"rate": 0.1451}, ["rate"], {"company_rate": {}, "rate": {}}
        )
        self.assertNotIn("warning", result)
