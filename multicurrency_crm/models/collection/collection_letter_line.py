import json

from odoo import api, fields, models
from odoo.tools import SQL, format_date

#: {why nobody is reminded of an item: how that is called}
OBSTACLES = [
    ("disputed", "Disputed"),
    ("promised", "Promised"),
    ("in_process", "Payment under way"),
    ("planned", "In a plan, not yet due"),
    ("blocked", "Paused"),
    ("no_followup", "No follow-up"),
    ("settled", "Settled meanwhile"),
    ("small", "Below the smallest amounts"),
    ("moved", "Due day moved meanwhile"),
]


class CollectionLetterLine(models.Model):
    """An item in a letter, as it was open when the letter was prepared."""

    _name = "collection.letter.line"
    _description = "Item in a Collection Letter"
    _inherit = ["guarded.mixin"]
    _order = "letter_id, due, id"

    letter_id = fields.Many2one(
        "collection.letter",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="letter_id.company_id", string="Company")
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Document",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    name = fields.Char(string="Number", readonly=True)
    reference = fields.Char(readonly=True)
    date = fields.Date(readonly=True)
    due = fields.Date(string="Due Date", readonly=True)
    days_late = fields.Integer(
        readonly=True,
        aggregator=None,
        help="On the day of the letter; below 0 before the item is due.",
    )
    currency_id = fields.Many2one(related="letter_id.currency_id", string="Currency")
    amount = fields.Monetary(
        string="Original Amount", readonly=True, help="Of the item, in its currency."
    )
    residual = fields.Monetary(
        string="Open", readonly=True, help="What is open of it, in its currency."
    )
    promised = fields.Monetary(
        readonly=True, help="What is promised of it, which may be less than is open."
    )
    promised_for = fields.Date(readonly=True)
    level_id = fields.Many2one("collection.level", readonly=True, ondelete="restrict")
    interest = fields.Monetary(
        readonly=True, help="Since the due date, less what earlier letters charged."
    )
    interest_rate = fields.Float(
        string="Yearly Interest",
        readonly=True,
        digits=(16, 6),
        aggregator=None,
        help="At which its interest was charged, whatever the level's is now.",
    )
    interest_basis = fields.Integer(
        string="Interest Days of a Year", readonly=True, aggregator=None
    )
    skip_reason = fields.Selection(
        selection=OBSTACLES,
        string="Left Out",
        readonly=True,
        help="Why the customer isn't reminded of this item now.",
    )
    skip_note = fields.Char(string="Why", readonly=True)

    @api.depends("name", "due")
    def _compute_display_name(self):
        for line in self:
            line.display_name = line.name or ""

    @api.model
    def _insert(self, rows):
        """Write the lines of many letters in one statement.

        :param rows: [{name of a field: value}], each with the names of the others
        """
        if not rows:
            return
        columns = {name: self._fields[name].column_type[1] for name in rows[0]}
        columns |= {"create_uid": "int4", "create_date": "timestamp"}
        common = {
            "create_uid": self.env.uid,
            "create_date": fields.Datetime.now(),
        }
        self.env.cr.execute(
            SQL(
                "INSERT INTO collection_letter_line (%s) SELECT * FROM"
                " jsonb_to_recordset(%s::jsonb) AS r (%s)",
                SQL(", ").join(map(SQL.identifier, columns)),
                json.dumps([{**row, **common} for row in rows], default=str),
                SQL(", ").join(
                    SQL("%s %s", SQL.identifier(name), SQL(kind))
                    for name, kind in columns.items()
                ),
            )
        )
        self.invalidate_model()
        self.env["collection.letter"].invalidate_model(["line_ids"])

    def _is_reminded(self):
        """Return whether the letter asks for this item, and not for its interest
        alone."""
        self.ensure_one()
        return not self.skip_reason and bool(self.residual)

    def _get_document_url(self):
        """Return the address of the invoice on the portal; False: it is none."""
        self.ensure_one()
        # sudo: of all branches, and the invoice gets its key
        document = self.move_id.sudo()
        if not document.is_sale_document(True):
            return False
        return f"{document.get_base_url()}{document.get_portal_url()}"

    def action_open_document(self):
        """Open the invoice, or the entry."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "views": [(False, "form")],
        }

    def _take_out(self, reason, note=False):
        """Take lines out of a letter: what they bore is charged by the next one.

        :param str reason: value of ``skip_reason``
        """
        self._write_guarded(
            {
                "skip_reason": reason,
                "skip_note": note,
                "interest": 0.0,
                "interest_rate": 0.0,
            }
        )

    def _look_again(self, item, obstacle, promised=None):
        """Take a line out of a letter that is about to go, or what of it was paid.

        :param item: :class:`OpenItem`, or None: nothing is open of it
        :param obstacle: (reason, note) why nobody is to be reminded of it, or None
        :param promised: (amount, day) of it, or None
        """
        self.ensure_one()
        reason, note = obstacle or (False, False)
        if not item or self.currency_id.compare_amounts(item.residual, 0.0) <= 0:
            reason, note = "settled", False
        elif item.due != self.due:
            reason, note = "moved", False
        if reason:
            self._take_out(reason, note)
            # sudo: nobody frees an item by hand
            self.letter_id.sudo().reminder_ids.filtered(
                lambda one: one.move_line_id == self.move_line_id
            ).unlink()
            return
        amount, day = promised or (0.0, False)
        vals = {"residual": item.residual, "promised": amount, "promised_for": day}
        if any(
            self.currency_id.compare_amounts(self[name], vals[name])
            for name in ("residual", "promised")
        ) or (day != self.promised_for):
            self._write_guarded(vals)

    def _get_shown_name(self):
        """Return what a letter calls this item, in the language of the environment:
        with what is promised of it."""
        self.ensure_one()
        if self.currency_id.is_zero(self.promised):
            return self.name or ""
        return self.env._(
            "%(document)s (%(amount)s promised for %(day)s)",
            document=self.name or "",
            amount=self.currency_id._format_amount(self.promised),
            day=format_date(self.env, self.promised_for),
        )
