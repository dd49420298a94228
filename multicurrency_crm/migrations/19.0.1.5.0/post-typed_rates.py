"""A typed rate says who typed it, and when.

A rate was typed where it isn't the market's, moved by the spread that the lock notes.
"""

#: rates that differ by less, as a share, went through other divisions
SAME = 1e-9


def migrate(cr, version):
    cr.execute(
        """UPDATE fx_rate_lock
              SET typed_by = create_uid, typed_on = create_date::date
            WHERE typed_on IS NULL
              AND (COALESCE(market_rate, 0) = 0
                   OR kind = 'agreement' AND supersedes_id IS NULL
                   OR abs(rate * (1 - COALESCE(margin_bp, 0) / 10000) / market_rate - 1)
                      > %s)""",
        [SAME],
    )
