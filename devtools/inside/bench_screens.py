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

from devtools.inside.seeding import (
    CUSTOMER_ROWS,
    INVOICE_ROWS,
    find_values,
    open_currencies,
    write,
)
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

SEED = (
    """
INSERT INTO res_currency_rate (currency_id, name, rate)
SELECT c, CURRENT_DATE - 30, 1.2 + 0.1 * c / 100 FROM UNNEST(%(foreign)s) c
    ON CONFLICT DO NOTHING;
"""
    + CUSTOMER_ROWS.format(
        name="'Customer ' || LPAD((n * 7919 %% %(customers)s)::text, 6, '0')"
    )
    + INVOICE_ROWS.format(
        day="CURRENT_DATE - (g.n %% 400)::int",
        currency="(%(foreign)s::int[])[1 + g.n %% 3]",
    )
)
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
    load_chart(env)
    values = find_values(env, open_currencies(env))
    write(env, SEED, {**values, "paid": 0, **SIZES})
    env.cr.execute("SELECT id FROM b_partner WHERE n < 60 ORDER BY n")
    return env["res.partner"].browse([row[0] for row in env.cr.fetchall()])


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
