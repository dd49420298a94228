import base64

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...engine.rates import RateError
from ...providers import registry
from ...providers.errors import ProviderError


class FxRateUpload(models.TransientModel):
    """A publisher's file, brought by a person: for servers without internet."""

    _name = "fx.rate.upload"
    _description = "Upload a Rate File"

    provider_id = fields.Many2one(comodel_name="fx.rate.provider", required=True)
    file = fields.Binary(attachment=False)
    filename = fields.Char()
    company_names = fields.Char(
        string="Into the Books of",
        compute="_compute_company_names",
        help="The provider's companies that you have switched on, else your "
        "current company.",
    )
    date_from = fields.Date(
        string="From", help="Leave out the days before. Empty: everything in the file."
    )

    @api.depends("provider_id")
    def _compute_company_names(self):
        for wizard in self:
            wizard.company_names = format_list(
                self.env, wizard._get_companies().mapped("name")
            )

    def action_upload(self):
        """Store the file's rates as a fetch does; all of them, or none.

        :raises AccessError: the user isn't in the Finance group
        :raises UserError: not the provider's file, a damaged one, a rate that can't be
        """
        self.ensure_one()
        self.provider_id._check_may_fetch()
        started = fields.Datetime.now()
        quotes = self._read_quotes()
        days = [quote.date for quote in quotes]
        # sudo: finance brings rates in, but changes no provider and no rate by hand
        runs = self.env["fx.rate.run"].sudo()
        for run in self.provider_id.sudo()._book_companies(
            self._get_companies(), quotes, "file", (min(days), max(days)), started
        ):
            if run.state == "failed":
                raise UserError(run.message)
            runs += run
        action = runs._get_notification()
        action["params"]["next"] = {"type": "ir.actions.act_window_close"}
        return action

    def _get_companies(self):
        """The main companies that receive the rates; with sudo, since the user of a
        branch may not read its root."""
        provider = self.provider_id
        served = provider._get_served_companies() if provider else provider.company_ids
        mine = self.env.companies.sudo().root_id
        return (mine & served) or self.env.company.sudo().root_id

    def _read_quotes(self):
        """The quotes of the file, from ``date_from`` on.

        :raises UserError: as :meth:`action_upload`
        """
        try:
            adapter = registry.get(self.provider_id.service)
        except ProviderError as error:
            raise UserError(self.provider_id._sentence(error)) from error
        payload = base64.b64decode(self.file or b"")
        if len(payload) > adapter.max_bytes:
            raise UserError(
                self.env._(
                    "The file has more than %(size)s MB, which no file of %(provider)s "
                    "has: choose another.",
                    size=adapter.max_bytes // 1024**2,
                    provider=adapter.name,
                )
            )
        try:
            quotes = adapter.parse(payload)
        except (ProviderError, RateError) as error:
            raise UserError(self.provider_id._sentence(error)) from error
        if self.date_from:
            quotes = [quote for quote in quotes if quote.date >= self.date_from]
        if not quotes:
            raise UserError(
                self.env._(
                    "The file has no rate from %(date)s on: choose an earlier day.",
                    date=self.date_from,
                )
            )
        return quotes
