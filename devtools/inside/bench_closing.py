"""Seed a company's open items, and time their revaluation (runs in Odoo's shell)."""

# ruff: noqa: F821 - Odoo's shell gives `env`
from datetime import timedelta

from odoo.tools import SQL

from devtools.inside.seeding import (
    give_chart,
    open_currencies,
    write_history,
    write_rates,
)
from devtools.inside.timing import tell, tell_timed

#: three of four invoices are in a foreign currency
CUSTOMERS, INVOICES, PAID = 5_200, 153_400, 20_000
ROUNDS = 7
KINDS = {
    "asset": "asset_current",
    "liability": "liability_current",
    "gain": "income_other",
    "loss": "expense",
}


def prepare():
    """A company with a chart, rates, and what a revaluation needs.

    :return: ``res.currency``: three foreign ones
    """
    give_chart(env)
    currencies = open_currencies(env)
    write_rates(env, currencies)
    chosen = {
        f"revaluation_{name}_account_id": env["account.account"]
        .create({"name": name, "code": f"9876{at}", "account_type": kind})
        .id
        for at, (name, kind) in enumerate(KINDS.items())
    }
    journal = env["account.journal"].create(
        {"name": "Revaluation", "code": "REV", "type": "general"}
    )
    env.company.write({"revaluation_journal_id": journal.id, **chosen})
    return currencies


def plain():
    """The sums of the same lines, by account and currency."""
    accounts = env["account.account"]._find_followed()
    return env.execute_query(
        SQL(
            """SELECT account_id, currency_id, COUNT(*), SUM(amount_residual_currency),
                      SUM(amount_residual)
                 FROM account_move_line
                WHERE account_id = ANY(%s) AND parent_state = 'posted'
                  AND company_id = %s AND currency_id != %s AND date <= %s
                  AND reconciled IS NOT TRUE
             GROUP BY account_id, currency_id""",
            accounts.ids,
            env.company.id,
            env.company.currency_id.id,
            DAY,
        )
    )


write_history(env, prepare(), CUSTOMERS, INVOICES, PAID)
DAY = env.company._get_today() - timedelta(days=1)
run = env["fx.revaluation"].create(
    {"company_id": env.company.id, "date": DAY, "method": "losses"}
)
env.cr.commit()
for _round in range(ROUNDS):
    tell_timed(env, "plain", plain)
    tell_timed(env, "preview", run._preview)
tell_timed(env, "compute", run.action_compute)
tell_timed(env, "post", run.action_post)
tell_timed(env, "cancel", run.action_cancel)
tell(
    what="booked",
    seconds=0,
    items=env["fx.revaluation.line"].search_count(
        [("revaluation_id", "=", run.id), ("kind", "=", "open")]
    ),
    of=sum(row[2] for row in plain()),
    lines=len(run.move_id.line_ids),
    most=len({(line.account_id, line.currency_id) for line in run.move_id.line_ids}),
)
