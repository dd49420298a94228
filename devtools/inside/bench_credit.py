"""Seed a company's customers, and time their assessment (runs in Odoo's shell).

In one database, beside OCA's account_financial_risk where it is installed: what it
takes merely to compute each customer's total risk.
"""

# ruff: noqa: E501, F821 - SQL as it is read; Odoo's shell gives `env`
import json
import os
import resource
import time

SIZE = int(os.environ["BENCH"])
CUSTOMERS, INVOICES, PAID = 5_200 * SIZE, 100_000 * SIZE, 84_000 * SIZE
#: a large one tells of memory, for which one round will do
ROUNDS = 3 if SIZE == 1 else 1


def prepare():
    """A company with a chart, three foreign currencies with a year of rates, a policy."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
    names = [n for n in ("EUR", "JPY", "GBP", "USD") if n != company.currency_id.name]
    currencies = env["res.currency"].with_context(active_test=False)
    currencies = currencies.search([("name", "in", names[:3])])
    currencies.active = True
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
    return company, currencies


def seed(company, currencies):
    """Customers that buy in four currencies, invoices over three years, and money for
    all but the newest of them: 3.68 items for each invoice."""
    accounts = {
        kind: env["account.account"].search([("account_type", "=", kind)], limit=1).id
        for kind in ("asset_receivable", "income", "asset_cash")
    }
    journals = {
        kind: env["account.journal"].search([("type", "=", kind)], limit=1).id
        for kind in ("sale", "bank")
    }
    values = {
        "company": company.id,
        "own": company.currency_id.id,
        "foreign": currencies.ids,
        "customers": CUSTOMERS,
        "invoices": INVOICES,
        "paid": PAID,
        **accounts,
        **journals,
        "country": [env.ref(f"base.{code}").id for code in ("de", "us", "jp", "sg")],
    }
    for statement in SEED.split(";"):
        if statement.strip():
            env.cr.execute(statement, values)
    env.cr.commit()
    env.invalidate_all()
    for table in ("account_move", "account_move_line", "account_partial_reconcile"):
        env.cr.execute(f"ANALYZE {table}")  # pylint: disable=sql-injection
    env.cr.commit()


SEED = """
CREATE TEMP TABLE b_partner AS
SELECT nextval('res_partner_id_seq')::int AS id, n FROM generate_series(0, %(customers)s - 1) n;
INSERT INTO res_partner (id, name, complete_name, active, is_company, commercial_partner_id,
                         country_id, type, autopost_bills)
SELECT id, 'Bench ' || n, 'Bench ' || n, TRUE, TRUE, id,
       (%(country)s::int[])[1 + n %% 4], 'contact', 'ask'
  FROM b_partner;
CREATE TEMP TABLE b_invoice AS
SELECT nextval('account_move_id_seq')::int AS id, g.n, p.id AS partner_id,
       CURRENT_DATE - ((%(invoices)s - g.n)::bigint * 1000 / %(invoices)s)::int AS day,
       30 AS terms, 100 + g.n * 31 %% 4900 AS amount,
       (%(own)s || %(foreign)s::int[])[1 + (g.n / %(customers)s + p.n) %% 4]
           AS currency_id
  FROM generate_series(0, %(invoices)s - 1) AS g (n)
  JOIN b_partner p ON p.n = g.n %% %(customers)s;
INSERT INTO account_move (id, name, move_type, state, date, invoice_date, invoice_date_due,
                          journal_id, company_id, currency_id, partner_id,
                          commercial_partner_id, amount_total, amount_total_signed,
                          amount_total_in_currency_signed, payment_state, auto_post,
                          invoice_currency_rate)
SELECT id, 'BENCH/' || n, 'out_invoice', 'posted', day, day, day + terms, %(sale)s,
       %(company)s, currency_id, partner_id, partner_id, amount, amount, amount,
       CASE WHEN n < %(paid)s THEN 'paid' ELSE 'not_paid' END, 'no', 1
  FROM b_invoice;
ANALYZE b_invoice;
INSERT INTO account_move_line (move_id, journal_id, company_id, company_currency_id,
       account_id, currency_id, partner_id, parent_state, display_type, date, invoice_date,
       date_maturity, debit, credit, balance, amount_currency, amount_residual,
       amount_residual_currency, reconciled, name)
SELECT i.id, %(sale)s, %(company)s, %(own)s, l.account, i.currency_id, i.partner_id,
       'posted', l.kind, i.day, i.day, CASE WHEN l.kind = 'payment_term' THEN i.day + i.terms END,
       CASE WHEN l.share > 0 THEN i.amount * l.share ELSE 0 END,
       CASE WHEN l.share < 0 THEN -i.amount * l.share ELSE 0 END,
       i.amount * l.share, i.amount * l.share,
       CASE WHEN l.kind = 'payment_term' AND i.n >= %(paid)s THEN i.amount ELSE 0 END,
       CASE WHEN l.kind = 'payment_term' AND i.n >= %(paid)s THEN i.amount ELSE 0 END,
       l.kind = 'payment_term' AND i.n < %(paid)s, 'Bench'
  FROM b_invoice i,
       (VALUES (%(asset_receivable)s, 'payment_term', 1.0),
               (%(income)s, 'product', -1.0))
       AS l (account, kind, share);
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


company, currencies = prepare()
seed(company, currencies)
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
