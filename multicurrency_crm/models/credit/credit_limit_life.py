from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tools import format_date


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

    def action_approve(self):
        """Approve drafts: by a credit manager, not by who asked, up to one's cap.

        :raise AccessError: no credit manager, or the one who asked
        :raise UserError: approved already, above the cap, or beside another limit of
            the kind
        """
        self._check_may_decide()
        for limit in self:
            if limit.state != "draft":
                raise UserError(
                    self.env._("%s is decided already.", limit.display_name)
                )
            limit._check_requester()
            limit._check_cap()
            self.env["credit.account"].sudo()._take(limit.partner_id, limit.company_id)
            limit._check_overlap()
            if replaced := limit.supersedes_id:
                replaced._supersede(limit.date_start)
            limit._write_life(
                {
                    "state": "approved",
                    "approved_by": self.env.uid,
                    "approved_on": fields.Datetime.now(),
                }
            )
        return True

    def action_revise(self):
        """Open a draft that takes the place of this approved limit once approved."""
        self.ensure_one()
        if self.state != "approved":
            raise UserError(self.env._("Only an approved limit is revised."))
        draft = self.search(
            [("supersedes_id", "=", self.id), ("state", "=", "draft")], limit=1
        )
        if not draft:
            today = self.company_id._get_fx_today()
            draft = self.copy({"date_start": max(today, self.date_start)})
            draft.supersedes_id = self
        return draft._get_records_action()

    def action_end(self):
        """End approved limits today, without another in their place."""
        self._check_may_decide()
        for limit in self:
            if limit.state != "approved":
                raise UserError(self.env._("Only an approved limit is ended."))
            self.env["credit.account"].sudo()._take(limit.partner_id, limit.company_id)
            limit._supersede(limit.company_id._get_fx_today())
        return True

    # === HELPERS === #

    def _supersede(self, day):
        """:param day: the first day on which this limit counts no longer"""
        if self.state != "approved":
            raise UserError(
                self.env._(
                    "%s is superseded already: revise the limit that counts.",
                    self.display_name,
                )
            )
        self._write_life({"state": "superseded", "superseded_from": day})

    def _check_may_decide(self):
        if not self.env.su and not self.env.user.has_group(
            "multicurrency_crm.group_credit_manager"
        ):
            raise AccessError(self.env._("Credit managers decide on limits: ask one."))

    def _check_requester(self):
        if not self.env.su and self.requested_by == self.env.user:
            raise AccessError(
                self.env._("You asked for this limit: another credit manager approves.")
            )

    def _check_cap(self):
        """Against what this user may approve, in company currency at today's rate.

        :raise UserError: above the cap, or a currency without a rate
        """
        company = self.company_id
        cap = self.env.user.with_company(company).sudo().credit_cap
        if self.env.su or company.currency_id.is_zero(cap):
            return
        amount = self.amount
        if self.currency_id != company.currency_id:
            spot = self.currency_id._find_spot(company).get(self.currency_id.id)
            if not spot:
                raise UserError(
                    self.env._(
                        "No exchange rate of %(currency)s is known for %(company)s: "
                        "enter one, then approve.",
                        currency=self.currency_id.name,
                        company=company.name,
                    )
                )
            amount = company.currency_id.round(amount / spot.rate)
        if company.currency_id.compare_amounts(amount, cap) > 0:
            raise UserError(
                self.env._(
                    "%(amount)s is above the %(cap)s that you may approve: ask a "
                    "credit manager who may.",
                    amount=company.currency_id.format(amount),
                    cap=company.currency_id.format(cap),
                )
            )

    def _check_overlap(self):
        """Two limits of one kind never count on one day.

        :raise UserError: names the other one
        """
        domain = (
            Domain("id", "not in", (self | self.supersedes_id).ids)
            & Domain("partner_id", "=", self.partner_id.id)
            & Domain("company_id", "=", self.company_id.id)
            & Domain("kind", "=", self.kind)
            & Domain("is_group", "=", self.is_group)
            & Domain("state", "!=", "draft")
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

    def _ever_counted(self):
        """Whether there is a day on which this approved limit counts, or counted."""
        return not self.superseded_from or self.superseded_from > self.date_start
