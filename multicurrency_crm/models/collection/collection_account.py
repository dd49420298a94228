from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..common.remembered import remembered

#: What is to be done next about a customer.
ACTIONS = [
    ("call", "Call"),
    ("mail", "Write an E-mail"),
    ("check", "Check Whether Money Came"),
    ("clear", "Clear a Dispute"),
    ("find", "Find Another Contact"),
]


class CollectionAccount(models.Model):
    """What is to be done next about what a customer owes: a row a customer and main
    company. Whoever notes a word of the customer updates it, so that of two at once the
    second is retried and reads what the first noted."""

    _name = "collection.account"
    _description = "Customer in Collection"
    _inherit = ["guarded.mixin"]
    _rec_name = "partner_id"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    next_action = fields.Selection(selection=ACTIONS, readonly=True)
    next_date = fields.Date(string="Next Action On", readonly=True)
    taken = fields.Integer(
        string="Times Taken",
        readonly=True,
        help="How often somebody was about to note a word of this customer.",
    )
    last_call_id = fields.Many2one(
        "collection.call",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )

    _partner_company_unique = models.Constraint(
        "UNIQUE (partner_id, company_id)",
        "A customer is collected from once in each company.",
    )

    # === FINDING === #

    @api.model
    def _find(self, partners, company):
        """Return the rows of these customers.

        :param partners: ``res.partner``; their commercial partners count
        :param company: ``res.company``; its main company counts
        """
        return self.search(
            Domain("partner_id", "in", partners.commercial_partner_id.ids)
            & Domain("company_id", "=", company.sudo().root_id.id)  # sudo: of a branch
        )

    @api.model
    @remembered()
    def _is_used(self):
        """Return whether a word of any customer was ever noted."""
        # sudo: of any company
        return bool(self.sudo().search_count([], limit=1))

    # === TAKING === #

    @api.model
    def _take(self, partner, company):
        """Take the row of a customer before something about it is noted.

        :param partner: one ``res.partner``; its commercial partner counts
        :param company: ``res.company``; its main company counts
        :return: the row, with sudo
        :raises psycopg2.errors.SerializationFailure: somebody else noted something
            meanwhile; Odoo retries the request, which then reads that
        """
        if not self._is_used():
            self.env["res.company"]._forget_remembered()
        self.flush_model()
        key = partner.commercial_partner_id.id, company.sudo().root_id.id  # sudo: above
        self.env.cr.execute(
            SQL(
                """INSERT INTO collection_account (partner_id, company_id, taken)
                        VALUES (%s, %s, 1)
                   ON CONFLICT (partner_id, company_id)
                     DO UPDATE SET taken = collection_account.taken + 1
                     RETURNING id""",
                *key,
            )
        )
        [row_id] = self.env.cr.fetchone()
        self.invalidate_model()
        # sudo: rows are written by our code only
        return self.sudo().browse(row_id)
