"""Say what doesn't tie out after `./dev load` (runs in Odoo's shell).

What orders draw is counted again from nothing, exposures are those of a slow second
way, and no cap and no limit is slipped.
"""

# ruff: noqa: F821 - Odoo's shell gives `env`
import json
from collections import Counter

from odoo.addons.multicurrency_crm.tests.credit.credit_brute import SlowExposure

TAKEN = ("lock_reserved", "lock_drawn", "lock_open")


def find_caps():
    """Agreements whose amounts aren't those of their orders, or that are overdrawn."""
    locks = env["fx.rate.lock"].search([])
    before = {
        lock: (lock.amount_drawn, lock.amount_reserved, lock.amount_available)
        for lock in locks
    }
    orders = locks.order_ids
    for name in TAKEN:
        env.add_to_compute(orders._fields[name], orders)
    env.flush_all()
    for lock, stored in before.items():
        counted = (lock.amount_drawn, lock.amount_reserved, lock.amount_available)
        if any(
            lock.currency_id.compare_amounts(*pair)
            for pair in zip(stored, counted, strict=True)
        ):
            yield f"{lock.name} stores {stored}, its orders give {counted}"
        if lock.amount_cap and lock.currency_id.compare_amounts(counted[2], 0) < 0:
            yield f"{lock.name} is overdrawn: {counted}"


def find_decisions():
    """Overdraws of orders that are over, and requests that orders don't know of."""
    requested = env["fx.rate.approval"].search([("state", "=", "requested")]).order_id
    for order in env["sale.order"].search([]):
        if order.state == "cancel" and order.lock_overdraw:
            yield f"{order.name} is cancelled, and may overdraw {order.lock_overdraw}"
        if order.lock_asked != (order in requested):
            yield f"{order.name}: asked is {order.lock_asked}"
    spent = env["fx.rate.approval"].search(
        [("state", "=", "requested"), ("order_id.state", "=", "cancel")]
    )
    for approval in spent:
        yield f"{approval.display_name} is asked of a cancelled order"


def find_limits():
    """Customers whose exposure isn't that of the slow way, or above their limit."""
    company = env.company
    customers = env["res.partner"].search([("name", "=like", "Load %")])
    policy = env["credit.policy"].search([], limit=1)
    Exposure = env["credit.exposure"].sudo()
    found = Exposure._gather(Exposure._get_scope(policy, company, customers.ids))
    for customer in customers:
        slow = SlowExposure(customer, company, company._get_today())
        # locked at several rates, they are added up
        given, expected = Counter(), Counter()
        for part, currency_id, _locked, amount in found[customer.id].rows:
            given[part, currency_id] += float(amount)
        for (part, currency, _locked), amount in slow.amounts.items():
            expected[part, currency.id] += float(amount)
        rounded = [
            {key: round(amount, 4) for key, amount in amounts.items() if amount}
            for amounts in (given, expected)
        ]
        if rounded[0] != rounded[1]:
            yield f"{customer.name}: exposure {rounded[0]}, slowly {rounded[1]}"
        total = float(found[customer.id].total(company.currency_id.id))
        limit = env["credit.limit"].search([("partner_id", "=", customer.id)])
        if company.currency_id.compare_amounts(total, limit.amount) > 0:
            yield f"{customer.name}: {total} of a limit of {limit.amount}"


faults = [*find_caps(), *find_decisions(), *find_limits()]
env.cr.rollback()
print("LOAD " + json.dumps(faults), flush=True)
