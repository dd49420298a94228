"""Who downloads the file of an import; where it goes; how personal data are found."""

from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .history_common import HistoryCommon

PEOPLE = [
    ("Customer", "E-mail", "Country", "Phone"),
    ("Lena Varga", "lena.varga@example.com", "HU", "+36 1 555 0177"),
    ("Kavala Shipping", "desk@kavala.example", "GR", ""),
]


@tagged("post_install", "-at_install")
class TestImportFile(HistoryCommon, HttpCase):
    def _find_attachment(self, record):
        return (
            self.env["ir.attachment"]
            .sudo()
            .search(
                [
                    ("res_model", "=", "customer.import"),
                    ("res_id", "=", record.id),
                    ("res_field", "=", "file"),
                ]
            )
        )

    def _open(self, login, address):
        self.authenticate(login, login)
        with mute_logger("odoo.http"):
            return self.url_open(address, allow_redirects=False)

    def test_22_6_only_its_companys_finance_downloads_it(self):
        record = self._check()
        attachment = self._find_attachment(record)
        self.assertEqual(len(attachment), 1)
        seller = self._create_colleague("file_user", "group_user")
        other = self._create_colleague(
            "file_other", "group_finance", self.other_company
        )
        portal = new_test_user(self.env, "file_portal", groups="base.group_portal")
        addresses = (
            f"/web/content/customer.import/{record.id}/file",
            f"/web/content/{attachment.id}",
            f"/multicurrency_crm/import_rows.xlsx?ids={record.id}",
        )
        for address in addresses:
            with self.subTest(who="finance", address=address):
                self.assertEqual(
                    self._open("history_finance", address).status_code, 200
                )
        for user in (seller, other, portal):
            for address in addresses:
                with self.subTest(who=user.login, address=address):
                    answer = self._open(user.login, address)
                    self.assertNotIn(b"Atacama", answer.content)
                    self.assertNotEqual(answer.status_code, 200)
            with self.subTest(who=user.login), self.assertRaises(AccessError):
                attachment.with_user(user).read(["datas"])
        for address in addresses:
            self.authenticate(None, None)
            answer = self.url_open(address, allow_redirects=False)
            self.assertNotIn(b"Atacama", answer.content)

    def test_22_6_the_file_goes_with_its_import_and_when_it_is_erased(self):
        gone, erased = self._check(), self._publish(file_name="b.csv")
        attachments = self._find_attachment(gone) | self._find_attachment(erased)
        self.assertEqual(len(attachments), 2)
        gone.unlink()
        erased.action_erase()
        self.assertFalse(attachments.exists())
        self.assertTrue(erased.erased_on)
        rows = erased.row_ids
        self.assertEqual(len(rows), 5)
        self.assertFalse(any(row.raw or row.name or row.email for row in rows))
        self.assertFalse(any(rows.mapped("cells")))

    def test_22_6_salespeople_learn_nothing_by_other_methods(self):
        record = self._check()
        seller = self._create_colleague("file_seller", "group_user")
        other = self._create_colleague("file_else", "group_finance", self.other_company)
        for user, company in ((seller, self.company), (other, self.other_company)):
            mine = self._as(record, user, company)
            for name in (
                "get_progress",
                "action_open_rows",
                "action_open_entries",
                "action_download_rows",
                "action_ask_publish",
                "action_ask_undo",
                "action_erase",
                "action_request",
                "action_approve",
                "action_withdraw",
            ):
                with (
                    self.subTest(user=user.login, method=name),
                    self.assertRaises(AccessError),
                ):
                    getattr(mine, name)()

    def test_22_5_templates_are_finances(self):
        address = "/multicurrency_crm/import_template.xlsx?kind=items"
        self.assertEqual(self._open("history_finance", address).status_code, 200)
        self._create_colleague("file_template", "group_user")
        self.assertEqual(self._open("file_template", address).status_code, 404)
        strange = "/multicurrency_crm/import_template.xlsx?kind=%3Cb%3E"
        self.assertEqual(self._open("history_finance", strange).status_code, 404)

    def test_22_6_what_was_published_isnt_deleted_by_rows(self):
        record = self._publish()
        row = record.row_ids[0]
        with self.assertRaisesRegex(UserError, "erase the file"):
            row.sudo().unlink()
        record.action_undo()
        self.assertEqual(record.state, "undone")
        self.assertEqual(self._find_open(), {})

    def test_22_6_staged_persons_are_found_by_their_email(self):
        record = self._check_whole(PEOPLE, kind="customers")
        row = record.row_ids[0]
        self.assertEqual(row.email, "lena.varga@example.com")
        self.assertTrue(row._fields["email"].store)
        self.assertIn("Phone: +36 1 555 0177", row.cells.split("\n"))
        if "privacy.lookup.wizard" not in self.env:
            return
        wizard = self.env["privacy.lookup.wizard"].create(
            {"name": "Lena Varga", "email": "lena.varga@example.com"}
        )
        wizard.action_lookup()
        found = wizard.line_ids.filtered(
            lambda line: line.res_model == "customer.import.row"
        )
        self.assertEqual(found.mapped("res_id"), row.ids)
        found.action_unlink()
        self.assertFalse(row.exists())
