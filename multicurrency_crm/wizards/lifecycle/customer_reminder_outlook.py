from odoo import api, fields, models

#: Facts that are listed: more nobody reads before switching a rule on.
MOST = 500


class CustomerReminderOutlook(models.TransientModel):
    """One fact of which a rule would remind today, and who would be told of it."""

    _name = "customer.reminder.outlook"
    _description = "Would Be Reminded Of"
    _inherit = ["shown.records.mixin"]
    _order = "id"
    _rec_name = "document_name"

    rule_id = fields.Many2one("customer.reminder.rule", required=True, readonly=True)
    partner_id = fields.Many2one("res.partner", string="Customer", readonly=True)
    target_model = fields.Char(string="Model of the Activity", readonly=True)
    target_id = fields.Many2oneReference(
        string="Record of the Activity", model_field="target_model", readonly=True
    )
    document_name = fields.Char(string="Document", readonly=True)
    fact_date = fields.Date(string="Day", readonly=True)
    due_date = fields.Date(string="Remind On", readonly=True)
    currency_id = fields.Many2one("res.currency", readonly=True)
    amount = fields.Monetary(readonly=True)
    user_id = fields.Many2one(
        "res.users",
        string="Would Be Told First",
        readonly=True,
        help="By the rule's first step, as things are today. Empty: nobody can be, or "
        "the step writes to the customer.",
    )

    @api.model
    def _list(self, rule):
        """List the facts of which a rule would remind today: of customers whom the
        user reads; what documents they may not read say stays out.

        :param rule: one ``customer.reminder.rule``
        :return: these records, newest fact last
        """
        facts = self.env["customer.reminder"]._find_due_facts(rule)
        readable = self._find_readable(facts)
        shown = [
            fact
            for fact in facts
            if fact["partner_id"] in readable["res.partner"]
            and fact["target_id"] in readable[fact["target_model"]]
        ][:MOST]
        users = self._find_users(rule, shown)
        names = self._fields.keys() - models.MAGIC_COLUMNS
        # sudo: rows are written by our code only; they are the user's own
        return self.sudo().create(
            [
                {name: value for name, value in fact.items() if name in names}
                | {"rule_id": rule.id, "user_id": user.id}
                for fact, user in zip(shown, users, strict=True)
            ]
        )

    @api.model
    def _find_readable(self, facts):
        """Find what the user reads of the customers and documents of facts.

        :return: {model: set of ids}
        """
        wanted = {"res.partner": {fact["partner_id"] for fact in facts}}
        for fact in facts:
            wanted.setdefault(fact["target_model"], set()).add(fact["target_id"])
        found = {}
        for model, ids in wanted.items():
            records = self.env[model].browse(ids)
            if not records.browse().has_access("read"):
                found[model] = set()
            else:
                found[model] = set(records._filtered_access("read").ids)
        return found

    @api.model
    def _find_users(self, rule, facts):
        """Return whom the first step of a rule would tell of each fact."""
        # sudo: as the job, which asks all colleagues
        rule = rule.sudo()
        step = rule.step_ids[:1]
        if not step or step.how == "mail":
            return [self.env["res.users"]] * len(facts)
        Reminder = self.env["customer.reminder"].sudo()
        names = ("partner_id", "branch_id", "salesperson_id", "team_id")
        common = {"rule_id": rule.id, "company_id": rule.company_id.id}
        wanted = [
            (Reminder.new({name: fact[name] for name in names} | common), step, 1)
            for fact in facts
        ]
        return self.env["customer.reminder.people"]._find_people(wanted)

    def action_open_document(self):
        """Open what one row is about, as far as the user may read it."""
        self.ensure_one()
        self.check_access("read")
        return self.env["customer.timeline"]._open_document(
            self.target_model, self.target_id, self.document_name or ""
        )
