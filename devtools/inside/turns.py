"""What scripts in Odoo's shell measure turn by turn, when they are told to.

Databases are measured in turns: a slow moment of the machine falls on all of them.
Whoever measures writes a line into the pipe that ``BENCH_GO`` names for each turn.
"""

import gc
import json
import os
import time

from devtools.inside.seeding import give_chart

#: what a line of the answer begins with
MARK = "BENCH "


def told():
    """Iterate over the turns that are asked for, and say when one is over."""
    gc.collect()
    gc.freeze()  # what is there by now would be gone through in each turn
    print(MARK + json.dumps({"what": "ready"}), flush=True)
    with open(os.environ["BENCH_GO"], encoding="utf-8") as asked:
        for line in asked:
            gc.collect()
            yield line.strip()
            print(MARK + json.dumps({"what": "over"}), flush=True)


def timed(env, work, *arguments):
    """Run a step as a request of its own, with nothing read before.

    :return: (what it gives, its seconds, its queries)
    """
    env.flush_all()
    env.invalidate_all()
    queries, start = env.cr.sql_log_count, time.perf_counter()
    result = work(*arguments)
    env.flush_all()
    return result, time.perf_counter() - start, env.cr.sql_log_count - queries


def tell(what, seconds, queries, **more):
    """Say what a step took."""
    row = {"what": what, "seconds": seconds, "queries": queries, **more}
    print(MARK + json.dumps(row), flush=True)


def load_chart(env):
    """Give the company a chart of accounts, and a foreign currency with a rate.

    :return: ``res.currency``
    """
    give_chart(env)
    base = env.company.currency_id.name
    foreign = env["res.currency"].with_context(active_test=False)
    foreign = foreign.search([("name", "=", "CNY" if base == "EUR" else "EUR")])
    foreign.active = True
    env["res.currency.rate"].create({"currency_id": foreign.id, "rate": 0.9215})
    return foreign


def act_as(env, *roles):
    """Create a user with these roles, as far as they are installed.

    :return: an environment in which that user acts, without sudo
    """
    groups = [env.ref(role, raise_if_not_found=False) for role in roles]
    user = env["res.users"].create(
        {
            "name": "Bench",
            "login": "bench",
            "email": "bench@example.com",
            "group_ids": [(6, 0, [group.id for group in groups if group])],
        }
    )
    return env(user=user.id, su=False)
