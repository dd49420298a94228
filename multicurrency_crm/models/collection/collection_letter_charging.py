from odoo import Command, api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date


class CollectionLetter(models.Model):
    """Fee and interest of letters, which are booked on demand only: as an invoice in
    the letter's currency, by the level's product."""

    _inherit = "collection.letter"

    charge_move_id = fields.Many2one(
        "account.move",
        string="Invoice of Fee and Interest",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    may_charge = fields.Boolean(compute="_compute_may_charge")

    @api.depends("state", "charge_move_id.state", "fee", "interest")
    def _compute_may_charge(self):
        for letter in self:
            letter.may_charge = letter._is_chargeable()

    def _get_charge_move(self):
        """Return the invoice of fee and interest, with sudo, unless it is cancelled:
        then they may be invoiced anew."""
        # sudo: who reads letters may not read invoices
        return self.sudo().charge_move_id.filtered(lambda move: move.state != "cancel")

    def _is_chargeable(self):
        """Return whether fee or interest of a letter that left isn't invoiced yet."""
        self.ensure_one()
        return (
            self.state == "sent"
            and not self._get_charge_move()
            and not self.currency_id.is_zero(self.fee + self.interest)
        )

    # === ACTIONS === #

    def action_ask_charge(self):
        """Ask whether fee and interest are invoiced.

        :return: action of the question
        """
        self.ensure_one()
        self._check_finance()
        question = self.env._(
            "An invoice of %(amount)s to %(customer)s is made and posted. Invoice fee "
            "and interest?",
            amount=self.currency_id._format_amount(self.fee + self.interest),
            customer=self.partner_id.name,
        )
        return self._ask_before("action_charge", question)

    def action_charge(self):
        """Invoice fee and interest of letters that left, each once, and post it.

        :return: action that opens the invoices
        :raises AccessError: not finance of that company, or no right to invoices
        :raises UserError: nothing is to be invoiced, or the level has no product
        """
        self._check_finance()
        moves = self.env["account.move"]
        for letter in self:
            moves |= letter._charge()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Fee and Interest"),
            "res_model": "account.move",
            "domain": [("id", "in", moves.ids)],
            **(
                {"res_id": moves.id, "views": [(False, "form")]}
                if len(moves) == 1
                else {"views": [(False, "list"), (False, "form")]}
            ),
        }

    def _charge(self):
        """Make and post the invoice of this letter's fee and interest.

        :return: ``account.move``
        """
        self.ensure_one()
        if not self._is_chargeable():
            raise UserError(
                self.env._(
                    "%(letter)s has no fee or interest to be invoiced: it hasn't left, "
                    "it charges nothing, or they are invoiced already.",
                    letter=self.display_name,
                )
            )
        # sudo: who works in a branch needn't see its main company's levels
        product = self.level_id.sudo().fee_product_id
        if not product:
            raise UserError(
                self.env._(
                    "The level %(level)s has no product of fee and interest: a manager "
                    "chooses one, whose account and taxes count.",
                    level=self.level_id.sudo().name,
                )
            )
        move = (
            self.env["account.move"]
            .with_company(self.company_id)
            .create(self._prepare_charge_vals(product))
        )
        move.action_post()
        self._write_guarded({"charge_move_id": move.id})
        # of two at once, the second fails here, is tried again, and finds it invoiced
        self.flush_recordset()
        return move

    def _prepare_charge_vals(self, product):
        """Prepare the invoice of fee and interest, in the language of the customer.

        :param product: ``product.product`` by which they are invoiced
        """
        letter = self._in_customer_language()
        rows = [(letter.env._("Fee of the reminder"), self.fee)]
        for line in letter._get_reminded():
            name = letter.env._(
                "Interest on %(document)s, due %(due)s, to %(day)s",
                document=line.name or "",
                due=format_date(letter.env, line.due),
                day=format_date(letter.env, self.date),
            )
            rows.append((name, line.interest))
        return {
            "move_type": "out_invoice",
            "partner_id": self.contact_id.id,
            "company_id": self.company_id.id,
            "currency_id": self.currency_id.id,
            "invoice_date": fields.Date.to_date(self.company_id._get_today()),
            "ref": letter.env._("Reminder of %s", format_date(letter.env, self.date)),
            "invoice_line_ids": [
                Command.create(
                    {"product_id": product.id, "name": name, "price_unit": amount}
                )
                for name, amount in rows
                if not self.currency_id.is_zero(amount)
            ],
        }
