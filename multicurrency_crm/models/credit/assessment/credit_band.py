from odoo import api, fields, models


class CreditBand(models.Model):
    _name = "credit.band"
    _description = "Scorecard Band"
    _inherit = ["typed.number.mixin", "guarded.mixin"]
    _order = "is_lowest desc, value_from, id"
    _rec_name = "points"

    rule_id = fields.Many2one(
        "credit.rule", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="rule_id.company_id", store=True)
    is_lowest = fields.Boolean(string="No Lower Bound")
    value_from = fields.Float(string="From", digits=0)
    value_to = fields.Float(string="To", digits=0)
    is_highest = fields.Boolean(string="No Upper Bound")
    points = fields.Float(required=True)

    _points_in_range = models.Constraint(
        "CHECK (points >= 0 AND points <= 100)", "Points lie between 0 and 100."
    )
    _in_order = models.Constraint(
        "CHECK (is_lowest OR is_highest OR value_to >= value_from)",
        "A band ends where it starts, or above.",
    )

    @api.depends("is_lowest", "value_from", "value_to", "is_highest", "points")
    def _compute_display_name(self):
        for band in self:
            low, high = f"{band.value_from:g}", f"{band.value_to:g}"
            if band.is_lowest:
                bounds = f"≤ {high}"
            else:
                bounds = f"> {low}" if band.is_highest else f"{low} – {high}"
            band.display_name = f"{bounds}: {band.points:g}"

    @api.model
    def _prepare(self, start, end, points):
        """Return the values of a band.

        :param start: None: no lower bound
        :param end: None: no upper bound
        """
        return {
            "is_lowest": start is None,
            "value_from": start or 0.0,
            "value_to": end or 0.0,
            "is_highest": end is None,
            "points": points,
        }
