"""Time the screens of a company with 50,000 customers (runs in Odoo's shell).

With and without the addon: each asks for what its own views show. Customers, their
invoices and orders are written by SQL, the same in both.
"""

# ruff: noqa: E501, F821 - SQL as it is read; Odoo's shell gives `env`
import json
import os
import time

from lxml import etree

from odoo.tests import Form

from devtools.inside.turns import act_as, load_chart, tell, timed, told

SIZES = json.loads(os.environ["BENCH"])
ROLES = (
    "sales_team.group_sale_manager",
    "account.group_account_invoice",
    "multicurrency_crm.group_manager",
    "multicurrency_crm.group_multicurrency_credit",
)
CUSTOMERS = [("customer_rank", ">", 0)]
PAGE, FAR = 80, 40_000
BY_SCORE = "credit_score desc"

SEED = """
INSERT INTO res_currency_rate (currency_id, name, rate)
SELECT c, CURRENT_DATE - 30, 1.2 + 0.1 * c / 100 FROM UNNEST(%(foreign)s) c
    ON CONFLICT DO NOTHING;
CREATE TEMP TABLE b_partner AS
SELECT nextval('res_partner_id_seq')::int AS id, n FROM generate_series(0, %(customers)s - 1) n;
INSERT INTO res_partner (id, name, complete_name, active, is_company, commercial_partner_id,
                         country_id, type, autopost_bills, customer_rank, email, phone, city)
SELECT id, name, name, TRUE, TRUE, id, (%(country)s::int[])[1 + n %% 4], 'contact', 'ask', 1,
       'customer' || n || '@example.com', '+1 555 ' || n, 'Town ' || n %% 500
  FROM (SELECT id, n, 'Customer ' || LPAD((n * 7919 %% %(customers)s)::text, 6, '0') AS name
          FROM b_partner) p;
CREATE TEMP TABLE b_invoice AS
SELECT nextval('account_move_id_seq')::int AS id, g.n, p.id AS partner_id,
       CURRENT_DATE - (g.n %% 400)::int AS day, 30 AS terms, 100 + g.n * 31 %% 4900 AS amount,
       (%(foreign)s::int[])[1 + g.n %% 3] AS currency_id
  FROM generate_series(0, %(invoices)s - 1) AS g (n)
  JOIN b_partner p ON p.n = g.n %% %(customers)s;
INSERT INTO account_move (id, name, move_type, state, date, invoice_date, invoice_date_due,
                          journal_id, company_id, currency_id, partner_id,
                          commercial_partner_id, amount_total, amount_total_signed,
                          amount_total_in_currency_signed, payment_state, auto_post,
                          invoice_currency_rate)
SELECT id, 'BENCH/' || n, 'out_invoice', 'posted', day, day, day + terms, %(sale)s,
       %(company)s, currency_id, partner_id, partner_id, amount, amount, amount,
       'not_paid', 'no', 1
  FROM b_invoice;
INSERT INTO account_move_line (move_id, journal_id, company_id, company_currency_id,
       account_id, currency_id, partner_id, parent_state, display_type, date, invoice_date,
       date_maturity, debit, credit, balance, amount_currency, amount_residual,
       amount_residual_currency, reconciled, name)
SELECT i.id, %(sale)s, %(company)s, %(own)s, l.account, i.currency_id, i.partner_id,
       'posted', l.kind, i.day, i.day, CASE WHEN l.share > 0 THEN i.day + i.terms END,
       GREATEST(i.amount * l.share, 0), GREATEST(-i.amount * l.share, 0),
       i.amount * l.share, i.amount * l.share,
       GREATEST(i.amount * l.share, 0), GREATEST(i.amount * l.share, 0), FALSE, 'Bench'
  FROM b_invoice i,
       (VALUES (%(asset_receivable)s, 'payment_term', 1.0), (%(income)s, 'product', -1.0))
       AS l (account, kind, share)
"""
PLAIN_SUM = """
SELECT l.currency_id, DATE_TRUNC('month', l.date_maturity), SUM(l.amount_residual_currency)
  FROM account_move_line l
  JOIN account_account a ON a.id = l.account_id
 WHERE a.account_type = 'asset_receivable' AND l.parent_state = 'posted'
   AND NOT l.reconciled AND l.currency_id != l.company_currency_id
   AND l.company_id = %s
 GROUP BY 1, 2
"""


def seed():
    """Write the customers and what they owe."""
    company = env.company
    load_chart(env)
    names = [n for n in ("EUR", "JPY", "GBP", "USD") if n != company.currency_id.name]
    currencies = env["res.currency"].with_context(active_test=False)
    currencies = currencies.search([("name", "in", names[:3])])
    currencies.active = True
    env.flush_all()
    values = {
        "company": company.id,
        "own": company.currency_id.id,
        "foreign": currencies.ids,
        "country": [env.ref(f"base.{code}").id for code in ("de", "us", "jp", "sg")],
        **{
            kind: env["account.account"]
            .search([("account_type", "=", kind)], limit=1)
            .id
            for kind in ("asset_receivable", "income")
        },
        "sale": env["account.journal"].search([("type", "=", "sale")], limit=1).id,
        **SIZES,
    }
    for statement in SEED.split(";"):
        env.cr.execute(statement, values)
    env.cr.execute("SELECT id FROM b_partner WHERE n < 60 ORDER BY n")
    partner_ids = [row[0] for row in env.cr.fetchall()]
    env.cr.commit()
    env.invalidate_all()
    return env["res.partner"].browse(partner_ids)


