from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import format_date, formatLang

from .customer_reminder_rule import EVENTS

STATES = [("open", "To Do"), ("done", "Done"), ("gone", "No Longer Needed")]


class CustomerReminder(models.Model):
    """That a rule has reminded of a fact: remembered, so that it does so once.

    open → done (a colleague says so) | gone (the fact holds no longer)
    """

    _name = "customer.reminder"
    _description = "Reminder"
    _inherit = ["guarded.mixin"]
    _order = "due_date desc, id desc"
    _rec_name = "document_name"

    rule_id = fields.Many2one(
        "customer.reminder.rule", required=True, readonly=True, ondelete="restrict"
    )
    event = fields.Selection(
        selection=EVENTS, string="Reminds Of", required=True, readonly=True
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    branch_id = fields.Many2one(
        "res.company",
        string="Company of the Document",
        readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    # === FACT === #
    res_model = fields.Char(
        string="Model of the Document", required=True, readonly=True
    )
    res_id = fields.Many2oneReference(
        string="Record of the Document",
        model_field="res_model",
        required=True,
        readonly=True,
    )
    target_model = fields.Char(string="Model of the Activity", readonly=True)
    target_id = fields.Many2oneReference(
        string="Record of the Activity", model_field="target_model", readonly=True
    )
    document_name = fields.Char(string="Document", readonly=True)
    fact_date = fields.Date(string="Day", required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="set null")
    amount = fields.Monetary(readonly=True)
    salesperson_id = fields.Many2one("res.users", readonly=True, ondelete="set null")
    team_id = fields.Many2one(
        "crm.team", string="Sales Team", readonly=True, ondelete="set null"
    )
    # === WHAT BECAME OF IT === #
    due_date = fields.Date(string="Remind On", required=True, readonly=True)
    started_on = fields.Date(string="First Reminded", required=True, readonly=True)
    step = fields.Integer(
        string="Steps Taken", required=True, readonly=True, aggregator=None
    )
    next_on = fields.Date(string="Next Step On", readonly=True)
    state = fields.Selection(
        selection=STATES,
        string="Status",
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    closed_on = fields.Date(readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Reminded",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Who was reminded last.",
    )
    line_ids = fields.One2many(
        "customer.reminder.line", "reminder_id", string="Steps", readonly=True
    )
    deadline = fields.Date(compute="_compute_deadline", search="_search_deadline")
    country_id = fields.Many2one(related="partner_id.country_id")
    may_finish = fields.Boolean(compute="_compute_may_finish")

    _fact_unique = models.Constraint(
        "UNIQUE (rule_id, res_model, res_id, fact_date)",
        "A rule reminds of a fact once.",
    )
    _fact = models.Index("(res_model, res_id)")
    _due = models.Index("(company_id, next_on) WHERE state = 'open'")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "document_name", "event")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for reminder in self:
            # sudo: a name, and the customer may be another company's
            customer = reminder.sudo().partner_id.display_name or ""
            reminder.display_name = self.env._(
                "%(customer)s: %(event)s",
                customer=customer,
                event=reminder._get_event(),
            )

    def _compute_deadline(self):
        for reminder in self:
            # sudo: days of whoever has the activities
            activities = reminder.sudo().line_ids.activity_id.filtered("active")
            days = activities.mapped("date_deadline")
            reminder.deadline = min(days) if days else False

    @api.model
    def _search_deadline(self, operator, value):
        if operator not in ("<", "<=", ">", ">=", "=", "in"):
            return NotImplemented
        known = Domain("activity_id.active", "=", True)
        known &= Domain("activity_id.date_deadline", operator, value)
        # sudo: days of whoever has the activities
        lines = self.env["customer.reminder.line"].sudo()._search(known)
        return Domain("line_ids", "in", lines)

    @api.depends_context("uid")
    def _compute_may_finish(self):
        is_manager = self.env.user.has_group("multicurrency_crm.group_manager")
        for reminder in self:
            mine = reminder.user_id == self.env.user
            reminder.may_finish = reminder.state == "open" and (mine or is_manager)

    # === READING === #

    def _get_event(self):
        """Return what the event is called, in the reader's language."""
        labels = dict(self._fields["event"]._description_selection(self.env))
        return labels.get(self.event, "")

    def _format_fact(self):
        """Return the line that says what a reminder is about: of whom, which document,
        how much in which currency, and of which day, in the reader's language."""
        self.ensure_one()
        # sudo: names, in an activity of whoever is reminded
        reminder = self.sudo()
        said = [reminder.partner_id.display_name or "", reminder.document_name or ""]
        if reminder.currency_id and not reminder.currency_id.is_zero(reminder.amount):
            amount = formatLang(
                self.env, reminder.amount, digits=reminder.currency_id.decimal_places
            )
            said.append(f"{reminder.currency_id.name} {amount}")
        said.append(format_date(self.env, reminder.fact_date))
        return " · ".join(filter(None, said))

    # === ACTIONS === #

    def action_open_document(self):
        """Open what one reminder is about, as far as the user may read it."""
        self.ensure_one()
        model, res_id = self.target_model, self.target_id
        if self.env.get(model or "") is None:
            model, res_id = self.res_model, self.res_id
        return self.env["customer.timeline"]._open_document(
            model, res_id, self.display_name
        )

    def action_finish(self):
        """Say that these reminders are done: their activities are marked as done.

        :raises AccessError: somebody else was reminded
        """
        self.check_access("read")
        if not all(self.mapped("may_finish")):
            raise AccessError(
                self.env._("Only who was reminded says that it is done, or a manager.")
            )
        # sudo: rows are written by our code only; who may was asked
        reminders = self.sudo()
        reminders.line_ids.activity_id.filtered("active").with_user(
            self.env.user
        ).sudo()._action_done()
        reminders._close("done")
        return True
