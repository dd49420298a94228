from urllib.parse import urlencode

from odoo.exceptions import AccessError, MissingError, UserError
from odoo.fields import Domain
from odoo.http import request, route

from odoo.addons.portal.controllers import portal
from odoo.addons.portal.controllers.portal import pager as portal_pager

from ...models.statement.customer_statement_answer import (
    ADDRESS,
    COMMENT,
    NAME,
    Answer,
)
from ..common.address import LARGEST_ID

REPORT = "multicurrency_crm.action_report_customer_statement"
#: How a line's comment is called in the form.
FIELD = "line_"


class CustomerPortal(portal.CustomerPortal):
    """Statements on the portal: the customer reads, confirms or disputes them."""

    # === HOME AND LIST === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "statement_count" in counters:
            values["statement_count"] = self._get_statements().search_count(
                self._get_statements_domain()
            )
        return values

    def _get_statements(self):
        # sudo: customers have no access by RPC, where figures in company currency would
        # be read, too; the pages show their own statements, and of those what they may
        return request.env["customer.statement"].sudo()

    def _get_statements_domain(self):
        """Return the domain of what was sent to the user's company."""
        customer = request.env.user.partner_id.commercial_partner_id
        return Domain("partner_id", "=", customer.id) & Domain("sent_on", "!=", False)

    @route(
        ["/my/statements", "/my/statements/page/<int:page>"],
        type="http",
        auth="user",
        website=True,
    )
    def portal_my_statements(self, page=1, **_parameters):
        # behind a question mark it may be anything
        page = page if isinstance(page, int) else 1
        Statement, domain = self._get_statements(), self._get_statements_domain()
        pager = portal_pager(
            url="/my/statements",
            total=Statement.search_count(domain),
            page=page,
            step=self._items_per_page,
        )
        found = Statement.search(
            domain, limit=self._items_per_page, offset=pager["offset"]
        )
        request.session["my_statements_history"] = found.ids[:100]
        values = self._prepare_portal_layout_values() | {
            "statements": found,
            "page_name": "statement",
            "pager": pager,
            "default_url": "/my/statements",
        }
        return request.render("multicurrency_crm.portal_my_statements", values)

    # === ONE STATEMENT === #

    def _find_statement(self, statement_id, access_token):
        """Return a statement that may be shown to who asks: a customer's own, or one
        whose token they have, once it was sent; any that a colleague may read.

        :return: ``customer.statement`` with sudo
        :raises AccessError, MissingError: there is none
        """
        if statement_id > LARGEST_ID:
            raise MissingError(request.env._("This document does not exist."))
        # Odoo compares texts of ASCII only, and a form may hold files
        if not isinstance(access_token, str) or not access_token.isascii():
            access_token = None
        own = self._get_statements().search(
            self._get_statements_domain() & Domain("id", "=", statement_id)
        )
        if own and not request.env.user._is_public():
            return own
        statement = self._document_check_access(
            "customer.statement", statement_id, access_token=access_token
        )
        if not statement.sent_on and not request.env.user._is_internal():
            raise MissingError(request.env._("This document does not exist."))
        if request.env.user._is_public():
            request.update_context(lang=statement._get_customer_lang())
        # in the reader's language, and not the superuser's
        return statement.with_context(lang=request.env.lang)

    @route(
        "/my/statements/<int:statement_id>", type="http", auth="public", website=True
    )
    def portal_my_statement(
        self,
        statement_id,
        access_token=None,
        report_type=None,
        download=False,
        **_parameters,
    ):
        try:
            statement = self._find_statement(statement_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        if report_type in ("html", "pdf", "text"):
            return self._show_report(
                model=statement,
                report_type=report_type,
                report_ref=REPORT,
                download=download,
            )
        values = self._prepare_statement_values(statement, access_token)
        return request.render("multicurrency_crm.portal_my_statement", values)

    def _prepare_statement_values(
        self, statement, access_token, form=None, comments=None, error=None
    ):
        """Prepare what the page shows.

        :param form: what was posted, where it is to be corrected; never what an address
            says, since whoever makes one would write on this page
        :param comments: {line's id: text}, of that form
        :param error: our sentence about it
        """
        form = form or {}
        newer = statement.search([("supersedes_id", "=", statement.id)], limit=1)
        user = request.env.user
        own = not user._is_public() and not user._is_internal()
        values = {
            "statement": statement,
            "page_name": "statement",
            "blocks": statement._prepare_blocks(),
            "may_answer": statement._is_answerable() and not user._is_internal(),
            "newer": newer,
            # only who may read the newer one is led there
            "newer_url": newer.access_url if newer.sent_on and own else None,
            "comments": comments or {},
            "answer_error": error,
            "note": form.get("note", ""),
            "name": form.get("name") or (user.name if own else ""),
            "email": form.get("email") or (user.email or "" if own else ""),
            "answering_as": request.env._(
                "You answer as %(name)s (%(email)s).",
                name=user.name,
                email=user.email or user.login,
            ),
            "limits": {"comment": COMMENT, "name": NAME, "email": ADDRESS},
        }
        return self._get_page_view_values(
            statement, access_token, values, "my_statements_history", False
        )

    # === ANSWERS === #

    @route(
        "/my/statements/<int:statement_id>/confirm",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_confirm_statement(self, statement_id, access_token=None, **form):
        form = self._read_texts(form)
        comments = self._read_comments(form)

        def confirm(statement, answer):
            if comments:
                raise UserError(
                    request.env._(
                        "You say of a line that it is wrong: press Dispute, or empty "
                        "your comment."
                    )
                )
            statement._confirm(answer)

        return self._take_answer(statement_id, access_token, form, confirm, comments)

    @route(
        "/my/statements/<int:statement_id>/dispute",
        type="http",
        auth="public",
        website=True,
        methods=["POST"],
    )
    def portal_dispute_statement(self, statement_id, access_token=None, **form):
        form = self._read_texts(form)
        comments = self._read_comments(form)
        return self._take_answer(
            statement_id,
            access_token,
            form,
            lambda one, answer: one._dispute(answer, comments),
            comments,
        )

    def _read_texts(self, form):
        """Return what was typed: {name: text}, without files."""
        return {name: text for name, text in form.items() if isinstance(text, str)}

    def _read_comments(self, form):
        """Return the comments on lines in a form: {line's id: text}."""
        return {
            int(name.removeprefix(FIELD)): text
            for name, text in form.items()
            if name.startswith(FIELD)
            and name.removeprefix(FIELD).isdecimal()
            and len(name) < 20
            and text.strip()
        }

    def _take_answer(self, statement_id, access_token, form, record, comments):
        """Record a customer's answer. What doesn't go is said on the page, with what
        was typed.

        :param record: function of the statement and its ``Answer``
        """
        try:
            statement = self._find_statement(statement_id, access_token)
        except (AccessError, MissingError):
            return request.redirect("/my")
        answer = self._read_answer(statement, form)
        try:
            if answer is None:
                raise UserError(
                    request.env._(
                        "Colleagues answer for a customer in the statement's form."
                    )
                )
            with request.env.cr.savepoint():
                record(statement, answer)
        except UserError as error:
            values = self._prepare_statement_values(
                statement, access_token, form, comments, str(error)
            )
            return request.render("multicurrency_crm.portal_my_statement", values)
        query = urlencode({"access_token": access_token} if access_token else {})
        return request.redirect(f"{statement.access_url}?{query}#answered")

    def _read_answer(self, statement, form):
        """Return who answers: the user, as Odoo knows them; or, with a token, whom they
        say they are. None of a colleague, who isn't the customer."""
        user = request.env.user
        note = form.get("note", "")
        if user._is_internal():
            return None
        if user._is_public():
            return Answer(form.get("name", ""), form.get("email", ""), note)
        return Answer(user.name, user.email or user.login, note)
