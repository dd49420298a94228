from decimal import Decimal
from typing import NamedTuple

from odoo import api, models
from odoo.tools import format_date

from ...engine.credit_exposure import explain_breach

#: from the weakest to the strongest
STATES = {"warn": "warning", "review": "review", "block": "blocked"}
ORDER = ("off", "warn", "review", "block")


class CreditReason(NamedTuple):
    """Why a document isn't simply let through."""

    code: str  # as credit.policy.check.reason
    strength: str  # 'warn', 'review' or 'block'
    sentence: str
    excess: Decimal = Decimal(0)  # over the limit, in the limit's currency


class CreditCheck(NamedTuple):
    """The outcome for one document."""

    state: str  # 'none', 'ok', 'warning', 'review', 'blocked' or 'approved'
    reasons: tuple = ()
    exposure: object = None  # CustomerExposure, with the document
    line: object = None  # CreditLine or None
    policy: object = None
    company: object = None  # main company

    @property
    def stops(self):
        return self.state in ("review", "blocked")

    @property
    def sentence(self):
        return "\n".join(reason.sentence for reason in self.reasons)

    @property
    def excess(self):
        return max((reason.excess for reason in self.reasons), default=Decimal(0))


class CreditPolicy(models.Model):
    """Checking documents: orders, invoices, and what a delivery belongs to."""

    _inherit = "credit.policy"

    @api.model
    def _check(self, documents, checkpoint=None):
        """Check documents of one model. Those of one customer are checked one after
        the other, each with those before it: confirmed together, they count together.

        Reads only, and with sudo: whoever confirms is told the reasons.

        :param documents: records of a model with ``credit.checked.mixin``
        :param checkpoint: 'confirm', 'deliver' or 'post'; default: the document's own
        :return: {document: :class:`CreditCheck`} of all of them
        """
        checks = dict.fromkeys(documents, CreditCheck("none"))
        for company, of_company in (
            documents.sudo()
            .grouped(lambda document: document.company_id.root_id)
            .items()
        ):
            if policies := self._get_policies(company):
                checks |= self._check_in_company(
                    policies, company, of_company, checkpoint
                )
        return {document: checks[document] for document in documents}

    def _check_in_company(self, policies, company, documents, checkpoint):
        partners = documents._get_credit_partners()._filter_credit_customers()
        chosen = {}
        for partner in partners.with_company(company):
            policy = policies._choose(partner, partner.credit_grade)
            chosen[policy] = chosen.get(policy, partners.browse()) | partner
        checks = {}
        for policy, customers in chosen.items():
            if policy:
                mine = documents.filtered(
                    lambda document, customers=customers: (
                        document._get_credit_partners() in customers
                    )
                )
                checks |= policy._check_customers(company, mine, customers, checkpoint)
        return checks

    def _check_customers(self, company, documents, partners, checkpoint):
        Exposure = self.env["credit.exposure"]
        scope = Exposure._get_scope(
            self, company, partners.ids, **documents._get_credit_excluded()
        )
        exposures = Exposure._gather(scope)
        facts = self.env["credit.check.facts"]._gather(scope, partners, exposures)
        approvals = documents._find_credit_approvals()
        checks = {}
        for document in documents:
            partner = document._get_credit_partners()
            exposure = exposures[partner.id]
            added = document._get_credit_addition()
            if added.amount > 0:
                exposure.add(
                    "document", added.currency_id, added.locked_rate, added.amount
                )
            point = checkpoint or document._get_credit_checkpoint()
            customer = facts.get_customer(partner, added.is_secured)
            reasons = tuple(self._find_reasons(scope, exposure, customer, point))
            state = self._get_state(reasons)
            if state in ("review", "blocked"):
                approval = approvals.get(document)
                if approval and approval._covers(document, exposure):
                    state = "approved"
            line = facts.lines.get(partner.id)
            checks[document] = CreditCheck(
                state, reasons, exposure, line, self, company
            )
        return checks

    @staticmethod
    def _get_state(reasons):
        if not reasons:
            return "ok"
        return STATES[max((r.strength for r in reasons), key=ORDER.index)]

    # === REASONS === #

    def _find_reasons(self, scope, exposure, customer, point):
        """Every reason that counts at a checkpoint, as the policy lists them."""
        for check in self.check_ids:
            strength = check[f"{point}_strength"]
            if strength == "off":
                continue
            find = getattr(self, f"_find_{check.reason}")
            for sentence, excess in find(scope, exposure, customer, check):
                yield CreditReason(check.reason, strength, sentence, excess)

    def _find_over_limit(self, scope, exposure, customer, check):
        if customer.is_secured:
            return
        for line in filter(None, (customer.line, *customer.group_lines)):
            with_line = line.exposure or exposure
            missing = with_line.find_missing(line.currency.id)
            if missing:
                names = self.env["res.currency"].browse(missing).mapped("name")
                sentence = self.env._(
                    "No exchange rate of %(names)s is known: the exposure can't be "
                    "compared with the limit.",
                    names=", ".join(names),
                )
                yield sentence, Decimal(0)
            total = with_line.total(line.currency.id)
            if line.currency.compare_amounts(float(total), line.amount) > 0:
                sentence = self._explain_over_limit(with_line, customer, line, total)
                yield sentence, total - Decimal(str(line.amount))

    def _explain_over_limit(self, exposure, customer, line, total):
        currency, kept = line.currency, customer.kept
        limit = Decimal(str(line.amount))
        at_kept = kept.total(exposure, currency.id) if kept else total
        breach = explain_breach(
            total,
            limit,
            at_kept,
            kept and kept.limit_in(currency.id),
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
        sentence = self._tell_excess(currency, float(total), line)
        parts = (sentence, breach and whys[breach.reason])
        return " ".join(filter(None, [*parts, self._name_rates(exposure, currency)]))

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
            yield self.env._("No credit limit is set for this customer."), Decimal(0)

    def _find_limit_expired(self, scope, exposure, customer, check):
        if customer.is_secured:
            return
        if customer.expired_on and not customer.line:
            day = format_date(self.env, customer.expired_on)
            yield self.env._("The credit limit ended on %s.", day), Decimal(0)
        limit = customer.line and customer.line.limit
        if limit and limit.review_date and limit.review_date < scope.today:
            day = format_date(self.env, limit.review_date)
            sentence = self.env._("The credit limit was to be reviewed by %s.", day)
            yield sentence, Decimal(0)

    def _find_overdue_days(self, scope, exposure, customer, check):
        own = scope.company.currency_id
        overdue = exposure.overdue(own.id, check.days, customer.limit)
        if overdue > 0:
            sentence = self.env._(
                "%(amount)s is more than %(days)s days overdue.",
                amount=own.format(own.round(float(overdue))),
                days=check.days,
            )
            yield sentence, Decimal(0)

    def _find_overdue_amount(self, scope, exposure, customer, check):
        currency = check.currency_id
        overdue = exposure.overdue_by_currency(0, customer.limit).get(currency.id, 0)
        if currency.compare_amounts(float(overdue), check.amount) > 0:
            sentence = self.env._(
                "%(amount)s is overdue: more than %(bound)s.",
                amount=currency.format(currency.round(float(overdue))),
                bound=currency.format(check.amount),
            )
            yield sentence, Decimal(0)

    def _find_grade_below(self, scope, exposure, customer, check):
        if customer.grade and customer.grade > check.grade:
            sentence = self.env._(
                "The grade of this customer is %(grade)s: below %(bound)s.",
                grade=customer.grade.upper(),
                bound=check.grade.upper(),
            )
            yield sentence, Decimal(0)

    def _find_on_hold(self, scope, exposure, customer, check):
        if customer.on_hold:
            sentence = self.env._("This customer is on credit hold.")
            yield " ".join(filter(None, [sentence, customer.hold_reason])), Decimal(0)

    def _find_not_assessed(self, scope, exposure, customer, check):
        last = customer.assessed_on
        if not last or (scope.today - last).days > check.days:
            sentence = self.env._(
                "No credit assessment of the last %s days.", check.days
            )
            yield sentence, Decimal(0)
