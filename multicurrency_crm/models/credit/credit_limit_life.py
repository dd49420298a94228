from odoo import api, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date

from ..common.guarded_mixin import open_guarded
from .credit_limit import COUNTED


class CreditLimit(models.Model):
    """Approving, revising and ending a limit."""

    _inherit = "credit.limit"

    @api.constrains("supersedes_id", "partner_id", "company_id", "kind", "is_group")
    def _check_revision(self):
        for limit in self:
            replaced = limit.supersedes_id
            if replaced and limit._get_scope_key() != replaced._get_scope_key():
                raise ValidationError(
                    self.env._(
                        "A revision is for the same customer and company, and of the "
                        "same kind, as the limit whose place it takes."
                    )
                )

    def _get_scope_key(self):
        return self.partner_id, self.company_id, self.kind, self.is_group

    # === DECISION === #

    def _get_decision_question(self):
        return self.env._("Decide on a credit limit"), self.note

    def _explain_no_decider(self):
        return self.env._("Credit managers decide on limits: ask one.")

    def _explain_own(self):
        return self.env._("You asked for this limit: another credit manager approves.")

    def _explain_settled(self):
        if self.state == "refused":
            return self.env._("This limit was refused: enter another one.")
        return self.env._(
            "An approved limit stays as it was approved: revise it, and have the "
            "revision approved."
        )

    def _get_decision_cap(self, user):
        return user._get_credit_cap(self.company_id)

    def _get_decision_value(self):
        return self.env["credit.exposure"]._get_company_amount(
            self.amount, self.currency_id, self.company_id
        )

    def _check_grantable(self):
        """:raises UserError: beside another limit of the kind"""
        # sudo: nobody writes accounts by hand; a decision takes their rows
        self.env["credit.account"].sudo()._take(self.partner_id, self.company_id)
        self._check_overlap()

    def _carry_out(self):
        if replaced := self.supersedes_id:
            self._take_place_of(replaced)

    # === REVISING, ENDING === #

    def action_revise(self):
        """Open a draft that takes the place of this approved limit once approved."""
        self.ensure_one()
        if self.state != "approved":
            raise UserError(self.env._("Only an approved limit is revised."))
        draft = self.search(
            [("supersedes_id", "=", self.id), ("state", "=", "draft")], limit=1
        )
        if not draft:
            self.check_access("write")
            today = self.company_id._get_today()
            start = max(today, self.date_start)
            # in the name of whoever revises; the place that it takes is ours to say
            revision = open_guarded(self).copy(
                {"date_start": start, "supersedes_id": self.id}
            )
            draft = revision.with_env(self.env)
        return draft._get_records_action()

    def action_end(self):
        """End approved limits today, without another in their place.

        One that a revision was to follow ends all the same, and the revision counts
        from its own day. One that has yet to begin never counts, and the limit whose
        place it was to take goes on.

        :raises AccessError: no credit manager of that company
        """
        for limit in self:
            limit._check_decides_here()
            if limit.state != "approved":
                raise UserError(self.env._("Only an approved limit is ended."))
            # without it nothing may bind the customer: that is no less than the limit
            limit._check_cap()
            # sudo: nobody writes accounts by hand; a decision takes their rows
            self.env["credit.account"].sudo()._take(limit.partner_id, limit.company_id)
            limit._end(limit.company_id._get_today())
        return True

    def _end(self, day):
        """:param day: the first day on which this limit counts no longer"""
        if self.date_start > day:
            # never counted: what it was to replace goes on as before
            replaced = self.supersedes_id
            if replaced.superseded_from == self.date_start:
                replaced._write_guarded(
                    {"state": "approved", "superseded_from": self.superseded_from}
                )
            day = self.date_start
        ends = [day, self.superseded_from or day]
        self._write_guarded({"state": "superseded", "superseded_from": min(ends)})

    def _take_place_of(self, replaced):
        """Count from one's own day in the place of another limit, until what was
        approved to follow that one.

        The other one keeps its state until that day: what counts is a function of
        dates.
        """
        follower = self.search(
            [
                ("supersedes_id", "=", replaced.id),
                ("state", "=", "approved"),
                ("id", "!=", self.id),
                ("date_start", ">", self.date_start),
                ("date_start", "=", replaced.superseded_from),
            ],
            limit=1,
        )
        if follower:
            follower._write_guarded({"supersedes_id": self.id})
            self._write_guarded({"superseded_from": follower.date_start})
        replaced._write_guarded({"superseded_from": self.date_start})
        replaced._settle_superseded()

    def _settle_superseded(self):
        """Say of those whose last day is over that another has taken their place."""
        over = self.filtered(
            lambda limit: (
                limit.state == "approved"
                and limit.superseded_from
                and limit.superseded_from <= limit.company_id._get_today()
            )
        )
        over._write_guarded({"state": "superseded"})

    @api.model
    def _settle_all_superseded(self):
        """Let the states follow the dates; run each night."""
        # sudo: the night's job works for all companies
        self.sudo().search(
            [("state", "=", "approved"), ("superseded_from", "!=", False)]
        )._settle_superseded()

    # === HELPERS === #

    def _check_overlap(self):
        """Two limits of one kind never count on one day.

        :raise UserError: names the other one
        """
        domain = (
            Domain("id", "not in", (self | self._get_chain()).ids)
            & Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("kind", "=", self.kind)
            & Domain("is_group", "=", self.is_group)
            & Domain("state", "in", COUNTED)
            & (
                Domain("date_end", "=", False)
                | Domain("date_end", ">=", self.date_start)
            )
            & (
                Domain("superseded_from", "=", False)
                | Domain("superseded_from", ">", self.date_start)
            )
        )
        if self.date_end:
            domain &= Domain("date_start", "<=", self.date_end)
        # sudo: of this company, whatever the approver has chosen to see
        others = self.sudo().search(domain)
        if other := others.filtered(lambda other: other._ever_counted())[:1]:
            raise UserError(
                self.env._(
                    "%(other)s holds from %(start)s already: revise that limit "
                    "instead.",
                    other=other.display_name,
                    start=format_date(self.env, other.date_start),
                )
            )

    def _get_chain(self):
        """Return the limit that this one replaces, and what is approved to follow it:
        their days give way to each other."""
        replaced = self.supersedes_id
        # sudo: as for the overlap
        return replaced | replaced.sudo().search(
            [
                ("supersedes_id", "=", replaced.id),
                ("date_start", "=", replaced.superseded_from),
                ("date_start", ">", self.date_start),
                ("state", "=", "approved"),
            ]
        )

    def _ever_counted(self):
        """Whether there is a day on which this approved limit counts, or counted."""
        return not self.superseded_from or self.superseded_from > self.date_start
