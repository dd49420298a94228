from odoo import api, fields, models
from odoo.tools import SQL

#: rows of one statement; 90 or 730 days of eleven currencies fit in one
CHUNK = 20_000


class ResCurrencyRate(models.Model):
    """Fetched rates are written in bulk, and say what they replace.

    In SQL, since the ORM inserts a hundred rows at a time and would read what is there
    row by row.
    """

    _inherit = "res.currency.rate"

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
        """The upsert of :meth:`_store_published`, giving (written, kept).

        "Kept" and what is replaced count in the snapshot before the statement.
        """
        columns = map(list, zip(*rows, strict=True))
        currency_ids, days, rates, bases, quoted, kinds, published, first = columns
        return SQL(
            """WITH published AS (
                    SELECT * FROM unnest(%(currency_ids)s::int[], %(days)s::date[],
                                         %(rates)s::numeric[], %(bases)s::numeric[],
                                         %(quoted)s::text[], %(kinds)s::text[],
                                         %(published)s::date[], %(first)s::bool[])
                               AS published (currency_id, name, rate, base, quoted,
                                             kind, published_on, unconfirmed)
               ), replaced AS (
                    INSERT INTO fx_rate_change
                           (company_id, currency_id, date, old_rate, new_rate,
                            old_source, new_source, provider_id,
                            create_uid, create_date, write_uid, write_date)
                    SELECT r.company_id, r.currency_id, r.name, r.rate, p.rate,
                           old.name, %(source)s, %(provider)s,
                           %(uid)s, %(now)s, %(uid)s, %(now)s
                      FROM res_currency_rate r
                      JOIN published p USING (currency_id, name)
                      JOIN fx_rate_provider old ON old.id = r.fx_provider_id
                     WHERE r.company_id = %(company)s
                       AND r.fx_provider_id = ANY(%(replaceable)s)
                       AND r.fx_shared_rate_id IS NULL AND r.fx_carried_from IS NULL
                       AND r.rate / r.fx_base_rate != p.rate / p.base
               ), written AS (
                    INSERT INTO res_currency_rate AS r
                           (name, rate, currency_id, company_id, fx_provider_id,
                            fx_quoted, fx_base_rate, fx_kind, fx_published_on,
                            fx_unconfirmed, fx_received_at, fx_payload_hash,
                            create_uid, create_date, write_uid, write_date)
                    SELECT name, rate, currency_id, %(company)s, %(provider)s, quoted,
                           base, kind, published_on, unconfirmed, %(received_at)s,
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
                           fx_carried_from = NULL,
                           write_uid = EXCLUDED.write_uid,
                           write_date = EXCLUDED.write_date
                     WHERE r.fx_provider_id = ANY(%(replaceable)s)
                       AND r.fx_shared_rate_id IS NULL
                       AND (r.rate, r.fx_base_rate, r.fx_carried_from, r.fx_provider_id)
                           IS DISTINCT FROM (EXCLUDED.rate, EXCLUDED.fx_base_rate, NULL,
                                             EXCLUDED.fx_provider_id)
                 RETURNING 1
               )
               SELECT (SELECT count(*) FROM written),
                      (SELECT count(*) FROM res_currency_rate r
                         JOIN published p USING (currency_id, name)
                        WHERE r.company_id = %(company)s
                          AND (r.fx_provider_id = ANY(%(replaceable)s)
                               AND r.fx_shared_rate_id IS NULL) IS NOT TRUE)""",
            currency_ids=currency_ids,
            days=days,
            rates=rates,
            bases=bases,
            quoted=quoted,
            kinds=kinds,
            published=published,
            first=first,
            source=provider.name,
            company=company.id,
            provider=provider.id,
            replaceable=replaceable,
            received_at=evidence.received_at,
            payload_hash=evidence.payload_hash or None,
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
