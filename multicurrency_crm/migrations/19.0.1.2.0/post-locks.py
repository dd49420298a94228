"""Locks made before they had a tolerance, a day to invoice by, and open amounts."""

from odoo import SUPERUSER_ID, api


def migrate(cr, version):
    cr.execute(
        """UPDATE fx_rate_lock l
              SET tolerance = c.lock_tolerance,
                  invoice_by = l.date_end + c.lock_invoice_days
             FROM res_company c
            WHERE c.id = l.company_id AND l.invoice_by IS NULL"""
    )
    # what is booked at its lock stays so, whatever day it is given
    cr.execute(
        """UPDATE account_move m
              SET lock_booked_from = LEAST(m.date, l.date_start)
             FROM fx_rate_lock l
            WHERE l.id = m.rate_lock_id AND m.booked_at_lock
              AND m.lock_booked_from IS NULL"""
    )
    # the choice had no day: it goes on
    cr.execute(
        """UPDATE res_company
              SET lock_booking_from = create_date::date
            WHERE lock_booking = 'locked' AND lock_booking_from IS NULL"""
    )
    env = api.Environment(cr, SUPERUSER_ID, {})
    locks = env["fx.rate.lock"].search([("state", "!=", "draft")])
    locks._update_amounts()
    env.flush_all()
    # the orders may have had theirs already, so that nothing told the locks
    for name in ("amount_reserved", "amount_drawn", "amount_open"):
        env.add_to_compute(locks._fields[name], locks)
    env.flush_all()
