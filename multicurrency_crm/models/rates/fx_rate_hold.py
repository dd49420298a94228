from odoo import api, fields, models
from odoo.tools import format_date

#: a figure that can't be a rate at all, whoever would like it
NO_RATE = ("zero", "negative", "not_number")


class FxRateHold(models.Model):
    """A published rate that is kept out of the books until somebody decides.

    Rates are units of the currency for 1 unit of the company currency, without the
    company currency's own technical rate. Nobody writes here but the provider that
    holds and the person who decides, by the methods for that.
    """

    _name = "fx.rate.hold"
    _description = "Held Rate"
    _inherit = ["decision.mixin", "mail.thread"]
    _order = "date desc, id desc"
    # readers may talk about a held rate that only the decision changes
    _mail_post_access = "read"
    _decision_states = {
        "asked": "pending",
        "granted": "accepted",
        "denied": "rejected",
    }
    _decision_group = "multicurrency_crm.group_finance"

    provider_id = fields.Many2one(
        comodel_name="fx.rate.provider",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(
        required=True, readonly=True, help="The day of the books that it is for."
    )
    published_on = fields.Date(
        readonly=True, help="The day that the publisher writes on it."
    )
    rate = fields.Float(
        digits=0,
        readonly=True,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency; 0 where what is "
        "published can't be a rate.",
    )
    quoted = fields.Char(
        string="Published As", readonly=True, help="The figure as it was published."
    )
    kind = fields.Selection(
        selection="_selection_kind",
        string="Kind of Rate",
        readonly=True,
    )
    previous_rate = fields.Float(
        string="Compared With",
        digits=0,
        readonly=True,
        aggregator=None,
        help="The nearest rate that was known to be right, before or after.",
    )
    previous_date = fields.Date(string="Compared With the Rate of", readonly=True)
    jump = fields.Float(
        readonly=True,
        aggregator=None,
        help="How far the rate is from the one that it was compared with.",
    )
    factor = fields.Integer(
        readonly=True,
        aggregator=None,
        help="How many times too high or too low the rate looks.",
    )
    other_rate = fields.Float(
        string="Confirming Rate",
        digits=0,
        readonly=True,
        aggregator=None,
        help="What the provider says that was asked to confirm.",
    )
    reason = fields.Selection(
        selection=[
            ("zero", "Zero"),
            ("negative", "Below zero"),
            ("not_number", "No number"),
            ("jump", "Jump"),
            ("scale", "Slip of scale"),
            ("future", "Of a day to come"),
            ("old", "Too old"),
            ("disagreement", "Providers disagree"),
        ],
        required=True,
        readonly=True,
    )
    can_be_accepted = fields.Boolean(compute="_compute_can_be_accepted")
    state = fields.Selection(
        selection=[
            ("pending", "To decide"),
            ("accepted", "Accepted"),
            ("rejected", "Rejected"),
        ],
        default="pending",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    received_at = fields.Datetime(string="Received", readonly=True)
    payload_hash = fields.Char(
        string="SHA-256", readonly=True, help="Of the file in which it came."
    )

    _one_pending = models.UniqueIndex(
        "(provider_id, company_id, currency_id, date) WHERE state = 'pending'",
        "This rate is held back already: decide on that one.",
    )

    @api.model
    def _selection_kind(self):
        kinds = self.env["fx.rate.provider"]._fields["rate_kind"]
        return kinds._description_selection(self.env)

    @api.depends("currency_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for hold in self:
            day = format_date(self.env, hold.date)
            hold.display_name = f"{hold.currency_id.name}, {day}"

    @api.depends("reason", "rate")
    def _compute_can_be_accepted(self):
        for hold in self:
            hold.can_be_accepted = hold.rate > 0 and hold.reason not in NO_RATE
