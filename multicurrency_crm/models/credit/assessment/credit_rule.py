from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ....engine.credit_scores import Band


class CreditRule(models.Model):
    """One factor of a scorecard."""

    _name = "credit.rule"
    _description = "Scorecard Factor"
    _inherit = ["typed.number.mixin", "guarded.mixin"]
    _order = "sequence, id"
    _rec_name = "factor"

    policy_id = fields.Many2one(
        "credit.policy", required=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="policy_id.company_id", store=True)
    sequence = fields.Integer(default=10)
    factor = fields.Selection(
        selection=[
            ("lateness", "Days late"),
            ("overdue_share", "Overdue share"),
            ("limit_use", "Limit used"),
            ("dso_beyond_terms", "Days outstanding beyond terms"),
            ("relation", "Years of relation"),
            ("trend", "Orders against last year"),
            ("incidents", "Open disputes"),
            ("currency", "Currency risk"),
        ],
        string="Score Factor",
        required=True,
    )
    weight = fields.Float(required=True)
    band_ids = fields.One2many("credit.band", "rule_id", string="Bands", copy=True)

    _one_a_factor = models.Constraint(
        "UNIQUE (policy_id, factor)", "A factor stands once in a scorecard."
    )
    _weight_not_negative = models.Constraint(
        "CHECK (weight >= 0)", "A weight of the scorecard is 0 or more."
    )

    @api.constrains("band_ids")
    def _check_bands(self):
        """Refuse bands that don't go from no bound to no bound, each from where the one
        before it ends."""
        for rule in self:
            bands = rule.band_ids.sorted(
                lambda band: (not band.is_lowest, band.value_from)
            )
            lowest, highest = bands[:1].is_lowest, bands[-1:].is_highest
            inner = zip(bands, bands[1:], strict=False)
            joined = all(
                not low.is_highest
                and not high.is_lowest
                and low.value_to == high.value_from
                for low, high in inner
            )
            if not (lowest and highest and joined):
                raise ValidationError(
                    self.env._(
                        "The bands of %s leave a gap or overlap: each starts where the "
                        "one before it ends, from no lower to no upper bound.",
                        rule.display_name,
                    )
                )

    def _get_bands(self):
        """Return the bands as the engine takes them.

        :return: tuple of ``engine.credit_scores.Band``
        """
        return tuple(
            Band(
                None if band.is_lowest else band.value_from,
                None if band.is_highest else band.value_to,
                band.points,
            )
            for band in self.band_ids
        )
