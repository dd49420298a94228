"""What is weighed in a check of documents, and what comes of it."""

from collections.abc import Callable
from decimal import Decimal
from typing import NamedTuple

from odoo import models

from ..groups import FINANCE

#: from the weakest to the strongest
STATES = {"warn": "warning", "review": "review", "block": "blocked"}
ORDER = ("off", "warn", "review", "block")


class CreditReason(NamedTuple):
    """Why a document isn't simply let through."""

    code: str  # as credit.policy.check.reason
    strength: str  # 'warn', 'review' or 'block'
    # env → (sentence with its figures: for who may read the ledger; one without any),
    # in the language of that environment
    explain: Callable
    excess: Decimal = Decimal(0)  # over the limit, in the limit's currency
    currency: object = None  # of the limit


class CreditCheck(NamedTuple):
    """The outcome for one document."""

    state: str  # 'none', 'ok', 'warning', 'review', 'blocked' or 'approved'
    reasons: tuple = ()
    exposure: object = None  # CustomerExposure, with the document
    line: object = None  # CreditLine or None
    policy: object = None
    company: object = None  # main company
    account: object = None  # credit.account of the customer, or None

    @property
    def stops(self):
        return self.state in ("review", "blocked")

    def explain(self, env):
        """Return the reasons with figures: for the fields that finance alone reads."""
        return "\n".join(reason.explain(env)[0] for reason in self.reasons)

    def explain_plainly(self, env):
        """Return the reasons without figures: for what others read, too (chatter,
        activities, mails)."""
        return "\n".join(
            dict.fromkeys(reason.explain(env)[1] for reason in self.reasons)
        )

    @property
    def sentence(self):
        """The reasons with figures, in the language of whoever had it checked."""
        return self.explain(self.company.env) if self.reasons else ""

    def get_sentence(self, user):
        """Return what this user reads: figures only where they may read them elsewhere.

        :param user: ``res.users``; whoever acts, whatever ``sudo`` does meanwhile
        """
        if user.has_group(FINANCE):
            return self.explain(user.env)
        return self.explain_plainly(user.env)

    @property
    def worst(self):
        """Return the reason that is furthest over a limit, or None; limits in several
        currencies are compared in company currency."""
        own, rates = self.company.currency_id.id, self.exposure.rates
        return max(
            (reason for reason in self.reasons if reason.excess > 0),
            key=lambda reason: (
                reason.excess * (rates.convert(reason.currency.id, own) or 0)
            ),
            default=None,
        )

    @property
    def excess(self):
        worst = self.worst if self.reasons else None
        return worst.excess if worst else Decimal(0)

    @property
    def is_late(self):
        """Whether the customer is more than 30 days overdue, by a material amount."""
        limit = self.line and self.line.get_pair()
        return bool(self.exposure.overdue_by_currency(30, limit))

    @property
    def blocking_codes(self):
        return {reason.code for reason in self.reasons if reason.strength == "block"}


def get_state(reasons):
    """Return the state that reasons come to: that of the strongest one."""
    if not reasons:
        return "ok"
    return STATES[max((r.strength for r in reasons), key=ORDER.index)]


class CreditSide(NamedTuple):
    """Customers with their policy, and the documents that are checked for them."""

    policy: models.BaseModel
    scope: object  # CreditScope
    exposures: dict  # {customer's id: CustomerExposure}
    facts: object  # CheckFacts
    owners: dict  # {document: customer}
    is_former: bool = False  # what counted before they were moved

    def get_exposure(self, document):
        return self.exposures[self.owners[document].id]

    def count(self, document, amount):
        """Add what a document brings to its customer's exposure.

        :param Decimal amount: in the document's currency
        """
        if amount:
            locked = document._get_credit_locked_rate()
            exposure = self.get_exposure(document)
            exposure.add("document", document.currency_id.id, locked, amount)

    def count_undecided(self):
        """Add what the policy counts of documents before they are decided, which were
        left out of the exposures because they are checked: each of the others sees it.
        """
        for document in self.owners:
            self.count(document, document._get_credit_counted(self.policy))
