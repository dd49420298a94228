from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from .credit_policy import GRADES

#: what whoever decides may write while it is requested
TERMS = {"approved_amount", "valid_until", "decision_reason"}


class CreditReview(models.Model):
    """One decision about a document that its customer's credit doesn't let through:
    who, when, why, by how much, and what came of it."""

    _name = "credit.review"
    _description = "Credit Decision"
    _inherit = ["typed.number.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "reference"
    _mail_post_access = "read"

    res_model = fields.Char("Document Model", required=True, readonly=True, index=True)
    res_id = fields.Many2oneReference(
        "Document", model_field="res_model", required=True, readonly=True, index=True
    )
    reference = fields.Char("Document Name", readonly=True)
    checkpoint = fields.Selection(
        [("confirm", "Confirm"), ("deliver", "Deliver"), ("post", "Post")],
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        "Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    state = fields.Selection(
        [
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("rejected", "Rejected"),
            ("expired", "Expired"),
        ],
        default="requested",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    is_block = fields.Boolean(
        "Blocked", readonly=True, help="A release, rather than an approval."
    )
    is_bypass = fields.Boolean(
        "Passed by Right",
        readonly=True,
        help="Somebody with the right to went ahead without asking.",
    )
    amount = fields.Monetary(readonly=True, help="Of the document, when asked.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    excess = fields.Monetary(
        "Over the Limit", readonly=True, currency_field="limit_currency_id"
    )
    limit_currency_id = fields.Many2one("res.currency", readonly=True)
    reasons = fields.Text(readonly=True)
    reason_codes = fields.Char(readonly=True)
    exposures = fields.Json(readonly=True, groups="multicurrency_crm.group_finance")
    score = fields.Float(readonly=True, aggregator="avg")
    grade = fields.Selection(GRADES, readonly=True)
    is_late = fields.Boolean(
        readonly=True,
        help="The customer was more than 30 days overdue already when this was asked.",
    )
    requested_by = fields.Many2one("res.users", required=True, readonly=True)
    approved_amount = fields.Monetary(
        "Approve Up To", tracking=True, help="In the document's currency."
    )
    valid_until = fields.Date(tracking=True, help="The last day of the approval.")
    decided_by = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)
    decision_reason = fields.Char("Why", tracking=True)
    outcome = fields.Selection(
        [
            ("pending", "Not invoiced"),
            ("open", "Open"),
            ("late", "Overdue"),
            ("paid", "Paid on time"),
            ("paid_late", "Paid late"),
        ],
        compute="_compute_outcome",
        compute_sudo=True,
        help="What happened after it was approved.",
    )

    is_own = fields.Boolean(
        "My Own",
        compute="_compute_is_own",
        compute_sudo=True,
        help="Who asked, or whose document it is, doesn't decide.",
    )
    exposure_table = fields.Json(
        compute="_compute_exposure_table", groups="multicurrency_crm.group_finance"
    )
    explanation = fields.Json(
        compute="_compute_explanation", groups="multicurrency_crm.group_finance"
    )

    @api.depends("exposures")
    @api.depends_context("lang")
    def _compute_exposure_table(self):
        for review in self:
            review.exposure_table = self.env["credit.assessment"]._tell_exposure(
                review.company_id, review.exposures or []
            )

    @api.depends("requested_by", "res_model", "res_id")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for review in self:
            document = review.res_model in self.env and review._get_document()
            asking = review.requested_by
            if document:
                asking |= document._get_credit_requester()
            review.is_own = self.env.user in asking

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for review in self:
            partner = review.partner_id.with_company(review.company_id)
            review.explanation = partner.credit_assessment_id.explanation

    # === GUARDS === #

    def write(self, vals):
        if self.env.su:
            return super().write(vals)
        allowed = TERMS | {"activity_ids", "message_follower_ids", "message_ids"}
        if vals.keys() - allowed or any(review.state != "requested" for review in self):
            raise UserError(
                self.env._("A credit decision is written by its buttons only.")
            )
        return super().write(vals)

    def _write_life(self, vals):
        return self.sudo().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise AccessError(self.env._("Credit decisions are kept."))
