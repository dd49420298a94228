from odoo import api, fields, models
from odoo.tools import format_date

from ...models.common.typed_number_mixin import DAYS
from ...models.lifecycle.customer_follow_up import FOLLOW_UP_KINDS, OUTCOMES, Spoken


class CustomerFollowUpMake(models.TransientModel):
    """What was said with a customer, and when somebody speaks with it next."""

    _name = "customer.follow.up.make"
    _description = "Noting a Follow-up"
    _inherit = ["shown.records.mixin", "typed.number.mixin"]

    partner_id = fields.Many2one("res.partner", string="Customer or Contact")
    lead_id = fields.Many2one("crm.lead", string="Opportunity")
    order_id = fields.Many2one("sale.order", string="Quotation or Order")
    customer_id = fields.Many2one("res.partner", compute="_compute_customer_id")
    contact_id = fields.Many2one(
        "res.partner",
        string="Spoke With",
        compute="_compute_contact_id",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'child_of', customer_id)]",
    )
    time_there = fields.Char(compute="_compute_time_there")
    last_said = fields.Text(string="Last Follow-up", compute="_compute_last_said")
    kind = fields.Selection(
        selection=FOLLOW_UP_KINDS,
        string="Contacted By",
        required=True,
        compute="_compute_kind",
        store=True,
        readonly=False,
        precompute=True,
    )
    contacted_on = fields.Datetime(
        string="When", required=True, default=fields.Datetime.now
    )
    outcome = fields.Selection(
        selection=OUTCOMES, string="What Came of It", required=True
    )
    note = fields.Text(string="What Was Said")
    next_date = fields.Date(
        string="Next Contact",
        bounds=DAYS,
        help="An activity for whoever speaks with the customer next. Where a follow-up "
        "planned one before that nobody has done, that one is moved.",
    )
    next_user_id = fields.Many2one(
        "res.users",
        string="By Whom",
        domain="[('share', '=', False)]",
        help="Empty: the salesperson.",
    )
    summary = fields.Char(string="About What")
    is_noted = fields.Boolean(copy=False)

    # === COMPUTE METHODS === #

    def _get_document(self):
        """Return what the follow-up is noted on."""
        self.ensure_one()
        return self.order_id or self.lead_id or self.partner_id

    @api.depends("partner_id", "lead_id", "order_id")
    def _compute_customer_id(self):
        for wizard in self:
            document = wizard._get_document()
            wizard.customer_id = document and document._get_follow_up_customer()

    @api.depends("partner_id", "lead_id", "order_id")
    def _compute_contact_id(self):
        """Propose the contact that the document names, where it is no company."""
        for wizard in self:
            document = wizard._get_document()
            contact = (
                document if document._name == "res.partner" else document.partner_id
            )
            wizard.contact_id = contact if not contact.is_company else False

    @api.depends("contact_id", "partner_id", "lead_id", "order_id")
    def _compute_kind(self):
        """Propose how this contact likes to be reached."""
        for wizard in self:
            if not wizard.kind:
                liked = wizard.contact_id.preferred_channel
                wizard.kind = liked or wizard.customer_id.preferred_channel or "phone"

    @api.depends("contact_id", "customer_id")
    @api.depends_context("lang")
    def _compute_time_there(self):
        for wizard in self:
            partner = wizard.contact_id or wizard.customer_id
            wizard.time_there = bool(partner) and partner.time_there

    @api.depends("customer_id")
    @api.depends_context("lang")
    def _compute_last_said(self):
        FollowUp = self.env["customer.follow.up"]
        for wizard in self:
            last = wizard.customer_id and FollowUp.search(
                [("partner_id", "=", wizard.customer_id.id)], limit=1
            )
            wizard.last_said = bool(last) and "\n".join(
                filter(
                    None,
                    (
                        self.env._(
                            "%(day)s, %(kind)s: %(outcome)s",
                            day=format_date(self.env, last.date),
                            kind=last._get_label("kind"),
                            outcome=last._get_label("outcome"),
                        ),
                        last.note,
                    ),
                )
            )

    # === ACTIONS === #

    def action_apply(self):
        """Note the follow-up, once, and close.

        :raises AccessError, UserError: as ``customer.follow.up._note``
        """
        self.ensure_one()
        if self.is_noted:
            return {"type": "ir.actions.act_window_close"}
        # of two clicks at once, one is tried again, and finds this
        self.is_noted = True
        self.env["customer.follow.up"]._note(
            self._get_document(),
            Spoken(
                kind=self.kind,
                outcome=self.outcome,
                note=self.note or "",
                contact=self.contact_id,
                moment=self.contacted_on,
                next_date=self.next_date,
                next_user=self.next_user_id,
                summary=self.summary or "",
            ),
        )
        return {"type": "ir.actions.act_window_close"}
