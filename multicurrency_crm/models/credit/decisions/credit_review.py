from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools.sql import column_exists, create_column

from ...common.guarded_mixin import is_open
from ...common.html_text import as_html
from ..groups import FINANCE, MANAGER
from ..limits.credit_policy import GRADES

#: what whoever decides may write while it is requested
TERMS = {"approved_amount", "valid_until", "decision_reason"}


class CreditReview(models.Model):
    """One decision about a document that its customer's credit doesn't let through:
    who, when, why, by how much, and what came of it."""

    _name = "credit.review"
    _description = "Credit Decision"
    _inherit = [
        "typed.number.mixin",
        "decision.mixin",
        "kept.sentence.mixin",
        "mail.thread",
    ]
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

    res_model = fields.Char(
        string="Document Model", required=True, readonly=True, index=True
    )
    res_id = fields.Many2oneReference(
        string="Document",
        model_field="res_model",
        required=True,
        readonly=True,
        index=True,
    )
    reference = fields.Char(string="Document Name", readonly=True)
    checkpoint = fields.Selection(
        [("confirm", "Confirm"), ("deliver", "Deliver"), ("post", "Post")],
        required=True,
        readonly=True,
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
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
        string="Stopped", readonly=True, help="A release, rather than an approval."
    )
    is_bypass = fields.Boolean(
        string="Overridden",
        readonly=True,
        help="Somebody with the right to went ahead without asking.",
    )
    amount = fields.Monetary(readonly=True, help="Of the document, when asked.")
    currency_id = fields.Many2one("res.currency", readonly=True)
    # Who asked for a decision reads it; the figures behind it are for finance.
    excess = fields.Monetary(
        string="Over the Limit",
        readonly=True,
        currency_field="limit_currency_id",
        groups=FINANCE,
    )
    limit_currency_id = fields.Many2one("res.currency", readonly=True, groups=FINANCE)
    reasons = fields.Text(
        readonly=True, translate=True, help="Without figures, for who asked."
    )
    reasons_in_full = fields.Text(
        string="Reasons with Figures", readonly=True, translate=True, groups=FINANCE
    )
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
        string="Approve Up To", tracking=True, help="In the document's currency."
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

    # === COMPUTE METHODS === #

    @api.depends("exposures")
    @api.depends_context("lang")
    def _compute_exposure_table(self):
        for review in self:
            review.exposure_table = self.env[
                "credit.assessment"
            ]._prepare_exposure_table(review.company_id, review.exposures or [])

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

    # === CRUD METHODS === #

    def write(self, vals):
        """Let only those who may decide fill in what is granted, while it is asked."""
        if not is_open(self) and TERMS & vals.keys():
            for review in self:
                review._check_may_decide()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_never(self):
        if not self.env.su:
            raise AccessError(self.env._("Credit decisions are kept."))

    # === ACTIONS === #

    def action_reject(self):
        """Refuse, with the reason that was typed.

        :raises UserError: without a reason
        """
        for review in self:
            # sudo: read below, once the right is checked
            reason = review.sudo().decision_reason
            review._check_may_decide()
            if not (reason or "").strip():
                raise UserError(self.env._("Say why: enter the reason, then reject."))
            review._refuse(reason)
        return True

    def action_open_document(self):
        """Open the document that was asked about.

        :raises UserError: it was deleted since
        """
        self.ensure_one()
        document = self._get_document()
        if not document:
            raise UserError(
                self.env._(
                    "The document of %(decision)s was deleted: the decision is kept "
                    "for the record.",
                    decision=self.display_name,
                )
            )
        return document._get_records_action()

    # === ASKING === #

    @api.model
    def _request(self, document, check, *, requested_by=None):
        """Ask the credit managers; where the document or its reasons changed, another
        request takes the place of the open one.

        :param document: record of a model with ``credit.checked.mixin``
        :param check: ``CreditCheck``
        :return: the ``credit.review``, with sudo
        """
        # sudo: reviews are made by what needs them, nobody writes them by hand
        Review = self.sudo()
        values = self._prepare_review(document.sudo(), check)
        values["requested_by"] = (requested_by or self._get_requester(document)).id
        found = Review.search(
            [
                ("res_model", "=", document._name),
                ("res_id", "=", document.id),
                ("state", "=", "requested"),
            ],
            limit=1,
        )
        if found:
            if found._asks_the_same(values, check):
                return found
            # whoever has the old request open decides on what they see, or on nothing
            self._expire_requests(document)
        review = Review._create_guarded([values])
        review._keep_reasons(check)
        review._notify_deciders()
        document.sudo().message_post(
            body=as_html(
                self.env._(
                    "Credit approval requested. %s", check.explain_plainly(self.env)
                )
            )
        )
        return review

    def _asks_the_same(self, values, check):
        """Whether this open request is about the very same, in whatever language it was
        asked.

        :param values: of :meth:`_prepare_review`
        :param check: ``CreditCheck`` of the document as it is now
        """
        self.ensure_one()
        plain = self.with_context(lang=self._list_languages()[0])
        return (
            self.currency_id.id == values["currency_id"]
            and self.amount == values["amount"]
            and self.approved_amount >= values["approved_amount"]
            and plain.reasons_in_full == check.explain(plain.env)
        )

    def _keep_reasons(self, check):
        self._keep_sentence("reasons", lambda spoken: check.explain_plainly(spoken.env))
        self._keep_sentence("reasons_in_full", lambda spoken: check.explain(spoken.env))

    @api.model
    def _get_requester(self, document):
        """A customer asks for nothing: whose document it is, does."""
        user = self.env.user
        return document._get_credit_requester() if user.share else user

    @api.model
    def _prepare_review(self, document, check):
        partner = document._get_credit_partners().with_company(check.company)
        company = check.company
        of = check.worst or check.line  # whose limit is exceeded, if any
        days = check.policy.review_days
        return {
            "res_model": document._name,
            "res_id": document.id,
            "reference": document.display_name,
            "checkpoint": document._get_credit_checkpoint(),
            "partner_id": partner.id,
            "company_id": company.id,
            "is_block": check.state == "blocked",
            "amount": document.amount_total,
            "currency_id": document.currency_id.id,
            "excess": float(check.excess),
            "limit_currency_id": (of.currency if of else company.currency_id).id,
            "reason_codes": ",".join(reason.code for reason in check.reasons),
            "exposures": check.exposure.to_json(),
            "score": partner.credit_score,
            "grade": partner.credit_grade,
            "is_late": check.is_late,
            "approved_amount": document._get_credit_weighed(),
            "valid_until": fields.Date.add(company._get_today(), days=days),
            "decision_reason": False,
            "owner_id": document._get_credit_requester().id,
            "requested_on": fields.Datetime.now(),
        }

    @api.model
    def _record_bypass(self, document, check):
        """Log that somebody with the right to went ahead."""
        values = self._prepare_review(document, check)
        # what was asked before is settled by this
        self._expire_requests(document)
        # sudo: nobody writes decisions by hand
        review = self.sudo()._create_guarded(
            [
                {
                    **values,
                    "requested_by": self.env.uid,
                    "is_bypass": True,
                    "state": "approved",
                    "decided_by": self.env.uid,
                    "decided_on": fields.Datetime.now(),
                }
            ]
        )
        review._keep_reasons(check)
        document.message_post(
            body=as_html(
                self.env._(
                    "Went ahead despite the credit check. %s",
                    check.explain_plainly(self.env),
                )
            )
        )
        return review

    def _notify_nobody(self):
        """Ask whose document it is to find somebody who may decide."""
        document = self._get_document()
        user = document._get_responsible_user()
        localized = document.with_context(lang=user.lang)
        localized.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=localized.env._("Nobody may decide on credit"),
            note=as_html(self.with_context(lang=user.lang)._explain_nobody()),
            user_id=user.id,
        )

    @api.model
    def _expire_requests(self, documents):
        """End what was asked about these documents: it needs no decision any longer."""
        # sudo: who makes a request needless may not write decisions
        requests = self.sudo().search(
            Domain("res_model", "=", documents._name)
            & Domain("res_id", "in", documents.ids)
            & Domain("state", "=", "requested")
        )
        if requests:
            requests._withdraw(self.env._("The request is settled."))

    # === WHAT THE DECISION IS ABOUT === #

    def _get_requesters(self):
        """Return who asked, who made the document, and whose it is, or was when it was
        asked: handing it over makes nobody a stranger to it."""
        asking = self.requested_by | self.owner_id
        document = self.res_model in self.env and self._get_document()
        if document:
            asking |= document._get_credit_requester() | document.create_uid
        return asking

    def _get_decision_question(self):
        return self.env._("Decide on credit"), self.reasons

    def _get_decision_cap(self, user):
        return user._get_credit_cap(self.company_id)

    def _get_decision_value(self):
        return self.env["credit.policy"]._get_company_amount(
            self.approved_amount, self.currency_id, self.company_id
        )

    def _check_grantable(self):
        if not self._get_document():
            raise UserError(self.env._("%s was deleted: reject this.", self.reference))
        # sudo: nobody writes accounts by hand; a decision takes their rows
        self.env["credit.account"].sudo()._take(self.partner_id, self.company_id)

    def _carry_out(self):
        document = self._get_document()
        if document._is_credit_decided():
            # it went ahead before this was decided
            document._keep_credit_state("approved")

    def _announce_decision(self):
        if document := self._get_document():
            states = dict(self._fields["state"]._description_selection(self.env))
            document.message_post(
                body=as_html(
                    self.env._(
                        "Credit decision: %(decision)s. %(reason)s",
                        decision=states[self.state],
                        reason=self.decision_reason or "",
                    )
                ),
                partner_ids=self.requested_by.partner_id.ids,
            )

    def _explain_no_decider(self):
        return self.env._("A credit manager of that company decides on this.")

    def _explain_own(self):
        return self.env._("This is your own request: another credit manager decides.")

    def _explain_not_asked(self):
        if self.state == "expired":
            return self.env._(
                "%s isn't asked for any longer, or was asked for anew: look at the "
                "newest request.",
                self.reference,
            )
        return self.env._("%s is decided already.", self.reference)

    def _get_document(self):
        self.ensure_one()
        return self.env[self.res_model].browse(self.res_id).exists()

    # === WHAT IT COVERS === #

    @api.model
    def _expire_in_job(self, job):
        """End approvals whose last day is over, so that the list of decisions shows
        it.

        :param job: ``ScheduledJob``
        """
        over = Domain("state", "=", "approved")
        over &= Domain("valid_until", "<", self.env["res.company"]._get_latest_today())
        # sudo: the night's job works for all companies
        job.work_off(self.sudo(), over, lambda reviews: reviews._expire())

    def _expire(self):
        """End those of these approvals whose last day is over where their company is,
        and that let nothing through."""
        self.filtered(
            lambda review: (
                review.state == "approved"
                and review.valid_until
                and review.valid_until < review.company_id._get_today()
                and review._is_unused()
            )
        )._decide_as_system("ended")

    def _is_unused(self):
        """Whether the document was never let through."""
        document = self._get_document()
        return not document or not document.credit_decided_state

    def _cover(self, document, check):
        """Whether these approvals let a document through: one of its own, or those of
        all orders that it invoices. Up to their amounts, until their days, for what was
        asked about, and unless the customer turned more than 30 days overdue since.

        :param document: record of a model with ``credit.checked.mixin``
        :param check: its ``CreditCheck``, which stops it
        """
        currency = document.currency_id
        total = sum(self.mapped("approved_amount"))
        weighed = document._get_credit_weighed()
        if not self or currency.compare_amounts(weighed, total) > 0:
            return False
        return all(review._holds_for(document, check) for review in self)

    def _holds_for(self, document, check):
        own = self.res_model == document._name
        asked = document if own else self._get_document()
        known = set((self.reason_codes or "").split(","))
        return (
            (not self.valid_until or self.valid_until >= check.company._get_today())
            and self.currency_id == document.currency_id == asked.currency_id
            and self.partner_id == document._get_credit_partners()
            and self.currency_id.compare_amounts(
                asked._get_credit_weighed(), self.approved_amount
            )
            <= 0
            # what is blocked is released knowing why
            and check.blocking_codes <= known
            and (self.is_late or not check.is_late)
        )

    # === WHAT CAME OF IT === #

    def _compute_outcome(self):
        for review in self:
            review.outcome = review._get_outcome()

    def _get_outcome(self):
        document = self.res_model in self.env and self._get_document()
        if self.state != "approved" or not document:
            return False
        invoices = document._get_credit_invoices().filtered(
            lambda move: move.state == "posted" and move.move_type == "out_invoice"
        )
        if not invoices:
            return "pending"
        today = self.company_id._get_today()
        lines = invoices.line_ids.filtered(
            lambda line: line.display_type == "payment_term"
        )
        still = lines.filtered(lambda line: not line.reconciled)
        if any((line.date_maturity or line.date) < today for line in still):
            return "late"
        if still:
            return "open"
        if document._is_credit_to_invoice():
            return "pending"
        late = any(
            partial.credit_move_id.date > (line.date_maturity or line.date)
            for line in lines
            for partial in line.matched_credit_ids
            if partial.credit_move_id.journal_id.type in ("bank", "cash", "credit")
        )
        return "paid_late" if late else "paid"
