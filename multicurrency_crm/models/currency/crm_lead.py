from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import SQL, format_date, format_list
from odoo.tools.sql import column_exists, create_column

from ..common.process_mark import ProcessMark
from ..common.scheduled_job import ScheduledJob
from ..common.sql_money import convert
from ..common.typed_number_mixin import NUMBERS

# What may move one of the two amounts, the currency, the books or the rate.
AMOUNTS = {"expected_revenue", "expected_revenue_customer"}
BOOKS = {"revenue_currency_id", "partner_id", "company_id", "user_id", "team_id"}
STATUS = {"active", "stage_id", "probability"}
#: Leads that follow the market.
FLOATING = (
    Domain("revenue_currency_id", "!=", False)
    & Domain("won_status", "=", "pending")
    & Domain("active", "=", True)
)

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
    revenue_rate_shown = fields.Char(
        string="Rate Used",
        compute="_compute_revenue_rate_shown",
        help="The revenue rate as the company reads rates.",
    )
    revenue_rate_note = fields.Char(
        string="Rate and Its Day", compute="_compute_revenue_rate_note"
    )
    orders_note = fields.Char(compute="_compute_orders_note", groups="base.group_user")

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

    @api.depends("revenue_currency_id", "revenue_rate", "company_id")
    @api.depends_context("lang")
    def _compute_revenue_rate_shown(self):
        """Which rate: 1 USD = 7.1234 CNY. Lists show it: it costs no query a lead."""
        for lead in self:
            currency = lead.revenue_currency_id
            converts = lead.revenue_rate and currency != lead.company_currency
            lead.revenue_rate_shown = bool(converts) and currency._format_rate(
                lead.revenue_rate, lead._get_revenue_company()
            )

    @api.depends("revenue_rate_shown", "revenue_rate_date")
    @api.depends_context("lang")
    def _compute_revenue_rate_note(self):
        """Which rate, and its own day: 1 USD = 7.1234 CNY (23 November 2026)."""
        for lead in self:
            lead.revenue_rate_note = False
            if not lead.revenue_rate_shown:
                continue
            currency, taken_on = lead.revenue_currency_id, lead.revenue_rate_date
            days = currency._find_rate_days(lead._get_revenue_company(), taken_on)
            lead.revenue_rate_note = self.env._(
                "%(rate)s (%(date)s)",
                rate=lead.revenue_rate_shown,
                date=format_date(self.env, days.get(currency.id, taken_on)),
            )

    # === WHAT ITS ORDERS COME TO === #

    @api.depends("order_ids.amount_untaxed_company")
    def _compute_sale_data(self):
        """Sum up the orders as they say themselves what they are worth: at the rate of
        each, which may be locked. Odoo converts once more, at the market's."""
        result = super()._compute_sale_data()
        for lead in self:
            orders = lead._find_confirmed_orders()
            if any(order._is_foreign() for order in orders):
                currency = lead.company_currency or self.env.company.currency_id
                lead.sale_amount_total = sum(
                    order._get_untaxed_in(currency) for order in orders
                )
        return result

    def _find_confirmed_orders(self):
        return self.order_ids.filtered_domain(self._get_lead_sale_order_domain())

    @api.depends("expected_revenue", "revenue_rate_note", "sale_amount_total")
    @api.depends_context("lang")
    def _compute_orders_note(self):
        for lead in self:
            currency = lead.company_currency
            differs = (
                lead.revenue_rate_note
                and lead.sale_amount_total
                and currency.compare_amounts(
                    lead.expected_revenue, lead.sale_amount_total
                )
            )
            lead.orders_note = bool(differs) and lead._get_orders_note()

    def _get_orders_note(self):
        """Return the two figures of a deal, where they differ by right: what was
        expected at one rate, and what its orders come to at theirs."""
        currency, orders = self.company_currency, self._find_confirmed_orders()
        rates = [order._get_rate_and_day() for order in orders if order._is_foreign()]
        terms = {
            "expected": currency._format_amount(self.expected_revenue),
            "rate": self.revenue_rate_note,
            "ordered": currency._format_amount(self.sale_amount_total),
            "rates": format_list(self.env, list(dict.fromkeys(rates))),
        }
        if self.won_status == "pending":
            return self.env._(
                "Expected: %(expected)s at %(rate)s, which follows the market. "
                "Ordered: %(ordered)s untaxed, at %(rates)s.",
                **terms,
            )
        return self.env._(
            "Expected: %(expected)s at %(rate)s, which stays as on the day it was "
            "closed. Ordered: %(ordered)s untaxed, at %(rates)s.",
            **terms,
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
            if refusal := currency._get_archived_refusal(lead.display_name):
                raise ValidationError(refusal)

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

    # === NIGHTLY FLOAT === #

    @api.model
    def _cron_float_revenues(self):
        """Value open leads at today's rates in each company's night.  Leads without
        a company have no books to float in: they are valued when they get one."""
        groups = self._read_group(
            FLOATING & Domain("company_id", "!=", False),
            ["company_id"],
            ["revenue_currency_id:recordset"],
        )
        since = self.env.context.get("lastcall")
        with ScheduledJob(self) as job:
            for company, currencies in groups:
                if company._is_night_due(since):
                    self._float_in_job(job, company, currencies)

    def _float_in_job(self, job, company, currencies):
        """Float what isn't at today's rates yet, chunk by chunk."""
        rates = currencies._get_known_rates(company, company._get_today())
        behind = Domain.OR(
            Domain("revenue_currency_id", "=", currency_id)
            & Domain("revenue_rate", "!=", rate)
            for currency_id, rate in rates.items()
        )
        job.work_off(
            self,
            FLOATING & Domain("company_id", "=", company.id) & behind,
            lambda leads: leads._float_revenues(company, currencies),
        )

    def _float_revenues(self, company, currencies):
        """Move these open leads of ``company`` in ``currencies`` to today's rates; all
        of them where none are given.

        One UPDATE for any number of leads, past tracking and write_date: nobody
        changed them.  Leads already at today's rate keep their figures, so a
        second run changes nothing; currencies without a rate are left alone.

        :return: the leads that moved
        """
        moved = ["revenue_rate", "revenue_rate_date", "expected_revenue"]
        self.flush_model()
        rows = self.env.execute_query(self._float_query(company, currencies))
        leads = self.browse(lead_id for (lead_id,) in rows)
        leads.invalidate_recordset(moved, flush=False)
        # core's prorated revenue, and whatever else is stored from these fields
        leads.with_context(tracking_disable=True).modified(moved)
        self.flush_model()
        return leads

    def _float_query(self, company, currencies):
        """Return the statement that moves the leads, and yields the ids of those that
        it moved."""
        today = company._get_today()
        rates = currencies._get_known_rates(company, today)
        return SQL(
            """
            UPDATE crm_lead AS lead
               SET revenue_rate = market.rate,
                   revenue_rate_date = %(today)s,
                   expected_revenue = CASE
                       WHEN lead.expected_revenue_customer <> 0
                       THEN %(converted)s
                       ELSE lead.expected_revenue
                   END
              FROM UNNEST(%(currency_ids)s::int[], %(rates)s::numeric[])
                   AS market(currency_id, rate)
             WHERE lead.revenue_currency_id = market.currency_id
               AND lead.company_id = %(company_id)s
               AND lead.active
               AND lead.won_status = 'pending'
               AND lead.revenue_rate IS DISTINCT FROM market.rate
               AND %(among)s
         RETURNING lead.id
            """,
            today=today,
            converted=convert(
                SQL("lead.expected_revenue_customer"),
                SQL("market.rate"),
                company.currency_id,
            ),
            currency_ids=list(rates),
            rates=list(rates.values()),
            company_id=company.id,
            among=SQL("lead.id = ANY(%s)", self.ids) if self else SQL("TRUE"),
        )

    # === MERGE AND ORDERS === #

    def _merge_data(self, fnames=None):
        """The merged lead takes currency and both amounts from one lead, the first
        that has an amount: figures of two leads would not tie out."""
        data = super()._merge_data(fnames)
        amounts = ("expected_revenue", "expected_revenue_customer")
        source = next(
            (lead for lead in self if any(lead[name] for name in amounts)), self[:1]
        )
        if "expected_revenue" in data and source.revenue_currency_id.active:
            data["expected_revenue"] = source.expected_revenue
            data["expected_revenue_customer"] = source.expected_revenue_customer
            data["revenue_currency_id"] = source.revenue_currency_id.id
        return data

    def action_new_quotation(self):
        """Quote in the currency that was picked, or in none.

        :raises UserError: it is archived since
        """
        self.revenue_currency_id._check_active(self.display_name)
        return super().action_new_quotation()

    def _update_revenues_from_so(self, order):
        """Compare an order in the opportunity's revenue currency with the amount
        in that currency; core compares the others, in the company's currency."""
        in_currency = self.filtered(
            lambda lead: lead.revenue_currency_id == order.currency_id
        )
        for lead in in_currency:
            if (
                order.currency_id.compare_amounts(
                    lead.expected_revenue_customer, order.amount_untaxed
                )
                < 0
            ):
                lead.expected_revenue_customer = order.amount_untaxed
                lead._track_set_log_message(
                    self.env._(
                        "A confirmed order in %(currency)s raised the revenue.",
                        currency=order.currency_id.name,
                    )
                )
        return super(CrmLead, self - in_currency)._update_revenues_from_so(order)
