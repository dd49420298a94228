from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_list

#: Customers that the dialog names.
NAMED = 5


class CustomerStatementMake(models.TransientModel):
    """Asks for which days, and for whom, statements are made; says what will happen."""

    _name = "customer.statement.make"
    _description = "Making of Statements"
    _inherit = ["shown.records.mixin"]

    company_id = fields.Many2one(
        "res.company",
        compute="_compute_company_id",
        help="A main company: the statements have what all of its branches have open.",
    )
    period = fields.Selection(
        selection=[
            ("weekly", "Last week"),
            ("monthly", "Last month"),
            ("dates", "Other days"),
        ],
        default=lambda self: self._get_default_period(),
        required=True,
    )
    date_from = fields.Date(
        string="From",
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    date_to = fields.Date(
        string="To",
        compute="_compute_dates",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    scope = fields.Selection(
        selection=[("all", "All customers"), ("chosen", "These customers")],
        string="Statements For",
        default=lambda self: "chosen" if self._get_selected() else "all",
        required=True,
    )
    partner_ids = fields.Many2many(
        "res.partner", string="Customers", default=lambda self: self._get_selected()
    )
    problem = fields.Text(compute="_compute_plan")
    plan = fields.Text(compute="_compute_plan")
    run_id = fields.Many2one("customer.statement.run", compute="_compute_run_id")

    # === DEFAULTS === #

    @api.model
    def _get_default_period(self):
        # sudo: who works in a branch needn't see its main company
        period = self.env.company.sudo().root_id.statement_period
        return "monthly" if period == "monthly" else "weekly"

    @api.model
    def _get_selected(self):
        """Return the customers that were selected where the dialog was asked for."""
        context = self.env.context
        partners = self.env["res.partner"]
        if context.get("statement_of_selection"):
            partners = partners.browse(context.get("active_ids") or ()).exists()
        return partners.commercial_partner_id

    # === COMPUTE METHODS === #

    @api.depends_context("company")
    def _compute_display_name(self):
        self.display_name = self.env._("Make Statements")

    @api.depends_context("company")
    def _compute_company_id(self):
        # sudo: who works in a branch needn't see its main company
        self.company_id = self.env.company.sudo().root_id

    @api.depends("period")
    def _compute_dates(self):
        for wizard in self:
            dates = wizard.date_from, wizard.date_to
            if wizard.period != "dates":
                dates = self.env.company._get_last_period(wizard.period)
            wizard.date_from, wizard.date_to = dates

    @api.depends("date_from", "date_to", "scope", "partner_ids")
    @api.depends_context("company", "lang")
    def _compute_plan(self):
        for wizard in self:
            wizard.problem = wizard._find_problem()
            wizard.plan = not wizard.problem and "\n".join(wizard._list_plan())

    @api.depends("date_from", "date_to")
    @api.depends_context("company")
    def _compute_run_id(self):
        for wizard in self:
            wizard.run_id = self.env["customer.statement.run"].search(
                wizard._get_period_domain(), limit=1
            )

    def _get_period_domain(self):
        return (
            Domain("company_id", "=", self.company_id.id)
            & Domain("date_from", "=", self.date_from)
            & Domain("date_to", "=", self.date_to)
        )

    # === WHAT WILL HAPPEN === #

    def _find_problem(self):
        """Find why these statements can't be made.

        :return: sentence, or False
        """
        if not self.date_from or not self.date_to:
            return self.env._("Say of which days the statements are.")
        # sudo: who works in a branch needn't see its main company
        company = self.company_id.sudo()
        try:
            self.env["customer.statement"]._check_period(
                company, self.date_from, self.date_to
            )
        except UserError as refusal:
            return str(refusal)
        if self.scope == "chosen" and not self.partner_ids:
            return self.env._("Choose the customers, or make the statements of all.")
        return False

    def _list_plan(self):
        """List, as sentences, what will happen."""
        plan = [self._format_whom()]
        if known := self._count_known():
            plan.append(
                self.env._(
                    "%(count)s of these days are there already: where nothing changed "
                    "they stay, a draft gives way to the new one, and one that "
                    "somebody verified is superseded.",
                    count=known,
                )
            )
        if last := self._find_gap():
            plan.append(
                self.env._(
                    "No statement ends on %(day)s; the last one ends on %(last)s. What "
                    "these begin with is held against the ledger alone.",
                    day=format_date(self.env, self.date_from - timedelta(days=1)),
                    last=format_date(self.env, last),
                )
            )
        return plan

    def _format_whom(self):
        period = {
            "start": format_date(self.env, self.date_from),
            "end": format_date(self.env, self.date_to),
        }
        if self.scope == "chosen":
            return self.env._(
                "Makes the statements from %(start)s to %(end)s of %(customers)s, held "
                "against the ledger.",
                customers=self._name_customers(),
                **period,
            )
        # sudo: who works in a branch needn't see its main company
        zero = self.company_id.sudo().statement_zero
        if zero == "all":
            return self.env._(
                "Makes the statements from %(start)s to %(end)s of all customers that "
                "ever owed something, held against the ledger.",
                **period,
            )
        if zero == "balance":
            return self.env._(
                "Makes the statements from %(start)s to %(end)s of all customers with "
                "a balance on the last day, held against the ledger.",
                **period,
            )
        return self.env._(
            "Makes the statements from %(start)s to %(end)s of all customers with "
            "movement in these days or a balance at their end, held against the "
            "ledger.",
            **period,
        )

    def _name_customers(self):
        customers = self.partner_ids.commercial_partner_id
        names = [customer.display_name or "" for customer in customers[:NAMED]]
        if more := len(customers) - len(names):
            names.append(self.env._("%(count)s more", count=more))
        return format_list(self.env, names)

    def _count_known(self):
        """Count the statements of these days that stand already."""
        domain = self._get_period_domain() & Domain("state", "!=", "superseded")
        if self.scope == "chosen":
            customers = self.partner_ids.commercial_partner_id
            domain &= Domain("partner_id", "in", customers.ids)
        return self.env["customer.statement"].search_count(domain)

    def _find_gap(self):
        """Find the last day that was stated, where these days don't follow on it.

        :return: date, or False
        """
        before = self.date_from - timedelta(days=1)
        last = self.env["customer.statement"].search(
            Domain("company_id", "=", self.company_id.id)
            & Domain("date_to", "<=", before)
            & Domain("state", "!=", "superseded"),
            order="date_to desc",
            limit=1,
        )
        return last.date_to != before and last.date_to

    # === ACTIONS === #

    def action_make(self):
        """Make the statements, and open them, those that don't tie out first.

        :raises AccessError: not finance
        :raises UserError: days that aren't a period that is over; no customer; nothing
            to state
        """
        self.ensure_one()
        if problem := self._find_problem():
            raise UserError(problem)
        Statement = self.env["customer.statement"]
        if self.scope == "all":
            return Statement._make_everybody(self.date_from, self.date_to)
        made = Statement._make(self.partner_ids, self.date_from, self.date_to)
        if not made:
            raise UserError(
                self.env._(
                    "None of these customers gets a statement: by the company's "
                    "settings there is nothing to state for these days."
                )
            )
        end = format_date(self.env, self.date_to)
        return Statement._open(made, self.env._("Statements to %s", end))

    def action_open_run(self):
        """Open how far the run of these days came, and who failed in it."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "customer.statement.run",
            "res_id": self.run_id.id,
            "views": [(False, "form")],
        }
