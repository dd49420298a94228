from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: Working days from the first day of a reminder, and for an activity.
DAYS = (0, 250)
TODO = "mail.mail_activity_data_todo"
WHO = [
    ("salesperson", "Salesperson"),
    ("leader", "Team Leader"),
    ("finance", "Finance"),
    ("credit_manager", "Credit Manager"),
    ("user", "One Colleague"),
]
HOW = [
    ("activity", "Activity"),
    ("digest", "Mail to the colleague"),
    ("mail", "Mail to the customer"),
]


class CustomerReminderStep(models.Model):
    """What a rule does on a day of its reminder: whom it tells, and how."""

    _name = "customer.reminder.step"
    _description = "Step of a Reminder Rule"
    _inherit = ["typed.number.mixin"]
    _order = "rule_id, days, sequence, id"

    rule_id = fields.Many2one(
        "customer.reminder.rule", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rule_id.company_id")
    event = fields.Selection(related="rule_id.event")
    sequence = fields.Integer(default=10)
    days = fields.Integer(
        string="After Working Days",
        default=0,
        required=True,
        bounds=DAYS,
        help="So many working days after the reminder began; 0: at once.",
    )
    how = fields.Selection(
        selection=HOW,
        string="Reminded By",
        default="activity",
        required=True,
        help="Whoever gets activities gets one mail a day that lists them.",
    )
    who = fields.Selection(
        selection=WHO,
        string="Who Is Reminded",
        default="salesperson",
        required=True,
        help="Salesperson: of the document, else of the customer. Who is absent that "
        "day is represented by the team leader.",
    )
    user_id = fields.Many2one(
        "res.users",
        string="Colleague",
        domain=[("share", "=", False)],
        ondelete="restrict",
    )
    is_handed_over = fields.Boolean(
        string="Hand Over",
        help="The open activity passes to that colleague. Otherwise it stays, and the "
        "colleague gets one of their own.",
    )
    activity_type_id = fields.Many2one(
        "mail.activity.type",
        string="Type of Activity",
        ondelete="set null",
        help="Empty: a to-do.",
    )
    deadline_days = fields.Integer(
        string="Deadline (Working Days)",
        default=0,
        bounds=DAYS,
        help="So many working days after the day on which it is made.",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="Mail Template",
        ondelete="set null",
        help="Of the kind of document that the event is about; for events of a "
        "customer, of contacts.",
    )

    # === COMPUTE METHODS === #

    @api.depends("days", "who", "how")
    @api.depends_context("lang")
    def _compute_display_name(self):
        labels = {
            name: dict(self._fields[name]._description_selection(self.env))
            for name in ("who", "how")
        }
        for step in self:
            step.display_name = self.env._(
                "Day %(day)s: %(how)s, %(who)s",
                day=step.days,
                how=labels["how"].get(step.how, ""),
                who=labels["who"].get(step.who, ""),
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("who", "how", "user_id")
    def _check_user(self):
        for step in self:
            if step.how != "mail" and step.who == "user" and not step.user_id:
                raise ValidationError(
                    self.env._("Say which colleague the step reminds.")
                )

    @api.constrains("is_handed_over", "days", "sequence")
    def _check_handed_over(self):
        for rule in self.rule_id:
            first = rule.step_ids.sorted(lambda step: (step.days, step.sequence))[:1]
            if first.is_handed_over:
                raise ValidationError(
                    self.env._(
                        "The first step has nothing to hand over: nobody has been "
                        "reminded yet."
                    )
                )

    @api.constrains("how", "template_id")
    def _check_template(self):
        """:raises ValidationError: a mail to customers has no text, or that of another
        kind of document"""
        mails = self.filtered(lambda step: step.how == "mail")
        for rule in mails.rule_id:
            if len(rule.step_ids.filtered(lambda step: step.how == "mail")) > 1:
                raise ValidationError(
                    self.env._("A customer is written to once about one event.")
                )
        for step in mails:
            model = self.env["customer.reminder.source"]._get_target_model(step.event)
            if step.template_id.model != model:
                raise ValidationError(
                    self.env._(
                        "A mail to the customer needs a template for “%(kind)s”.",
                        kind=self.env["ir.model"]._get(model).name,
                    )
                )

    # === READING === #

    def _get_type_id(self):
        """Return the id of the activity's type: a to-do, where none is chosen."""
        data = self.env["ir.model.data"]
        return self.activity_type_id.id or data._xmlid_to_res_id(
            TODO, raise_if_not_found=False
        )
