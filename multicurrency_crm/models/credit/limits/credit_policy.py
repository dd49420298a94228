from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL, ormcache

from ....engine.customer_exposure import CreditRates

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
        self.env.registry.clear_cache()
        return super().create([self._fill_shipped(vals) for vals in vals_list])

    def write(self, vals):
        self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
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
    @ormcache("company_id")
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
        return self.sudo().browse(self._get_policy_ids(company.sudo().root_id.id))

    @api.model
    @ormcache()
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
        # sudo: rates are everybody's; of archived currencies, too: what was sold in
        # them may still be open
        Currency = self.env["res.currency"].sudo().with_context(active_test=False)
        currencies = Currency.search([])
        spots = self._find_basis_spots(company, day, currencies)
        own = company.currency_id.id
        rates = {cid: Decimal(repr(spot.rate)) for cid, spot in spots.items()}
        dates = {cid: spot.date for cid, spot in spots.items()}
        return CreditRates({**rates, own: Decimal(1)}, {**dates, own: day})

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
        spots = currencies._find_spot(company, day)
        if self.rate_basis == "named":
            return {**spots, **currencies._find_named(company, "credit", day)}
        if self.rate_basis == "spot":
            return spots
        start = day.replace(day=1)
        first_days = self._find_first_days(company, start, day, currencies)
        for first in {start, *first_days.values()}:
            fixed = currencies.filtered(
                lambda currency, first=first: (
                    first_days.get(currency.id, start) == first
                )
            )
            spots |= fixed._find_spot(company, first)
        return spots

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
