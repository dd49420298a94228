"""Milestones are gathered, never written where something happens: confirming, posting
and paying know nothing of them, and cost nothing for them."""

from datetime import timedelta
from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

#: How far a night looks back before the last one began: whoever was at work then may
#: have committed since.
OVERLAP = timedelta(days=1)
#: What is noted of a document.
COLUMNS = (
    *("company_id", "kind", "res_model", "res_id", "date"),
    *("document_name", "currency_id", "amount", "amount_company", "rate"),
    *("rate_date", "from_history"),
    # what a source says of it, but the last two, which follow from the first one
    *("document_partner_id", "origin_partner_id", "partner_id"),
)
#: What may be another thing when a document is looked at again. Its day is, too,
#: except where only the day on which it was first seen is known.
CHANGING = tuple(
    name
    for name in COLUMNS
    if name not in ("company_id", "kind", "res_model", "res_id", "from_history")
)


class Scope(NamedTuple):
    """Whose documents are looked at, and since when they may have changed."""

    company_ids: tuple  # a main company and its branches
    zone: str  # where it is, as PostgreSQL calls it
    today: object  # its date
    since: object = None  # datetime in UTC; None: all of them
    only_company_id: int | None = None  # the main company, where there is no other one

    def changed(self, alias):
        """Return the condition that a row of a table may have changed since."""
        if self.since is None:
            return SQL("TRUE")
        return SQL("%s >= %s", SQL.identifier(alias, "write_date"), self.since)

    def day(self, moment):
        """Return the date of a moment where the company is.

        :param SQL moment: ``timestamp`` in UTC
        """
        return SQL("(%s AT TIME ZONE 'UTC' AT TIME ZONE %s)::date", moment, self.zone)

    def owned(self, column):
        """Return the condition that a document is of these companies."""
        return SQL("%s = ANY(%s)", column, list(self.company_ids))


class Source(NamedTuple):
    """Documents that are milestones of one kind."""

    kind: str
    model: str | None  # of the documents; None: what other milestones prove
    # COLUMNS but ``partner_id``, and ``holds``: it happened, and wasn't taken back
    query: SQL
    keeps_day: bool = False  # the day on which it was first seen stays
    after: str | None = None  # the kind that comes first with the same document
    also: SQL | None = None  # documents ``d`` that may have changed otherwise


