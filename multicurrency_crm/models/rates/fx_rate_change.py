from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..common.process_mark import ProcessMark

#: how many years evidence of rates is kept where no parameter says otherwise
EVIDENCE_YEARS = 10
#: changes forgotten in one round of the nightly cleaning
CLEANED_AT_ONCE = 10_000

_CLEANING = ProcessMark("fx_rate_change_cleaning")


class FxRateChange(models.Model):
    """One change of one rate in the books: before, after, who and why.

    Written by the code that changes rates, in the same transaction; nobody edits or
    deletes it before its years of retention are over. ``old_rate`` 0 means that there
    was no rate, ``new_rate`` 0 that there is none any more; a source is the provider's
    name as it was then, empty for a rate that a person typed.
    """

    _name = "fx.rate.change"
    _description = "Change of a Rate"
    _inherit = ["guarded.mixin"]
    _order = "id desc"
    _rec_name = "date"

    company_id = fields.Many2one(
        comodel_name="res.company",
        readonly=True,
        index=True,
        ondelete="cascade",
        help="Empty for a rate that is typed for all companies.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, readonly=True, ondelete="cascade"
    )
    date = fields.Date(
        string="Rate of", required=True, readonly=True, help="The day of the rate."
    )
    old_rate = fields.Float(
        string="Rate Before",
        digits=0,
        readonly=True,
        aggregator=None,
        help="As in Odoo's rate table; 0 where there was none.",
    )
    new_rate = fields.Float(
        string="Rate After",
        digits=0,
        readonly=True,
        aggregator=None,
        help="As in Odoo's rate table; 0 where the rate was deleted.",
    )
    old_text = fields.Char(string="Before", compute="_compute_texts")
    new_text = fields.Char(string="After", compute="_compute_texts")
    old_source = fields.Char(
        string="Source Before", readonly=True, help="Empty: typed by hand."
    )
    new_source = fields.Char(
        string="Source After", readonly=True, help="Empty: typed by hand."
    )
    reason = fields.Char(string="Why", readonly=True)
    provider_id = fields.Many2one(
        comodel_name="fx.rate.provider",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The provider that brought the new rate.",
    )
    hold_id = fields.Many2one(
        comodel_name="fx.rate.hold",
        string="Rate Reviewed",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        help="The rate that was held back until somebody decided on it.",
    )
    decision = fields.Selection(
        selection=[
            ("accepted", "Accepted after review"),
            ("undone", "Acceptance undone"),
        ],
        readonly=True,
        help="What a person has decided on a rate that was held back.",
    )
    kind = fields.Selection(
        selection=[
            ("new", "Typed"),
            ("changed", "Changed"),
            ("accepted", "Accepted after review"),
            ("undone", "Acceptance undone"),
            ("replaced", "Fetched again"),
            ("deleted", "Deleted"),
        ],
        string="What Was Done",
        compute="_compute_kind",
    )

    _currency_date_index = models.Index("(currency_id, date)")

    @api.depends("old_rate", "new_rate", "company_id", "currency_id", "date")
    @api.depends_context("lang", "company")
    def _compute_texts(self):
        # a rate for all companies is read as the current one reads rates
        by_company = self.grouped(lambda change: change.company_id or self.env.company)
        for company, changes in by_company.items():
            # sudo: a branch's user may not read its main company
            technical = company.sudo().currency_id._get_technical_rates(
                company.sudo(), set(changes.mapped("date"))
            )
            for change in changes:
                base = float(technical[change.date])
                currency = change.currency_id
                change.old_text = currency._format_rate(change.old_rate / base, company)
                change.new_text = currency._format_rate(change.new_rate / base, company)

    @api.depends("old_rate", "new_rate", "provider_id", "decision")
    def _compute_kind(self):
        for change in self:
            if change.decision:
                change.kind = change.decision
            elif not change.new_rate:
                change.kind = "deleted"
            elif change.provider_id:
                change.kind = "replaced"
            else:
                change.kind = "changed" if change.old_rate else "new"

    def write(self, vals):  # pylint: disable=method-required-super
        raise AccessError(
            self.env._(
                "The history of rates can't be edited: correct the rate itself, and "
                "the correction is noted, too."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_only_when_over(self):
        if not _CLEANING.is_on(self.env):
            raise AccessError(
                self.env._(
                    "The history of rates is kept for the years that the settings "
                    "say: it can't be deleted."
                )
            )

    @api.model
    def _get_evidence_years(self):
        """Return how many years the evidence of rates is kept; at least one."""
        # sudo: parameters are readable by administrators only
        params = self.env["ir.config_parameter"].sudo()
        value = params.get_param("multicurrency_crm.rate_evidence_years", "")
        return max(int(value), 1) if value.isdigit() else EVIDENCE_YEARS

    @api.autovacuum
    def _gc_old_changes(self):
        """Forget what is older than the retention.

        :return: (changes deleted, whether more are left), as Odoo's vacuum asks
        """
        years = relativedelta(years=self._get_evidence_years())
        over = self.search(
            [("create_date", "<", fields.Datetime.now() - years)],
            order="id",
            limit=CLEANED_AT_ONCE,
        )
        _CLEANING.put_on(over).unlink()
        return len(over), len(over) == CLEANED_AT_ONCE
