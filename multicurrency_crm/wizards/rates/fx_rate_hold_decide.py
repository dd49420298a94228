from odoo import api, fields, models


class FxRateHoldDecide(models.TransientModel):
    """The figures of rates that were held back, and why they are accepted, or why a
    decision on them is undone."""

    _name = "fx.rate.hold.decide"
    _description = "Decision on Held Rates"
    _inherit = ["reason.wizard"]

    decision = fields.Selection(
        selection=[("accept", "Accept"), ("reopen", "Undo")],
        required=True,
        readonly=True,
    )
    hold_ids = fields.Many2many("fx.rate.hold", string="Rates", readonly=True)
    hold_count = fields.Integer(compute="_compute_consequences")
    explanation = fields.Char(compute="_compute_consequences")
    consequence = fields.Char(compute="_compute_consequences")

    @api.depends("hold_ids", "decision")
    @api.depends_context("lang")
    def _compute_consequences(self):
        for wizard in self:
            holds = wizard.hold_ids
            wizard.hold_count = len(holds)
            # of several the list below has the figures
            wizard.explanation = len(holds) == 1 and holds.explanation
            wizard.consequence = (
                self.env._(
                    "Documents are converted at these rates from then on. A rate that "
                    "somebody has typed for the day stays."
                )
                if wizard.decision == "accept"
                else holds._explain_reopening()
            )

    @api.model
    def _get_dialog(self, holds, decision):
        """Return the action that shows the figures and asks why.

        :param str decision: "accept" or "reopen"
        """
        titles = {
            "accept": self.env._("Accept into the Books"),
            "reopen": self.env._("Undo the Decision"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[decision],
            "res_model": self._name,
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_decision": decision,
                "default_hold_ids": holds.ids,
            },
        }

    def _apply(self):
        if self.decision == "accept":
            return self.hold_ids.action_accept(self.reason)
        return self.hold_ids.action_reopen(self.reason)
