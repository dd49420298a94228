from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.open_items import AgeBounds
from ...engine.periods import last_month, last_week

#: Months that statements may be kept: 100 years.
MOST_MONTHS = 1200


class ResCompany(models.Model):
    """When statements are made, of whom, and how old is old."""

    _inherit = "res.company"

    statement_period = fields.Selection(
        selection=[
            ("off", "By hand"),
            ("weekly", "Every week"),
            ("monthly", "Every month"),
        ],
        string="Make Statements",
        default="off",
        required=True,
        groups="base.group_user",
    )
    statement_weekday = fields.Selection(
        selection=[
            ("0", "Monday"),
            ("1", "Tuesday"),
            ("2", "Wednesday"),
            ("3", "Thursday"),
            ("4", "Friday"),
            ("5", "Saturday"),
            ("6", "Sunday"),
        ],
        string="Week Ends On",
        default="6",
        required=True,
        groups="base.group_user",
    )
    statement_zero = fields.Selection(
        selection=[
            ("all", "All customers that ever owed"),
            ("moved", "With movement or balance"),
            ("balance", "With a balance"),
        ],
        string="Statements For",
        default="moved",
        required=True,
        groups="base.group_user",
    )
    statement_four_eyes = fields.Boolean(
        string="Another One Verifies Statements",
        groups="base.group_user",
        help="Who made a statement doesn't verify it. Those that were made in the "
        "night are verified by anybody of finance.",
    )
    statement_age_first = fields.Integer(
        string="First Age, Days", default=30, groups="base.group_user"
    )
    statement_age_second = fields.Integer(
        string="Second Age, Days", default=60, groups="base.group_user"
    )
    statement_age_third = fields.Integer(
        string="Third Age, Days", default=90, groups="base.group_user"
    )
    statement_months_kept = fields.Integer(
        string="Months Kept",
        default=0,
        groups="base.group_user",
        help="The lines of statements that ended so long ago are deleted in the night; "
        "their figures a currency stay. 0: for ever.",
    )

    @api.constrains(
        "statement_age_first", "statement_age_second", "statement_age_third"
    )
    def _check_statement_ages(self):
        for company in self:
            if not company._get_age_bounds().rises():
                raise ValidationError(
                    self.env._(
                        "The ages of open items must rise, from at least one day: 30, "
                        "60 and 90 as a rule."
                    )
                )

    @api.constrains("statement_months_kept")
    def _check_statement_months(self):
        for company in self:
            if not 0 <= company.statement_months_kept <= MOST_MONTHS:
                raise ValidationError(
                    self.env._(
                        "Statements are kept for 0 months (for ever) up to %(months)s "
                        "months.",
                        months=MOST_MONTHS,
                    )
                )

    def _get_age_bounds(self):
        """Return the days late that bound the ages of open items.

        :return: ``AgeBounds``
        """
        self.ensure_one()
        # sudo: who reads a statement reads how old its items are
        company = self.sudo().root_id
        return AgeBounds(
            company.statement_age_first,
            company.statement_age_second,
            company.statement_age_third,
        )

    def _get_last_period(self, kind, day=None):
        """Return first and last day of this company's last period that is over.

        :param str kind: 'weekly' or 'monthly'
        :param day: date on which it is asked; default: today where the company is
        """
        self.ensure_one()
        # sudo: who works in a branch needn't see its main company
        company = self.sudo().root_id
        day = day or company._get_today()
        if kind == "monthly":
            return last_month(day)
        return last_week(day, int(company.statement_weekday))

    def _get_first_day_kept(self):
        """Return the first last day of statements whose lines are kept."""
        self.ensure_one()
        months = relativedelta(months=self.statement_months_kept)
        return self._get_today() - months
