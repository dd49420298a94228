from odoo import api, models

from ...engine.history_fields import KINDS, NEEDED
from ...engine.history_templates import get_header, list_template, list_template_fields
from ..common.workbook import MoneyWorkbook
from .customer_import import KIND_NAMES

#: Width of a column, in letters.
WIDTH = 18
#: {field: what a cell of it may look like}
EXAMPLES = {
    "name": "Northwind Traders",
    "ref": "C-0017",
    "vat": "91310000MA1FL1XX0R",
    "email": "accounts@example.com",
    "phone": "+86 21 5550 0199",
    "street": "18 Harbour Road",
    "street2": "Floor 3",
    "city": "Valparaíso",
    "zip": "2340000",
    "country": "CL",
    "website": "www.example.com",
    "lang": "en_US",
    "currency": "USD",
    "currencies": "USD, EUR",
    "document": "INV-2044",
    "date": "2026-05-31",
    "due": "2026-07-30",
    "open": "1250.50",
    "amount": "4000.00",
    "debit": "1250.50",
    "credit": "75.25",
    "booked": "8903.56",
    "rate": "7.12",
    "contact": "Amara Okoye",
    "state": "Valparaíso",
    "owner": "sales@example.com",
    "tags": "Distributor, Europe",
    "terms": "30 days",
    "person": "Company",
    "parent": "Northwind Traders",
    "first_name": "Amara",
    "last_name": "Okoye",
    "position": "Head of Purchasing",
    "contact_email": "amara@example.com",
    "contact_phone": "+56 32 555 0101",
    "limit": "50000",
    "limit_currency": "USD",
    "grade": "A",
    "channel": "Email",
    "hours": "9:00-18:00",
    "kind": "Invoice",
    "status": "Open",
    "role": "Customer",
    "disputed": "Yes",
    "reason": "Two cartons were wet",
    "note": "Asked for samples",
}
#: Of one kind, so that an example is a row that can be brought in.
KIND_EXAMPLES = {
    "balances": {"amount": "1250.50"},
    "past": {"amount": "1250.50"},
}


