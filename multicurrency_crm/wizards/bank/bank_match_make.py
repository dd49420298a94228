from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...engine.matching import get_payer, is_sure

#: Items of a customer that are shown, the oldest first; what is proposed is among them.
MOST_SHOWN = 200
#: What is shown of the receipt.
FACTS = (
    "kind",
    "company_id",
    "date",
    "payer",
    "account_number",
    "text",
    "currency_id",
    "amount",
)


class BankMatchMake(models.TransientModel):
    """A receipt beside what it may pay: proposals, and the items of one customer.

    Nothing is booked before somebody presses the button.
    """

    _name = "bank.match.make"
    _description = "Matching of a Receipt"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]

    receipt_id = fields.Many2one(
        "bank.receipt", required=True, readonly=True, ondelete="cascade"
    )
    kind = fields.Selection(
        selection=lambda self: (
            self.env["bank.receipt"]._fields["kind"]._description_selection(self.env)
        ),
        compute="_compute_receipt",
    )
    company_id = fields.Many2one("res.company", compute="_compute_receipt")
    date = fields.Date(compute="_compute_receipt")
    payer = fields.Char(compute="_compute_receipt")
    account_number = fields.Char(compute="_compute_receipt", string="Payer's Account")
    text = fields.Char(compute="_compute_receipt")
    currency_id = fields.Many2one("res.currency", compute="_compute_receipt")
    amount = fields.Monetary(compute="_compute_receipt", string="To Match")
    rate_note = fields.Char(string="Rate", compute="_compute_receipt")
    partner_id = fields.Many2one("res.partner", string="Customer")
    proposal_ids = fields.One2many(
        "bank.match.make.proposal", "wizard_id", string="Proposals"
    )
    line_ids = fields.One2many("bank.match.make.line", "wizard_id", string="Open Items")
    # which of the proposals was taken; none below 0
    taken = fields.Integer(default=-1)
    hidden_count = fields.Integer(string="Not Shown", readonly=True)
    reasons = fields.Char(readonly=True)
    settled = fields.Monetary(compute="_compute_sums", string="Chosen")
    rest = fields.Monetary(compute="_compute_sums", string="Left Over")
    difference = fields.Monetary(compute="_compute_sums", string="Short By")
    most_charges = fields.Monetary(compute="_compute_sums")
    write_off = fields.Boolean(
        string="Write Off as Charges", help="What the bank has kept of the payment."
    )
    advance = fields.Boolean(
        string="Book the Rest as an Advance",
        help="Of this customer. Otherwise it waits on to be matched.",
    )
    pays_currency_id = fields.Many2one(
        "res.currency",
        string="Sent In",
        help="Where the bank has changed what was sent into the currency of the "
        "account.",
    )
    pays_amount = fields.Monetary(
        string="Sent", currency_field="pays_currency_id", bounds=(0, 1e15)
    )

    # === COMPUTE METHODS === #

    @api.depends("receipt_id")
    def _compute_receipt(self):
        # somebody may have matched it since this was opened
        left = self.receipt_id.exists()
        for wizard in self:
            receipt = wizard.receipt_id & left
            for name in FACTS:
                wizard[name] = receipt[name]
            wizard.rate_note = bool(receipt) and receipt._explain_rate()

    @api.depends("line_ids.amount", "amount", "currency_id")
    def _compute_sums(self):
        for wizard in self:
            settled = sum(wizard.line_ids.mapped("amount"))
            left = wizard.amount - settled
            wizard.settled = settled
            wizard.rest = max(left, 0.0)
            wizard.difference = max(-left, 0.0)
            receipt = (
                wizard.receipt_id if wizard.currency_id else self.env["bank.receipt"]
            )
            wizard.most_charges = receipt._get_most_written_off(settled)

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        took = self.proposal_ids.filtered(lambda one: one.sequence == self.taken)
        if took and took[0].partner_id == self.partner_id:
            return  # a proposal has brought the customer along
        self.reasons, self.taken = False, -1
        self._show(self.partner_id)

    @api.onchange("proposal_ids")
    def _onchange_proposal_ids(self):
        """Fill in what was just taken, and nothing else; or empty what is not taken any
        more."""
        before = self.proposal_ids.filtered(lambda one: one.sequence == self.taken)
        picked = self.proposal_ids.filtered("take") - before
        if picked:
            self._take(picked[0])
        elif before and not before.take:
            self.line_ids.amount = 0.0
            self.reasons, self.taken = False, -1

    # === SCREEN === #

    @api.model
    def _open(self, receipt):
        """Open what a receipt may pay; what stands out is filled in.

        :param receipt: ``bank.receipt``
        """
        proposals = receipt._find_proposals()
        wizard = self.create(
            {"receipt_id": receipt.id, "pays_currency_id": receipt.currency_id.id}
        )
        wizard._propose(proposals)
        first = wizard.proposal_ids[:1]
        if is_sure(proposals):
            wizard._take(first)
        elif partner := receipt.partner_id.commercial_partner_id.id or get_payer(
            proposals
        ):
            wizard.partner_id = partner
            wizard.line_ids = wizard._prepare_lines(wizard.partner_id)
        return wizard._get_action()

    def _get_action(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Match a Receipt"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def _propose(self, proposals):
        self.proposal_ids = [
            Command.clear(),
            *map(Command.create, self._prepare_proposals(proposals)),
        ]

    def _prepare_proposals(self, proposals):
        return [
            {
                "sequence": at,
                "partner_id": one.partner_id,
                "item_ids": [Command.set([item for item, _amount in one.parts])],
                "documents": self._name_documents(one),
                "settled": float(one.settled()),
                "charges": float(one.charges),
                "reasons": self.receipt_id._explain_reasons(one.reasons),
            }
            for at, one in enumerate(proposals)
        ]

    def _name_documents(self, proposal):
        items = self.env["account.move.line"].browse(
            [item for item, _amount in proposal.parts]
        )
        names = [move.name or "/" for move in items.move_id]
        return format_list(self.env, names)

    def _show(self, partner):
        """Show the items of a customer, and what is proposed of them."""
        self.line_ids = self._prepare_lines(partner)
        proposals = self.receipt_id._find_proposals(partner or None)
        self._propose(proposals)

    def _prepare_lines(self, partner, taken=None):
        """Prepare commands for the items of a customer.

        :param dict taken: {item's id: how much of it is filled in}
        """
        taken = taken or {}
        rows = partner and self.receipt_id._read_items({}, partner) or []
        shown = [row for row in rows if row["id"] in taken]
        shown += [row for row in rows if row["id"] not in taken]
        self.hidden_count = max(len(rows) - MOST_SHOWN, 0)
        return [
            Command.clear(),
            *(
                Command.create(
                    {"item_id": row["id"], "amount": taken.get(row["id"], 0)}
                )
                for row in shown[:MOST_SHOWN]
            ),
        ]

    def _take(self, proposal):
        """Fill in what is proposed: as much of each item as the receipt pays."""
        left = proposal.settled
        taken = {}
        # on a screen that isn't saved, what is shown stands for what is stored
        for item in proposal.item_ids._origin.sorted(
            lambda item: (item.date_maturity or item.date, item.id)
        ):
            amount = min(left, item.amount_residual_currency)
            taken[item.id] = self.currency_id.round(amount)
            left -= amount
        self.partner_id = proposal.partner_id
        self.reasons, self.taken = proposal.reasons, proposal.sequence
        for one in self.proposal_ids:
            one.take = one.sequence == self.taken
        self.write_off = False
        self.line_ids = self._prepare_lines(proposal.partner_id, taken)

    # === ACTIONS === #

    def action_match(self):
        """Match the receipt with what is chosen.

        :raises UserError: it can't be
        """
        self.ensure_one()
        amounts = {line.item_id: line.amount for line in self.line_ids if line.amount}
        self.receipt_id._check_left()
        self.receipt_id._allocate(
            self.partner_id,
            amounts,
            charges=self.difference if self.write_off else 0.0,
            advance=self.advance and bool(self.rest),
            reasons=self._find_reasons(amounts),
        )
        return {"type": "ir.actions.act_window_close"}

    def _find_reasons(self, amounts):
        """Return why this was proposed, if it was: asked anew, since what is kept of a
        match is nothing that a client wrote.

        :param dict amounts: {``account.move.line``: how much of it}
        """
        customer = self.partner_id.commercial_partner_id
        for one in self.receipt_id._find_proposals():
            items = {item for item, _amount in one.parts}
            if one.partner_id == customer.id and items == {i.id for i in amounts}:
                return self.receipt_id._explain_reasons(one.reasons)
        return ""

    def action_pay_in(self):
        """Note in which currency the payer sent it, and look again.

        :raises UserError: it can't be
        """
        self.ensure_one()
        if not self.pays_currency_id:
            raise UserError(self.env._("Choose the currency that was sent."))
        self.receipt_id._pay_in(self.pays_currency_id, self.pays_amount)
        return self._open(self.receipt_id)
