import logging

from psycopg2.errors import SerializationFailure

from odoo import api, models
from odoo.tools import SQL

from .res_partner_assessment import CHUNK

_logger = logging.getLogger(__name__)

#: How often a chunk is tried that other transactions got in the way of.
TRIES = 5


class CreditAssessment(models.Model):
    """The nightly run: chunk by chunk, each with its own commit."""

    _inherit = "credit.assessment"

    @api.model
    def _cron_assess(self, chunk=CHUNK):
        """Assess every customer of the companies that have a policy, once a day.

        A chunk is taken, assessed and committed with its marks, so that a run that was
        killed goes on where it stopped, and several workers share the work.
        """
        failed = None
        self.env["credit.review"].sudo()._expire()
        companies = self.env["credit.policy"].sudo().search([]).company_id
        for company in companies:
            self._mark_customers(company)
            self.env["ir.cron"]._commit_progress(remaining=self._count_due(company))
        for company in companies:
            while partner_ids := self._take_chunk(company, chunk):
                failed = self._assess_chunk(company, partner_ids) or failed
                if not self.env["ir.cron"]._commit_progress(len(partner_ids)):
                    return
        if failed:
            raise failed

    def _mark_customers(self, company):
        """A mark for every customer: what is left to do tonight."""
        Partner = self.env["res.partner"]
        Partner.flush_model()
        last, ids = 0, [0] * CHUNK
        while len(ids) == CHUNK:
            ids = Partner._find_credit_customers(company, after=last)
            last = ids[-1] if ids else last
            self.env.cr.execute(
                SQL(
                    """INSERT INTO credit_assessment_mark (company_id, partner_id)
                       SELECT %(company)s, c.id FROM unnest(%(ids)s::int[]) AS c (id)
                        WHERE NOT EXISTS (SELECT FROM credit_assessment_mark m
                                           WHERE m.company_id = %(company)s
                                             AND m.partner_id = c.id)
                           ON CONFLICT DO NOTHING""",
                    company=company.id,
                    ids=ids,
                )
            )

    @staticmethod
    def _due(company):
        return SQL(
            "company_id = %s AND assessed_on IS DISTINCT FROM %s",
            company.id,
            company._get_fx_today(),
        )

    def _count_due(self, company):
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM credit_assessment_mark WHERE %s",
                self._due(company),
            )
        )
        return count

    def _take_chunk(self, company, chunk):
        """Take customers that nobody else has taken.

        :return: ids of commercial partners, none once all are done
        """
        # for what is summed up by month below, which would be sorted on disk otherwise
        self.env.cr.execute("SET LOCAL work_mem = '64MB'")
        query = SQL(
            """UPDATE credit_assessment_mark SET assessed_on = %s
                WHERE id = ANY(ARRAY(
                      SELECT id FROM credit_assessment_mark WHERE %s
                    ORDER BY partner_id LIMIT %s FOR UPDATE SKIP LOCKED))
            RETURNING partner_id""",
            company._get_fx_today(),
            self._due(company),
            chunk,
        )
        for attempt in range(1, TRIES + 1):
            try:
                return [row[0] for row in self.env.execute_query(query)]
            except SerializationFailure:
                # another worker has just finished these: look again
                if attempt == TRIES:
                    raise
                self.env.cr.rollback()
        return []

    def _is_whole(self, company, partner_ids):
        """Whether a chunk is all customers of a company: its peers then are."""
        marks = self.env["credit.assessment.mark"]
        return len(partner_ids) == marks.search_count([("company_id", "=", company.id)])

    def _assess_chunk(self, company, partner_ids):
        """Assess a chunk; where that fails, its customers one by one.

        :return: the last exception, or None; a customer that fails is named in the
            log, and the others are assessed
        """
        partners = self.env["res.partner"].browse(partner_ids)
        try:
            with self.env.cr.savepoint():
                partners._assess_credit(
                    company, whole=self._is_whole(company, partner_ids)
                )
        except SerializationFailure:
            raise
        except Exception:
            _logger.info("Assessing %s customers one by one", len(partners))
        else:
            return None
        failed = None
        for partner in partners:
            try:
                with self.env.cr.savepoint():
                    partner._assess_credit(company)
            except SerializationFailure:
                raise
            except Exception as error:
                _logger.exception("Customer %s can't be assessed", partner.display_name)
                failed = error
        return failed
