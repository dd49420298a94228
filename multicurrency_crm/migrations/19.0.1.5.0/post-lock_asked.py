def migrate(cr, version):
    """An order knows whether something is asked about its rate."""
    cr.execute(
        """UPDATE sale_order o
              SET lock_asked = true
             FROM fx_rate_approval a
            WHERE a.order_id = o.id
              AND a.state = 'requested'
              AND o.lock_asked IS NOT TRUE"""
    )
