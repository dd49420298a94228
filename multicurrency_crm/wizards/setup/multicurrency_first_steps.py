from odoo import api, fields, models
from odoo.exceptions import AccessError

#: Company settings that the first steps offer; each is Odoo's behaviour until chosen.
OFFERED = (
    "currency_from_country",
    "currency_policy",
    "lock_booking",
    "lock_booking_from",
    "refund_at_origin_rate",
    "lock_timing",
    "lock_days",
)


class FirstSteps(models.TransientModel):
    """What a main company decides once, for itself and its branches, on one page:
    currencies, rates, customers, locks."""

    _name = "multicurrency.first.steps"
    _description = "First Steps with Multi-Currency"
    _inherit = ["shown.records.mixin", "asking.mixin", "typed.number.mixin"]

    company_id = fields.Many2one(
        "res.company",
        # sudo: who works in a branch needn't see its main company
        default=lambda self: self.env.company.sudo().root_id,
        required=True,
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    foreign_currency_ids = fields.Many2many(
        "res.currency", string="Foreign Currencies", compute="_compute_currencies"
    )
    missing_rate_ids = fields.Many2many(
        "res.currency", string="Without a Rate", compute="_compute_currencies"
    )
    provider_ids = fields.Many2many(
        "fx.rate.provider", string="Providers", compute="_compute_provider_ids"
    )
    customer_count = fields.Integer(
        string="Customers without a Currency", compute="_compute_customer_count"
    )
    currency_from_country = fields.Boolean(string="Currency from Country")
    currency_policy = fields.Selection(
        selection=lambda self: (
            self.env["res.company"]
            ._fields["currency_policy"]
            ._description_selection(self.env)
        ),
        string="Currencies Outside a Customer's List",
        required=True,
    )
    lock_booking = fields.Selection(
        selection=lambda self: (
            self.env["res.company"]
            ._fields["lock_booking"]
            ._description_selection(self.env)
        ),
        string="Books of Locked Documents",
        required=True,
    )
    lock_booking_from = fields.Date(string="Valid From")
    refund_at_origin_rate = fields.Boolean(
        string="Credit Notes at the Rate of Their Invoice"
    )
    lock_timing = fields.Selection(
        selection=lambda self: (
            self.env["res.company"]
            ._fields["lock_timing"]
            ._description_selection(self.env)
        ),
        string="Lock Rates",
        required=True,
    )
    lock_days = fields.Integer(string="Days of a Lock")
    # what the whole database uses, as in the settings
    group_multicurrency_agreement = fields.Boolean(string="Rate Agreements")
    group_multicurrency_credit = fields.Boolean(string="Credit")
    group_multicurrency_hedging = fields.Boolean(string="Forwards and Net Position")
    group_multicurrency_named_rate = fields.Boolean(string="Reference Rates")
    group_multicurrency_statement = fields.Boolean(string="Statements and Ageing")
    group_multicurrency_closing = fields.Boolean(string="Revaluation and Weekly Flow")
    group_multicurrency_bank = fields.Boolean(string="Receipts at the Bank")
    group_multicurrency_payment = fields.Boolean(
        string="Payment Routes, Plans and Forecast"
    )
    group_multicurrency_collection = fields.Boolean(string="Collection")
    group_multicurrency_history = fields.Boolean(string="Bringing History In")
    group_multicurrency_lifecycle = fields.Boolean(string="Customers Over Time")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        company = self.env.company
        offered = {name: company[name] for name in OFFERED}
        offered |= self.env["res.config.settings"]._find_features()
        values.update({name: offered[name] for name in offered if name in fields})
        return values

    def _compute_display_name(self):
        self.display_name = self.env._("First Steps")

    @api.depends("company_id")
    def _compute_currencies(self):
        currencies = self.env["res.currency"].search([("active", "=", True)])
        for steps in self:
            # sudo: who works in a branch needn't see its main company
            company = steps.company_id.sudo()
            foreign = currencies - company.currency_id
            steps.foreign_currency_ids = foreign
            today = company._get_today()
            steps.missing_rate_ids = foreign - foreign._has_rate_on(company, today)

    @api.depends("company_id")
    def _compute_provider_ids(self):
        for steps in self:
            # sudo: a branch's user may not read its main company
            steps.provider_ids = self.env["fx.rate.provider"].search(
                [("company_ids", "child_of", steps.company_id.sudo().root_id.id)]
            )

    @api.depends("company_id")
    def _compute_customer_count(self):
        for steps in self:
            steps.customer_count = self.env["res.partner"].search_count(
                steps._get_customers_without_currency()
            )

    @api.onchange("lock_booking")
    def _onchange_lock_booking(self):
        if self.lock_booking == "locked" and not self.lock_booking_from:
            self.lock_booking_from = self.company_id._get_today()

    def _get_customers_without_currency(self):
        """Customers who could take the currency of their country."""
        return [
            ("parent_id", "=", False),
            ("customer_rank", ">", 0),
            ("preferred_currency_id", "=", False),
            ("country_id.currency_id.active", "=", True),
            ("company_id", "in", (False, self.company_id.id, self.env.company.id)),
        ]

    def action_open_currencies(self):
        """Activate the currencies in which the company trades."""
        self._apply()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "base.action_currency_form"
        )

    def action_open_providers(self):
        """Choose who publishes the company's rates, and start it."""
        self._apply()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_provider_action"
        )

    def action_open_chain(self):
        """Find the sources that have the company's currencies, and an order of them."""
        self._apply()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_chain_action"
        )

    def action_ask_fill_customers(self):
        """Ask before :meth:`action_fill_customers`, where nothing stands in its way.

        :raises AccessError, UserError: as :meth:`_apply`
        """
        self.ensure_one()
        self._find_chosen()
        return self._ask_before(
            "action_fill_customers",
            self.env._(
                "Every customer without a currency takes the one of its country. "
                "Quotations and orders that exist do not change."
            ),
        )

    def action_fill_customers(self):
        """Give customers who have no currency yet the one of their country."""
        self.ensure_one()
        self._apply()
        customers = self.env["res.partner"].search(
            self._get_customers_without_currency()
        )
        customers._fill_currency_from_country()
        return self._notify(
            self.env._("%(count)s customers have a currency now.", count=len(customers))
        )

    def action_apply(self):
        """Keep the choices of this page as the company's settings."""
        if self._apply():
            # the menu is another one
            return {"type": "ir.actions.client", "tag": "reload"}
        return self._notify(self.env._("The settings are kept."))

    def _apply(self):
        """Keep what was chosen.

        :return: whether a feature was switched on or off
        :raises AccessError, UserError: as :meth:`_find_chosen`
        """
        self.ensure_one()
        chosen, features = self._find_chosen()
        if chosen:
            # sudo: as for what was chosen
            self.company_id.sudo().root_id.write(chosen)
        self.env["res.config.settings"]._set_features(features)
        return bool(features)

    def _find_chosen(self):
        """Find what was chosen otherwise than it is.

        :return: {field of the company: value}, {setting of a feature: whether it is
            wanted}
        :raises AccessError: where the main company, whose settings these are, isn't one
            of the user's
        :raises UserError: where a feature can't be switched off
        """
        # sudo: companies belong to Odoo's administrators, these settings to managers,
        # who alone may open the page (access rights of this model)
        company = self.company_id.sudo().root_id
        chosen = {name: self[name] for name in OFFERED if self[name] != company[name]}
        if chosen and company not in self.env.user.company_ids:
            raise AccessError(
                self.env._(
                    "A branch has the settings of %(company)s: ask a Multi-Currency "
                    "manager there.",
                    company=company.name,
                )
            )
        Settings = self.env["res.config.settings"]
        features = {
            name: self[name]
            for name, shown in Settings._find_features().items()
            if self[name] != shown
        }
        Settings._check_features(features)
        return chosen, features

    def _notify(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": message,
                "next": {
                    "type": "ir.actions.act_window",
                    "name": self.env._("First Steps"),
                    "res_model": self._name,
                    "views": [[False, "form"]],
                    "target": "main",
                },
            },
        }
