from datetime import datetime

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
        root = self.env["res.company"].browse(scope.company_ids[0]).root_id
        Spoken = self.env["customer.contact.source"]
        customers = None
        if scope.since is not None:
            customers = Spoken._find_touched(root, scope.since)
        return [self._get_contact_source(root, customers)]

    @api.model
    def _get_contact_source(self, root, customers):
        """Return where first contacts of customers come from.

        :param root: main ``res.company``
        :param customers: ids; None: of all
        """
        query = self._get_first_contacts_query(root, customers)
        # who belongs to another customer has no first contact of its own
        also = SQL("(d.id = ANY(%s) OR m.res_id != m.partner_id)", customers or [])
        return Source("first_contact", "res.partner", query, also=also)

    @api.model
    def _note_first_contacts(self, company, customers):
        """Note the first contacts of some customers anew, whatever has changed.

        :param company: main ``res.company``
        :param customers: ``res.partner``
        """
        scope = self._get_scope(company, datetime.max)
        self._note(self._get_contact_source(company, customers.ids), scope)
        self.invalidate_model()

    @api.model
    def _get_first_contacts_query(self, root, customers):
        """Return one milestone a customer.

        :param root: main ``res.company``
        :param customers: ids of who may have got an earlier contact, or lost the
            first; None: all
        """
        Spoken = self.env["customer.contact.source"]
        found = SQL(
            """SELECT k.partner_id, MIN(k.day) AS date
                 FROM (%s) k JOIN res_partner p ON p.id = k.partner_id
                WHERE %s GROUP BY k.partner_id""",
            Spoken._get_days_query(root, customers),
            self._get_customer_condition(root),
        )
        return SQL(
            """SELECT %(company)s AS company_id, k.partner_id AS document_partner_id,
                      k.partner_id AS origin_partner_id, 'first_contact' AS kind,
                      'res.partner' AS res_model, k.partner_id AS res_id, k.date,
                      p.name AS document_name, NULL::int AS currency_id,
                      NULL::numeric AS amount, NULL::numeric AS amount_company,
                      NULL::float8 AS rate, NULL::date AS rate_date,
                      FALSE AS from_history, TRUE AS holds
                 FROM (%(found)s) k
                 JOIN res_partner p ON p.id = k.partner_id""",
            company=root.id,
            found=found,
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
