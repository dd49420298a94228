from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...providers import registry
from ...providers.errors import AddressRefused, Term, UnknownProvider
from ...providers.http import check_address


class FxRateProvider(models.Model):
    """A source of rates, and the companies that keep their books with it.

    A provider that serves no company does nothing: the one that is installed waits
    until somebody presses *Start*.
    """

    _name = "fx.rate.provider"
    _description = "Rate Provider"
    _inherit = [
        "typed.number.mixin",
        "guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "sequence, id"

    name = fields.Char(required=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    service = fields.Selection(
        selection="_selection_service", required=True, default="ecb"
    )
    address = fields.Char(
        groups="base.group_system",
        help="Where the files are. Empty: the publisher's own address.",
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Companies",
        copy=False,
        help="Companies that receive these rates, each in its own currency. A branch "
        "uses the rates of its main company.",
    )
    serves_here = fields.Boolean(
        compute="_compute_serves_here", help="Whether the current company is served."
    )
    currency_ids = fields.Many2many(
        comodel_name="res.currency",
        string="Currencies",
        help="Currencies to fetch. Empty: every active currency.",
    )
    interval_number = fields.Integer(
        string="Fetch Every", default=1, required=True, bounds=(1, 366)
    )
    interval_type = fields.Selection(
        selection=[("days", "Days"), ("weeks", "Weeks"), ("months", "Months")],
        default="days",
        required=True,
    )
    next_run = fields.Datetime(
        string="Next Fetch",
        copy=False,
        help="Fetched from then on; planned by the publisher's calendar after each "
        "fetch. Empty: as soon as the job runs.",
    )
    last_success = fields.Date(
        string="Newest Rate",
        readonly=True,
        copy=False,
        help="The newest published day for which every currency has arrived.",
    )
    state = fields.Selection(
        selection=[
            ("new", "Not started"),
            ("ok", "Up to date"),
            ("late", "Late"),
            ("failed", "Failed"),
        ],
        default="new",
        required=True,
        readonly=True,
        copy=False,
    )
    run_ids = fields.One2many("fx.rate.run", "provider_id", string="Fetches")

    _interval_positive = models.Constraint(
        "CHECK (interval_number > 0)",
        "Rates are fetched every 1, 2, 3 … days, weeks or months: enter at least 1.",
    )

    @api.model
    def _selection_service(self):
        return [
            (adapter.code, self.env._(adapter.name))
            for adapter in registry.all_adapters()
        ]

    @api.depends("company_ids")
    @api.depends_context("company")
    def _compute_serves_here(self):
        # sudo: who works in a branch needn't see its main company
        root = self.env.company.sudo().root_id
        for provider in self:
            provider.serves_here = root in provider._get_served_companies()

    @api.constrains("address", "service")
    def _check_address(self):
        # sudo: only administrators see the address, others may write the service
        for provider in self.sudo().filtered("address"):
            try:
                check_address(
                    provider.address,
                    registry.get(provider.service).hosts,
                    self._get_extra_hosts(),
                )
            except (AddressRefused, UnknownProvider) as error:
                raise ValidationError(self._sentence(error)) from error

    @api.ondelete(at_uninstall=False)
    def _unlink_except_with_rates(self):
        # sudo: what other companies keep counts as well
        rates = self.env["res.currency.rate"].sudo()
        for provider in self:
            if rates.search_count([("fx_provider_id", "=", provider.id)], limit=1):
                raise UserError(
                    self.env._(
                        "%(provider)s has brought rates that are in your books: "
                        "archive it instead.",
                        provider=provider.name,
                    )
                )

    # ------------------------------------------------------------------ buttons

    def action_start(self):
        """Serve the current company from now on, and fetch its first rates."""
        self.ensure_one()
        self._serve(self.env.company)
        return self.action_fetch()

    def action_fetch(self):
        """Fetch what is missing, for those served companies that the user works in.

        Nothing is committed on the way, and a failure is a row of the log and part of
        the notification that is returned, not an error.

        :raises AccessError: the user isn't in the Finance group
        :raises UserError: nobody to fetch for, or the job is fetching right now
        """
        self._check_may_fetch()
        runs = self.env["fx.rate.run"]
        for provider in self:
            companies = provider._get_served_companies() & provider._get_user_roots()
            if not companies:
                raise UserError(
                    self.env._(
                        "%(provider)s serves none of your companies yet: have a "
                        "manager press Start.",
                        provider=provider.name,
                    )
                )
            # sudo: finance fetches, but changes no provider and no rate by hand
            locked = provider.sudo().try_lock_for_update(allow_referencing=True)
            if not locked:
                raise UserError(
                    self.env._(
                        "%(provider)s is being fetched at this moment: wait for it.",
                        provider=provider.name,
                    )
                )
            for run in locked._fetch_companies(companies.sudo(), "button"):
                runs += run
        return runs._get_notification()

    def action_open_runs(self):
        """Open the log of this provider."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_run_action"
        )
        return {**action, "domain": [("provider_id", "=", self.id)]}

    def _check_may_fetch(self):
        """Let in the Finance group, and the server itself."""
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "multicurrency_crm.group_finance"
        ):
            raise AccessError(
                self.env._(
                    "Rates are fetched by the Finance group of Multi-currency: ask one "
                    "of them, or an administrator for that right."
                )
            )

    # ------------------------------------------------------------------ companies

    def _get_served_companies(self):
        """The main companies served: two branches of one share its rates."""
        self.ensure_one()
        # sudo: a person of one company may fetch for it where others are served too
        return self.sudo().company_ids.root_id

    def _serve(self, company):
        """Bring rates into a company's books from now on.

        :raises AccessError: the user may not change providers
        """
        self.check_access("write")
        # sudo: who works in a branch needn't see its main company, which is served
        root = company.sudo().root_id
        self.sudo().write({"company_ids": [Command.link(root.id)]})

    def _get_user_roots(self):
        """The main companies of those that the user has switched on."""
        # sudo: a branch's user may not read its main company
        return self.env.companies.sudo().root_id

    @api.model
    def _get_extra_hosts(self):
        """Hosts that an administrator allows besides the publishers' own."""
        # sudo: parameters are readable by administrators only
        listed = self.env["ir.config_parameter"].sudo()
        value = listed.get_param("multicurrency_crm.allowed_hosts") or ""
        return [host.strip().lower() for host in value.split(",") if host.strip()]

    @api.model
    def _sentence(self, error):
        """Say in the user's language what a typed error of ours says in English."""
        if not hasattr(error, "sentence"):
            return str(error)
        translate = self.env._
        values = {
            name: translate(value) if isinstance(value, Term) else value
            for name, value in error.values.items()
        }
        sentence = translate(error.sentence)
        return sentence % values if values else sentence
