"""How long a step takes in Odoo's shell, and what it is told with."""

import json
import resource
import time


def timed(env, work):
    """Seconds, queries and growth of memory in MB of a step."""
    env.flush_all()
    env.invalidate_all()
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    queries, start = env.cr.sql_log_count, time.perf_counter()
    work()
    env.flush_all()
    seconds = time.perf_counter() - start
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    return seconds, env.cr.sql_log_count - queries, grown / 1024


def tell_timed(env, what, work):
    """Time a step, and print a row that `./dev bench` reads."""
    seconds, queries, grown = timed(env, work)
    tell(
        what=what,
        seconds=round(seconds, 3),
        queries=queries,
        megabytes=round(grown),
    )


def tell(**row):
    """Print a row that `./dev bench` reads."""
    print("BENCH " + json.dumps(row))
