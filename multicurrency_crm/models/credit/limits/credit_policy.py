from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ....engine.customer_exposure import CreditRates, CreditRatesOnDemand
from ...common.remembered import remembered

GRADES = [(grade, grade.upper()) for grade in "abcde"]


class CreditPolicy(models.Model):
    """How a company judges its customers' credit, and what it does about it.

    Without a policy nothing is scored, checked or held. The first by sequence that
    fits a customer counts; a branch has the policies of its main company. Here is whom
    a policy is for and at which rates it compares; how customers are judged by it and
    what is checked is added where that is done.
    """

    _name = "credit.policy"
    _description = "Credit Policy"
    _inherit = ["typed.number.mixin", "main.company.mixin", "mail.thread"]
    _order = "company_id, sequence, id"

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    company_id = fields.Many2one(
        index=True, help="A branch has the policies of its main company."
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    category_ids = fields.Many2many(
        "res.partner.category",
        string="Customer Tags",
        help="Only for customers with one of these tags. Empty: for all.",
    )
    grade = fields.Selection(
        GRADES, string="Customer Grade", help="Only for customers of this grade."
    )

    rate_basis = fields.Selection(
        selection=[
            ("month_start", "First rate of the month"),
            ("spot", "Rate of the day"),
            ("named", "Named credit rate"),
        ],
        default="month_start",
        required=True,
        tracking=True,
        help="The rate at which amounts of several currencies are compared with a "
        "limit. With the first one of the month, limits don't flicker.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._forget()
        policies = super().create([self._fill_shipped(vals) for vals in vals_list])
        self._forget()
        return policies

    def write(self, vals):
        self._forget()
        result = super().write(vals)
        self._forget()
        return result

    def unlink(self):
        self._forget()
        return super().unlink()

    @api.model
    def default_get(self, fields):
        return self._fill_shipped(super().default_get(fields), fields)

    @api.model
    def _fill_shipped(self, vals, names=None):
        """Give a policy what is shipped, where nothing else is given: each
        ``x_ids`` of which there is a method ``_prepare_shipped_x_ids``.

        :param names: of the fields that are asked for; default: all
        """
        vals = dict(vals)
        for name in self._fields if names is None else names:
            prepare = getattr(self, f"_prepare_shipped_{name}", None)
            if prepare and name not in vals:
                vals[name] = prepare()
        return vals

    # === WHICH POLICY === #

    @api.model
    @remembered("company_id")
    def _get_policy_ids(self, company_id):
        """Return the policies of a main company: asked for every document, so that one
        of a company without a policy costs no query.

        :return: tuple of ids
        """
        # sudo: the policy is the company's, whoever sells
        policies = self.sudo().search([("company_id", "=", company_id)])
        return tuple(policies.ids)

    @api.model
    def _get_policies(self, company):
        """Return the policies of a company, with sudo, first come first."""
        # sudo: a branch's user may not read its main company
        root_id = self.env["res.company"]._get_root_id(company.id) if company else False
        # sudo: the policy is the company's, whoever sells
        policies = self.sudo().browse(self._get_policy_ids(root_id))
        policies._recall()
        return policies

    # === REMEMBERED === #

    def _recall(self):
        """Put what is remembered of these policies where their fields are read from,
        unless something is there already."""
        known = self._fields["rate_basis"]._get_cache(self.env)
        if all(policy_id in known for policy_id in self._ids):
            return
        for model, ids, values in self._remember(self._ids):
            records = self.env[model].browse(ids)
            for name, column in values.items():
                records._fields[name]._insert_cache(records, column)

    @api.model
    @remembered("ids")
    def _remember(self, ids):
        """Return the fields of policies and of their remembered parts: they are asked
        for with every document, and change once in a while.

        :param ids: tuple
        :return: tuple of (model, ids, {field: a value for each id, as it is cached})
        """
        # sudo: the policy is the company's, whoever sells
        policies = self.sudo().browse(ids)
        remembered = [policies]
        for name, field in self._fields.items():
            if field.type == "one2many" and self._is_remembered(field.comodel_name):
                remembered.append(policies[name])
        return tuple(
            (records._name, records._ids, self._list_cached(records))
            for records in remembered
        )

    @staticmethod
    def _list_cached(records):
        """Return what is cached of the fields of records, once they were read.

        :return: {field: a value for each of them}
        """
        columns = {}
        for name, field in records._fields.items():
            kept = field.store and (field.column_type or field.type == "many2many")
            parts = field.type == "one2many" and records._name == "credit.policy"
            parts = parts and records._is_remembered(field.comodel_name)
            depends = field.translate or field.company_dependent
            if name != "id" and (kept or parts) and not depends:
                records.mapped(name)
                cache = field._get_cache(records.env)
                columns[name] = [cache[record_id] for record_id in records._ids]
        return columns

    @api.model
    def _is_remembered(self, model):
        """Whether the lines of a policy are of a model that tells when they change."""
        return isinstance(self.env[model], self.env.registry["credit.policy.part"])

    @api.model
    def _forget(self):
        """Forget what is remembered, now and once the change is there for others, who
        may have read it meanwhile as it was."""
        self.env["res.company"]._forget_remembered()

    @api.model
    @remembered()
    def _is_used(self):
        """Whether any company has a policy: asked where not even the documents'
        companies are to be read."""
        # sudo: as _get_policy_ids
        return bool(self.sudo().search_count([], limit=1))

    @api.model
    def _has_policy(self, companies):
        return any(self._get_policies(company) for company in companies)

    def _choose(self, partner, grade=None):
        """Return the first of these policies that fits a customer.

        :param partner: a commercial ``res.partner``
        :param grade: its grade; None: policies for one grade are left out
        :return: one policy, or an empty recordset
        """
        for policy in self:
            tagged = policy.category_ids
            if tagged and not tagged & partner.category_id:
                continue
            if policy.grade and policy.grade != grade:
                continue
            return policy
        return self.browse()

    # === RATES === #

    def _find_rates(self, company, day):
        """Return the rates at which this policy compares amounts on a day.

        :param company: main ``res.company``
        :return: :class:`CreditRates`; a currency without a rate is absent
        """
        currencies = self._find_rated_currencies(company)
        spots = self._find_basis_spots(company, day, currencies)
        own = company.currency_id.id
        rates = {cid: Decimal(repr(spot.rate)) for cid, spot in spots.items()}
        dates = {cid: spot.date for cid, spot in spots.items()}
        return CreditRates({**rates, own: Decimal(1)}, {**dates, own: day})

    def _get_rates_on_demand(self, company, day):
        """Return the rates as :meth:`_find_rates` does, found once they are asked for:
        who trades in company currency asks for none.

        :return: :class:`CreditRatesOnDemand`
        """
        own_id = company.currency_id.id
        return CreditRatesOnDemand(own_id, lambda: self._find_rates(company, day))

    def _find_rated_currencies(self, company):
        """Return the currencies of which a company may know a rate, with sudo; archived
        ones, too: what was sold in them may still be open."""
        # sudo: rates are everybody's
        Currency = self.env["res.currency"].sudo().with_context(active_test=False)
        if self.rate_basis == "named":
            return Currency.search([])
        self.env["res.currency.rate"].flush_model(["currency_id", "company_id"])
        rows = self.env.execute_query(
            SQL(
                """SELECT c.id FROM res_currency c
                    WHERE EXISTS (SELECT FROM res_currency_rate r
                                   WHERE r.currency_id = c.id
                                     AND (r.company_id = %s OR r.company_id IS NULL))
                 ORDER BY c.id""",
                company.id,
            )
        )
        return Currency.browse(currency_id for (currency_id,) in rows)

    @api.model
    def _get_company_amount(self, amount, currency, company):
        """Convert at the credit rate of the company's first policy: the one rate at
        which what people may approve is compared.

        :param amount: in ``currency``
        :return: amount in company currency; None where no rate is known
        """
        policy = self._get_policies(company)[:1]
        rates = policy._find_rates(company, company._get_today())
        rate = rates.convert(currency.id, company.currency_id.id)
        return None if rate is None else company.currency_id.round(amount * float(rate))

    def _find_basis_spots(self, company, day, currencies):
        if self.rate_basis == "named":
            spots = currencies._find_spot(company, day)
            return {**spots, **currencies._find_named(company, "credit", day)}
        if self.rate_basis == "spot":
            return currencies._find_spot(company, day)
        spots, start = {}, day.replace(day=1)
        first_days = self._find_first_days(company, start, day, currencies)
        for first in {start, *first_days.values()}:
            fixed = currencies.filtered(
                lambda currency, first=first: (
                    first_days.get(currency.id, start) == first
                )
            )
            spots |= fixed._find_spot(company, first)
        missing = currencies.filtered(lambda currency: currency.id not in spots)
        return {**missing._find_spot(company, day), **spots}

    def _find_first_days(self, company, start, day, currencies):
        """Find the day of each currency's first rate of a month.

        :return: {currency id: day}
        """
        rows = self.env.execute_query(
            SQL(
                """SELECT currency_id, MIN(name) FROM res_currency_rate r
                    WHERE name BETWEEN %(start)s AND %(day)s
                      AND currency_id = ANY(%(currencies)s)
                      AND (company_id = %(company)s OR company_id IS NULL
                           AND NOT EXISTS (SELECT FROM res_currency_rate o
                                            WHERE o.currency_id = r.currency_id
                                              AND o.company_id = %(company)s
                                              AND o.name <= %(day)s))
                 GROUP BY currency_id""",
                start=start,
                day=day,
                currencies=currencies.ids,
                company=company.id,
            )
        )
        return dict(rows)
