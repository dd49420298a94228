"""Whose data an import of customers never changes: users', and the company's own."""

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .history_common import HistoryCommon

HEAD = ("Customer", "Email", "Phone", "Tags")
EVIL = "somebody@elsewhere.example"


@tagged("post_install", "-at_install")
class TestOwnPeople(HistoryCommon):
    """Who signs in here, and companies of this system, are no customers to update."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.colleague = cls._create_colleague("history_colleague", "group_user")
        cls.colleague.partner_id.write(
            {"name": "Ottoline Vexworth", "email": "ottoline@harbour.example"}
        )

    def _check_asked(self, name):
        """:return: a row that names somebody: left out unless it is chosen otherwise"""
        record = self._check_whole(
            [HEAD, (name, EVIL, "+1 555 0100", "x")], kind="customers"
        )
        self.assertEqual(record.row_ids.state, "duplicate", self._read(record))
        self.assertIn(name, record.row_ids.message)
        self.assertFalse(record.can_publish)
        with self.assertRaisesRegex(UserError, "No import changes"):
            record.row_ids.choice = "update"
        return record

    def test_a_users_contact_is_never_updated(self):
        partner = self.colleague.partner_id
        record = self._check_asked(partner.name)
        # a customer may be called as a colleague is
        record.row_ids.choice = "create"
        record.action_publish()
        self.assertEqual(record.state, "done", record.failure)
        self.assertNotEqual(record.row_ids.partner_id, partner)
        self.assertEqual(partner.email, "ottoline@harbour.example")
        self.assertFalse(partner.phone)

    def test_what_was_chosen_before_is_refused_when_it_is_written(self):
        record = self._check_asked(self.colleague.partner_id.name)
        record.row_ids._update([{"id": record.row_ids.id, "choice": "update"}])
        record.action_publish()
        self.assertEqual(record.state, "ready")
        self.assertIn("No import changes", record.failure)
        self.assertEqual(self.colleague.email, "ottoline@harbour.example")

    def test_nor_by_its_code_tax_number_or_email(self):
        partner = self.colleague.partner_id
        partner.write({"ref": "U-77", "vat": "DE136695976"})
        head = ("Customer", "Customer Code", "VAT", "Email")
        rows = [
            ("Ottoline Vexworth", "U-77", "", EVIL),
            ("Ottoline Vexworth Two", "", "DE136695976", EVIL),
            ("Somebody Else", "", "", "ottoline@harbour.example"),
        ]
        record = self._check_whole([head, *rows], kind="customers")
        states = record.row_ids.mapped("state")
        self.assertEqual(states, ["duplicate"] * 3, self._read(record))
        self.assertEqual(partner.email, "ottoline@harbour.example")

    def test_nor_is_that_of_somebody_who_doesnt_sign_in_any_more(self):
        partner = self.colleague.partner_id
        self.colleague.active = False
        partner.active = False
        self._check_asked(partner.name)
        self.assertFalse(partner.active)
        self.assertEqual(partner.email, "ottoline@harbour.example")

    def test_nor_is_a_companys(self):
        for company in (self.company, self.other_company):
            with self.subTest(company=company.name):
                before = company.partner_id.email
                self._check_asked(company.name)
                self.assertEqual(company.partner_id.email, before)

    def test_a_contact_below_a_company_or_customer_who_signs_in_stays(self):
        self.colleague.partner_id.parent_id = self.atacama
        head = ("Name", "Company Type", "Related Company", "Email")
        rows = [
            ("Ottoline Vexworth", "Person", "Atacama Minerals Ltd.", EVIL),
            ("Zebedee Quill", "Person", self.company.name, EVIL),
        ]
        record = self._check_whole([head, *rows], kind="customers")
        states = record.row_ids.mapped("state")
        self.assertEqual(states, ["duplicate", "skip"], self._read(record))
        self.assertEqual(self.colleague.email, "ottoline@harbour.example")

    def test_who_becomes_a_user_before_publishing_is_left_alone(self):
        self.atacama.email = "office@atacama.example"
        head = ("Customer", "Customer Code", "Email")
        rows = [head, (self.atacama.name, "C-0007", EVIL)]
        record = self._check_whole(rows, kind="customers")
        self.assertEqual(record.row_ids.state, "update")
        self._sign_up(self.atacama, "base.group_user")
        record.action_publish()
        self.assertEqual(record.state, "ready", self._read(record))
        self.assertIn("Atacama", record.failure)
        self.assertEqual(self.atacama.email, "office@atacama.example")

    def test_taking_back_leaves_alone_who_signs_in_since(self):
        self.atacama.email = EVIL
        head = ("Customer", "Customer Code", "Email")
        rows = [head, (self.atacama.name, "C-0007", "office@atacama.example")]
        record = self._publish(rows, kind="customers")
        self.assertEqual(self.atacama.email, "office@atacama.example")
        self._sign_up(self.atacama, "base.group_user")
        record.action_undo()
        self.assertEqual(self.atacama.email, "office@atacama.example")

    def test_the_address_with_which_a_customer_signs_in_stays(self):
        self.atacama.email = "office@atacama.example"
        self._sign_up(self.atacama, "base.group_portal")
        head = ("Customer", "Customer Code", "Email", "Phone")
        rows = [head, (self.atacama.name, "C-0007", EVIL, "+56 2 555 0100")]
        record = self._publish(rows, kind="customers")
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(self.atacama.email, "office@atacama.example")
        self.assertEqual(self.atacama.phone, "+56 2 555 0100")
        self.assertIn("signs in", record.row_ids.message)

    def test_items_of_a_sister_company_are_booked_all_the_same(self):
        rows = [
            ("Customer", "Invoice No", "Due Date", "Currency", "Open Amount"),
            (self.other_company.name, "S-1", "2026-07-31", "USD", "10.00"),
            (self.colleague.partner_id.name, "S-2", "2026-07-31", "USD", "5.00"),
        ]
        record = self._publish(rows)
        self.assertEqual(record.state, "done", record.failure)
        self.assertEqual(record.done_count, 2, self._read(record))

    def test_whatever_writes_in_the_name_of_an_import_is_held_to_it(self):
        context = self.env["customer.import"]._get_party_context()
        Partner = self.env["res.partner"].sudo().with_context(**context)
        colleague = Partner.browse(self.colleague.partner_id.id)
        with self.assertRaisesRegex(UserError, "No import changes"):
            colleague.write({"phone": "+1 555 0100"})
        with self.assertRaisesRegex(UserError, "No import changes"):
            Partner.create({"name": "Zebedee Quill", "parent_id": colleague.id})
        self._sign_up(self.bosphorus, "base.group_portal")
        portal = Partner.browse(self.bosphorus.id)
        with self.assertRaisesRegex(UserError, "No import changes"):
            portal.write({"email": EVIL})
        portal.write({"phone": "+1 555 0100"})
        # what is its company's, a contact has
        colleague.with_context(context, multicurrency_brought_in=False).write(
            {"parent_id": self.atacama.id}
        )
        Partner.browse(self.atacama.id).write({"vat": "CL76086428-5"})
        self.assertEqual(colleague.vat, self.atacama.vat)

    def _sign_up(self, partner, group):
        user = new_test_user(self.env, f"history_{group}", groups=group)
        user.partner_id = partner
        return user


@tagged("post_install", "-at_install")
class TestNewWithContact(HistoryCommon):
    """Finance creates no contacts by hand, and brings in customers with theirs."""

    def test_finance_brings_in_new_customers_with_a_contact(self):
        for head in (
            ("Customer Code", "Customer Name", "Country", "Contact"),
            ("客户编码", "客户名称", "国家", "联系人"),
        ):
            with self.subTest(head=head):
                code = f"NBZ-{len(head[0])}"
                name = f"Foxglove Millworks {len(head[0])} Oy"
                record = self._check_whole([head, (code, name, "DE", "Eva Lark")])
                # as in a request of theirs: Odoo's commands go by who is signed in
                signed_in = self.env.transaction.default_env
                self.env.transaction.default_env = record.env
                record.action_publish()
                self.env.transaction.default_env = signed_in
                self.assertEqual(record.state, "done", record.failure)
                customer = record.row_ids.partner_id
                self.assertEqual(customer.child_ids.mapped("name"), ["Eva Lark"])
                self.assertEqual(customer.child_ids.type, "contact")
                record.action_undo()
                self.assertEqual(record.state, "undone", record.failure)
                self.assertFalse(customer.exists())
