from odoo import Command, api, models

CALL = "mail.mail_activity_data_call"


class CustomerReminderRule(models.Model):
    """Rules that most exporters want, to begin with."""

    _inherit = "customer.reminder.rule"

    @api.model
    def _list_usual(self):
        """Return the values of the usual rules, without their company."""
        return [
            *self._list_usual_of_quotations(),
            *self._list_usual_of_money(),
            *self._list_usual_of_customers(),
        ]

    def _name_in_each_language(self):
        """Name usual rules in all languages of the database: who is reminded reads
        another one than who added them."""
        for code, _name in self.env["res.lang"].get_installed():
            spoken = self.with_context(lang=code)
            names = {
                (vals["event"], vals["direction"]): vals["name"]
                for vals in spoken._list_usual()
            }
            for rule in spoken:
                rule.name = names[rule.event, rule.direction]

    @api.model
    def _list_usual_of_quotations(self):
        steps = [
            self._prepare_step_vals("salesperson", type_=CALL),
            self._prepare_step_vals("leader", after=2, how="digest"),
            self._prepare_step_vals("leader", after=4, hand_over=True),
        ]
        unanswered = ("quotation_unanswered", "after", 3, "working")
        ending = ("quotation_ending", "before", 3, "working")
        name = self.env._("Quotation without an answer")
        soon = self.env._("Quotation expires soon")
        return [
            self._prepare_usual_vals(name, *unanswered, steps),
            self._prepare_usual_vals(soon, *ending),
        ]

    @api.model
    def _list_usual_of_money(self):
        instalment = [
            self._prepare_step_vals("salesperson"),
            self._prepare_step_vals("finance", after=5),
        ]
        invoice = [
            self._prepare_step_vals("salesperson", type_=CALL),
            self._prepare_step_vals("leader", after=5),
        ]
        missing = self.env._("Instalment hasn't come")
        late = self.env._("Invoice is a week late")
        broken = self.env._("Promised money hasn't come")
        next_day = ("after", 1, "working")
        week = ("after", 7, "calendar")
        return [
            self._prepare_usual_vals(missing, "instalment_due", *next_day, instalment),
            self._prepare_usual_vals(late, "payment_due", *week, invoice),
            self._prepare_usual_vals(broken, "promise_due", *next_day),
        ]

    @api.model
    def _list_usual_of_customers(self):
        silent = [
            self._prepare_step_vals("salesperson", type_=CALL),
            self._prepare_step_vals("leader", after=5, hand_over=True),
        ]
        review = [self._prepare_step_vals("credit_manager")]
        silence = self.env._("No word for two months")
        limit = self.env._("Credit limit to be reviewed")
        order = self.env._("Next order is late")
        long_ago = ("after", 60, "calendar")
        soon = ("before", 14, "calendar")
        week = ("after", 7, "calendar")
        return [
            self._prepare_usual_vals(silence, "no_contact", *long_ago, silent),
            self._prepare_usual_vals(limit, "limit_review", *soon, review),
            self._prepare_usual_vals(order, "reorder_expected", *week),
        ]

    @api.model
    def _prepare_usual_vals(self, name, event, direction, days, day_kind, steps=None):
        """Return the values of one rule: of the salesperson, where no steps are given.

        :param int days: from the event's day
        :param steps: list of the values of steps
        """
        steps = steps or [self._prepare_step_vals("salesperson")]
        return {
            "name": name,
            "event": event,
            "direction": direction,
            "days": days,
            "day_kind": day_kind,
            "step_ids": [Command.create(vals) for vals in steps],
        }

    @api.model
    def _prepare_step_vals(
        self, who, after=0, how="activity", hand_over=False, type_=None
    ):
        """Return the values of one step.

        :param int after: working days from the first day of the reminder
        :param type_: XML id of the activity's type
        """
        found = type_ and self.env.ref(type_, raise_if_not_found=False)
        return {
            "who": who,
            "days": after,
            "how": how,
            "is_handed_over": hand_over,
            "activity_type_id": found.id if found else False,
            "deadline_days": 1 if how == "activity" else 0,
        }
