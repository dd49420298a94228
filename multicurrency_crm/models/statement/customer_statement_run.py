from datetime import timedelta
from functools import partial

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date

from ..common.nobody_there import is_job
from ..common.scheduled_job import ScheduledJob
from .customer_statement_making import CHUNK


class CustomerStatementRun(models.Model):
    """Everybody's statements of a period, made part by part.

    Each part is committed with how far it came, so that a run that was killed goes on
    where it stopped. A customer whose statement can't be made is set apart and named;
    the others go on.
    """

    _name = "customer.statement.run"
    _description = "Run of Statements"
    _inherit = ["guarded.mixin", "parted.run.mixin"]
    _order = "date_to desc, id desc"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="cascade"
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True)
    user_id = fields.Many2one(
        "res.users", string="Asked By", readonly=True, ondelete="set null"
    )
    state = fields.Selection(
        selection=[("under_way", "Under Way"), ("done", "Done")],
        default="under_way",
        required=True,
        readonly=True,
        index=True,
    )
    begun_on = fields.Datetime(readonly=True)
    total = fields.Integer(string="Customers", readonly=True)
    looked_at = fields.Integer(readonly=True)
    progress = fields.Float(compute="_compute_progress")
    last_id = fields.Integer(
        readonly=True, help="The last customer that was looked at, by number."
    )
    failure_ids = fields.One2many("customer.statement.failure", "run_id", readonly=True)

    _one_period = models.UniqueIndex(
        "(company_id, date_from, date_to)",
        "Somebody else has just begun to make these statements.",
    )

    @api.depends("date_from", "date_to", "company_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for run in self:
            run.display_name = self.env._(
                "%(company)s, %(start)s to %(end)s",
                company=run.company_id.name,
                start=format_date(self.env, run.date_from),
                end=format_date(self.env, run.date_to),
            )

    @api.depends("total", "looked_at", "state")
    def _compute_progress(self):
        for run in self:
            part = run.looked_at / run.total if run.total else 1.0
            run.progress = 100.0 if run.state == "done" else min(100.0 * part, 99.0)

    # === ACTIONS === #

    def action_open_statements(self):
        """Open the statements of this period; those that don't tie out first, where
        there are any."""
        self.ensure_one()
        Statement = self.env["customer.statement"]
        domain = Statement._get_standing_domain(
            self.company_id, self.date_from, self.date_to
        )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_statement"
        )
        untied = domain & Domain("is_tied", "=", False)
        context = {}
        if Statement.search_count(untied, limit=1):
            context = {"search_default_untied": 1}
        title = self.env._("Statements to %s", format_date(self.env, self.date_to))
        return action | {
            "name": title,
            "display_name": title,
            "domain": list(domain),
            "context": context,
        }

    def action_retry(self):
        """Make the statements of those that failed once more.

        :raises AccessError: not finance of that company
        """
        self.env["customer.statement"]._check_finance_may_make()
        self.check_access("write")
        for run in self:
            # sudo: finance asked for it, and nobody writes a run by hand
            with ScheduledJob(run.sudo()) as job:
                run.sudo()._retry(job)

    def _retry(self, job):
        failed = self.failure_ids.partner_id.ids
        self.failure_ids.unlink()
        for partner_id in failed:
            self._do_part(job, [partner_id], "_make_those")

    # === THE JOB === #

    @api.model
    def _cron_make(self):
        """Plan the statements of periods that are over, and make what is planned."""
        # sudo: the job works for all companies
        everything = self.sudo()
        with ScheduledJob(everything) as job:
            companies = everything.env["res.company"].search(
                [("parent_id", "=", False), ("statement_period", "!=", "off")]
            )
            for company in companies:
                job.do(partial(everything._plan, company), company, count=0)
            runs = everything.search([("state", "=", "under_way")], order="id")
            for run in runs:
                job.expect(max(run.total - run.looked_at, 0))
            for run in runs:
                run._work_off(job)

    def _plan(self, company):
        """Plan the last period of a company that is over, once, in its night."""
        day = company._get_today()
        if is_job(self.env):
            day = company._get_day_of(company._get_night_start())
        date_from, date_to = company._get_last_period(company.statement_period, day)
        known = self.search_count(
            [
                ("company_id", "=", company.id),
                ("date_from", "=", date_from),
                ("date_to", "=", date_to),
                # one that somebody asked for before they were over is made anew
                ("begun_on", ">=", company._get_start_of(date_to + timedelta(days=1))),
            ],
            limit=1,
        )
        if not known:
            self._begin(company, date_from, date_to, self.env.ref("base.user_root"))

    @api.model
    def _begin(self, company, date_from, date_to, user):
        """Begin a run, or begin the one of this period anew.

        :return: ``customer.statement.run`` with sudo
        """
        # sudo: whoever may make statements was let through; nobody writes a run by hand
        runs = self.sudo()
        vals = {
            "user_id": user.id,
            "state": "under_way",
            "begun_on": fields.Datetime.now(),
            "total": runs._count_customers(company),
            "looked_at": 0,
            "last_id": 0,
        }
        run = runs.search(
            [
                ("company_id", "=", company.id),
                ("date_from", "=", date_from),
                ("date_to", "=", date_to),
            ]
        )
        if run:
            run.failure_ids.unlink()
            run._write_guarded(vals)
            return run
        period = {
            "company_id": company.id,
            "date_from": date_from,
            "date_to": date_to,
        }
        return runs._create_guarded([vals | period])

    def _work_off(self, job, parts=None):
        """Make the statements of this run, part by part.

        :param job: ``ScheduledJob``
        :param int parts: how many at most; None: all
        """
        done = 0
        while parts is None or done < parts:
            ids = self._find_next_ids()
            if not ids:
                job.do(self._finish, self, count=0)
                return
            if not self._do_part(job, ids, "_make_part"):
                return
            done += 1

    def _make_part(self, ids):
        """Make the statements of some customers, and note how far this run came."""
        if not self._take_part(ids):
            return
        self._make_those(ids)
        self._note_looked_at(ids)

    def _take_part(self, ids):
        """Take this run for a part, unless another worker has done it meanwhile."""
        self.lock_for_update()
        self.invalidate_recordset(["last_id"])
        return self.last_id < ids[-1]

    def _make_those(self, ids):
        """Make the statements of some customers of this run."""
        # whose account may be gone
        asked_by = self.user_id or self.env.user
        # in the name of who asked; sudo: whether they may was asked then
        Statement = self.env["customer.statement"].with_user(asked_by).sudo()
        partners = Statement.env["res.partner"].browse(ids)
        Statement.with_company(self.company_id)._make(
            partners, self.date_from, self.date_to
        )

    def _note_looked_at(self, ids):
        self._write_guarded(
            {"last_id": ids[-1], "looked_at": self.looked_at + len(ids)}
        )

    def _note_failure(self, partner_id, reason):
        """Name a customer whose statement isn't made, and go on behind it."""
        self.lock_for_update()
        self.failure_ids._create_guarded(
            [{"run_id": self.id, "partner_id": partner_id, "reason": reason}]
        )
        if self.last_id < partner_id:
            self._note_looked_at([partner_id])

    def _finish(self):
        self.lock_for_update()
        self._write_guarded({"state": "done"})

    # === CUSTOMERS === #

    def _find_next_ids(self):
        """Return the ids of the next customers, those who ever had a receivable."""
        self.invalidate_recordset(["last_id"])
        rows = self.env.execute_query(
            SQL(
                "%s AND p.id > %s ORDER BY p.id LIMIT %s",
                self._get_customers_query(SQL("p.id"), self.company_id),
                self.last_id,
                CHUNK,
            )
        )
        return [partner_id for (partner_id,) in rows]

    @api.model
    def _count_customers(self, company):
        query = self._get_customers_query(SQL("COUNT(*)"), company)
        ((count,),) = self.env.execute_query(query)
        return count

    @api.model
    def _get_customers_query(self, columns, company):
        Line = self.env["account.move.line"]
        Line.flush_model(["account_id", "company_id", "parent_state", "partner_id"])
        self.env["res.partner"].flush_model(["commercial_partner_id"])
        return SQL(
            """SELECT %s FROM res_partner p
                WHERE EXISTS (SELECT FROM res_partner c
                                JOIN account_move_line l ON l.partner_id = c.id
                               WHERE c.commercial_partner_id = p.id
                                 AND l.account_id = ANY(%s)
                                 AND l.company_id = ANY(%s)
                                 AND l.parent_state = 'posted')""",
            columns,
            self.env["customer.statement.source"]._find_receivables().ids,
            Line._find_company_ids(company),
        )
