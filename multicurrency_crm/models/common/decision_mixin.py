from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError

from .guarded_mixin import is_open
from .html_text import as_html

TODO = "mail.mail_activity_data_todo"


class DecisionMixin(models.AbstractModel):
    """What one person asks for and another decides.

    A model that inherits this declares its own ``state``, read-only, and says in
    ``_decision_states`` which of its values play which role. Requester and decider are
    two people; what is decided is exactly what was asked; of two who decide at once
    only one does; every field of a decision is guarded. ``sudo`` gives nobody a right:
    it is the user who decides, and :meth:`_decide_as_system` is the one place where
    the addon itself does.
    """

    _name = "decision.mixin"
    _description = "Asked by One, Decided by Another"
    _inherit = ["guarded.mixin", "mail.activity.mixin"]

    #: role → the model's own value of its state; a role that it lacks is left out
    _decision_states = {
        "asked": "requested",
        "granted": "approved",
        "denied": "refused",
        "withdrawn": "withdrawn",
        "ended": "expired",
    }
    #: Whose members decide.
    _decision_group = "multicurrency_crm.group_manager"
    #: What is asked: a change of one of these withdraws the request.
    _decision_terms = frozenset()

    requested_by = fields.Many2one("res.users", readonly=True, copy=False, index=True)
    requested_on = fields.Datetime(readonly=True, copy=False)
    decided_by = fields.Many2one("res.users", readonly=True, copy=False)
    decided_on = fields.Datetime(readonly=True, copy=False)
    decision_reason = fields.Char("Why", readonly=True, copy=False)
    is_own = fields.Boolean(
        "My Own",
        compute="_compute_is_own",
        compute_sudo=True,
        help="Who asked, or whose document it is, doesn't decide.",
    )

    decision_status = fields.Char(
        "Status",
        compute="_compute_decision_status",
        help="Its state; a draft that somebody asked for waits for its approval.",
    )

    @api.depends("state", "requested_on")
    @api.depends_context("lang")
    def _compute_decision_status(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        for record in self:
            record.decision_status = (
                self.env._("To Approve")
                if record.state == "draft" and record._is_asked()
                else states.get(record.state, "")
            )

    @api.depends("requested_by")
    @api.depends_context("uid")
    def _compute_is_own(self):
        for record in self:
            record.is_own = self.env.user in record._get_requesters()

    # === WHAT A MODEL SAYS === #

    def _get_decision_company(self):
        """Return the company whose people decide."""
        return self.company_id

    def _get_requesters(self):
        """Return the users to whom the request belongs: none of them decides."""
        return self.requested_by

    def _get_decision_question(self):
        """Return what those who decide are asked.

        :return: (summary, note) of their activities, in the context's language
        """
        return self.env._("Approve or refuse"), False

    def _get_decision_value(self):
        """Return the amount that a decider's cap is held against; asked of models with
        a cap, whose amounts are in ``currency_id``.

        :return: amount in company currency, at the rate that the model names; None
            where no rate is known
        """
        raise NotImplementedError

    def _get_decision_cap(self, user):
        """Return up to which :meth:`_get_decision_value` a user decides; None: no
        bound."""
        return None

    def _check_grantable(self):
        """Raise what else stands against granting this, before anything is written.

        :raises UserError: with what to do instead
        """

    def _carry_out(self):
        """Do what was granted. Called with sudo: the right to decide was checked."""

    def _call_off(self, reason):
        """Clean up what was denied or withdrawn. Called with sudo.

        :param str reason: sentence
        """

    def _announce_decision(self):
        """Tell whoever asked, with sudo: in the record's own thread, if it has one."""
        if "message_ids" in self._fields:
            states = dict(self._fields["state"]._description_selection(self.env))
            self.message_post(
                body=as_html(
                    self.env._(
                        "Decision: %(decision)s. %(reason)s",
                        decision=states[self.state],
                        reason=self.decision_reason or "",
                    )
                ),
                partner_ids=self.requested_by.partner_id.ids,
            )

    # === ASKING === #

    def _is_asked(self):
        """Whether somebody asked for this and nobody has decided yet."""
        self.ensure_one()
        return self.state == self._decision_states["asked"] and bool(self.requested_on)

    def action_request(self):
        """Ask for the decision, with the values that stand there now.

        :return: True, or a notification where nobody may decide
        :raises AccessError: the user may not write the record
        :raises UserError: decided already
        """
        self.check_access("write")
        asked = self._decision_states["asked"]
        open_states = {asked, self._decision_states.get("withdrawn", asked)}
        for record in self:
            if record.state not in open_states:
                raise UserError(
                    self.env._("%s is decided already.", record.display_name)
                )
        return self._ask()

    def _ask(self, user=None):
        """Put the question to those who may decide.

        :param user: who asks; default: the current user
        :return: True, or a notification where nobody may decide
        """
        # sudo: the right was checked; whoever asks writes no decision
        asked = self.sudo()
        asked._write_guarded(
            {
                "state": self._decision_states["asked"],
                "requested_by": (user or self.env.user).id,
                "requested_on": fields.Datetime.now(),
                "decided_by": False,
                "decided_on": False,
            }
        )
        for record in asked:
            record._notify_deciders()
        return asked._get_answer()

    def _get_answer(self, otherwise=True):
        """Return what a button answers that has asked for these: whoever asks is told
        at once where nobody may decide.

        :param otherwise: the answer where somebody may
        """
        orphans = self.filtered(
            lambda record: record._is_asked() and not record._find_deciders()
        )
        return orphans._get_nobody_notification() if orphans else otherwise

    def _notify_deciders(self):
        """Give each who may decide one activity; where nobody may, the one who asked.

        :return: the users that may decide
        """
        self.ensure_one()
        self._close_activities()
        deciders = self._find_deciders()
        # somebody who is back in a week is asked where nobody else is there
        present = deciders.filtered(lambda user: not user.is_out_of_office) or deciders
        for user in present:
            localized = self.with_context(lang=user.lang)
            summary, note = localized._get_decision_question()
            localized.activity_schedule(
                TODO, summary=summary, note=as_html(note), user_id=user.id
            )
        if not deciders:
            self._notify_nobody()
        return deciders

    def _notify_nobody(self):
        """Leave whoever asked something to do about it."""
        for user in self.requested_by.filtered(lambda user: not user.share):
            localized = self.with_context(lang=user.lang)
            localized.activity_schedule(
                TODO,
                summary=localized.env._("Nobody may decide on this"),
                note=as_html(localized._explain_nobody()),
                user_id=user.id,
            )

    def _explain_nobody(self):
        """Return the sentence for a request that nobody may decide on."""
        return self.env._(
            "Nobody else may decide on %(request)s: ask an administrator to give "
            "somebody in %(company)s the group %(group)s, with a cap that is high "
            "enough, then request it again.",
            request=self.display_name,
            company=self._get_decision_company().name,
            # sudo: a group's name is no secret, and not everybody reads groups
            group=self.env.ref(self._decision_group).sudo().display_name,
        )

    def _get_nobody_notification(self):
        sentences = "\n".join(record._explain_nobody() for record in self)
        return self._get_decision_notification(sentences, sticky=True)

    def _get_asked_notification(self):
        return self._get_decision_notification(
            self.env._("An approval was requested: nothing holds until it is given.")
        )

    @api.model
    def _get_decision_notification(self, message, sticky=False):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "warning",
                "sticky": sticky,
                "message": message,
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _find_deciders(self):
        """Return the users who may decide on this now: exactly those whom
        :meth:`_check_may_decide` lets through."""
        self.ensure_one()
        # sudo: whoever asks may not read the rights of others
        members = self.env.ref(self._decision_group).sudo().all_user_ids
        return members.filtered(
            lambda user: (
                user.active
                and not user.share
                and user.id != SUPERUSER_ID
                and not self._get_decision_refusal(user)
                and not self._get_cap_refusal(user)
            )
        )

    # === DECIDING === #

    def action_approve(self):
        """Grant what was asked; it happens at once.

        :raises AccessError: not one of those who decide, or who asked
        :raises UserError: decided already, no longer asked, or above one's cap
        """
        for record in self:
            record._check_may_decide()
            record._check_cap()
            record._check_grantable()
            decided = record._decide("granted")
            decided._carry_out()
            decided._announce_decision()
        return True

    def action_refuse(self):
        """Ask for the reason, then refuse."""
        for record in self:
            record._check_may_decide()
        return self.env["decision.refuse"]._get_dialog(self)

    def _refuse(self, reason):
        """Refuse, and say why.

        :param str reason: mandatory; the requester reads it
        :raises AccessError, UserError: as :meth:`action_approve`
        """
        reason = self._read_reason(reason)
        if not reason:
            raise UserError(self.env._("Say why it is refused."))
        for record in self:
            record._check_may_decide()
            decided = record._decide("denied", reason)
            decided._call_off(reason)
            decided._announce_decision()
        return True

    def action_withdraw(self):
        """Take one's own request back.

        :raises AccessError: somebody else's request
        :raises UserError: nothing is asked
        """
        # rights come first: a refusal names what is asked
        self.check_access("read")
        for record in self:
            # sudo: who asked may not write decisions
            asked = record.sudo()
            if not asked._is_asked():
                raise UserError(
                    self.env._("%s isn't waiting for a decision.", record.display_name)
                )
            if self.env.user not in asked._get_requesters():
                raise AccessError(
                    self.env._("Only the one who asked takes a request back.")
                )
            asked._withdraw(self.env._("The request was withdrawn."))
        return True

    @api.model
    def _read_reason(self, reason):
        """Return a reason as it is kept; "" where none is given.

        A method that a browser may call takes whatever a client sends.

        :param reason: what came as the reason
        :raises UserError: something else than text
        """
        if not reason:
            return ""
        if not isinstance(reason, str):
            raise UserError(self.env._("A reason is text: write why in words."))
        return reason.strip()

    def _withdraw(self, reason):
        """End requests that nobody is to decide on any longer. With sudo.

        :param str reason: sentence
        """
        asked = self.filtered(lambda record: record._is_asked())
        state = self._decision_states.get("withdrawn", self._decision_states["asked"])
        if asked:
            vals = {"state": state}
            if state == self._decision_states["asked"]:
                vals |= {"requested_by": False, "requested_on": False}
            asked._write_guarded(vals)
            asked._close_activities()
            asked._call_off(reason)
        return asked

    def _decide(self, role, reason=None):
        """Write the decision on the record's own row: of two who decide at once, the
        second is retried by Odoo and reads that it is decided.

        :param str role: 'granted' or 'denied'
        :return: the record with sudo, the right having been checked
        """
        # sudo: the right was checked; nobody writes a decision by hand
        decided = self.sudo()
        decided._write_guarded(
            {
                "state": self._decision_states[role],
                "decided_by": self.env.uid,
                "decided_on": fields.Datetime.now(),
                **({} if reason is None else {"decision_reason": reason}),
            }
        )
        decided.flush_recordset()
        decided._close_activities()
        return decided

    def _decide_as_system(self, role, reason=None):
        """Decide without a person: the one place where no right is asked.

        :param str role: as in ``_decision_states``
        :param str reason: sentence
        """
        # sudo: nobody decides here, the addon does
        decided = self.sudo()
        decided._write_guarded(
            {
                "state": self._decision_states[role],
                "decided_by": False,
                "decided_on": fields.Datetime.now(),
                **({} if reason is None else {"decision_reason": reason}),
            }
        )
        decided.flush_recordset()
        decided._close_activities()
        return decided

    def _close_activities(self):
        # sudo: those of everybody who was asked
        activities = self.sudo().activity_ids
        activities.filtered("automated").unlink()

    # === WHO MAY === #

    def _check_may_decide(self):
        """Let through who may decide on this, while it is asked.

        :raises AccessError: not one of those who decide, or who asked
        :raises UserError: decided already, or no longer asked
        """
        self.ensure_one()
        # sudo: the rights of whoever asks are judged by what is stored
        record = self.sudo()
        if refusal := record._get_decision_refusal(self.env.user):
            raise AccessError(refusal)
        if not record._is_asked() and not record._is_system_draft():
            raise UserError(record._explain_not_asked())

    def _is_system_draft(self):
        """Whether the system itself is about to decide on what nobody asked for: at
        installation, in a migration."""
        return (
            self.env.uid == SUPERUSER_ID
            and self.state == self._decision_states["asked"]
        )

    def _explain_not_asked(self):
        if self.state in {
            self._decision_states["asked"],
            self._decision_states.get("withdrawn"),
        }:
            return self.env._(
                "%s was changed, taken back or decided already since it was asked "
                "for: look at it again, and have it requested anew.",
                self.display_name,
            )
        return self.env._("%s is decided already.", self.display_name)

    def _get_decision_refusal(self, user):
        """Return why a user doesn't decide on this, or False.

        The server itself (OdooBot, as whom nobody logs in) may; ``sudo`` of another
        user changes nothing.
        """
        if user.id == SUPERUSER_ID:
            return False
        company = self._get_decision_company()
        # sudo: of any user, whatever the current one reads
        person = user.sudo()
        if not person.has_group(self._decision_group) or not self._works_in(
            person, company
        ):
            return self._explain_no_decider()
        if user in self._get_requesters():
            return self._explain_own()
        return False

    @api.model
    def _works_in(self, person, company):
        return not company or company in person.company_ids

    def _explain_no_decider(self):
        return self.env._("A Multi-Currency manager of that company decides on this.")

    def _explain_own(self):
        return self.env._("You asked for this yourself: another one decides.")

    def _check_decides_here(self):
        """Let through who decides in that company, for what is no favour to oneself:
        ending what was granted.

        :raises AccessError: for all others
        """
        user, company = self.env.user, self._get_decision_company()
        if user.id != SUPERUSER_ID and not (
            user.has_group(self._decision_group) and self._works_in(user, company)
        ):
            raise AccessError(self._explain_no_decider())

    def _check_cap(self):
        # sudo: the figures that are compared are the record's
        if refusal := self.sudo()._get_cap_refusal(self.env.user):
            raise UserError(refusal)

    def _get_cap_refusal(self, user):
        """Return why a user's cap doesn't cover this, or False.

        A cap holds in company currency; what has no rate is above every cap.
        """
        cap = None if user.id == SUPERUSER_ID else self._get_decision_cap(user)
        if cap is None:
            return False
        currency = self._get_decision_company().currency_id
        value = self._get_decision_value()
        if value is None:
            return self.env._(
                "No exchange rate of %(currency)s is known for %(company)s: enter one, "
                "then approve.",
                currency=self.currency_id.name,
                company=self._get_decision_company().name,
            )
        if currency.compare_amounts(value, cap) > 0:
            return self.env._(
                "%(amount)s is above what you may approve (%(cap)s): leave it to "
                "somebody who may.",
                amount=currency._format_amount(value),
                cap=currency._format_amount(cap),
            )
        return False

    # === GUARDS === #

    def write(self, vals):
        if is_open(self) or not self._decision_terms & vals.keys():
            return super().write(vals)
        changed = self.filtered(lambda record: record._changes_terms(vals))
        for record in changed:
            if record.state != self._decision_states["asked"]:
                raise UserError(record._explain_settled())
        result = super().write(vals)
        # sudo: whoever may change what is asked ends the request by that
        changed.sudo()._withdraw(self.env._("Changed after it was asked for."))
        return result

    def _changes_terms(self, vals):
        """Whether values differ from what is asked: to write what is there changes
        nothing."""
        return any(
            self._differs_from(name, vals[name])
            for name in self._decision_terms & vals.keys()
        )

    def _explain_settled(self):
        return self.env._(
            "%s is decided: what was decided stays as it is.", self.display_name
        )
