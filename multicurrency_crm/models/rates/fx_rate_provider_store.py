import datetime
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError

from ...engine.rates import MissingRate, cross, multiply, quotes_by_day


class Stored(NamedTuple):
    """What became of the quotes in one company's books."""

    written: int
    unchanged: int
    kept: int
    missing: list[str]


class FxRateProvider(models.Model):
    """From the publisher's quotes to the rates in each company's books."""

    _inherit = "fx.rate.provider"

    def _store(self, quotes):
        """Bring quotes into the books of every company served.

        :param quotes: list of Quote, all with the same base
        :return: {root company: :class:`Stored`}
        :raises RateError, UserError: a quote that can't be right; nothing is written
        """
        return {
            company: self._store_for(company, quotes)
            for company in self._get_served_companies()
        }

    def _store_for(self, company, quotes):
        """Bring quotes into the books of one root company, in a dozen queries.

        Each quote is crossed into the company currency and multiplied by that
        currency's technical rate of the day, which is what Odoo divides by when it
        converts on that day. Days on which the company currency has no quote are left
        out, and so are currencies that are archived or not chosen.

        :return: :class:`Stored`
        """
        self.ensure_one()
        self._check_no_future(quotes)
        base = company.currency_id
        currencies = {c.name: c for c in self._get_wanted_currencies(company)}
        days = quotes_by_day(quotes)
        rows, seen = [], set()
        technical = base._get_technical_rates(company, days)
        for day, published in sorted(days.items()):
            pivot = next(iter(published.values())).base
            try:
                crossed = cross(
                    {code: quote.rate for code, quote in published.items()},
                    pivot,
                    base.name,
                )
            except MissingRate:
                continue
            seen |= crossed.keys()
            for code in sorted(crossed.keys() & currencies.keys()):
                rate = multiply(crossed[code], technical[day])
                quoted = self._describe(published, code, base.name)
                rows.append((currencies[code].id, day, rate, quoted, technical[day]))
        if days and not seen:
            raise UserError(
                self.env._(
                    "%(provider)s publishes no rate of %(currency)s, the currency of "
                    "%(company)s: choose another provider for this company.",
                    provider=self.name,
                    currency=base.name,
                    company=company.name,
                )
            )
        counts = self._write_rows(company, rows)
        missing = sorted(currencies.keys() - seen) if days else []
        return Stored(*counts, missing)

    def _write_rows(self, company, rows):
        """Write prepared rows and keep shared typed rates visible beside them."""
        Rate = self.env["res.currency.rate"]
        if not rows:
            return 0, 0, 0
        counts = Rate._store_published(self, company, rows)
        written = self.env["res.currency"].browse({row[0] for row in rows})
        Rate._repeat_for_company(company, written)
        Rate._rebase(company)
        return counts

    @staticmethod
    def _describe(published, code, base):
        """The quotes behind one rate: ``1 EUR = 1.1172 USD; 1 EUR = 7.4326 CNY``."""
        return "; ".join(str(published[c]) for c in (code, base) if c in published)

    def _check_no_future(self, quotes):
        """Refuse quotes dated later than anybody on earth has a date for."""
        tomorrow = fields.Date.today() + datetime.timedelta(1)
        newest = max((quote.date for quote in quotes), default=tomorrow)
        if newest > tomorrow:
            raise UserError(
                self.env._(
                    "There is a rate of %(date)s, a day to come: nothing was stored, "
                    "check the file and the server's clock.",
                    date=newest,
                )
            )

    def _get_wanted_currencies(self, company):
        """The active currencies that are chosen here, without the company's own."""
        chosen = self.with_context(active_test=False).currency_ids
        if not chosen:
            chosen = self.env["res.currency"].search([("active", "=", True)])
        return chosen.filtered("active") - company.currency_id
