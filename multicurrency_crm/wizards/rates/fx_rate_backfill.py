import base64
import hashlib

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...engine.rates import RateError
from ...models.rates.fx_rate_provider_booking import Attempt
from ...models.rates.fx_rate_provider_store import Evidence
from ...providers import registry


class FxRateBackfill(models.TransientModel):
    """Rates of past days, from a publisher or from a file that a person brings.

    What would become of them is shown first. Writing plans anew from the quotes that
    the server has kept, so nothing that a browser sends reaches the books.
    """

    _name = "fx.rate.backfill"
    _description = "Load Rates"

    provider_id = fields.Many2one(
        comodel_name="fx.rate.provider", required=True, ondelete="cascade"
    )
    online = fields.Boolean(related="provider_id.online")
    origin = fields.Selection(
        selection=[("backfill", "Ask the publisher"), ("file", "Upload a file")],
        string="Taken From",
        compute="_compute_origin",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
    )
    date_from = fields.Date(
        string="First Day", help="For a file: empty, if all days that it holds."
    )
    date_to = fields.Date(
        string="Last Day", help="For a file: empty, if all days that it holds."
    )
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    template = fields.Binary(
        string="Example to Fill In", compute="_compute_template", compute_sudo=False
    )
    template_name = fields.Char(compute="_compute_template")
    currency_ids = fields.Many2many(
        comodel_name="res.currency",
        string="Currencies",
        help="Leave the others out. Empty: all that the provider is to bring.",
    )
    company_ids = fields.Many2many(
        comodel_name="res.company",
        string="Into the Books of",
        compute="_compute_company_ids",
        store=True,
        readonly=False,
        precompute=True,
        domain="[('id', 'in', allowed_company_ids)]",
        help="A branch uses the rates of its main company.",
    )
    state = fields.Selection(
        selection=[("choice", "Choose"), ("preview", "Preview")],
        default="choice",
        readonly=True,
    )

    @api.depends("provider_id")
    def _compute_origin(self):
        for wizard in self:
            wizard.origin = "backfill" if wizard.provider_id.online else "file"

    @api.depends("provider_id")
    def _compute_template(self):
        for wizard in self:
            adapter = registry.find(wizard.provider_id.service)
            template = getattr(adapter, "template_csv", None)
            wizard.template = template and base64.b64encode(template())
            wizard.template_name = template and f"{adapter.code}.csv"

    @api.depends("provider_id")
    def _compute_company_ids(self):
        mine = self.env.companies
        for wizard in self:
            provider = wizard.provider_id
            served = provider._get_served_companies() if provider else mine.browse()
            # sudo: the user of a branch may not read its root
            chosen = mine.filtered(lambda c, s=served: c.sudo().root_id in s)
            wizard.company_ids = chosen or self.env.company

    # ------------------------------------------------------------------ buttons

    def action_preview(self):
        """Bring the quotes, and show what would become of them; nothing is written.

        :raises AccessError: the user isn't in the Finance group
        :raises UserError: nothing came, or nothing that can be read
        """
        self.ensure_one()
        self.provider_id._check_may_fetch()
        if self.origin == "backfill":
            self._download()
        self._show(
            [
                (company, brought, self._plan(company, brought))
                for company, brought in self._bring()
            ]
        )
        self.state = "preview"
        return self._reopen()

    def action_back(self):
        """Choose other days, currencies or companies."""
        self.state = "choice"
        return self._reopen()

    def action_write(self):
        """Write what was shown: all of it, or after an error nothing.

        :raises AccessError, UserError: as :meth:`action_preview`
        """
        self.ensure_one()
        self.provider_id._check_may_fetch()
        started = fields.Datetime.now()
        # sudo: finance brings rates in, but changes no provider and no rate by hand
        provider = self.provider_id.sudo()._lock()
        if not provider:
            raise UserError(
                self.env._(
                    "%(provider)s is being fetched at this moment: wait for it.",
                    provider=self.provider_id.name,
                )
            )
        runs = self.env["fx.rate.run"].sudo()
        for company, brought in self._bring():
            attempt = self._get_attempt(brought, started)
            plan = self._plan(company, brought)
            stored = provider._write_plan(company, plan, attempt.evidence)
            runs += runs._create_guarded(
                [
                    {
                        "provider_id": provider.id,
                        "company_id": company.id,
                        "origin": self.origin,
                        "started_at": started,
                        "finished_at": fields.Datetime.now(),
                        "date_from": attempt.period[0],
                        "date_to": attempt.period[1],
                        **provider._get_outcome(stored, attempt),
                    }
                ]
            )
        # past days and single currencies don't say whether the newest rates came
        if self.origin == "file" and not self.currency_ids:
            provider._conclude(runs, attempt)
        action = runs._get_notification()
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action

    def _reopen(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Load Rates"),
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
            "target": "new",
            "context": {**self.env.context, "dialog_size": "extra-large"},
        }

    # ------------------------------------------------------------------ plans

    def _get_roots(self):
        """The main companies whose books are written, with sudo: the user of a branch
        may not read its root.

        :raises UserError: none of those that the user has switched on is chosen
        """
        companies = self.company_ids & self.env.companies
        if not companies:
            raise UserError(
                self.env._("Choose the companies that are to receive the rates.")
            )
        # sudo: a branch's user may not read its main company
        return companies.sudo().root_id

    def _plan(self, company, brought):
        """What would become of the quotes in one company's books.

        :return: :class:`~..models.rates.fx_rate_provider_plan.Plan`
        :raises UserError: the company's currency is not among them
        """
        # sudo: a plan reads holds and providers of all companies
        provider = self.provider_id.sudo()
        try:
            return provider._plan_for(
                company,
                brought.quotes,
                refused=brought.refused,
                confirming=brought.confirming,
                currencies=self.currency_ids or None,
            )
        except RateError as error:
            raise UserError(provider._sentence(error)) from error

    def _get_attempt(self, brought, started):
        """What the log says of it, and the evidence that each rate keeps."""
        days = [quote.date for quote in (*brought.quotes, *brought.refused)]
        if self.origin == "file":
            digest = hashlib.sha256(self._get_payload()).hexdigest()
            evidence = Evidence(started, digest)
        else:
            # sudo: nobody but the server reads it
            kept = self.sudo()
            evidence = Evidence(kept.downloaded_at, kept.download_hash)
        return Attempt(
            self.origin,
            started,
            (min(days), max(days)),
            brought.quotes,
            brought.refused,
            evidence=evidence,
            notes=brought.notes,
        )
