from odoo import api, models
from odoo.tools import SQL


class CrmLead(models.Model):
    """What moves an opportunity's amounts beside the person who edits them: the
    market, an order, another opportunity merged into it."""

    _inherit = "crm.lead"

    # === NIGHTLY FLOAT === #

    @api.model
    def _cron_float_revenues(self):
        """Value open leads at today's rates, a company at a time.  Leads without
        a company have no books to float in: they are valued when they get one."""
        groups = self._read_group(
            [
                ("revenue_currency_id", "!=", False),
                ("company_id", "!=", False),
                ("won_status", "=", "pending"),
                ("active", "=", True),
            ],
            ["company_id"],
            ["revenue_currency_id:recordset"],
        )
        remaining = len(groups)
        for company, currencies in groups:
            self._float_revenues(company, currencies)
            remaining -= 1
            if not self.env["ir.cron"]._commit_progress(1, remaining=remaining):
                break

    @api.model
    def _float_revenues(self, company, currencies):
        """Move the open leads of ``company`` in ``currencies`` to today's rates.

        One UPDATE for any number of leads, past tracking and write_date: nobody
        changed them.  Leads already at today's rate keep their figures, so a
        second run changes nothing; currencies without a rate are left alone.

        :return: the leads that moved
        """
        today = company._get_today()
        rates = currencies._get_known_rates(company, today)
        moved = ["revenue_rate", "revenue_rate_date", "expected_revenue"]
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                UPDATE crm_lead AS lead
                   SET revenue_rate = market.rate,
                       revenue_rate_date = %(today)s,
                       expected_revenue = CASE
                           WHEN lead.expected_revenue_customer <> 0
                           THEN ROUND(lead.expected_revenue_customer / market.rate
                                      / %(rounding)s::numeric) * %(rounding)s::numeric
                           ELSE lead.expected_revenue
                       END
                  FROM UNNEST(%(currency_ids)s::int[], %(rates)s::numeric[])
                       AS market(currency_id, rate)
                 WHERE lead.revenue_currency_id = market.currency_id
                   AND lead.company_id = %(company_id)s
                   AND lead.active
                   AND lead.won_status = 'pending'
                   AND lead.revenue_rate IS DISTINCT FROM market.rate
             RETURNING lead.id
                """,
                today=today,
                rounding=company.currency_id.rounding,
                currency_ids=list(rates),
                rates=list(rates.values()),
                company_id=company.id,
            )
        )
        leads = self.browse(lead_id for (lead_id,) in rows)
        leads.invalidate_recordset(moved, flush=False)
        # core's prorated revenue, and whatever else is stored from these fields
        leads.with_context(tracking_disable=True).modified(moved)
        self.flush_model()
        return leads

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
