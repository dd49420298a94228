from urllib.parse import urlencode

from odoo.exceptions import AccessError, MissingError, UserError, ValidationError
from odoo.fields import Domain
from odoo.http import request, route
from odoo.tools import format_date, format_list

from odoo.addons.account_payment.controllers import portal
from odoo.addons.payment.controllers.portal import PaymentPortal

from ...engine.open_amounts import place
from ...models.collection.collection_call import NOTE, Word
from ..common.address import LARGEST_ID

PAGE = "/my/open-amounts"
#: Payment states of an invoice of which nothing is on its way.
UNPAID = ("not_paid", "partial")


class PortalAccount(portal.PortalAccount):
    """What a customer owes, by currency; all that is overdue in one of them is paid at
    once. What it disputes, it says here."""

    # === WHAT IS OPEN === #

    def _prepare_home_portal_values(self, counters):
        values = super()._prepare_home_portal_values(counters)
        if "open_currency_count" in counters:
            count = len(self._find_open_amounts()) if self._is_collecting() else 0
            values["open_currency_count"] = count
        return values

    def _is_collecting(self):
        """Return whether the database uses what this page belongs to."""
        # sudo: customers read no settings
        settings = request.env["res.config.settings"].sudo()
        return settings._find_features()["group_multicurrency_collection"]

    def _find_open_amounts(self):
        """Find what the user's company owes those companies of whom the user reads
        documents.

        :return: as ``res.partner._find_open_amounts``
        """
        user = request.env.user
        if user._is_public() or not request.env["account.move"].has_access("read"):
            return []
        return user.partner_id._find_open_amounts(request.env.companies)

    @route(PAGE, type="http", auth="user", website=True)
    def portal_my_open_amounts(self, **_parameters):
        return self._render_open_amounts()

    def _render_open_amounts(self, form=None, error=None):
        """Render the page.

        :param form: what was posted, where it is to be corrected; never what an address
            says, since whoever makes one would write on this page
        :param error: our sentence about it
        """
        blocks = [
            self._prepare_open_block(*found) for found in self._find_open_amounts()
        ]
        values = self._prepare_portal_layout_values() | {
            "page_name": "open_amounts",
            "blocks": blocks,
            "several_companies": len({block["company"] for block in blocks}) > 1,
            "form": form or {},
            "open_error": error,
            "limit": NOTE,
            # where nobody sees what is disputed, nobody decides about it
            "may_dispute": self._is_collecting()
            and not request.env.user._is_internal(),
        }
        return request.render("multicurrency_crm.portal_my_open_amounts", values)

    def _prepare_open_block(self, company, currency, amounts, items):
        """Prepare what one company is owed in one currency.

        :param company, currency, amounts, items: as ``_find_open_amounts`` finds them
        """
        moves = self._find_open_documents(items)
        known = {
            "moves": moves,
            "waiting": self._find_waiting_documents(moves),
            "promises": request.env["payment.promise"]._find_all_open_of(moves),
            "today": company._get_today(),
        }
        overdue = self._find_overdue_at_once(company, currency, items, moves)
        payable = self._leave_out_reported(currency, overdue)
        amount = currency.round(sum(payable.values()))
        told = currency.round(sum(overdue.values()) - amount)
        values = {"company": company.id, "currency": currency.id}
        return {
            "company": company,
            "currency": currency,
            "amounts": amounts,
            "rows": [self._prepare_open_row(item, currency, known) for item in items],
            "payable": self._is_payable_online(company, currency, amount),
            "pay_url": f"{PAGE}/pay?{urlencode(values)}",
            "pay": request.env._(
                "Pay all overdue: %(amount)s", amount=currency._format_amount(amount)
            ),
            "told": told
            and request.env._(
                "Without %(amount)s that you told us you have paid",
                amount=currency._format_amount(told),
            ),
            "routes": self._list_routes(company, currency, amounts, moves),
            "write": currency._format_amount,
        }

    def _prepare_open_row(self, item, currency, known):
        """Prepare one open item.

        :param item: ``OpenItem``
        :param known: of its block: ``moves`` that the user may open, those ``waiting``
            for finance, open ``promises`` by the id of a move, ``today``
        """
        move = known["moves"].browse(item.move_id)
        is_open = move in known["moves"]
        where = place(item, known["today"])
        waits = move in known["waiting"]
        # sudo: the name of an entry that the customer doesn't open
        document = move.sudo()
        # sudo: likewise, what its item is called
        line = request.env["account.move.line"].sudo().browse(item.id)
        return {
            "move": move if is_open else None,
            "name": line._get_document_name() or document.ref or "",
            "remarks": self._list_remarks(item, where, known),
            "amount": currency._format_amount(item.residual),
            "disputed": where == "disputed" or waits,
            "may_tell": is_open
            and not request.env.user._is_internal()
            and document._is_reportable_as_paid(),
            "may_dispute": is_open
            and not waits
            and where in ("overdue", "not_due")
            and document._is_disputable(),
        }

    def _list_remarks(self, item, where, known):
        """List what is said below an open item.

        :param where: as ``place`` says
        :return: [(sentence, whether it is a warning)]
        """
        env = request.env
        if where == "in_favour":
            return [(env._("In your favour, not used yet"), False)]
        told = [(env._("Due on %(date)s", date=format_date(env, item.due)), False)]
        if where == "overdue":
            days = (known["today"] - item.due).days
            told.append((env._("%(days)s days late", days=days), True))
        if promises := known["promises"].get(item.move_id):
            told += [(said, False) for said in promises._describe_to_customer()]
        return told

    def _list_routes(self, company, currency, amounts, moves):
        """List by which ways what is open is paid: those of its invoices, or the one
        that fits all of it.

        :return: [(names of the invoices, or None, what ``_prepare_print`` prepares)]
        """
        if not currency.compare_amounts(amounts.total, 0) > 0:
            return []
        # sudo: a customer reads no routes, and what it owes is its own
        routed = moves.sudo().filtered("payment_route_id")
        groups = routed.sorted(lambda m: (m.invoice_date_due, m.id)).grouped(
            lambda move: (move.payment_route_id, move._get_printed_bank())
        )
        if not groups:
            route = request.env["payment.route"]._choose(
                company,
                request.env.user.partner_id.commercial_partner_id,
                currency,
                amounts.total,
            )
            return [(None, route._prepare_print(currency))] if route else []
        prints = [
            (format_list(request.env, found.mapped("name")), found[0])
            for found in groups.values()
        ]
        several = len(prints) > 1
        return [
            (names if several else None, how)
            for names, move in prints
            if (how := move._prepare_route_print())
        ]

    def _find_open_documents(self, items):
        """Return the documents of items that the user may open: as on Odoo's pages."""
        ids = list({item.move_id for item in items})
        return request.env["account.move"].search(
            self._get_invoices_domain("out") & Domain("id", "in", ids)
        )

    def _find_waiting_documents(self, moves):
        """Return the documents about which finance is asked already."""
        waiting = request.env["collection.call"]._find_waiting(moves)
        return waiting.move_ids

    # === PAYING === #

    def _find_overdue_at_once(self, company, currency, items, moves):
        """Find what may be paid at once: overdue, as far as Odoo would take money for
        each of these invoices alone.

        :return: {``account.move``: what is overdue of it, in ``currency``}
        """
        today = company._get_today()
        sums = {}
        for item in items:
            move = moves.browse(item.move_id)
            if place(item, today) == "overdue" and move in moves:
                sums[move] = sums.get(move, 0.0) + item.residual
        # sudo: a customer may not read the transactions of its invoices
        return {
            # sudo: whether it is to be paid, of what the customer owes
            move: currency.round(amount)
            for move, amount in sums.items()
            if move.sudo().payment_state in UNPAID and move.sudo()._has_to_be_paid()
        }

    @staticmethod
    def _leave_out_reported(currency, overdue):
        """Leave out what the customer told us that it has paid: one click would pay it
        twice.

        :param overdue: as :meth:`_find_overdue_at_once` finds it
        :return: the same, of what is left
        """
        moves = request.env["account.move"].concat(*overdue)
        told = request.env["payment.promise"]._find_reported_paid(moves)
        left = {
            move: currency.round(amount - told.get(move.id, 0.0))
            for move, amount in overdue.items()
        }
        return {
            move: amount
            for move, amount in left.items()
            if currency.compare_amounts(amount, 0) > 0
        }

    @staticmethod
    def _is_payable_online(company, currency, amount):
        """Return whether Odoo's page would offer something to pay an amount with."""
        partner = request.env.user.partner_id
        if not currency.compare_amounts(amount, 0) > 0 or (
            not PaymentPortal._can_partner_pay_in_company(partner, company)
        ):
            return False
        # sudo: as Odoo's page looks for them
        providers = request.env["payment.provider"].sudo()
        providers = providers._get_compatible_providers(
            company.id, partner.id, amount, currency_id=currency.id
        )
        methods = request.env["payment.method"].sudo()  # sudo: likewise
        tokens = request.env["payment.token"].sudo()  # sudo: likewise
        return bool(
            methods._get_compatible_payment_methods(
                providers.ids, partner.id, currency_id=currency.id
            )
            or tokens._get_available_tokens(providers.ids, partner.id)
        )

    def _find_currency_payment(self, company_id, currency_id):
        """Find what is paid at once of a company and currency.

        :return: (``res.company``, ``res.currency``, what :meth:`_leave_out_reported`
            leaves), or None
        """
        for company, currency, _amounts, items in self._find_open_amounts():
            if company.id == company_id and currency.id == currency_id:
                moves = self._find_open_documents(items)
                overdue = self._find_overdue_at_once(company, currency, items, moves)
                payable = self._leave_out_reported(currency, overdue)
                return (company, currency, payable) if payable else None
        return None

    @route(f"{PAGE}/pay", type="http", auth="user", methods=["GET"], website=True)
    def portal_pay_overdue(self, company=None, currency=None, **_parameters):
        """Show Odoo's own page of what is overdue, for one company and currency."""
        found = self._find_currency_payment(
            self._cast_as_int(company), self._cast_as_int(currency)
        )
        if not found:
            return request.redirect(PAGE)
        company, currency, payable = found
        amount = currency.round(sum(payable.values()))
        if not self._is_payable_online(company, currency, amount):
            # it says how to pay otherwise
            return request.redirect(PAGE)
        reference = next(iter(payable)).name
        if len(payable) > 1:
            reference = company.get_next_batch_payment_communication()
        values = {
            "page_name": "overdue_invoices",
            "payment": {
                "date": company._get_today(),
                "reference": reference,
                "amount": amount,
                "currency": currency,
            },
            "amount": amount,
        } | self._get_common_page_view_values(
            invoices_data={
                "partner": request.env.user.partner_id,
                "company": company,
                "total_amount": amount,
                "currency": currency,
                "amount_residual": amount,
                "payment_reference": reference,
                "landing_route": PAGE,
                "transaction_route": f"{PAGE}/transaction/{company.id}/{currency.id}",
            },
        )
        return request.render("account_payment.portal_overdue_invoices_page", values)

    @route(
        f"{PAGE}/transaction/<int:company_id>/<int:currency_id>",
        type="jsonrpc",
        auth="user",
    )
    def overdue_currency_transaction(
        self, company_id, currency_id, payment_reference, **kwargs
    ):
        """Create a draft transaction for what is overdue in one currency, as Odoo does
        for all that is.

        :raises ValidationError: nothing is overdue any more: no money was taken
        """
        self._validate_transaction_kwargs(kwargs)
        found = self._find_currency_payment(company_id, currency_id)
        if not found:
            raise ValidationError(
                request.env._(
                    "Nothing of this is to be paid any more: load the page again."
                )
            )
        _company, currency, payable = found
        return self._process_transaction(
            request.env.user.partner_id.id,
            currency.id,
            [move.id for move in payable],
            payment_reference,
            **kwargs,
        )

    @route()
    def portal_my_overdue_invoices(self, access_token=None, **kw):
        """Offer the currencies and companies where Odoo can't pay them at once, or
        would ask for what the customer told us that it has paid."""
        Move = request.env["account.move"]
        if self._is_collecting() and Move.has_access("read"):
            overdue = Move.search(self._get_overdue_invoices_domain())
            if (
                len(overdue.currency_id) > 1
                or len(overdue.partner_id) > 1
                or len(overdue.company_id) > 1
                or request.env["payment.promise"]._find_reported_paid(overdue)
            ):
                return request.redirect(PAGE)
        return super().portal_my_overdue_invoices(access_token, **kw)

    # === DISPUTING === #

    @route(f"{PAGE}/dispute", type="http", auth="user", methods=["POST"], website=True)
    def portal_dispute_invoice(self, invoice=None, note=None, **_form):
        note = note if isinstance(note, str) else ""
        if not self._is_collecting():
            return request.redirect(PAGE)
        try:
            move = self._find_disputed_invoice(invoice)
            if request.env.user._is_internal():
                raise UserError(
                    request.env._("Colleagues note what a customer says in a call.")
                )
            with request.env.cr.savepoint():
                request.env["collection.call"]._note_from_portal(
                    move, Word("dispute", note, channel="portal")
                )
        except (AccessError, MissingError):
            return request.redirect(PAGE)
        except UserError as error:
            return self._render_open_amounts(
                {"invoice": move.id, "note": note}, str(error)
            )
        return request.redirect(f"{PAGE}#invoice_{move.id}")

    def _find_disputed_invoice(self, invoice):
        """Return an invoice of the user's company that the user may open.

        :raises MissingError: there is none
        """
        invoice_id = self._cast_as_int(invoice) or 0
        customer = request.env.user.partner_id.commercial_partner_id
        move = request.env["account.move"].search(
            [
                ("id", "=", invoice_id if 0 < invoice_id <= LARGEST_ID else 0),
                ("commercial_partner_id", "=", customer.id),
            ]
        )
        if not move:
            raise MissingError(request.env._("This document does not exist."))
        return move