class CustomerMilestone(models.Model):
    """Gathering what happened."""

    _inherit = "customer.milestone"

    @api.model
    def _gather(self, company, since=None):
        """Note what happened with the customers of a company, and what of it was taken
        back. Of two who gather at once, one waits for the other: each document is
        noted once.

        :param company: main ``res.company``
        :param since: ``datetime`` in UTC, from which on documents may have changed;
            None: all of them
        """
        scope = self._get_scope(company, since and since - OVERLAP)
        self.env.flush_all()
        for source in self._list_sources(scope):
            self._note(source, scope)
        self._void_deleted(scope)
        self._note_repeats(scope)
        self.invalidate_model()

    @api.model
    def _get_scope(self, company, since):
        """Return whose documents are looked at.

        :param company: main ``res.company``
        :param since: as for ``Scope``
        """
        # sudo: a job counts for everybody
        company = company.sudo()
        others = company.search_count(
            [("parent_id", "=", False), ("id", "!=", company.id)], limit=1
        )
        return Scope(
            company_ids=company._get_branch_ids(company.id),
            zone=company._get_zone(),
            today=company._get_today(),
            since=since,
            only_company_id=None if others else company.id,
        )

    @api.model
    def _note(self, source, scope):
        """Write the milestones of one source: new ones are added, known ones follow
        their document, and those that don't hold any more are void: whatever was
        looked at, and isn't among what the source finds to hold.
        """
        self.env.cr.execute(
            SQL(
                """WITH s AS MATERIALIZED (%(found)s),
                written AS (
                   INSERT INTO customer_milestone AS m (%(columns)s, is_void)
                   SELECT %(columns)s, FALSE FROM s
                    WHERE s.holds AND s.partner_id IS NOT NULL AND s.date IS NOT NULL
              ON CONFLICT (company_id, kind, res_model, res_id) DO UPDATE
                      SET %(updates)s, is_void = FALSE, void_date = NULL
                    WHERE m.is_void OR (%(before)s) IS DISTINCT FROM (%(after)s)),
                gone AS (%(gone)s)
                   UPDATE customer_milestone m
                      SET is_void = TRUE, void_date = %(today)s
                     FROM gone WHERE gone.id = m.id""",
                found=self._select_found(source),
                gone=self._select_gone(source, scope),
                columns=SQL(", ").join(map(SQL.identifier, COLUMNS)),
                updates=SQL(", ").join(
                    SQL("%s = %s", SQL.identifier(name), self._get_new(source, name))
                    for name in CHANGING
                ),
                before=SQL(", ").join(SQL.identifier("m", name) for name in CHANGING),
                after=SQL(", ").join(self._get_new(source, name) for name in CHANGING),
                today=scope.today,
            )
        )

    @api.model
    def _select_found(self, source):
        """Return what a source says, and whose milestone it is: that of the customer
        whose contact the document's partner was when it was first noted, as long as
        the document names the same partner. A contact that leaves leaves behind what
        it did; who was a customer of its own takes that along."""
        key = ("company_id", "res_model", "res_id", "document_partner_id")
        first, known = (
            SQL(" AND ").join(
                SQL("%s = %s", SQL.identifier(alias, name), SQL.identifier("q", name))
                for name in key
            )
            for alias in ("f", "k")
        )
        return SQL(
            """SELECT %(columns)s, q.holds, o.commercial_partner_id AS partner_id,
                      o.id AS origin_partner_id
                 FROM (%(query)s) q
            LEFT JOIN customer_milestone f ON f.kind = %(after)s AND %(first)s
            LEFT JOIN customer_milestone k ON k.kind = q.kind AND %(known)s
            LEFT JOIN res_partner o
                   ON o.id = COALESCE(f.origin_partner_id, k.origin_partner_id,
                                      q.origin_partner_id)""",
            columns=SQL(", ").join(SQL.identifier("q", name) for name in COLUMNS[:-2]),
            query=source.query,
            after=source.after,
            first=first,
            known=known,
        )

    @api.model
    def _select_gone(self, source, scope):
        """Return the milestones of what was looked at and isn't found to hold.

        It is subtracted by EXCEPT, which takes its time whatever PostgreSQL believes of
        how many rows there are: NOT EXISTS compares each with each where it believes in
        few, NOT IN where it believes in many.
        """
        return SQL(
            """SELECT m.id FROM customer_milestone m
                WHERE m.company_id = ANY(%(companies)s) AND m.kind = %(kind)s
                  AND NOT m.is_void AND %(seen)s
               EXCEPT
               SELECT m.id FROM s
                 JOIN customer_milestone m
                   ON m.company_id = s.company_id AND m.kind = %(kind)s
                  AND m.res_model = s.res_model AND m.res_id = s.res_id
                WHERE s.holds AND s.partner_id IS NOT NULL AND s.date IS NOT NULL""",
            companies=list(scope.company_ids),
            kind=source.kind,
            seen=self._get_seen(source, scope),
        )

    @api.model
    def _get_seen(self, source, scope):
        """Return the condition that the document of a milestone ``m`` was looked at,
        whatever became of it: it may be nobody's, or another company's, by now."""
        if source.model is None:
            return SQL("TRUE")
        mine = SQL("m.res_model = %s", source.model)
        if scope.since is None:
            return mine
        return SQL(
            """%s AND EXISTS (SELECT FROM %s d WHERE d.id = m.res_id AND (%s OR %s))""",
            mine,
            SQL.identifier(self.env[source.model]._table),
            scope.changed("d"),
            source.also or SQL("FALSE"),
        )

    @staticmethod
    def _get_new(source, name):
        """Return the new value of a column of a known milestone."""
        if name == "date" and source.keeps_day:
            return SQL("CASE WHEN m.is_void THEN EXCLUDED.date ELSE m.date END")
        return SQL("EXCLUDED.%s", SQL.identifier(name))

    @api.model
    def _void_deleted(self, scope):
        """Mark milestones whose document was deleted as void."""
        rows = self.env.execute_query(
            SQL(
                """SELECT DISTINCT res_model FROM customer_milestone
                    WHERE company_id = ANY(%s) AND NOT is_void""",
                list(scope.company_ids),
            )
        )
        for (model,) in rows:
            if model not in self.env:
                continue  # its module is gone: what happened stays
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_milestone m
                          SET is_void = TRUE, void_date = %(today)s
                        WHERE m.company_id = ANY(%(companies)s)
                          AND m.res_model = %(model)s AND NOT m.is_void
                          AND NOT EXISTS (SELECT FROM %(table)s d
                                           WHERE d.id = m.res_id)""",
                    today=scope.today,
                    companies=list(scope.company_ids),
                    model=model,
                    table=SQL.identifier(self.env[model]._table),
                )
            )

    @api.model
    def _note_repeats(self, scope):
        """Note each order after a customer's first one as a repeat order. Of one day,
        the order that was noted first is the earlier one."""
        ranked = SQL(
            """SELECT o.*, ROW_NUMBER() OVER (
                          PARTITION BY o.partner_id ORDER BY o.date, o.id) > 1 AS holds
                 FROM customer_milestone o
                WHERE o.company_id = ANY(%s) AND o.kind = 'order' AND NOT o.is_void""",
            list(scope.company_ids),
        )
        columns = SQL(", ").join(
            SQL("'repeat' AS kind") if name == "kind" else SQL.identifier("r", name)
            for name in COLUMNS[:-1]
        )
        query = SQL("SELECT %s, r.holds FROM (%s) r", columns, ranked)
        self._note(Source("repeat", None, query, after="order"), scope)
