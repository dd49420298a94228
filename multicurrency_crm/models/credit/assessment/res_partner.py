import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ....engine.errors import ScoreError
from ...common.main_company_fields import MainCompanyMany2one
from ...common.process_mark import ProcessMark
from ..groups import FINANCE, SELLERS
from .credit_exposure import UNSETTLED, on_accounts
from .guarded_fields import GuardedBoolean, GuardedMany2one, GuardedMonetary

#: an order that begins with the score
BY_SCORE = re.compile(r"\s*credit_score(\s+(asc|desc))?\s*(,|$)", re.IGNORECASE)
#: Borne while a page of customers with a score is looked for.
_SCORED = ProcessMark("multicurrency_by_score")
#: Borne besides where nothing else orders it.
_ALONE = ProcessMark("multicurrency_by_score_alone")
#: where the figures of a customer come from
ASSESSED = "commercial_partner_id.credit_assessment_id."
#: Customers that one transaction of the nightly run assesses.
CHUNK = 10_000


class ResPartner(models.Model):
    """The newest assessment of a customer, read, searched and grouped without
    computing anything, and assessing anew."""

    _inherit = "res.partner"

    credit_assessment_id = MainCompanyMany2one(
        "credit.assessment",
        company_dependent=True,
        prefetch=True,  # comes with the partner's row, asking for it costs no query
        readonly=True,
        copy=False,
        # its grade is searched and grouped by whoever sells; what it says is finance's
        groups=SELLERS,
    )
    credit_score = fields.Float(
        related="commercial_partner_id.credit_assessment_id.score",
        groups=SELLERS,
        help="0 to 100; higher is safer.",
    )
    credit_grade = fields.Selection(
        related="commercial_partner_id.credit_assessment_id.grade", groups=SELLERS
    )
    credit_exposure = GuardedMonetary(
        related="commercial_partner_id.credit_assessment_id.exposure",
        groups=FINANCE,
    )
    credit_available = GuardedMonetary(
        related="commercial_partner_id.credit_assessment_id.available",
        groups=FINANCE,
    )
    credit_overdue = GuardedMonetary(
        related="commercial_partner_id.credit_assessment_id.overdue",
        groups=FINANCE,
    )
    expected_payment_days = fields.Float(
        related="commercial_partner_id.credit_assessment_id.expected_payment_days",
        groups=SELLERS,
    )
    credit_assessed_on = fields.Date(
        related="commercial_partner_id.credit_assessment_id.date",
        string="Credit Changed On",
        groups=SELLERS,
    )

    credit_explanation = fields.Json(
        related="commercial_partner_id.credit_assessment_id.explanation", groups=FINANCE
    )
    credit_exposure_table = fields.Json(
        related="commercial_partner_id.credit_assessment_id.exposure_table",
        groups=FINANCE,
    )
    credit_history = fields.Json(
        related="commercial_partner_id.credit_assessment_id.history", groups=FINANCE
    )
    credit_currency_id = GuardedMany2one(
        related="commercial_partner_id.credit_assessment_id.currency_id",
        string="Currency of Credit Figures",
        groups=FINANCE,
    )
    credit_limit_counting = GuardedMonetary(
        related="commercial_partner_id.credit_assessment_id.limit_original",
        string="Limit",
        currency_field="credit_limit_currency_id",
        groups=FINANCE,
    )
    credit_limit_currency_id = GuardedMany2one(
        related="commercial_partner_id.credit_assessment_id.limit_currency_id",
        string="Currency of the Limit",
        groups=FINANCE,
    )
    credit_limit_note = fields.Text(
        related="commercial_partner_id.credit_assessment_id.limit_note",
        groups=FINANCE,
    )
    credit_has_limit = GuardedBoolean(
        related="commercial_partner_id.credit_assessment_id.has_limit",
        groups=FINANCE,
    )
    credit_suggested_limit = GuardedMonetary(
        related="commercial_partner_id.credit_assessment_id.suggested_limit",
        currency_field="credit_currency_id",
        groups=FINANCE,
    )
    credit_fx_at_risk = GuardedMonetary(
        related="commercial_partner_id.credit_assessment_id.fx_at_risk",
        string="VaR 95 %, 21 days",
        currency_field="credit_currency_id",
        groups=FINANCE,
    )
    credit_fx_at_risk_weighted = GuardedMonetary(
        related="commercial_partner_id.credit_assessment_id.fx_at_risk_weighted",
        string="VaR 95 %, 21 days (recent-weighted)",
        currency_field="credit_currency_id",
        groups=FINANCE,
    )

    # === COMPUTE METHODS === #

    def _compute_field_value(self, field):
        """Copy a figure of the newest assessments for all of a list at once, where
        Odoo would go from record to record."""
        is_assessed = (field.related or "").startswith(ASSESSED)
        if not is_assessed or not all(self._ids):
            return super()._compute_field_value(field)
        self._copy_assessed(field)
        return None

    def _copy_assessed(self, field):
        """Copy a field of the newest assessments, as it is cached."""
        # sudo: as Odoo computes related fields; who may read one is asked before
        partners = self.sudo()
        name = field.related.removeprefix(ASSESSED)
        customers = partners.commercial_partner_id
        assessments = customers.credit_assessment_id
        assessments.mapped(name)
        customer_of = partners._fields["commercial_partner_id"]._get_cache(partners.env)
        newest = partners._fields["credit_assessment_id"]._get_cache(partners.env)
        values = assessments._fields[name]._get_cache(assessments.env)
        nothing = field.convert_to_cache(False, partners)
        for partner in self:
            assessment_id = newest.get(customer_of.get(partner.id))
            field._update_cache(partner, values.get(assessment_id, nothing))

    def _traverse_related_sql(self, alias, field, query):
        """Refuse to sort, group and add up by a related figure for whom may not read
        it: Odoo asks for the right to what lies behind, in another's name."""
        self._check_field_access(field, "read")
        return super()._traverse_related_sql(alias, field, query)

    # === ORDER === #

    def _order_field_to_sql(self, alias, field_name, direction, nulls, query):
        """Put customers without a figure last, whichever end of a list is first: who
        was never assessed is no better than the best."""
        related = getattr(self._fields.get(field_name), "related", None) or ""
        if "credit_assessment_id." in related and not nulls:
            if field_name == "credit_score" and _SCORED.is_on(self.env):
                return self._order_scored(alias, direction, query)
            nulls = SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    @api.model
    def _search(self, domain, offset=0, limit=None, order=None, **options):
        """Take a page by score from the index of scores. Customers with a score stand
        first, whichever end of the list is asked for: where they fill the page, nobody
        else is looked at."""
        by_score = limit and BY_SCORE.match(order or "")
        if by_score and not _SCORED.is_on(self.env):
            scored = _SCORED.put_on(self)
            if not by_score[3]:
                # of equal scores each page shows others
                scored = _ALONE.put_on(scored)
                order = f"{order}, id {by_score[2] or ''}"
            page = scored._search(domain, offset, limit, order, **options)
            if len(page.get_result_ids()) == limit:
                return self.browse(page.get_result_ids())._as_query()
        return super()._search(domain, offset, limit, order, **options)

    def _order_scored(self, alias, direction, query):
        """Join the customers' scores, so that those without one are left out, and order
        by them: PostgreSQL can then begin with the index of scores, which a left join
        keeps it from."""
        self._check_field_access(self._fields["credit_score"], "read")
        self.env["credit.assessment"].flush_model(["score", "partner_id", "company_id"])
        self.flush_model(["credit_assessment_id", "commercial_partner_id"])
        company_id = self.env["res.company"]._get_root_id(self.env.company.id)
        customer = query.make_alias(alias, "scored_customer")
        score = query.make_alias(alias, "newest_score")
        names = {
            "partner": SQL.identifier(alias, "commercial_partner_id"),
            "customer": SQL.identifier(customer, "id"),
            "newest": SQL.identifier(customer, "credit_assessment_id"),
            "assessment": SQL.identifier(score, "id"),
            "owner": SQL.identifier(score, "partner_id"),
            "company": SQL.identifier(score, "company_id"),
            "score": SQL.identifier(score, "score"),
            "company_id": company_id,
            "key": str(company_id),
        }
        query.add_join(
            "JOIN", customer, "res_partner", SQL("%(partner)s = %(customer)s", **names)
        )
        # which one is the newest is asked row by row: as another condition of the join
        # PostgreSQL would expect one row to be left, and sort all of them
        condition = SQL(
            """%(owner)s = %(partner)s AND %(company)s = %(company_id)s
               AND %(score)s IS NOT NULL
               AND CASE WHEN (%(newest)s ->> %(key)s)::int = %(assessment)s
                        THEN TRUE ELSE FALSE END""",
            **names,
        )
        query.add_join("JOIN", score, "credit_assessment", condition)
        by_score = SQL("%s %s", names["score"], direction)
        if not _ALONE.is_on(self.env):
            return by_score
        return SQL("%s, %s %s", by_score, names["owner"], direction)

    # === ACTIONS === #

    def action_assess_credit(self):
        """Assess now, by finance alone.

        :raises AccessError: somebody else
        :raises UserError: the scorecard gives no score, or there is no customer
        """
        if not self.env.user.has_group(FINANCE):
            raise AccessError(self.env._("Finance assesses customers: ask there."))
        try:
            customers = self._assess_credit(recent=True)
        except ScoreError as error:
            translate = self.env._
            raise UserError(translate(error.sentence) % error.values) from error
        if not customers:
            raise UserError(
                self.env._("Companies of your own have no score, nor a hold.")
            )
        # sudo: a branch's user may not read its main company
        today = self.env.company.sudo().root_id._get_today()
        # sudo: finance reads assessments, and writes none
        assessments = customers.sudo().credit_assessment_id
        assessments._write_guarded({"checked_on": today})
        return True

    def action_propose_credit_limit(self):
        """Open a draft of the suggested limit, in company currency, to be edited."""
        self.ensure_one()
        partner = self.commercial_partner_id
        if not partner.credit_assessment_id:
            raise UserError(
                self.env._("%s wasn't assessed yet: assess first.", partner.name)
            )
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Suggested Limit"),
            "res_model": "credit.limit",
            "view_mode": "form",
            "context": {
                "default_partner_id": partner.id,
                "default_amount": partner.credit_suggested_limit,
                "default_currency_id": partner.credit_currency_id.id,
                "default_note": self.env._(
                    "Suggested from grade %(grade)s and the sales of 12 months.",
                    grade=(partner.credit_grade or "").upper(),
                ),
            },
        }

    def action_view_credit_history(self):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_credit_assessment"
        )
        partner = self.commercial_partner_id
        return {**action, "domain": [("partner_id", "=", partner.id)], "context": {}}

    # === ASSESSING === #

    def _assess_credit(self, company=None, *, whole=False, recent=False):
        """Assess these customers now, all at once.

        :param company: ``res.company``, default the current one; a branch's customers
            are assessed in its main company
        :param bool whole: they are all customers of the company: peers needn't be
            looked for beyond them
        :param bool recent: where peers weren't averaged yet today, those of the last
            nights will do
        :return: the commercial partners that were assessed; those of own companies
            are left out
        """
        # sudo: who assesses may not read all that counts
        company = (company or self.env.company).sudo().root_id
        self.fetch(["commercial_partner_id"])
        customers = self.commercial_partner_id._filter_credit_customers()
        for policy, partners in customers._group_by_credit_policy(company):
            # sudo: who assesses may not read all that counts
            scoring = self.env["credit.scoring"].sudo()
            alone = whole and len(partners) == len(self)
            scoring._assess(policy, company, partners, whole=alone, recent=recent)
        return customers

    def _group_by_credit_policy(self, company):
        """Group customers by the policy by which they are scored; a company without a
        policy gets one that isn't stored, with what is shipped.

        :return: [(policy, customers)]
        """
        # sudo: the policies are the companies', whoever looks
        Policy = self.env["credit.policy"].sudo()
        policies = Policy._get_policies(company)
        if not policies:
            policies = Policy.new({"company_id": company.id, "name": "-"})
        if not policies.category_ids:
            plain = policies.filtered(lambda policy: not policy.grade)[:1]
            return [(plain or policies[:1], self)]
        chosen = {}
        for partner in self.sudo():  # sudo: as for the policies
            policy = policies._choose(partner) or policies[:1]
            chosen.setdefault(policy, []).append(partner.id)
        return [(policy, self.browse(ids)) for policy, ids in chosen.items()]

    @api.model
    def _find_credit_customers(self, company, after=0, until=None, limit=CHUNK):
        """Return the customers of a company: who was invoiced, ordered, paid, owes (an
        opening balance, too) or has a limit.

        :param company: main ``res.company``
        :param after: only those with a greater id
        :param until: and none with a greater id than this
        :return: sorted ids of commercial partners
        """
        # sudo: closed and other branches of the company count, too
        companies = self.env["credit.exposure"]._find_branches(company.sudo()).ids
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT k.commercial_partner_id
                     FROM (%(known)s) AS known
                     JOIN res_partner k ON k.id = known.partner_id
                    WHERE k.commercial_partner_id > %(after)s
                      AND (%(until)s IS NULL OR k.commercial_partner_id <= %(until)s)
                      AND NOT EXISTS (SELECT FROM res_company c
                                       WHERE c.partner_id = k.commercial_partner_id)
                 ORDER BY 1 LIMIT %(limit)s""",
                known=self._known_partners_query(companies),
                after=after,
                until=until,
                limit=limit,
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _known_partners_query(self, company_ids):
        """A row for each partner, contacts too, with whom there is any business."""
        return SQL(
            """SELECT partner_id FROM account_move
                WHERE company_id = ANY(%(companies)s)
                  AND move_type IN ('out_invoice', 'out_refund', 'out_receipt')
                UNION
               SELECT partner_invoice_id FROM sale_order
                WHERE company_id = ANY(%(companies)s)
                UNION
               SELECT partner_id FROM account_payment
                WHERE company_id = ANY(%(companies)s) AND partner_type = 'customer'
                UNION
               SELECT l.partner_id FROM account_move_line l
                WHERE %(unsettled)s AND %(receivable)s AND %(counted)s
                  AND l.company_id = ANY(%(companies)s)
                UNION
               SELECT partner_id FROM credit_limit
                WHERE company_id = ANY(%(companies)s)""",
            companies=company_ids,
            unsettled=UNSETTLED,
            counted=self.env["account.move"]._get_counted_condition(SQL("l.move_id")),
            receivable=on_accounts("asset_receivable"),
        )
