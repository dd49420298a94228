import datetime
import hashlib
import logging
from collections.abc import Sequence
from typing import NamedTuple

import psycopg2

from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list

from ...engine.rates import Quote, RateError
from ...providers import registry
from ...providers.errors import ProviderError
from ...providers.http import Client
from ...providers.reading import RefusedQuote
from .fx_rate_provider_storing import Evidence
from .sentences import join_sentences

_logger = logging.getLogger(__name__)
#: errors that say themselves what is wrong
OURS = (ProviderError, RateError, UserError)


class Download(NamedTuple):
    """What a publisher answered for some days.

    ``payload_hash``: SHA-256 of all bytes received, in their order, as hex.
    """

    quotes: list[Quote]
    refused: list[RefusedQuote]
    payload_hash: str
    received_at: datetime.datetime


class Attempt(NamedTuple):
    """One attempt before it reaches the books: quotes, or what prevented them.

    ``live``: the newest that there is was asked for, so that old quotes are no news.
    ``unconfirmed``: why the provider that is to confirm these didn't. ``notes``:
    sentences of whoever has brought the quotes.
    """

    origin: str
    started_at: datetime.datetime
    period: tuple[datetime.date, datetime.date]
    quotes: Sequence[Quote] = ()
    refused: Sequence[RefusedQuote] = ()
    confirming: list[Quote] | None = None
    evidence: Evidence | None = None
    failure: Exception | None = None
    live: bool = False
    unconfirmed: Exception | None = None
    notes: tuple[str, ...] = ()


