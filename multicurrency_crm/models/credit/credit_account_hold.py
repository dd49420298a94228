from decimal import Decimal

from odoo import api, models
from odoo.fields import Domain

from ...engine.customer_exposure import CreditRates
from .credit_check import FINANCE
from .credit_check_facts import KeptRates


class CreditAccount(models.Model):
    """Who is on hold, why, and by whom."""

    _inherit = "credit.account"

    @api.model
    def _find(self, partners, company):
        """:return: the accounts of these commercial partners in a main company"""
        return self.search(
            Domain("partner_id", "in", partners.ids)
            & Domain("company_id", "=", company.id)
        )

    @api.model
    def _find_held_by_hand(self, partners, company):
        """:return: ids of the customers that a person put on hold"""
        by_rule = self._find(partners, company).filtered("hold_by_rule").partner_id
        return set((self._find_held(partners, company) - by_rule).ids)

    @api.model
    def _find_held(self, partners, company):
        """Searched, not read: few of many customers are held. Archived ones, too:
        what they owe is owed, and they are released once they paid."""
        here = partners.with_company(company).with_context(active_test=False)
        return here.search([("id", "in", here.ids), ("credit_hold", "=", True)])

    @api.model
    def _apply_holds(self, company, reasons):
        """Hold, and release, what the rules of a policy say.

        :param reasons: {commercial partner's id: sentence, or False: no rule holds it}
        """
        partners = self.env["res.partner"].browse(reasons).with_company(company)
        held = self._find_held(partners, company)
        stopped = partners.browse([pid for pid, reason in reasons.items() if reason])
        for partner in stopped - held:
            partner._set_credit_hold(company, True, reasons[partner.id], by_rule=True)
        if not held:
            return
        for account in self._find(held, company).filtered("hold_by_rule"):
            if not reasons[account.partner_id.id]:
                account.partner_id._set_credit_hold(
                    company,
                    False,
                    self.env._("Cured: no rule holds this customer any longer."),
                )

    def _get_hold_reason(self):
        """Why the customer is on hold, as the acting user may read it: what a rule
        says names amounts of the ledger."""
        self.ensure_one()
        plain = self.hold_by_rule and not self.env.user.has_group(FINANCE)
        return self._get_rule_reason() if plain else self.hold_reason

    @api.model
    def _get_rule_reason(self):
        return self.env._("A rule of the credit policy holds this customer.")

    def _prepare_hold_vals(self, held, reason, *, by_rule=False):
        """:param reason: sentence, or False
        :param bool by_rule: lifted by itself once cured"""
        self.ensure_one()
        return {
            "hold_reason": held and reason,
            "hold_by_rule": held and by_rule,
            "hold_user_id": held and not by_rule and self.env.uid,
            "hold_since": held and self.company_id._get_today(),
            "hold_transfer_id": False,
        }

    def _get_or_create(self, partner, company):
        return self._find(partner, company) or self.create(
            {"partner_id": partner.id, "company_id": company.id}
        )

    def _get_kept_rates(self):
        """:return: ``KeptRates`` of the last check that was passed, or None"""
        if not self.kept_rates:
            return None
        rates = {int(cid): Decimal(rate) for cid, rate in self.kept_rates.items()}
        limit = None
        if self.kept_currency_id:
            limit = (Decimal(str(self.kept_limit)), self.kept_currency_id.id)
        return KeptRates(CreditRates(rates, {}), limit)

    @api.model
    def _keep_checks(self, passed):
        """Keep the rates and the limits of checks that were passed, so that a later
        one can tell a moved rate from a larger purchase.

        :param passed: pairs (commercial partner, ``CreditCheck``); of one customer the
            last one counts
        """
        checks = dict(passed)
        partners = self.env["res.partner"].concat(*checks)
        found = {
            (account.partner_id, account.company_id): account
            for account in self.search(Domain("partner_id", "in", partners.ids))
        }
        for partner, check in checks.items():
            account = found.get((partner, check.company)) or self.create(
                {"partner_id": partner.id, "company_id": check.company.id}
            )
            account._keep_check(check)

    def _keep_check(self, check):
        rates = check.exposure.rates.rates
        used = check.exposure.by_currency()
        used = {check.line.currency.id, *used} if check.line else set(used)
        self._write_guarded(
            {
                "kept_rates": {str(c): str(rates[c]) for c in used if c in rates},
                "kept_limit": check.line.amount if check.line else 0.0,
                "kept_currency_id": check.line and check.line.currency.id,
            }
        )
