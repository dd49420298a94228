from odoo import api, fields, models
from odoo.tools import SQL


class CreditAccount(models.Model):
    """One row a customer and company. Deciding transactions update it, so that of two
    at once the second is retried and reads what the first decided."""

    _name = "credit.account"
    _description = "Credit Account"
    _inherit = ["guarded.mixin"]
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    decisions = fields.Integer(
        help="How many decisions were taken about this customer's credit."
    )

    hold_reason = fields.Char(readonly=True)
    hold_by_rule = fields.Boolean(
        readonly=True, help="Lifted by itself once the reason is cured."
    )
    hold_user_id = fields.Many2one("res.users", "Held By", readonly=True)
    hold_since = fields.Date(readonly=True)
    hold_transfer_id = fields.Many2one(
        "credit.transfer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="Held because of this move, until it is decided.",
    )
    kept_rates = fields.Json(
        readonly=True, help="The rates at which the last check was passed."
    )
    kept_limit = fields.Monetary(readonly=True, currency_field="kept_currency_id")
    kept_currency_id = fields.Many2one("res.currency", readonly=True)

    _partner_company_unique = models.Constraint(
        "UNIQUE (partner_id, company_id)",
        "A customer has one credit account in each company.",
    )

    @api.model
    def _take(self, partners, company):
        """Take the rows of these customers before deciding about their credit.

        :param partners: ``res.partner``; their commercial partners count
        :param company: main ``res.company``; with the rows of the groups to which
            they belong, whose limits they share
        :raise psycopg2.errors.SerializationFailure: somebody else decided meanwhile;
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
        """:return: {(partner id, company id)} of the rows that a decision updates"""
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
