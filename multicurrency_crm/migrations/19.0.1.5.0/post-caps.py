"""What managers allowed beyond a cap belongs to single orders; agreements that
superseded each other share one cap; orders hold for what they were confirmed for."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    env = api.Environment(cr, SUPERUSER_ID, {})
    cr.execute("SELECT 1 FROM sale_order WHERE lock_agreed IS NOT NULL LIMIT 1")
    if cr.fetchone():
        return  # done before
    cr.execute(
        """UPDATE sale_order SET lock_agreed = amount_total
            WHERE locked_rate > 0 AND state = 'sale'"""
    )
    cr.execute(
        """SELECT id, amount_overdraw FROM fx_rate_lock
            WHERE amount_overdraw > 0 AND amount_cap > 0"""
    )
    allowed = dict(cr.fetchall())
    share_caps(cr)
    env.invalidate_all()
    locks = env["fx.rate.lock"].search([("state", "!=", "draft")])
    count_again(env, locks)
    for lock_id, amount in allowed.items():
        hand_out(env["fx.rate.lock"].browse(lock_id), float(amount))
    count_again(env, locks)


def share_caps(cr):
    """What superseded an agreement had the rest of its cap, and has the whole now, of
    which the former's orders take their part."""
    cr.execute(
        """WITH RECURSIVE chain (id, first, cap) AS (
               SELECT id, id, amount_cap FROM fx_rate_lock f
                WHERE kind = 'agreement' AND supersedes_id IS NULL
                  AND EXISTS (SELECT FROM fx_rate_lock s WHERE s.supersedes_id = f.id)
                UNION ALL
               SELECT s.id, c.first, c.cap
                 FROM fx_rate_lock s JOIN chain c ON s.supersedes_id = c.id)
           UPDATE fx_rate_lock l
              SET promise_id = c.first, amount_cap = c.cap
             FROM chain c WHERE c.id = l.id"""
    )


def hand_out(lock, allowed):
    """Allow to the orders that were confirmed last what was allowed to all."""
    held = lock.amount_drawn + lock.amount_elsewhere + lock.amount_reserved
    left = min(allowed, held - lock.amount_cap)
    orders = lock.order_ids.filtered(lambda order: order.state == "sale")
    for order in orders.sorted("id", reverse=True):
        part = min(left, order.lock_drawn)
        if lock.currency_id.compare_amounts(part, 0) <= 0:
            break
        order._write_guarded({"lock_overdraw": part})
        left -= part


def count_again(env, locks):
    locks._update_amounts()
    locks.modified(["amount_besides"])
    env.flush_all()
    # what rose by counting otherwise is nobody's doing
    env["sale.order"]._forget_noted()
