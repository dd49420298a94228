from odoo import api, models
from odoo.tools import SQL

from .customer_milestone_gathering import Source


class CustomerMilestone(models.Model):
    """First contacts."""

    _inherit = "customer.milestone"

    @api.model
    def _list_contact_sources(self, scope):
        """Return where first contacts come from: whoever was spoken with, and is a
        customer, or is to become one.

        A vendor or colleague with whom somebody writes is none.

        :param scope: ``Scope``
        :return: list of ``Source``
        """
        return [Source(self._get_first_contacts_query(scope))]

    @api.model
    def _get_first_contacts_query(self, scope):
        """Return one milestone a customer. Who may have got an earlier contact is
        looked at as a whole; who lost the only one, where all documents are looked
        at."""
        root = self.env["res.company"].browse(scope.company_ids[0]).root_id
        Spoken = self.env["customer.contact.source"]
        customers = None
        if scope.since is not None:
            customers = Spoken._find_touched(root, scope.since)
        found = SQL(
            """SELECT k.partner_id, MIN(k.day) AS date
                 FROM (%s) k JOIN res_partner p ON p.id = k.partner_id
                WHERE %s GROUP BY k.partner_id""",
            Spoken._get_days_query(root, customers),
            self._get_customer_condition(root),
        )
        lost = SQL(
            """SELECT m.res_id, NULL::date FROM customer_milestone m
                WHERE %s AND m.company_id = %s AND m.kind = 'first_contact'
                  AND NOT m.is_void
                  AND NOT EXISTS (SELECT FROM found f WHERE f.partner_id = m.res_id)""",
            customers is None,
            root.id,
        )
        return SQL(
            """WITH found AS MATERIALIZED (%(found)s)
               SELECT %(company)s AS company_id, k.partner_id, 'first_contact' AS kind,
                      'res.partner' AS res_model, k.partner_id AS res_id, k.date,
                      p.name AS document_name, NULL::int AS currency_id,
                      NULL::numeric AS amount, NULL::numeric AS amount_company,
                      NULL::float8 AS rate, NULL::date AS rate_date,
                      FALSE AS from_history, k.date IS NOT NULL AS holds
                 FROM (SELECT * FROM found UNION ALL (%(lost)s)) k
                 JOIN res_partner p ON p.id = k.partner_id""",
            company=root.id,
            found=found,
            lost=lost,
        )

    @api.model
    def _get_customer_condition(self, root):
        """Return the condition that a partner ``p`` is a customer, or is to become one:
        it was invoiced, has a salesperson, or was followed up, offered or sold
        something."""
        theirs = [
            SQL(
                """EXISTS (SELECT FROM %s d JOIN res_partner c ON c.id = d.partner_id
                            WHERE c.commercial_partner_id = p.id)""",
                SQL.identifier(table),
            )
            for table in ("crm_lead", "sale_order")
        ]
        return SQL(
            """(p.customer_rank > 0 OR p.user_id IS NOT NULL OR %s OR %s
                OR EXISTS (SELECT FROM customer_follow_up f
                            WHERE f.partner_id = p.id AND f.company_id = %s))
               AND NOT EXISTS (SELECT FROM res_company o WHERE o.partner_id = p.id)""",
            *theirs,
            root.id,
        )
