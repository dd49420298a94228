from odoo import api, fields, models
from odoo.exceptions import UserError

from ..common.customer_present import is_customer_present


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "allowed.currency.mixin", "guarded.mixin"]

    # Only for the form: which currency the last chosen customer brought along.
    customer_currency_id = fields.Many2one(
        "res.currency",
        store=False,
        groups="base.group_user",
    )

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

    def _currency_error_message(self):
        disallowed = self.move_type == "out_invoice" and self._is_currency_disallowed()
        if not disallowed or ("pos_order_ids" in self._fields and self.pos_order_ids):
            return False
        return self.env._(
            "%(customer)s does not buy in %(currency)s: invoice in %(allowed)s, or add "
            "%(currency)s to the customer's allowed currencies.",
            **self._get_disallowed_terms(),
        )

    def _filter_checked_when_posted(self):
        listed = self.filtered(
            lambda move: (
                move.move_type == "out_invoice"
                and move.partner_id._currency_lists_exist()
            )
        )
        return super()._filter_checked_when_posted() | listed

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
                    # rights come first: who may not post is told nothing
                    move.check_access("write")
                    raise UserError(message)
        posted = super()._post(soft)
        for move in posted.filtered(lambda move: move in outside):
            move._note_disallowed_currency(outside[move])
        return posted
