from odoo import api, fields, models


class FxRevaluationLine(models.Model):
    """What one item, or the money of one account in one currency, is worth."""

    _name = "fx.revaluation.line"
    _description = "Revaluation: Item"
    _inherit = ["guarded.mixin"]
    _order = "revaluation_id, account_id, currency_id, partner_id, id"
    _log_access = False

    _lasting_idx = models.Index("(revaluation_id) WHERE kind != 'open'")

    revaluation_id = fields.Many2one(
        "fx.revaluation", required=True, readonly=True, index=True, ondelete="cascade"
    )
    company_id = fields.Many2one(related="revaluation_id.company_id")
    company_currency_id = fields.Many2one(
        related="revaluation_id.company_currency_id", string="Company Currency"
    )
    date = fields.Date(related="revaluation_id.date", store=True)
    state = fields.Selection(related="revaluation_id.state")
    kind = fields.Selection(
        selection=[
            ("open", "Open Item"),
            ("money", "Money"),
            ("advance", "Advance Earned"),
        ],
        default="open",
        required=True,
        readonly=True,
        help="Advance earned: what was paid ahead and is delivered by now, at the rate "
        "of the day on which it was paid. Money and advances aren't reversed.",
    )
    item = fields.Integer(
        readonly=True,
        help="Number of the journal item, which stays when that is deleted; 0: money.",
    )
    move_line_id = fields.Many2one(
        "account.move.line",
        string="Journal Item",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    account_id = fields.Many2one(
        "account.account", required=True, readonly=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    result_account_id = fields.Many2one(
        "account.account",
        string="Booked Against",
        readonly=True,
        ondelete="restrict",
        help="Revenue that an advance belongs to; empty: where gains and losses go.",
    )
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    due = fields.Date(readonly=True)
    balance_foreign = fields.Monetary(string="Open", readonly=True)
    booked = fields.Monetary(currency_field="company_currency_id", readonly=True)
    adjusted = fields.Monetary(
        string="Adjusted Before",
        currency_field="company_currency_id",
        readonly=True,
        help="By earlier revaluations, their reversals included.",
    )
    carried = fields.Monetary(
        currency_field="company_currency_id",
        readonly=True,
        help="Booked and adjusted before.",
    )
    rate = fields.Float(
        readonly=True,
        digits=0,
        aggregator=None,
        help="Units of the currency for 1 unit of company currency.",
    )
    rate_text = fields.Char(string="Rate Used", compute="_compute_rate_text")
    closing = fields.Monetary(
        string="Closing Value", currency_field="company_currency_id", readonly=True
    )
    delta = fields.Monetary(
        string="Gain/Loss",
        currency_field="company_currency_id",
        readonly=True,
        help="Closing value less what was carried: below 0 is against us.",
    )

    @api.depends("rate", "currency_id", "company_id")
    def _compute_rate_text(self):
        for line in self:
            line.rate_text = line.rate > 0 and line.currency_id._format_rate(
                line.rate, line.company_id
            )
