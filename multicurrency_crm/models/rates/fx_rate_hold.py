from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

from ...engine.rates import is_rate_day

ACTIVITY = "mail.mail_activity_data_todo"
#: a figure that can't be a rate at all, whoever would like it
NO_RATE = ("zero", "negative", "not_number")


class FxRateHold(models.Model):
    """A published rate that is kept out of the books until somebody decides.

    Rates are units of the currency for 1 unit of the company currency, without the
    company currency's own technical rate. Nobody writes here but the provider that
    holds and the person who decides, by the methods for that.
    """

    _name = "fx.rate.hold"
    _description = "Held Rate"
    _inherit = ["decision.mixin", "mail.thread"]
    _order = "date desc, id desc"
    # readers may talk about a held rate that only the decision changes
    _mail_post_access = "read"
    _decision_states = {
        "asked": "pending",
        "granted": "accepted",
        "denied": "rejected",
    }
    _decision_group = "multicurrency_crm.group_finance"

    provider_id = fields.Many2one(
        comodel_name="fx.rate.provider",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(
        required=True, readonly=True, help="The day of the books that it is for."
    )
    published_on = fields.Date(
        readonly=True, help="The day that the publisher writes on it."
    )
    rate = fields.Float(
        digits=0,
        readonly=True,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency; 0 where what is "
        "published can't be a rate.",
    )
    quoted = fields.Char(
        string="Published As", readonly=True, help="The figure as it was published."
    )
    kind = fields.Selection(
        selection="_selection_kind",
        string="Kind of Rate",
        readonly=True,
    )
    previous_rate = fields.Float(
        string="Compared With",
        digits=0,
        readonly=True,
        aggregator=None,
        help="The nearest rate that was known to be right, before or after.",
    )
    previous_date = fields.Date(string="Compared With the Rate of", readonly=True)
    jump = fields.Float(
        readonly=True,
        aggregator=None,
        help="How far the rate is from the one that it was compared with.",
    )
    factor = fields.Integer(
        readonly=True,
        aggregator=None,
        help="How many times too high or too low the rate looks.",
    )
    other_rate = fields.Float(
        string="Confirming Rate",
        digits=0,
        readonly=True,
        aggregator=None,
        help="What the provider says that was asked to confirm.",
    )
    reason = fields.Selection(
        selection=[
            ("zero", "Zero"),
            ("negative", "Below zero"),
            ("not_number", "No number"),
            ("jump", "Jump"),
            ("scale", "Wrong unit (×100?)"),
            ("future", "Of a day to come"),
            ("old", "Too old"),
            ("disagreement", "Providers disagree"),
        ],
        required=True,
        readonly=True,
    )
    can_be_accepted = fields.Boolean(compute="_compute_can_be_accepted")
    state = fields.Selection(
        selection=[
            ("pending", "To decide"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
        ],
        default="pending",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    decision_reason = fields.Char(tracking=True)
    closed_as = fields.Selection(
        selection=[
            ("borne_out", "The rates around it bear it out by now."),
            ("corrected", "The publisher has corrected it."),
        ],
        string="Closed Automatically",
        readonly=True,
        copy=False,
        help="Why nobody has to decide on it any longer.",
    )
    booked_on = fields.Date(
        readonly=True,
        copy=False,
        help="The day of the books at which it was booked when somebody accepted it.",
    )
    replaced = fields.Json(
        readonly=True,
        copy=False,
        help="The fetched rate that was in the books before: it comes back where "
        "accepting is undone.",
    )
    can_be_reopened = fields.Boolean(compute="_compute_can_be_reopened")
    received_at = fields.Datetime(string="Received", readonly=True)
    payload_hash = fields.Char(
        string="SHA-256", readonly=True, help="Of the file in which it came."
    )

    _one_pending = models.UniqueIndex(
        "(provider_id, company_id, currency_id, date) WHERE state = 'pending'",
        "This rate is held back already: decide on that one.",
    )

    @api.model
    def _selection_kind(self):
        kinds = self.env["fx.rate.provider"]._fields["rate_kind"]
        return kinds._description_selection(self.env)

    # === COMPUTE METHODS === #

    @api.depends("currency_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for hold in self:
            day = format_date(self.env, hold.date)
            hold.display_name = f"{hold.currency_id.name}, {day}"

    @api.depends("reason", "rate", "date")
    def _compute_can_be_accepted(self):
        for hold in self:
            hold.can_be_accepted = (
                hold.rate > 0 and hold.reason not in NO_RATE and is_rate_day(hold.date)
            )

    @api.depends("state", "decided_by")
    def _compute_can_be_reopened(self):
        for hold in self:
            # what the addon itself has closed is answered by a newer rate
            hold.can_be_reopened = hold.state != "pending" and bool(hold.decided_by)

    # === ACTIONS === #

    def action_accept(self, note=""):
        """Book these rates as they were published, as far as nobody comes first.

        Without a reason nothing is booked: the dialog that asks for it is opened, with
        the figures. All or none. A rate that a person typed for the day stays, and so
        does that of a provider that comes before.

        :param note: why, for whoever asks later
        :return: client action: a dialog, or a notification
        :raises AccessError: not in the Finance group, or a company of others
        :raises UserError: decided already, or a figure that can't be a rate
        """
        for hold in self:
            hold._check_may_decide()
            hold._check_grantable()
        note = self._read_reason(note)
        if not note:
            return self.env["fx.rate.hold.decide"]._get_dialog(self, "accept")
        # writes the held rates' own rows first: of two who decide one is retried
        decided = self._decide("granted", note)
        for provider, holds in decided.grouped("provider_id").items():
            provider._book_accepted(holds)
        return self._get_notification(
            self.env._("Rates accepted: %(count)s.", count=len(self))
        )

    def action_approve(self):
        """Ask for the reason, then accept; see :meth:`action_accept`."""
        return self.action_accept()

    def action_reject(self, note=""):
        """Keep these rates out of the books for good.

        What was published is not held again for the same day; another figure is.

        :param note: why, for whoever asks later; without it a dialog asks
        :return: client action: a dialog, or a notification
        :raises AccessError, UserError: as :meth:`action_accept`
        """
        note = self._read_reason(note)
        if not note:
            return self.action_refuse()
        for hold in self:
            hold._check_may_decide()
        self._decide("denied", note)
        return self._get_notification(
            self.env._("Rates rejected: %(count)s.", count=len(self))
        )

    def action_reopen(self, note=""):
        """Take decisions back: what was accepted leaves the books, where nobody has put
        another rate there since, and all is to be decided anew.

        All or none. The fetched rate that was in the books before comes back, or what
        the next providers had kept aside.

        :param note: why, for whoever asks later; without it a dialog asks
        :return: client action: a dialog, or a notification
        :raises AccessError: not in the Finance group, or a company of others
        :raises UserError: nobody has decided, or another figure of the day is waiting
        """
        for hold in self:
            hold._check_reopenable()
        note = self._read_reason(note)
        if not note:
            return self.env["fx.rate.hold.decide"]._get_dialog(self, "reopen")
        self._reopen(note)
        return self._get_notification(
            self.env._("Rates to review again: %(count)s.", count=len(self))
        )

    def _refuse(self, reason):
        return self.action_reject(reason)

    def _get_notification(self, message):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "message": message,
                "type": "success",
                # closes the dialog, if there is one; the view below reads anew
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

    def _reopen(self, reason):
        """Make decided rates pending again; see :meth:`action_reopen`.

        Their own rows are written first: of two who decide at once one is retried.

        :param str reason: why
        """
        # sudo: the right was checked; nobody writes a decision by hand
        accepted = self.sudo().filtered(lambda hold: hold.state == "accepted")
        self.sudo()._write_guarded(
            {
                "state": "pending",
                "requested_on": fields.Datetime.now(),
                "decided_by": False,
                "decided_on": False,
                "decision_reason": reason,
            }
        )
        self.flush_recordset()
        for provider, holds in accepted.grouped("provider_id").items():
            provider._unbook_accepted(holds, reason)
        accepted._write_guarded({"booked_on": False, "replaced": False})
        self._notify_managers()

    # === WHO DECIDES === #

    def _check_may_decide(self):
        self.check_access("read")
        return super()._check_may_decide()

    def _works_in(self, person, company):
        """Let whoever works in a branch decide on the rates of its main company."""
        return super()._works_in(person, company) or company in (
            person.company_ids.root_id
        )

    def _explain_no_decider(self):
        return self.env._(
            "Held rates are decided on by the Finance group of Multi-currency: ask one "
            "of them, or an administrator for that right."
        )

    def _explain_not_asked(self):
        return self.env._(
            "%(person)s has decided on %(rate)s already (%(state)s): leave it out.",
            person=self.decided_by.name or self.provider_id.display_name,
            rate=self.display_name,
            state=dict(self._fields["state"]._description_selection(self.env))[
                self.state
            ],
        )

    def _check_grantable(self):
        # sudo: the provider may not serve the company any more
        hold = self.sudo()
        if not hold.can_be_accepted:
            raise UserError(
                self.env._(
                    "%(rate)s can't be accepted, because what %(provider)s published "
                    "(%(quoted)s) isn't a valid rate: reject it.",
                    rate=hold.display_name,
                    provider=hold.provider_id.display_name,
                    quoted=hold.quoted or "",
                )
            )

    def _check_reopenable(self):
        """Let through who decides here, on what a person has decided.

        :raises AccessError: not one of those who decide
        :raises UserError: nobody has decided, or another figure of the day is waiting
        """
        self.check_access("read")
        self._check_decides_here()
        if not self.can_be_reopened:
            raise UserError(
                self.env._(
                    "Nobody has decided on %(rate)s: there is nothing to undo.",
                    rate=self.display_name,
                )
            )
        # sudo: what waits counts, whoever may read it
        waiting = self.sudo().search_count(
            [
                ("provider_id", "=", self.provider_id.id),
                ("company_id", "=", self.company_id.id),
                ("currency_id", "=", self.currency_id.id),
                ("date", "=", self.date),
                ("state", "=", "pending"),
            ],
            limit=1,
        )
        if waiting:
            raise UserError(
                self.env._(
                    "Another figure of %(rate)s is to be reviewed already: decide on "
                    "that one.",
                    rate=self.display_name,
                )
            )

    # === WHAT PROVIDERS HOLD BACK === #

    @api.model
    def _get_rejected(self, provider, company):
        """Find what somebody has rejected: it isn't held, nor booked, a second time.

        :return: set of (currency id, day of the books, quoted text)
        """
        # sudo: whoever fetches may not read held rates of every company
        rejected = self.sudo().search_fetch(
            [
                ("provider_id", "=", provider.id),
                ("company_id", "=", company.id),
                ("state", "=", "rejected"),
            ],
            ["currency_id", "date", "quoted"],
        )
        return {(*hold._get_day(), hold.quoted or "") for hold in rejected}

    @api.model
    def _hold(self, values_list):
        """Hold rates back and notify the managers, once for all of a provider.

        One that is pending already gets the new figures; one on which somebody has
        decided, with the very same text, stays decided.

        :param values_list: list of dicts of field values; ``provider_id``,
            ``company_id``, ``currency_id``, ``date`` and ``reason`` are needed
        :return: the new ones, all pending
        """
        if not values_list:
            return self.browse()
        # the last one where one day's rate is held twice
        wanted = {
            tuple(
                values[name]
                for name in ("provider_id", "company_id", "currency_id", "date")
            ): values
            for values in values_list
        }
        pending, decided = self._find_known(wanted)
        new = []
        for key, values in wanted.items():
            if hold := pending.get(key):
                hold._refresh(values)
            elif (*key, values.get("quoted") or "") not in decided:
                new.append(values)
        # sudo: people hold nothing; and no message on each of what may be hundreds
        quietly = self.sudo().with_context(tracking_disable=True)
        now = fields.Datetime.now()
        holds = quietly._create_guarded(
            [{**values, "requested_on": now} for values in new]
        )
        holds = self.browse(holds.ids)
        holds._notify_managers()
        return holds

    @api.model
    def _find_known(self, keys):
        """Find what is known of some (provider id, company id, currency id, day).

        :return: ({key: pending hold}, set of (*key, quoted text) of decided ones)
        """
        provider_ids, company_ids, currency_ids, days = map(
            set, zip(*keys, strict=True)
        )
        # sudo: whoever fetches may not read what is held for another company
        known = self.sudo().search(
            [
                ("provider_id", "in", provider_ids),
                ("company_id", "in", company_ids),
                ("currency_id", "in", currency_ids),
                ("date", ">=", min(days)),
                ("date", "<=", max(days)),
            ]
        )
        pending, decided = {}, set()
        for hold in known:
            key = (hold.provider_id.id, hold.company_id.id, *hold._get_day())
            if hold.state == "pending":
                pending[key] = hold
            else:
                decided.add((*key, hold.quoted or ""))
        return pending, decided

    def _get_day(self):
        """Return (currency id, day of the books)."""
        return self.currency_id.id, self.date

    def _refresh(self, values):
        """Take over what is published now, if that is something else."""
        if (self.quoted or "", self.reason) != (
            values.get("quoted") or "",
            values["reason"],
        ):
            self.with_context(tracking_disable=True)._write_guarded(values)

    @api.model
    def _supersede(self, provider, company, stored):
        """Close what is pending for days whose rate has since been stored.

        :param stored: {(currency id, day of the books): quoted text} of the rates that
            a fetch has just stored without a doubt
        """
        # sudo: whoever fetches may not read what is held for another company
        pending = self.sudo().search(
            [
                ("provider_id", "=", provider.id),
                ("company_id", "=", company.id),
                ("state", "=", "pending"),
            ]
        )
        over = pending.filtered(lambda hold: hold._get_day() in stored)
        same = over.filtered(
            lambda hold: (hold.quoted or "") == stored[hold._get_day()]
        )
        for holds, role, reason in (
            (same, "granted", "borne_out"),
            (over - same, "denied", "corrected"),
        ):
            holds._write_guarded({"closed_as": reason})
            holds._decide_as_system(role, "")

    # === ACTIVITIES === #

    def _notify_managers(self):
        """Give each manager one thing to do a provider and company, not one a rate."""
        # sudo: the provider may serve companies of others
        for provider, of_provider in self.sudo().grouped("provider_id").items():
            for company, holds in of_provider.grouped("company_id").items():
                if not holds._find_activities():
                    holds[0]._schedule_for_managers(provider, company)

    def _schedule_for_managers(self, provider, company):
        for user in self._get_managers(company):
            text = self.with_context(lang=user.lang).env._
            self.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                summary=text(
                    "Rates of %(provider)s are held back for %(company)s: accept or "
                    "reject them",
                    provider=provider.display_name,
                    company=company.name,
                ),
            )

    @api.model
    def _get_managers(self, company):
        """Return the managers of Multi-Currency who work in a company or its branches;
        where there is none, whoever may decide there."""
        for group in ("multicurrency_crm.group_manager", self._decision_group):
            if found := company._find_members(group, with_branches=True):
                return found
        return self.env["res.users"]

    def _find_activities(self):
        """Find what managers have to do about these, of one provider and company.

        An activity on another rate of the two is one of them: managers get one for all.
        """
        # sudo: activities of colleagues count as well
        siblings = self.sudo().search(
            [
                ("provider_id", "=", self.provider_id.id),
                ("company_id", "=", self.company_id.id),
                ("activity_ids", "!=", False),
            ]
        )
        return siblings.activity_search([ACTIVITY])

    def _close_activities(self):
        """Leave managers something to do as long as something is to be decided."""
        # sudo: who decides may not see the activities of others
        for of_provider in self.sudo().grouped("provider_id").values():
            for holds in of_provider.grouped("company_id").values():
                activities = holds._find_activities()
                left = self.sudo().search(
                    [
                        ("provider_id", "=", holds.provider_id.id),
                        ("company_id", "=", holds.company_id.id),
                        ("state", "=", "pending"),
                    ],
                    limit=1,
                )
                if left:
                    moving = activities.filtered(
                        lambda activity, holds=holds: activity.res_id in holds.ids
                    )
                    moving.write({"res_id": left.id})
                    # the ORM doesn't follow an activity from record to record
                    (holds | left).invalidate_recordset(["activity_ids"])
                else:
                    activities.unlink()
