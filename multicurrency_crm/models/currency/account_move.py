from odoo import api, fields, models
from odoo.exceptions import UserError

from ..customer_present import is_customer_present


class AccountMove(models.Model):
    _inherit = "account.move"

    # Only for the form: which currency the last chosen customer brought along.
    customer_currency_id = fields.Many2one("res.currency", store=False)
    currency_warning = fields.Char(compute="_compute_currency_warning")

    @api.onchange("partner_id")
    def _onchange_partner_id(self):
        result = super()._onchange_partner_id()
        self._take_customer_currency()
        return result

    def _take_customer_currency(self):
        """Start a new customer document in the customer's currency.

        In the form only, while there are no lines; a journal's own currency wins.
        """
        if (
            not self.is_sale_document(include_receipts=True)
            or self.journal_id.currency_id
            or self.invoice_line_ids
            or self.state != "draft"
        ):
            return
        preferred = self.partner_id._get_preferred_currency(self.company_id)
        if preferred:
            self.currency_id = preferred
        elif (
            self.customer_currency_id and self.currency_id == self.customer_currency_id
        ):
            self.currency_id = self.company_id.currency_id
        self.customer_currency_id = preferred

    @api.depends("partner_id", "currency_id", "state")
    @api.depends_context("lang")
    def _compute_currency_warning(self):
        for move in self:
            move.currency_warning = (
                move.state == "draft" and move._currency_error_message()
            )

    def _currency_error_message(self):
        """One sentence if the customer may not buy in the invoice's currency."""
        self.ensure_one()
        if (
            self.move_type != "out_invoice"
            or not self.partner_id._currency_lists_exist()
            or self.partner_id._allows_currency(self.currency_id)
            or ("pos_order_ids" in self._fields and self.pos_order_ids)
        ):
            return False
        partner = self.partner_id.commercial_partner_id
        return self.env._(
            "%(customer)s does not buy in %(currency)s: invoice in %(allowed)s, or add "
            "%(currency)s to the customer's allowed currencies.",
            customer=partner.display_name,
            currency=self.currency_id.name,
            allowed=", ".join(partner.allowed_currency_ids.mapped("name")),
        )

    def _post(self, soft=True):
        outside = {
            move: message
            for move in self
            if (message := move._currency_error_message())
        }
        # Money that came in is never lost to a check: what it paid is told about.
        if not is_customer_present(self.env):
            for move, message in outside.items():
                if move.company_id.currency_policy == "enforce":
                    raise UserError(message)
        posted = super()._post(soft)
        for move in posted.filtered(lambda move: move in outside):
            move._tell_accountant(outside[move])
        return posted

    def _tell_accountant(self, message):
        """Note ``message`` on the invoice; where the company would have stopped it, ask
        its salesperson to act, too."""
        self.message_post(body=message)
        if self.company_id.currency_policy == "enforce":
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Invoice in a currency that is not allowed"),
                note=message,
                user_id=self.invoice_user_id.id or self.env.user.id,
            )
