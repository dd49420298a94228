from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ..common.html_text import as_html

#: What a manager is asked about: for other values there is another request.
ASKED = ("requested_date", "amount", "overdraw")


class FxRateApproval(models.Model):
    """A manager's decision on a promise beyond the company's tolerance or terms.

    Nobody writes one by hand: it is requested by what needs it, and decided by its
    buttons. Requester and approver are two people.
    """

    _name = "fx.rate.approval"
    _description = "Approval of a Rate"
    _inherit = ["decision.mixin", "kept.sentence.mixin", "mail.thread"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"
    _decision_states = {
        "asked": "requested",
        "granted": "approved",
        "denied": "refused",
        "withdrawn": "cancelled",
    }

    kind = fields.Selection(
        selection=[
            ("rate", "Typed rate"),
            ("confirmation", "Confirmation"),
            ("invoicing", "Late invoice"),
            ("extension", "Extension"),
            ("overdraw", "Overdraw"),
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
    overdraw = fields.Monetary(
        string="Beyond the Cap",
        readonly=True,
        help="How much more than is left of the agreement the order is to take.",
    )
    rate_deviation = fields.Float(
        string="Rate Advantage",
        readonly=True,
        aggregator=None,
        help="What the promise was worth beside the market's rate when it was "
        "requested, as a share of it: negative is unfavourable for the company.",
    )
    rate_distance = fields.Char(
        string="Distance from Market",
        compute="_compute_rate_distance",
        compute_sudo=True,  # whoever reads the approval reads what it is about
        help="How far the locked rate was from the market when it was requested.",
    )
    requested_by = fields.Many2one(required=True)
    explanation = fields.Text(readonly=True, translate=True)
    requested_date = fields.Date(
        string="Later Day",
        readonly=True,
        help="Until which the lock is to hold, or invoices are to be made.",
    )
    reason = fields.Char(readonly=True, help="Why it is asked for.")
    reprice = fields.Boolean(
        readonly=True, help="List prices are converted again at the approved rate."
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "lock_id.name", "order_id.name")
    @api.depends_context("lang")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for approval in self:
            # sudo: whoever reads the approval reads what it is about
            subject = approval.sudo().order_id.name or approval.sudo().lock_id.name
            approval.display_name = f"{kinds.get(approval.kind)}: {subject}"

    @api.depends("rate_deviation", "lock_id")
    @api.depends_context("lang")
    def _compute_rate_distance(self):
        for approval in self:
            approval.rate_distance = bool(approval.rate_deviation) and (
                approval.lock_id._format_distance(approval.rate_deviation)
            )

    # === ASKING === #

    @api.model
    def _request(self, kind, *, lock, order=None, explain, **details):
        """Ask the managers of the lock's company; asking twice returns the open
        request, asking for another day replaces it.

        :param str kind: 'rate', 'confirmation', 'invoicing', 'extension' or
            'overdraw'
        :param lock: ``fx.rate.lock``
        :param order: ``sale.order``, where it is about one
        :param explain: function of the approval in a reader's language → sentence
            that says what is beyond which limit
        :param details: values besides: ``requested_date`` (for 'invoicing' and
            'extension': the later day), ``reprice`` (for 'rate': convert list prices
            again once approved), ``overdraw`` (for 'overdraw': amount beyond the cap),
            ``reason``
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
        values = self._prepare_request(kind, lock.sudo(), order)
        asked = {**dict.fromkeys(ASKED), **values, **details}
        if found and not any(found._differs_from(name, asked[name]) for name in ASKED):
            return found.sudo(self.env.su)
        # nobody decides on other values than those on their screen
        found._withdraw(self.env._("The request was cancelled."))
        approval = Approval._create_guarded([{**values, **details}])
        approval._keep_sentence("explanation", explain)
        approval._notify_deciders()
        return approval.sudo(self.env.su)

    def _prepare_request(self, kind, lock, order):
        """Return the values of a request."""
        return {
            "kind": kind,
            "company_id": lock.company_id.id,
            "lock_id": lock.id,
            "order_id": order.id,
            "amount": order.amount_total,
            "rate_deviation": lock.rate_deviation,
            "requested_by": self.env.uid,
            "requested_on": fields.Datetime.now(),
        }

    def _explain_invoicing(self, invoice_by):
        """Return what is asked about the day until which orders are invoiced."""
        return self.env._(
            "Orders at %(lock)s are to be invoiced by %(before)s; %(day)s is asked "
            "for.",
            lock=self.lock_id.name,
            before=format_date(self.env, self.lock_id.invoice_by),
            day=format_date(self.env, invoice_by),
        )

    def _explain_overdraw(self):
        """Return what is asked about an order that is to take more than is left."""
        order, show = self.order_id, self.currency_id._format_amount
        return self.env._(
            "%(order)s comes to %(amount)s as it is. With %(overdraw)s beyond the cap "
            "of %(cap)s it may take up to %(most)s of agreement %(lock)s.",
            order=order.name,
            amount=show(order._find_missing_to_order()[0]),
            lock=self.lock_id.name,
            overdraw=show(self.overdraw),
            cap=show(self.lock_id.amount_cap),
            most=show(order._get_left_with(self.overdraw)),
        )

    def _get_decision_question(self):
        return self.env._("Approve or refuse"), self.explanation

    # === DECISION === #

    def _check_grantable(self):
        """Check that the order is still what the managers were asked about.

        :raises UserError: its amount changed, or it has left the agreement
        """
        order = self.order_id
        if self.kind == "overdraw":
            changed = order.rate_lock_id != self.lock_id or not order._is_capped()
        else:
            changed = self.kind in ("rate", "confirmation") and order
            changed = changed and self.currency_id.compare_amounts(
                order.amount_total, self.amount
            )
        if changed:
            raise UserError(
                self.env._(
                    "%(order)s changed since this was asked: refuse it, and have it "
                    "requested anew.",
                    order=order.name,
                )
            )

    def _is_for_amount_of(self, order):
        """Return whether this was decided on an order of no lower amount: of an
        agreement, the amount is its cap's matter."""
        self.ensure_one()
        if self.lock_id.kind == "agreement" or not self.order_id:
            return True
        return order.currency_id.compare_amounts(order.amount_total, self.amount) <= 0

    def _announce_decision(self):
        """Post the decision where the requester reads it: on the order, or on the
        lock."""
        asked = self.with_context(lang=self.requested_by.lang)
        document = asked.order_id or asked.lock_id
        states = dict(self._fields["state"]._description_selection(asked.env))
        document.message_post(
            body=as_html(
                asked.env._(
                    "%(approval)s: %(decision)s. %(reason)s",
                    approval=asked.display_name,
                    decision=states[self.state],
                    reason=self.decision_reason or "",
                )
            ),
            partner_ids=self.requested_by.partner_id.ids,
        )

    # === APPROVED === #

    def _carry_out(self):
        """Do what was approved. With sudo: the right to decide was checked."""
        self.ensure_one()
        lock = self.lock_id
        if self.kind == "rate":
            self._make_promise()
        elif self.kind == "extension":
            self._check_still_ahead()
            lock._prolong(self.requested_date, self.reason)
        elif self.kind == "overdraw":
            self.order_id._add_overdraw(self.reason, self.overdraw)
        elif self.kind == "invoicing" and not self._is_of_one_order():
            later = self.requested_date
            lock._write_guarded({"invoice_by": max(lock.invoice_by or later, later)})

    def _is_of_one_order(self):
        """Return whether only the order that was asked about is invoiced later: one of
        an agreement."""
        return bool(self.order_id) and self.lock_id.kind == "agreement"

    def _make_promise(self):
        """Promise the typed rate that was approved: to the quotation, if it still is
        one without a lock, or in the place of the lock that it supersedes."""
        lock, order = self.lock_id, self.order_id
        if lock.state != "draft":
            return
        if lock.supersedes_id:
            if lock.date_end < lock.company_id._get_today():
                self._refuse_outdated()
            lock.supersedes_id._give_way_to(lock, self.reason, self.reprice)
            return
        if order and (
            order.state not in ("draft", "sent")
            or (order.locked_rate and not order._has_ended_lock())
            or order.currency_id != lock.currency_id
        ):
            self._refuse_outdated()
        lock._activate()
        if order:
            order._take_rate_lock(lock, self.reprice)

    def _check_still_ahead(self):
        if self.requested_date < self.company_id._get_today():
            self._refuse_outdated()

    def _refuse_outdated(self):
        raise UserError(
            self.env._(
                "%(order)s changed since this was asked: refuse it, and let the rate "
                "be locked again.",
                order=self.order_id.name or self.lock_id.name,
            )
        )

    # === NOT APPROVED === #

    def _call_off(self, reason):
        """End the draft of a rate that wasn't approved. A draft agreement stays, for
        its maker to quote another rate."""
        for approval in self:
            lock = approval.lock_id
            made_for_it = lock.kind == "order" or lock.supersedes_id
            if approval.kind == "rate" and lock.state == "draft" and made_for_it:
                lock._end("released", reason)

    def _cancel_requests(self):
        """Cancel what was asked about something that is gone, whoever ended it. With
        sudo."""
        self._withdraw(self.env._("The request was cancelled."))

    @api.model
    def _find_requested(self, orders):
        """Find the open requests about orders, with sudo. Orders without one cost no
        query."""
        # sudo: salespeople without the addon's groups cancel orders, too
        orders, Approval = orders.sudo(), self.sudo()
        asked = orders.filtered("lock_asked")
        if not asked:
            return Approval
        return Approval.search(
            [("order_id", "in", asked.ids), ("state", "=", "requested")]
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        approvals = super().create(vals_list)
        approvals._mark_orders()
        return approvals

    def write(self, vals):
        result = super().write(vals)
        if {"state", "order_id"} & vals.keys():
            self._mark_orders()
        return result

    def _mark_orders(self):
        """Keep on each order whether something is asked about it: an order is read
        anyway, and two people who ask about it and lock it at once both update its
        row."""
        # sudo: whoever asks or decides may not write the order
        for order in self.sudo().order_id:
            asked = bool(
                self.sudo().search_count(
                    [("order_id", "=", order.id), ("state", "=", "requested")], limit=1
                )
            )
            if order.lock_asked != asked:
                order._write_guarded({"lock_asked": asked})
