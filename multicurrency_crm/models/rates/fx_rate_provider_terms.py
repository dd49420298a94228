from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_list

from ...providers import registry

#: kinds that a provider's rates can have in the books unless somebody decides so
BOOKABLE = ("mid", "official")


class FxRateProvider(models.Model):
    """What is wanted of a publisher's quotes, and what the publisher asks of us."""

    _inherit = "fx.rate.provider"

    rate_kind = fields.Selection(
        selection=[
            ("mid", "Middle"),
            ("official", "Official"),
            ("buy", "Bank buys"),
            ("sell", "Bank sells"),
            ("cash_buy", "Bank buys banknotes"),
            ("cash_sell", "Bank sells banknotes"),
            ("budget", "Budget"),
        ],
        string="Kind of Rate",
        compute="_compute_from_service",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Which of the publisher's prices is taken. Others are never put in its "
        "place.",
    )
    purpose = fields.Selection(
        selection=[
            ("booking", "Booking rate"),
            ("tax", "Tax rate"),
            ("customs", "Customs rate"),
            ("credit", "Credit rate"),
            ("budget", "Budget rate"),
            ("reference", "For reference"),
        ],
        string="Used As",
        compute="_compute_purpose",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="Booking rates go into Odoo's rate table, one a day. All others are kept "
        "apart by name and never fill it.",
    )
    applies = fields.Selection(
        selection=[
            ("same", "On the same day"),
            ("next", "On the next day"),
            ("next_working", "On the next working day"),
        ],
        compute="_compute_from_service",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        help="The day of the books to which a quote belongs, counted from the day that "
        "the publisher writes on it.",
    )
    max_age_days = fields.Integer(
        string="Too Old After",
        compute="_compute_from_service",
        store=True,
        readonly=False,
        precompute=True,
        help="Days after which the newest rate of this provider is too old: it is held "
        "back, and the next provider takes over.",
    )
    max_jump = fields.Float(
        string="Largest Jump",
        default=0.1,
        help="A rate that moves further than this, or further than the currency "
        "usually does, is held back.",
    )
    confirm_provider_id = fields.Many2one(
        comodel_name="fx.rate.provider",
        string="Confirmed By",
        domain="[('id', '!=', id), ('online', '=', True)]",
        help="A second provider that is asked for the same days. Rates on which the "
        "two differ are held back.",
    )
    confirm_tolerance = fields.Float(
        string="By at Most",
        default=0.02,
        help="How far the two may differ.",
    )
    api_key = fields.Char(
        string="Key",
        groups="base.group_system",
        copy=False,
        help="The key that the publisher has given you.",
    )
    terms_accepted = fields.Boolean(
        copy=False,
        help="Somebody of your company has read the publisher's terms and found that "
        "they allow your use.",
    )
    terms = fields.Char(compute="_compute_declarations")
    attribution = fields.Char(compute="_compute_declarations")
    limits = fields.Char(compute="_compute_declarations")
    documentation = fields.Char(compute="_compute_declarations")
    needs_key = fields.Boolean(compute="_compute_declarations")
    restricted = fields.Boolean(compute="_compute_declarations")
    online = fields.Boolean(
        compute="_compute_declarations", search="_search_online", string="Asked Online"
    )

    _jump_positive = models.Constraint(
        "CHECK (max_jump > 0 AND max_age_days >= 0 AND confirm_tolerance >= 0)",
        "The largest jump is above zero; days and tolerance are not below.",
    )

    @api.depends("service")
    def _compute_from_service(self):
        for provider in self:
            adapter = registry.find(provider.service)
            provider.rate_kind = adapter.kinds[0] if adapter else "mid"
            provider.applies = adapter.applies if adapter else "same"
            provider.max_age_days = adapter.max_age_days if adapter else 7

    @api.depends("service", "rate_kind")
    def _compute_purpose(self):
        for provider in self:
            adapter = registry.find(provider.service)
            if provider.rate_kind == "budget":
                provider.purpose = "budget"
            elif provider.rate_kind in BOOKABLE or (
                adapter and provider.rate_kind == adapter.kinds[0]
            ):
                provider.purpose = "booking"
            else:
                provider.purpose = "reference"

    @api.depends("service")
    @api.depends_context("lang")
    def _compute_declarations(self):
        for provider in self:
            # None too where the addon that brought the adapter is gone
            adapter = registry.find(provider.service)
            provider.terms = adapter and self.env._(adapter.terms)
            provider.attribution = adapter and adapter.attribution
            provider.limits = adapter and adapter.limits and self.env._(adapter.limits)
            provider.documentation = adapter and adapter.documentation
            provider.needs_key = bool(adapter) and adapter.needs_key
            provider.restricted = bool(adapter) and adapter.restricted
            provider.online = bool(adapter) and adapter.online

    @api.model
    def _search_online(self, operator, value):
        if operator != "in":
            return NotImplemented
        codes = [a.code for a in registry.all_adapters() if a.online in value]
        return [("service", "in", codes)]

    @api.constrains("service", "rate_kind")
    def _check_rate_kind(self):
        for provider in self:
            adapter = registry.find(provider.service)
            if adapter and provider.rate_kind not in adapter.kinds:
                names = dict(self._fields["rate_kind"]._description_selection(self.env))
                raise ValidationError(
                    self.env._(
                        "%(service)s publishes no such rate: choose %(kinds)s.",
                        service=self.env._(adapter.name),
                        kinds=format_list(
                            self.env, [names[k] for k in adapter.kinds], "or"
                        ),
                    )
                )

    @api.constrains("purpose", "rate_kind")
    def _check_purpose(self):
        for provider in self:
            if provider.rate_kind == "budget" and provider.purpose != "budget":
                raise ValidationError(
                    self.env._(
                        "Budget rates are a plan: they can't be used as another rate."
                    )
                )

    def _check_terms(self):
        """Refuse to ask a publisher whose terms nobody has accepted, or without key.

        :raises UserError: see there
        """
        for provider in self:
            obstacle = provider._get_obstacle()
            if obstacle == "terms":
                raise UserError(
                    self.env._(
                        "%(provider)s has terms to be accepted first: %(terms)s",
                        provider=provider.name,
                        terms=provider.terms,
                    )
                )
            if obstacle == "key":
                raise UserError(
                    self.env._(
                        "%(provider)s needs a key: ask the publisher for one and have "
                        "an administrator enter it.",
                        provider=provider.name,
                    )
                )

    def _get_obstacle(self):
        """What keeps it from being asked: "terms", "key", or "" for nothing."""
        self.ensure_one()
        if self.restricted and not self.terms_accepted:
            return "terms"
        # sudo: only administrators see the key
        if self.needs_key and not self.sudo().api_key:
            return "key"
        return ""

    def _get_named_kind(self):
        """The name under which rates that aren't booked are kept."""
        self.ensure_one()
        if self.purpose in ("booking", "reference"):
            return self.rate_kind
        return self.purpose
