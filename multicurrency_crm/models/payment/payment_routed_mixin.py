from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools.sql import column_exists, create_column

from ..common.html_text import as_html


class PaymentRoutedMixin(models.AbstractModel):
    """A document that says by which way it is to be paid.

    While it is a draft its route follows currency, customer and amount, unless somebody
    chose another one; afterwards it stays, as the customer has read it.
    """

    _name = "payment.routed.mixin"
    _description = "Document with a Payment Route"

    payment_route_id = fields.Many2one(
        "payment.route",
        compute="_compute_payment_route_id",
        inverse="_inverse_payment_route_id",
        store=True,
        readonly=False,
        copy=False,
        check_company=True,
        ondelete="restrict",
        index="btree_not_null",
        groups="base.group_user",
        help="By which way the customer is told to pay. Follows the currency until "
        "somebody chooses another one.",
    )
    payment_route_is_chosen = fields.Boolean(
        copy=False,
        groups="base.group_user",
        help="Somebody chose another route than the first that fits, or none; or it is "
        "its order's.",
    )
    payment_route_warning = fields.Char(
        compute="_compute_payment_route_warning",
        groups="base.group_user",
        help="Why the customer isn't told how to pay.",
    )

    def _auto_init(self):
        # not computed for the million documents that exist
        column = "payment_route_id"
        if self._auto and not column_exists(self.env.cr, self._table, column):
            create_column(self.env.cr, self._table, column, "int4")
        return super()._auto_init()

    # === HOOKS === #

    def _is_routed(self):
        """Return whether a customer pays this document."""
        self.ensure_one()
        return True

    def _is_route_open(self):
        """Return whether the route still follows currency, customer and amount: the
        customer hasn't ordered, or been invoiced, yet."""
        self.ensure_one()
        return self.state == "draft"

    def _has_given_route(self):
        """Return whether the route is another document's, which the customer has read,
        and is kept whatever this one's amount is."""
        self.ensure_one()
        return False

    def _get_payer(self):
        """Return the ``res.partner`` that pays this document."""
        return self.partner_id

    # === COMPUTE METHODS === #

    @api.depends("company_id", "currency_id", "partner_id")
    def _compute_payment_route_id(self):
        Route = self.env["payment.route"]
        for document in self:
            route = document.payment_route_id
            if Route._get_rules(document.company_id) and not document._keeps_route():
                route = document._choose_route()
                if document.payment_route_is_chosen:
                    document.payment_route_is_chosen = False
            document.payment_route_id = route

    def _follow_amounts(self):
        """Look for the route anew where amounts have changed, and a route of the
        company is for some of them only. No dependency of the field: what depends on
        the route, a bank account that somebody chose, would be computed with each line
        that changes."""
        self.filtered(lambda document: document._is_bounded())._find_route_anew()

    def _find_route_anew(self):
        """Look for the route anew, and for what follows from it where it is another
        one now."""
        changed = self.filtered(
            lambda document: (
                not document._keeps_route()
                and document._choose_route() != document.payment_route_id
            )
        )
        self.env.add_to_compute(self._fields["payment_route_id"], changed)
        changed.modified(["payment_route_id"])

    def _fill_in_route(self, route):
        """Give a document that the customer has read a route, and say so: somebody
        asked for it."""
        self.ensure_one()
        self._take_route(route)
        self.message_post(
            body=as_html(
                self.env._(
                    "Payment route filled in by %(user)s: %(route)s",
                    user=self.env.user.name,
                    # sudo: managers may have set it up for another branch
                    route=route.sudo().name,
                )
            )
        )

    def _take_route(self, route):
        """Write a route on a document that the customer has read.

        :return: the document
        """
        self.payment_route_id = route
        return self

    def _is_bounded(self):
        """Return whether a route of the company is for some amounts only. No query."""
        rules = self.env["payment.route"]._get_rules(self.company_id)
        return any(rule.least or rule.most is not None for rule in rules)

    def _keeps_route(self):
        """Return whether the route stays what it is: somebody chose it, or the document
        is out, and it is of the document's currency."""
        is_open = self._is_route_open() and not self.payment_route_is_chosen
        if is_open or not self._is_routed():
            return False
        route = self.payment_route_id
        if not route:
            return True
        # sudo: whoever prints or pays
        return route.sudo().currency_id == self.currency_id

    def _choose_route(self):
        """Return the first route that fits this document, or none."""
        Route = self.env["payment.route"]
        if not self._is_routed():
            return Route
        return Route._choose(
            self.company_id, self._get_payer(), self.currency_id, self.amount_total
        )

    def _inverse_payment_route_id(self):
        self._note_chosen_route()

    @api.onchange("payment_route_id")
    def _onchange_payment_route_id(self):
        self._note_chosen_route()

    def _note_chosen_route(self):
        """Note whether the route is another one than this document would get, or was
        given to it."""
        for document in self:
            chosen = (
                document.payment_route_id._origin != document._choose_route()
                or document._has_given_route()
            )
            if document.payment_route_is_chosen != chosen:
                document.payment_route_is_chosen = chosen

    # amounts are no dependency: what each line of a document triggers costs everybody
    @api.depends("company_id", "currency_id", "partner_id", "payment_route_id", "state")
    @api.depends_context("lang")
    def _compute_payment_route_warning(self):
        for document in self:
            document.payment_route_warning = (
                not document.payment_route_id
                and document._is_routed()
                and document._is_route_open()
                and self.env["payment.route"]._explain_missing(
                    document.company_id,
                    document._get_payer(),
                    document.currency_id,
                    document.amount_total,
                )
            )

    @api.constrains("payment_route_id")
    def _check_payment_route(self):
        for document in self:
            # sudo: who sells may not read all routes
            route = document.payment_route_id.sudo()
            if route and route.currency_id != document.currency_id:
                # sudo: whether it is the document's company's, whoever sells
                ours = document.sudo().company_id.root_id == route.company_id
                raise ValidationError(
                    self.env._(
                        "%(route)s is for %(currency)s: choose a payment route for "
                        "%(other)s.",
                        # what another company's is called is nobody's business here
                        route=route.name if ours else self.env._("This payment route"),
                        currency=route.currency_id.name,
                        other=document.currency_id.name,
                    )
                )

    # === WHAT CUSTOMERS READ === #

    def _prepare_route_print(self):
        """Prepare what the customer reads about how to pay, in the language of the
        environment.

        :return: as ``payment.route._prepare_print``; None where there is no route
        """
        self.ensure_one()
        # sudo: who prints may not read routes
        route = self.sudo().payment_route_id
        if not route or not self._is_routed():
            return None
        return route._prepare_print(self.currency_id, self._get_printed_bank())

    def _get_printed_bank(self):
        """Return the bank account that this document names itself; None: its
        route's."""
        return None
