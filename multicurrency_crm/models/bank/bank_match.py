from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_date, format_list

from ..common.remembered import remembered


class BankMatch(models.Model):
    """What of a receipt was matched with what a customer owes, by whom, and why.

    Who matched it, or a colleague, takes it back: the receipt is as it was before. What
    Odoo takes apart ends, or holds for what is left (``account.partial.reconcile``).
    """

    _name = "bank.match"
    _description = "Matched Receipt"
    _inherit = ["guarded.mixin", "asking.mixin", "booking.mixin"]
    _order = "id desc"

    _entry_fields = ("charge_move_id",)

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    date = fields.Date(readonly=True, required=True, help="On which it came in.")
    text = fields.Char(readonly=True)
    statement_line_id = fields.Many2one(
        "account.bank.statement.line", readonly=True, index=True, ondelete="cascade"
    )
    payment_id = fields.Many2one(
        "account.payment", readonly=True, index=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        "res.partner", string="Customer", readonly=True, index=True, ondelete="restrict"
    )
    partner_before_id = fields.Many2one(
        "res.partner", readonly=True, index="btree_not_null", ondelete="set null"
    )
    currency_id = fields.Many2one("res.currency", readonly=True, required=True)
    amount = fields.Monetary(
        string="Matched", readonly=True, help="What of the receipt was taken."
    )
    charges = fields.Monetary(readonly=True, help="Written off besides.")
    item_ids = fields.Many2many(
        "account.move.line",
        "bank_match_item_rel",
        string="Settled Items",
        readonly=True,
    )
    charge_move_id = fields.Many2one(
        "account.move", readonly=True, index="btree_not_null", ondelete="restrict"
    )
    reasons = fields.Char(readonly=True, help="Why it was proposed.")
    settles = fields.Char(compute="_compute_settles")
    state = fields.Selection(
        selection=[("matched", "Matched"), ("undone", "Undone")],
        default="matched",
        required=True,
        readonly=True,
        index=True,
    )
    undone_by_id = fields.Many2one("res.users", readonly=True)
    undone_on = fields.Datetime(readonly=True)

    # === COMPUTE METHODS === #

    @api.depends("item_ids")
    def _compute_settles(self):
        for match in self:
            # sudo: names of documents, for whoever reads what was matched
            names = match.sudo().item_ids.move_id.mapped("name")
            match.settles = format_list(self.env, list(filter(None, names)))

    @api.depends("date", "partner_id", "amount")
    def _compute_display_name(self):
        for match in self:
            # sudo: names a document of whoever may read it
            amount = match.currency_id._format_amount(match.amount)
            match.display_name = self.env._(
                "%(amount)s of %(date)s, %(customer)s",
                amount=amount,
                date=format_date(self.env, match.date),
                customer=match.sudo().partner_id.display_name or "",
            )

    @api.model
    def _get_bound_query(self, moves):
        """What is undone has let its entries go."""
        self.flush_model(["state"])
        return SQL(
            "SELECT b.model, b.id FROM (%s) b JOIN bank_match k ON k.id = b.id "
            "WHERE k.state = 'matched'",
            super()._get_bound_query(moves),
        )

    def _explain_bound(self):
        return self.env._(
            "That entry writes off the charges of %(match)s: undo the match instead.",
            match=self.display_name,
        )

    # === ACTIONS === #

    def action_undo(self):
        """Ask before the receipt is as it was.

        :raises UserError: it can't be undone
        """
        matches = self._check_undoable()
        question = self.env._(
            "The receipt is to match again, and what was written off of it is taken "
            "back. Undo?"
        )
        if len(matches) > len(self):
            question = self.env._(
                "The receipt pays for %(matches)s: all of that is undone, and what was "
                "written off is taken back. Undo?",
                matches=format_list(self.env, matches.mapped("display_name")),
            )
        return self._ask_before("action_undo_now", question)

    def action_undo_now(self):
        """Take these matches back; those of the same line of a bank, too.

        :raises UserError: a day is closed, an entry is hashed
        """
        matches = self._check_undoable()
        for line in matches.statement_line_id:
            matches.filtered(
                lambda match, line=line: match.statement_line_id == line
            )._undo_line()
        for match in matches.filtered("payment_id"):
            match._undo_payment()

    # === OPENING === #

    def action_open_receipt(self):
        """Open the payment, or the entry of the bank's line.

        :raises UserError: the user may not read it
        """
        self.ensure_one()
        if line := self.statement_line_id:
            return line.move_id._open_entries(self.env._("Bank Line"))
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Payment"),
            "res_model": "account.payment",
            "res_id": self.payment_id.id,
            "views": [(False, "form")],
            "context": {"create": False},
        }

    def action_open_charges(self):
        """Open the entry that writes charges off, where they have one of their own.

        :raises UserError: the user may not read it
        """
        self.ensure_one()
        return self.charge_move_id._open_entries(self.env._("Charges"))

    def action_open_settled(self):
        """Open the documents that were settled.

        :raises UserError: the user may not read them
        """
        self.ensure_one()
        return self.item_ids.move_id._open_entries(self.env._("Settled Items"))

    # === UNDOING === #

    def _check_undoable(self):
        """Find all that goes with these.

        :return: ``bank.match`` with sudo
        :raises AccessError: not allowed
        :raises UserError: something can't be undone
        """
        self.env["bank.receipt"]._check_may_match()
        self.check_access("read")
        # sudo: the right to match was checked, and is the right to take it back
        matches = self.sudo().filtered(lambda match: match.state == "matched")
        if not matches:
            raise UserError(self.env._("That was undone already."))
        lines = matches.statement_line_id
        matches |= matches.search(
            [("statement_line_id", "in", lines.ids), ("state", "=", "matched")]
        )
        matches._check_entries_open()
        return matches

    def _check_entries_open(self):
        """:raises UserError: an entry that changes is hashed, or its day is closed"""
        for move in self.statement_line_id.move_id:
            self.env["bank.receipt"]._check_entry_open(move)
        for move in self.charge_move_id:
            self.env["bank.receipt"]._check_day_open(move)
        for match in self:
            if match._is_last_of_payment():
                self.env["bank.receipt"]._check_redraftable(match.payment_id)

    def _is_last_of_payment(self):
        """Return whether a payment got the customer that it has by a match, and nothing
        else of it is matched."""
        return bool(
            self.payment_id.partner_id
            and not self.partner_before_id
            and self.payment_id.partner_id == self.partner_id
            and not self._find_beside()
        )

    def _find_beside(self):
        """Find what else of the same payment is matched, the oldest first."""
        return self.payment_id and self.search(
            [
                ("payment_id", "=", self.payment_id.id),
                ("state", "=", "matched"),
                ("id", "!=", self.id),
            ],
            order="id",
        )

    def _undo_line(self):
        """Take a line of a bank apart, as Odoo does, and give it its former partner; it
        stays worth what it was, whatever rate was typed since."""
        line = self.statement_line_id
        self.env["bank.receipt"]._take_rows(
            line.move_id.line_ids | self.item_ids, line, self.payment_id
        )
        customer = line.partner_id
        # one that somebody gave it since isn't the match's
        if customer in self.partner_id:
            customer = self.sorted("id")[:1].partner_before_id
        with line._worth_kept():
            line.action_undo_reconciliation()
            if line.partner_id != customer:
                line.partner_id = customer

    def _undo_payment(self):
        """Part a payment from what it settled, and take its charges back."""
        lines = self.payment_id.move_id.line_ids | self.charge_move_id.line_ids
        self.env["bank.receipt"]._take_rows(
            lines | self.item_ids, self.statement_line_id, self.payment_id
        )
        nobody = self._is_last_of_payment()
        self._part(self.charge_move_id.date)
        if nobody:
            self.env["bank.receipt"]._check_redraftable(self.payment_id)
            self.payment_id._change_customer(
                self.env["res.partner"], self.payment_id.destination_account_id
            )

    def _part(self, day):
        """End the match of a payment: nothing of it holds any more.

        :param date day: on which charges are taken back
        """
        partials, charge = self._find_partials(), self.charge_move_id
        self._end()
        partials.unlink()
        if charge:
            vals = {"date": day, "ref": self.env._("Cancels %s", charge.name)}
            charge._reverse_moves([vals], cancel=True)

    def _end(self):
        """Note who took these back."""
        for match in self:
            # what gave a payment its customer goes on in what else is matched of it
            if not match.partner_before_id and (beside := match._find_beside()):
                beside[0]._write_guarded({"partner_before_id": False})
        self._write_guarded(
            {
                "state": "undone",
                "undone_by_id": self.env.uid,
                "undone_on": fields.Datetime.now(),
            }
        )

    # === TAKEN APART IN ODOO === #

    @api.model
    @remembered()
    def _is_any(self):
        """Return whether anything is matched here: where nothing is, parting items in
        Odoo costs no query."""
        # sudo: whoever parts items may not read what was matched here
        return bool(self.sudo().search_count([("state", "=", "matched")], limit=1))

    def _find_partials(self):
        """Find what stands between the receipt, its charges included, and the items."""
        entries = self.payment_id.move_id | self.statement_line_id.move_id
        lines = (entries | self.charge_move_id).line_ids
        partials = lines.matched_debit_ids | lines.matched_credit_ids
        return partials.filtered(
            lambda partial: (
                (partial.debit_move_id | partial.credit_move_id) & self.item_ids
            )
        )

    @api.model
    def _find_parted(self, partials):
        """Find the matches of which these are a part.

        :param partials: ``account.partial.reconcile``
        """
        lines = partials.debit_move_id | partials.credit_move_id
        matches = self.search(
            [("state", "=", "matched"), ("item_ids", "in", lines.ids)]
        )
        return matches.filtered(lambda match: match._find_partials() & partials)

    def _follow_parted(self):
        """Let matches of which somebody has taken a part away hold for what is left.

        Of a payment none holds of which nothing is left, or whose charges settle
        nothing any more: they are taken back, on an open day.
        """
        for match in self.exists():
            # perhaps ended by what the one before took along
            if match.state != "matched":
                continue
            left, charge = match._find_partials(), match.charge_move_id
            paid = left.filtered(
                lambda partial, charge=charge: (
                    charge
                    not in (partial.debit_move_id | partial.credit_move_id).move_id
                )
            )
            settling = charge.line_ids.filtered("account_id.reconcile")
            if match.statement_line_id or (paid and all(settling.mapped("reconciled"))):
                match._keep_items(left, paid)
            else:
                match._part(charge and charge._get_accounting_date(charge.date, False))

    def _keep_items(self, left, paid):
        """Keep of the items those that are matched yet.

        :param left: ``account.partial.reconcile`` of this match
        :param paid: those of them that aren't charges
        """
        items = (left.debit_move_id | left.credit_move_id) & self.item_ids
        vals = {"item_ids": [Command.set(items.ids)]}
        if self.payment_id:
            vals["amount"] = sum(paid.mapped("debit_amount_currency"))
        self._write_guarded(vals)
