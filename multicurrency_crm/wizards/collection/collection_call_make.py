from datetime import timedelta

from odoo import api, fields, models

from ...models.collection.collection_account import ACTIONS
from ...models.collection.collection_call import FINANCE, NEXT_ACTIONS, Word
from ...models.common.typed_number_mixin import DAYS

#: Groups whose members read invoices.
READERS = (
    "sales_team.group_sale_salesman,account.group_account_invoice,"
    "account.group_account_readonly"
)
#: After how many days the next action is proposed; none of what waits for somebody
#: else.
AFTER = {"paid": 3, "dispute": 7, "again": 1, "unreached": 1, "wrong_number": 1}


class CollectionCallMake(models.TransientModel):
    """What a customer said about what it owes, and what is done next."""

    _name = "collection.call.make"
    _description = "Noting a Call"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]

    partner_id = fields.Many2one("res.partner", string="Customer", required=True)
    company_id = fields.Many2one(
        "res.company", required=True, default=lambda self: self.env.company
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Spoke With",
        domain="[('id', 'child_of', partner_id)]",
    )
    phone = fields.Char(compute="_compute_phone")
    overdue_text = fields.Char(
        string="Overdue",
        compute="_compute_overdue_text",
        groups=FINANCE,
        help="In each currency, without what is disputed.",
    )
    # sent along by the screen: what its reader has seen
    known_call_id = fields.Many2one("collection.call", string="Last Call")
    last_said = fields.Text(compute="_compute_last_said")
    is_met = fields.Boolean(
        readonly=True, help="A colleague noted another call meanwhile."
    )
    outcome = fields.Selection(
        selection="_list_outcomes", string="What Came of It", required=True
    )
    note = fields.Text()
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        compute="_compute_currency_id",
        store=True,
        precompute=True,
        readonly=False,
    )
    account_note = fields.Char(compute="_compute_account_note")
    amount = fields.Monetary(
        string="Promised",
        bounds=(0, 1e15),
        compute="_compute_amount",
        store=True,
        readonly=False,
        help="What it pays, in the currency of its invoices.",
    )
    date_promised = fields.Date(string="For", bounds=DAYS)
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        domain="[('move_type', 'in', ('out_invoice', 'out_receipt')), "
        "('state', '=', 'posted'), ('amount_residual', '>', 0), "
        "('credit_disputed_since', '=', False), "
        "('commercial_partner_id', '=', partner_id)]",
        groups=READERS,
    )
    next_action = fields.Selection(
        selection=ACTIONS,
        compute="_compute_next",
        store=True,
        readonly=False,
    )
    next_date = fields.Date(
        string="On",
        compute="_compute_next",
        store=True,
        readonly=False,
        help="Until then this customer isn't in the list of calls.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _list_outcomes(self):
        Call = self.env["collection.call"]
        return Call._fields["outcome"]._description_selection(self.env)

    @api.model
    def default_get(self, fields):
        """What one has seen when the dialog opens is the last call of then."""
        values = super().default_get(fields)
        partner = self.env["res.partner"].browse(values.get("partner_id") or ())
        company = self.env["res.company"].browse(values.get("company_id") or ())
        if partner and company and "known_call_id" in fields:
            values["known_call_id"] = self._find_last(partner, company).id
        return values

    @api.model
    def _find_last(self, partner, company):
        """Return what was noted last of a customer in a company; none where nobody may
        say so to the user."""
        Call = self.env["collection.call"]
        Call._check_may_note(partner, company)
        # sudo: which one it is; what was said is read as the user
        return Call._find_account(partner, company).last_call_id.sudo(False)

    @api.depends("partner_id", "contact_id")
    def _compute_phone(self):
        for wizard in self:
            wizard.phone = wizard.contact_id.phone or wizard.partner_id.phone

    @api.depends("partner_id", "company_id")
    def _compute_overdue_text(self):
        for wizard in self:
            told = [
                currency._format_amount(amount)
                for currency, amount in wizard._find_overdue().items()
            ]
            wizard.overdue_text = " · ".join(told) or False

    def _find_overdue(self):
        """Find what is overdue of the customer, as far as the user works in the company
        and its branches.

        :return: {``res.currency``: amount in it}
        """
        self.ensure_one()
        root = self.company_id.sudo().root_id  # sudo: a branch's user may not read it
        here = self.env.user.company_ids & root.browse(root._get_branch_ids(root.id))
        sums = {}
        if self.partner_id and here:
            found = self.partner_id._find_open_amounts(here)
            for _company, currency, amounts, _items in found:
                sums[currency] = sums.get(currency, 0.0) + amounts.overdue
        return {currency: amount for currency, amount in sums.items() if amount}

    @api.depends("known_call_id")
    def _compute_last_said(self):
        for wizard in self:
            # a salesperson reads what they, or others of their customers, noted
            call = wizard.known_call_id._filtered_access("read")
            wizard.last_said = bool(call) and call._describe()

    @api.depends("partner_id", "company_id")
    def _compute_currency_id(self):
        Promise = self.env["payment.promise"]
        for wizard in self:
            if not wizard.currency_id:
                wizard.currency_id = Promise._find_currency(
                    wizard.partner_id, wizard.company_id
                )

    @api.depends("outcome", "partner_id", "company_id", "currency_id")
    @api.depends_context("lang")
    def _compute_account_note(self):
        Promise = self.env["payment.promise"]
        for wizard in self:
            is_asked = wizard.outcome == "promise"
            wizard.account_note = is_asked and Promise._explain_on_account(
                wizard.partner_id, wizard.currency_id, wizard.company_id
            )

    @api.depends("outcome", "currency_id", "partner_id", "company_id")
    def _compute_amount(self):
        """Propose what is overdue in the currency, to whoever may read that."""
        # what is stored is computed with every right
        reads = self.env.user.has_group(FINANCE)
        for wizard in self:
            asked = reads and wizard.outcome == "promise"
            wizard.amount = asked and wizard._find_overdue().get(wizard.currency_id)

    @api.depends("outcome", "date_promised")
    def _compute_next(self):
        for wizard in self:
            wizard.next_action = NEXT_ACTIONS.get(wizard.outcome)
            wizard.next_date = wizard._get_next_date()

    def _get_next_date(self):
        """Return the day that is proposed: of a promise, the one after it."""
        if self.outcome == "promise":
            day = self.date_promised
            return day and max(day, self.company_id._get_today()) + timedelta(days=1)
        days = AFTER.get(self.outcome)
        return days and self.company_id._get_today() + timedelta(days=days)

    # === ACTIONS === #

    def action_apply(self):
        """Note the call, and close. Where a colleague noted another one since this
        dialog was opened, show that first.

        :raises AccessError, UserError: as ``collection.call._note``
        """
        self.ensure_one()
        call = self.env["collection.call"]._note(
            self.partner_id, self.company_id, self._prepare_word(), self.known_call_id
        )
        if call:
            return {"type": "ir.actions.act_window_close"}
        self.write(
            {
                "known_call_id": self._find_last(self.partner_id, self.company_id).id,
                "is_met": True,
            }
        )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Note a Call"),
            "res_model": self._name,
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "res_id": self.id,
        }

    def _prepare_word(self):
        """Return what is to be noted."""
        reads = self._has_field_access(self._fields["move_ids"], "read")
        return Word(
            outcome=self.outcome,
            note=self.note or "",
            contact=self.contact_id,
            moves=self.move_ids if reads else None,
            amount=self.amount,
            currency=self.currency_id,
            promised=self.date_promised,
            next_action=self.next_action,
            next_date=self.next_date,
        )