def sell(partners):
    """Orders and invoices that Odoo itself makes, for the customers that are opened."""
    product = env["product.product"].create(
        {
            "name": "Bench",
            "type": "service",
            "invoice_policy": "order",
            "list_price": 40.0,
        }
    )
    orders = env["sale.order"].create(
        [
            {
                "partner_id": partner.id,
                "order_line": [
                    (0, 0, {"product_id": product.id, "product_uom_qty": 2})
                ],
            }
            for partner in partners
            for _number in range(4)
        ]
    )
    orders[::2].action_confirm()
    return product


def configure(partners):
    """A policy, limits, and a grade for every customer, where the addon is installed."""
    env["credit.policy"].create({"name": "Bench", "company_id": env.company.id})
    limits = env["credit.limit"].create(
        [
            {
                "partner_id": partner.id,
                "company_id": env.company.id,
                "amount": 1_000_000.0,
                "currency_id": env.company.currency_id.id,
            }
            for partner in partners
        ]
    )
    limits.sudo().action_approve()
    env.cr.commit()
    for table in ("credit_rule", "credit_band"):  # the scorecard is an old one
        env.cr.execute(
            f"UPDATE {table} SET write_date = write_date - INTERVAL '9 days'"
        )
    env.cr.commit()
    env["res.partner"].search(CUSTOMERS)._assess_credit(env.company, whole=True)
    env.cr.commit()


def specify(env, nodes):
    """Return what the web client asks for, given the nodes of a view's fields."""
    asked = {}
    for model, node in nodes:
        field = env[model]._fields[node.get("name")]
        spec = asked.setdefault(field.name, {})
        if field.type in ("many2one", "reference"):
            spec["fields"] = {"display_name": {}}
        elif field.type in ("one2many", "many2many"):
            inner = [(field.comodel_name, each) for each in find_fields(node)]
            below = specify(env, inner) if inner else {"display_name": {}}
            spec.setdefault("fields", {}).update(
                below if len(node) or node.get("widget") else {}
            )
    return asked


def find_fields(node):
    """Find the fields of a view that aren't those of a list within it."""
    depth = len(list(node.iterancestors("field"))) + (node.tag == "field")
    return [
        each
        for each in node.iterdescendants("field")
        if len(list(each.iterancestors("field"))) == depth
    ]


def view(model, kind):
    """Return what a view of a model asks for."""
    views = acting[model].get_views([(False, kind)])
    arch = etree.fromstring(views["views"][kind]["arch"])
    return specify(acting, [(model, node) for node in find_fields(arch)])


def list_customers(limit=PAGE, **asked):
    acting["res.partner"].web_search_read(
        CUSTOMERS, LISTED, limit=limit, count_limit=10_001, **asked
    )


def open_customer(number):
    partners[number % len(partners)].with_env(acting).web_read(SHOWN)


ONCHANGE = Form._perform_onchange


def timed_onchange(form, field_name=None):
    """Ask the server as the web client does, and keep what it took."""
    cr, start = acting.cr, time.perf_counter()
    before = cr.sql_log_count
    result = ONCHANGE(form, field_name)
    taken["seconds"] += time.perf_counter() - start
    taken["queries"] += cr.sql_log_count - before
    return result


def quote(number):
    """A new quotation: its customer is picked, and a line added."""
    acting.flush_all()
    acting.invalidate_all()
    taken.update(seconds=0.0, queries=0)
    form = Form(acting["sale.order"])
    form.partner_id = partners[number % len(partners)].with_env(acting)
    with form.order_line.new() as line:
        line.product_id = product.with_env(acting)
    tell("quotation", **taken)


def net_position():
    acting["fx.net.position"].web_read_group(
        [],
        ["currency_id"],
        ["amount:sum", "amount_company:sum", "one_percent:sum"],
        auto_unfold=True,
        unfold_read_specification=POSITION,
        unfold_read_default_limit=PAGE,
    )


def plain_sum():
    acting.cr.execute(PLAIN_SUM, [acting.company.id])
    acting.cr.fetchall()


def assess(number):
    """The first *Assess Now* of a day: the last night was one before."""
    acting.cr.execute("UPDATE credit_peer SET date = CURRENT_DATE - 1")
    partner = partners[number % len(partners)].with_env(acting)
    tell("assess now", *timed(acting, partner.action_assess_credit)[1:])


def turn(number):
    for what, asked in LISTS.items():
        tell(what, *timed(acting, lambda asked=asked: list_customers(**asked))[1:])
    tell("form", *timed(acting, open_customer, number)[1:])
    quote(number)
    if HAS_ADDON:
        tell("net position", *timed(acting, net_position)[1:])
        tell("plain sum", *timed(acting, plain_sum)[1:])
        assess(number)


HAS_ADDON = "credit.policy" in env
Form._perform_onchange, taken = timed_onchange, {}
partners = seed()
product = sell(partners)
if HAS_ADDON:
    configure(partners)
env.cr.commit()
env.cr.execute("ANALYZE")
env.cr.commit()
acting = act_as(env, *ROLES)
LISTED, SHOWN = view("res.partner", "list"), view("res.partner", "form")
LISTS = {
    "list": {},
    "list, 20 rows": {"limit": 20},
    f"list at {FAR:,}": {"offset": FAR},
}
if HAS_ADDON:
    POSITION = view("fx.net.position", "list")
    LISTS["by score"] = {"order": BY_SCORE}
    LISTS[f"by score at {FAR:,}"] = {"order": BY_SCORE, "offset": FAR}
for number, _turn in enumerate(told()):
    turn(number)
env.cr.rollback()
