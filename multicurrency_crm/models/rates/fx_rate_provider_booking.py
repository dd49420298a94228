import datetime
import logging

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, format_list

from ...engine.rates import RateError
from ...providers import registry
from ...providers.errors import ProviderError
from ...providers.http import Client

_logger = logging.getLogger(__name__)

#: how far a first fetch, and the catching up of one currency, goes back
FIRST_FETCH_DAYS = 89


class FxRateProvider(models.Model):
    """From the publisher to the books and the log: one attempt at a time."""

    _inherit = "fx.rate.provider"

    def _fetch(self, date_from, date_to):
        """Download and read the quotes of some days.

        :param date_from: first day, inclusive
        :param date_to: last day, inclusive
        :return: list of :class:`~..engine.rates.Quote`; empty where nothing is
            published for these days
        :raises ProviderError: see ``providers/errors.py``
        """
        self.ensure_one()
        adapter = registry.get(self.service)
        # sudo: only administrators see and choose the address
        address = self.sudo().address or adapter.address
        extra_hosts = self._get_extra_hosts()
        with Client(adapter.hosts, extra_hosts, max_bytes=adapter.max_bytes) as client:
            return adapter.fetch(
                client, address, date_from, date_to, fields.Date.today()
            )

    def _get_missing_from(self, companies):
        """The first day that is not in the books of all ``companies`` yet.

        A gap of any length is caught up; a single currency that lags behind the others
        (just activated, or long gone) goes back 89 days at most, so that one dead
        currency doesn't load the whole history every day.
        """
        self.ensure_one()
        today = fields.Date.today()
        window = today - datetime.timedelta(FIRST_FETCH_DAYS)
        adapter = registry.get(self.service)
        rows = self.env.execute_query(
            SQL(
                """SELECT company_id, currency_id, max(name) FROM res_currency_rate
                    WHERE fx_provider_id = %s AND company_id IN %s
                      AND fx_carried_from IS NULL
                 GROUP BY company_id, currency_id""",
                self.id,
                tuple(companies.ids),
            )
        )
        newest = {(company, currency): day for company, currency, day in rows}
        starts = [today]
        for company in companies:
            known = [
                newest.get((company.id, currency.id))
                for currency in self._get_wanted_currencies(company)
                if currency.name in adapter.currencies | {adapter.base}
            ]
            if not any(known):
                starts.append(window if known else today)
                continue
            one = datetime.timedelta(1)
            lagging = window if None in known else max(min(known) + one, window)
            starts.append(min(max(filter(None, known)) + one, lagging))
        return min(starts)

    # ------------------------------------------------------------------ attempts

    def _fetch_companies(self, companies, origin):
        """Download once, then book company by company.

        A generator: whoever iterates may commit after each company.

        :param companies: root companies
        :param origin: 'schedule' or 'button'
        :return: yields one fx.rate.run a company
        """
        self.ensure_one()
        self.env["res.currency.rate"].flush_model()
        started = fields.Datetime.now()
        today = fields.Date.today()
        period, quotes, failure = (today, today), [], None
        try:
            period = (self._get_missing_from(companies), today)
            quotes = self._fetch(*period)
        except psycopg2.Error:
            raise
        except Exception as error:
            failure = error
        yield from self._book_companies(
            companies, quotes, origin, period, started, failure
        )

    def _book_companies(self, companies, quotes, origin, period, started, failure=None):
        """Book quotes company by company and log each; a generator as above.

        One company's failure is undone, logged and leaves the next one alone. Errors
        of the database itself, serialization failures above all, are not ours to
        report: they go up to Odoo, which rolls back and tries again.

        :param failure: the exception that left us without quotes, if any
        """
        runs = self.env["fx.rate.run"]
        newest = max((quote.date for quote in quotes), default=None)
        for company in companies:
            result, error = None, failure
            if not error:
                try:
                    with self.env.cr.savepoint():
                        result = self._store_for(company, quotes)
                except psycopg2.Error:
                    raise
                except Exception as caught:
                    error = caught
            run = self.env["fx.rate.run"].create(
                {
                    "provider_id": self.id,
                    "company_id": company.id,
                    "origin": origin,
                    "started_at": started,
                    "finished_at": fields.Datetime.now(),
                    "date_from": period[0],
                    "date_to": period[1],
                    **(
                        self._get_failure(error) if error else self._get_outcome(result)
                    ),
                }
            )
            runs += run
            if company == companies[-1:]:
                self._conclude(runs, newest)
            yield run

    def _get_outcome(self, result):
        """Values of a run row for what was stored."""
        notes = []
        if not result.written and not result.unchanged:
            notes.append(self.env._("Nothing new is published."))
        if result.kept:
            notes.append(
                self.env._(
                    "Kept as they are, typed or from another provider: %(count)s.",
                    count=result.kept,
                )
            )
        if result.missing:
            notes.append(
                self.env._(
                    "Not published here: %(currencies)s.",
                    currencies=format_list(self.env, result.missing),
                )
            )
        return {
            "state": "stored" if result.written else "unchanged",
            "stored": result.written,
            "unchanged": result.unchanged,
            "message": " ".join(notes),
        }

    def _get_failure(self, error):
        """Values of a run row for an exception, which goes to the server's log too."""
        if isinstance(error, ProviderError | RateError | UserError):
            message = self._sentence(error)
            _logger.warning("Rates of %s: %s", self.name, error)
        else:
            message = self.env._(
                "%(provider)s was not understood (%(error)s): an administrator finds "
                "more in the server's log.",
                provider=self.name,
                error=type(error).__name__,
            )
            _logger.error("Rates of %s", self.name, exc_info=error)
        return {"state": "failed", "message": message}
