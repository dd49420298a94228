import logging

from psycopg2.errors import SerializationFailure

from odoo import api, models
from odoo.tools import SQL

from .res_partner import CHUNK

_logger = logging.getLogger(__name__)

#: How often a chunk is tried that other transactions got in the way of.
TRIES = 5


class CreditAssessment(models.Model):
    """The nightly run: chunk by chunk, each with its own commit.

    A run belongs to the day on which it began, wherever midnight finds it. One that is
    killed before midnight and started again after it plans the new day, for everybody,
    and what was left of the old one is dropped.
    """

    _inherit = "credit.assessment"

    @api.model
    def _assess_everybody(self, chunk=CHUNK):
        """Assess every customer of the companies that have a policy, once a day.

        A chunk is taken, assessed and committed with its marks, so that a run that was
        killed goes on where it stopped, and several workers share the work.

        :param int chunk: customers of one transaction
        :raises Exception: the last one by which a customer couldn't be assessed, once
            the others are
        """
        failed = None
        # sudo: the night's job works for all companies
        companies = self.env["credit.policy"].sudo().search([]).company_id
        planned, days = {}, {c: c._get_today() for c in companies}
        for company, day in days.items():
            planned[company] = self._plan_chunks(company, day, chunk)
            due = sum(self._count_due(*night) for night in days.items())
            self.env["ir.cron"]._commit_progress(remaining=due)
        for company, day in days.items():
            while taken := self._take_chunk(company, day):
                # the chunk that was planned a moment ago needn't be looked up again
                partner_ids = planned[company].pop(taken, None)
                partner_ids = partner_ids or self._list_customers(company, taken)
                failed = self._assess_chunk(company, day, partner_ids) or failed
                if not self.env["ir.cron"]._commit_progress(1):
                    return
        if failed:
            raise failed

    def _plan_chunks(self, company, day, size):
        """Plan the customers of a company for a night in chunks, unless that is done.

        :param day: on which the run began
        :return: {(first id, last id): customers} of the first chunk that was planned
        """
        Chunk = self.env["credit.assessment.chunk"]
        if Chunk.search_count(
            [("company_id", "=", company.id), ("date", "=", day)], limit=1
        ):
            return {}
        self._drop_left(company, day)
        Partner = self.env["res.partner"]
        Partner.flush_model()
        last, ids, planned = 0, [0] * size, {}
        while len(ids) == size:
            ids = Partner._find_credit_customers(company, after=last, limit=size)
            if not ids:
                break
            # one that two workers plan at once is planned once
            self.env.cr.execute(
                SQL(
                    """INSERT INTO credit_assessment_chunk
                              (company_id, date, first_id, last_id, customers, done)
                       VALUES (%s, %s, %s, %s, %s, FALSE) ON CONFLICT DO NOTHING""",
                    company.id,
                    day,
                    last + 1,
                    ids[-1],
                    len(ids),
                )
            )
            planned = planned or {(last + 1, ids[-1]): ids}
            last = ids[-1]
        Chunk.invalidate_model()
        return planned

    def _drop_left(self, company, day):
        """Drop what a run of an earlier day left undone, unless a worker is at it: the
        new plan has all its customers."""
        self.env.cr.execute(
            SQL(
                """DELETE FROM credit_assessment_chunk
                    WHERE id IN (SELECT id FROM credit_assessment_chunk
                                  WHERE company_id = %s AND date < %s AND NOT done
                                    FOR UPDATE SKIP LOCKED)""",
                company.id,
                day,
            )
        )

    @staticmethod
    def _due(company, day):
        return SQL("company_id = %s AND date = %s AND NOT done", company.id, day)

    def _count_due(self, company, day):
        [(count,)] = self.env.execute_query(
            SQL(
                "SELECT COUNT(*) FROM credit_assessment_chunk WHERE %s",
                self._due(company, day),
            )
        )
        return count

    def _take_chunk(self, company, day):
        """Take a chunk that nobody else has taken.

        :return: (first id, last id) of its customers, or None once all are done
        """
        query = SQL(
            """UPDATE credit_assessment_chunk SET done = TRUE
                WHERE id = (SELECT id FROM credit_assessment_chunk WHERE %s
                          ORDER BY first_id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING first_id, last_id""",
            self._due(company, day),
        )
        for attempt in range(1, TRIES + 1):
            try:
                # for what is summed up by month, which would be sorted on disk
                self.env.cr.execute("SET LOCAL work_mem = '64MB'")
                rows = self.env.execute_query(query)
                return rows[0] if rows else None
            except SerializationFailure:
                # another worker has just finished it: look again
                if attempt == TRIES:
                    raise
                self.env.cr.rollback()
        return None

    def _list_customers(self, company, taken):
        first, last = taken
        return self.env["res.partner"]._find_credit_customers(
            company, after=first - 1, until=last
        )

    def _is_whole(self, company, day, partner_ids):
        """Whether a chunk is all customers of a company: its peers then are."""
        [(count,)] = self.env.execute_query(
            SQL(
                """SELECT SUM(customers) FROM credit_assessment_chunk
                    WHERE company_id = %s AND date = %s""",
                company.id,
                day,
            )
        )
        return len(partner_ids) == count

    def _assess_chunk(self, company, day, partner_ids):
        """Assess a chunk; where that fails, its customers one by one.

        :return: the last exception, or None; a customer that fails is named in the
            log, and the others are assessed
        """
        partners = self.env["res.partner"].browse(partner_ids)
        try:
            with self.env.cr.savepoint():
                partners._assess_credit(
                    company, whole=self._is_whole(company, day, partner_ids)
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
