from odoo import api, fields, models
from odoo.tools import format_list

from ..common.html_text import as_html


class AllowedCurrencyMixin(models.AbstractModel):
    """A document whose currency the customer's list of currencies may rule out."""

    _name = "allowed.currency.mixin"
    _description = "Document in an Allowed Currency"

    currency_warning = fields.Char(
        compute="_compute_currency_warning", groups="base.group_user"
    )

    @api.depends("partner_id", "currency_id", "state")
    @api.depends_context("lang")
    def _compute_currency_warning(self):
        for document in self:
            document.currency_warning = (
                document.state in ("draft", "sent")
                and document._currency_error_message()
            )

    def _currency_error_message(self):
        """One sentence if the customer may not buy in the document's currency.

        :return: the sentence, or False; to be implemented by the document
        """
        raise NotImplementedError()

    def _is_currency_disallowed(self):
        """Whether the customer has a list, and the document's currency is not on it."""
        self.ensure_one()
        partner = self.partner_id
        return partner._currency_lists_exist() and not partner._allows_currency(
            self.currency_id
        )

    def _get_disallowed_terms(self):
        """What the sentence names: customer, currency and the allowed ones."""
        customer = self.partner_id.commercial_partner_id
        allowed = self.env["res.currency"]
        for number, listed in enumerate(customer._find_currency_lists()):
            allowed = allowed & listed if number else listed
        allowed = allowed.filtered("active")
        names = format_list(self.env, allowed.mapped("name"), "or")
        return {
            "customer": customer.display_name,
            "currency": self.currency_id.name,
            "allowed": names or self.env._("another currency"),
        }

    def _note_disallowed_currency(self, message):
        """Note ``message`` on the document that went through all the same; where the
        company would have stopped it, ask somebody to act, too."""
        self.message_post(body=as_html(message))
        if self.company_id.currency_policy == "enforce":
            self._notify_responsible(
                self.env._("Currency that the customer's list does not allow"), message
            )
