from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import format_list

from ...engine import payment_routes as engine
from ..common.html_text import as_html
from ..common.remembered import remembered

#: Of journals on which money comes in.
MONEY = ("bank", "cash", "credit")


class PaymentRoute(models.Model):
    """By which way a currency is paid: to which bank account, on which journal it is
    expected, with which online providers, who bears what banks charge.

    The first by sequence that fits a document counts; a branch has the routes of its
    main company. Without a route nothing of Odoo's changes.
    """

    _name = "payment.route"
    _description = "Payment Route"
    _inherit = [
        "typed.number.mixin",
        "main.company.mixin",
        "used.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "company_id, sequence, id"
    _check_company_auto = True
    _check_company_domain = models.check_company_domain_parent_of

    name = fields.Char(
        compute="_compute_name",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="For colleagues: customers don't read it.",
    )
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        index=True, help="A branch has the routes of its main company."
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, ondelete="restrict", tracking=True
    )
    country_ids = fields.Many2many(
        "res.country",
        string="Countries",
        help="Only for customers in one of these. Empty: in all.",
    )
    category_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="Only for customers with one of these tags. Empty: for all.",
    )
    amount_from = fields.Monetary(
        bounds=(0, 1e15), help="In the currency of the route. 0: no bound."
    )
    amount_to = fields.Monetary(
        bounds=(0, 1e15), help="In the currency of the route. 0: no bound."
    )
    amounts_text = fields.Char(
        string="Amounts",
        compute="_compute_amounts_text",
        help="Of the documents that it is for, both bounds included.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        domain=[("type", "in", MONEY)],
        check_company=True,
        ondelete="restrict",
        tracking=True,
        help="Where the money is expected.",
    )
    payment_method_line_id = fields.Many2one(
        "account.payment.method.line",
        string="Payment Method",
        compute="_compute_payment_method_line_id",
        store=True,
        readonly=False,
        ondelete="set null",
        domain="[('payment_type', '=', 'inbound'), ('journal_id', '=', journal_id)]",
        help="Preferred on orders and invoices, and offered when a payment is "
        "registered.",
    )
    partner_bank_id = fields.Many2one(
        "res.partner.bank",
        string="Bank Account",
        compute="_compute_partner_bank_id",
        store=True,
        readonly=False,
        ondelete="restrict",
        check_company=True,
        tracking=True,
        domain="[('partner_id.ref_company_ids', 'parent_of', company_id)]",
        help="Printed on quotations, invoices and statements.",
    )
    provider_ids = fields.Many2many(
        "payment.provider",
        string="Online Providers",
        domain="[('company_id', 'parent_of', company_id)]",
        groups="multicurrency_crm.group_manager",
        help="Offered to pay online, of those that Odoo would offer. Empty: all of "
        "them. Where none of these can take a payment, all are offered.",
    )
    provider_names = fields.Char(
        string="Online",
        compute="_compute_provider_names",
        help="Online providers that are offered. Empty: all.",
    )
    charge_bearer = fields.Selection(
        selection=[
            ("our", "OUR: the payer bears all charges"),
            ("sha", "SHA: each side bears those of its own bank"),
            ("ben", "BEN: we bear all charges"),
        ],
        string="Bank Charges",
        tracking=True,
        help="Who bears what banks charge for the transfer. Empty: nothing is said.",
    )
    instructions = fields.Text(
        translate=True,
        help="Printed for the customer, in the customer's language: translate them "
        "here. An intermediary bank, what to write in the transfer.",
    )
    trouble = fields.Char(
        compute="_compute_trouble",
        help="Why this route isn't taken, though it is active.",
    )

    _amounts_in_order = models.Constraint(
        "CHECK (COALESCE(amount_to, 0) = 0 OR amount_from <= amount_to)",
        "The amount up to which a route is for is lower than the one from which it is.",
    )

    # === COMPUTE METHODS === #

    @api.depends("currency_id", "journal_id")
    def _compute_name(self):
        for route in self:
            if route.name or not route.currency_id:
                route.name = route.name
                continue
            parts = [route.currency_id.name, route.journal_id.name]
            route.name = " · ".join(filter(None, parts))

    @api.depends("currency_id", "amount_from", "amount_to")
    @api.depends_context("lang")
    def _compute_amounts_text(self):
        for route in self:
            write = route.currency_id._format_amount
            if route.amount_from and route.amount_to:
                route.amounts_text = self.env._(
                    "%(least)s – %(most)s",
                    least=write(route.amount_from),
                    most=write(route.amount_to),
                )
            elif route.amount_from:
                route.amounts_text = self.env._(
                    "From %(least)s on", least=write(route.amount_from)
                )
            elif route.amount_to:
                route.amounts_text = self.env._(
                    "Up to %(most)s", most=write(route.amount_to)
                )
            else:
                route.amounts_text = self.env._("All amounts")

    @api.depends("journal_id")
    def _compute_payment_method_line_id(self):
        for route in self:
            lines = route.journal_id.inbound_payment_method_line_ids
            if route.payment_method_line_id not in lines:
                route.payment_method_line_id = lines.sorted(
                    lambda line: (line.code != "manual", line.sequence, line.id)
                )[:1]

    @api.depends("journal_id")
    def _compute_partner_bank_id(self):
        for route in self:
            bank = route.journal_id.bank_account_id
            route.partner_bank_id = bank or route.partner_bank_id

    @api.depends("provider_ids")
    @api.depends_context("lang")
    def _compute_provider_names(self):
        for route in self:
            # sudo: providers are the administrators', their names are no secret
            names = route.sudo().provider_ids.mapped("name")
            route.provider_names = format_list(self.env, names) if names else False

    @api.depends(
        "instructions",
        "provider_ids",
        "partner_bank_id.active",
        "partner_bank_id.currency_id",
        "journal_id.active",
        "journal_id.currency_id",
        "currency_id",
    )
    @api.depends_context("lang")
    def _compute_trouble(self):
        for route in self:
            route.trouble = route._get_trouble()

    def _get_trouble(self):
        """Return why nobody can pay by this route, as a sentence; or False."""
        # sudo: who sells may read neither journals nor accounts of banks
        route, currency = self.sudo(), self.currency_id
        bank, journal = route.partner_bank_id, route.journal_id
        if bank and not bank.active:
            return self.env._(
                "The bank account %(name)s is archived.", name=bank.display_name
            )
        if journal and not journal.active:
            return self.env._(
                "The journal %(name)s is archived.", name=journal.display_name
            )
        for record in (bank, journal):
            if record.currency_id and record.currency_id != currency:
                return self.env._(
                    "%(name)s is kept in %(other)s, and not in %(currency)s.",
                    name=record.display_name,
                    other=record.currency_id.name,
                    currency=currency.name,
                )
        if not bank and not route._has_other_way():
            return self.env._(
                "It names no bank account, no online provider and no instructions: "
                "customers wouldn't be told how to pay."
            )
        return False

    def _has_other_way(self):
        """Return whether customers are told how to pay without a bank account: online,
        or as the instructions say."""
        return bool(self.provider_ids or self.with_context(lang="en_US").instructions)

    # === CONSTRAINTS === #

    @api.constrains("currency_id", "partner_bank_id", "journal_id")
    def _check_currencies(self):
        for route in self:
            # what is archived later makes the route idle, and stops nobody
            for record in (route.sudo().partner_bank_id, route.sudo().journal_id):
                other = record.currency_id
                if other and other != route.currency_id:
                    route._check_named()
                    raise ValidationError(route._get_trouble())

    def _check_named(self):
        """:raises AccessError: a journal or account that isn't the user's to read, and
        that a sentence would name, whatever rights Odoo computes with"""
        route = self.with_user(self.env.user)
        for record in (route.journal_id, route.partner_bank_id):
            record.check_access("read")

    @api.constrains("company_id", "partner_bank_id")
    def _check_bank_is_ours(self):
        """Customers are told to pay to an account of the company or of its branches."""
        for route in self:
            # sudo: a branch's user may not read its main company
            bank, company = route.sudo().partner_bank_id, route.sudo().company_id
            ours = self.env["res.company"]._get_branch_ids(company.id)
            owners = self.env["res.company"].sudo().browse(ours).partner_id
            if bank and bank.partner_id not in owners:
                route._check_named()
                raise ValidationError(
                    self.env._(
                        "The bank account %(name)s is %(owner)s's: choose one of "
                        "%(company)s.",
                        name=bank.display_name,
                        owner=bank.partner_id.display_name,
                        company=company.name,
                    )
                )

    @api.constrains("journal_id", "payment_method_line_id")
    def _check_payment_method(self):
        for route in self:
            line = route.payment_method_line_id
            if line and (
                line.journal_id != route.journal_id or line.payment_type != "inbound"
            ):
                raise ValidationError(
                    self.env._(
                        "%(method)s isn't a way in which %(journal)s takes payments.",
                        method=line.display_name,
                        journal=route.journal_id.display_name or "",
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._forget()
        routes = super().create(vals_list)
        self._forget()
        return routes

    def write(self, vals):
        self._forget()
        result = super().write(vals)
        self._forget()
        return result

    def unlink(self):
        self._forget()
        result = super().unlink()
        self._forget()
        return result

    @api.model
    def _forget(self):
        """Forget what is remembered of routes, now and once the change is there for
        others."""
        self.env["res.company"]._forget_remembered()

    def copy_data(self, default=None):
        """A copy is told apart from its original."""
        return [
            {**vals, "name": self.env._("%(name)s (copy)", name=route.name)}
            for route, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # === WHICH ROUTE === #

    @api.model
    @remembered("company_id")
    def _get_rules_of(self, company_id):
        """Return the routes of a main company as the engine takes them: every document
        asks, so that a company without routes, or with, costs no query.

        :return: tuple of ``engine.payment_routes.Route``, first come first
        """
        # sudo: the routes are the company's, whoever sells
        routes = self.sudo().search([("company_id", "=", company_id)])
        return tuple(route._get_rule() for route in routes)

    def _get_rule(self):
        """Return this route as the engine takes it: amounts in its currency."""
        self.ensure_one()
        size = self._size
        return engine.Route(
            id=self.id,
            currency=self.currency_id.id,
            countries=frozenset(self.country_ids.ids),
            tags=frozenset(self.category_ids.ids),
            least=size(self.currency_id, self.amount_from),
            most=size(self.currency_id, self.amount_to) or None,
            works=not self._get_trouble(),
        )

    @api.model
    def _size(self, currency, amount):
        """Return an amount as an exact decimal, rounded as its currency is."""
        return Decimal(repr(currency.round(amount or 0.0)))

    @api.model
    def _get_rules(self, company):
        """Return the routes of a company, a branch's main company's.

        :param company: ``res.company``, perhaps none
        :return: as :meth:`_get_rules_of`
        """
        if not company._origin.id:
            return ()
        root_id = self.env["res.company"]._get_root_id(company._origin.id)
        return self._get_rules_of(root_id)

    @api.model
    def _prepare_paid(self, rules, partner, currency, amount):
        """Prepare what the engine asks of a payer: country and tags only where a route
        asks for them.

        :param partner: ``res.partner``, perhaps none
        :param amount: in ``currency``
        """
        # sudo: whoever pays or prints, a customer included
        customer = partner._origin.sudo()
        company = customer.commercial_partner_id
        country, tags = None, frozenset()
        if any(rule.countries for rule in rules):
            country = (customer.country_id or company.country_id).id or None
        if any(rule.tags for rule in rules):
            tags = frozenset((customer.category_id | company.category_id).ids)
        return engine.Paid(
            currency=currency.id,
            amount=self._size(currency, amount),
            country=country,
            tags=tags,
        )

    @api.model
    def _choose(self, company, partner, currency, amount):
        """Return the route by which something is paid: the first that fits.

        :param company: ``res.company`` that gets the money
        :param partner: ``res.partner`` that pays, perhaps none
        :param currency: ``res.currency`` in which it pays
        :param amount: in that currency
        :return: one ``payment.route``, or none
        """
        rules = self._get_rules(company)
        if not rules or not currency:
            return self.browse()
        paid = self._prepare_paid(rules, partner, currency, amount)
        return self.browse(engine.choose(rules, paid) or ())

    @api.model
    def _explain_missing(self, company, partner, currency, amount):
        """Say why there is no route, as :meth:`_choose` looks for one.

        :return: sentence; False where there is one, or the company has none at all
        """
        rules = self._get_rules(company)
        if not rules or not currency:
            return False
        paid = self._prepare_paid(rules, partner, currency, amount)
        reason = engine.explain_none(rules, paid)
        if not reason:
            return self.env._(
                "No payment route is chosen: the customer isn't told how to pay "
                "%(currency)s.",
                currency=currency.name,
            )
        return getattr(self, f"_explain_{reason}")(rules, paid, currency)

    @api.model
    def _explain_none(self, rules, paid, currency):
        return self.env._(
            "There is no payment route for %(currency)s: the customer isn't told how "
            "to pay. Add one, or choose another currency.",
            currency=currency.name,
        )

    @api.model
    def _explain_broken(self, rules, paid, currency):
        broken = next(
            rule for rule in rules if not rule.works and engine.fits(rule, paid)
        )
        # sudo: as _get_rules_of
        route = self.sudo().browse(broken.id)
        return self.env._(
            "The payment route %(route)s can't be taken. %(trouble)s",
            route=route.name,
            trouble=route._get_trouble() or "",
        )

    @api.model
    def _explain_unfit(self, rules, paid, currency):
        return self.env._(
            "No payment route for %(currency)s is for this customer and amount. Choose "
            "one, or add one.",
            currency=currency.name,
        )

    # === WHAT CUSTOMERS READ === #

    def _get_bank(self, currency):
        """Return the bank account that a document prints: it can be paid to, and takes
        its currency.

        :return: ``res.partner.bank`` with sudo, perhaps none
        """
        # sudo: a customer's print names the account to pay to
        bank = self.sudo().partner_bank_id
        fine = bank.active and (not bank.currency_id or bank.currency_id == currency)
        return bank if fine else bank.browse()

    def _prepare_print(self, currency, bank=None):
        """Prepare what a customer reads of this route, in the language of the
        environment.

        :param currency: ``res.currency`` of the document
        :param bank: ``res.partner.bank`` that the document names itself; None: the
            route's
        :return: {'pay_to': sentence, 'bank': ``res.partner.bank`` with sudo, 'lines':
            [(label, text)], 'charges': sentence or False, 'online': sentence or False,
            'instructions': text or False}
        """
        self.ensure_one()
        # sudo: customers, and colleagues who print, may not read routes
        route = self.sudo()
        bank = route._get_bank(currency) if bank is None else bank.sudo()
        return {
            **route._prepare_print_of_bank(currency, bank),
            "charges": route._explain_charges(),
            "online": route._explain_online(),
            "instructions": route.instructions,
        }

    @api.model
    def _prepare_print_of_bank(self, currency, bank):
        """Prepare to which account a currency is paid.

        :param bank: ``res.partner.bank`` with sudo, perhaps none
        :return: {'pay_to', 'bank', 'lines'} of :meth:`_prepare_print`
        """
        return {
            "pay_to": self.env._("Please pay %(currency)s to", currency=currency.name),
            "bank": bank,
            "lines": self._list_bank_lines(bank),
        }

    @api.model
    def _list_bank_lines(self, bank):
        """List what a payer's bank asks for.

        :return: [(label, text)], without what isn't known
        """
        if not bank:
            return []
        lines = [
            (
                self.env._("Beneficiary"),
                bank.acc_holder_name or bank.partner_id.name,
            ),
            (self.env._("Account number"), bank.acc_number),
            (self.env._("Bank"), bank.bank_id.name),
            (self.env._("SWIFT/BIC"), bank.bank_id.bic),
        ]
        return [(label, text) for label, text in lines if text]

    def _explain_charges(self):
        """Say, to the payer, who bears what banks charge; False: nobody said."""
        return {
            "our": self.env._("Bank charges: all are borne by the payer (OUR)."),
            "sha": self.env._(
                "Bank charges: each side bears those of its own bank (SHA)."
            ),
            "ben": self.env._("Bank charges: all are borne by the payee (BEN)."),
        }.get(self.charge_bearer, False)

    def _explain_online(self):
        """Say with which providers one can pay online; False: none is named here."""
        offered = self.provider_ids.filtered(
            lambda provider: provider.state == "enabled" and provider.is_published
        )
        if not offered:
            return False
        return self.env._(
            "Online: %(providers)s",
            providers=format_list(self.env, offered.mapped("name")),
        )

    # === PAID ONLINE === #

    def _narrow_providers(self, providers, summary):
        """Keep those providers that this route offers; all where it would leave none,
        and managers are told once.

        :param providers: ``payment.provider`` that Odoo would offer
        :param str summary: what was to be paid
        :return: (those to offer, those left out)
        """
        self.ensure_one()
        # sudo: a customer pays
        wanted = self.sudo().provider_ids
        kept = providers.filtered(lambda provider: provider._origin in wanted)
        if not wanted or kept == providers:
            return providers, providers.browse()
        if not kept:
            self.sudo()._notify_unpayable(summary)
            return providers, providers.browse()
        return kept, providers - kept

    def _notify_unpayable(self, summary):
        """Ask a manager to look after providers that can't take a payment; once, until
        that is done."""
        todo = self.env.ref("mail.mail_activity_data_todo")
        if self.activity_ids.filtered(lambda one: one.activity_type_id == todo):
            return
        managers = self.company_id._find_members("multicurrency_crm.group_manager")
        robot = self.env.ref("base.user_root")
        user = (managers - robot)[:1] or self.env.ref("base.user_admin")
        route = self.with_context(lang=user.lang)
        route.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=route.env._("None of the online providers fits"),
            note=as_html(
                route.env._(
                    "None of %(providers)s can take %(paid)s, so that all that Odoo "
                    "offers was offered. Look at their states, countries and "
                    "currencies, or at those that this route names.",
                    providers=route.provider_names or "",
                    paid=summary,
                )
            ),
            user_id=user.id,
        )
