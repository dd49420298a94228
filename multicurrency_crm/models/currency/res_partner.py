from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import SQL

from ..common.guarded_mixin import open_guarded
from ..common.main_company_fields import MainCompanyMany2one
from ..common.process_mark import ProcessMark
from ..common.remembered import remembered

#: Borne where lists are put together: nobody chooses, what is archived stays listed.
PUT_TOGETHER = ProcessMark("multicurrency_currency_put_together")


#: Behind so many others a page is a late one.
FAR = 1_000


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "guarded.mixin"]

    preferred_currency_id = MainCompanyMany2one(
        comodel_name="res.currency",
        company_dependent=True,
        prefetch=True,  # comes with the partner's row, asking for it costs no query
        domain=[("active", "=", True)],
        help="New quotations, opportunities and invoices for this customer start in "
        "this currency. Empty: as Odoo does without it.",
        everyday=True,
    )
    allowed_currency_ids = fields.Many2many(
        comodel_name="res.currency",
        relation="res_partner_allowed_currency_rel",
        column1="partner_id",
        column2="currency_id",
        string="Allowed Currencies",
        context={"active_test": False},  # one that is archived later is still listed
        help="The currencies in which this customer may buy, in every company. "
        "Empty: every active currency.",
    )
    # Mirrors "the list above is not empty" in the partner's own row, so that customers
    # without a list cost no query when their documents are confirmed.
    has_allowed_currencies = fields.Boolean(readonly=True, copy=False, everyday=True)
    preferred_currency_warning = fields.Char(
        compute="_compute_preferred_currency_warning",
        groups="base.group_user",
    )

    # === COMPUTE AND CONSTRAINTS === #

    @api.depends("preferred_currency_id", "allowed_currency_ids")
    @api.depends_context("company", "lang")
    def _compute_preferred_currency_warning(self):
        for partner in self:
            preferred = partner.preferred_currency_id
            partner.preferred_currency_warning = False
            if preferred and not preferred.active:
                partner.preferred_currency_warning = self.env._(
                    "%(currency)s is archived: new documents ignore it until it is "
                    "activated or another currency is chosen.",
                    currency=preferred.name,
                )
            elif preferred and not partner._allows_currency(preferred):
                partner.preferred_currency_warning = self.env._(
                    "The preferred currency %(currency)s is not among the allowed "
                    "currencies: add it there or choose another one.",
                    currency=preferred.name,
                )

    @api.constrains("preferred_currency_id")
    def _check_preferred_currency_active(self):
        for partner in self:
            partner._check_chosen_active(partner.preferred_currency_id)

    @api.constrains("allowed_currency_ids")
    def _check_allowed_currencies_active(self):
        for partner in self:
            partner._check_chosen_active(partner.allowed_currency_ids)

    def _check_chosen_active(self, currencies):
        """Refuse archived ones where somebody chooses, not where a contact follows."""
        chosen = self == self.commercial_partner_id and not PUT_TOGETHER.is_on(self.env)
        refusal = chosen and currencies._get_archived_refusal(self.display_name)
        if refusal:
            raise ValidationError(refusal)

    # === CRUD === #

    @api.model_create_multi
    def create(self, vals_list):
        partners = super().create([self._drop_mirror(vals) for vals in vals_list])
        partners.browse(
            partner.id
            for partner, vals in zip(partners, vals_list, strict=True)
            if vals.get("allowed_currency_ids") or partner.has_allowed_currencies
        )._mirror_allowed_currencies()
        partners._take_currency_from_country()
        return partners

    def write(self, vals):
        result = super().write(self._drop_mirror(vals))
        if "allowed_currency_ids" in vals:
            self._mirror_allowed_currencies()
        return result

    @api.model
    def search_fetch(self, domain, field_names=None, offset=0, limit=None, order=None):
        """Read the fields of a late page once its customers are known: PostgreSQL would
        look up the preferred currency of all that stand before them, too."""
        if offset < FAR or field_names == []:
            return super().search_fetch(domain, field_names, offset, limit, order)
        found = self.search(domain, offset=offset, limit=limit, order=order)
        found.fetch(field_names)
        return found

    @api.model
    def _drop_mirror(self, vals):
        """What mirrors the list is not for others to write."""
        return {
            name: value
            for name, value in vals.items()
            if name != "has_allowed_currencies"
        }

    def _mirror_allowed_currencies(self):
        """Keep ``has_allowed_currencies`` equal to bool(``allowed_currency_ids``).

        :return: ``self``
        """
        for has_list in (True, False):
            changed = self.filtered(
                lambda partner, has_list=has_list: (
                    bool(partner.allowed_currency_ids) == has_list
                    and partner.has_allowed_currencies != has_list
                )
            )
            if changed:
                opened = open_guarded(changed)
                super(ResPartner, opened).write({"has_allowed_currencies": has_list})
                # _currency_lists_exist
                self.env["res.company"]._forget_remembered()
        return self

    def _take_currency_from_country(self):
        """Fill the currency of new customers in the companies that asked for it."""
        for partner in self:
            company = partner.company_id or self.env.company
            if company.currency_from_country:
                partner.with_company(company)._fill_currency_from_country()

    def _fill_currency_from_country(self):
        """Give customers without a choice their parent's currency, else their
        country's if it is active, in the current company; contacts follow theirs."""
        for partner in self:
            is_customer = partner.commercial_partner_id == partner
            if is_customer and not partner.preferred_currency_id:
                parent_currency = partner.parent_id.preferred_currency_id
                currency = parent_currency or partner.country_id.currency_id
                if currency.active:
                    partner.preferred_currency_id = currency

    # === COMMERCIAL ENTITY === #

    @api.model
    def _commercial_fields(self):
        return [
            *super()._commercial_fields(),
            "preferred_currency_id",
            "allowed_currency_ids",
        ]

    def _get_commercial_values(self):
        # Core reads every commercial field of the company behind each new contact: an
        # empty list is known without asking the database.
        without = self.filtered(lambda partner: not partner.has_allowed_currencies)
        without._fields["allowed_currency_ids"]._insert_cache(
            without, [()] * len(without)
        )
        return super()._get_commercial_values()

    # === BUSINESS === #

    def _get_preferred_currency(self, company):
        """The currency in which new documents of ``company`` start for this partner.

        :param company: ``res.company`` record
        :return: an active ``res.currency``, or an empty recordset: Odoo's own behaviour
        """
        commercial = self.commercial_partner_id or self
        preferred = commercial.with_company(company).preferred_currency_id
        return preferred if preferred.active else preferred.browse()

    @api.model
    @remembered()
    def _currency_lists_exist(self):
        """Whether any partner has a list: where none has, documents ask no further."""
        self.flush_model(["allowed_currency_ids"])
        return bool(
            self.env.execute_query(
                SQL("SELECT FROM res_partner_allowed_currency_rel LIMIT 1")
            )
        )

    def _allows_currency(self, currency):
        """Whether this partner may buy in ``currency`` (no list: in every one)."""
        return all(currency in listed for listed in self._find_currency_lists())

    def _find_currency_lists(self):
        """The lists of currencies that count for this partner, all of them.

        :return: list of ``res.currency``; empty: it may buy in every currency
        """
        commercial = self.commercial_partner_id or self
        if not commercial.has_allowed_currencies:
            return []
        return [commercial.allowed_currency_ids]
