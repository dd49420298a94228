from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...engine.customer_data import Rule, judge
from ..common.remembered import remembered

#: What a rule may ask of a customer: fields that everybody who reads customers reads.
ASKED = [
    ("name", "Name"),
    ("ref", "Customer Code"),
    ("vat", "Tax Number"),
    ("email", "Email"),
    ("phone", "Phone"),
    ("street", "Street"),
    ("city", "City"),
    ("zip", "ZIP"),
    ("state_id", "State or Province"),
    ("country_id", "Country"),
    ("website", "Website"),
    ("lang", "Language"),
    ("user_id", "Salesperson"),
    ("category_id", "Tags"),
    ("property_payment_term_id", "Payment Terms"),
    ("preferred_currency_id", "Preferred Currency"),
]


class CustomerDataRule(models.Model):
    """One thing that a company wants to know of each customer: its data standard."""

    _name = "customer.data.rule"
    _description = "Customer Data Standard"
    _inherit = ["main.company.mixin", "typed.number.mixin"]
    _order = "sequence, id"
    _rec_name = "field"

    company_id = fields.Many2one(index=True)
    sequence = fields.Integer(default=10)
    field = fields.Selection(selection=ASKED, string="What", required=True)
    weight = fields.Integer(
        default=1,
        required=True,
        bounds=(1, 100),
        help="How much it counts in the completeness of a customer.",
    )
    format = fields.Selection(
        selection=[
            ("email", "An email"),
            ("phone", "A phone number"),
            ("url", "An internet address"),
            ("credit_code", "A unified social credit code (China)"),
            ("pattern", "Like this"),
        ],
        help="How it has to be written. Empty: as one likes.",
    )
    pattern = fields.Char(
        string="Written Like",
        help="9 stands for a digit, A for a letter, * for whatever follows: 999999, "
        "AA*.",
    )
    country_ids = fields.Many2many(
        "res.country", string="Countries", help="Empty: in every country."
    )
    active = fields.Boolean(default=True)

    _key = models.Index("(company_id)")

    # === CONSTRAINT METHODS === #

    @api.constrains("format", "pattern")
    def _check_pattern(self):
        for rule in self:
            if rule.format == "pattern" and not (rule.pattern or "").strip():
                raise ValidationError(self.env._("Enter how it is written."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env["res.company"]._forget_remembered()
        return super().create(vals_list)

    def write(self, vals):
        self.env["res.company"]._forget_remembered()
        return super().write(vals)

    def unlink(self):
        self.env["res.company"]._forget_remembered()
        return super().unlink()

    # === JUDGING === #

    @api.model
    @remembered("company_id")
    def _get_rules(self, company_id):
        """Return the rules of a main company, as the engine takes them.

        :param int company_id: of a main company
        """
        # sudo: who works in a branch needn't see its main company's
        rules = self.sudo().search([("company_id", "=", company_id)])
        return tuple(
            Rule(
                rule.id,
                rule.field,
                rule.weight,
                rule.format or "",
                rule.pattern or "",
                frozenset(rule.country_ids.mapped("code")),
            )
            for rule in rules
        )

    @api.model
    def _judge(self, partners, company):
        """Judge the data of customers by the standard of a company.

        :param partners: ``res.partner``
        :param company: ``res.company``; its main company's standard
        :return: {partner's id: :class:`Completeness`}; empty where there is none
        """
        rules = self._get_rules(company.sudo().root_id.id)  # sudo: of a branch
        if not rules:
            return {}
        names = {rule.field for rule in rules}
        return {
            partner.id: judge(
                rules,
                {name: self._get_text(partner, name) for name in names},
                partner.country_id.code or "",
            )
            for partner in partners
        }

    @api.model
    def _get_text(self, partner, name):
        value = partner[name]
        if isinstance(value, models.BaseModel):
            return "x" if value else ""
        return value or ""

    @api.model
    def _explain(self, completeness):
        """Return what is missing, in words."""
        names = dict(self._fields["field"]._description_selection(self.env))
        lines = []
        for one in completeness.shortfalls:
            name = names[one.rule.field]
            lines.append(
                self.env._("%(field)s is missing", field=name)
                if one.kind == "missing"
                else self.env._("%(field)s isn't written as it should be", field=name)
            )
        return "\n".join(lines)
