from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_date, format_list

from ..common.guarded_mixin import is_open
from ..common.typed_number_mixin import DAYS
from .res_company import ADVANCES, METHODS, RATE_KINDS, REVERSALS

#: What is asked of a run: a change of one of these makes it a draft again.
TERMS = frozenset(
    {
        "company_id",
        "date",
        "rate_kind",
        "rate_date",
        "method",
        "reversal",
        "by_partner",
        "advances",
        "journal_id",
    }
)
#: Terms that a company chooses once, in settings of the same names.
CHOICES = (
    "rate_kind",
    "method",
    "reversal",
    "by_partner",
    "advances",
    "journal_id",
)
#: Entries of a run, and whether they add its adjustments or take them back.
ENTRIES = {
    "move_id": 1,
    "reversal_move_id": -1,
    "cancel_move_id": -1,
    "cancel_reversal_move_id": 1,
}
#: Of these, what never is reversed, money and advances, has the first and this one.
LASTING = ("move_id", "cancel_move_id")
#: States of runs that have touched the books.
STANDING = ("posted", "reversed")


class FxRevaluation(models.Model):
    """What one company's foreign money and open items are worth at the end of a day.

    A run covers what is open on its day, and every item that an earlier run has
    adjusted and that is settled by now: delta = closing − what the books carry. One
    entry is posted, with a line for each account and currency; the items are in the
    run's own lines, so that Odoo's receivables, credit and matching know nothing of
    it. Who computes asks, who posts decides.
    """

    _name = "fx.revaluation"
    _description = "Revaluation"
    _inherit = [
        "asking.mixin",
        "booking.mixin",
        "typed.number.mixin",
        "mail.thread",
        "decision.mixin",
    ]
    _order = "date desc, id desc"
    _check_company_auto = True

    _decision_states = {
        "asked": "computed",
        "granted": "posted",
        "denied": "draft",
        "withdrawn": "draft",
        "ended": "cancelled",
    }
    _decision_group = "multicurrency_crm.group_finance"
    _entry_fields = tuple(ENTRIES)

    company_id = fields.Many2one(
        "res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        ondelete="cascade",
        help="Whose entry it is: a branch has a run of its own.",
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    date = fields.Date(
        string="Period End",
        required=True,
        default=lambda self: self.env.company._get_last_period("monthly")[1],
        bounds=DAYS,
    )
    rate_kind = fields.Selection(
        selection=RATE_KINDS,
        string="Rate",
        required=True,
        compute="_compute_choices",
        store=True,
        readonly=False,
        precompute=True,
    )
    rate_date = fields.Date(
        string="Rates Of",
        compute="_compute_rate_date",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        bounds=DAYS,
        help="The day of which the rates are; that of the period's end as a rule.",
    )
    method = fields.Selection(
        selection=METHODS,
        required=True,
        compute="_compute_choices",
        store=True,
        readonly=False,
        precompute=True,
        help="Losses only: what is due in more than a year is valued at the worse of "
        "its booked value and spot; what is due within a year, and money, at spot.",
    )
    reversal = fields.Selection(
        selection=REVERSALS,
        required=True,
        compute="_compute_choices",
        store=True,
        readonly=False,
        precompute=True,
        help="What stands is right at period ends, and not between them: an item that "
        "is paid meanwhile keeps its adjustment until the next run. Money always "
        "stands.",
    )
    by_partner = fields.Boolean(
        string="A Line per Customer",
        compute="_compute_choices",
        store=True,
        readonly=False,
        precompute=True,
    )
    advances = fields.Selection(
        selection=ADVANCES,
        string="Unallocated Advances",
        required=True,
        compute="_compute_choices",
        store=True,
        readonly=False,
        precompute=True,
        help="Keep their rate (IFRIC 22): what is paid ahead isn't revalued, and what "
        "Odoo books as an exchange difference when it is matched with a later invoice "
        "goes to that invoice's revenue.",
    )
    journal_id = fields.Many2one(
        "account.journal",
        required=True,
        domain=[("type", "=", "general")],
        check_company=True,
        compute="_compute_choices",
        store=True,
        readonly=False,
        precompute=True,
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("computed", "Computed"),
            ("posted", "Posted"),
            ("reversed", "Reversed"),
            ("superseded", "Superseded"),
            ("cancelled", "Cancelled"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("fx.revaluation.line", "revaluation_id", readonly=True)
    item_count = fields.Integer(string="Items Valued", readonly=True, copy=False)
    gains = fields.Monetary(
        currency_field="company_currency_id", readonly=True, copy=False
    )
    losses = fields.Monetary(
        currency_field="company_currency_id", readonly=True, copy=False
    )
    delta = fields.Monetary(
        string="To Book",
        currency_field="company_currency_id",
        compute="_compute_delta",
        help="Gains less losses against what the books carry.",
    )
    earned = fields.Monetary(
        string="Advances Earned",
        currency_field="company_currency_id",
        readonly=True,
        copy=False,
        help="What revenue changes by, so that what was paid ahead is earned at its "
        "own rate: neither a gain nor a loss.",
    )
    left_out = fields.Char(
        string="Not Revalued",
        readonly=True,
        copy=False,
        help="Accounts that are marked, or whose open items are followed, and which "
        "aren't monetary, or take what is adjusted.",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    reversal_move_id = fields.Many2one(
        "account.move",
        string="Reversing Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    cancel_move_id = fields.Many2one(
        "account.move",
        string="Cancelled By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    cancel_reversal_move_id = fields.Many2one(
        "account.move",
        string="Reversal Cancelled By",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    reversal_date = fields.Date(compute="_compute_reversal_date")
    later_note = fields.Char(compute="_compute_later_note")

    # === COMPUTE METHODS === #

    @api.depends("company_id", "date")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_display_name(self):
        """Name the company where it could be another one."""
        here = self.env.companies
        for run in self:
            day = format_date(self.env, run.date) if run.date else ""
            company = run.company_id
            run.display_name = (
                day if company == here else f"{day}, {company.name}".strip(", ")
            )

    @api.depends("company_id")
    def _compute_choices(self):
        """Take what the main company has chosen; each run may be given another one."""
        for run in self:
            # sudo: who works in a branch needn't see its main company
            main = run.company_id.sudo().root_id
            for name in CHOICES:
                run[name] = main[f"revaluation_{name}"]

    @api.depends("date", "rate_kind")
    def _compute_rate_date(self):
        for run in self:
            day = run.date
            is_month = run.rate_kind == "month"
            run.rate_date = day and is_month and day.replace(day=1) or day

    @api.depends("gains", "losses")
    def _compute_delta(self):
        for run in self:
            run.delta = run.gains + run.losses

    @api.depends("date", "reversal")
    def _compute_reversal_date(self):
        for run in self:
            is_reversed = run.date and run.reversal == "next_day"
            run.reversal_date = is_reversed and run.date + timedelta(days=1)

    @api.depends("company_id", "date", "state")
    @api.depends_context("lang")
    def _compute_later_note(self):
        for run in self:
            days = run._find_later_days() if run.state != "cancelled" else []
            run.later_note = bool(days) and self.env._(
                "Later revaluations are computed again with this one, and their "
                "differences posted: %(days)s.",
                days=format_list(self.env, [format_date(self.env, d) for d in days]),
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("journal_id")
    def _check_journal(self):
        for run in self:
            if run.journal_id.type != "general":
                raise UserError(
                    self.env._(
                        "%(journal)s can't take a revaluation: choose a miscellaneous "
                        "journal.",
                        journal=run.journal_id.display_name,
                    )
                )

    # === CRUD METHODS === #

    def write(self, vals):
        if is_open(self) or not TERMS & vals.keys():
            return super().write(vals)
        changed = self.filtered(
            lambda run: any(
                run._differs_from(name, vals[name]) for name in TERMS & vals.keys()
            )
        )
        if settled := changed.filtered(
            lambda run: run.state not in ("draft", "computed")
        ):
            raise UserError(settled[0]._explain_settled())
        result = super().write(vals)
        # sudo: whoever may change what is asked ends the request by that
        changed.sudo()._withdraw(self.env._("Changed after it was computed."))
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_posted(self):
        if kept := self.filtered(lambda run: run._get_moves() or run.state in STANDING):
            raise UserError(
                self.env._(
                    "%(run)s stays as evidence of what was booked: cancel it instead "
                    "of deleting it.",
                    run=kept[0].display_name,
                )
            )

    # === DECISIONS === #

    def _get_requesters(self):
        """Whoever computed it may post it, unless the company wants two people."""
        return self.requested_by if self._needs_two() else self.env["res.users"]

    def _needs_two(self):
        # sudo: who works in a branch needn't see its main company
        return self.company_id.sudo().root_id.revaluation_four_eyes

    def _notify_deciders(self):
        """Nobody is asked where whoever computes may post."""
        if not self._needs_two():
            return self.env["res.users"]
        return super()._notify_deciders()

    def _get_decision_question(self):
        return (
            self.env._("Revaluation %s: post or refuse", self.display_name),
            self.env._(
                "To book: %s", self.company_currency_id._format_amount(self.delta)
            ),
        )

    def _explain_no_decider(self):
        return self.env._("Finance of that company posts revaluations.")

    def _explain_own(self):
        return self.env._("You computed it yourself: another one posts it.")

    def _explain_not_asked(self):
        return self.env._(
            "%(run)s isn't computed, or is posted already.", run=self.display_name
        )

    def _call_off(self, reason):
        self._clear_lines()

    # === ACTIONS === #

    def action_compute(self):
        """Value what is open on the day, and keep each item in the run's lines.

        :raises UserError: posted already, not set up, a currency without a fresh rate
        """
        return self.action_request()

    def action_request(self):
        self.check_access("write")
        for run in self:
            if run.state not in ("draft", "computed"):
                raise UserError(run._explain_settled())
            # sudo: the right was checked; items are gathered for whoever may read them
            run.sudo()._check_same_way()
            run.sudo()._value()
        return self._ask()

    def action_post(self):
        """Post what was computed: the entry, and its reversal where its day has come.

        :raises AccessError: not of finance, or who computed it
        :raises UserError: a closed day, or the ledger or rates changed meanwhile
        """
        return self.action_approve()

    def action_cancel(self):
        """Take a run back: what it has posted is mirrored on the same days.

        :raises AccessError: not of finance
        :raises UserError: a closed day, or another run of that day came after it
        """
        for run in self:
            run._check_decides_here()
            # sudo: the right was checked
            run.sudo()._cancel()
        return True

    def action_ask_cancel(self):
        """Ask before :meth:`action_cancel` where something was posted, and nothing
        stands in its way.

        :raises AccessError: not of finance
        :raises UserError: as for :meth:`action_cancel`
        """
        self.ensure_one()
        self._check_decides_here()
        # sudo: the right was checked
        run = self.sudo()
        run._check_cancellable()
        if not run.move_id:
            return self.action_cancel()
        return self._ask_before(
            "action_cancel",
            self.env._(
                "What this revaluation has posted is taken back on the same days. Go "
                "on?"
            ),
        )

    def action_open_lines(self):
        """Open what each item is worth."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_fx_revaluation_line"
        )
        return action | {
            "display_name": self.display_name,
            "domain": [("revaluation_id", "=", self.id)],
            "context": {"create": False},
        }

    def action_open_entries(self):
        """Open the entries of this run.

        :raises UserError: the user may not read them
        """
        self.ensure_one()
        return self._get_moves()._open_entries(self.env._("Entries"))

    # === OTHER RUNS === #

    def _get_moves(self):
        """Return all entries of these runs."""
        moves = self.env["account.move"]
        for name in ENTRIES:
            moves |= self[name]
        return moves

    def _explain_bound(self):
        return self.env._(
            "That entry belongs to the revaluation %(run)s, which goes by it: cancel "
            "the revaluation instead.",
            run=self.display_name,
        )

    def _find_standing(self, *domain):
        """Find the runs of the same company that have touched the books."""
        # sudo: what stands does, whoever asks
        return self.sudo().search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", STANDING),
                ("id", "not in", self.ids),
                *domain,
            ],
            order="date, id",
        )

    def _check_same_way(self):
        """Check that what is open isn't adjusted for good and for a day at once.

        :raises UserError: what was booked for the same day is reversed otherwise
        """
        for other in self._find_standing(("date", "=", self.date)):
            if other.reversal == self.reversal or not other._find_totals("open"):
                continue
            ways = dict(self._fields["reversal"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(date)s was revalued as “%(former)s” already: choose that here, "
                    "too, or cancel that revaluation first.",
                    date=format_date(self.env, self.date),
                    former=ways[other.reversal],
                )
            )

    def _find_later_days(self):
        """Return the later days whose runs go by what this one books, in order."""
        self.ensure_one()
        if not self.date or not self.company_id:
            return []
        later = self._find_standing(("date", ">", self.date))
        return sorted(set(later.mapped("date")))
