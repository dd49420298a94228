from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

MANAGER = "multicurrency_crm.group_manager"


class FxRateApproval(models.Model):
    """A manager's decision on a promise beyond the company's tolerance or terms.

    Nobody writes one by hand: it is requested by what needs it, and decided by its
    buttons. Requester and approver are two people.
    """

    _name = "fx.rate.approval"
    _description = "Approval of a Rate"
    _inherit = ["mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    kind = fields.Selection(
        selection=[
            ("rate", "Typed rate"),
            ("confirmation", "Confirmation"),
            ("invoicing", "Late invoice"),
            ("extension", "Extension"),
        ],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("approved", "Approved"),
            ("refused", "Refused"),
            ("cancelled", "Cancelled"),
        ],
        default="requested",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    order_id = fields.Many2one(
        "sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="cascade",
        check_company=True,
    )
    lock_id = fields.Many2one(
        "fx.rate.lock",
        string="Rate Lock",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    currency_id = fields.Many2one(related="lock_id.currency_id")
    partner_id = fields.Many2one(related="lock_id.partner_id", string="Customer")
    amount = fields.Monetary(
        readonly=True, help="Of the order, when the approval was requested."
    )
    rate_deviation = fields.Float(
        string="Against Market",
        readonly=True,
        aggregator=None,
        help="Locked rate / market rate − 1 when it was requested. Negative is against "
        "us.",
    )
    requested_by = fields.Many2one("res.users", required=True, readonly=True)
    explanation = fields.Text(readonly=True)
    requested_date = fields.Date(
        string="Later Day",
        readonly=True,
        help="Until which the lock is to hold, or invoices are to be made.",
    )
    reason = fields.Char(readonly=True, help="Why it is asked for.")
    reprice = fields.Boolean(
        readonly=True, help="List prices are converted again at the approved rate."
    )
    decided_by = fields.Many2one("res.users", readonly=True)
    decided_on = fields.Datetime(readonly=True)
    decision_reason = fields.Char(readonly=True)

    @api.depends("kind", "lock_id.name", "order_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for approval in self:
            # sudo: whoever reads the approval reads what it is about
            subject = approval.sudo().order_id.name or approval.sudo().lock_id.name
            approval.display_name = f"{kinds.get(approval.kind)}: {subject}"

    # === REQUEST === #

    @api.model
    def _request(self, kind, *, lock, order=None, explanation, **details):
        """Ask the managers of the lock's company; asking twice returns the open one,
        asking for another day takes its place.

        :param str kind: 'rate', 'confirmation', 'invoicing' or 'extension'
        :param lock: ``fx.rate.lock``
        :param order: ``sale.order``, where it is about one
        :param str explanation: what is beyond which limit
        :param details: values besides: ``requested_date`` (for 'invoicing' and
            'extension': the later day), ``reprice`` (for 'rate': convert list prices
            again once approved), ``reason``
        :return: the ``fx.rate.approval``
        """
        order = order if order is not None else self.env["sale.order"]
        # sudo: requests are made by what needs them; nobody writes them by hand
        Approval = self.sudo()
        found = Approval.search(
            [
                ("kind", "=", kind),
                ("state", "=", "requested"),
                ("lock_id", "=", lock.id),
                ("order_id", "=", order.id),
            ],
            limit=1,
        )
        if found and found.requested_date == (details.get("requested_date") or False):
            return found.sudo(self.env.su)
        found._cancel_requests()  # another day is asked for
        values = self._prepare_request(kind, lock.sudo(), order, explanation)
        approval = Approval.create({**values, **details})
        approval._ask_managers()
        return approval.sudo(self.env.su)

    def _prepare_request(self, kind, lock, order, explanation):
        return {
            "kind": kind,
            "company_id": lock.company_id.id,
            "lock_id": lock.id,
            "order_id": order.id,
            "amount": order.amount_total,
            "rate_deviation": lock.rate_deviation,
            "requested_by": self.env.uid,
            "explanation": explanation,
        }

    def _ask_managers(self):
        """One activity for each manager of the company; deciding closes them all."""
        managers = self.env.ref(MANAGER).all_user_ids.filtered(
            lambda user: (
                user.active
                and not user.share
                and self.company_id in user.company_ids
                and user != self.requested_by
            )
        )
        for manager in managers:
            self.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=self.env._("Approve or refuse"),
                note=self.explanation,
                user_id=manager.id,
            )

    # === DECISION === #

    def action_approve(self):
        """Approve; what was asked for happens at once.

        :raise AccessError: no manager of that company, or the requester
        :raise UserError: decided already
        """
        for approval in self:
            approval._decide("approved")._carry_out()
        return True

    def action_refuse(self):
        """Ask for the reason, then refuse."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse"),
            "res_model": "fx.rate.approval.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_approval_id": self.id},
        }

    def _refuse(self, reason):
        """Refuse, and say why.

        :param str reason: mandatory; the requester reads it
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why it is refused."))
        for approval in self:
            approval._decide("refused", reason)._end_draft(reason)

    def _decide(self, state, reason=False):
        """Write the decision on the approval's own row: of two managers at once, the
        second is retried by Odoo and reads that it is decided.

        :return: the approval with sudo, the right having been checked
        """
        self._check_may_decide()
        approval = self.sudo()
        approval.write(
            {
                "state": state,
                "decided_by": self.env.uid,
                "decided_on": fields.Datetime.now(),
                "decision_reason": reason,
            }
        )
        approval.activity_ids.unlink()
        told = approval.order_id or approval.lock_id
        states = dict(self._fields["state"]._description_selection(self.env))
        told.message_post(
            body=self.env._(
                "%(approval)s: %(decision)s. %(reason)s",
                approval=approval.display_name,
                decision=states[state],
                reason=reason or "",
            ),
            partner_ids=approval.requested_by.partner_id.ids,
        )
        return approval

    def _check_may_decide(self):
        self.ensure_one()
        user, approval = self.env.user, self.sudo()
        if approval.state != "requested":
            raise UserError(
                self.env._(
                    "%(approval)s is decided already.", approval=approval.display_name
                )
            )
        if self.env.su:
            return
        if not user.has_group(MANAGER) or approval.company_id not in user.company_ids:
            raise AccessError(
                self.env._("A Multi-Currency manager of that company decides on this.")
            )
        if approval.requested_by == user:
            raise AccessError(
                self.env._(
                    "You asked for this approval yourself: another manager decides."
                )
            )
