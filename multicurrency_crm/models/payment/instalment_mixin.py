from odoo import api, fields, models

#: What is received before anything is made or sent.
FIRST = ("signature", "order")
#: The longest time after a trigger, in days.
MOST_DAYS = 3650


class InstalmentMixin(models.AbstractModel):
    """What an instalment asks for: how much of the order, when, by which way."""

    _name = "instalment.mixin"
    _description = "What an Instalment Asks For"
    _inherit = ["typed.number.mixin"]

    sequence = fields.Integer(default=10)
    trigger = fields.Selection(
        selection=[
            ("signature", "Signature"),
            ("order", "Order confirmed"),
            ("shipment", "Shipment"),
            ("bill_of_lading", "Copy of the bill of lading"),
            ("invoice", "Invoice"),
            ("arrival", "Arrival"),
        ],
        string="Due On",
        default="order",
        required=True,
        help="What makes this instalment due.",
    )
    days = fields.Integer(
        string="Days After",
        bounds=(0, MOST_DAYS),
        aggregator=None,
        help="So many days after that the money is to be there.",
    )
    method = fields.Selection(
        string="Payment Method",
        selection=[
            ("tt", "T/T"),
            ("lc", "L/C"),
            ("dp", "D/P"),
            ("da", "D/A"),
            ("oa", "O/A"),
            ("online", "Online"),
        ],
        default="tt",
        required=True,
        help="Telegraphic transfer, letter of credit, documents against payment or "
        "against acceptance, open account, or a payment provider.",
    )

    @api.depends("trigger")
    def _compute_asks_deposit(self):
        for asked in self:
            asked.asks_deposit = asked.trigger in FIRST

    def _describe_trigger(self):
        """Say when an instalment is due, in the language of the environment.

        :return: "Shipment", "30 days after Shipment"
        """
        self.ensure_one()
        labels = dict(self._fields["trigger"]._description_selection(self.env))
        name = labels[self.trigger]
        if not self.days or self.trigger == "date":
            return name
        if self.days == 1:
            return self.env._("1 day after: %(trigger)s", trigger=name)
        return self.env._(
            "%(days)s days after: %(trigger)s", days=self.days, trigger=name
        )

    def _get_method_name(self):
        """Return the method in the language of the environment."""
        labels = dict(self._fields["method"]._description_selection(self.env))
        return labels[self.method]

    def _describe(self):
        """Say in short what an instalment asks for: "30% T/T, Order confirmed"."""
        self.ensure_one()
        return self.env._(
            "%(share)s %(method)s, %(when)s",
            share=self.env["res.currency"]._format_percent(self.percentage, 2),
            method=self._get_method_name(),
            when=self._describe_trigger(),
        )
