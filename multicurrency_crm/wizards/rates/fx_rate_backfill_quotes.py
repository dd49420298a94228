import base64
import datetime

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...engine.rates import RateError
from ...models.rates.fx_rate_provider_schedule import REQUESTS_AT_ONCE
from ...providers import registry
from ...providers.errors import ProviderError
from .stored_quotes import Brought, dump, load


class FxRateBackfill(models.TransientModel):
    """Where the quotes come from: the file, or what the publisher answered."""

    _inherit = "fx.rate.backfill"

    # what was downloaded: read and written by the server alone
    download = fields.Binary(attachment=False, groups=fields.NO_ACCESS)
    download_hash = fields.Char(groups=fields.NO_ACCESS)
    downloaded_at = fields.Datetime(groups=fields.NO_ACCESS)

    def _bring(self):
        """The quotes of the days chosen, for each main company.

        :return: list of (company, :class:`~.stored_quotes.Brought`)
        :raises UserError: there are none
        """
        stored = {}
        result = []
        for company in self._get_roots():
            base = company.currency_id.name if self.origin == "file" else None
            if base not in stored:
                brought = self._read_file(base) if base else self._read_download()
                stored[base] = self._limit(brought)
            result.append((company, stored[base]))
        return result

    def _limit(self, brought):
        """Leave out days that were not chosen.

        :raises UserError: none is left, or none of the kind wanted
        """
        first = self.date_from or datetime.date.min
        last = self.date_to or datetime.date.max
        quotes = [quote for quote in brought.quotes if first <= quote.date <= last]
        refused = [quote for quote in brought.refused if first <= quote.date <= last]
        if not quotes and not refused:
            raise UserError(self.env._("There is no rate for these days: choose more."))
        kind = self.provider_id.rate_kind
        if not refused and not any(quote.kind == kind for quote in quotes):
            field = self.provider_id._fields["rate_kind"]
            names = dict(field._description_selection(self.env))
            raise UserError(
                self.env._(
                    "There are rates of these kinds only: %(kinds)s. %(provider)s is "
                    "set to take another: %(kind)s.",
                    kinds=format_list(
                        self.env, sorted({names[quote.kind] for quote in quotes})
                    ),
                    provider=self.provider_id.name,
                    kind=names[kind],
                )
            )
        return brought._replace(quotes=quotes, refused=refused)

    def _get_payload(self):
        return base64.b64decode(self.file or b"")

    def _read_file(self, base):
        """The quotes of the file.

        :param base: code of the currency of rows that name none
        :raises UserError: not the provider's file, a damaged one, one too large
        """
        try:
            adapter = registry.get(self.provider_id.service)
        except ProviderError as error:
            raise UserError(self.provider_id._sentence(error)) from error
        payload = self._get_payload()
        if not payload:
            raise UserError(self.env._("Choose a file with rates first."))
        if len(payload) > adapter.max_bytes:
            raise UserError(
                self.env._(
                    "The file has more than %(size)s MB, which no file of %(provider)s "
                    "has: choose another.",
                    size=adapter.max_bytes // 1024**2,
                    provider=self.env._(adapter.name),
                )
            )
        refused = []
        try:
            quotes = adapter.parse(payload, base=base, refused=refused)
        except (ProviderError, RateError) as error:
            raise UserError(self.provider_id._sentence(error)) from error
        return Brought(quotes, refused)

    def _download(self):
        """Ask the publisher for the days chosen, and keep what it says.

        :raises UserError: no days, too many, or the publisher doesn't give them
        """
        # sudo: nobody but the server may write what was downloaded
        kept = self.sudo()
        self._check_period()
        period = (self.date_from, self.date_to)
        try:
            download = kept.provider_id._download(*period)
        except (ProviderError, RateError) as error:
            raise UserError(self.provider_id._sentence(error)) from error
        confirming, notes = kept.provider_id._download_confirming(period)
        brought = Brought(download.quotes, download.refused, confirming, notes)
        kept.download = base64.b64encode(dump(brought))
        kept.download_hash = download.payload_hash
        kept.downloaded_at = download.received_at

    def _read_download(self):
        # sudo: nobody but the server reads it
        stored = self.sudo().download
        if not stored:
            raise UserError(
                self.env._("Nothing was asked for yet: look at the preview first.")
            )
        return load(base64.b64decode(stored))

    def _check_period(self):
        """Refuse a period that a person would wait too long for."""
        if not self.date_from or not self.date_to or self.date_from > self.date_to:
            raise UserError(
                self.env._("Choose a first day and a last day that is not before it.")
            )
        try:
            adapter = registry.get(self.provider_id.service)
        except ProviderError as error:
            raise UserError(self.provider_id._sentence(error)) from error
        most = adapter.longest_range and adapter.longest_range * REQUESTS_AT_ONCE
        if most and (self.date_to - self.date_from).days >= most:
            raise UserError(
                self.env._(
                    "%(provider)s gives few days at a time: load at most %(days)s days "
                    "in one go.",
                    provider=self.provider_id.name,
                    days=most,
                )
            )
