"""Time quotation, confirmation, invoice and posting (runs in Odoo's shell).

With and without the addon: what Odoo does alone is measured by the same lines. Each
kind of document takes its turn, so that a slow moment of the machine falls on all.
"""

# ruff: noqa: F821 - Odoo's shell gives `env`
import os
from datetime import timedelta

from devtools.inside.turns import act_as, load_chart, tell, timed, told

#: 'nothing' is configured, or a 'policy' with limits, grades and an agreement
CONFIGURED = os.environ["BENCH"]
LINES = 5
ROLES = (
    "sales_team.group_sale_manager",
    "account.group_account_invoice",
    "multicurrency_crm.group_user",
)


def prepare(foreign):
    """Products, and a price list in each currency."""
    lists = env["product.pricelist"].create(
        [
            {"name": "Bench", "currency_id": currency.id, "company_id": env.company.id}
            for currency in (env.company.currency_id, foreign)
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
    return products, lists


def create_customer(name, limit=0.0):
    """A customer with three invoices, and with a limit and a grade where one is given.

    :param limit: in company currency
    """
    partner = env["res.partner"].create({"name": name, "is_company": True})
    for _number in range(3):
        order = quote(env, partner, own)
        order.action_confirm()
        order._create_invoices().action_post()
    if limit:
        today = env.company._get_today()
        env["credit.limit"].create(
            {
                "partner_id": partner.id,
                "company_id": env.company.id,
                "amount": limit,
                "currency_id": env.company.currency_id.id,
                "date_start": today - timedelta(days=300),
            }
        ).sudo().action_approve()
        partner._assess_credit(env.company)
    return partner


def agree(partner, currency):
    """An agreement about the rate, with a cap that is far away."""
    today = env.company._get_today()
    agreement = env["fx.rate.lock"].create(
        {
            "kind": "agreement",
            "company_id": env.company.id,
            "partner_id": partner.id,
            "currency_id": currency.id,
            "quoted_rate": "1.085",
            "date_start": today,
            "date_end": today + timedelta(days=90),
            "amount_cap": 10_000_000.0,
        }
    )
    agreement.action_activate()
    if agreement.state != "active":
        raise RuntimeError(f"The agreement is {agreement.state}")
    return partner


def get_kinds():
    """Return what is sold how: {name: (customer, price list, whether it is locked)}."""
    if CONFIGURED == "policy":
        env["credit.policy"].create({"name": "Bench", "company_id": env.company.id})
        limited, agreed = (
            create_customer(name, limit=10_000_000.0) for name in ("Limit", "Agreement")
        )
        return {
            "policy": (limited, own, False),
            "agreement": (agree(agreed, foreign.currency_id), foreign, False),
        }
    plain = create_customer("Bench")
    kinds = {
        "company currency": (plain, own, False),
        "foreign": (plain, foreign, False),
    }
    if "fx.rate.lock" in env:
        kinds["locked"] = (plain, foreign, True)
    return kinds


def quote(env, partner, pricelist):
    """A quotation with a line of each product."""
    return env["sale.order"].create(
        {
            "partner_id": partner.id,
            "pricelist_id": pricelist.id,
            "order_line": [
                (0, 0, {"product_id": product.id, "product_uom_qty": 3})
                for product in products
            ],
        }
    )


def turn(what, partner, pricelist, lock):
    """One document; the click on Lock Rate, which Odoo has not, is timed apart."""
    order, *created = timed(acting, quote, acting, partner, pricelist)
    if lock:
        tell(f"{what}: lock", *timed(acting, order.action_lock_rate)[1:])
    elif what == "agreement" and not order.locked_rate:
        raise RuntimeError("The agreement isn't taken")
    _nothing, *confirmed = timed(acting, order.action_confirm)
    invoice, *invoiced = timed(acting, order._create_invoices)
    _nothing, *posted = timed(acting, invoice.action_post)
    posted = [sum(pair) for pair in zip(invoiced, posted, strict=True)]
    tell(f"{what}: create", *created)
    tell(f"{what}: confirm", *confirmed)
    tell(f"{what}: invoice and post", *posted)
    whole = map(sum, zip(created, confirmed, posted, strict=True))
    tell(f"{what}: whole", *whole)


products, (own, foreign) = prepare(load_chart(env))
acting = act_as(env, *ROLES)
kinds = get_kinds()
env.flush_all()
# as a database in use has been, by itself; of these alone: catalogs that databases
# share stay locked until the end, and the next database would wait for it
env.cr.execute(
    "ANALYZE account_move, account_move_line, sale_order, sale_order_line, res_partner"
)
for _turn in told():
    for what, arguments in kinds.items():
        turn(what, *arguments)
env.cr.rollback()
