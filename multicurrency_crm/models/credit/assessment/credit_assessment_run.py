from functools import partial
from math import ceil
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

from ...common.nobody_there import is_job
from ...common.scheduled_job import TRIES
from .res_partner import CHUNK

#: Customers from which on a chunk that others got in the way of isn't tried again as
#: it is, but in parts.
MANY = 500
#: Into how many parts.
PARTS = 20


class Chunk(NamedTuple):
    """A row of ``credit.assessment.chunk``."""

    id: int
    first_id: int
    last_id: int  # one of its customers
    customers: int  # how many there are


class CreditAssessment(models.Model):
    """The nightly run: chunk by chunk, each with its own commit.

    A run belongs to the night in which it began, wherever midnight finds it. What one
    left undone when the next night begins is dropped: the new plan has everybody.
    """

    _inherit = "credit.assessment"

    @api.model
    def _assess_everybody(self, job, size=CHUNK):
        """Assess every customer of the companies that have a policy, once a night.

        A chunk is taken, assessed and committed with its mark, so that a run that was
        killed goes on where it stopped, and several workers share the work.

        :param job: ``ScheduledJob``
        :param int size: customers of one chunk
        """
        # sudo: the night's job works for all companies
        policies = self.env["credit.policy"].sudo().search([])
        nights, planned = {}, {}
        for company, own in policies.grouped("company_id").items():
            if company._is_night_due(min(own.mapped("create_date"))):
                nights[company] = day = self._get_night(company)
                job.do(
                    partial(self._plan_chunks, company, day, size, planned),
                    company,
                    count=0,
                )
        for company, day in nights.items():
            job.expect(self._count_due(company, day))
        for company, day in nights.items():
            self._work_off_chunks(job, company, day, planned)

    @api.model
    def _get_night(self, company):
        """Return the day whose night it is: once a night everybody is assessed, by hand
        on the day on which somebody asks."""
        if not is_job(self.env):
            return company._get_today()
        return company._get_day_of(company._get_night_start())

    # === THE PLAN === #

    def _plan_chunks(self, company, day, size, planned):
        """Plan the customers of a company for a night in chunks, unless that is done.

        :param day: of the night in which the run began
        :param planned: is given {(company, first id, last id): customers} of the first
            chunk that was planned
        """
        Chunk = self.env["credit.assessment.chunk"]
        if Chunk.search_count(
            [("company_id", "=", company.id), ("date", "=", day)], limit=1
        ):
            return
        self._drop_left(company, day)
        Partner = self.env["res.partner"]
        Partner.flush_model()
        last, ids = 0, [0] * size
        while len(ids) == size:
            ids = Partner._find_credit_customers(company, after=last, limit=size)
            if not ids:
                break
            self._insert_chunk(company, day, last + 1, ids)
            if not last:
                planned[company, last + 1, ids[-1]] = ids
            last = ids[-1]

    def _insert_chunk(self, company, day, first_id, ids):
        # one that two workers plan at once is planned once
        self.env.cr.execute(
            SQL(
                """INSERT INTO credit_assessment_chunk
                          (company_id, date, first_id, last_id, customers, done)
                   VALUES (%s, %s, %s, %s, %s, FALSE) ON CONFLICT DO NOTHING""",
                company.id,
                day,
                first_id,
                ids[-1],
                len(ids),
            )
        )
        self.env["credit.assessment.chunk"].invalidate_model()

    def _drop_left(self, company, day):
        """Drop what a run of an earlier night left undone, unless a worker is at it:
        the new plan has all its customers."""
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

    # === ITS CHUNKS === #

    @staticmethod
    def _due(company, day):
        return SQL("company_id = %s AND date = %s AND NOT done", company.id, day)

    def _count_due(self, company, day):
        [(count,)] = self.env.execute_query(
            SQL(
                """SELECT COALESCE(SUM(customers), 0) FROM credit_assessment_chunk
                    WHERE %s""",
                self._due(company, day),
            )
        )
        return count

    def _find_due(self, company, day, seen):
        """Return the largest :class:`Chunk` that is due, or None: parts of one that
        didn't go through come after the others.

        :param seen: ids of chunks to leave out
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT id, first_id, last_id, customers FROM credit_assessment_chunk
                    WHERE %s AND id != ALL(%s::int[])
                 ORDER BY customers DESC, first_id LIMIT 1""",
                self._due(company, day),
                seen,
            )
        )
        return Chunk(*rows[0]) if rows else None

    def _work_off_chunks(self, job, company, day, planned):
        """Assess the chunks of a night, each once; one that doesn't go through is done
        in parts, down to a single customer.

        :param planned: as :meth:`_plan_chunks` fills it
        """
        seen = []
        while chunk := self._find_due(company, day, seen):
            seen.append(chunk.id)
            # the chunk that was planned a moment ago needn't be looked up again
            ids = planned.pop((company, chunk.first_id, chunk.last_id), None)
            about = self.env["res.partner"].browse(chunk.last_id)
            if chunk.customers > 1:
                about = f"{chunk.customers} customers of {company.name}"
            if job.do(
                partial(self._assess_chunk, company, day, chunk, ids),
                about,
                chunk.customers,
                tries=1 if chunk.customers > MANY else TRIES,
            ):
                continue
            if chunk.customers > 1:
                job.do(partial(self._split_chunk, company, day, chunk), about, count=0)
            elif job.has_collided():
                job.set_aside()
            else:
                # named in the log; what is wrong with it is so for the whole night
                job.do(partial(self._take_chunk, chunk), about, chunk.customers)

    def _take_chunk(self, chunk):
        """Mark a chunk as done, unless somebody else has taken it.

        :return: whether it is ours
        """
        # for what is summed up by month, which would be sorted on disk
        self.env.cr.execute("SET LOCAL work_mem = '64MB'")
        rows = self.env.execute_query(
            SQL(
                """UPDATE credit_assessment_chunk SET done = TRUE
                    WHERE id = (SELECT id FROM credit_assessment_chunk
                                 WHERE id = %s AND NOT done FOR UPDATE SKIP LOCKED)
                RETURNING id""",
                chunk.id,
            )
        )
        return bool(rows)

    def _assess_chunk(self, company, day, chunk, ids=None):
        """Take a chunk and assess its customers.

        :param ids: of its customers, where they are known
        """
        if self._take_chunk(chunk):
            ids = ids or self._list_customers(company, chunk)
            self.env["res.partner"].browse(ids)._assess_credit(
                company, whole=self._is_whole(company, day, ids)
            )

    def _split_chunk(self, company, day, chunk):
        """Put smaller chunks in the place of one."""
        if not self._take_chunk(chunk):
            return
        ids = self._list_customers(company, chunk)
        self.env.cr.execute(
            SQL("DELETE FROM credit_assessment_chunk WHERE id = %s", chunk.id)
        )
        first_id, size = chunk.first_id, max(ceil(len(ids) / PARTS), 1)
        for at in range(0, len(ids), size):
            part = ids[at : at + size]
            self._insert_chunk(company, day, first_id, part)
            first_id = part[-1] + 1

    def _list_customers(self, company, chunk):
        return self.env["res.partner"]._find_credit_customers(
            company, after=chunk.first_id - 1, until=chunk.last_id
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
