from odoo import api, models
from odoo.tools import SQL


class CustomerLife(models.Model):
    """When somebody spoke with customers, and when somebody will."""

    _inherit = "customer.life"

    @api.model
    def _find_contacts(self, company, ids):
        """Find when somebody spoke with customers, and when somebody will.

        :param company: main ``res.company``
        :param ids: of commercial partners
        :return: {partner id: (first, last, next day)}; None where there is none
        """
        Source = self.env["customer.contact.source"]
        companies = company._get_branch_ids(company.id)
        rows = self.env.execute_query(
            SQL(
                """SELECT partner_id, MIN(day), MAX(day), MIN(planned)
                     FROM (SELECT partner_id, day, NULL::date AS planned FROM (%s) s
                            UNION ALL
                           SELECT partner_id, NULL::date, planned FROM (%s) n) c
                 GROUP BY partner_id""",
                Source._get_days_query(company, ids),
                Source._get_activities_query(
                    Source._list_documents(companies, ids),
                    SQL("d.partner_id, y.date_deadline AS planned"),
                    companies,
                ),
            )
        )
        return {partner_id: days for partner_id, *days in rows}

    @api.model
    def _note_contact(self, company, customer):
        """Have the row of a customer say at once when somebody spoke with it, where its
        company follows customers. Of two who note something at once, one waits and is
        tried again: it then sees what the other has planned. Where there is no such
        row (customers aren't followed, an opportunity is nobody's yet), all who note
        something in that company meet at its own.

        :param company: main ``res.company``
        :param customer: commercial ``res.partner``, or none
        """
        # sudo: a customer's row is written by our code only, whoever notes something
        company = company.sudo()
        if customer and company.lifecycle_followed:
            self.sudo()._take_row(company, customer)._stage()
        else:
            self._take_run(company)
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_life_run SET company_id = company_id
                        WHERE company_id = %s""",
                    company.id,
                )
            )

    @api.model
    def _take_row(self, company, customer):
        """Take the row of a customer, made where there is none: who else takes it is
        tried again.

        :param company: main ``res.company``
        :param customer: commercial ``res.partner``
        :return: the row, with sudo
        """
        self.env.flush_all()
        self._take_run(company)
        [(row_id,)] = self.env.execute_query(
            SQL(
                """INSERT INTO customer_life (company_id, partner_id, turn)
                   VALUES (%s, %s, 0)
              ON CONFLICT (partner_id, company_id)
                DO UPDATE SET partner_id = EXCLUDED.partner_id
                RETURNING id""",
                company.id,
                customer.id,
            )
        )
        self._forget_shown()
        # sudo: rows are for our code
        return self.sudo().browse(row_id)
