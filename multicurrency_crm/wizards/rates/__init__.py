from . import (
    fx_rate_backfill,
    fx_rate_backfill_line,
    fx_rate_backfill_preview,
    fx_rate_backfill_summary,
    fx_rate_chain,
    fx_rate_chain_line,
    fx_rate_hold_decide,
)
