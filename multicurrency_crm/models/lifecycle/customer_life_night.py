"""Each night, what happened is gathered, and where each customer stands follows."""

import json
from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ...engine.lifecycle import (
    STAGES,
    Fact,
    Patience,
    find_flags,
    find_intervals,
    has_silence,
)
from ..common.scheduled_job import ScheduledJob

#: Customers of one transaction.
CHUNK = 1000
#: After how long all documents are looked at again, whatever changed: what a document
#: shows may follow from others.
WHOLE = timedelta(days=7)
#: What the night writes of a customer, with its type in the database.
COLUMNS = {
    "partner_id": "int",
    "stage": "varchar",
    "stage_since": "date",
    "last_fact_date": "date",
    "last_contact_date": "date",
    "next_contact_date": "date",
    "is_dormant": "bool",
    "is_at_risk": "bool",
    "is_lost": "bool",
    "is_won_back": "bool",
    "order_count": "int",
    "ordered_company": "numeric",
    "currency_id": "int",
    "team_id": "int",
    "source_id": "int",
}


class CustomerLife(models.Model):
    """The nightly job."""

    _inherit = "customer.life"

    @api.model
    def _cron_follow(self):
        """Follow the customers of each company whose night it is."""
        with ScheduledJob(self) as job:
            for company in self.env["res.company"]._find_followed():
                self._follow(job, company)

    @api.model
    def _follow(self, job, company):
        """Gather what happened with the customers of a company, then look at each.

        :param job: ``ScheduledJob``
        :param company: main ``res.company`` with sudo
        """
        run = self._get_run(company)
        if not run:
            # of two who begin at once, one is tried again
            if not job.do(partial(self._take_run, company), company, count=0):
                job.set_aside()
                return
            run = self._get_run(company)
        if company._is_night_due(run.began_on):
            if not job.do(partial(self._begin, company), company, count=0):
                job.set_aside()
                return
            run.invalidate_recordset()
        due = Domain("company_id", "=", company.id) & Domain("turn", "!=", run.turn)
        # sudo: a job looks at all customers
        job.work_off(self.sudo(), due, type(self)._look, CHUNK)

    # === ITS RUN === #

    @api.model
    def _get_run(self, company):
        """Return the row of a company's look at its customers, with sudo."""
        # sudo: of the job
        Run = self.env["customer.life.run"].sudo()
        Run.invalidate_model()
        return Run.search([("company_id", "=", company.id)])

    @api.model
    def _take_run(self, company):
        """Return the row of a company's look at its customers, made where there is
        none. One that is there isn't touched: who writes it may be at work."""
        if run := self._get_run(company):
            return run
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_life_run (company_id, turn) VALUES (%s, 0)
                   ON CONFLICT DO NOTHING""",
                company.id,
            )
        )
        self.env["res.company"]._forget_remembered()
        return self._get_run(company)

    @api.model
    def _begin(self, company):
        """Gather what happened since the last time, all of it once a week. That it
        began is written last: until then, nobody waits for it who notes something."""
        now, run = fields.Datetime.now(), self._take_run(company)
        is_whole = not run.whole_on or now - run.whole_on >= WHOLE
        since = None if is_whole else run.began_on
        vals = {"began_on": now, "turn": run.turn + 1}
        self.env["customer.milestone"]._gather(company, since)
        self._add_customers(company)
        run._write_guarded(vals | ({"whole_on": now} if is_whole else {}))

    @api.model
    def _add_customers(self, company, partner_ids=None):
        """Make the rows of customers with whom something happened, until today, and
        that have none.

        :param partner_ids: of whom; None: all of them
        """
        wanted = SQL("TRUE")
        if partner_ids is not None:
            wanted = SQL("m.partner_id = ANY(%s)", list(partner_ids))
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_life (company_id, partner_id, turn)
                   SELECT DISTINCT %(company)s, m.partner_id, 0
                     FROM customer_milestone m
                    WHERE m.company_id = ANY(%(companies)s) AND %(wanted)s
                      AND NOT m.is_void AND m.date <= %(today)s
              ON CONFLICT DO NOTHING""",
                company=company.id,
                companies=list(company._get_branch_ids(company.id)),
                today=company._get_today(),
                wanted=wanted,
            )
        )
        self._forget_shown()

    # === A CHUNK === #

    def _look(self):
        """Find where customers of one company stand, and what may be done for them. A
        row of which nothing is left (all was taken back) goes."""
        self._stage()
        suggestions = self.env["customer.suggestion"]
        suggestions._find_anew(self.company_id, self.partner_id.ids)
        self.env.cr.execute(
            SQL(
                """DELETE FROM customer_life
                    WHERE id = ANY(%s) AND stage IS NULL AND last_fact_date IS NULL
                      AND last_contact_date IS NULL AND next_contact_date IS NULL""",
                self.ids,
            )
        )
        if self.env.cr.rowcount:
            self._forget_shown()

    def _stage(self):
        """Find where customers of one company stand, and write what is another thing
        than before."""
        self.env.flush_all()
        company, ids = self.company_id, self.partner_id.ids
        facts = self._find_facts(company, ids)
        contacts = self._find_contacts(company, ids)
        risky = self._find_at_risk(company, ids)
        origins = self._find_origins(company, ids)
        spoken = self._find_spoken_days(company, facts, contacts)
        lives, intervals = [], {}
        for partner_id in ids:
            known = facts.get(partner_id, [])
            met = contacts.get(partner_id, (None, None, None))
            stages = find_intervals(
                [fact for fact, _worth, _currency in known] + self._list_met(met)
            )
            days = spoken.get(partner_id, [day for day in met[:2] if day])
            vals = self._prepare_life_vals(company, known, stages, days)
            vals |= {"last_contact_date": met[1], "next_contact_date": met[2]}
            vals |= {"partner_id": partner_id, "is_at_risk": partner_id in risky}
            lives.append(vals | origins.get(partner_id, {}))
            intervals[partner_id] = stages
        self._write_lives(company, lives)
        self._write_intervals(company, intervals)

    @staticmethod
    def _list_met(met):
        """Return that somebody spoke with a customer, as a fact: it is one at once,
        whatever the night has noted.

        :param met: (first, last, next) contact, or None of each
        """
        return [Fact("first_contact", met[0])] if met[0] else []

    @api.model
    def _prepare_life_vals(self, company, known, stages, days):
        """Return the values of a customer's row.

        :param known: as :meth:`_find_facts` finds them
        :param stages: tuple of ``Interval``
        :param days: on which somebody spoke with the customer, as ``find_flags`` asks
            for them
        """
        facts = [fact for fact, _worth, _currency in known]
        orders = [worth for fact, worth, _ in known if fact.kind == "order"]
        currencies = [currency for _, _worth, currency in known if currency]
        patience = self._get_patience(company)
        flags = find_flags(facts, days, patience, company._get_today())
        newest = stages[-1] if stages else None
        return {
            "stage": newest and newest.stage,
            "stage_since": newest and newest.since,
            "last_fact_date": max((fact.day for fact in facts), default=None),
            "is_dormant": flags.is_dormant,
            "is_lost": flags.is_lost,
            "is_won_back": flags.is_won_back,
            "order_count": len(orders),
            "ordered_company": sum(worth or 0 for worth in orders),
            "currency_id": currencies[-1] if currencies else None,
            "team_id": None,
            "source_id": None,
        }

    @api.model
    def _get_patience(self, company):
        return Patience(company.lifecycle_dormant_days, company.lifecycle_lost_days)

    # === WHAT IS KNOWN === #

    @api.model
    def _find_facts(self, company, ids):
        """Find what happened with customers until today, and holds. An opportunity is
        one, be it lost; else each milestone is a fact of its own.

        :return: {partner id: [(``Fact``, worth in company currency, currency's id)]},
            in the order of their days
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, kind, date,
                          CASE WHEN kind IN ('lead', 'lost_lead') THEN res_id
                               ELSE id END,
                          amount_company, currency_id
                     FROM customer_milestone
                    WHERE company_id = ANY(%s) AND partner_id = ANY(%s) AND NOT is_void
                      AND date <= %s
                 ORDER BY date, id""",
                list(company._get_branch_ids(company.id)),
                ids,
                company._get_today(),
            )
        )
        found = {}
        for partner_id, kind, day, document, worth, currency_id in rows:
            fact = Fact(kind, day, document)
            found.setdefault(partner_id, []).append((fact, worth, currency_id))
        return found

    @api.model
    def _find_spoken_days(self, company, facts, contacts):
        """Find all days on which somebody spoke with those customers of whom it
        matters: between whose facts, first and last contact there is a long silence.

        :param facts: as :meth:`_find_facts` finds them
        :param contacts: as :meth:`_find_contacts` finds them
        :return: {partner id: [date]}
        """
        patience, silent = self._get_patience(company), []
        for partner_id, (first, last, _next) in contacts.items():
            days = {fact.day for fact, _worth, _currency in facts.get(partner_id, ())}
            if first and has_silence(days | {first, last}, patience):
                silent.append(partner_id)
        if not silent:
            return {}
        Source = self.env["customer.contact.source"]
        rows = self.env.execute_query(
            SQL(
                "SELECT partner_id, ARRAY_AGG(DISTINCT day) FROM (%s) s GROUP BY 1",
                Source._get_days_query(company, silent),
            )
        )
        return dict(rows)

    @api.model
    def _find_at_risk(self, company, ids):
        """Find the customers that are on hold, or late with what they owe today.

        :return: set of partners' ids
        """
        Move = self.env["account.move"]
        rows = self.env.execute_query(
            SQL(
                """SELECT p.id FROM res_partner p
                    WHERE p.id = ANY(%(ids)s)
                      AND (p.credit_hold ->> %(company)s)::bool
                    UNION
                   SELECT p.commercial_partner_id
                     FROM account_move_line l
                     JOIN res_partner p ON p.id = l.partner_id
                     JOIN account_account a ON a.id = l.account_id
                    WHERE p.commercial_partner_id = ANY(%(ids)s)
                      AND l.company_id = ANY(%(companies)s)
                      AND a.account_type = 'asset_receivable'
                      AND l.parent_state = 'posted' AND NOT l.reconciled
                      AND l.amount_residual > 0 AND l.date_maturity < %(today)s
                      AND %(counted)s""",
                ids=ids,
                company=str(company.id),
                companies=list(company._get_branch_ids(company.id)),
                today=company._get_today(),
                counted=Move._get_counted_condition(SQL("l.move_id")),
            )
        )
        return {partner_id for (partner_id,) in rows}

    @api.model
    def _find_origins(self, company, ids):
        """Find where customers came from, and whose they are: the source of the first
        opportunity, the team of the newest order, else of the newest opportunity.

        :return: {partner id: {"team_id": id, "source_id": id}}
        """
        companies = list(company._get_branch_ids(company.id))
        rows = self.env.execute_query(
            SQL(
                """SELECT m.partner_id,
                          (ARRAY_AGG(l.source_id ORDER BY m.date, m.id)
                              FILTER (WHERE m.kind = 'lead'))[1],
                          (ARRAY_AGG(COALESCE(o.team_id, l.team_id)
                                     ORDER BY m.kind = 'order' DESC, m.date DESC,
                                              m.id DESC)
                              FILTER (WHERE COALESCE(o.team_id, l.team_id)
                                            IS NOT NULL))[1]
                     FROM customer_milestone m
                LEFT JOIN crm_lead l ON m.kind = 'lead' AND l.id = m.res_id
                LEFT JOIN sale_order o ON m.kind = 'order'
                                      AND m.res_model = 'sale.order' AND o.id = m.res_id
                    WHERE m.company_id = ANY(%s) AND m.partner_id = ANY(%s)
                      AND m.kind IN ('lead', 'order') AND NOT m.is_void
                 GROUP BY m.partner_id""",
                companies,
                ids,
            )
        )
        return {
            partner_id: {"source_id": source_id, "team_id": team_id}
            for partner_id, source_id, team_id in rows
        }

    # === WRITING === #

    @api.model
    def _write_lives(self, company, lives):
        """Write the rows of customers.

        :param lives: list of dicts with the keys of ``COLUMNS``
        """
        self.env.cr.execute(
            SQL(
                """UPDATE customer_life l
                      SET turn = (SELECT turn FROM customer_life_run
                                   WHERE company_id = %(company)s), %(updates)s
                     FROM jsonb_to_recordset(%(lives)s::jsonb) AS r (%(typed)s)
                    WHERE l.company_id = %(company)s AND l.partner_id = r.partner_id""",
                updates=SQL(", ").join(
                    SQL("%s = r.%s", SQL.identifier(name), SQL.identifier(name))
                    for name in COLUMNS
                    if name != "partner_id"
                ),
                lives=json.dumps(lives, default=str),
                typed=SQL(", ").join(
                    SQL("%s %s", SQL.identifier(name), SQL(kind))  # pylint: disable=E8103
                    for name, kind in COLUMNS.items()
                ),
                company=company.id,
            )
        )
        self._forget_shown()

    @api.model
    def _write_intervals(self, company, intervals):
        """Write how long customers were in each stage, where it is another time.

        :param intervals: {partner id: tuple of ``Interval``}
        """
        self.env.cr.execute(
            SQL(
                """WITH r AS MATERIALIZED (
                       SELECT * FROM jsonb_to_recordset(%(rows)s::jsonb)
                              AS (partner_id int, stage varchar, date_from date,
                                  date_to date, days int, went_on int)),
                   gone AS (
                       DELETE FROM customer_stage_interval i
                        WHERE i.company_id = %(company)s
                          AND i.partner_id = ANY(%(ids)s)
                          AND NOT EXISTS (SELECT FROM r
                                           WHERE r.partner_id = i.partner_id
                                             AND r.stage = i.stage))
                   INSERT INTO customer_stage_interval AS i
                          (life_id, company_id, partner_id, stage, date_from, date_to,
                           days, went_on)
                   SELECT l.id, l.company_id, r.partner_id, r.stage, r.date_from,
                          r.date_to, r.days, r.went_on
                     FROM r JOIN customer_life l ON l.company_id = %(company)s
                                                AND l.partner_id = r.partner_id
              ON CONFLICT (life_id, stage) DO UPDATE
                      SET date_from = EXCLUDED.date_from, date_to = EXCLUDED.date_to,
                          days = EXCLUDED.days, went_on = EXCLUDED.went_on,
                          partner_id = EXCLUDED.partner_id
                    WHERE (i.date_from, i.date_to, i.went_on, i.partner_id)
                          IS DISTINCT FROM
                          (EXCLUDED.date_from, EXCLUDED.date_to, EXCLUDED.went_on,
                           EXCLUDED.partner_id)""",
                rows=json.dumps(self._list_intervals(intervals), default=str),
                company=company.id,
                ids=list(intervals),
            )
        )
        self.env["customer.stage.interval"].invalidate_model()

    @staticmethod
    def _list_intervals(intervals):
        """Return intervals as rows of ``customer.stage.interval``."""
        return [
            {
                "partner_id": partner_id,
                "stage": one.stage,
                "date_from": one.since,
                "date_to": one.until,
                "days": one.until and (one.until - one.since).days,
                "went_on": None if one.stage == STAGES[-1] else int(bool(one.until)),
            }
            for partner_id, stages in intervals.items()
            for one in stages
        ]
