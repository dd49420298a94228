from ast import literal_eval

from psycopg2 import OperationalError

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain

from ...engine.working_calendar import Distance
from ..common.remembered import remembered
from .customer_life import STAGE_SELECTION
from .customer_milestone import KINDS

#: The longest distance from the day of a fact, and how far back a rule looks, in days.
FAR = (0, 365)
LOOK_BACK = (0, 365)
#: Mails to customers of one run.
MAILS = (0, 500)
#: Least and most by which a spot rate moves.
MOVES = (0.001, 1.0)
#: Of what somebody is reminded; rooms that come later add theirs.
EVENTS = [
    ("quotation_unanswered", "Quotation without an answer"),
    ("quotation_ending", "Quotation expires"),
    ("rate_moved", "Spot rate moved since the quotation"),
    ("lock_ending", "Rate lock ends"),
    ("agreement_ending", "Rate agreement ends"),
    ("instalment_due", "Instalment is due"),
    ("payment_due", "Invoice is due"),
    ("promise_due", "Payment is promised"),
    ("statement_unconfirmed", "Statement isn't confirmed"),
    ("limit_ending", "Credit limit ends"),
    ("limit_review", "Credit limit is to be reviewed"),
    ("no_contact", "Nobody spoke with the customer"),
    ("next_contact", "Next contact"),
    ("reorder_expected", "Next order is expected"),
    ("milestone", "Something happened with the customer"),
]
#: What nobody knows before its day.
KNOWN_AFTER = {
    "quotation_unanswered",
    "rate_moved",
    "statement_unconfirmed",
    "no_contact",
    "milestone",
}
FLAGS = [
    ("is_dormant", "Dormant"),
    ("is_at_risk", "At Risk"),
    ("is_lost", "Lost Customer"),
    ("is_won_back", "Won Back"),
]
#: What makes a rule another one: it stays once it has reminded.
IDENTITY = {"company_id", "event"}


