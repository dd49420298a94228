"""Runs of letters in a branch, and in two companies."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import freeze_time, tagged

from .collection_common import CollectionCommon


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02 10:00:00")
class TestCollectionCompanies(CollectionCommon):
    """A branch, and another company in which the same customer is late."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._create_company("Pier", cls.eur, parent_id=cls.books.id)
        cls._invoice(500.0, cls.usd, "2026-01-01")
        cls._work_in(cls.other_company)
        cls._load_chart(cls.other_company)
        cls._invoice(70.0, cls.usd, "2026-01-01")
        cls._work_in(cls.branch)
        north = {"name": "North", "code": "NRT", "type": "general"}
        journal = cls.env["account.journal"].create(north)
        entry = cls._entry(30.0, 27.0, cls.usd, "2026-01-02", journal_id=journal.id)
        entry.line_ids.no_followup = False
        cls._work_in(cls.books)
        cls.env.user.company_ids |= cls.branch | cls.other_company

    def test_companies_apart_and_branches_together(self):
        letter = self._letter()
        self.assertEqual((letter.company_id, letter.amount), (self.books, 530.0))
        with self.assertRaisesRegex(UserError, "no collection level"):
            self.env["collection.run"].with_company(self.other_company).action_begin()

    def test_who_works_in_the_branch_alone(self):
        alone = self._work_alone(
            self._create_user("pier", "multicurrency_crm.group_finance"), self.branch
        )
        run = self._begin(alone)
        self.assertEqual(run.company_id, self.books)
        self._as_finance(run, alone).action_prepare()
        letter = self._as_finance(self._letter(run), alone)
        self.assertEqual(
            (letter.amount, letter.level_id.name), (530.0, "First Reminder")
        )
        self._as_finance(run, alone).action_send()
        letter = letter.with_env(self.env)
        self._work()
        self.assertTrue(letter.mail_id)

    def test_another_companys_finance_sees_nothing(self):
        run = self._run()
        stranger = self._work_alone(
            self._create_user("strange", "multicurrency_crm.group_finance"),
            self.other_company,
        )
        for name in ("run", "letter", "letter.line", "level", "reminder"):
            records = self._as_finance(self.env[f"collection.{name}"], stranger)
            self.assertFalse(records.search([]), name)
        with self.assertRaises(AccessError):
            self._as_finance(run, stranger).action_send()
