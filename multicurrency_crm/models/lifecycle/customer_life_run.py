from odoo import fields, models


class CustomerLifeRun(models.Model):
    """When a company's customers were looked at last. Apart from the company, which
    everybody reads: who works on it at once is stopped by this row."""

    _name = "customer.life.run"
    _description = "Nightly Look at Customers"
    _inherit = ["guarded.mixin"]
    _rec_name = "company_id"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    turn = fields.Integer(readonly=True, aggregator=None, help="How many looks began.")
    began_on = fields.Datetime(string="Began", readonly=True)
    whole_on = fields.Datetime(
        string="All Documents Since",
        readonly=True,
        help="When all documents were looked at, and not only what had changed.",
    )
    _company_unique = models.Constraint(
        "UNIQUE (company_id)", "A company's customers are looked at once."
    )
