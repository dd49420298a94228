"""Seed a company's customers, and time their assessment (runs in Odoo's shell).

In one database, beside OCA's account_financial_risk where it is installed: what it
takes merely to compute each customer's total risk.
"""

# ruff: noqa: E501, F821 - SQL as it is read; Odoo's shell gives `env`
import json
import os
import resource
import time

from devtools.inside.seeding import (
    CUSTOMER_ROWS,
    INVOICE_ROWS,
    find_values,
    give_chart,
    open_currencies,
    write,
)

SIZE = int(os.environ["BENCH"])
CUSTOMERS, INVOICES, PAID = 5_200 * SIZE, 100_000 * SIZE, 84_000 * SIZE
#: a large one tells of memory, for which one round will do
ROUNDS = 3 if SIZE == 1 else 1


def prepare():
    """A company with a chart, three foreign currencies with a year of rates, a policy."""
    company = env.company
    give_chart(env)
    currencies = open_currencies(env)
    env.cr.execute(
        """INSERT INTO res_currency_rate (currency_id, company_id, name, rate)
           SELECT c, %s, CURRENT_DATE - d,
                  1 + 0.01 * SIN(d / 7.0 + c) + 0.003 * (d * c %% 11)
             FROM UNNEST(%s) c, GENERATE_SERIES(0, 400) d
               ON CONFLICT DO NOTHING""",
        [company.id, currencies.ids],
    )
    if "credit.policy" in env:
        env["credit.policy"].create({"name": "Bench", "company_id": company.id})
    return currencies


def seed(currencies):
    """Customers that buy in four currencies, invoices over three years, and money for
    all but the newest of them: 3.68 items for each invoice."""
    sizes = {"customers": CUSTOMERS, "invoices": INVOICES, "paid": PAID}
    write(env, SEED, {**find_values(env, currencies), **sizes})
    for table in ("account_move", "account_move_line", "account_partial_reconcile"):
        env.cr.execute(f"ANALYZE {table}")  # pylint: disable=sql-injection
    env.cr.commit()


SEED = (
    CUSTOMER_ROWS.format(name="'Bench ' || n")
    + INVOICE_ROWS.format(
        day="CURRENT_DATE - ((%(invoices)s - g.n)::bigint * 1000 / %(invoices)s)::int",
        currency="(%(own)s || %(foreign)s::int[])[1 + (g.n / %(customers)s + p.n) %% 4]",
    )
    + """
CREATE TEMP TABLE b_money AS
SELECT nextval('account_move_id_seq')::int AS id, n, i.id AS invoice_id, i.partner_id,
       LEAST(day + terms - 10 + (n * 13 %% 45)::int, CURRENT_DATE) AS day, amount, currency_id
  FROM b_invoice i WHERE n < %(paid)s;
INSERT INTO account_move (id, name, move_type, state, date, journal_id, company_id, currency_id,
                          partner_id, commercial_partner_id, auto_post, payment_state)
SELECT id, 'MONEY/' || n, 'entry', 'posted', day, %(bank)s, %(company)s, currency_id, partner_id,
       partner_id, 'no', 'not_paid'
  FROM b_money;
INSERT INTO account_move_line (move_id, journal_id, company_id, company_currency_id,
       account_id, currency_id, partner_id, parent_state, display_type, date, date_maturity,
       debit, credit, balance, amount_currency, amount_residual, amount_residual_currency,
       reconciled, name)
SELECT m.id, %(bank)s, %(company)s, %(own)s, l.account, m.currency_id, m.partner_id, 'posted',
       l.kind, m.day, m.day,
       CASE WHEN l.sign > 0 THEN m.amount ELSE 0 END, CASE WHEN l.sign < 0 THEN m.amount ELSE 0 END,
       m.amount * l.sign, m.amount * l.sign, 0, 0, l.sign < 0, 'Bench'
  FROM b_money m,
       (VALUES (%(asset_cash)s, 'product', 1), (%(asset_receivable)s, 'payment_term', -1))
       AS l (account, kind, sign);
ANALYZE b_money;
ANALYZE account_move_line;
INSERT INTO account_partial_reconcile (debit_move_id, credit_move_id, debit_currency_id,
       credit_currency_id, company_id, amount, debit_amount_currency, credit_amount_currency,
       max_date)
SELECT d.id, c.id, m.currency_id, m.currency_id, %(company)s, m.amount, m.amount, m.amount, m.day
  FROM b_money m
  JOIN account_move_line d ON d.move_id = m.invoice_id AND d.display_type = 'payment_term'
  JOIN account_move_line c ON c.move_id = m.id AND c.display_type = 'payment_term';
"""
)


def timed(work):
    """Seconds, queries and growth of memory in MB of a step."""
    env.flush_all()
    env.invalidate_all()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    seconds = time.perf_counter() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    return seconds, env.cr.sql_log_count - queries, grown / 1024


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


seed(prepare())
works = {"assess": assess}
if "risk_total" in env["res.partner"]._fields:
    works["peer"] = peer
for _round in range(ROUNDS):
    for what, work in works.items():
        if what == "assess":
            forget()
        seconds, queries, grown = timed(work)
        print(
            "BENCH "
            + json.dumps(
                {
                    "what": what,
                    "seconds": round(seconds, 2),
                    "queries": queries,
                    "megabytes": round(grown),
                }
            )
        )
env.cr.execute("SELECT COUNT(*), COUNT(DISTINCT partner_id) FROM credit_assessment")
stored, customers = env.cr.fetchone()
print(
    "BENCH "
    + json.dumps({"what": "stored", "seconds": 0, "rows": stored, "of": customers})
)
