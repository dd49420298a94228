"""Why a document may be stopped: one function for each reason of a policy's checks.

Each looks at what is weighed and gives its findings, with figures and no text: what is
said of a finding is made in the language of whoever reads it.
"""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from odoo.tools import format_date, format_list

from ....engine.credit_exposure import explain_breach

ZERO = Decimal(0)
_REASONS = {}


class Weighed(NamedTuple):
    """What is weighed for one document."""

    scope: object  # CreditScope
    exposure: object  # CustomerExposure, with the document
    customer: object  # CheckedCustomer
    check: object  # credit.policy.check


class Finding(NamedTuple):
    """What a reason has found."""

    explain: Callable  # env → (sentence with its figures, sentence without any)
    excess: Decimal = ZERO  # over a limit, in its currency
    currency: object = None  # of that limit


def reason(code):
    """Decorate the function of a reason.

    :param str code: as ``credit.policy.check.reason``
    """

    def register(function):
        _REASONS[code] = function
        return function

    return register


def get_reasons():
    """Return what looks for each reason.

    :return: {code: function(:class:`Weighed`) → iterator of :class:`Finding`}
    """
    return dict(_REASONS)


# === LIMITS === #


@reason("over_limit")
def find_over_limit(weighed):
    customer = weighed.customer
    if customer.is_secured:
        return
    for line in filter(None, (customer.line, *customer.group_lines)):
        exposure = line.exposure or weighed.exposure
        if missing := exposure.find_missing(line.currency.id):
            yield Finding(lambda env, missing=missing: _explain_missing(env, missing))
        total = exposure.total(line.currency.id)
        if line.currency.compare_amounts(float(total), line.amount) > 0:
            why = _find_why(exposure, customer, line, total)
            yield Finding(
                lambda env, of=(exposure, line, total, why): _explain_breach(env, *of),
                total - Decimal(str(line.amount)),
                line.currency,
            )


def _explain_missing(env, missing):
    names = env["res.currency"].browse(sorted(missing)).mapped("name")
    return (
        env._(
            "No exchange rate of %(names)s is known: the exposure can't be compared "
            "with the limit.",
            names=format_list(env, names),
        ),
        env._(
            "An exchange rate is missing: the exposure can't be compared with the "
            "limit."
        ),
    )


def _find_why(exposure, customer, line, total):
    """Return why a limit is exceeded, as ``engine.credit_exposure.Breach`` names it."""
    kept, currency_id = customer.kept, line.currency.id
    limit = Decimal(str(line.amount))
    breach = explain_breach(
        total,
        limit,
        kept.total(exposure, currency_id) if kept else total,
        kept and kept.limit_in(exposure, currency_id),
        exposure.overdue(currency_id, limit=(limit, currency_id)),
    )
    return breach and breach.reason


def _explain_breach(env, exposure, line, total, why):
    """Explain by how much a limit is exceeded, and why."""
    whys = {
        "bought_more": env._("They bought more."),
        "pays_late": env._("They pay late."),
        "limit_lowered": env._("The limit was lowered or has ended."),
        "rate_moved": env._(
            "The rate moved: at the rates of the last check they were within it."
        ),
    }
    sentence = _explain_excess(env, float(total), line)
    rates = _explain_rates(env, exposure, line.currency)
    return (
        _join(env, [sentence, whys.get(why), rates]),
        _join(env, [_explain_excess_plainly(env, line), whys.get(why)]),
    )


def _explain_excess(env, total, line):
    currency = line.currency.with_env(env)
    total = currency.round(total)
    figures = {
        "exposure": currency._format_amount(total),
        "limit": currency._format_amount(line.amount),
        "excess": currency._format_amount(total - line.amount),
    }
    if line.is_group:
        return env._(
            "%(exposure)s of the group is over its limit of %(limit)s by %(excess)s.",
            **figures,
        )
    if currency.is_zero(line.amount):
        return env._(
            "This customer pays in advance, and %(exposure)s would be open.",
            exposure=figures["exposure"],
        )
    return env._(
        "%(exposure)s is over the limit of %(limit)s by %(excess)s.", **figures
    )


def _explain_excess_plainly(env, line):
    if line.is_group:
        return env._("The group of this customer would be over the limit.")
    if line.currency.is_zero(line.amount):
        return env._("This customer pays in advance.")
    return env._("This customer would be over the limit.")