class FxRateProvider(models.Model):
    """From the publisher to the books and the log: one attempt at a time."""

    _inherit = "fx.rate.provider"

    # === DOWNLOAD === #

    def _fetch(self, date_from, date_to):
        """Download and read the quotes of some days.

        :param date_from: first day, inclusive
        :param date_to: last day, inclusive
        :return: list of :class:`~..engine.rates.Quote`; empty where nothing is
            published for these days
        :raises ProviderError, UserError: as :meth:`_download`
        """
        return self._download(date_from, date_to).quotes

    def _download(self, date_from, date_to):
        """Download as :meth:`_fetch` does, and keep the evidence.

        :return: :class:`Download`
        :raises ProviderError: see ``providers/errors.py``
        :raises UserError: terms that nobody has accepted, or no key
        """
        self.ensure_one()
        self._check_terms()
        adapter = registry.get(self.service)
        # sudo: only administrators see and choose the address and the key
        chosen = self.sudo()
        refused, fingerprint = [], hashlib.sha256()
        with Client(
            adapter.hosts,
            self._get_extra_hosts(),
            api_key=chosen.api_key or "",
            currencies=self._get_asked_codes(),
            max_bytes=adapter.max_bytes,
            legacy_tls=adapter.legacy_tls,
        ) as client:
            quotes = adapter.fetch(
                client,
                chosen.address or adapter.address,
                date_from,
                date_to,
                adapter.calendar.today(self._get_now()),
                refused=refused,
                on_payload=fingerprint.update,
            )
        refused = [quote for quote in refused if date_from <= quote.date <= date_to]
        received_at = fields.Datetime.now()
        return Download(quotes, refused, fingerprint.hexdigest(), received_at)

    def _download_confirming(self, period):
        """Download the quotes of the provider that is to confirm these, for a person.

        :param period: (first day, last day), the same as of these
        :return: (list of Quote, or None if it wasn't asked or failed; sentences)
        """
        quotes, failure = self._ask_confirming(period)
        return quotes, (self._explain_unconfirmed(failure),) if failure else ()

    def _ask_confirming(self, period):
        """Download the quotes of the provider that is to confirm these.

        Its failure is no failure of ours: without it rates pass unconfirmed.

        :param period: (first day, last day), the same as of these
        :return: (list of Quote, or None if it wasn't asked or failed; the exception
            with which it failed, or None)
        """
        other = self.confirm_provider_id
        adapter = other and registry.find(other.service)
        if not adapter or not adapter.online:
            return None, None
        try:
            return other._fetch(*period), None
        except psycopg2.Error:
            raise
        except Exception as error:
            other._log_failure(error)
            return None, error

    # === ATTEMPTS === #

    def _fetch_companies(self, companies, origin):
        """Download what is missing, then book company by company.

        A generator: whoever iterates may commit after each company. A long gap comes
        in parts, oldest first, each with a row of the log for each company.

        :param companies: root companies
        :param origin: 'schedule' or 'button'
        :return: yields fx.rate.run
        """
        self.ensure_one()
        self.env["res.currency.rate"].flush_model()
        for attempt, is_last in self._iterate_attempts(companies, origin):
            yield from self._book_attempt(companies, attempt, is_last)

    def _iterate_attempts(self, companies, origin):
        """Ask for what is missing, part by part, oldest first; nothing is booked.

        :param companies: root companies
        :param origin: 'schedule' or 'button'
        :return: yields (:class:`Attempt`, whether it is the last one)
        """
        today = self.env["res.company"]._get_utc_today()
        try:
            periods = self._get_periods(companies)
        except ProviderError as error:
            failed = Attempt(origin, fields.Datetime.now(), (today, today))
            yield failed._replace(failure=error), True
            return
        for period in periods:
            attempt = self._attempt(period, origin)
            is_last = bool(attempt.failure) or period == periods[-1]
            yield attempt, is_last
            if is_last:
                return

    def _attempt(self, period, origin):
        """Ask for the days of ``period``; a failure is part of what is returned.

        :return: :class:`Attempt`
        """
        attempt = Attempt(origin, fields.Datetime.now(), period)
        try:
            download = self._download(*period)
            confirming, unconfirmed = self._ask_confirming(period)
        except psycopg2.Error:
            raise
        except Exception as error:
            return attempt._replace(failure=error)
        return attempt._replace(
            quotes=download.quotes,
            refused=download.refused,
            confirming=confirming,
            evidence=Evidence(download.received_at, download.payload_hash),
            live=period[1] >= self._get_newest_allowed(),
            unconfirmed=unconfirmed,
        )

    def _book_companies(
        self, companies, quotes, origin, period, started, *, refused=(), evidence=None
    ):
        """Book quotes that a person has brought; a generator as
        :meth:`_fetch_companies`.

        :param quotes: list of Quote
        :param period: (first day, last day)
        :param started: datetime
        """
        attempt = Attempt(origin, started, period, quotes, refused, evidence=evidence)
        yield from self._book_attempt(companies, attempt)

    def _book_attempt(self, companies, attempt, is_last=True):
        """Book an attempt company by company and log each; a generator as
        :meth:`_fetch_companies`.

        :param is_last: False if more days of the same gap follow
        """
        runs = self.env["fx.rate.run"]
        for company in companies:
            runs += self._book_company(company, attempt)
            if company == companies[-1:]:
                self._conclude(runs, attempt, is_last)
            yield runs[-1]

    def _book_company(self, company, attempt):
        """Book an attempt for one root company.

        Its failure is undone, logged and leaves the next one alone. Errors of the
        database itself, serialization failures above all, are not ours to report: they
        go up to Odoo, which rolls back and tries again.

        :return: fx.rate.run
        """
        result, error = None, attempt.failure
        if not error:
            try:
                with self.env.cr.savepoint():
                    result = self._store_for(
                        company,
                        attempt.quotes,
                        refused=attempt.refused,
                        confirming=attempt.confirming,
                        live=attempt.live,
                        evidence=attempt.evidence,
                    )
            except psycopg2.Error:
                raise
            except Exception as caught:
                error = caught
        outcome = (
            self._prepare_failure_vals(error)
            if error
            else self._prepare_outcome_vals(result, attempt)
        )
        return self._create_run(company, attempt, outcome)

    # === THE LOG === #

    def _create_run(self, company, attempt, outcome):
        """Log what came of an attempt for one company.

        :param outcome: as :meth:`_prepare_outcome_vals` or
            :meth:`_prepare_failure_vals` give: its message is a function of the
            provider in the environment of one language, and is kept in each
        :return: fx.rate.run
        """
        say_in = outcome["message"]
        run = self.env["fx.rate.run"]._create_guarded(
            [
                {
                    "provider_id": self.id,
                    "company_id": company.id,
                    "origin": attempt.origin,
                    "started_at": attempt.started_at,
                    "finished_at": fields.Datetime.now(),
                    "date_from": attempt.period[0],
                    "date_to": attempt.period[1],
                    **{name: outcome[name] for name in outcome if name != "message"},
                }
            ]
        )
        run._keep_sentence("message", lambda spoken: say_in(self._speak_as(spoken)))
        return run

    def _speak_as(self, record):
        """Return this provider in the language of a record."""
        return self.with_context(lang=record.env.context.get("lang"))

    def _prepare_outcome_vals(self, result, attempt):
        """Return the values of a run for what was stored.

        :param result: :class:`~.fx_rate_provider_storing.Stored`
        """
        return {
            "state": "stored" if result.written else "unchanged",
            "stored": result.written,
            "unchanged": result.unchanged,
            "held": result.held,
            "message": lambda spoken: spoken._explain_outcome(result, attempt),
        }

    def _explain_outcome(self, result, attempt):
        """Return in sentences what came of an attempt, in the environment's language.

        :param result: :class:`~.fx_rate_provider_storing.Stored`
        """
        notes = self._describe_outcome(result)
        if not attempt.quotes and not attempt.refused:
            notes = [self.env._("Nothing new is published.")]
        if attempt.unconfirmed:
            notes.append(self._explain_unconfirmed(attempt.unconfirmed))
        return join_sentences([*notes, *attempt.notes])

    def _describe_outcome(self, result):
        """Return sentences on quotes that didn't simply go into the books."""
        _ = self.env._
        notes = []
        if result.held:
            notes.append(
                _("Held back until somebody decides: %(count)s.", count=result.held)
            )
        if result.covered:
            notes.append(
                _(
                    "Kept aside, since another provider comes first: %(count)s.",
                    count=result.covered,
                )
            )
        if kept := result.kept - result.covered:
            notes.append(
                _(
                    "Kept as they are, typed or from another provider: %(count)s.",
                    count=kept,
                )
            )
        if result.skipped:
            codes = format_list(self.env, result.skipped)
            notes.append(_("No longer in use: %(currencies)s.", currencies=codes))
        if result.missing:
            codes = format_list(self.env, result.missing)
            notes.append(_("Not published here: %(currencies)s.", currencies=codes))
        return notes

    def _prepare_failure_vals(self, error):
        """Return the values of a run for an exception, and log it for the server."""
        self._log_failure(error)
        return {
            "state": "failed",
            "message": lambda spoken: spoken._explain_failure(error),
        }

    def _log_failure(self, error):
        """Write an exception into the server's log: with its trace, if it is none of
        ours."""
        if isinstance(error, OURS):
            _logger.warning("Rates of %s: %s", self.name, error)
        else:
            _logger.error("Rates of %s", self.name, exc_info=error)

    def _explain_failure(self, error):
        """Return what an exception says, in the environment's language."""
        if isinstance(error, OURS):
            return self._sentence(error)
        return self.env._(
            "%(provider)s was not understood (%(error)s): an administrator finds more "
            "in the server's log.",
            provider=self.name,
            error=type(error).__name__,
        )

    def _explain_unconfirmed(self, error):
        """Return why the provider that is to confirm these rates didn't."""
        return self.env._(
            "Not confirmed: %(reason)s",
            reason=self.confirm_provider_id._explain_failure(error),
        )
