"""Time the storing of rates (runs in Odoo's shell; BENCH says what is measured).

The same made-up history for both addons: 730 days of eleven currencies against the
euro. Figures move as real ones do, a little every day, so that no check holds them.
"""

# ruff: noqa: F821 - Odoo's shell gives `env`
import datetime
import json
import math
import os
import resource
import time
from decimal import Decimal

ELEVEN = "USD JPY GBP CHF CNY CZK SEK NOK PLN SGD THB".split()
#: as many currencies and working days as the ECB's file has had since 1999
MANY = [*ELEVEN, *"DKK HUF RON ISK TRY AUD BRL CAD HKD IDR ILS INR KRW MXN MYR".split()]
MANY += "NZD PHP ZAR AED ARS CLP COP EGP KZT NGN PEN UAH VND TWD SAR".split()


def figure(place, day):
    """A rate against the euro that drifts by less than a thousandth a day."""
    level = 1.1 + 3.7 * place
    return f"{level * (1 + 0.05 * math.sin(day / 97 + place)):.6f}"


def days_until(last, count):
    """``count`` dates up to ``last``."""
    return [last - datetime.timedelta(n) for n in range(count)]


def megabytes():
    """The most memory that this process has used."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def company_in(code):
    """A company that keeps its books in ``code``; all currencies used are active."""
    currencies = env["res.currency"].with_context(active_test=False)
    wanted = currencies.search([("name", "in", [*MANY, "EUR"])])
    wanted.active = True
    base = currencies.search([("name", "=", code)])
    company = env["res.company"].create({"name": "Bench", "currency_id": base.id})
    return company, wanted - base


def measure(what, work):
    """Run ``work`` once and print seconds, queries and growth of memory."""
    env.flush_all()
    queries, before, start = env.cr.sql_log_count, megabytes(), time.perf_counter()
    count = work()
    env.flush_all()
    row = {
        "what": what,
        "rates": count,
        "seconds": round(time.perf_counter() - start, 2),
        "queries": env.cr.sql_log_count - queries,
        "megabytes": megabytes() - before,
    }
    print("BENCH " + json.dumps(row), flush=True)


def store(code, codes, dates, what):
    """Measure this addon's storing."""
    from odoo.addons.multicurrency_crm.engine.rates import Quote

    company, _currencies = company_in(code)
    provider = env["fx.rate.provider"].create(
        {"name": "Bench", "service": "ecb", "company_ids": [(6, 0, company.ids)]}
    )
    quotes = [
        Quote(
            "EUR",
            currency,
            Decimal(figure(place, number)),
            1,
            "foreign_per_base",
            day,
            "mid",
            "ecb",
        )
        for number, day in enumerate(dates)
        for place, currency in enumerate(codes)
    ]

    def work():
        [result] = provider._store(quotes).values()
        if result.held:
            raise SystemExit(f"{result.held} rates were held")
        return result.written

    measure(what, work)


def store_as_peer(dates):
    """Measure OCA's storing: its own loop, fed with the same figures."""
    company, currencies = company_in("EUR")
    model = env["res.currency.rate.provider"]
    service = model._fields["service"].get_values(env)[0]
    provider = model.create(
        {
            "service": service,
            "company_id": company.id,
            "currency_ids": [
                (6, 0, currencies.filtered(lambda c: c.name in ELEVEN).ids)
            ],
        }
    )
    data = {
        day.isoformat(): {
            code: figure(place, number) for place, code in enumerate(ELEVEN)
        }
        for number, day in enumerate(dates)
    }
    type(provider)._obtain_rates = lambda *arguments: data

    def work():
        provider._update(dates[-1], dates[0])
        rates = env["res.currency.rate"].search([("company_id", "=", company.id)])
        return len(rates)

    measure("730 days x 11 currencies, OCA currency_rate_update", work)


today = datetime.date.today()
wanted = os.environ["BENCH"].split()
if "store" in wanted:
    store("EUR", ELEVEN, days_until(today, 73), "73 days x 11 currencies, ours")
    env.cr.rollback()
    store("EUR", ELEVEN, days_until(today, 730), "730 days x 11 currencies, ours")
    env.cr.rollback()
if "peer" in wanted:
    store_as_peer(days_until(today, 730))
if "history" in wanted:
    store("CNY", MANY, days_until(today, 6850), "history of 41 currencies, CNY books")
