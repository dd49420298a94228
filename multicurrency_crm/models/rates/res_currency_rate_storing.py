from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.calendars import ONE_DAY

#: rows of one statement; 90 or 730 days of eleven currencies fit in one
CHUNK = 20_000


class ResCurrencyRate(models.Model):
    """What is written in SQL: fetched rates, in bulk, and the rows that follow others.

    The ORM inserts a hundred rows at a time and would read what is there row by row.

    Odoo divides a stored rate by the company currency's own technical rate of the day
    on which it converts. A fetched rate was multiplied by that of its own day, so where
    the technical rate changes before the next published day the quotient would be
    wrong. Such a day gets a *carried* row: the same quotes, multiplied anew.
    """

    _inherit = "res.currency.rate"

    # === WHAT PROVIDERS BRING === #

    @api.model
    def _store_published(self, provider, company, rows, evidence):
        """Write fetched rates: one statement for up to 20,000 rows.

        A row that a person typed is left as it is, and so is that of a provider that
        comes first and one that already says the same.

        :param provider: fx.rate.provider
        :param company: root company
        :param rows: list of (currency id, date, technical rate as Decimal, company
            currency's technical rate in it, text of the quotes, kind, day of
            publication, unconfirmed), each currency and date once
        :param evidence: Evidence
        :return: (rows written, rows unchanged, rows of others kept)
        """
        self.flush_model()
        replaceable = provider._get_replaceable().ids
        written = unchanged = kept = 0
        for start in range(0, len(rows), CHUNK):
            chunk = rows[start : start + CHUNK]
            query = self._store_query(provider, company, chunk, evidence, replaceable)
            [[chunk_written, chunk_kept]] = self.env.execute_query(query)
            written += chunk_written
            kept += chunk_kept
            unchanged += len(chunk) - chunk_written - chunk_kept
        self._invalidate_rates()
        return written, unchanged, kept

    def _store_query(self, provider, company, rows, evidence, replaceable):
        """Return the upsert of :meth:`_store_published`, giving (written, kept).

        "Kept" and what is replaced count in the snapshot before the statement.
        """
        is_replaceable = SQL(
            "r.fx_provider_id = ANY(%s) AND r.fx_shared_rate_id IS NULL", replaceable
        )
        return SQL(
            """WITH published AS (%(published)s),
                    replaced AS (%(replaced)s),
                    written AS (%(written)s)
               SELECT (SELECT count(*) FROM written),
                      (SELECT count(*) FROM res_currency_rate r
                         JOIN published p USING (currency_id, name)
                        WHERE r.company_id = %(company)s
                          AND (%(is_replaceable)s) IS NOT TRUE)""",
            published=self._published_query(rows),
            replaced=self._replaced_query(
                provider, company, is_replaceable, evidence.by_person
            ),
            written=self._upsert_query(provider, company, evidence, is_replaceable),
            company=company.id,
            is_replaceable=is_replaceable,
        )

    @staticmethod
    def _published_query(rows):
        """Return the rows of :meth:`_store_published` as a table."""
        return SQL(
            """SELECT * FROM unnest(%s::int[], %s::date[], %s::numeric[],
                                    %s::numeric[], %s::text[], %s::text[], %s::date[],
                                    %s::bool[])
                          AS published (currency_id, name, rate, base, quoted, kind,
                                        published_on, unconfirmed)""",
            *map(list, zip(*rows, strict=True)),
        )

    def _replaced_query(self, provider, company, is_replaceable, by_person):
        """Return SQL that notes which fetched rates ``r`` get another figure.

        :param by_person: somebody has accepted them: nothing is noted here
        """
        return SQL(
            """INSERT INTO fx_rate_change
                      (company_id, currency_id, date, old_rate, new_rate, old_source,
                       new_source, provider_id,
                       create_uid, create_date, write_uid, write_date)
               SELECT r.company_id, r.currency_id, r.name, r.rate, p.rate, old.name,
                      %(source)s, %(provider)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM res_currency_rate r
                 JOIN published p USING (currency_id, name)
                 JOIN fx_rate_provider old ON old.id = r.fx_provider_id
                WHERE r.company_id = %(company)s AND %(is_replaceable)s
                  AND r.fx_carried_from IS NULL AND NOT %(by_person)s
                  AND r.rate / r.fx_base_rate != p.rate / p.base""",
            by_person=by_person,
            source=provider.name,
            provider=provider.id,
            company=company.id,
            is_replaceable=is_replaceable,
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    def _upsert_query(self, provider, company, evidence, is_replaceable):
        """Return SQL that writes what is ``published``, a row for each rate written."""
        return SQL(
            """INSERT INTO res_currency_rate AS r
                      (name, rate, currency_id, company_id, fx_provider_id, fx_quoted,
                       fx_base_rate, fx_kind, fx_published_on, fx_unconfirmed,
                       fx_received_at, fx_payload_hash,
                       create_uid, create_date, write_uid, write_date)
               SELECT name, rate, currency_id, %(company)s, %(provider)s, quoted, base,
                      kind, published_on, unconfirmed, %(received_at)s,
                      %(payload_hash)s, %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM published
          ON CONFLICT (name, currency_id, company_id) DO UPDATE
                  SET rate = EXCLUDED.rate, fx_quoted = EXCLUDED.fx_quoted,
                      fx_provider_id = EXCLUDED.fx_provider_id,
                      fx_base_rate = EXCLUDED.fx_base_rate,
                      fx_kind = EXCLUDED.fx_kind,
                      fx_published_on = EXCLUDED.fx_published_on,
                      fx_unconfirmed = EXCLUDED.fx_unconfirmed,
                      fx_received_at = EXCLUDED.fx_received_at,
                      fx_payload_hash = EXCLUDED.fx_payload_hash,
                      fx_carried_from = NULL, write_uid = EXCLUDED.write_uid,
                      write_date = EXCLUDED.write_date
                WHERE %(is_replaceable)s
                  AND (r.rate, r.fx_base_rate, r.fx_carried_from, r.fx_provider_id)
                      IS DISTINCT FROM (EXCLUDED.rate, EXCLUDED.fx_base_rate, NULL,
                                        EXCLUDED.fx_provider_id)
            RETURNING 1""",
            company=company.id,
            provider=provider.id,
            received_at=evidence.received_at,
            payload_hash=evidence.payload_hash or None,
            is_replaceable=is_replaceable,
            uid=self.env.uid,
            now=fields.Datetime.now(),
        )

    @api.model
    def _log_dropped(self, company, provider, rows):
        """Note that fetched rates went since an earlier provider answers for the day.

        :param provider: the earlier one
        :param rows: list of (provider id, currency id, day, rate as text, …)
        """
        if not rows:
            return
        self.env.cr.execute(
            SQL(
                """INSERT INTO fx_rate_change
                          (company_id, currency_id, date, old_rate, new_rate,
                           old_source, new_source, provider_id,
                           create_uid, create_date, write_uid, write_date)
                   SELECT %(company)s, gone.currency_id, gone.day, gone.rate, 0,
                          p.name, %(source)s, %(provider)s,
                          %(uid)s, %(now)s, %(uid)s, %(now)s
                     FROM unnest(%(providers)s::int[], %(currency_ids)s::int[],
                                 %(days)s::date[], %(rates)s::numeric[])
                          AS gone (provider_id, currency_id, day, rate)
                     JOIN fx_rate_provider p ON p.id = gone.provider_id""",
                company=company.id,
                source=provider.name,
                provider=provider.id,
                uid=self.env.uid,
                now=fields.Datetime.now(),
                providers=[row[0] for row in rows],
                currency_ids=[row[1] for row in rows],
                days=[row[2] for row in rows],
                rates=[row[3] for row in rows],
            )
        )

    # === SHARED RATES === #

    def _drop_stale_repetitions(self):
        """Delete the rows that repeat one of ``self`` as it no longer is."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """DELETE FROM res_currency_rate rep USING res_currency_rate shared
                    WHERE rep.fx_shared_rate_id = shared.id AND shared.id IN %s
                      AND (shared.company_id IS NOT NULL OR shared.name != rep.name
                           OR shared.currency_id != rep.currency_id)""",
                tuple(self.ids),
            )
        )

    def _repeat_shared_rates(self):
        """Repeat the shared rates among ``self`` for the companies that need it."""
        if self:
            self.flush_model()
            self.env.cr.execute(self._repeat_query(SQL("s.id IN %s", tuple(self.ids))))
            self._invalidate_rates()

    @api.model
    def _repeat_for_company(self, company, currencies):
        """Repeat the shared rates that fetched rows of ``company`` would hide.

        :param company: root company
        :param currencies: res.currency records just written for it
        """
        self.env.cr.execute(
            self._repeat_query(
                SQL("s.currency_id IN %s", tuple(currencies.ids)),
                SQL("AND o.company_id = %s", company.id),
            )
        )
        self._invalidate_rates()

    def _repeat_query(self, shared_condition, own_condition=None):
        """Return SQL that inserts or refreshes repetitions of shared rates ``s``.

        A company needs one if it has a fetched row (``o``) on or before the shared
        rate's date, and no typed row of its own there: that one hides it by a
        person's choice.
        """
        return SQL(
            """INSERT INTO res_currency_rate
                      (name, rate, currency_id, company_id, fx_provider_id,
                       fx_shared_rate_id,
                       create_uid, create_date, write_uid, write_date)
               SELECT s.name, s.rate, s.currency_id, own.company_id,
                      own.fx_provider_id, s.id, %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM res_currency_rate s
                 JOIN LATERAL (
                        SELECT DISTINCT ON (o.company_id) o.company_id, o.fx_provider_id
                          FROM res_currency_rate o
                         WHERE o.currency_id = s.currency_id AND o.name <= s.name
                           AND o.fx_provider_id IS NOT NULL %(own_condition)s
                      ORDER BY o.company_id, o.name DESC
                      ) own ON TRUE
                WHERE s.company_id IS NULL AND %(shared_condition)s
                  AND NOT EXISTS (
                        SELECT FROM res_currency_rate t
                         WHERE t.currency_id = s.currency_id AND t.name <= s.name
                           AND t.company_id = own.company_id
                           AND t.fx_provider_id IS NULL)
          ON CONFLICT (name, currency_id, company_id) DO UPDATE
                  SET rate = EXCLUDED.rate, fx_quoted = NULL,
                      fx_base_rate = NULL, fx_carried_from = NULL,
                      fx_shared_rate_id = EXCLUDED.fx_shared_rate_id,
                      write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                WHERE res_currency_rate.fx_provider_id IS NOT NULL
                  AND (res_currency_rate.rate, res_currency_rate.fx_shared_rate_id)
                      IS DISTINCT FROM (EXCLUDED.rate, EXCLUDED.fx_shared_rate_id)""",
            uid=self.env.uid,
            now=fields.Datetime.now(),
            own_condition=own_condition or SQL(),
            shared_condition=shared_condition,
        )

    # === TECHNICAL RATES === #

    @api.model
    def _rebase(self, company):
        """Multiply the fetched rates of a company by its currency's rates as they are.

        :param company: root company
        """
        self.flush_model()
        fetched = self.env.execute_query(
            SQL(
                """SELECT DISTINCT name FROM res_currency_rate
                    WHERE company_id = %s AND fx_provider_id IS NOT NULL
                      AND fx_shared_rate_id IS NULL AND fx_base_rate > 0""",
                company.id,
            )
        )
        if not fetched:
            return
        days = [day for (day,) in fetched]
        technical = company.currency_id._get_technical_rates(company, days)
        self.env.cr.execute(
            SQL(
                """UPDATE res_currency_rate r
                      SET rate = r.rate / r.fx_base_rate * base.rate,
                          fx_base_rate = base.rate, write_uid = %s, write_date = %s
                     FROM unnest(%s::date[], %s::numeric[]) AS base (name, rate)
                    WHERE r.company_id = %s AND r.name = base.name
                      AND r.fx_provider_id IS NOT NULL
                      AND r.fx_shared_rate_id IS NULL
                      AND r.fx_base_rate > 0 AND r.fx_base_rate != base.rate""",
                self.env.uid,
                fields.Datetime.now(),
                list(technical),
                list(technical.values()),
                company.id,
            )
        )
        self._carry(company, min(days))
        self._invalidate_rates()

    @api.model
    def _carry(self, company, since):
        """Renew the carried rows of a company: one a currency and day of change.

        A day is left alone where its own or the newest earlier row was typed or repeats
        a typed one: that is a person's word, and Odoo's own way with it stays.

        :param company: root company
        :param since: first day with a fetched rate
        """
        self.env.cr.execute(
            SQL(
                """DELETE FROM res_currency_rate
                    WHERE company_id = %s AND fx_carried_from IS NOT NULL""",
                company.id,
            )
        )
        if changes := self._find_base_changes(company, since):
            self.env.cr.execute(self._carry_query(company, changes))

    def _carry_query(self, company, changes):
        """Return SQL that inserts the carried rows of a company.

        :param changes: as :meth:`_find_base_changes` gives
        """
        return SQL(
            """INSERT INTO res_currency_rate
                      (name, rate, currency_id, company_id, fx_provider_id, fx_quoted,
                       fx_base_rate, fx_carried_from,
                       create_uid, create_date, write_uid, write_date)
               SELECT base.name, r.rate / r.fx_base_rate * base.rate, r.currency_id,
                      r.company_id, r.fx_provider_id,
                      r.fx_quoted || ' (' || r.name || ')', base.rate, r.name,
                      %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM unnest(%(days)s::date[], %(rates)s::numeric[])
                      AS base (name, rate)
                 JOIN LATERAL (
                        SELECT DISTINCT ON (currency_id) *
                          FROM res_currency_rate
                         WHERE company_id = %(company)s AND name <= base.name
                      ORDER BY currency_id, name DESC
                      ) r ON r.name < base.name
                WHERE r.fx_provider_id IS NOT NULL
                  AND r.fx_shared_rate_id IS NULL AND r.fx_base_rate > 0""",
            uid=self.env.uid,
            now=fields.Datetime.now(),
            company=company.id,
            days=list(changes),
            rates=list(changes.values()),
        )

    @api.model
    def _find_base_changes(self, company, since):
        """Find the days after ``since`` on which the company currency's rate changes.

        Days to come are among them: no fetch is sure to run on the first of January.

        :return: {date: technical rate from that day on, as Decimal}
        """
        base = company.currency_id
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT name FROM res_currency_rate
                    WHERE currency_id = %s AND name > %s
                      AND (company_id = %s OR company_id IS NULL)
                 ORDER BY name""",
                base.id,
                since,
                company.id,
            )
        )
        days = {day for (day,) in rows}
        technical = base._get_technical_rates(
            company, days | {day - ONE_DAY for day in days}
        )
        return {
            day: technical[day]
            for day in sorted(days)
            if technical[day] != technical[day - ONE_DAY]
        }

    @api.model
    def _invalidate_rates(self):
        """Forget what the ORM read before rows were written behind its back."""
        self.invalidate_model()
        self.env["res.currency"].invalidate_model(
            [
                "rate",
                "inverse_rate",
                "rate_string",
                "date",
                "rate_ids",
                "rate_age_days",
                "rate_is_stale",
                "volatility",
            ]
        )
