from decimal import Decimal

from odoo import models
from odoo.tools import format_date

from ...engine.credit_exposure import explain_breach
from .credit_check import CreditReason


class CreditPolicy(models.Model):
    """Why a document isn't simply let through."""

    _inherit = "credit.policy"

    def _find_reasons(self, scope, exposure, customer, point):
        """Every reason that counts at a checkpoint, as the policy lists them."""
        for check in self.check_ids:
            strength = check[f"{point}_strength"]
            if strength == "off":
                continue
            find = getattr(self, f"_find_{check.reason}")
            for sentence, plain, *excess in find(scope, exposure, customer, check):
                yield CreditReason(check.reason, strength, sentence, plain, *excess)

    # Each yields a sentence with its figures, one without any, and by how much and in
    # which currency a limit is exceeded, if one is.

    def _find_over_limit(self, scope, exposure, customer, check):
        if customer.is_secured:
            return
        for line in filter(None, (customer.line, *customer.group_lines)):
            with_line = line.exposure or exposure
            missing = with_line.find_missing(line.currency.id)
            if missing:
                yield self._tell_missing_rates(missing)
            total = with_line.total(line.currency.id)
            if line.currency.compare_amounts(float(total), line.amount) > 0:
                excess = total - Decimal(str(line.amount))
                told = self._explain_over_limit(with_line, customer, line, total)
                yield *told, excess, line.currency

    def _tell_missing_rates(self, missing):
        names = self.env["res.currency"].browse(missing).mapped("name")
        return (
            self.env._(
                "No exchange rate of %(names)s is known: the exposure can't be "
                "compared with the limit.",
                names=", ".join(names),
            ),
            self.env._(
                "An exchange rate is missing: the exposure can't be compared with the "
                "limit."
            ),
        )

    def _explain_over_limit(self, exposure, customer, line, total):
        """:return: (sentence with figures, sentence without)"""
        currency, kept = line.currency, customer.kept
        limit = Decimal(str(line.amount))
        at_kept = kept.total(exposure, currency.id) if kept else total
        breach = explain_breach(
            total,
            limit,
            at_kept,
            kept and kept.limit_in(exposure, currency.id),
            exposure.overdue(currency.id, limit=(limit, currency.id)),
        )
        whys = {
            "bought_more": self.env._("They bought more."),
            "pays_late": self.env._("They pay late."),
            "limit_lowered": self.env._("The limit was lowered or has ended."),
            "rate_moved": self.env._(
                "The rate moved: at the rates of the last check they were within it."
            ),
        }
        why = breach and whys[breach.reason]
        sentence = self._tell_excess(currency, float(total), line)
        rates = self._name_rates(exposure, currency)
        return (
            " ".join(filter(None, [sentence, why, rates])),
            " ".join(filter(None, [self._tell_excess_plainly(line), why])),
        )

    def _tell_excess(self, currency, total, line):
        total = currency.round(total)
        figures = {
            "exposure": currency.format(total),
            "limit": currency.format(line.amount),
            "excess": currency.format(currency.round(total - line.amount)),
        }
        if line.is_group:
            return self.env._(
                "%(exposure)s of the group is over its limit of %(limit)s by "
                "%(excess)s.",
                **figures,
            )
        if currency.is_zero(line.amount):
            return self.env._(
                "This customer pays in advance, and %(exposure)s would be open.",
                exposure=figures["exposure"],
            )
        return self.env._(
            "%(exposure)s is over the limit of %(limit)s by %(excess)s.", **figures
        )

    def _tell_excess_plainly(self, line):
        if line.is_group:
            return self.env._("The group of this customer would be over the limit.")
        if line.currency.is_zero(line.amount):
            return self.env._("This customer pays in advance.")
        return self.env._("This customer would be over the limit.")

    def _name_rates(self, exposure, target):
        """At which rates amounts of other currencies were compared."""
        used = {
            currency_id
            for currency_id, amount in exposure.by_currency().items()
            if amount and currency_id != target.id
        }
        dates = [exposure.rates.dates[c] for c in used if c in exposure.rates.dates]
        if not dates:
            return ""
        names = self.env["res.currency"].browse(sorted(used)).mapped("name")
        return self.env._(
            "Rates of %(currencies)s: %(date)s.",
            currencies=", ".join(names),
            date=format_date(self.env, min(dates)),
        )

    def _find_no_limit(self, scope, exposure, customer, check):
        if not (customer.line or customer.group_lines or customer.is_secured):
            sentence = self.env._("No credit limit is set for this customer.")
            yield sentence, sentence

    def _find_limit_expired(self, scope, exposure, customer, check):
        if customer.is_secured:
            return
        if customer.expired_on and not customer.line:
            day = format_date(self.env, customer.expired_on)
            yield (
                self.env._("The credit limit ended on %s.", day),
                self.env._("The credit limit has ended."),
            )
        limit = customer.line and customer.line.limit
        if limit and limit.review_date and limit.review_date < scope.today:
            day = format_date(self.env, limit.review_date)
            yield (
                self.env._("The credit limit was to be reviewed by %s.", day),
                self.env._("The credit limit is due for its review."),
            )

    def _find_overdue_days(self, scope, exposure, customer, check):
        late = exposure.overdue_by_currency(check.days, customer.limit)
        if late:
            own = scope.company.currency_id
            sentence = self.env._(
                "%(amount)s is more than %(days)s days overdue.",
                amount=self._tell_amounts(late, exposure.rates, own),
                days=check.days,
            )
            yield sentence, self.env._("Invoices are overdue for too long.")

    def _tell_amounts(self, amounts, rates, target):
        """:return: the sum in a currency; where a rate is missing, each amount in its
        own: what can't be converted isn't left out"""
        factors = {cid: rates.convert(cid, target.id) for cid in amounts}
        if None not in factors.values():
            total = sum(amount * factors[cid] for cid, amount in amounts.items())
            return target.format(target.round(float(total)))
        currencies = self.env["res.currency"].browse(sorted(amounts))
        return ", ".join(
            currency.format(currency.round(float(amounts[currency.id])))
            for currency in currencies
        )

    def _find_overdue_amount(self, scope, exposure, customer, check):
        currency = check.currency_id
        overdue = exposure.overdue_by_currency(0, customer.limit).get(currency.id, 0)
        if currency.compare_amounts(float(overdue), check.amount) > 0:
            sentence = self.env._(
                "%(amount)s is overdue: more than %(bound)s.",
                amount=currency.format(currency.round(float(overdue))),
                bound=currency.format(check.amount),
            )
            yield sentence, self.env._("Too much is overdue.")

    def _find_grade_below(self, scope, exposure, customer, check):
        if customer.grade and customer.grade > check.grade:
            sentence = self.env._(
                "The grade of this customer is %(grade)s: below %(bound)s.",
                grade=customer.grade.upper(),
                bound=check.grade.upper(),
            )
            yield (
                sentence,
                self.env._("The grade of this customer is too low for this."),
            )

    def _find_on_hold(self, scope, exposure, customer, check):
        if customer.on_hold:
            sentence = self.env._("This customer is on credit hold.")
            full = " ".join(filter(None, [sentence, customer.hold_reason]))
            yield full, sentence

    def _find_not_assessed(self, scope, exposure, customer, check):
        last = customer.assessed_on
        if not last or (scope.today - last).days > check.days:
            sentence = self.env._(
                "No credit assessment of the last %s days.", check.days
            )
            yield sentence, sentence
