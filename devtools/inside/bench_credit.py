"""Seed a company's customers, and time their assessment (runs in Odoo's shell).

In one database, beside OCA's account_financial_risk where it is installed: what it
takes merely to compute each customer's total risk.
"""

# ruff: noqa: E501, F821 - SQL as it is read; Odoo's shell gives `env`
import os

from devtools.inside.seeding import (
    give_chart,
    open_currencies,
    write_history,
    write_rates,
)
from devtools.inside.timing import tell, tell_timed

SIZE = int(os.environ["BENCH"])
CUSTOMERS, INVOICES, PAID = 5_200 * SIZE, 100_000 * SIZE, 84_000 * SIZE
#: a large one tells of memory, for which one round will do
ROUNDS = 3 if SIZE == 1 else 1


def prepare():
    """A company with a chart, three foreign currencies with a year of rates, a policy."""
    give_chart(env)
    currencies = open_currencies(env)
    write_rates(env, currencies)
    if "credit.policy" in env:
        env["credit.policy"].create({"name": "Bench", "company_id": env.company.id})
    return currencies


def forget():
    """As on the first night."""
    env.cr.execute("UPDATE res_partner SET credit_assessment_id = NULL")
    env.cr.execute("TRUNCATE credit_assessment, credit_assessment_chunk, credit_peer")
    env.cr.commit()


def assess():
    """The nightly run: every customer, stored and committed."""
    env["credit.assessment"]._cron_assess()
    env.cr.commit()


def peer():
    """What the other addon computes for the same customers."""
    env["res.partner"].search([("name", "=like", "Bench %")]).mapped("risk_total")


write_history(env, prepare(), CUSTOMERS, INVOICES, PAID)
works = {"assess": assess}
if "risk_total" in env["res.partner"]._fields:
    works["peer"] = peer
for _round in range(ROUNDS):
    for what, work in works.items():
        if what == "assess":
            forget()
        tell_timed(env, what, work)
env.cr.execute("SELECT COUNT(*), COUNT(DISTINCT partner_id) FROM credit_assessment")
stored, customers = env.cr.fetchone()
tell(what="stored", seconds=0, rows=stored, of=customers)
