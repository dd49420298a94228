from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.collection import ALL, ANY, Level

#: Days from the due day at which a level may stand: a year before to ten years after.
DAYS = (-365, 3650)
#: Money that is never below 0.
AMOUNTS = (0.0, 1e12)


class CollectionLevel(models.Model):
    """A step of reminding customers, so many days from the due day.

    An item takes one step at a time, and the next one only when the letter before has
    really left. A main company's levels hold for its branches.
    """

    _name = "collection.level"
    _description = "Collection Level"
    _inherit = ["typed.number.mixin", "main.company.mixin", "used.mixin"]
    _order = "company_id, days, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    days = fields.Integer(
        string="Days from Due",
        required=True,
        default=7,
        bounds=DAYS,
        help="From so many days after the due day on. 0 or less: a friendly word on "
        "the day or before it, which nobody gets who is late.",
    )
    quiet_days = fields.Integer(
        default=7,
        bounds=(0, 365),
        help="So many days must have passed since the last letter to this customer in "
        "this currency left.",
    )
    currency_id = fields.Many2one(
        "res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
        ondelete="restrict",
        help="Of the smallest amounts and the fee. What a customer owes is converted "
        "to it at the spot rates of the day.",
    )
    min_item = fields.Monetary(
        string="Smallest Item", bounds=AMOUNTS, help="0: items of any size."
    )
    min_balance = fields.Monetary(
        string="Smallest Balance",
        bounds=AMOUNTS,
        help="What the customer owes in the currency of the letter, less money that "
        "isn't allocated. 0: any.",
    )
    needs = fields.Selection(
        selection=[(ALL, "Both are reached"), (ANY, "One of them is reached")],
        string="Reminded Where",
        required=True,
        default=ALL,
    )
    channel = fields.Selection(
        string="Medium",
        selection=[
            ("activity", "Activity of a colleague"),
            ("email", "E-mail"),
            ("letter", "Letter on paper"),
        ],
        required=True,
        default="email",
    )
    template_id = fields.Many2one(
        "mail.template",
        string="Letter Text",
        domain=[("model", "=", "collection.letter")],
        ondelete="set null",
        help="Of the mail, and of the letter on paper, in the customer's language. "
        "Empty: that of the level's kind.",
    )
    fee = fields.Monetary(
        bounds=AMOUNTS,
        help="Stated in the letter, in its currency at the spot rates of the day. "
        "Booked on demand only.",
    )
    interest_rate = fields.Float(
        string="Yearly Interest",
        bounds=(0.0, 1.0),
        digits=(16, 6),
        help="On what was open from the due day on, day by day, less what earlier "
        "letters charged. Booked on demand only.",
    )
    interest_basis = fields.Selection(
        selection=[("365", "365 days a year"), ("360", "360 days a year")],
        string="Interest Counts",
        required=True,
        default="365",
    )
    fee_product_id = fields.Many2one(
        "product.product",
        string="Product of Fee and Interest",
        domain=[("type", "=", "service")],
        check_company=True,
        ondelete="set null",
        help="By which fee and interest are invoiced: its account and taxes count.",
    )
    last_action = fields.Selection(
        selection=[
            ("none", "Nothing"),
            ("hold", "Put the customer on credit hold"),
            ("hand_over", "Ask a colleague to hand the items over"),
        ],
        string="Once It Left",
        required=True,
        default="none",
        help="What happens besides, when a letter of this level has left.",
    )

    _one_a_day = models.UniqueIndex(
        "(company_id, days) WHERE active",
        "Two levels of a company stand at the same number of days: choose another one.",
    )

    @api.constrains("fee", "interest_rate", "last_action", "days")
    def _check_friendly(self):
        for level in self:
            if level.days <= 0 and (
                level.fee or level.interest_rate or level.last_action != "none"
            ):
                raise ValidationError(
                    self.env._(
                        "%(level)s reminds before anything is late: it has no fee, no "
                        "interest, and doesn't put on hold.",
                        level=level.name,
                    )
                )

    # === COMPUTE METHODS === #

    @api.depends("name", "days")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for level in self:
            level.display_name = level.name or ""

    # === FINDING === #

    @api.model
    def _find_levels(self, company):
        """Return the levels by which a company reminds, the earliest first, with sudo.

        :param company: ``res.company``; a branch has its main company's
        """
        # sudo: who prepares a run in a branch needn't see its main company
        return self.sudo().search([("company_id", "=", company.sudo().root_id.id)])

    def _prepare_engine_levels(self, currency, factors):
        """Prepare these levels for letters in one currency.

        :param currency: ``res.currency`` of the letters
        :param factors: {currency's id: units of it for 1 unit of ``currency``}; a
            currency without minimum needs none
        :return: [``engine.collection.Level``]
        """
        return [
            Level(
                key=level.id,
                days=level.days,
                quiet_days=level.quiet_days,
                min_item=level.min_item,
                min_balance=level.min_balance,
                needs=level.needs,
                factor=factors.get(level.currency_id.id, 1.0),
                rounding=level.currency_id.rounding,
            )
            for level in self
        ]

    def _is_converting(self):
        """Return whether this level compares or charges an amount in a currency of its
        own."""
        self.ensure_one()
        return bool(self.min_item or self.min_balance or self.fee)
