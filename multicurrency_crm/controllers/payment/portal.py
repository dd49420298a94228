from urllib.parse import urlencode

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.http import request, route

from ...models.payment.payment_promise_slip import LARGEST, Paid
from ...models.statement.customer_statement_answer import ADDRESS, COMMENT, NAME
from ..common.address import LARGEST_ID
from ..statement import portal

#: Bytes that are read of a form at all.
LARGEST_FORM = 4 * LARGEST


class CustomerPortal(portal.CustomerPortal):
    """ "I have paid": a customer tells so, by an invoice or by a statement.

    A page of its own: what Odoo's pages do, they do as before.
    """

    # === BY INVOICE === #

    @route(
        "/my/invoices/<int:invoice_id>/paid",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        max_content_length=LARGEST_FORM,
    )
    def portal_invoice_paid(self, invoice_id, access_token=None, **form):
        try:
            invoice = self._find_payable(invoice_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        what = {
            "document": invoice,
            "title": invoice.name,
            "partner": invoice.commercial_partner_id,
            "company": invoice.company_id,
            "moves": invoice,
            "owed": {invoice.currency_id: invoice.amount_residual},
        }
        return self._show_or_take(what, access_token, form)

    def _find_payable(self, invoice_id, access_token):
        """Return an open invoice that may be shown to who asks, of a company that lets
        customers tell.

        :return: ``account.move`` with sudo
        :raises AccessError, MissingError: there is none
        """
        missing = MissingError(request.env._("This document does not exist."))
        if invoice_id > LARGEST_ID:
            raise missing
        invoice = self._document_check_access(
            "account.move", invoice_id, access_token=self._read_token(access_token)
        )
        if not invoice._is_reportable_as_paid():
            raise missing
        if request.env.user._is_public():
            request.update_context(lang=invoice.partner_id.lang)
        return invoice.with_context(lang=request.env.lang)

    @staticmethod
    def _read_token(access_token):
        # Odoo compares texts of ASCII only, and a form may hold files
        is_text = isinstance(access_token, str) and access_token.isascii()
        return access_token if is_text else None

    # === BY STATEMENT === #

    @route(
        "/my/statements/<int:statement_id>/paid",
        type="http",
        auth="public",
        website=True,
        methods=["GET", "POST"],
        max_content_length=LARGEST_FORM,
    )
    def portal_statement_paid(self, statement_id, access_token=None, **form):
        try:
            statement = self._find_statement(statement_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        owed = statement._find_reportable_as_paid()
        if not owed:
            return request.redirect(statement.access_url)
        what = {
            "document": statement,
            "title": statement.display_name,
            "partner": statement.partner_id,
            "company": statement.company_id,
            "moves": None,
            "owed": owed,
        }
        return self._show_or_take(what, access_token, form)

    # === ONE PAGE FOR BOTH === #

    def _show_or_take(self, what, access_token, form):
        """Show the form, or take what it says. What doesn't go is said on the page,
        with what was typed.

        :param dict what: document, title, partner, company, moves, and what is owed by
            ``res.currency``
        """
        token = self._read_token(access_token)
        if request.httprequest.method != "POST":
            return self._render_paid(what, token)
        texts = {name: text for name, text in form.items() if isinstance(text, str)}
        try:
            with request.env.cr.savepoint():
                self._take_paid(what, texts, form.get("slip"))
        except UserError as error:
            return self._render_paid(what, token, texts, str(error))
        query = urlencode({"access_token": token} if token else {})
        return request.redirect(f"{what['document'].access_url}/paid?{query}")

    def _take_paid(self, what, texts, slip):
        user = request.env.user
        if user._is_internal():
            raise UserError(
                request.env._("Colleagues note promises on the invoice itself.")
            )
        currencies = {currency.name: currency for currency in what["owed"]}
        currency = currencies.get(texts.get("currency", ""))
        if not currency:
            raise UserError(request.env._("Please choose the currency."))
        name, email = texts.get("name", ""), texts.get("email", "")
        if not user._is_public():
            name, email = user.name, user.email or user.login
        paid = Paid(
            texts.get("amount", ""),
            texts.get("date", ""),
            name,
            email,
            texts.get("note", ""),
            # a text where a file should stand is none
            slip.read(LARGEST + 1) if hasattr(slip, "read") else b"",
        )
        request.env["payment.promise"]._say_paid(
            paid, what["partner"], currency, what["company"], what["moves"]
        )

    def _render_paid(self, what, token, form=None, error=None):
        """Render the page.

        :param form: what was posted, where it is to be corrected; never what an address
            says, since whoever makes one would write on this page
        :param error: our sentence about it
        """
        form, user = form or {}, request.env.user
        today = what["company"]._get_today()
        values = {
            "document": what["document"],
            "title": what["title"],
            "company": what["company"],
            "owed": what["owed"],
            "told": self._find_reported(what)._describe_paid(),
            "access_token": token,
            "may_tell": not user._is_internal(),
            "paid_error": error,
            "form": {"date": str(today), **form},
            "limits": {"comment": COMMENT, "name": NAME, "email": ADDRESS},
            "latest": str(today),
            "page_name": "paid",
        }
        return request.render("multicurrency_crm.portal_paid", values)

    def _find_reported(self, what):
        """Return what the customer has told already, of this document."""
        # sudo: the page shows what it has told itself
        Promise = request.env["payment.promise"].sudo()
        domain = [
            ("partner_id", "=", what["partner"].id),
            ("company_id", "=", what["company"].id),
            ("channel", "=", "portal"),
            ("state", "=", "open"),
        ]
        if what["moves"]:
            domain += [("move_ids", "in", what["moves"].ids)]
        return Promise.search(domain, order="id")
