from odoo import api, models
from odoo.tools import SQL


class CustomerReminder(models.Model):
    """Reminders follow customers that move or are merged: nobody is reminded again."""

    _inherit = "customer.reminder"

    @api.model
    def _join(self, sources, customer):
        """Have reminders of some partners count for one customer.

        :param sources: ``res.partner`` with sudo
        :param customer: likewise
        """
        self.env.flush_all()
        self.env.cr.execute(
            SQL(
                """UPDATE customer_reminder SET partner_id = %s
                    WHERE partner_id = ANY(%s)""",
                customer.id,
                sources.ids,
            )
        )
        self.invalidate_model()

    @api.model
    def _rename_merged(self, sources, destination):
        """Have reminders of the customers themselves name the one that stays, as far
        as it wasn't reminded of the same: what is there twice is settled.

        :param sources: ``res.partner`` that are deleted afterwards, with sudo
        :param destination: ``res.partner`` that stays, with sudo
        """
        self.env.flush_all()
        once = SQL(
            """NOT EXISTS (SELECT FROM customer_reminder o
                            WHERE o.rule_id = r.rule_id AND o.id != r.id
                              AND o.res_model = 'res.partner'
                              AND o.fact_date = r.fact_date
                              AND (o.res_id = %s OR o.res_id = ANY(%s)
                                                    AND o.id < r.id))""",
            destination.id,
            sources.ids,
        )
        for name, wanted in (("res", once), ("target", SQL("TRUE"))):
            self.env.cr.execute(
                SQL(
                    """UPDATE customer_reminder r SET %(column)s = %(partner)s
                        WHERE %(model)s = 'res.partner'
                          AND %(column)s = ANY(%(sources)s) AND %(wanted)s""",
                    column=SQL.identifier(f"{name}_id"),
                    model=SQL.identifier(f"{name}_model"),
                    partner=destination.id,
                    sources=sources.ids,
                    wanted=wanted,
                )
            )
        self.invalidate_model()
