from odoo import SUPERUSER_ID, models
from odoo.exceptions import AccessError, UserError

MANAGER = "multicurrency_crm.group_manager"


class FxRateLock(models.Model):
    """The life of a lock: draft → active → used | expired | released."""

    _inherit = "fx.rate.lock"

    def action_activate(self):
        """Make the promise: from here on the terms can't change.

        :raises AccessError: a lock of one order, which its quotation activates
        """
        # sudo gives nobody this right: OdooBot, as whom nobody logs in, is the system
        if self.env.uid != SUPERUSER_ID and "order" in self.mapped("kind"):
            raise AccessError(
                self.env._(
                    "A rate lock is made by Lock Rate on a quotation; where its rate "
                    "needs an approval, that activates it."
                )
            )
        self._activate()

    def _activate(self):
        """Make the promise; what is allowed was checked."""
        if started := self.filtered(lambda lock: lock.state != "draft"):
            raise UserError(
                self.env._(
                    "%(locks)s is already active or over.",
                    locks=", ".join(started.mapped("name")),
                )
            )
        self._write_guarded({"state": "active"})

    def action_release(self):
        """Ask for the reason, then release."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Release Rate"),
            "res_model": "fx.rate.lock.release",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lock_id": self.id},
        }

    def _release(self, reason):
        """Take the promise back and say why, on the lock and on its documents.

        Orders return to the market rate of their date, drafts that were never posted
        to the one of theirs; posted documents, and credit notes of posted invoices,
        keep what they have.

        :param str reason: mandatory; shown to whoever reads the lock or the order
        :raises UserError: no reason, or nothing to release
        :raises AccessError: neither the lock's owner nor a manager, or a lock of a
            company that the user doesn't work for
        """
        reason = (reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the rate is released."))
        self._check_may_release()
        # sudo: the right was checked above; a lock has no other door to its documents
        for lock in self.sudo():
            orders = lock.order_ids.filtered("locked_rate")
            orders._drop_locked_rate(
                self.env._(
                    "Rate lock %(lock)s released: %(reason)s",
                    lock=lock.name,
                    reason=reason,
                )
            )
            lock.move_ids._drop_rate_lock()
            lock._end("released", reason)
            (lock | lock.successor_ids).approval_ids._cancel_requests()

    def _end(self, state, reason):
        self._write_guarded({"state": state, "release_reason": reason})
        for lock in self:
            lock.message_post(body=reason)

    def _check_may_release(self):
        user = self.env.user
        is_manager = self.env.su or user.has_group(MANAGER)
        # sudo: a salesperson without the addon's groups gets a sentence, too
        for lock in self.sudo():
            if not self.env.su and lock.company_id not in user.company_ids:
                raise AccessError(
                    self.env._(
                        "This rate lock belongs to a company that you don't work for: "
                        "ask a Multi-Currency manager of that company to release it."
                    )
                )
            if lock.state not in ("active", "used", "expired"):
                raise UserError(
                    self.env._(
                        "%(lock)s has nothing to release: it is not active.",
                        lock=lock.name,
                    )
                )
            if not is_manager and (lock.user_id != user or lock.state == "used"):
                raise AccessError(
                    self.env._(
                        "%(lock)s can be released by %(owner)s until the order is "
                        "confirmed, and by a Multi-Currency manager: ask one of them.",
                        lock=lock.name,
                        owner=lock.user_id.name or "–",
                    )
                )
