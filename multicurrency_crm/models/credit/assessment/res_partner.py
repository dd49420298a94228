from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from ....engine.errors import ScoreError
from ...common.main_company_fields import MainCompanyMany2one
from ..groups import FINANCE, SELLERS
from .credit_exposure import UNSETTLED, on_accounts
from .guarded_fields import GuardedBoolean, GuardedMany2one, GuardedMonetary

#: Customers that one transaction of the nightly run assesses.
CHUNK = 10_000


class ResPartner(models.Model):
    """The newest assessment of a customer, read, searched and grouped without
    computing anything, and assessing anew."""

    _inherit = "res.partner"

    credit_assessment_id = MainCompanyMany2one(
        "credit.assessment",
        company_dependent=True,
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
            nulls = SQL("NULLS LAST")
        return super()._order_field_to_sql(alias, field_name, direction, nulls, query)

    # === ACTIONS === #

    def action_assess_credit(self):
        """Assess now, by finance alone.

        :raises AccessError: somebody else
        :raises UserError: the scorecard gives no score, or there is no customer
        """
        if not self.env.user.has_group(FINANCE):
            raise AccessError(self.env._("Finance assesses customers: ask there."))
        try:
            customers = self._assess_credit()
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

    def _assess_credit(self, company=None, *, whole=False):
        """Assess these customers now, all at once.

        :param company: ``res.company``, default the current one; a branch's customers
            are assessed in its main company
        :param bool whole: they are all customers of the company: peers needn't be
            looked for beyond them
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
            scoring._assess(policy, company, partners, whole=alone)
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

    @staticmethod
    def _known_partners_query(company_ids):
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
                WHERE %(unsettled)s AND %(receivable)s
                  AND l.company_id = ANY(%(companies)s)
                UNION
               SELECT partner_id FROM credit_limit
                WHERE company_id = ANY(%(companies)s)""",
            companies=company_ids,
            unsettled=UNSETTLED,
            receivable=on_accounts("asset_receivable"),
        )
