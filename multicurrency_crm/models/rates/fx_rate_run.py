from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.constants import GC_UNLINK_LIMIT

from .sentences import join_sentences

#: days for which a run that stored nothing is kept
RETENTION_DAYS = 180


class FxRateRun(models.Model):
    """One attempt to bring one provider's rates into one company's books."""

    _name = "fx.rate.run"
    _description = "Rate Fetch"
    _inherit = ["guarded.mixin", "kept.sentence.mixin"]
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
            ("backfill", "Past days"),
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
    message = fields.Char(readonly=True, translate=True)
    date_from = fields.Date(string="From", readonly=True, help="First day asked for.")
    date_to = fields.Date(string="To", readonly=True, help="Last day asked for.")
    stored = fields.Integer(readonly=True, help="Rates written or corrected.")
    held = fields.Integer(
        readonly=True, help="Rates kept out of the books until somebody decides."
    )
    unchanged = fields.Integer(
        readonly=True, help="Rates that were there already, with the same figure."
    )

    def _add_note(self, say_in):
        """Add a sentence to what the run says, in each language.

        :param say_in: function of the provider in the environment of one language
        """
        # read before anything is written: a language without a text shows English
        said = {
            code: self.with_context(lang=code).message
            for code in self._list_languages()
        }
        self._keep_sentence(
            "message",
            lambda spoken: join_sentences(
                [
                    said[spoken.env.context["lang"]],
                    say_in(self.provider_id._speak_as(spoken)),
                ]
            ),
        )

    def _get_notification(self):
        """Return one notification of what came, was held and failed.

        One line for each provider and company; several parts of one long gap count
        together.

        :return: client action; the view below it reloads
        """
        failed = self.filtered(lambda run: run.state == "failed")
        kind, title = "success", self.env._("Rates fetched")
        if failed == self:
            kind, title = "danger", self.env._("Rates were not fetched")
        elif failed:
            kind, title = "danger", self.env._("Some rates were not fetched")
        elif any(self.mapped("held")):
            kind, title = "warning", self.env._("Rates fetched, some are held back")
        lines = [
            self.env._(
                "%(provider)s, %(company)s: %(result)s",
                provider=provider.display_name,
                company=company.name,
                result=runs._get_summary(),
            )
            for (provider, company), runs in self.grouped(
                lambda run: (run.provider_id, run.company_id)
            ).items()
        ]
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": title,
                "message": "\n".join(lines),
                "type": kind,
                "sticky": kind != "success",
                "className": "text-prewrap",
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def _get_summary(self):
        """Return what came of the runs of one provider and company, in sentences."""
        stored, unchanged = sum(self.mapped("stored")), sum(self.mapped("unchanged"))
        sentences = list(dict.fromkeys(filter(None, self.mapped("message"))))
        if stored or unchanged or any(run.state != "failed" for run in self):
            counts = self.env._(
                "%(stored)s rates stored, %(unchanged)s unchanged.",
                stored=stored,
                unchanged=unchanged,
            )
            sentences.insert(0, counts)
        return join_sentences(sentences)

    @api.autovacuum
    def _gc_runs(self):
        """Forget what stored and held nothing, after some months.

        What every booked rate needs as evidence is kept with the rate itself.
        """
        started_before = fields.Datetime.now() - timedelta(self._get_retention_days())
        runs = self.search(
            [
                ("stored", "=", 0),
                ("held", "=", 0),
                ("started_at", "<", started_before),
            ],
            limit=GC_UNLINK_LIMIT,
        )
        runs.unlink()
        return len(runs), len(runs) == GC_UNLINK_LIMIT  # done, remaining

    @api.model
    def _get_retention_days(self):
        """Return how many days a run that stored nothing is kept: 180, unless set."""
        # sudo: parameters are readable by administrators only
        parameters = self.env["ir.config_parameter"].sudo()
        days = parameters.get_param("multicurrency_crm.run_retention_days") or ""
        return int(days) if days.isdecimal() and int(days) else RETENTION_DAYS