class CustomerImport(models.Model):
    """Templates to start from, one a kind, in English or Chinese."""

    _inherit = "customer.import"

    @api.model
    def get_import_templates(self):
        """Return the templates, one a kind, in the user's language.

        :return: [{"label": , "template": address}]
        """
        names = dict(self._fields["kind"]._description_selection(self.env))
        return [
            {
                "label": self.env._("Template: %(kind)s", kind=names[kind]),
                "template": f"/multicurrency_crm/import_template.xlsx?kind={kind}",
            }
            for kind, _name in KIND_NAMES
        ]

    # === MAKING === #

    @api.model
    def _make_template(self, kind):
        """Make a template: its headers are known again, in English and Chinese; its
        second sheet says what each column takes.

        :param str kind: of what is brought in
        :return: bytes
        """
        is_chinese = (self.env.lang or "").startswith("zh")
        headers = list_template(kind, is_chinese)
        book = MoneyWorkbook()
        sheet = book.add_worksheet(self.env._("Data"))
        for column, header in enumerate(headers):
            book.write_text(sheet, 0, column, header, book.head)
        sheet.set_column(0, max(len(headers) - 1, 0), WIDTH)
        sheet.freeze_panes(1, 0)
        self._explain_columns(book, kind, is_chinese)
        book.close()
        return book.get_content()

    def _explain_columns(self, book, kind, is_chinese):
        """Write the sheet that says what each column takes."""
        sheet = book.add_worksheet(self.env._("Columns"))
        titles = (
            self.env._("Column"),
            self.env._("Needed"),
            self.env._("What Belongs There"),
            self.env._("Example"),
        )
        for column, title in enumerate(titles):
            book.write_text(sheet, 0, column, title, book.head)
        explained = self._explain_fields() | self._explain_fields_of(kind)
        fields = list_template_fields(kind, is_chinese)
        examples = EXAMPLES | KIND_EXAMPLES.get(kind, {})
        for row, field in enumerate(fields, start=1):
            texts = (
                get_header(field, is_chinese, kind),
                self._explain_need(kind, field, is_chinese),
                explained.get(field),
                examples.get(field),
            )
            for column, text in enumerate(texts):
                book.write_text(sheet, row, column, text)
        sheet.set_column(0, 1, 1.5 * WIDTH)
        sheet.set_column(2, 2, 5 * WIDTH)
        sheet.set_column(3, 3, 1.5 * WIDTH)
        sheet.freeze_panes(1, 0)

    def _explain_need(self, kind, field, is_chinese):
        """Return whether a column has to be there, or which one instead of it."""
        for wanted in NEEDED[kind]:
            choices = (wanted,) if isinstance(wanted, str) else wanted
            if choices[0] == field:
                there = list_template_fields(kind, is_chinese)
                others = [
                    get_header(other, is_chinese, kind)
                    for other in choices[1:]
                    if other in there
                ]
                if not others:
                    return self.env._("Yes")
                return self.env._("Yes, or %(others)s", others=" / ".join(others))
        return ""

    @api.model
    def _explain_fields(self):
        """Return what belongs into the columns that need a word.

        :return: {field: sentence}
        """
        return {
            "name": self.env._("The customer's name, as on its invoices."),
            "ref": self.env._("The customer's code: it finds a customer for sure."),
            "vat": self.env._("Tax number, as text: no digit may be lost."),
            "phone": self.env._("As text, with the code of the country."),
            "contact": self.env._("A person of the customer."),
            "country": self.env._("Code or name, in English or Chinese."),
            "lang": self.env._("In which the customer is written to."),
            "currency": self.env._("Code such as USD, or name such as 美元."),
            "currencies": self.env._("Codes, with commas between them."),
            "owner": self.env._("Name, login or email of a colleague."),
            "tags": self.env._("With commas between them."),
            "terms": self.env._("Name of a payment term."),
            "document": self.env._(
                "Number of the invoice or order: the same one isn't brought in twice."
            ),
            "date": self.env._("Day of the document or of the note."),
            "due": self.env._("Day on which it is to be paid."),
            "open": self.env._(
                "Still owed, in the row's currency. Below 0: owed to the customer."
            ),
            "amount": self.env._("What it came to, in the row's currency."),
            "debit": self.env._("Instead of an amount: what the customer owes."),
            "credit": self.env._("Instead of an amount: what is owed to the customer."),
            "booked": self.env._("If it is to be booked as it is, not converted."),
            "rate": self.env._("If it isn't that of the day."),
            "kind": self.env._("Invoice, credit note, payment …: gives the sign."),
            "status": self.env._("What is paid, void or a draft is skipped."),
            "role": self.env._("Vendors are left out."),
            "note": self.env._("Text; what a follow-up said."),
            **self._explain_people(),
        }

    @api.model
    def _explain_people(self):
        """Return what belongs into the columns of customers' people and habits.

        :return: {field: sentence}
        """
        return {
            "email": self.env._(
                "Of the customer; that of a person has its own column."
            ),
            "street": self.env._("Street and number."),
            "street2": self.env._("What doesn't fit into the street."),
            "state": self.env._("Code or name; of the country in its column."),
            "website": self.env._("Address of its pages."),
            "person": self.env._("Company or Person. Empty: a company."),
            "parent": self.env._(
                "Of a person who has a row: name or code of the customer."
            ),
            "first_name": self.env._("Of the contact person, if it isn't in one cell."),
            "last_name": self.env._("Of the contact person, if it isn't in one cell."),
            "position": self.env._("What the contact person does."),
            "contact_email": self.env._("Of the contact person."),
            "contact_phone": self.env._("Of the contact person."),
            "limit": self.env._("Asked for; who may grant it does. Needs a currency."),
            "limit_currency": self.env._("Of the credit limit: code such as USD."),
            "grade": self.env._("Of your credit policy; else it is kept as a tag."),
            "channel": self.env._(
                "Phone, Email, WeChat, WhatsApp, LINE, Telegram, Video, Visit or Fair."
            ),
            "hours": self.env._("When to call, in the customer's own time."),
            "disputed": self.env._("Yes or No."),
            "reason": self.env._("Why it is disputed."),
        }

    @api.model
    def _explain_fields_of(self, kind):
        """Return what belongs into columns that are something else in one kind.

        :return: {field: sentence}
        """
        if kind != "balances":
            return {}
        return {
            "amount": self.env._(
                "What the customer owes in all, in the row's currency. Below 0: owed "
                "to the customer."
            )
        }

    @api.model
    def _get_template_name(self, kind):
        names = dict(self._fields["kind"]._description_selection(self.env))
        return f"{names[kind]}.xlsx"

    @api.model
    def _is_kind(self, kind):
        """Return whether there is such a kind of history."""
        return kind in KINDS
