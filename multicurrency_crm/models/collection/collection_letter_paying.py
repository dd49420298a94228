from odoo import models


class CollectionLetter(models.Model):
    """How a letter says to pay: as its invoices do, and on the portal."""

    _inherit = "collection.letter"

    def _is_friendly(self):
        """Return whether this letter comes before anything is late."""
        self.ensure_one()
        # sudo: who sends letters in a branch needn't see its main company's levels
        return self.level_id.sudo().days <= 0

    def _get_title(self):
        """Return what this letter is, at its head: nobody is dunned for what isn't
        late."""
        self.ensure_one()
        if self._is_interest_alone():
            return self.env._("Interest on late payments")
        if self._is_friendly():
            return self.env._("Payments due soon")
        return self.env._("Payment reminder")

    def _get_reminded_documents(self):
        """Return the invoices of which this letter reminds, with sudo."""
        lines = self._get_reminded().filtered(lambda line: line._is_reminded())
        # sudo: of all branches, whoever sends
        documents = lines.sudo().move_id
        return documents.filtered(lambda move: move.is_sale_document(True))

    def _prepare_payment(self):
        """Prepare how to pay, in the language of the environment: by the route and to
        the account that the letter's invoices name, where they name one; else by the
        route that fits what is to be paid.

        :return: as ``payment.route._prepare_print``; None where nothing is known
        """
        self.ensure_one()
        Route = self.env["payment.route"]
        documents, currency = self._get_reminded_documents(), self.currency_id
        routes = documents.payment_route_id.filtered(lambda route: not route.trouble)
        if len(routes) != 1:
            routes = Route._choose(
                self.company_id, self.partner_id, currency, self.total
            )
        banks = documents.partner_bank_id.filtered(
            lambda bank: (
                bank.active and (not bank.currency_id or bank.currency_id == currency)
            )
        )
        bank = banks if len(banks) == 1 else None
        if routes:
            return routes._prepare_print(currency, bank)
        if not bank:
            return None
        return {
            **Route._prepare_print_of_bank(currency, bank),
            **dict.fromkeys(("charges", "online", "instructions"), False),
        }

    def _get_portal_url(self):
        """Return where the customer sees what is open, and pays it: for a contact that
        has access to the portal; else False."""
        self.ensure_one()
        # sudo: whether the contact may log in
        if not self.contact_id.sudo().user_ids:
            return False
        return f"{self.company_id.get_base_url()}/my/open-amounts"

    def _render_payment(self):
        """Render how to pay, for the mail and the print.

        :return: ``Markup``; empty where there is nothing to say
        """
        self.ensure_one()
        # sudo: the template is the server's
        return (
            self.env["ir.qweb"]
            .sudo()
            ._render(
                "multicurrency_crm.collection_letter_payment",
                {
                    "route": self._prepare_payment(),
                    "portal_url": self._get_portal_url(),
                },
            )
        )
