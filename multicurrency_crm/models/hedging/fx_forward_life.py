from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date

FINANCE = "multicurrency_crm.group_finance"
CRON_BATCH = 100


class FxForward(models.Model):
    """The life of a contract: draft → active → settled | cancelled."""

    _inherit = "fx.forward"

    is_due_told = fields.Boolean(readonly=True, copy=False)

    def action_activate(self):
        """The contract is agreed: from here on its terms can't change.

        :raise UserError: not a draft
        """
        self._move_on(("draft",), "active")

    def action_settle(self):
        """The currencies were exchanged.

        :raise UserError: not active
        """
        settled = self._move_on(("active",), "settled")
        for forward in settled:
            forward._write_guarded({"settled_date": forward.company_id._get_today()})
        settled.activity_feedback(["mail.mail_activity_data_todo"])

    def action_cancel(self):
        """Ask for the reason, then cancel."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Cancel Forward"),
            "res_model": "fx.forward.cancel",
            "view_mode": "form",
            "target": "new",
            "context": {"default_forward_id": self.id},
        }

    def _cancel(self, reason):
        """Close a contract out, or give up a draft; what it covered is uncovered.

        :param str reason: mandatory; in the history of the forward
        :raise UserError: no reason, or nothing to cancel
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the forward is cancelled."))
        cancelled = self._move_on(("draft", "active"), "cancelled")
        cancelled.allocation_ids.unlink()
        cancelled._write_guarded({"cancel_reason": reason})
        for forward in cancelled:
            forward.message_post(body=reason)
        cancelled.activity_unlink(["mail.mail_activity_data_todo"])

    def _move_on(self, states, state):
        """:return: self, with sudo: the state is closed to writes by hand"""
        self.check_access("write")
        if stuck := self.filtered(lambda forward: forward.state not in states):
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(forward)s is %(state)s: nothing can be done with it that way.",
                    forward=stuck[0].name,
                    state=labels[stuck[0].state].lower(),
                )
            )
        # sudo: the right was checked; the state is closed to writes by hand
        forwards = self.sudo()
        forwards._write_guarded({"state": state})
        return forwards

    # === VALUE DATE === #

    @api.model
    def _cron_tell_due(self):
        """Tell finance, once for each contract, that its value date is reached and
        nobody settled it. Each batch is committed; the next run goes on where time ran
        out."""
        for company in self.env["res.company"].search([]):
            domain = [
                ("company_id", "=", company.id),
                ("state", "=", "active"),
                ("is_due_told", "=", False),
                ("value_date", "<=", company._get_today()),
            ]
            while due := self.search(domain, limit=CRON_BATCH).try_lock_for_update():
                due._tell_due()
                left = self.search_count(domain)
                if not self.env["ir.cron"]._commit_progress(len(due), remaining=left):
                    return

    def _tell_due(self):
        for forward in self:
            user = forward._get_told_user()
            localized = forward.with_context(lang=user.lang)
            localized.activity_schedule(
                "mail.mail_activity_data_todo",
                date_deadline=forward.value_date,
                summary=localized.env._("Settle the forward"),
                note=localized.env._(
                    "%(forward)s is to be exchanged on %(date)s: settle it, or cancel "
                    "it with the reason.",
                    forward=forward.name,
                    date=format_date(localized.env, forward.value_date),
                ),
                user_id=user.id,
            )
        self._write_guarded({"is_due_told": True})

    def _get_told_user(self):
        """The responsible, if they may still settle, else somebody of finance."""
        finance = self.env.ref(FINANCE).all_user_ids.filtered(
            lambda user: (
                user.active and not user.share and self.company_id in user.company_ids
            )
        )
        if self.user_id in finance:
            return self.user_id
        return finance[:1] or self.env.ref("base.user_admin")
