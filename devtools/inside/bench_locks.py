"""Time quotation, confirmation, invoice and posting (runs in Odoo's shell).

With and without the addon: what Odoo does alone is measured by the same lines. Each
kind of document takes its turn, so that a slow moment of the machine falls on all.
"""

# ruff: noqa: F821 - Odoo's shell gives `env`
import json
import os
import statistics
import time

TURNS = int(os.environ["BENCH"])
LINES = 5
#: the first turns fill Odoo's caches and are not counted
WARMING = 3


def prepare():
    """A company with a chart, a customer, products, and a list price in euros."""
    company = env.company
    if not company.chart_template:
        env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
    base = company.currency_id.name
    foreign = env["res.currency"].with_context(active_test=False)
    foreign = foreign.search([("name", "=", "CNY" if base == "EUR" else "EUR")])
    foreign.active = True
    env["res.currency.rate"].create({"currency_id": foreign.id, "rate": 0.9215})
    lists = env["product.pricelist"].create(
        [
            {"name": "Bench", "currency_id": currency.id, "company_id": company.id}
            for currency in (company.currency_id, foreign)
        ]
    )
    products = env["product.product"].create(
        [
            {
                "name": f"Bench {number}",
                "type": "service",
                "invoice_policy": "order",
                "list_price": 37.5 + number,
                "taxes_id": False,
            }
            for number in range(LINES)
        ]
    )
    partner = env["res.partner"].create({"name": "Bench"})
    return partner, products, lists


def quote(pricelist):
    """A quotation with a line of each product."""
    order = env["sale.order"].create(
        {
            "partner_id": partner.id,
            "pricelist_id": pricelist.id,
            "order_line": [
                (0, 0, {"product_id": product.id, "product_uom_qty": 3})
                for product in products
            ],
        }
    )
    env.flush_all()
    return order


def sell(order):
    """From the quotation to the posted invoice."""
    order.action_confirm()
    order._create_invoices().action_post()
    env.flush_all()


def timed(work, *arguments):
    """Run a step: what it gives, its seconds and its queries."""
    queries, start = env.cr.sql_log_count, time.perf_counter()
    result = work(*arguments)
    env.flush_all()
    return result, time.perf_counter() - start, env.cr.sql_log_count - queries


def turn(pricelist, lock):
    """One document; the click on Lock Rate, which Odoo has not, is timed apart."""
    order, quoted, queries = timed(quote, pricelist)
    clicked = timed(order.action_lock_rate)[1] if lock else 0.0
    _nothing, sold, more = timed(sell, order)
    return quoted + sold, queries + more, clicked


partner, products, (own, foreign) = prepare()
kinds = {"company currency": (own, False), "foreign": (foreign, False)}
if "fx.rate.lock" in env:
    kinds["locked"] = (foreign, True)
taken = {what: [] for what in kinds}
for number in range(WARMING + TURNS):
    for what, arguments in kinds.items():
        result = turn(*arguments)
        if number >= WARMING:
            taken[what].append(result)
for what, turns in taken.items():
    medians = map(statistics.median, zip(*turns, strict=True))
    seconds, queries, clicks = medians
    row = {"what": what, "seconds": seconds, "queries": queries, "click": clicks}
    print("BENCH " + json.dumps(row), flush=True)
env.cr.rollback()
