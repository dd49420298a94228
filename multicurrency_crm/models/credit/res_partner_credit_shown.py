from odoo import fields, models
from odoo.exceptions import UserError

from .res_partner_assessment import (
    FINANCE,
    GuardedBoolean,
    GuardedMany2one,
    GuardedMonetary,
)


class ResPartner(models.Model):
    """What the customer's credit tab shows, and what is begun there."""

    _inherit = "res.partner"

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
        string="Currency Risk",
        currency_field="credit_currency_id",
        groups=FINANCE,
    )
    credit_fx_at_risk_weighted = GuardedMonetary(
        related="commercial_partner_id.credit_assessment_id.fx_at_risk_weighted",
        string="Currency Risk, Lately",
        currency_field="credit_currency_id",
        groups=FINANCE,
    )

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
