from odoo import fields, models


class FxRateRun(models.Model):
    """One attempt to bring one provider's rates into one company's books."""

    _name = "fx.rate.run"
    _description = "Rate Fetch"
    _order = "started_at desc, id desc"
    _rec_name = "started_at"

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
    origin = fields.Selection(
        selection=[
            ("schedule", "Schedule"),
            ("button", "Fetch now"),
            ("file", "File"),
        ],
        string="Started By",
        required=True,
        readonly=True,
    )
    started_at = fields.Datetime(string="Started", required=True, readonly=True)
    finished_at = fields.Datetime(string="Finished", required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("stored", "Rates stored"),
            ("unchanged", "Nothing new"),
            ("failed", "Failed"),
        ],
        string="Result",
        required=True,
        readonly=True,
    )
    message = fields.Char(readonly=True)
    date_from = fields.Date(string="From", readonly=True, help="First day asked for.")
    date_to = fields.Date(string="To", readonly=True, help="Last day asked for.")
    stored = fields.Integer(readonly=True, help="Rates written or corrected.")
    unchanged = fields.Integer(
        readonly=True, help="Rates that were there already, with the same figure."
    )

    def _get_notification(self):
        """Tell the user in one notification what came and what failed.

        :return: client action; the view below it reloads
        """
        failed = self.filtered(lambda run: run.state == "failed")
        lines = [
            self.env._(
                "%(provider)s, %(company)s: %(result)s",
                provider=run.provider_id.name,
                company=run.company_id.name,
                result=run._get_summary(),
            )
            for run in self
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("Rates were not fetched")
                if failed
                else self.env._("Rates fetched"),
                "message": " ".join(lines),
                "type": "danger" if failed else "success",
                "sticky": bool(failed),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_summary(self):
        """The result of one run in a sentence."""
        self.ensure_one()
        if self.state == "failed":
            return self.message
        return " ".join(
            filter(
                None,
                [
                    self.env._(
                        "%(stored)s rates stored, %(unchanged)s unchanged.",
                        stored=self.stored,
                        unchanged=self.unchanged,
                    ),
                    self.message,
                ],
            )
        )
