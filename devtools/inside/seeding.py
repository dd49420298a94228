"""Customers and invoices of a company that is measured, written by SQL.

The same rows with and without the addon, whatever is measured on them.
"""

# ruff: noqa: E501 - SQL as it is read

#: Customers. {name}: SQL of their names, from n, their number.
CUSTOMER_ROWS = """
CREATE TEMP TABLE b_partner AS
SELECT nextval('res_partner_id_seq')::int AS id, n FROM generate_series(0, %(customers)s - 1) n;
INSERT INTO res_partner (id, name, complete_name, active, is_company, commercial_partner_id,
                         country_id, type, autopost_bills, customer_rank, email, phone, city)
SELECT id, name, name, TRUE, TRUE, id, (%(country)s::int[])[1 + n %% 4], 'contact', 'ask', 1,
       'customer' || n || '@example.com', '+1 555 ' || n, 'Town ' || n %% 500
  FROM (SELECT id, n, {name} AS name FROM b_partner) p;
"""

#: Their invoices, of which the first `paid` are paid. {day} and {currency}: SQL of their
#: days and currencies, from g.n and p.n, the numbers of invoice and customer.
INVOICE_ROWS = """
CREATE TEMP TABLE b_invoice AS
SELECT nextval('account_move_id_seq')::int AS id, g.n, p.id AS partner_id, {day} AS day,
       30 AS terms, 100 + g.n * 31 %% 4900 AS amount, {currency} AS currency_id
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
       'posted', l.kind, i.day, i.day, CASE WHEN l.share > 0 THEN i.day + i.terms END,
       GREATEST(i.amount * l.share, 0), GREATEST(-i.amount * l.share, 0),
       i.amount * l.share, i.amount * l.share,
       CASE WHEN l.share > 0 AND i.n >= %(paid)s THEN i.amount ELSE 0 END,
       CASE WHEN l.share > 0 AND i.n >= %(paid)s THEN i.amount ELSE 0 END,
       l.share > 0 AND i.n < %(paid)s, 'Bench'
  FROM b_invoice i,
       (VALUES (%(asset_receivable)s, 'payment_term', 1.0), (%(income)s, 'product', -1.0))
       AS l (account, kind, share);
"""


#: The money for the first `paid` of them, each matched with its invoice.
MONEY_ROWS = """
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

#: Customers that buy in four currencies, invoices over three years, and money for all
#: but the newest of them: 3.68 items for each invoice.
HISTORY = (
    CUSTOMER_ROWS.format(name="'Bench ' || n")
    + INVOICE_ROWS.format(
        day="CURRENT_DATE - ((%(invoices)s - g.n)::bigint * 1000 / %(invoices)s)::int",
        currency="(%(own)s || %(foreign)s::int[])[1 + (g.n / %(customers)s + p.n) %% 4]",
    )
    + MONEY_ROWS
)


def give_chart(env):
    """Give the company a chart of accounts, where it has none."""
    if not env.company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=env.company, install_demo=False
        )


def open_currencies(env):
    """Activate three currencies besides the company's.

    :return: ``res.currency``
    """
    names = [
        n for n in ("EUR", "JPY", "GBP", "USD") if n != env.company.currency_id.name
    ]
    currencies = env["res.currency"].with_context(active_test=False)
    currencies = currencies.search([("name", "in", names[:3])])
    currencies.active = True
    return currencies


def write_rates(env, currencies):
    """Write a rate a day of the last 400 days."""
    env.cr.execute(
        """INSERT INTO res_currency_rate (currency_id, company_id, name, rate)
           SELECT c, %s, CURRENT_DATE - d,
                  1 + 0.01 * SIN(d / 7.0 + c) + 0.003 * (d * c %% 11)
             FROM UNNEST(%s) c, GENERATE_SERIES(0, 400) d
               ON CONFLICT DO NOTHING""",
        [env.company.id, currencies.ids],
    )


def write_history(env, currencies, customers, invoices, paid):
    """Write :data:`HISTORY` in so many rows.

    :param currencies: that customers buy in, besides the company's
    """
    sizes = {"customers": customers, "invoices": invoices, "paid": paid}
    write(env, HISTORY, {**find_values(env, currencies), **sizes})
    for table in ("account_move", "account_move_line", "account_partial_reconcile"):
        env.cr.execute(f"ANALYZE {table}")  # pylint: disable=sql-injection
    env.cr.commit()


def find_values(env, currencies):
    """Return what the statements ask for, but for sizes, of a company with a chart.

    :param currencies: that customers buy in, besides the company's
    """

    def first(model, field, kind):
        return env[model].search([(field, "=", kind)], limit=1).id

    accounts = ("asset_receivable", "income", "asset_cash")
    return {
        "company": env.company.id,
        "own": env.company.currency_id.id,
        "foreign": currencies.ids,
        "country": [env.ref(f"base.{code}").id for code in ("de", "us", "jp", "sg")],
        **{kind: first("account.account", "account_type", kind) for kind in accounts},
        **{kind: first("account.journal", "type", kind) for kind in ("sale", "bank")},
    }


def write(env, statements, values):
    """Run statements that semicolons part, and commit."""
    env.flush_all()
    for statement in filter(str.strip, statements.split(";")):
        env.cr.execute(statement, values)
    env.cr.commit()
    env.invalidate_all()
