from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.tools import format_date
from odoo.tools.sql import column_exists, create_column

from ...engine.quoting import show_rate
from ..common.process_mark import ProcessMark
from ..common.typed_number_mixin import NUMBERS

# What may move one of the two amounts, the currency, the books or the rate.
AMOUNTS = {"expected_revenue", "expected_revenue_customer"}
BOOKS = {"revenue_currency_id", "partner_id", "company_id", "user_id", "team_id"}
STATUS = {"active", "stage_id", "probability"}

#: Borne while one amount follows from the other: it settles nothing in turn.
_SETTLING = ProcessMark("multicurrency_settling")


class CrmLead(models.Model):
    """An opportunity in the customer's currency.

    A lead without a revenue currency is Odoo's own.  With one, the customer's
    amount drives ``expected_revenue`` at ``revenue_rate``; that rate floats
    every night while the lead is open and stays where it was when it is won.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "typed.number.mixin", "guarded.mixin"]

    revenue_currency_id = fields.Many2one(
        comodel_name="res.currency",
        compute="_compute_revenue_currency_id",
        store=True,
        readonly=False,
        precompute=True,
        copy=True,
        index="btree_not_null",
        ondelete="restrict",
        domain=[("active", "=", True)],
        help="The currency in which this customer buys. Empty: the company's.",
    )
    expected_revenue_customer = fields.Monetary(
        string="Expected Revenue (Customer Currency)",
        currency_field="revenue_currency_id",
        aggregator=None,
        tracking=True,
        help="What the customer is expected to pay, in the revenue currency. "
        "The expected revenue is this amount at the revenue rate.",
    )
    revenue_rate = fields.Float(
        digits=0,
        compute="_compute_revenue_rate",
        store=True,
        aggregator=None,
        help="Units of the revenue currency for 1 unit of the company's currency. "
        "It follows the market every night while the opportunity is open and "
        "stays as it was on the day the opportunity is won.",
    )
    revenue_rate_date = fields.Date(
        string="Rate Taken On", compute="_compute_revenue_rate", store=True
    )
    revenue_rate_warning = fields.Char(compute="_compute_revenue_rate_warning")
    revenue_rate_note = fields.Char(compute="_compute_revenue_rate_note")

    def _auto_init(self):
        """Create the computed columns empty: on a live database nobody has made
        a choice yet, and a million leads need not be computed to know it."""
        for name, column_type in (
            ("revenue_currency_id", "int4"),
            ("revenue_rate", "numeric"),
            ("revenue_rate_date", "date"),
        ):
            if not column_exists(self.env.cr, self._table, name):
                create_column(self.env.cr, self._table, name, column_type)
        return super()._auto_init()

    # === COMPUTE === #

    # Not on the customer's preference, so that changing it moves no lead; and only
    # on plain fields, which precompute needs.
    @api.depends("partner_id")
    def _compute_revenue_currency_id(self):
        for lead in self.filtered("partner_id"):
            # On a lead being made the amount is being typed too: the currency
            # still follows the customer.
            has_amount = (
                lead.revenue_currency_id and lead.expected_revenue_customer
            ) or (lead._origin and lead.expected_revenue)
            if not has_amount:
                lead.revenue_currency_id = lead._get_customer_currency()

    @api.depends("revenue_currency_id", "company_id")
    def _compute_revenue_rate(self):
        rates = self._get_market_revenue_rates()
        for lead in self:
            lead.revenue_rate, lead.revenue_rate_date = rates.get(lead, (0.0, False))

    @api.depends("revenue_currency_id", "revenue_rate", "revenue_rate_date")
    @api.depends_context("lang")
    def _compute_revenue_rate_note(self):
        """Which rate and day: 1 USD = 7.1234 CNY (23 Nov)."""
        for lead in self:
            currency, books = lead.revenue_currency_id, lead.company_currency
            lead.revenue_rate_note = (
                bool(lead.revenue_rate)
                and currency != books
                and self.env._(
                    "1 %(currency)s = %(rate)s %(books)s (%(date)s)",
                    currency=currency.name,
                    rate=show_rate(1 / lead.revenue_rate),
                    books=books.name,
                    date=format_date(self.env, lead.revenue_rate_date),
                )
            )

    @api.depends("revenue_currency_id", "revenue_rate", "company_id")
    @api.depends_context("lang")
    def _compute_revenue_rate_warning(self):
        for lead in self:
            lead.revenue_rate_warning = False
            if lead.revenue_currency_id and not lead.revenue_rate:
                lead.revenue_rate_warning = self.env._(
                    "No exchange rate of %(currency)s is known for %(company)s: the "
                    "expected revenue is not converted until one is entered.",
                    currency=lead.revenue_currency_id.name,
                    company=lead._get_revenue_company().name,
                )

    def _get_revenue_company(self):
        """The company whose currency ``expected_revenue`` is in, as in core's
        ``company_currency``; with sudo, since a lead may belong to a company
        that its reader isn't in."""
        self.ensure_one()
        # sudo: a branch's user may not read its main company
        return (self.company_id or self.env.company).sudo()

    def _get_customer_currency(self):
        """The customer's preferred currency, empty if it is the company's own."""
        self.ensure_one()
        company = self._get_revenue_company()
        preferred = self.partner_id._get_preferred_currency(company)
        return preferred - company.currency_id

    def _get_market_revenue_rates(self):
        """Today's rates for the leads of ``self``.

        :return: dict {lead: (units of its revenue currency for 1 unit of its
            company's currency, today where the company is)}; a lead without a revenue
            currency, or whose currency has no rate, is absent
        """
        in_currency = self.filtered("revenue_currency_id")
        rates = {}
        for company, leads in in_currency.grouped(
            lambda lead: lead._get_revenue_company()
        ).items():
            today = company._get_today()
            known = leads.revenue_currency_id._get_known_rates(company, today)
            rates |= {
                lead: (known[lead.revenue_currency_id.id], today)
                for lead in leads
                if lead.revenue_currency_id.id in known
            }
        return rates

    # === CONSTRAINTS AND ONCHANGES === #

    @api.constrains("revenue_currency_id")
    def _check_revenue_currency_active(self):
        for lead in self:
            currency = lead.revenue_currency_id
            if currency and not currency.active:
                raise ValidationError(
                    self.env._(
                        "The revenue currency %(currency)s of %(lead)s is archived: "
                        "activate it under Currencies or choose another one.",
                        currency=currency.name,
                        lead=lead.display_name,
                    )
                )

    @api.onchange("expected_revenue")
    def _onchange_expected_revenue(self):
        self._settle_revenue({"expected_revenue"})

    @api.onchange("expected_revenue_customer")
    def _onchange_expected_revenue_customer(self):
        self._settle_revenue({"expected_revenue_customer"})

    @api.onchange("revenue_currency_id", "company_id")
    def _onchange_revenue_currency_id(self):
        self._settle_revenue({"revenue_currency_id"})

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        for lead, vals in zip(leads, vals_list, strict=True):
            # core finds the customer of a quick-created lead only after creation
            if lead.partner_id and not {"partner_id", "revenue_currency_id"} & set(
                vals
            ):
                lead.revenue_currency_id = lead._get_customer_currency()
            lead._check_revenue_has_currency(vals)
            # the first amounts of a lead are no change to report
            lead.with_context(mail_notrack=True)._settle_revenue(set(vals))
        return leads

    def write(self, vals):
        # taken now: core adds to vals
        given = set(vals) & (AMOUNTS | BOOKS | STATUS)
        if not given or _SETTLING.is_on(self.env):
            return super().write(vals)
        floating = self._filter_floating() if given & STATUS else self.browse()
        result = super().write(vals)
        if given & STATUS:
            floats = self._filter_floating()
            turned = (floating | floats) - (floating & floats)
            turned.filtered("active")._refresh_revenue_rate()
        self._check_revenue_has_currency(vals)
        self._settle_revenue(given)
        return result

    def copy_data(self, default=None):
        """A copy of a lead in an archived currency goes on in the company's."""
        vals_list = super().copy_data(default=default)
        for lead, vals in zip(self, vals_list, strict=True):
            currency = lead.revenue_currency_id
            if not currency.active and vals.get("revenue_currency_id") == currency.id:
                vals |= {"revenue_currency_id": False, "expected_revenue_customer": 0.0}
        return vals_list

    def _check_revenue_has_currency(self, vals):
        if not vals.get("expected_revenue_customer"):
            return
        if any(not lead.revenue_currency_id for lead in self):
            raise UserError(
                self.env._(
                    "An expected revenue in the customer's currency needs a currency: "
                    "choose the revenue currency of the opportunity first."
                )
            )

    # === THE TWO AMOUNTS === #

    def _filter_floating(self):
        """The leads whose rate follows the market: in a currency, active, open."""
        return self.filtered(
            lambda lead: (
                lead.revenue_currency_id
                and lead.active
                and lead.won_status == "pending"
            )
        )

    def _refresh_revenue_rate(self):
        """Take today's rate on leads that were just won or opened again; where
        none is known the last one stays."""
        for lead, (rate, today) in self._get_market_revenue_rates().items():
            lead._write_guarded({"revenue_rate": rate, "revenue_rate_date": today})

    def _convert_expected_revenue(self):
        """The pair (customer amount in company currency, expected revenue in
        revenue currency), each converted once at ``revenue_rate`` and rounded."""
        self.ensure_one()
        company_currency = self._get_revenue_company().currency_id
        return (
            company_currency.round(self.expected_revenue_customer / self.revenue_rate),
            self.revenue_currency_id.round(self.expected_revenue * self.revenue_rate),
        )

    def _settle_revenue(self, given):
        """Bring ``expected_revenue`` and the customer's amount together.

        The customer's amount drives, unless only ``expected_revenue`` was given
        or there is no customer's amount yet.  Two amounts of which one is the
        other's conversion stand as they are: 100.00 USD typed for 15,432 JPY
        does not turn into 100.01.  Without a rate both are left alone.

        :param given: names of the fields that were just written
        """
        for lead in _SETTLING.put_on(self):
            if not lead.revenue_currency_id:
                if lead.expected_revenue_customer:
                    lead.expected_revenue_customer = 0.0
                continue
            if not lead.revenue_rate:
                continue
            if not abs(lead.expected_revenue) <= NUMBERS[1]:
                raise lead._get_number_error(
                    "expected_revenue", lead.expected_revenue, *NUMBERS
                )
            in_company, in_customer = lead._convert_expected_revenue()
            company_currency = lead._get_revenue_company().currency_id
            if not (
                company_currency.compare_amounts(lead.expected_revenue, in_company)
                and lead.revenue_currency_id.compare_amounts(
                    lead.expected_revenue_customer, in_customer
                )
            ):
                continue
            if "expected_revenue_customer" in given or (
                "expected_revenue" not in given and lead.expected_revenue_customer
            ):
                lead.expected_revenue = in_company
            else:
                lead.expected_revenue_customer = in_customer
