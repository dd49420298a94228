from odoo import api, fields, models
from odoo.tools import SQL

from ...engine.customer_data import BANDS, get_band
from .customer_import_protecting import BROUGHT_IN


class Band(fields.Selection):
    """How complete data are, in bands: computed, and yet grouped by, since the bands of
    all customers are found by one query."""

    def _description_groupable(self, env):
        return True

    def to_sql(self, model, alias):
        """Return the band of each partner, as the current company's standard is."""
        bands = model.env["customer.data.rule"]._find_bands(model.env.company)
        cases = [
            SQL("WHEN %s = ANY(%s) THEN %s", SQL.identifier(alias, "id"), ids, band)
            for band, ids in bands.items()
        ]
        if not cases:
            return SQL("NULL::varchar")
        return SQL("CASE %s END", SQL(" ").join(cases))


class ResPartner(models.Model):
    """How complete a customer's data are, and what was brought in about them."""

    _inherit = "res.partner"

    data_completeness = fields.Integer(
        compute="_compute_data_completeness",
        groups="multicurrency_crm.group_user",
        help="By the company's own customer data standard.",
    )
    data_shortfalls = fields.Text(
        string="What Is Missing",
        compute="_compute_data_completeness",
        groups="multicurrency_crm.group_user",
    )
    has_data_standard = fields.Boolean(
        compute="_compute_data_completeness", groups="multicurrency_crm.group_user"
    )
    data_band = Band(
        selection=[
            ("whole", "Complete"),
            ("most", "From 80%"),
            ("half", "From 50%"),
            ("little", "Below 50%"),
        ],
        string="Completeness",
        compute="_compute_data_completeness",
        search="_search_data_band",
        groups="multicurrency_crm.group_user",
        help="How complete the data of this customer are.",
    )
    past_document_count = fields.Integer(
        string="Past Documents",
        compute="_compute_past_document_count",
        groups="multicurrency_crm.group_user",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("company", "lang")
    @api.depends(
        *("name", "ref", "vat", "email", "phone", "street", "city", "zip", "state_id"),
        *("country_id", "website", "lang", "user_id", "category_id"),
        *("property_payment_term_id", "preferred_currency_id", "preferred_channel"),
    )
    def _compute_data_completeness(self):
        Rule = self.env["customer.data.rule"]
        # of a contact, the data are its customer's
        customers = self.filtered(lambda one: one.commercial_partner_id == one)
        judged = Rule._judge(customers, self.env.company)
        for partner in self:
            found = judged.get(partner.id)
            partner.data_band = get_band(found.percent) if found else False
            partner.has_data_standard = bool(found)
            partner.data_completeness = found.percent if found else 0
            partner.data_shortfalls = Rule._explain(found) if found else False

    @api.model
    def _search_data_band(self, operator, value):
        self._check_field_access(self._fields["data_band"], "read")
        if operator != "in":
            return NotImplemented
        bands = self.env["customer.data.rule"]._find_bands(self.env.company)
        found = [one for band in value if band for one in bands.get(band, ())]
        if not all(value):
            known = [one for band, _least in BANDS for one in bands.get(band, ())]
            return ["|", ("id", "in", found), ("id", "not in", known)]
        return [("id", "in", found)]

    def _compute_past_document_count(self):
        counts = {}
        if self.env["customer.import"]._is_used():
            groups = self.env["customer.past.document"]._read_group(
                [("partner_id", "in", self.commercial_partner_id.ids)],
                ["partner_id"],
                ["__count"],
            )
            counts = {partner.id: count for partner, count in groups}
        for partner in self:
            customer = partner.commercial_partner_id
            partner.past_document_count = counts.get(customer.id, 0)

    # === ACTIONS === #

    def action_open_past_documents(self):
        """Open the orders and invoices of old systems of this customer.

        :return: action
        """
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_past_document"
        )
        return action | {
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
        }

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if self.env.context.get(BROUGHT_IN):
            above = self.browse(
                filter(None, (vals.get("parent_id") for vals in vals_list))
            )
            self.env["customer.import"]._check_changeable(above)
        return super().create(vals_list)

    def write(self, vals):
        """Write values; of an import, not those of whom no import changes."""
        if self.env.context.get(BROUGHT_IN):
            # contacts follow their company in what is the company's
            follow = vals.keys() <= set(self._commercial_fields())
            meant = self.filtered(
                lambda one: not follow or one.commercial_partner_id == one
            )
            Import = self.env["customer.import"]
            Import._check_changeable(meant)
            if "email" in vals:
                Import._check_address(meant)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_erase_history(self):
        """Forget what was brought in about customers that are deleted."""
        if self.env["customer.import"]._is_used():
            # sudo: what was brought in goes, whoever may read it
            rows = self.env["customer.import.row"].sudo()
            mine = [
                "|",
                ("partner_id", "in", self.ids),
                ("duplicate_id", "in", self.ids),
            ]
            found = rows.search(mine)
            found._erase(gone=True)
            found.import_id._forget_file()
            texts = [
                text
                for partner in self
                for text in (partner.name, partner.email, partner.phone)
            ]
            self.env["customer.import"]._forget_texts(texts)
            past = self.env["customer.past.document"].sudo()
            past.search([("partner_id", "in", self.ids)])._write_guarded(
                {"note": False}
            )
