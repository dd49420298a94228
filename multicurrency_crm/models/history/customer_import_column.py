from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.history import fold
from ...engine.history_ages import is_age
from ...engine.history_fields import KINDS, MANY, SCALED
from ...engine.history_scales import LABELS, read_scale
from .customer_import_money import NOTHING

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
    ("age", "What Is Open at an Age"),
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
    ("paid", "Paid of It"),
    ("tax", "Tax on Top of the Amount"),
    ("debit_booked", "Debit Side in Company Currency"),
    ("credit_booked", "Credit Side in Company Currency"),
    (NOTHING, "Nothing"),
]
#: What somebody may have chosen that amounts count in.
SCALES = {
    "one": 1,
    "thousand": 1000,
    "ten_thousand": 10_000,
    "million": 1_000_000,
    "hundred_million": 100_000_000,
}


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
    field = fields.Selection(
        selection=FIELDS,
        string="Means",
        help="Empty: left out, unless it may be what is owed: that is "
        "asked. Nothing: left out.",
    )
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

    scale = fields.Integer(
        string="Times",
        readonly=True,
        default=1,
        help="By what its amounts are multiplied, as its header or a row above the "
        "table says: thousands, 万元. 0: these contradict each other.",
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
            if column.field == "age" and not is_age(column.title):
                raise ValidationError(
                    self.env._(
                        "The header “%(column)s” doesn't say which days it holds.",
                        column=column.title,
                    )
                )
            if kind and column.field not in (*KINDS[kind], NOTHING):
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
                if name not in (*MANY, NOTHING) and chosen.count(name) > 1:
                    raise ValidationError(
                        self.env._(
                            "Two columns are %(field)s: choose one of them.",
                            field=names[name],
                        )
                    )

    # === SCALES === #

    def _get_scale(self):
        """Return by what the amounts of this column are multiplied: as was chosen, else
        as the file says; 0: it says several things, and nobody has chosen."""
        self.ensure_one()
        chosen = self.import_id.scale
        if chosen == "header":
            return read_scale(self.title) or 1
        return SCALES[chosen] if chosen else self.scale

    def _get_scaled_title(self):
        """Return the header of this column with what it counts in, where only the table
        around it said so."""
        scale = self._get_scale()
        is_said = self.field not in SCALED or scale in (0, read_scale(self.title) or 1)
        return self.title if is_said else f"{self.title} ({LABELS[scale]})"

    # === ERASING === #

    def _forget(self):
        """Forget the cells that these columns show as samples."""
        # sudo: whoever erases personal data needn't read imports
        shown = self.sudo().filtered("sample")
        if shown:
            shown._write_guarded({"sample": False})

    @api.model
    def _forget_texts(self, folded):
        """Forget the samples that show one of some texts, and headers that are one: of
        a table without any, they are its first row.

        :param folded: set of texts, as they are compared
        """
        # sudo: whoever erases personal data needn't read imports
        every = self.sudo()
        shown = every.search([("sample", "!=", False)])
        shown.filtered(
            lambda one: any(text in fold(one.sample) for text in folded)
        )._forget()
        titled = every.search([("title", "!=", False)])
        for column in titled.filtered(lambda one: fold(one.title) in folded):
            column._write_guarded({"title": str(column.number)})

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
