from decimal import Decimal
from typing import NamedTuple

from odoo import fields, models
from odoo.exceptions import UserError

from ..common.customer_present import is_customer_present

BYPASS = "multicurrency_crm.group_credit_bypass"
MANAGER = "multicurrency_crm.group_credit_manager"


class CreditAddition(NamedTuple):
    """What a document adds to its customer's exposure, besides what counts already."""

    amount: Decimal  # in its currency, after payments and security
    is_secured: bool  # nothing of it is open


class CreditCheckedMixin(models.AbstractModel):
    """A document that is checked at the moment that counts."""

    _name = "credit.checked.mixin"
    _description = "Document with a Credit Check"

    credit_check_state = fields.Selection(
        selection=[
            ("none", "No policy"),
            ("ok", "Within terms"),
            ("warning", "Warning"),
            ("review", "To review"),
            ("blocked", "Blocked"),
            ("approved", "Approved"),
        ],
        string="Credit Check",
        compute="_compute_partner_credit_warning",
        search="_search_credit_check_state",
        groups="base.group_user",
    )
    credit_decided_state = fields.Char(
        "Credit Check When Decided",
        readonly=True,
        copy=False,
        groups="base.group_user",
        help="The outcome of the check when this was confirmed, or posted.",
    )
    credit_review_ids = fields.One2many(
        "credit.review",
        "res_id",
        domain=lambda self: [("res_model", "=", self._name)],
        groups="multicurrency_crm.group_user",
    )
    credit_is_asked = fields.Boolean(
        "Credit Approval Requested",
        compute="_compute_credit_is_asked",
        compute_sudo=True,
        groups="base.group_user",
    )

    # === TO BE FILLED BY THE DOCUMENT === #

    def _get_credit_partners(self):
        """:return: the commercial partners that owe these documents"""
        raise NotImplementedError

    def _get_credit_debtors(self):
        """:return: the partners, contacts too, that ordered, or are invoiced"""
        return self.partner_id

    def _get_credit_excluded(self):
        """:return: {'orders' or 'moves': those of these documents that aren't to be
        gathered, because :meth:`_get_credit_addition` tells of them}"""
        raise NotImplementedError

    def _get_credit_terms(self):
        """:return: (payment term, is it counted in the exposure already)"""
        raise NotImplementedError

    def _get_credit_checkpoint(self):
        """:return: 'confirm', 'deliver' or 'post': what comes next"""
        raise NotImplementedError

    def _is_credit_open(self):
        """Whether this document is still to be decided."""
        raise NotImplementedError

    def _is_credit_decided(self):
        """Whether this document was confirmed, or posted."""
        raise NotImplementedError

    def _get_credit_counted(self, policy):
        """What the exposure counts of this document before it is decided, where it
        isn't left out.

        :return: Decimal, in its currency
        """
        raise NotImplementedError

    # === CHECK === #

    def _get_credit_addition(self):
        """A paid amount counts as paid, whether or not its payment is booked yet; what
        is counted already is less what isn't booked."""
        self.ensure_one()
        term, is_counted = self._get_credit_terms()
        paid, unbooked = self._get_credit_paid()
        share = self._get_credit_open_share(term)
        rest = self._get_credit_open(unbooked) * share
        whole = self._get_credit_open(0.0) * share
        left = self._get_credit_open(paid) * share
        return CreditAddition(
            rest - whole if is_counted else rest, self.currency_id.is_zero(float(left))
        )

    def _get_credit_open(self, paid):
        rest = max(self.amount_total - paid, 0.0)
        return Decimal(str(self.currency_id.round(rest)))

    @staticmethod
    def _get_credit_open_share(term):
        return Decimal(str(term.credit_open_share)) if term else Decimal(1)

    def _get_credit_locked_rate(self):
        return Decimal(repr(self.locked_rate)) if self.locked_rate else None

    def _get_credit_paid(self):
        """:return: (what was paid for this document, what of it isn't booked), in its
        currency"""
        asked = self.transaction_ids
        received = (asked | asked.child_transaction_ids).filtered(
            lambda tx: (
                tx.state in ("authorized", "done")
                and tx.currency_id == self.currency_id
                and tx.payment_id.state not in ("canceled", "rejected")
            )
        )
        paid = unbooked = 0.0
        for transaction in received:
            # what was captured, or voided, of an authorization is told by its parts
            parts = transaction.child_transaction_ids.filtered(
                lambda tx: tx.operation != "refund" and tx.state in ("done", "cancel")
            )
            amount = transaction.amount - sum(parts.mapped("amount"))
            paid += amount
            unbooked += 0.0 if transaction.payment_id else amount
        return paid, unbooked

    def _filter_credit_checked(self):
        """Those whose company has a policy: without one, no query."""
        Policy = self.env["credit.policy"]
        return self.filtered(lambda document: Policy._has_policy(document.company_id))

    def _check_credit_now(self, checkpoint=None):
        """Check these documents, which are decided now, and stop what isn't let
        through. The customers' accounts are taken first: of two decisions at once, the
        second is tried again and reads what the first decided.

        :return: {document: ``CreditCheck``}; where a customer, or somebody who may
            pass, is at the other end, it holds those that would have stopped
        :raise UserError: review or block; nothing is written
        """
        mine = self._filter_credit_checked()
        if not mine:
            return {}
        # rights come first: who may not decide on a document is told nothing of it
        mine.check_access("write")
        # sudo: whoever decides on documents may not read what they are checked by
        mine = mine.sudo()
        for company, documents in mine.grouped(
            lambda document: document.company_id.root_id
        ).items():
            partners = documents._get_credit_partners()
            self.env["credit.account"].sudo()._take(partners, company)
        checks = self.env["credit.policy"].sudo()._check(mine, checkpoint)
        stopped = {d: check for d, check in checks.items() if check.stops}
        if stopped and not self._passes_credit_check():
            raise UserError(self._explain_stopped(stopped))
        return checks

    def _passes_credit_check(self):
        """Customers at the other end, and who has the right to; neither a context key
        nor sudo."""
        return is_customer_present(self.env) or self.env.user.has_group(BYPASS)

    def _explain_stopped(self, stopped):
        lines = [
            f"{document.display_name}: {check.get_sentence(self.env.user)}"
            for document, check in stopped.items()
        ]
        if any(document._is_credit_decided() for document in stopped):
            lines.append(
                self.env._(
                    "It is confirmed already: offer what comes on top in a quotation "
                    "of its own, and request an approval for that."
                )
            )
        elif any(check.state == "blocked" for check in stopped.values()):
            lines.append(self.env._("A credit manager may release it."))
        else:
            lines.append(self.env._("Request an approval, or reduce what is open."))
        return "\n".join(lines)

    def _settle_credit_checks(self, checks):
        """Keep what was decided: the outcome, the rates of what passed, and a review
        for what went through without passing.

        :param checks: as :meth:`_check_credit_now` gives them
        """
        passed = {d: check for d, check in checks.items() if not check.stops}
        # sudo: nobody writes accounts by hand, and whoever confirms keeps the outcome
        self.env["credit.account"].sudo()._keep_checks(
            (document._get_credit_partners(), check)
            for document, check in passed.items()
            if check.exposure
        )
        self.browse(document.id for document in passed)._expire_credit_requests()
        decided = {}
        for document, check in checks.items():
            state = check.state
            if check.stops and is_customer_present(self.env):
                document._request_credit_review(check)
            elif check.stops:
                self.env["credit.review"]._record_bypass(document, check)
                state = "approved"
            decided.setdefault(state, []).append(document.id)
        for state, ids in decided.items():
            self.sudo().browse(ids)._keep_credit_state(state)

    def _keep_credit_state(self, state):
        """Keep the outcome of a check on documents that were decided."""
        return self._write_guarded({"credit_decided_state": state})

    def _expire_credit_requests(self, operation=None):
        """What was asked about these documents needs no decision any longer.

        :param operation: what is about to be done to them; None: it was done
        """
        if checked := self._filter_credit_checked():
            if operation:
                # rights come first: nothing ends for who may not do it
                checked.check_access(operation)
            # sudo: who makes a request needless may not write decisions
            self.env["credit.review"].sudo()._expire_requests(checked)
