"""Follow a company's customers for two nights, and open the list of them (runs in
Odoo's shell).

The list is timed beside Odoo's own list of the same customers.
"""

# ruff: noqa: E501, F821 - SQL as it is read; Odoo's shell gives `env`
import json
import os
import time

from devtools.inside.seeding import (
    give_chart,
    open_currencies,
    write,
    write_history,
    write_rates,
)
from devtools.inside.timing import tell, tell_timed

SIZES = json.loads(os.environ["BENCH"])
PAGE, ROUNDS = 80, 9
CUSTOMERS = [("customer_rank", ">", 0)]
SHOWN = ("name", "email", "phone", "city", "country_id")


def prepare():
    give_chart(env)
    currencies = open_currencies(env)
    write_rates(env, currencies)
    env.company.lifecycle_followed = True
    return currencies


#: An order for every fifth invoice, and a quotation for every fiftieth that is still
#: open.
ORDERS = """
INSERT INTO sale_order
       (name, partner_id, partner_invoice_id, partner_shipping_id, company_id,
        date_order, create_date, write_date, state, currency_id, currency_rate,
        amount_untaxed, amount_total, amount_total_company)
SELECT 'S' || m.id, m.partner_id, m.partner_id, m.partner_id, m.company_id,
       d.day, d.day - INTERVAL '5 days', NOW() AT TIME ZONE 'UTC',
       CASE WHEN MOD(m.id, 50) = 0 THEN 'draft' ELSE 'sale' END, m.currency_id,
       m.invoice_currency_rate, m.amount_total, m.amount_total, m.amount_total_signed
  FROM account_move m
 CROSS JOIN LATERAL (
       SELECT CASE WHEN MOD(m.id, 50) = 0 THEN CURRENT_DATE - 45
                   ELSE m.invoice_date END::timestamp AS day) d
 WHERE m.move_type = 'out_invoice' AND MOD(m.id, 5) = 0;
INSERT INTO sale_order_line
       (order_id, name, product_uom_qty, price_unit, customer_lead, is_downpayment,
        company_id, write_date)
SELECT id, 'Goods', 1, amount_total, 0, TRUE, company_id, write_date FROM sale_order;
ANALYZE sale_order;
ANALYZE sale_order_line
"""


def suggest():
    """What a night suggests, alone: once more for all customers."""
    Life, Suggestion = env["customer.life"].sudo(), env["customer.suggestion"].sudo()
    ids = Life.search([("company_id", "=", env.company.id)]).partner_id.ids
    for at in range(0, len(ids), 1000):
        Suggestion._find_anew(env.company, ids[at : at + 1000])
    env.cr.commit()


def night():
    """The nightly run, as if the last one were days ago."""
    env["customer.life"]._cron_follow()
    env.cr.commit()


def touch():
    """What a day changes: one invoice of a hundred."""
    env.cr.execute(
        "UPDATE account_move SET write_date = NOW() AT TIME ZONE 'UTC' WHERE id % 100 = 0"
    )
    env.cr.execute(
        "UPDATE account_move SET write_date = NOW() AT TIME ZONE 'UTC' - INTERVAL '9 days' WHERE id % 100 != 0"
    )
    env.cr.commit()


def open_list(order, group, more=()):
    """Open a page of the list and its groups, as the client asks for them."""
    Partner = env["res.partner"].with_context(bin_size=True)
    shown = {name: {} for name in (*SHOWN, *more)}
    Partner.web_search_read(CUSTOMERS, shown, limit=PAGE, order=order)
    if group:
        Partner.web_read_group(CUSTOMERS, [group], ["__count"])


def time_lists():
    """The best of several rounds, in turn: the list as it opens, and sorted and grouped,
    each beside Odoo's own by a column of its own."""
    ours = ("lifecycle_stage", "last_contact_date", "next_contact_date")
    lists = {
        "core opened": (None, None),
        "opened with stage and contacts": (None, None, ours),
        "core sorted": ("country_id", "country_id"),
        "sorted by stage": ("lifecycle_stage", "lifecycle_stage"),
        "sorted by last contact": ("last_contact_date desc", "last_contact_date:month"),
    }
    best = {}
    for _round in range(ROUNDS):
        for what, asked in lists.items():
            env.invalidate_all()
            start = time.perf_counter()
            open_list(*asked)
            best[what] = min(best.get(what, 99), time.perf_counter() - start)
    for what, seconds in best.items():
        tell(what=f"list {what}", seconds=round(seconds, 4), queries=0, megabytes=0)


write_history(env, prepare(), SIZES["customers"], SIZES["invoices"], SIZES["paid"])
write(env, ORDERS, {})
tell_timed(env, "first night", night)
touch()
tell_timed(env, "later night", night)
env.cr.execute("ANALYZE res_partner, customer_life")
tell_timed(env, "suggestions of that", suggest)
time_lists()
env.cr.execute(
    "SELECT COUNT(*), COUNT(*) FILTER (WHERE stage IS NOT NULL) FROM customer_life"
)
lives, staged = env.cr.fetchone()
env.cr.execute("SELECT COUNT(*) FROM customer_milestone WHERE NOT is_void")
noted = env.cr.fetchone()[0]
env.cr.execute("SELECT kind, COUNT(*) FROM customer_suggestion GROUP BY kind")
tell(
    what="noted",
    seconds=0,
    queries=0,
    megabytes=0,
    lives=lives,
    staged=staged,
    facts=noted,
    suggested=dict(env.cr.fetchall()),
)
