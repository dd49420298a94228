"""What counts as a contact with a customer, as queries: the night, milestones and the
timeline ask for the same."""

from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL

from .customer_follow_up import ACTIVITIES, NEXT_CONTACT

#: Invoices and credit notes of customers.
INVOICES = ("out_invoice", "out_refund", "out_receipt")


class Documents(NamedTuple):
    """The documents of one model on which people write to customers."""

    model: str
    query: SQL  # id, partner_id: the customer, write_date


class CustomerContactSource(models.AbstractModel):
    """Queries of who spoke with whom.

    A contact is a follow-up (unless nobody was reached), an e-mail through Odoo's
    gateway, and a message that a customer wrote or that a colleague sent to it. Notes,
    logs, automatic messages and mailings are none.
    """

    _name = "customer.contact.source"
    _description = "Contacts with Customers"

    # === DOCUMENTS === #

    @api.model
    def _list_documents(self, companies, customers=None):
        """Return the documents of customers.

        :param companies: ids of a main company and its branches; None: those that the
            user reads, as far as the user reads them
        :param customers: ids of commercial partners; None: all
        :return: list of :class:`Documents`
        """
        tables = {
            "res.partner": SQL("FROM res_partner d JOIN res_partner p ON p.id = d.id"),
            "crm.lead": SQL(
                """FROM crm_lead d JOIN res_partner p ON p.id = d.partner_id
              LEFT JOIN crm_team t ON t.id = d.team_id
              LEFT JOIN res_users u ON u.id = d.user_id"""
            ),
            "sale.order": SQL(
                "FROM sale_order d JOIN res_partner p ON p.id = d.partner_id"
            ),
            "account.move": SQL(
                "FROM account_move d JOIN res_partner p ON p.id = d.partner_id"
            ),
        }
        return [
            Documents(
                model, self._get_documents_query(model, table, companies, customers)
            )
            for model, table in tables.items()
            if companies is not None or self.env[model].has_access("read")
        ]

    @api.model
    def _get_documents_query(self, model, table, companies, customers):
        wanted = [SQL("p.commercial_partner_id IS NOT NULL")]
        if customers is not None:
            wanted.append(SQL("p.commercial_partner_id = ANY(%s)", list(customers)))
        if model == "account.move":
            wanted.append(SQL("d.move_type = ANY(%s)", list(INVOICES)))
        if companies is not None:
            wanted.append(self._get_owned(model, list(companies)))
        elif not self.env.su:
            Model = self.env[model].with_context(active_test=False)
            readable = Model._search(Domain.TRUE)
            wanted.append(SQL("d.id IN %s", readable.subselect()))
        return SQL(
            """SELECT d.id, p.commercial_partner_id AS partner_id, d.write_date
                      %s WHERE %s""",
            table,
            SQL(" AND ").join(wanted),
        )

    @api.model
    def _get_owned(self, model, companies):
        """Return the condition that a document is of some companies. An opportunity of
        none is of its team's, or its salesperson's, or of the only one there is."""
        if model == "res.partner":
            return SQL("(d.company_id IS NULL OR d.company_id = ANY(%s))", companies)
        if model == "crm.lead":
            return SQL(
                """CASE WHEN d.company_id IS NULL AND t.company_id IS NULL
                             AND u.company_id IS NULL
                        THEN NOT EXISTS (SELECT FROM res_company o
                                          WHERE o.parent_id IS NULL AND o.active
                                            AND o.id != ALL(%(companies)s))
                        ELSE COALESCE(d.company_id, t.company_id, u.company_id)
                             = ANY(%(companies)s) END""",
                companies=companies,
            )
        return SQL("d.company_id = ANY(%s)", companies)

    # === MESSAGES === #

    @api.model
    def _get_spoken(self, model, companies):
        """Return the condition that a message ``m``, of subtype ``s`` and author ``a``,
        is a contact with the customer of its document ``d``.

        What a customer's own page got belongs to the company that wrote it; an e-mail
        to that page is everybody's who trades with the customer. What others write is
        no contact, though the customer follows the document and gets it: it is from the
        customer, or an unknown address, or one of us.

        :param companies: ids; None: any
        """
        robot = self.env["ir.model.data"]._xmlid_to_res_id("base.partner_root")
        mine = SQL("TRUE")
        if model == "res.partner" and companies is not None:
            mine = SQL(
                """(m.message_type = 'email' OR m.record_company_id IS NULL
                    OR m.record_company_id = ANY(%s))""",
                list(companies),
            )
        return SQL(
            """(m.message_type IN ('email', 'comment')
            AND (m.message_type = 'email' OR m.subtype_id IS NOT NULL)
            AND s.internal IS NOT TRUE AND m.is_internal IS NOT TRUE
            AND m.author_id IS DISTINCT FROM %(robot)s AND %(mine)s
            AND (a.commercial_partner_id = d.partner_id
                 OR (m.message_type = 'email' AND m.author_id IS NULL)
                 OR (%(ours)s
                     AND (EXISTS (SELECT FROM mail_message_res_partner_rel r
                                    JOIN res_partner x ON x.id = r.res_partner_id
                                   WHERE r.mail_message_id = m.id
                                     AND x.commercial_partner_id = d.partner_id)
                          OR EXISTS (SELECT FROM mail_notification n
                                       JOIN res_partner x ON x.id = n.res_partner_id
                                      WHERE n.mail_message_id = m.id
                                        AND x.commercial_partner_id
                                            = d.partner_id)))))""",
            robot=robot,
            ours=self._get_ours(),
            mine=mine,
        )

    @api.model
    def _get_ours(self):
        """Return the condition that the author ``a`` of a message is one of us: a
        colleague, also one who has left, or the company itself."""
        own, _above = self.env["res.company"]._get_own_partner_ids()
        return SQL(
            """(a.commercial_partner_id = ANY(%s)
                OR EXISTS (SELECT FROM res_users w
                            WHERE w.partner_id = a.id AND NOT w.share))""",
            list(own),
        )

    @api.model
    def _get_messages_query(self, documents, columns, companies):
        """Return the query of the messages by which people spoke with customers.

        :param documents: list of :class:`Documents`
        :param SQL columns: of messages ``m``, subtypes ``s``, authors ``a`` and
            documents ``d``
        :param companies: as for :meth:`_get_spoken`
        """
        return self._unite(
            SQL(
                """SELECT %(columns)s
                     FROM (%(documents)s) d
                     JOIN mail_message m ON m.model = %(model)s AND m.res_id = d.id
                LEFT JOIN mail_message_subtype s ON s.id = m.subtype_id
                LEFT JOIN res_partner a ON a.id = m.author_id
                    WHERE %(spoken)s""",
                columns=columns,
                documents=one.query,
                model=one.model,
                spoken=self._get_spoken(one.model, companies),
            )
            for one in documents
        )

    @api.model
    def _get_days_query(self, company, customers=None):
        """Return the query of the days on which somebody spoke with customers:
        (partner_id, day, message_id).

        :param company: main ``res.company``
        :param customers: ids of commercial partners; None: all
        """
        companies = company._get_branch_ids(company.id)
        documents = self._list_documents(companies, customers)
        columns = SQL(
            """d.partner_id,
               (m.date AT TIME ZONE 'UTC' AT TIME ZONE %s)::date AS day,
               m.id AS message_id""",
            company._get_zone(),
        )
        wanted = SQL("f.partner_id IS NOT NULL")
        if customers is not None:
            wanted = SQL("f.partner_id = ANY(%s)", list(customers))
        return SQL(
            """%(messages)s
               UNION ALL
               SELECT f.partner_id, f.date, f.message_id
                 FROM customer_follow_up f
                WHERE f.company_id = %(company)s AND %(wanted)s
                  AND f.outcome IS DISTINCT FROM 'unreached'""",
            messages=self._get_messages_query(documents, columns, companies),
            company=company.id,
            wanted=wanted,
        )

    @api.model
    def _find_touched(self, company, since):
        """Find the customers of whom a contact may be new since a moment: something was
        written, or a document has become theirs.

        :param company: main ``res.company``
        :param since: ``datetime`` in UTC
        :return: list of the ids of commercial partners
        """
        companies = company._get_branch_ids(company.id)
        touched = [
            self._get_touched_by_query(documents, since)
            for documents in self._list_documents(companies)
        ]
        touched.append(
            SQL(
                "SELECT partner_id FROM customer_follow_up WHERE write_date >= %s",
                since,
            )
        )
        # of customers that were merged, or belong to another one now
        touched.append(
            SQL(
                """SELECT partner_id FROM customer_milestone
                    WHERE company_id = %s AND kind = 'first_contact'
                      AND res_id != partner_id AND NOT is_void""",
                company.id,
            )
        )
        rows = self.env.execute_query(
            SQL(" UNION ").join(SQL("(%s)", query) for query in touched)
        )
        return [partner_id for (partner_id,) in rows if partner_id]

    @staticmethod
    def _get_touched_by_query(documents, since):
        """Return the query of the customers of whom documents of a model changed since
        a moment, or got a message."""
        # ids follow the order in which messages are written: few rows are looked at
        newer = SQL(
            """m.id > COALESCE((SELECT o.id FROM mail_message o WHERE o.create_date < %s
                              ORDER BY o.id DESC LIMIT 1), 0)""",
            since,
        )
        return SQL(
            """SELECT d.partner_id FROM (%(documents)s) d
                WHERE d.write_date >= %(since)s
                UNION
               SELECT d.partner_id FROM (%(documents)s) d
                 JOIN mail_message m ON m.model = %(model)s AND m.res_id = d.id
                WHERE %(newer)s""",
            documents=documents.query,
            model=documents.model,
            since=since,
            newer=newer,
        )

    # === WHAT IS PLANNED === #

    @api.model
    def _get_planned(self):
        """Return the condition that an activity ``y`` is an open contact: a call, a
        meeting, an e-mail, or what a follow-up planned. That somebody is reminded of a
        customer is no appointment."""
        data = self.env["ir.model.data"]
        xmlids = {*ACTIVITIES.values(), NEXT_CONTACT}
        types = [data._xmlid_to_res_id(xmlid) for xmlid in sorted(xmlids)]
        return SQL(
            """(y.active AND NOT EXISTS (SELECT FROM customer_reminder_line i
                                           WHERE i.activity_id = y.id)
                AND (y.activity_type_id = ANY(%s)
                OR EXISTS (SELECT FROM customer_follow_up f
                            WHERE f.activity_id = y.id)))""",
            [type_id for type_id in types if type_id],
        )

    @api.model
    def _get_activities_query(self, documents, columns, companies):
        """Return the query of the contacts that are planned with customers. What is
        planned on a customer's own page belongs to the companies of whom it is planned
        for.

        :param SQL columns: of activities ``y`` and documents ``d``
        :param companies: ids; None: any
        """
        planned = self._get_planned()
        mine = SQL("TRUE")
        if companies is not None:
            mine = SQL(
                """(y.user_id IS NULL
                    OR EXISTS (SELECT FROM res_company_users_rel r
                                WHERE r.user_id = y.user_id AND r.cid = ANY(%s)))""",
                list(companies),
            )
        return self._unite(
            SQL(
                """SELECT %(columns)s
                     FROM (%(documents)s) d
                     JOIN mail_activity y ON y.res_model = %(model)s
                                         AND y.res_id = d.id
                    WHERE %(planned)s AND %(mine)s""",
                columns=columns,
                documents=one.query,
                model=one.model,
                planned=planned,
                mine=mine if one.model == "res.partner" else SQL("TRUE"),
            )
            for one in documents
        )

    @staticmethod
    def _unite(queries):
        return SQL(" UNION ALL ").join(SQL("(%s)", query) for query in queries)
