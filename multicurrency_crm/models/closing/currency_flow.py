from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ...engine.flows import SIGNS, total
from ..common.process_mark import ProcessMark

FINANCE = "multicurrency_crm.group_finance"
#: A draft is deleted because the one that it would supersede stays.
GIVES_WAY = ProcessMark("multicurrency_flow_gives_way")
#: Differences and changes that a note tells.
TOLD = 20


class CurrencyFlow(models.Model):
    """How a company's money, receivables and payables went from one day to another, in
    each currency, and whether that ties out with the general ledger.

    A table is a copy of what the ledger said when it was made. A draft is made again as
    often as anybody likes; what somebody has verified, or whose days are closed, stays
    as it is, and says what changed since.
    """

    _name = "currency.flow"
    _description = "Flow by Currency"
    _inherit = [
        "verified.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "whole.totals.mixin",
        "asking.mixin",
        "used.mixin",
    ]
    _order = "date_to desc, date_from, id desc"
    _rec_name = "date_to"
    _four_eyes = "flow_four_eyes"
    _list_action = "multicurrency_crm.action_currency_flow"

    _whole_totals = dict.fromkeys(
        ("cash_spot", "receivable_spot", "payable_spot", "net_spot", "net_booked"),
        "company_currency_id",
    )

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True, index=True)
    period = fields.Selection(
        selection=[("weekly", "Week"), ("monthly", "Month"), ("dates", "Other Days")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("verified", "Verified"),
            ("superseded", "Superseded"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    line_ids = fields.One2many("currency.flow.line", "flow_id", readonly=True)
    account_ids = fields.One2many("currency.flow.account", "flow_id", readonly=True)
    flow_table = fields.Json(string="Flow", compute="_compute_tables")
    value_table = fields.Json(string="In Company Currency", compute="_compute_tables")
    ledger_table = fields.Json(string="General Ledger", compute="_compute_tables")

    # --- in company currency
    cash_spot = fields.Monetary(
        string="Cash",
        currency_field="company_currency_id",
        readonly=True,
        help="In company currency, at the spot rates of the last day. Empty where a "
        "rate is missing.",
    )
    receivable_spot = fields.Monetary(
        string="Receivables", currency_field="company_currency_id", readonly=True
    )
    payable_spot = fields.Monetary(
        string="Payables",
        currency_field="company_currency_id",
        readonly=True,
        help="What the company owes.",
    )
    net_spot = fields.Monetary(
        string="Net",
        currency_field="company_currency_id",
        readonly=True,
        help="Cash + receivables - payables, at the spot rates of the last day.",
    )
    net_booked = fields.Monetary(
        string="Net, Booked", currency_field="company_currency_id", readonly=True
    )
    has_rates = fields.Boolean(readonly=True)

    # --- tie-out
    differences = fields.Json(string="Difference Data", readonly=True, copy=False)
    is_tied = fields.Boolean(
        string="Ties Out",
        readonly=True,
        index=True,
        help="It adds up, each difference from the general ledger has a name, and it "
        "begins where the table before ended.",
    )
    difference_note = fields.Text(
        string="Differences", compute="_compute_difference_note"
    )
    supersedes_id = fields.Many2one(
        "currency.flow",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    superseded_by_ids = fields.One2many("currency.flow", "supersedes_id", readonly=True)
    changes = fields.Json(string="Change Data", readonly=True, copy=False)
    change_note = fields.Text(string="Changes", compute="_compute_change_note")
    later_changes = fields.Json(string="Later Change Data", readonly=True, copy=False)
    is_changed = fields.Boolean(
        string="Changed Since",
        readonly=True,
        index=True,
        help="The ledger says something else of these days by now.",
    )
    later_note = fields.Text(string="Later Changes", compute="_compute_change_note")
    compared_on = fields.Datetime(
        string="Compared with the Ledger", readonly=True, copy=False
    )

    # --- who did what
    made_on = fields.Datetime(readonly=True)

    # --- what a screen says
    is_locked = fields.Boolean(compute="_compute_is_locked")
    lock_note = fields.Char(compute="_compute_is_locked")
    may_verify = fields.Boolean(compute="_compute_may_verify")
    verify_note = fields.Char(compute="_compute_may_verify")
    former_id = fields.Many2one(
        "currency.flow", string="Table Before", compute="_compute_former_id"
    )

    _one_standing = models.UniqueIndex(
        "(company_id, date_from, date_to) WHERE state != 'superseded'",
        "The table of these days was just made by somebody else.",
    )

    # === COMPUTE METHODS === #

    @api.depends("company_id", "date_from", "date_to", "state")
    @api.depends_context("lang", "allowed_company_ids")
    def _compute_display_name(self):
        for flow in self:
            named = {
                "start": format_date(self.env, flow.date_from) or "",
                "end": format_date(self.env, flow.date_to) or "",
            }
            if flow.state == "superseded":
                # of the same days there may be several
                flow.display_name = self.env._(
                    "%(start)s – %(end)s (No. %(number)s, superseded)",
                    number=flow.id,
                    **named,
                )
            else:
                flow.display_name = self.env._("%(start)s – %(end)s", **named)

    @api.depends("line_ids", "account_ids", "date_from", "company_id")
    @api.depends_context("lang")
    def _compute_tables(self):
        for flow in self:
            before = flow.former_id.line_ids
            flow.flow_table = flow.line_ids._prepare_flow_table(flow, before)
            flow.value_table = flow.line_ids._prepare_value_table(flow, before)
            flow.ledger_table = flow.account_ids._prepare_table(flow)

    @api.depends("differences")
    @api.depends_context("lang")
    def _compute_difference_note(self):
        for flow in self:
            found = (flow.differences or [])[:TOLD]
            flow.difference_note = "\n".join(map(flow._format_difference, found))

    def _format_difference(self, found):
        """Write one thing that doesn't tie out.

        :param dict found: as ``_find_differences`` makes them
        """
        what = self._name_row(found)
        if found["kind"] == "account":
            return self.env._(
                "%(what)s: %(amount)s of the general ledger isn't explained.",
                what=what,
                amount=self.company_currency_id._format_amount(found["amount"]),
            )
        currency = self.env["res.currency"].browse(found["currency_id"])
        if "before" not in found:
            return self.env._(
                "%(what)s: %(amount)s of the closing isn't explained.",
                what=what,
                amount=currency._format_amount(found["amount"]),
            )
        return self.env._(
            "%(what)s: the table before ended with %(before)s, this one begins with "
            "%(after)s. Something was booked late: make the one before again, or "
            "compare it with the ledger.",
            what=what,
            before=currency._format_amount(found["before"]),
            after=currency._format_amount(found["after"]),
        )

    def _name_row(self, found):
        """Return whose figures a difference or change is about: "Cash, USD"."""
        currency = self.env["res.currency"].browse(found["currency_id"])
        if account_id := found.get("account_id"):
            # sudo: who reads the table may not read accounts
            account = self.env["account.account"].sudo().browse(account_id).exists()
            name = account.display_name or self.env._("An account that is gone")
        else:
            name = self.env["currency.flow.line"]._get_kind_names()[found["kind"]]
        return self.env._(
            "%(name)s, %(currency)s", name=name, currency=currency.name or ""
        )

    @api.depends("changes", "later_changes")
    @api.depends_context("lang")
    def _compute_change_note(self):
        for flow in self:
            flow.change_note = flow._format_changes(flow.changes)
            flow.later_note = flow._format_changes(flow.later_changes)

    def _format_changes(self, changes):
        """Write what changed, a line each.

        :param changes: list of dicts, as ``_change_to_json`` makes them
        """
        lines = [self._format_change(change) for change in (changes or [])[:TOLD]]
        if left := len(changes or []) - len(lines):
            lines.append(self.env._("and %(count)s more", count=left))
        return "\n".join(lines)

    def _format_change(self, change):
        currency = self.env["res.currency"].browse(change["currency_id"])
        if change["figure"] in ("booked", "ledger"):
            currency = self.company_currency_id
        return self.env._(
            "%(what)s, %(figure)s: %(after)s, was %(before)s.",
            what=self._name_row(change),
            figure=self.env["currency.flow.line"]._get_labels()[change["figure"]],
            before=currency._format_amount(change["before"]),
            after=currency._format_amount(change["after"]),
        )

    @api.depends("company_id", "date_to")
    @api.depends_context("lang")
    def _compute_is_locked(self):
        for flow in self:
            day = flow._get_lock_date()
            flow.is_locked = bool(day and flow.date_to and flow.date_to <= day)
            flow.lock_note = flow.is_locked and self.env._(
                "The books are closed up to %(day)s: this table stays as it is.",
                day=format_date(self.env, day),
            )

    def _get_lock_date(self):
        """Return up to which day the books are closed for everybody, or False."""
        # sudo: who works in a branch needn't see its main company
        company = self.company_id.sudo()
        days = company.fiscalyear_lock_date, company.hard_lock_date
        return max(filter(None, days), default=False)

    @api.depends("state", "made_by", "company_id.flow_four_eyes")
    @api.depends_context("uid", "lang")
    def _compute_may_verify(self):
        is_finance = self.env.user.has_group(FINANCE)
        for flow in self:
            is_draft = is_finance and flow.state == "draft"
            own = is_draft and flow._is_own()
            flow.may_verify = is_draft and not own
            flow.verify_note = own and self.env._(
                "You made this table: somebody else of Multi-Currency finance "
                "verifies it."
            )

    @api.depends("company_id", "date_from")
    def _compute_former_id(self):
        for flow in self:
            flow.former_id = flow.date_from and flow._find_former(
                flow.company_id, flow.date_from
            )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        if standing := self.filtered(lambda flow: flow.state != "draft"):
            raise UserError(
                self.env._(
                    "%(table)s was verified: it stays as evidence.",
                    table=standing[0].display_name,
                )
            )
        if newer := self.filtered("supersedes_id"):
            raise UserError(
                self.env._(
                    "%(table)s supersedes an earlier one, which would be left without "
                    "a successor: it stays. Make it again instead.",
                    table=newer[0].display_name,
                )
            )

    # === ACTIONS === #

    def action_verify(self):
        """Stand by tables: they tie out, or finance has looked at the differences one
        table at a time.

        :raises AccessError: not finance of that company; its maker, where four eyes are
            asked for
        :raises UserError: one is no draft or isn't what the ledger says any more, or
            several don't tie out
        """
        self._check_finance()
        if len(self) > 1 and (untied := self.filtered(lambda one: not one.is_tied)):
            raise UserError(
                self.env._(
                    "%(table)s doesn't tie out: look at it, and verify it on its own."
                    "\n%(note)s",
                    table=untied[0].display_name,
                    note=untied[0].difference_note,
                )
            )
        for flow in self:
            flow._check_may_verify()
            flow._check_not_stale()
        self._verify()

    def action_ask_verify(self):
        """Ask, of one table that doesn't tie out, whether it is verified all the same.

        :return: action of the question
        """
        self.ensure_one()
        self._check_finance()
        self._check_may_verify()
        question = self.env._(
            "This table doesn't tie out:\n\n%(differences)s\n\nDo you stand by it all "
            "the same?",
            differences=self.difference_note or "",
        )
        return self._ask_before("action_verify", question)

    def action_make_again(self):
        """Make these tables again from today's ledger: a draft in its place, one that
        was verified is superseded where something changed.

        :return: action that says so, or opens what took their place
        :raises UserError: their days are closed
        """
        self._check_finance()
        made = self.browse()
        for flow in self:
            made += self._make(flow.company_id, flow.date_from, flow.date_to)
        if made == self:
            message = self.env._("Made from what the ledger says now.")
            if self.filtered(lambda flow: flow.state != "draft"):
                message = self.env._("Nothing changed since: it stays as it is.")
            return self._notify(message)
        return {
            "type": "ir.actions.client",
            "tag": "multicurrency_crm.instead",
            "params": {"action": self._open(made, self.env._("Made Again"))},
        }

    def action_compare(self):
        """Compare these tables with what the ledger says now, and keep what differs.

        :return: action that says how many figures do
        """
        self._check_finance()
        # sudo: a comparison is written, whoever may verify
        self.sudo()._compare_with_ledger()
        count = sum(len(flow.later_changes or ()) for flow in self)
        if not count:
            return self._notify(self.env._("The ledger says the same."))
        message = self.env._("Figures that changed since: %(count)s", count=count)
        return self._notify(message, is_good=False)

    def action_open_workbook(self):
        """Download these tables as one workbook."""
        self.env["currency.flow.workbook"]._check(self)
        ids = ",".join(map(str, self.ids))
        return {
            "type": "ir.actions.act_url",
            "url": f"/multicurrency_crm/flow.xlsx?ids={ids}",
            "target": "download",
        }

    def action_open_graph(self):
        """Open the currencies of this company's tables, week by week."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_currency_flow_line"
        )
        return action | {
            "domain": [
                ("flow_id.company_id", "in", self.company_id.ids),
                ("flow_id.state", "!=", "superseded"),
            ],
        }

    def action_open_former(self):
        """Open the table before."""
        self.ensure_one()
        return self._open(self.former_id, self.env._("Table Before"))

    # === WHO MAY === #

    def _check_finance(self):
        """:raises AccessError: not finance, or another company's tables"""
        if not self.env.su and not self.env.user.has_group(FINANCE):
            raise AccessError(
                self.env._(
                    "Flow tables are made and verified by Multi-Currency finance."
                )
            )
        self.check_access("write")

    def _check_not_stale(self):
        """:raises UserError: the ledger says something else by now; where the days are
        closed, the table stays, and says so itself"""
        # sudo: a table has the lines of all branches, whoever asks
        if not self.is_locked and self.sudo()._find_later_changes():
            raise UserError(
                self.env._(
                    "%(table)s isn't what the ledger says any more: make it again, and "
                    "look at what changed.",
                    table=self.display_name,
                )
            )

    def _check_not_locked(self):
        """:raises UserError: the books of these days are closed"""
        if self.is_locked:
            raise UserError(self.lock_note)

    # === TOTALS === #

    def _get_totals(self, of):
        """Add up values in company currency.

        :param str of: 'booked', 'spot' or 'budget'
        :return: {kind, or 'net': amount; None where a rate is missing}
        """
        lines = self.line_ids.grouped("kind")
        found = {
            kind: total(line._get_exact_value(of) for line in lines.get(kind, ()))
            for kind in SIGNS
        }
        found["net"] = total(
            value and SIGNS[kind] * value for kind, value in found.items()
        )
        return {
            kind: None if value is None else float(value)
            for kind, value in found.items()
        }
