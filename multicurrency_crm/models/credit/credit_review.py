from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools.sql import column_exists, create_column

from ..common.guarded_mixin import is_open
from .credit_check import FINANCE
from .credit_checked_mixin import MANAGER
from .credit_policy import GRADES

#: what whoever decides may write while it is requested
TERMS = {"approved_amount", "valid_until", "decision_reason"}


class CreditReview(models.Model):
    """One decision about a document that its customer's credit doesn't let through:
    who, when, why, by how much, and what came of it."""

    _name = "credit.review"
    _description = "Credit Decision"
    _inherit = ["typed.number.mixin", "decision.mixin", "mail.thread"]
    _order = "id desc"
    _rec_name = "reference"
    _mail_post_access = "read"
    _decision_states = {
        "asked": "requested",
        "granted": "approved",
        "denied": "rejected",
        "withdrawn": "expired",
        "ended": "expired",
    }
    _decision_group = MANAGER

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
    # Who asked for a decision reads it; the figures behind it are for finance.
    excess = fields.Monetary(
        "Over the Limit",
        readonly=True,
        currency_field="limit_currency_id",
        groups=FINANCE,
    )
    limit_currency_id = fields.Many2one("res.currency", readonly=True, groups=FINANCE)
    reasons = fields.Text(readonly=True, help="Without figures, for who asked.")
    reasons_in_full = fields.Text("Reasons with Figures", readonly=True, groups=FINANCE)
    reason_codes = fields.Char(readonly=True)
    exposures = fields.Json(readonly=True, groups=FINANCE)
    score = fields.Float(readonly=True, aggregator="avg")
    grade = fields.Selection(GRADES, readonly=True)
    is_late = fields.Boolean(
        readonly=True,
        groups=FINANCE,
        help="The customer was more than 30 days overdue already when this was asked.",
    )
    requested_by = fields.Many2one(required=True)
    owner_id = fields.Many2one(
        "res.users", readonly=True, help="Whose document it was when this was asked."
    )
    approved_amount = fields.Monetary(
        "Approve Up To", tracking=True, help="In the document's currency."
    )
    valid_until = fields.Date(tracking=True, help="The last day of the approval.")
    # whoever decides types it beside the amount, and then approves or rejects
    decision_reason = fields.Char(readonly=False, tracking=True)
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

    exposure_table = fields.Json(compute="_compute_exposure_table", groups=FINANCE)
    explanation = fields.Json(compute="_compute_explanation", groups=FINANCE)

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
        return super()._compute_is_own()

    @api.depends("partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_explanation(self):
        for review in self:
            # sudo: who works in a branch needn't see its main company
            partner = review.partner_id.sudo().with_company(review.company_id)
            review.explanation = partner.credit_assessment_id.explanation

    def _auto_init(self):
        # What was asked before holds figures for all to read: they become finance's.
        table, full = self._table, "reasons_in_full"
        cr = self.env.cr
        if column_exists(cr, table, "reasons") and not column_exists(cr, table, full):
            create_column(cr, table, full, "text")
            cr.execute(
                "UPDATE credit_review SET reasons_in_full = reasons, reasons = NULL"
            )
        return super()._auto_init()

    # === GUARDS === #

    def write(self, vals):
        """What is granted is filled in by whoever may decide, while it is asked."""
        if not is_open(self) and TERMS & vals.keys():
            for review in self:
                review._check_may_decide()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise AccessError(self.env._("Credit decisions are kept."))
