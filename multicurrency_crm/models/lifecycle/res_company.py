from odoo import api, fields, models
from odoo.exceptions import ValidationError

#: The longest silence that a company may be patient with, in days.
MOST_DAYS = 3650


class ResCompany(models.Model):
    """Whether a company follows its customers over time, and how patient it is."""

    _inherit = "res.company"

    lifecycle_followed = fields.Boolean(
        string="Follow Customers Over Time",
        groups="base.group_user",
        help="Each night, what happened with each customer is noted, and where it "
        "stands. Nothing of Odoo's documents changes.",
    )
    lifecycle_dormant_days = fields.Integer(
        string="Dormant After (Days)",
        default=90,
        bounds=(1, MOST_DAYS),
        groups="base.group_user",
        help="A customer with whom nothing has happened for so many days is dormant.",
    )
    lifecycle_lost_days = fields.Integer(
        string="Lost After (Days)",
        default=365,
        bounds=(1, MOST_DAYS),
        groups="base.group_user",
        help="A customer with whom nothing has happened for so many days is lost.",
    )

    suggestion_patience_days = fields.Integer(
        string="Quotations Are Answered Within (Days)",
        default=30,
        bounds=(1, MOST_DAYS),
        groups="base.group_user",
        help="An older quotation is likely to be lost; of who ordered three or more, "
        "the slowest of theirs counts instead.",
    )
    suggestion_least_share = fields.Float(
        string="Worth a Word From",
        default=0.01,
        bounds=(0.0001, 1),
        digits=(16, 6),
        groups="base.group_user",
        help="By how much a price may fall at the same value in company currency, "
        "before a quotation or a lock is suggested anew.",
    )
    suggestion_soon_days = fields.Integer(
        string="Look Ahead (Days)",
        default=14,
        bounds=(0, MOST_DAYS),
        groups="base.group_user",
        help="A credit limit is held against an order that is expected within so many "
        "days.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("lifecycle_dormant_days", "lifecycle_lost_days")
    def _check_lifecycle_days(self):
        for company in self:
            if company.lifecycle_lost_days < company.lifecycle_dormant_days:
                raise ValidationError(
                    self.env._(
                        "A customer can't be lost before it is dormant: give %(lost)s "
                        "at least as many days as %(dormant)s.",
                        lost=self.env._("Lost After (Days)"),
                        dormant=self.env._("Dormant After (Days)"),
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if vals.get("lifecycle_followed"):
            # the first look needn't wait for the hour
            self.env.ref("multicurrency_crm.ir_cron_customer_life")._trigger()
        return result

    # === FOLLOWING === #

    @api.model
    def _find_followed(self):
        """Find the main companies that follow their customers.

        :return: ``res.company`` with sudo: their nightly work is everybody's
        """
        # sudo: a job works for all companies
        return self.sudo().search(
            [("lifecycle_followed", "=", True), ("parent_id", "=", False)]
        )
