"""Seed a company's customers, and time their statements (runs in Odoo's shell).

In one database, beside OCA's partner_statement where it is installed: what it takes
merely to compute the figures of 500 customers.
"""

# ruff: noqa: F821 - Odoo's shell gives `env`
from datetime import timedelta

from odoo.tools import SQL

from devtools.inside.seeding import (
    give_chart,
    open_currencies,
    write_history,
    write_rates,
)
from devtools.inside.timing import tell, tell_timed

CUSTOMERS, INVOICES, PAID = 5_200, 100_000, 84_000
SOME, ROUNDS = 500, 5

Statement, Run = env["customer.statement"], env["customer.statement.run"]
Source = env["customer.statement.source"]


def prepare():
    """A company with a chart, and three foreign currencies with a year of rates."""
    give_chart(env)
    currencies = open_currencies(env)
    write_rates(env, currencies)
    env.company.statement_zero = "all"
    return currencies


def find_figures():
    """The figures a currency of some customers, from the ledger, and their totals."""
    digits, bounds = (
        env.company.currency_id.decimal_places,
        env.company._get_age_bounds(),
    )
    Source._gather_rows(env.company, customers.ids, FIRST - timedelta(days=1), LAST)
    spots = Source._find_row_currencies()._find_spot(env.company, LAST)
    figures = Source._get_move_columns() | Source._get_age_columns(bounds, LAST)
    env.execute_query(
        SQL(
            "SELECT partner_id, currency_id, %s FROM statement_row r GROUP BY 1, 2",
            SQL(", ").join(figures.values()),
        )
    )
    env.execute_query(Source._get_totals_query(spots, digits))


def make_some():
    """Statements of some customers, with their rows, figures and tie-out."""
    Statement._make(customers, FIRST, LAST)


def forget():
    """As before they were made."""
    Statement.search([]).unlink()
    Run.search([]).unlink()
    env.cr.commit()


def peer():
    """The figures of the other addon's activity statement of the same customers."""
    env["report.partner_statement.activity_statement"]._get_report_values(
        customers.ids,
        {
            "company_id": env.company.id,
            "partner_ids": customers.ids,
            "date_start": FIRST,
            "date_end": LAST,
            "account_type": "asset_receivable",
            "excluded_accounts_ids": [],
            "show_only_overdue": False,
            "show_aging_buckets": True,
            "aging_type": "days",
            "is_activity": True,
            "is_detailed": False,
            "filter_non_due_partners": False,
            "filter_negative_balances": False,
        },
    )


def make_all():
    """The run of a week: everybody's, stored and committed part by part."""
    run = Run._begin(env.company, FIRST, LAST, env.user)
    env.cr.commit()
    job = env.ref("multicurrency_crm.ir_cron_make_statements")
    # as Odoo calls it again, once its time is over
    while run.state != "done":
        job.method_direct_trigger()
        env.cr.commit()  # what the job committed is seen by a new transaction
        env.invalidate_all()
    assert not run.failure_ids


write_history(env, prepare(), CUSTOMERS, INVOICES, PAID)
# the other addon asks each customer for a language
env.cr.execute("UPDATE res_partner SET lang = 'en_US' WHERE name LIKE 'Bench %'")
env.cr.commit()
LAST = env.company._get_today() - timedelta(days=1)
FIRST = LAST - timedelta(days=6)
customers = env["res.partner"].search([("name", "=like", "Bench %")], limit=SOME)
works = {"figures": find_figures, "some": make_some}
if "report.partner_statement.activity_statement" in env:
    works["peer"] = peer
for _round in range(ROUNDS):
    for what, work in works.items():
        forget()
        tell_timed(env, what, work)
        env.cr.rollback()
forget()
tell_timed(env, "all", make_all)
env.cr.execute(
    "SELECT COUNT(*), COUNT(*) FILTER (WHERE is_tied) FROM customer_statement"
)
made, tied = env.cr.fetchone()
tell(what="stored", seconds=0, rows=made, of=CUSTOMERS, tied=tied)
