from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.history import fold
from ...engine.history_fields import KINDS

#: What a column may be, in the order of the list.
FIELDS = [
    ("name", "Customer"),
    ("ref", "Customer Code"),
    ("vat", "Tax Number"),
    ("email", "Email"),
    ("phone", "Phone"),
    ("contact", "Contact Person"),
    ("street", "Street"),
    ("street2", "Street 2"),
    ("city", "City"),
    ("zip", "ZIP"),
    ("state", "State or Province"),
    ("country", "Country"),
    ("website", "Website"),
    ("lang", "Language"),
    ("document", "Document Number"),
    ("date", "Date"),
    ("due", "Due Date"),
    ("kind", "Kind of Document"),
    ("status", "Status"),
    ("open", "Open Amount"),
    ("amount", "Amount"),
    ("debit", "Debit Side"),
    ("credit", "Credit Side"),
    ("side", "Debit or Credit"),
    ("currency", "Currency"),
    ("booked", "Amount in Company Currency"),
    ("rate", "Exchange Rate"),
    ("currencies", "Allowed Currencies"),
    ("owner", "Salesperson or Author"),
    ("tags", "Tags"),
    ("terms", "Payment Terms"),
    ("note", "Note or Text"),
    ("role", "Customer or Vendor"),
    ("person", "Company or Person"),
    ("parent", "Company It Belongs To"),
    ("first_name", "Contact's First Name"),
    ("last_name", "Contact's Last Name"),
    ("position", "Contact's Position"),
    ("contact_email", "Contact's Email"),
    ("contact_phone", "Contact's Phone"),
    ("limit", "Credit Limit"),
    ("limit_currency", "Currency of the Limit"),
    ("grade", "Grade"),
    ("channel", "Preferred Channel"),
    ("hours", "Contact Hours"),
    ("settled", "Settled On"),
    ("disputed", "Disputed"),
    ("reason", "Reason of the Dispute"),
    ("quantity", "Quantity"),
    ("price", "Unit Price"),
]


class CustomerImportColumn(models.Model):
    """A column of a file, and what it is here."""

    _name = "customer.import.column"
    _description = "Column of an Import"
    _inherit = ["guarded.mixin", "typed.number.mixin"]
    _order = "import_id, number, id"
    _rec_name = "title"

    import_id = fields.Many2one(
        "customer.import", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="import_id.company_id")
    number = fields.Integer(string="Column", readonly=True)
    title = fields.Char(string="Header", readonly=True)
    sample = fields.Char(readonly=True)
    content = fields.Char(readonly=True, help="What its cells are, and what proves it.")
    field = fields.Selection(selection=FIELDS, string="Means", help="Empty: left out.")
    reading = fields.Selection(
        selection=[
            ("point", "1,234.50"),
            ("comma", "1.234,50"),
            ("day", "Day first: 31/12/2025"),
            ("month", "Month first: 12/31/2025"),
            ("year", "Year first: 25/12/31"),
        ],
        string="How to Read It",
        help="Empty: as its cells prove. Asked where they prove nothing.",
    )

    is_open = fields.Boolean(
        string="To Settle",
        readonly=True,
        help="Its cells can be read in two ways, and none proves which.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("field")
    def _check_field(self):
        names = dict(self._fields["field"]._description_selection(self.env))
        kinds = dict(
            self.env["customer.import"]._fields["kind"]._description_selection(self.env)
        )
        for column in self.filtered("field"):
            kind = column.import_id.kind
            if kind and column.field not in KINDS[kind]:
                raise ValidationError(
                    self.env._(
                        "%(column)s can't be %(field)s: %(kind)s have no such thing.",
                        column=column.title,
                        field=names[column.field],
                        kind=kinds[kind],
                    )
                )
        for record in self.import_id:
            chosen = record.column_ids.filtered("field").mapped("field")
            for name in chosen:
                if chosen.count(name) > 1:
                    raise ValidationError(
                        self.env._(
                            "Two columns are %(field)s: choose one of them.",
                            field=names[name],
                        )
                    )

    # === ERASING === #

    def _forget(self):
        """Forget the cells that these columns show as samples."""
        # sudo: whoever erases personal data needn't read imports
        shown = self.sudo().filtered("sample")
        if shown:
            shown._write_guarded({"sample": False})

    @api.model
    def _forget_texts(self, texts):
        """Forget the samples that show one of some texts: of files of which no row is
        kept yet.

        :param texts: a name, an email, a phone number …
        """
        folded = {fold(text) for text in texts if text} - {""}
        if folded:
            # sudo: whoever erases personal data needn't read imports
            shown = self.sudo().search([("sample", "!=", False)])
            shown.filtered(
                lambda one: any(text in fold(one.sample) for text in folded)
            )._forget()

    # === CRUD METHODS === #

    def write(self, vals):
        """Match columns again, until the import is published."""
        if {"field", "reading"} & vals.keys():
            for record in self.import_id:
                record._check_open()
        result = super().write(vals)
        if {"field", "reading"} & vals.keys():
            # sudo: nobody writes the state by hand; what was checked is another file
            self.import_id.sudo()._write_guarded({"state": "read", "is_staged": False})
            self.import_id._note_hand()
        return result
