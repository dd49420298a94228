from odoo import models
from odoo.exceptions import UserError


class FxRateHold(models.Model):
    """A person decides, once, and the decision keeps the name."""

    _inherit = "fx.rate.hold"

    def action_accept(self):
        """Book these rates as they were published, as far as nobody comes first.

        All or none. A rate that a person typed for the day stays, and so does that of
        a provider that comes before.

        :return: client action: a notification
        :raises AccessError: not in the Finance group, or a company of others
        :raises UserError: decided already, or a figure that can't be a rate
        """
        for hold in self:
            hold._check_may_decide()
            hold._check_grantable()
        decided = self._decide("granted")
        for provider, holds in decided.grouped("provider_id").items():
            provider._book_accepted(holds)
        return self._get_notification(
            self.env._("Rates accepted: %(count)s.", count=len(self))
        )

    def action_approve(self):
        """Accept; see :meth:`action_accept`."""
        return self.action_accept()

    def action_reject(self, note=""):
        """Keep these rates out of the books for good.

        What was published is not held again for the same day; another figure is.

        :param note: why, for whoever asks later
        :return: client action: a notification
        :raises AccessError, UserError: as :meth:`action_accept`
        """
        for hold in self:
            hold._check_may_decide()
        self._decide("denied", (note or "").strip())
        return self._get_notification(
            self.env._("Rates rejected: %(count)s.", count=len(self))
        )

    def _refuse(self, reason):
        return self.action_reject(reason)

    # === WHO MAY, WHAT === #

    def _check_may_decide(self):
        self.check_access("read")
        return super()._check_may_decide()

    def _works_in(self, person, company):
        """Whoever works in a branch decides on the rates of its main company."""
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
            person=self.decided_by.name or self.provider_id.name,
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
                    "(%(quoted)s) is no rate: reject it.",
                    rate=hold.display_name,
                    provider=hold.provider_id.name,
                    quoted=hold.quoted or "",
                )
            )

    def _close_activities(self):
        """Leave managers something to do as long as something is to be decided."""
        self._conclude_activities()

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
