from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL, ormcache

from ...engine.customer_data import Rule, get_band, is_credit_code, judge
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
    ("preferred_channel", "Preferred Channel"),
]
#: Prefixes of tax numbers that aren't the codes of their countries.
VAT_PREFIXES = {"EL": "GR", "XI": "GB"}


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
            ("vat", "A tax number of its country"),
            ("credit_code", "A unified social credit code (China)"),
            ("pattern", "Like this"),
        ],
        help="How it has to be written. Empty: as one likes. Phone numbers and tax "
        "numbers are judged as Odoo does for the customer's country; nobody is asked "
        "over the net.",
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
        names, judges = {rule.field for rule in rules}, self._get_judges()
        return {
            partner.id: judge(
                rules,
                {name: self._get_text(partner, name) for name in names},
                partner.country_id.code or "",
                judges,
            )
            for partner in partners
        }

    @api.model
    def _get_judges(self):
        """Return who knows formats better than their letters do: Odoo, as far as it
        does.

        :return: {format: function of a text and a country's code → bool}
        """
        return {"phone": self._is_phone, "vat": self._is_vat}

    @api.model
    def _is_phone(self, text, country):
        """Return whether Odoo takes a text for a phone number of a country; whose
        country isn't known is believed, unless the number names one."""
        known = self.env["res.country"]
        if country:
            known = known.browse(self._get_countries().get(country))
        if not known and not text.startswith("+"):
            return True
        Partner = self.env["res.partner"]
        if not hasattr(Partner, "_phone_format"):
            return True
        return bool(Partner._phone_format(number=text, country=known or False))

    @api.model
    @ormcache()
    def _get_countries(self):
        """Return countries by their codes; Odoo forgets it where these change.

        :return: {code: id of ``res.country``}
        """
        # sudo: countries are no secret
        countries = self.env["res.country"].sudo().search([])
        return {country.code: country.id for country in countries}

    @api.model
    def _is_vat(self, text, country):
        """Return whether a text is a tax number of a country: China's by its check
        character, others as ``base_vat`` knows them, where it is installed."""
        if country == "CN":
            return is_credit_code(text)
        Partner = self.env["res.partner"]
        if not country or not hasattr(Partner, "_check_vat_number"):
            return True
        prefix = text[:2].upper()
        if prefix.isalpha() and prefix.isascii():
            country = VAT_PREFIXES.get(prefix, prefix)
        return bool(Partner._check_vat_number(country, text))

    # === ALL CUSTOMERS === #

    @api.model
    def _find_bands(self, company):
        """Find how complete the data of all customers of a company are: one query.

        :param company: ``res.company``; its main company's standard
        :return: {band: ids of ``res.partner``}; empty where there is no standard
        """
        root = company.sudo().root_id  # sudo: who works in a branch
        rules = self._get_rules(root.id)
        if not rules:
            return {}
        names = sorted({rule.field for rule in rules})
        # sudo: what counts is said to whoever reads the customers, which Odoo checks
        Partner = self.env["res.partner"].sudo().with_company(company)
        Partner.flush_model()
        columns = [self._get_text_sql(Partner, name) for name in names]
        judges, found = self._get_judges(), {}
        for partner_id, code, *texts in self.env.execute_query(
            SQL(
                """SELECT p.id, c.code, %s FROM res_partner p
                LEFT JOIN res_country c ON c.id = p.country_id
                    WHERE p.commercial_partner_id = p.id
                      AND (p.company_id IS NULL OR p.company_id = ANY(%s))""",
                SQL(", ").join(columns),
                list(root._get_branch_ids(root.id)),
            )
        ):
            values = dict(zip(names, texts, strict=True))
            percent = judge(rules, values, code or "", judges).percent
            found.setdefault(get_band(percent), []).append(partner_id)
        return found

    @api.model
    def _get_text_sql(self, Partner, name):
        """Return the SQL of what :meth:`_get_text` reads of the partner ``p``."""
        field = Partner._fields[name]
        if field.type == "many2many":
            return SQL(
                "CASE WHEN EXISTS (SELECT FROM %s AS r WHERE r.%s = p.id)"
                " THEN 'x' ELSE '' END",
                SQL.identifier(field.relation),
                SQL.identifier(field.column1),
            )
        stored = Partner._field_to_sql("p", name)
        if field.type == "many2one":
            return SQL("CASE WHEN %s IS NULL THEN '' ELSE 'x' END", stored)
        return SQL("COALESCE(%s, '')", stored)

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
