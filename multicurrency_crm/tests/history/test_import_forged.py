"""What decides about an import comes from its buttons: nobody brings it along."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .history_common import DAY, ITEMS, HistoryCommon

#: what nobody may say of an import
DECIDED = {
    "state": "done",
    "remarks": "all is well",
    "failure": "nothing",
    "file_hash": "00",
    "total": 7,
    "looked_at": 7,
    "is_staged": True,
    "completeness": 100,
    "published_on": "2026-01-01 00:00:00",
    "erased_on": "2026-01-01",
    "requested_on": "2026-01-01 00:00:00",
    "decision_reason": "because",
}


@tagged("post_install", "-at_install")
class TestImportForged(HistoryCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.credit = cls._create_colleague("forged_credit", "group_credit_manager")
        cls.people = [cls.finance, cls.credit, cls.manager]

    def test_22_nobody_creates_what_decides(self):
        row = {"row_number": 1, "state": "create", "company_id": self.company.id}
        lines = {
            "row_ids": [Command.create(row)],
            "entry_ids": [Command.create({"company_id": self.company.id})],
            "column_ids": [Command.create({"title": "Customer", "field": "name"})],
            "user_id": self.env.ref("base.user_admin").id,
            "published_by": self.manager.id,
            "decided_by": self.manager.id,
            "requested_by": self.finance.id,
        }
        for user in self.people:
            for name, value in (DECIDED | lines).items():
                with (
                    self.subTest(user=user.login, field=name),
                    self.assertRaises(AccessError),
                    mute_logger("odoo.addons.base.models.ir_model"),
                ):
                    self._load(ITEMS, user=user, **{name: value})

    def test_22_nobody_writes_what_decides(self):
        record = self._check()
        for user in self.people:
            mine = self._as(record, user, self.company)
            for name, value in (DECIDED | {"is_staged": False}).items():
                with (
                    self.subTest(user=user.login, field=name),
                    self.assertRaises(AccessError),
                ):
                    mine.write({name: value})

    def test_22_defaults_of_users_and_contexts_decide_nothing(self):
        Default = self.env["ir.default"]
        for name in ("state", "total", "remarks", "failure"):
            value = DECIDED[name]
            Default.set("customer.import", name, value, user_id=self.finance.id)
        forged = {f"default_{name}": value for name, value in DECIDED.items()}
        Import = self._as(self.env["customer.import"], self.finance, self.company)
        for record in (
            Import.with_context(**forged).create({"file_name": "x.csv"}),
            Import.create({"file_name": "y.csv"}),
        ):
            self.assertEqual(
                (record.state, record.total, record.remarks, record.failure),
                ("draft", 0, False, False),
            )
            self.assertEqual(record.user_id, self.finance)
            self.assertFalse(record.published_on or record.erased_on)

    def test_22_odoos_own_import_brings_no_decision_along(self):
        Import = self._as(self.env["customer.import"], self.finance, self.company)
        with mute_logger("odoo.sql_db"):
            result = Import.load(
                ["file_name", "date", "rows_are", "sign", "state"],
                [["x.csv", "2026-06-30", "documents", "owed", "done"]],
            )
        self.assertFalse(result["ids"])
        self.assertTrue(result["messages"])

    def test_22_a_copy_starts_anew(self):
        record = self._publish()
        copy = record.copy()
        self.assertEqual(copy.state, "draft")
        self.assertFalse(
            copy.file or copy.row_ids or copy.entry_ids or copy.column_ids or copy.total
        )
        self.assertFalse(copy.published_by or copy.remarks)

    def test_22_rows_say_what_the_file_said(self):
        rows = [ITEMS[0], ("Atacama Minerals", "E-1", "2026-07-31", "UDS", "5")]
        record = self._check([*rows, *ITEMS[1:]])
        for user in self.people:
            [bad] = self._as(record.row_ids, user, self.company).filtered(
                lambda row: row.state == "error"
            )
            for vals in (
                {"message": "fine"},
                {"raw": ["x"]},
                {"values": {"open": "1"}},
                {"problems": {"open": "x"}},
                {"score": 3},
                {"currency_id": self.usd.id},
                {"is_published": True},
                {"duplicate_id": self.atacama.id},
                {"email": "x@example.com"},
            ):
                with (
                    self.subTest(user=user.login, vals=vals),
                    self.assertRaises(AccessError),
                ):
                    bad.write(vals)
            with self.assertRaises(AccessError):
                bad.unlink()
            with self.assertRaises(AccessError):
                bad.create({"import_id": record.id, "company_id": self.company.id})
        bad.choice = "create"
        record.skip_bad = True
        record.action_publish()
        self.assertEqual(bad.state, "error", "a wish makes no row right")
        self.assertEqual(record.done_count, 5)

    def test_22_totals_stay_where_they_were_found(self):
        record, other = self._check(), self._check(file_name="other.csv")
        total = record.total_ids.filtered(lambda one: one.currency_id == self.usd)
        for vals in ({"currency_id": self.eur.id}, {"import_id": other.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                total.write(vals)
        with self.assertRaisesRegex(UserError, "its total stays"):
            total.unlink()
        typed = record.total_ids.create(
            {
                "import_id": record.id,
                "currency_id": self._create_currency("QAR").id,
                "is_typed": True,
                "typed": 12.0,
            }
        )
        self.assertFalse(record.ties_out)
        typed.unlink()
        self.assertTrue(record.ties_out)
        with self.assertRaises(AccessError):
            record.total_ids.create(
                {"import_id": record.id, "currency_id": self.jpy.id, "found": 9.0}
            )
        record.action_dry_run()
        self.assertEqual(len(record.total_ids), 3)

    def _create_currency(self, code):
        currency = self.env["res.currency"].with_context(active_test=False)
        found = currency.search([("name", "=", code)])
        found.active = True
        return found

    def test_22_columns_are_the_files(self):
        record = self._check()
        column = record.column_ids[0]
        for vals in ({"title": "x"}, {"number": 9}, {"is_open": True}):
            with self.subTest(vals=vals), self.assertRaises(AccessError):
                column.write(vals)
        for field in ("anything", "website"):
            with self.subTest(field=field), self.assertRaises(ValidationError):
                column.field = field
        with self.assertRaises(AccessError):
            column.unlink()

    def test_22_another_companys_import_is_nothing_to_start_from(self):
        with self.assertRaises(AccessError):
            self._load(ITEMS, company_id=self.other_company.id)
        record = self._check()
        with self.assertRaises(AccessError):
            record.company_id = self.other_company
        Import = self._as(self.env["customer.import"], self.finance, self.company)
        with self.assertRaises(AccessError):
            Import.onchange(
                {"company_id": self.other_company.id}, ["company_id"], {"kind": {}}
            )

    def test_22_nonsense_is_answered_in_words(self):
        for vals, error in (
            ({"rate_tolerance": -1.0}, ValidationError),
            ({"rate_tolerance": 1e300}, ValidationError),
            ({"header_row": -5}, ValidationError),
            ({"header_row": 10**9}, ValidationError),
            ({"date": "1001-01-01"}, ValidationError),
            ({"kind": "x"}, ValidationError),
            ({"sign": "both"}, ValidationError),
        ):
            with self.subTest(vals=vals), self.assertRaises(error):
                self._load(ITEMS, **vals).flush_recordset()

    def test_22_what_is_no_spreadsheet_is_said_so(self):
        for name, content in (
            ("a.pdf", b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\n%%EOF"),
            ("a.png", b"\x89PNG\r\n\x1a\n" + bytes(64)),
            ("a.zip", b"PK\x05\x06" + bytes(18)),
            ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
            ("a.xlsx", b"PK\x03\x04 no more"),
            ("empty.csv", b" \n\n"),
        ):
            record = self._load(content, file_name=name)
            with self.subTest(name=name), self.assertRaises(UserError):
                record.action_read()

    def test_22_one_without_a_file_is_asked_for_it(self):
        Import = self._as(self.env["customer.import"], self.finance, self.company)
        record = Import.create({"file_name": "x.csv", "date": DAY})
        for name in ("action_read", "action_dry_run"):
            with self.subTest(method=name), self.assertRaises(UserError):
                getattr(record, name)()
        for name in ("action_publish", "action_undo", "action_ask_undo"):
            with self.subTest(method=name), self.assertRaises(UserError):
                getattr(record, name)()
