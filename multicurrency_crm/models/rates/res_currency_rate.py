from odoo import api, fields, models
from odoo.tools import SQL

#: what makes a rate what it is: whoever changes one of these has typed a rate
TYPED_FIELDS = {
    "name",
    "rate",
    "company_rate",
    "inverse_company_rate",
    "currency_id",
    "company_id",
}
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


class ResCurrencyRate(models.Model):
    """Where fetched rates live, beside those that people type.

    A row is *typed* unless ``fx_provider_id`` is set. Providers write rows of the root
    company only. Since Odoo lets a company's own row hide every shared one from its
    date on, a shared typed rate that would be hidden by a fetched row is repeated as
    a row of the company on its date (``fx_shared_rate_id``) and follows the shared one:
    it rules from its date to the next published one, as it does without us.

    What says where a rate comes from is written by providers, in SQL, and by nobody
    else: what ``create`` and ``write`` are given of it is dropped.
    """

    _inherit = "res.currency.rate"

    fx_provider_id = fields.Many2one(
        comodel_name="fx.rate.provider",
        string="Provider",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Where this rate was fetched. Empty for a rate that a person typed.",
    )
    fx_quoted = fields.Char(
        string="Published As",
        readonly=True,
        copy=False,
        help="The quotes that this rate follows from, as they were published.",
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
    )
    fx_published_on = fields.Date(
        string="Published On",
        readonly=True,
        copy=False,
        help="The day that the publisher wrote on the price.",
    )
    fx_received_at = fields.Datetime(
        string="Received", readonly=True, copy=False, help="When the price arrived."
    )
    fx_payload_hash = fields.Char(
        string="Fingerprint",
        readonly=True,
        copy=False,
        help="SHA-256 of what the publisher sent.",
    )
    fx_unconfirmed = fields.Boolean(
        string="Unconfirmed",
        readonly=True,
        copy=False,
        help="The first rate of a currency, which no second provider has confirmed.",
    )
    fx_shared_rate_id = fields.Many2one(
        comodel_name="res.currency.rate",
        string="Shared Rate",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The rate typed for all companies that this one repeats.",
    )

    _fx_company_currency_index = models.Index("(company_id, currency_id, name)")

    @api.model_create_multi
    def create(self, vals_list):
        # set to nothing, rather than left out: defaults come from the context, too
        nothing = dict.fromkeys(EVIDENCE_FIELDS, False)
        rates = super().create([{**vals, **nothing} for vals in vals_list])
        rates.filtered(lambda rate: not rate.company_id)._repeat_shared_rates()
        return rates

    def write(self, vals):
        # only providers say where a rate comes from, and write it in SQL
        vals = {name: vals[name] for name in vals if name not in EVIDENCE_FIELDS}
        if not vals.keys() & TYPED_FIELDS:
            return super().write(vals)
        result = super().write({**dict.fromkeys(EVIDENCE_FIELDS, False), **vals})
        if "company_id" in vals or not all(rate.company_id for rate in self):
            self._drop_stale_repetitions()
            self._repeat_shared_rates()
        return result

    def _drop_stale_repetitions(self):
        """Delete the rows that repeat one of ``self`` as it no longer is."""
        self.flush_recordset()
        self.env.cr.execute(
            SQL(
                """DELETE FROM res_currency_rate rep USING res_currency_rate shared
                    WHERE rep.fx_shared_rate_id = shared.id AND shared.id IN %s
                      AND (shared.company_id IS NOT NULL OR shared.name != rep.name
                           OR shared.currency_id != rep.currency_id)""",
                tuple(self.ids),
            )
        )

    def _repeat_shared_rates(self):
        """Repeat the shared rates among ``self`` for the companies that need it."""
        if self:
            self.flush_model()
            self.env.cr.execute(self._repeat_query(SQL("s.id IN %s", tuple(self.ids))))
            self._invalidate_rates()

    @api.model
    def _repeat_for_company(self, company, currencies):
        """Repeat the shared rates that fetched rows of ``company`` would hide.

        :param company: root company
        :param currencies: res.currency records just written for it
        """
        self.env.cr.execute(
            self._repeat_query(
                SQL("s.currency_id IN %s", tuple(currencies.ids)),
                SQL("AND o.company_id = %s", company.id),
            )
        )
        self._invalidate_rates()

    def _repeat_query(self, shared_condition, own_condition=None):
        """Insert or refresh repetitions of shared rates ``s``.

        A company needs one if it has a fetched row (``o``) on or before the shared
        rate's date, and no typed row of its own there: that one hides it by a
        person's choice.
        """
        return SQL(
            """INSERT INTO res_currency_rate
                      (name, rate, currency_id, company_id, fx_provider_id,
                       fx_shared_rate_id,
                       create_uid, create_date, write_uid, write_date)
               SELECT s.name, s.rate, s.currency_id, own.company_id,
                      own.fx_provider_id, s.id, %(uid)s, %(now)s, %(uid)s, %(now)s
                 FROM res_currency_rate s
                 JOIN LATERAL (
                        SELECT DISTINCT ON (o.company_id) o.company_id, o.fx_provider_id
                          FROM res_currency_rate o
                         WHERE o.currency_id = s.currency_id AND o.name <= s.name
                           AND o.fx_provider_id IS NOT NULL %(own_condition)s
                      ORDER BY o.company_id, o.name DESC
                      ) own ON TRUE
                WHERE s.company_id IS NULL AND %(shared_condition)s
                  AND NOT EXISTS (
                        SELECT FROM res_currency_rate t
                         WHERE t.currency_id = s.currency_id AND t.name <= s.name
                           AND t.company_id = own.company_id
                           AND t.fx_provider_id IS NULL)
          ON CONFLICT (name, currency_id, company_id) DO UPDATE
                  SET rate = EXCLUDED.rate, fx_quoted = NULL,
                      fx_base_rate = NULL, fx_carried_from = NULL,
                      fx_shared_rate_id = EXCLUDED.fx_shared_rate_id,
                      write_uid = EXCLUDED.write_uid, write_date = EXCLUDED.write_date
                WHERE res_currency_rate.fx_provider_id IS NOT NULL
                  AND (res_currency_rate.rate, res_currency_rate.fx_shared_rate_id)
                      IS DISTINCT FROM (EXCLUDED.rate, EXCLUDED.fx_shared_rate_id)""",
            uid=self.env.uid,
            now=fields.Datetime.now(),
            own_condition=own_condition or SQL(),
            shared_condition=shared_condition,
        )

    @api.model
    def _invalidate_rates(self):
        """Forget what the ORM read before rows were written behind its back."""
        self.invalidate_model()
        self.env["res.currency"].invalidate_model(
            ["rate", "inverse_rate", "rate_string", "date", "rate_ids"]
        )