class CustomerReminderRule(models.Model):
    """Of what a company reminds, whom, and when. Switched off as it is made."""

    _name = "customer.reminder.rule"
    _description = "Reminder Rule"
    _inherit = [
        "guarded.mixin",
        "main.company.mixin",
        "typed.number.mixin",
        "used.mixin",
    ]
    _order = "company_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(index=True)
    state = fields.Selection(
        selection=[("off", "Switched Off"), ("on", "Switched On")],
        string="Status",
        default="off",
        required=True,
        readonly=True,
        copy=False,
    )
    # === EVENT === #
    event = fields.Selection(selection=EVENTS, string="Reminds Of", required=True)
    milestone_kind = fields.Selection(selection=KINDS, string="Milestone")
    rate_move = fields.Float(
        string="Rate Moved By",
        default=0.02,
        digits=(16, 4),
        bounds=MOVES,
        help="By so much the spot rate is another one than on the day of the "
        "quotation, up or down.",
    )
    days = fields.Integer(
        string="Distance (Days)",
        default=0,
        bounds=FAR,
        help="So many days from the event's day: 0 reminds on it.",
    )
    direction = fields.Selection(
        selection=[("before", "Before the Day"), ("after", "After the Day")],
        string="Before or After",
        default="after",
        required=True,
    )
    day_kind = fields.Selection(
        selection=[("calendar", "All days"), ("working", "Working days")],
        string="Days Counted",
        default="calendar",
        required=True,
        help="Nobody is reminded on a day on which the company doesn't work. What is "
        "to be known before an event is told before a holiday, all else after it.",
    )
    look_back = fields.Integer(
        string="Look Back (Days)",
        default=30,
        bounds=LOOK_BACK,
        help="What fell due earlier than so many days ago reminds nobody: neither when "
        "the rule is switched on, nor later.",
    )
    # === AUDIENCE === #
    partner_domain = fields.Char(
        string="Customers",
        default="[]",
        help="Empty: all. The conditions are read as they are written here, and hold "
        "for the customer itself, not for its contacts.",
    )
    stage = fields.Selection(
        selection=STAGE_SELECTION, string="Customers in Stage", help="Empty: any."
    )
    flag = fields.Selection(
        selection=FLAGS, string="Only Customers That Are", help="Empty: any."
    )
    currency_ids = fields.Many2many(
        "res.currency",
        string="Currencies",
        help="Of the document; where it has none, of the customer's newest one. "
        "Empty: any.",
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Empty: any."
    )
    team_ids = fields.Many2many(
        "crm.team",
        string="Sales Teams",
        help="Of the document; where it has none, of the customer's first opportunity. "
        "Empty: any.",
    )
    # === WHAT IT DOES === #
    step_ids = fields.One2many(
        "customer.reminder.step", "rule_id", string="Steps", copy=True
    )
    user_id = fields.Many2one(
        "res.users",
        string="Otherwise Remind",
        default=lambda self: not self.env.user._is_superuser() and self.env.user,
        domain=[("share", "=", False)],
        ondelete="set null",
        help="Who is reminded where nobody else can be: absent, archived, or without "
        "access to the company.",
    )
    mail_cap = fields.Integer(
        string="Mails to Customers a Day",
        default=20,
        bounds=MAILS,
        help="At most so many mails leave a day; the others wait for the next one.",
    )
    reminded_on = fields.Datetime(string="Looked Last", readonly=True, copy=False)
    reminder_count = fields.Integer(
        string="Reminders", compute="_compute_reminder_count"
    )
    customer_count = fields.Integer(
        string="Customers to Remind Of",
        compute="_compute_customer_count",
        help="Of so many customers the rule would remind today.",
    )
    fact_count = fields.Integer(
        string="Facts to Remind Of", compute="_compute_customer_count"
    )
    twice_count = fields.Integer(
        string="Facts of Another Rule, Too", compute="_compute_customer_count"
    )
    outlook = fields.Char(compute="_compute_outlook")

    # === COMPUTE METHODS === #

    def _compute_reminder_count(self):
        counts = dict(
            self.env["customer.reminder"]._read_group(
                [("rule_id", "in", self.ids)], ["rule_id"], ["__count"]
            )
        )
        for rule in self:
            rule.reminder_count = counts.get(rule._origin, 0)

    @api.depends(
        *("event", "milestone_kind", "rate_move", "days", "direction", "day_kind"),
        *("look_back", "partner_domain", "stage", "flag", "currency_ids"),
        *("country_ids", "team_ids", "company_id"),
    )
    def _compute_customer_count(self):
        for rule in self:
            known = rule._origin
            facts = known._find_facts() if known else []
            rule.customer_count = len({fact["partner_id"] for fact in facts})
            rule.fact_count = len(facts)
            rule.twice_count = sum(fact["is_twice"] for fact in facts)

    @api.depends("customer_count", "fact_count", "twice_count", "state")
    @api.depends_context("lang")
    def _compute_outlook(self):
        for rule in self:
            said = [
                self.env._(
                    "Today this rule would remind of %(facts)s facts (documents, or "
                    "days of customers) of %(customers)s customers.",
                    facts=rule.fact_count,
                    customers=rule.customer_count,
                )
            ]
            if rule.twice_count:
                said.append(
                    self.env._(
                        "Of %(count)s of them another rule that is on reminds already.",
                        count=rule.twice_count,
                    )
                )
            rule.outlook = " ".join(said)

    # === CONSTRAINT METHODS === #

    @api.constrains("name")
    def _check_name(self):
        for rule in self:
            if not (rule.name or "").strip():
                raise ValidationError(self.env._("A rule has a name."))

    @api.constrains("event", "direction", "days")
    def _check_direction(self):
        for rule in self:
            if rule.direction == "before" and rule.event in KNOWN_AFTER:
                raise ValidationError(
                    self.env._(
                        "Nobody knows the day of “%(event)s” before it has come: "
                        "remind after it.",
                        event=rule._get_label("event"),
                    )
                )

    @api.constrains("event", "milestone_kind")
    def _check_milestone_kind(self):
        for rule in self:
            if rule.event == "milestone" and not rule.milestone_kind:
                raise ValidationError(
                    self.env._(
                        "Say of which milestone “%(rule)s” reminds.", rule=rule.name
                    )
                )

    @api.constrains("partner_domain")
    def _check_partner_domain(self):
        for rule in self:
            rule._check_domain()

    def _check_domain(self):
        """Check that the conditions on customers can be searched by whoever writes
        them.

        :raises ValidationError: they can't
        """
        # sudo is left behind: the search is the writer's own
        Partner = self.env["res.partner"].with_user(self.env.user)
        try:
            with self.env.cr.savepoint():
                Partner.search(self._get_partner_domain(), limit=1)
        except OperationalError:
            raise  # others are at work: Odoo tries again
        except Exception as error:  # whatever a search says of what was typed
            raise ValidationError(
                self.env._(
                    "The conditions on the customers of “%(rule)s” can't be searched: "
                    "%(reason)s",
                    rule=self.name,
                    reason=error.args[0] if error.args else type(error).__name__,
                )
            ) from error

    def _get_partner_domain(self):
        """Return the conditions on customers as a ``Domain``: values alone, nothing of
        what they say is computed."""
        try:
            value = literal_eval((self.partner_domain or "").strip() or "[]")
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            value = None
        if not isinstance(value, list):
            raise ValidationError(self.env._("They aren't a list of conditions."))
        return Domain(value)

    @api.constrains("event", "company_id")
    def _check_templates(self):
        self.step_ids._check_template()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not self._is_any():
            self.env["res.company"]._forget_remembered()
        return super().create(vals_list)

    def copy_data(self, default=None):
        return [
            {**vals, "name": self.env._("%(rule)s (copy)", rule=rule.name)}
            for rule, vals in zip(self, super().copy_data(default), strict=True)
        ]

    def write(self, vals):
        if changed := IDENTITY & vals.keys():
            self._check_identity({name: vals[name] for name in changed})
        return super().write(vals)

    def _check_identity(self, vals):
        """:raises UserError: a rule that has reminded would become another one"""
        for rule in self:
            differs = any(rule._differs_from(name, vals[name]) for name in vals)
            # sudo: reminders of everybody
            if differs and rule.sudo().reminder_count:
                raise UserError(
                    self.env._(
                        "“%(rule)s” has reminded already: make a new rule for another "
                        "event or company, and switch this one off.",
                        rule=rule.name,
                    )
                )

    # === READING === #

    @api.model
    @remembered()
    def _is_any(self):
        """Return whether any company has a rule."""
        # sudo: of any company
        every = self.sudo().with_context(active_test=False)
        return bool(every.search_count([], limit=1))

    def _get_label(self, name):
        """Return what the value of a selection is called, in the reader's language."""
        labels = dict(self._fields[name]._description_selection(self.env))
        return labels.get(self[name], "")

    def _get_distance(self):
        """Return the ``Distance`` from a fact's day to the day of its reminder."""
        self.ensure_one()
        return Distance(
            self.days, self.direction == "before", self.day_kind == "working"
        )

    def _find_facts(self):
        """Return the facts of which this rule would remind today, as dicts."""
        self.ensure_one()
        return self.env["customer.reminder"]._find_due_facts(self)

    # === ACTIONS === #

    def action_switch_on(self):
        """Have these rules remind, from the next run of the job on.

        :raises UserError: a rule has no step
        """
        self.check_access("write")
        for rule in self:
            if not rule.step_ids:
                raise UserError(
                    self.env._(
                        "“%(rule)s” has no step: say who is reminded, and how.",
                        rule=rule.name,
                    )
                )
            rule._check_domain()
        self._write_guarded({"state": "on", "reminded_on": False})
        # sudo: the first look needn't wait for the hour
        job = self.env.ref("multicurrency_crm.ir_cron_customer_reminder").sudo()
        job._trigger()
        return True

    def action_switch_off(self):
        """Have these rules remind of nothing new. What is open stays with whoever has
        it, and is closed when it is settled."""
        self.check_access("write")
        self._write_guarded({"state": "off"})
        return True

    def action_show_customers(self):
        """Open what this rule would remind of today: customers, documents, and who
        would be told."""
        self.ensure_one()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Would Be Reminded Of: %(rule)s", rule=self.name),
            "res_model": "customer.reminder.outlook",
            "view_mode": "list,kanban",
            "views": [(False, "list"), (False, "kanban")],
            "domain": [
                ("id", "in", self.env["customer.reminder.outlook"]._list(self).ids)
            ],
        }

    def action_show_reminders(self):
        """Open what this rule has reminded of."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_reminder"
        )
        return action | {"domain": [("rule_id", "in", self.ids)], "context": {}}

    def action_add_usual(self):
        """Add the usual rules, switched off, as far as the company has none of their
        kind.

        :raises UserError: it has them all
        """
        self.browse().check_access("create")
        # sudo: who works in a branch needn't see its main company
        company = self.env.company.sudo().root_id
        known = self.with_context(active_test=False).search(
            [("company_id", "=", company.id)]
        )
        taken = {(rule.event, rule.direction) for rule in known}
        missing = [
            vals
            for vals in self._list_usual()
            if (vals["event"], vals["direction"]) not in taken
        ]
        if not missing:
            raise UserError(
                self.env._(
                    "%(company)s has the usual rules already.",
                    company=company.name,
                )
            )
        rules = self.create([vals | {"company_id": company.id} for vals in missing])
        rules._name_in_each_language()
        return {"type": "ir.actions.client", "tag": "soft_reload"}
