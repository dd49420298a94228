from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..common.guarded_mixin import is_open


class CustomerImportTotal(models.Model):
    """What the old system says a currency comes to, and what was found in the file."""

    _name = "customer.import.total"
    _description = "Total of an Import"
    _inherit = ["guarded.mixin", "typed.number.mixin"]
    _order = "import_id, currency_id, id"

    import_id = fields.Many2one(
        "customer.import", required=True, index=True, ondelete="cascade"
    )
    import_state = fields.Selection(related="import_id.state")
    company_id = fields.Many2one(related="import_id.company_id")
    company_currency_id = fields.Many2one(
        related="import_id.company_currency_id", string="Company Currency"
    )
    currency_id = fields.Many2one("res.currency", required=True, ondelete="restrict")
    is_typed = fields.Boolean(
        string="Compare", help="Compare with the total of the old system."
    )
    typed = fields.Monetary(
        string="Old System", help="The total that the old system shows."
    )
    found = fields.Monetary(readonly=True, help="What is to be created.")
    found_count = fields.Integer(string="Items", readonly=True)
    found_booked = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
    )
    difference = fields.Monetary(
        compute="_compute_difference", help="What was found less what was typed."
    )
    rates = fields.Char(
        readonly=True, help="The rate that the rows imply, and that of the day."
    )
    suspects = fields.Text(
        string="What Makes It", readonly=True, help="Rows that make the difference."
    )

    # === COMPUTE METHODS === #

    @api.depends("is_typed", "typed", "found")
    def _compute_difference(self):
        for total in self:
            total.difference = total.is_typed and total.found - total.typed

    @api.onchange("typed")
    def _onchange_typed(self):
        if self.typed:
            self.is_typed = True

    # === CONSTRAINT METHODS === #

    @api.constrains("import_id", "currency_id")
    def _check_one_a_currency(self):
        for record in self.import_id:
            if len(record.total_ids) > len(record.total_ids.currency_id):
                raise ValidationError(
                    self.env._("A currency has one total in an import.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        is_ours = is_open(self)
        totals = super().create(vals_list)
        if not is_ours:
            totals._check_open()
            totals.import_id._note_hand()
            totals._explain()
        return totals

    def write(self, vals):
        if not is_open(self):
            self._check_open()
            self._check_kept(vals)
            self.import_id._note_hand()
        result = super().write(vals)
        if {"typed", "is_typed"} & vals.keys():
            self._explain()
        return result

    def _check_kept(self, vals):
        """:raises UserError: what was found of a currency would be shown elsewhere"""
        kept = {"import_id", "currency_id"} & vals.keys()
        if any(
            total._differs_from(name, vals[name]) for total in self for name in kept
        ):
            raise UserError(
                self.env._(
                    "A total stays with its import and currency: add another one."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_found(self):
        """:raises UserError: a currency of the file would be missing"""
        # sudo: a check that starts anew forgets what the last one found
        if not self.env.su and any(total.found_count for total in self):
            raise UserError(
                self.env._(
                    "The file has items in this currency: its total stays. To compare "
                    "nothing, clear Compare."
                )
            )

    @api.ondelete(at_uninstall=False)
    def _check_open(self):
        """:raises UserError: their import is published, or being worked on"""
        for record in self.import_id:
            record._check_open()
        if not is_open(self) and not self.env.su:
            self.import_id._note_hand()

    def _explain(self):
        """Say which rows make the differences of these totals."""
        for record in self.import_id:
            if record.state == "ready":
                # sudo: nobody writes an explanation by hand
                record.sudo()._explain_totals()
                if not self.env.context.get("within_import"):
                    record._drop_stale_reason()