def _explain_rates(env, exposure, target):
    """Say at which rates amounts of other currencies were compared."""
    used = {
        currency_id
        for currency_id, amount in exposure.by_currency().items()
        if amount and currency_id != target.id
    }
    dates = [exposure.rates.dates[c] for c in used if c in exposure.rates.dates]
    if not dates:
        return ""
    names = env["res.currency"].browse(sorted(used)).mapped("name")
    return env._(
        "Rates of %(currencies)s: %(date)s.",
        currencies=format_list(env, names),
        date=format_date(env, min(dates)),
    )


@reason("no_limit")
def find_no_limit(weighed):
    customer = weighed.customer
    if not (customer.line or customer.group_lines or customer.is_secured):
        yield Finding(
            lambda env: _alike(env._("No credit limit is set for this customer."))
        )


@reason("limit_expired")
def find_limit_expired(weighed):
    customer = weighed.customer
    if customer.is_secured:
        return
    if not customer.line and (ended := customer.expired_on):
        yield Finding(
            lambda env: (
                env._("The credit limit ended on %s.", format_date(env, ended)),
                env._("The credit limit has ended."),
            )
        )
    limit = customer.line and customer.line.limit
    due = limit and limit.review_date
    if due and due < weighed.scope.today:
        yield Finding(
            lambda env: (
                env._(
                    "The credit limit was to be reviewed by %s.", format_date(env, due)
                ),
                env._("The credit limit is due for its review."),
            )
        )


# === LATE PAYMENTS === #


@reason("overdue_days")
def find_overdue_days(weighed):
    exposure, days = weighed.exposure, weighed.check.days
    late = exposure.overdue_by_currency(days, weighed.customer.limit)
    if late:
        own = weighed.scope.company.currency_id
        yield Finding(
            lambda env: (
                env._(
                    "%(amount)s is more than %(days)s days overdue.",
                    amount=_explain_amounts(env, late, exposure.rates, own),
                    days=days,
                ),
                env._("Invoices are overdue for too long."),
            )
        )


@reason("overdue_amount")
def find_overdue_amount(weighed):
    currency, bound = weighed.check.currency_id, weighed.check.amount
    late = weighed.exposure.overdue_by_currency(0, weighed.customer.limit)
    overdue = float(late.get(currency.id, 0))
    if currency.compare_amounts(overdue, bound) > 0:
        yield Finding(
            lambda env: (
                env._(
                    "%(amount)s is overdue: more than %(bound)s.",
                    amount=currency.with_env(env)._format_amount(overdue),
                    bound=currency.with_env(env)._format_amount(bound),
                ),
                env._("Too much is overdue."),
            )
        )


def _explain_amounts(env, amounts, rates, target):
    """Write the sum of amounts in a currency; where a rate is missing, each amount in
    its own: what can't be converted isn't left out.

    :param amounts: {currency id: Decimal}
    :param target: ``res.currency``
    """
    factors = {cid: rates.convert(cid, target.id) for cid in amounts}
    if None not in factors.values():
        total = sum(amount * factors[cid] for cid, amount in amounts.items())
        return target.with_env(env)._format_amount(float(total))
    currencies = env["res.currency"].browse(sorted(amounts))
    return format_list(
        env,
        [
            currency._format_amount(float(amounts[currency.id]))
            for currency in currencies
        ],
    )


# === THE CUSTOMER === #


@reason("grade_below")
def find_grade_below(weighed):
    grade, bound = weighed.customer.grade, weighed.check.grade
    if grade and grade > bound:
        yield Finding(
            lambda env: (
                env._(
                    "The grade of this customer is %(grade)s: below %(bound)s.",
                    grade=grade.upper(),
                    bound=bound.upper(),
                ),
                env._("The grade of this customer is too low for this."),
            )
        )


@reason("on_hold")
def find_on_hold(weighed):
    if not weighed.customer.on_hold:
        return
    account = weighed.customer.account

    def explain(env):
        sentence = env._("This customer is on credit hold.")
        why = account and account.with_context(lang=env.lang).hold_reason
        return _join(env, [sentence, why]), sentence

    yield Finding(explain)


@reason("not_assessed")
def find_not_assessed(weighed):
    last, days = weighed.customer.assessed_on, weighed.check.days
    if not last or (weighed.scope.today - last).days > days:
        yield Finding(
            lambda env: _alike(env._("No credit assessment of the last %s days.", days))
        )


# === SENTENCES === #


def _alike(sentence):
    """Return a sentence that names no figures of the ledger, for everybody."""
    return sentence, sentence


def _join(env, sentences):
    """Join sentences; no blank stands behind a full stop of full width."""
    text = ""
    for sentence in filter(None, sentences):
        text += ("" if not text or text.endswith("。") else " ") + sentence
    return text
