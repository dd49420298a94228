"""Make the company that `./dev load` works in (runs in Odoo's shell).

With and without the addon: few customers, on whom everybody works at once. With it,
each has a limit, and half of them an agreement with a cap. Where there is a warehouse,
goods are sold and delivered.
"""

# ruff: noqa: F821 - Odoo's shell gives `env`
import json
from datetime import timedelta

from devtools.inside.seeding import give_chart

CUSTOMERS, CAP, LIMIT = 4, 6_000.0, 9_000.0
ROLES = {
    "seller1": ["sales_team.group_sale_salesman_all_leads"],
    "seller2": [
        "sales_team.group_sale_salesman_all_leads",
        "multicurrency_crm.group_user",
    ],
    "manager": ["sales_team.group_sale_manager", "multicurrency_crm.group_manager"],
    "clerk": [
        "sales_team.group_sale_salesman_all_leads",
        "account.group_account_invoice",
        "multicurrency_crm.group_finance",
    ],
    "credit": [
        "sales_team.group_sale_salesman_all_leads",
        "multicurrency_crm.group_credit_manager",
    ],
}


HAS_STOCK = "stock.picking" in env
if HAS_STOCK:
    ROLES["store"] = ["stock.group_stock_user"]


def make_users():
    """Colleagues of each role, whose password is their name."""
    for login, names in ROLES.items():
        groups = [env.ref(name, False) for name in ["base.group_user", *names]]
        env["res.users"].create(
            {
                "name": login,
                "login": login,
                "password": login,
                "group_ids": [(6, 0, [group.id for group in groups if group])],
            }
        )


def make_trade():
    """:return: (customers, products)"""
    give_chart(env)
    euro = env.ref("base.EUR")
    euro.active = True
    euro.rate_ids.unlink()
    env["res.currency.rate"].create({"currency_id": euro.id, "rate": 0.9})
    lists = env["product.pricelist"].create({"name": "Load", "currency_id": euro.id})
    customers = env["res.partner"].create(
        [
            {
                "name": f"Load {number}",
                "is_company": True,
                "property_product_pricelist": lists.id,
            }
            for number in range(CUSTOMERS)
        ]
    )
    products = env["product.product"].create(
        [
            {
                "name": f"Load {price}",
                "type": "consu" if HAS_STOCK else "service",
                "invoice_policy": policy if HAS_STOCK else "order",
                "list_price": price,
                "taxes_id": False,
            }
            for price, policy in ((90.0, "order"), (250.0, "delivery"))
        ]
    )
    return customers, products


def promise(customers):
    """Limits for all, agreements for half."""
    company, today = env.company, env.company._get_today()
    features = env["res.config.settings"].create(
        {"group_multicurrency_credit": True, "group_multicurrency_agreement": True}
    )
    features.execute()
    env["credit.policy"].create({"name": "Load", "company_id": company.id})
    for customer in customers:
        limit = env["credit.limit"].create(
            {
                "partner_id": customer.id,
                "company_id": company.id,
                "amount": LIMIT,
                "currency_id": company.currency_id.id,
                "date_start": today,
            }
        )
        limit.sudo().action_approve()
    customers._assess_credit(company)
    for customer in customers[: CUSTOMERS // 2]:
        agreement = env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "company_id": company.id,
                "partner_id": customer.id,
                "currency_id": env.ref("base.EUR").id,
                "quoted_rate": "1.10",
                "date_start": today,
                "date_end": today + timedelta(90),
                "amount_cap": CAP,
            }
        )
        agreement.action_activate()


make_users()
customers, products = make_trade()
if "fx.rate.lock" in env:
    promise(customers)
env.cr.commit()
made = {
    "logins": [*ROLES],
    "customers": customers.ids,
    "products": products.ids,
    "addon": "fx.rate.lock" in env,
}
print("LOAD " + json.dumps(made), flush=True)
