from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class PaymentPromiseMake(models.TransientModel):
    """What a customer promised: how much, when, of which invoices."""

    _name = "payment.promise.make"
    _description = "Noting a Promise"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    customer_id = fields.Many2one(
        related="partner_id.commercial_partner_id", string="Commercial Customer"
    )
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('move_type', 'in', ('out_invoice', 'out_receipt')), "
        "('state', '=', 'posted'), ('amount_residual', '>', 0), "
        "('currency_id', '=', currency_id), "
        "('commercial_partner_id', '=', customer_id)]",
        help="None: all that are open of this customer in this currency.",
    )
    owed = fields.Monetary(string="Open", compute="_compute_owed")
    amount = fields.Monetary(
        required=True,
        bounds=(0, 1e15),
        compute="_compute_amount",
        store=True,
        precompute=True,
        readonly=False,
    )
    date = fields.Date(
        string="Promised For",
        required=True,
        default=lambda self: self.env.company._get_today(),
        help="The day on which the customer pays.",
    )
    said_by = fields.Char(string="Who Said It", help="The customer's colleague.")
    channel = fields.Selection(
        selection=[
            ("call", "Call"),
            ("mail", "E-Mail"),
            ("meeting", "Meeting"),
            ("other", "Other"),
        ],
        default="call",
        required=True,
    )
    note = fields.Text()
    account_note = fields.Char(compute="_compute_account_note")
    replaced_note = fields.Char(compute="_compute_replaced_note")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "move_ids")
    def _compute_currency_id(self):
        for wizard in self:
            if len(wizard.move_ids.currency_id) == 1:
                wizard.currency_id = wizard.move_ids.currency_id
            elif not wizard.currency_id:
                wizard.currency_id = self.env["payment.promise"]._find_currency(
                    wizard.partner_id, wizard.company_id
                )

    @api.depends("partner_id", "company_id", "currency_id", "move_ids")
    def _compute_owed(self):
        for wizard in self:
            # sudo: what the customer owes, and no more of it
            wizard.owed = sum(wizard._find_meant().sudo().mapped("amount_residual"))

    def _find_meant(self):
        """Return the invoices that are promised: the chosen ones, or all; none to whom
        nothing may be said of them."""
        Promise, customer = self.env["payment.promise"], self.customer_id
        if not customer or not Promise._may_make(customer, self.move_ids._origin):
            return self.move_ids.browse()
        if self.move_ids or not self.currency_id:
            return self.move_ids
        return Promise._find_owed(customer, self.currency_id, self.company_id)

    @api.depends("partner_id", "company_id", "currency_id", "move_ids")
    @api.depends_context("lang")
    def _compute_account_note(self):
        Promise = self.env["payment.promise"]
        for wizard in self:
            is_open = not wizard.move_ids and Promise._may_make(
                wizard.customer_id, wizard.move_ids
            )
            wizard.account_note = is_open and Promise._explain_on_account(
                wizard.partner_id, wizard.currency_id, wizard.company_id
            )

    @api.depends("owed")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.owed

    @api.depends("partner_id", "company_id", "currency_id", "move_ids")
    @api.depends_context("lang")
    def _compute_replaced_note(self):
        # sudo: what it takes the place of is named, whoever noted that
        Promise = self.env["payment.promise"].sudo()
        for wizard in self:
            found = Promise._find_open_of(wizard._find_meant()._origin)
            older = Promise.concat(*set(found.values())).sorted()
            # what the customer told on the portal stays beside it
            older = older.filtered(lambda promise: promise.channel != "portal")
            wizard.replaced_note = bool(older) and self.env._(
                "Takes the place of: %(promises)s",
                promises=format_list(self.env, older.mapped("display_name")),
            )

    # === ACTIONS === #

    @api.model
    def _open(self, moves=None, partner=None):
        """Return the action of the dialog.

        :param moves: ``account.move`` of one customer and currency
        :param partner: ``res.partner``, where none are chosen
        :raises UserError: they are of several customers or currencies
        """
        self.env["payment.promise"].browse().check_access("read")
        context = {}
        if moves:
            moves.check_access("read")
            customer = moves.commercial_partner_id
            if len(customer) > 1 or len(moves.currency_id) > 1:
                raise UserError(
                    self.env._(
                        "A promise is one customer's, in one currency: choose its "
                        "invoices."
                    )
                )
            Promise = self.env["payment.promise"]
            Promise._check_invoices(moves, customer, moves.currency_id)
            company = Promise._get_company_of(moves)
            context |= {"default_move_ids": moves.ids}
        else:
            customer, company = partner.commercial_partner_id, self.env.company
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Note a Promise"),
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": context
            | {
                "default_partner_id": customer.id,
                "default_company_id": company.id,
            },
        }

    def action_apply(self):
        """Note the promise.

        :raises AccessError, UserError: as ``payment.promise._make``
        """
        self.ensure_one()
        Promise = self.env["payment.promise"]
        Promise._make(
            self.partner_id,
            self.amount,
            self.currency_id,
            self.date,
            self.move_ids or None,
            channel=self.channel,
            said_by=self.said_by,
            note=self.note,
            **({} if self.move_ids else {"company": self.company_id}),
        )
        return {"type": "ir.actions.act_window_close"}
