from typing import NamedTuple

from odoo import SUPERUSER_ID, api, fields, models
from odoo.fields import Domain

from ...engine.rates import is_same_rate
from ..common.process_mark import ProcessMark

#: what makes a rate what it is: whoever changes one of these has typed a rate
TYPED_FIELDS = {
    "name",
    "rate",
    "company_rate",
    "inverse_company_rate",
    "currency_id",
    "company_id",
}
#: where a rate stands: what the company currency's technical rate hangs on
PLACE_FIELDS = {"name", "currency_id", "company_id"}
#: what says where a fetched rate comes from
EVIDENCE_FIELDS = (
    "fx_provider_id",
    "fx_quoted",
    "fx_kind",
    "fx_published_on",
    "fx_received_at",
    "fx_payload_hash",
    "fx_unconfirmed",
    "fx_shared_rate_id",
    "fx_base_rate",
    "fx_carried_from",
)

_NOTING = ProcessMark("fx_rate_change_noting")


class Entry(NamedTuple):
    """A row of the rate table, as its history speaks of it."""

    company_id: int | bool
    currency_id: int
    date: object
    rate: float
    source: str | bool  # the provider's name; False for a typed rate
    reason: str | bool

    @property
    def place(self):
        return self[:3]


class ResCurrencyRate(models.Model):
    """Where fetched rates live, beside those that people type.

    A row is *typed* unless ``fx_provider_id`` is set. Providers write rows of the root
    company only. Since Odoo lets a company's own row hide every shared one from its
    date on, a shared typed rate that would be hidden by a fetched row is repeated as
    a row of the company on its date (``fx_shared_rate_id``) and follows the shared one:
    it rules from its date to the next published one, as it does without us.

    What says where a rate comes from is written by providers, in SQL, and by nobody
    else: what ``create`` and ``write`` are given of it is dropped. What people type,
    correct and delete leaves a trace; what providers bring is traced where it is
    stored, and only where it replaces another figure: its evidence is in the row.
    """

    _inherit = "res.currency.rate"

    fx_rate_text = fields.Char(
        string="Read As",
        compute="_compute_fx_rate_text",
        help="The rate as the company reads rates.",
        groups="base.group_user",
    )
    fx_source = fields.Char(
        string="Published or Typed By",
        compute="_compute_fx_source",
        help="Who published this rate, or who typed it and when.",
        groups="base.group_user",
    )
    fx_provider_id = fields.Many2one(
        comodel_name="fx.rate.provider",
        string="Rate Source",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Where this rate was fetched. Empty for a rate that a person typed.",
        groups="base.group_user",
    )
    fx_quoted = fields.Char(
        string="Published As",
        readonly=True,
        copy=False,
        help="The quotes that this rate follows from, as they were published.",
        groups="base.group_user",
    )
    fx_kind = fields.Selection(
        selection=lambda self: (
            self.env["fx.rate.provider"]
            ._fields["rate_kind"]
            ._description_selection(self.env)
        ),
        string="Kind",
        readonly=True,
        copy=False,
        help="What the published price is. Empty for a rate that a person typed.",
        groups="base.group_user",
    )
    fx_published_on = fields.Date(
        string="Published On",
        readonly=True,
        copy=False,
        help="The day that the publisher wrote on the price.",
        groups="base.group_user",
    )
    fx_received_at = fields.Datetime(
        string="Received",
        readonly=True,
        copy=False,
        help="When the price arrived.",
        groups="base.group_user",
    )
    fx_payload_hash = fields.Char(
        string="Fingerprint",
        readonly=True,
        copy=False,
        help="SHA-256 of what the publisher sent.",
        groups="base.group_user",
    )
    fx_unconfirmed = fields.Boolean(
        string="Unconfirmed",
        readonly=True,
        copy=False,
        help="The first rate of a currency, which no second provider has confirmed.",
        groups="base.group_user",
    )
    fx_shared_rate_id = fields.Many2one(
        comodel_name="res.currency.rate",
        string="Shared Rate",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The rate typed for all companies that this one repeats.",
        groups="base.group_user",
    )
    fx_base_rate = fields.Float(
        string="Multiplied By",
        digits=0,
        readonly=True,
        copy=False,
        aggregator=None,
        help="The technical rate of the company currency that this rate contains.",
        groups="base.group_user",
    )
    fx_carried_from = fields.Date(
        string="Carried From",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="The day on which the quotes were published, where that isn't the date "
        "of the rate.",
        groups="base.group_user",
    )
    fx_reason = fields.Char(
        string="Why",
        copy=False,
        help="Why you typed or changed this rate. It goes into the history of rates.",
        groups="base.group_user",
    )

    _fx_company_currency_index = models.Index("(company_id, currency_id, name)")

    # === COMPUTE METHODS === #

    @api.depends("rate", "name", "currency_id", "company_id")
    @api.depends_context("lang", "company")
    def _compute_fx_rate_text(self):
        # a rate for all companies is read as the current one reads rates
        by_company = self.grouped(lambda rate: rate.company_id or self.env.company)
        for company, rates in by_company.items():
            # sudo: a branch's user may not read its main company
            base = company.sudo().currency_id
            days = set(rates.filtered("name").mapped("name"))
            technical = base._get_technical_rates(company.sudo(), days)
            for rate in rates:
                known = rate.currency_id and rate.currency_id != base and rate.name
                rate.fx_rate_text = bool(known) and rate.currency_id._format_rate(
                    rate.rate / float(technical[rate.name]), company
                )

    @api.depends("fx_provider_id", "fx_shared_rate_id", "write_uid", "write_date")
    @api.depends_context("lang", "company")
    def _compute_fx_source(self):
        for rate in self:
            # sudo: who reads rates may not read providers, nor colleagues
            known = rate.sudo()
            # a row that repeats a shared rate is that typed rate
            provider = not known.fx_shared_rate_id and known.fx_provider_id.name
            typed = known.fx_shared_rate_id or known
            person = typed.write_uid.filtered(lambda user: user.id != SUPERUSER_ID)
            rate.fx_source = bool(typed.write_date) and known.currency_id._name_source(
                known.company_id or self.env.company,
                known.name,
                provider,
                person.name,
                typed.write_date,
                always=True,
            )

    # === ONCHANGE METHODS === #

    @api.onchange("rate", "company_rate", "inverse_company_rate", "name", "company_id")
    def _onchange_used_rate(self):
        """Warn whoever changes a rate at which documents were converted."""
        rate = self._origin
        if not rate:
            return None
        moves, orders = rate._count_documents()
        if not (moves or orders):
            return None
        return {
            "warning": {
                "title": self.env._(
                    "Rate of %(currency)s in use", currency=rate.currency_id.name
                ),
                "message": self.env._(
                    "%(moves)s posted entries and %(orders)s confirmed orders were "
                    "converted at this rate. They keep their amounts: only what is "
                    "converted from now on takes the new rate. Write down why you "
                    "change it.",
                    moves=moves,
                    orders=orders,
                ),
            }
        }

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # set to nothing, rather than left out: defaults come from the context, too
        nothing = dict.fromkeys(EVIDENCE_FIELDS, False)
        rates = super(ResCurrencyRate, _NOTING.put_on(self)).create(
            [{**vals, **nothing} for vals in vals_list]
        )
        rates._keep_shown(vals_list)
        rates = rates.with_env(self.env)
        rates.filtered(lambda rate: not rate.company_id)._repeat_shared_rates()
        rates._get_companies_based()._follow_base_rate()
        if not _NOTING.is_on(self.env):
            rates._note_changes({})
        return rates

    def _keep_shown(self, vals_list):
        """Store the rate that a new row shows: of one that equals the rate before it
        Odoo stores nothing, and converts at the oldest rate there is.

        :param vals_list: values of each of these rows; what is neither typed nor known
            from an earlier day stays unknown
        """
        for rate, vals in zip(self, vals_list, strict=True):
            is_shown = vals.keys() & {"company_rate", "inverse_company_rate"}
            if not rate.rate and (is_shown or rate._get_latest_rate()):
                rate._inverse_company_rate()

    def write(self, vals):
        # only providers say where a rate comes from, and write it in SQL
        vals = {name: vals[name] for name in vals if name not in EVIDENCE_FIELDS}
        if same := self - self._filter_typed(vals):
            rest = {name: vals[name] for name in vals if name not in TYPED_FIELDS}
            if rest:
                same.write(rest)
            return (self - same).write(vals) if self - same else True
        is_typed = bool(vals.keys() & TYPED_FIELDS)
        # a create or write that is noted as a whole notes what it does on the way
        is_noted = _NOTING.is_on(self.env) or not (is_typed or "fx_reason" in vals)
        before = None if is_noted else self._get_entries()
        moves = vals.keys() & PLACE_FIELDS
        companies = self._get_companies_based() if moves else self.env["res.company"]
        if not is_noted:
            vals.setdefault("fx_reason", False)  # it was why the last one was typed
        if is_typed:
            vals = {**dict.fromkeys(EVIDENCE_FIELDS, False), **vals}
        rates = self if is_noted else _NOTING.put_on(self)
        result = super(ResCurrencyRate, rates).write(vals)
        if is_typed:
            rates._follow_typed("company_id" in vals, companies)
        if not is_noted:
            self._note_changes(before)
        return result

    def _filter_typed(self, vals):
        """Return those of these rates that ``vals`` change: a file that was exported,
        and comes back, types nothing."""
        if not (typed := vals.keys() & TYPED_FIELDS):
            return self
        return self.filtered(
            lambda rate: any(rate._is_typed_anew(name, vals[name]) for name in typed)
        )

    def _is_typed_anew(self, name, value):
        """Return whether a value of one of :data:`TYPED_FIELDS` is another one."""
        field = self._fields[name]
        value = field.convert_to_cache(value, self)
        if field.type == "float":
            return not value or not is_same_rate(self[name], value)
        return value != field.convert_to_cache(self[name], self)

    def _follow_typed(self, moves, companies):
        """Bring rows in line that hang on these, which were typed.

        Rows that repeat a shared rate follow it; fetched rows follow the technical rate
        of the company currency.

        :param bool moves: whether they are another company's, or shared, since
        :param companies: ``res.company`` that were based on them before
        """
        if moves or not all(rate.company_id for rate in self):
            self._drop_stale_repetitions()
            self._repeat_shared_rates()
        (companies | self._get_companies_based())._follow_base_rate()

    def unlink(self):
        before, companies = self._get_entries(), self._get_companies_based()
        result = super().unlink()
        companies._follow_base_rate()
        self.browse()._note_changes(before)
        return result

    def _get_companies_based(self):
        """Return the main companies whose own currency one of these rates is of."""
        # sudo: a rate may be for companies that its author is not in
        rates = self.sudo()
        companies = rates.filtered(
            lambda rate: rate.currency_id == rate.company_id.currency_id
        ).company_id
        shared = rates.filtered(lambda rate: not rate.company_id).currency_id
        if shared:
            companies |= companies.with_context(active_test=False).search(
                [("currency_id", "in", shared.ids), ("parent_id", "=", False)]
            )
        return companies

    # === ACTIONS === #

    def action_open_changes(self):
        """Open the history of this rate's day and currency."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.fx_rate_change_action"
        )
        domain = [
            ("currency_id", "=", self.currency_id.id),
            ("company_id", "=", self.company_id.id),
            ("date", "=", self.name),
        ]
        return {**action, "domain": domain, "context": {}}

    # === HISTORY === #

    def _get_entries(self):
        """Return {id: :class:`Entry`} of these rates as they are now."""
        return {
            rate.id: Entry(
                rate.company_id.id,
                rate.currency_id.id,
                rate.name,
                rate.rate,
                # a row that repeats a shared rate is that typed rate
                not rate.fx_shared_rate_id and rate.fx_provider_id.name,
                rate.fx_reason,
            )
            for rate in self.sudo()  # who types rates may not read providers
        }

    def _note_changes(self, before):
        """Note what became of some rates.

        :param before: {id: :class:`Entry`}, also of rates that are gone
        """
        after = self._get_entries()
        vals_list = []
        for rate_id in {**before, **after}:
            old, new = before.get(rate_id), after.get(rate_id)
            if old and new and old.place != new.place:
                vals_list += [self._prepare_change_vals(old, None, new.reason)]
                old = None
            if self._is_change(old, new):
                vals_list += [self._prepare_change_vals(old, new, new and new.reason)]
        # sudo: nobody writes history but this
        self.env["fx.rate.change"].sudo()._create_guarded(vals_list)

    @api.model
    def _is_change(self, old, new):
        """Whether two entries of one place differ, or a reason was given."""
        if not (old and new):
            return True
        return (
            not is_same_rate(old.rate, new.rate)
            or old.source != new.source
            or bool(new.reason and new.reason != old.reason)
        )

    @api.model
    def _prepare_change_vals(self, old, new, reason):
        """Prepare the values of a change from one entry to another.

        :param old: :class:`Entry`; None where there was no rate
        :param new: :class:`Entry`; None where there is none any more
        """
        company_id, currency_id, date = (new or old).place
        return {
            "company_id": company_id,
            "currency_id": currency_id,
            "date": date,
            "old_rate": old.rate if old else 0.0,
            "new_rate": new.rate if new else 0.0,
            "old_source": old and old.source,
            "new_source": new and new.source,
            "reason": reason,
        }

    # === DOCUMENTS THAT USE A RATE === #

    def _count_documents(self):
        """Count the documents that were converted at this rate.

        Those in its currency dated between its day and the day before the next rate, in
        the companies for which it counts.

        :return: (number of posted entries, number of confirmed orders)
        """
        self.ensure_one()
        # sudo: the number is of all documents, whoever may read them
        rate = self.sudo()
        later = rate._get_same_place() & Domain("name", ">", rate.name)
        until = rate.search(later, order="name", limit=1).name
        domain = rate._get_users_domain()
        moves = rate.env["account.move"].search_count(
            domain
            & Domain("state", "=", "posted")
            & (
                self._within("invoice_date", rate.name, until)
                | (
                    Domain("invoice_date", "=", False)
                    & self._within("date", rate.name, until)
                )
            )
        )
        company = rate.company_id or self.env.company
        start = company._get_start_of(rate.name)
        end = until and company._get_start_of(until)
        orders = rate.env["sale.order"].search_count(
            domain
            & Domain("state", "=", "sale")
            & self._within("date_order", start, end)
        )
        return moves, orders

    def _get_same_place(self):
        return Domain("currency_id", "=", self.currency_id.id) & Domain(
            "company_id", "=", self.company_id.id
        )

    def _get_users_domain(self):
        """Return the domain of the documents of companies that convert at this rate."""
        currency = Domain("currency_id", "=", self.currency_id.id)
        foreign = Domain("company_id.currency_id", "!=", self.currency_id.id)
        if self.company_id:
            tree = Domain("company_id", "child_of", self.company_id.id)
            return currency & foreign & tree
        own = self.search(
            Domain("currency_id", "=", self.currency_id.id)
            & Domain("company_id", "!=", False)
            & Domain("name", "<=", self.name)
        ).company_id
        hidden = Domain("company_id", "child_of", own.ids) if own else Domain.FALSE
        return currency & foreign & ~hidden

    @api.model
    def _within(self, field, start, end):
        """Return the domain from ``start``, before ``end`` where there is one."""
        domain = Domain(field, ">=", start)
        return domain & Domain(field, "<", end) if end else domain
