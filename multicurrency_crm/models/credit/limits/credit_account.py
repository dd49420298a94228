from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..groups import FINANCE


class CreditAccount(models.Model):
    """One row a customer and company. Deciding transactions update it, so that of two
    at once the second is retried and reads what the first decided."""

    _name = "credit.account"
    _description = "Credit Account"
    _inherit = ["guarded.mixin", "kept.sentence.mixin"]
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    decisions = fields.Integer(
        string="Number of Decisions",
        help="How many decisions were taken about this customer's credit.",
    )

    hold_reason = fields.Char(readonly=True, translate=True)
    hold_by_rule = fields.Boolean(
        readonly=True, help="Lifted automatically once the reason is cured."
    )
    hold_user_id = fields.Many2one("res.users", string="Held By", readonly=True)
    hold_since = fields.Date(readonly=True)
    hold_transfer_id = fields.Many2one(
        "credit.transfer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Held because of this move, until it is decided.",
    )

    _partner_company_unique = models.Constraint(
        "UNIQUE (partner_id, company_id)",
        "A customer has one credit account in each company.",
    )

    # === FINDING === #

    @api.model
    def _find(self, partners, company):
        """Return the accounts of these commercial partners in a main company."""
        return self.search_fetch(
            Domain("partner_id", "in", partners.ids)
            & Domain("company_id", "=", company.id)
        )

    def _get_or_create(self, partner, company):
        return self._find(partner, company) or self.create(
            {"partner_id": partner.id, "company_id": company.id}
        )

    # === TAKING === #

    @api.model
    def _take(self, partners, company):
        """Take the rows of these customers before deciding about their credit.

        :param partners: ``res.partner``; their commercial partners count
        :param company: main ``res.company``; with the rows of the groups to which
            they belong, whose limits they share
        :raises psycopg2.errors.SerializationFailure: somebody else decided meanwhile;
            Odoo retries the request, which then reads that decision
        """
        self.flush_model()
        # in one order for everybody, so that two batches can't wait for each other
        rows = sorted(self._list_shared(partners, company))
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO credit_account (partner_id, company_id, decisions)
                     SELECT taken.partner_id, taken.company_id, 1
                       FROM unnest(%s::int[], %s::int[])
                            WITH ORDINALITY AS taken (partner_id, company_id, place)
                   ORDER BY taken.place
                ON CONFLICT (partner_id, company_id)
                  DO UPDATE SET decisions = credit_account.decisions + 1
                """,
                [partner_id for partner_id, _company_id in rows],
                [company_id for _partner_id, company_id in rows],
            )
        )
        self.invalidate_model()

    @api.model
    def _list_shared(self, partners, company):
        """Return which rows a decision updates.

        :return: {(partner id, company id)}
        """
        commercial = partners.commercial_partner_id
        Transfer = self.env["credit.transfer"]
        commercial |= Transfer._find_former_customers(company, commercial)
        rows = {(partner_id, company.id) for partner_id in commercial.ids}
        # sudo: salespeople decide under limits that they may not read
        Limit = self.env["credit.limit"].sudo()
        today = company._get_today()
        for limit in Limit._find_group_limits(company, today, commercial):
            rows.add((limit.partner_id.id, limit.company_id.id))
        return rows

    # === HOLDS === #

    @api.model
    def _find_held_by_hand(self, partners, company):
        """Return the ids of the customers that a person put on hold."""
        by_rule = self._find(partners, company).filtered("hold_by_rule").partner_id
        return set((self._find_held(partners, company) - by_rule).ids)

    @api.model
    def _find_held(self, partners, company):
        """Return which of these customers are on hold: searched, not read, since few of
        many are. Archived ones, too: what they owe is owed, and they are released once
        they paid."""
        here = partners.with_company(company).with_context(active_test=False)
        return here.search([("id", "in", here.ids), ("credit_hold", "=", True)])

    @api.model
    def _apply_holds(self, company, reasons):
        """Hold and release what the rules of a policy say.

        :param reasons: {commercial partner's id: function(env) → sentence, or False: no
            rule holds it}
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
                    lambda env: env._("Cured: no rule holds this customer any longer."),
                )

    def _get_hold_reason(self):
        """Return why the customer is on hold, as the acting user may read it: what a
        rule says names amounts of the ledger."""
        self.ensure_one()
        plain = self.hold_by_rule and not self.env.user.has_group(FINANCE)
        return self._get_rule_reason() if plain else self.hold_reason

    @api.model
    def _get_rule_reason(self):
        return self.env._("A rule of the credit policy holds this customer.")

    def _keep_hold(self, held, reason, *, by_rule=False):
        """Keep that the customer is held, or released.

        :param reason: what a person typed, function(env) → sentence, or False
        :param bool by_rule: lifted automatically once cured
        """
        self.ensure_one()
        self._write_guarded(
            {
                "hold_reason": False,
                "hold_by_rule": held and by_rule,
                "hold_user_id": held and not by_rule and self.env.uid,
                "hold_since": held and self.company_id._get_today(),
                "hold_transfer_id": False,
            }
        )
        if held and reason:
            explain = reason if callable(reason) else lambda env: reason
            self._keep_sentence("hold_reason", lambda spoken: explain(spoken.env))
