from odoo import fields, models
from odoo.exceptions import AccessError, UserError


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
        self._check_may_decide()
        # sudo: the provider may not serve the company any more
        for hold in self.sudo():
            if not hold.can_be_accepted:
                raise UserError(
                    self.env._(
                        "%(rate)s can't be accepted, because what %(provider)s "
                        "published (%(quoted)s) is no rate: reject it.",
                        rate=hold.display_name,
                        provider=hold.provider_id.name,
                        quoted=hold.quoted or "",
                    )
                )
        self._decide("accepted")
        # sudo: finance decides on rates, but writes none by hand into the table
        for provider, holds in self.sudo().grouped("provider_id").items():
            provider._book_accepted(holds)
        return self._get_notification(
            self.env._("Rates accepted: %(count)s.", count=len(self))
        )

    def action_reject(self, note=""):
        """Keep these rates out of the books for good.

        What was published is not held again for the same day; another figure is.

        :param note: why, for whoever asks later
        :return: client action: a notification
        :raises AccessError, UserError: as :meth:`action_accept`
        """
        self._check_may_decide()
        self._decide("rejected", {"note": (note or "").strip()})
        return self._get_notification(
            self.env._("Rates rejected: %(count)s.", count=len(self))
        )

    def action_ask_rejection(self):
        """Ask why, then reject."""
        self._check_may_decide()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Reject Rates"),
            "res_model": "fx.rate.hold.reject",
            "view_mode": "form",
            "target": "new",
            "context": {"default_hold_ids": self.ids},
        }

    def _check_may_decide(self):
        """Let finance decide on what is pending in companies of their own.

        :raises AccessError: neither finance nor the server, or a company of others
        :raises UserError: somebody has decided already
        """
        self.check_access("read")
        if not self.env.su and not self.env.user.has_group(
            "multicurrency_crm.group_finance"
        ):
            raise AccessError(
                self.env._(
                    "Held rates are decided on by the Finance group of Multi-currency: "
                    "ask one of them, or an administrator for that right."
                )
            )
        if decided := self.filtered(lambda hold: hold.state != "pending")[:1]:
            # sudo: the name of a colleague whom the user may not read
            raise UserError(
                self.env._(
                    "%(person)s has decided on %(rate)s already (%(state)s): leave it "
                    "out.",
                    person=decided.sudo().decided_by.name or self.provider_id[:1].name,
                    rate=decided.display_name,
                    state=dict(self._fields["state"]._description_selection(self.env))[
                        decided.state
                    ],
                )
            )

    def _decide(self, state, values=None):
        """Write the decision before anything follows from it.

        Of two people who decide at once the second fails here on the row itself; the
        error goes up to Odoo, whose retry then finds the decision.
        """
        if not self:
            return
        # sudo: the right was checked; nobody may write on a held rate otherwise
        self.sudo().write(
            {
                "state": state,
                "decided_by": self.env.uid,
                "decided_on": fields.Datetime.now(),
                **(values or {}),
            }
        )
        self.flush_recordset()
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
