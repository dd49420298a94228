from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from ..common.process_mark import ProcessMark

FINANCE = "multicurrency_crm.group_finance"
#: A draft is deleted because another one takes its place, and what it superseded.
GIVES_WAY = ProcessMark("multicurrency_statement_gives_way")
#: States in which a statement says what the company stands by.
STANDING = ("verified", "sent", "confirmed", "disputed")
#: States in which the customer has it.
SHOWN = ("sent", "confirmed", "disputed")


class CustomerStatement(models.Model):
    """What a customer owes at the end of a period, as the ledger had it when it was
    made.

    A statement is a copy: what is booked, matched or taken apart later changes none of
    it. Where that concerns its days, a new one supersedes it and says what changed.
    """

    _name = "customer.statement"
    _description = "Customer Statement"
    _inherit = [
        "verified.mixin",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "whole.totals.mixin",
        "asking.mixin",
        "selection.order.mixin",
    ]
    _order = "date_to desc, id desc"
    _rec_name = "partner_id"
    _four_eyes = "statement_four_eyes"
    _list_action = "multicurrency_crm.action_customer_statement"
    _mail_post_access = "read"
    _in_order = frozenset({"state"})

    _whole_totals = dict.fromkeys(
        ("total_booked", "total_spot", "unrealised"), "company_currency_id"
    )

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(string="To", required=True, readonly=True, index=True)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("verified", "Verified"),
            ("sent", "Sent"),
            ("confirmed", "Confirmed"),
            ("disputed", "Disputed"),
            ("superseded", "Superseded"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    currency_line_ids = fields.One2many(
        "customer.statement.currency", "statement_id", readonly=True
    )
    currency_names = fields.Char(string="Currencies", compute="_compute_currency_names")
    closing_text = fields.Char(
        string="Open",
        compute="_compute_currency_names",
        help="What is open in each currency on the last day.",
    )
    currency_table = fields.Json(
        string="By Currency", compute="_compute_currency_table"
    )
    line_ids = fields.One2many("customer.statement.line", "statement_id", readonly=True)
    line_count = fields.Integer(string="Lines", compute="_compute_line_count")
    digest = fields.Char(
        readonly=True, copy=False, help="By which the same rows are known again."
    )

    age_first = fields.Integer(readonly=True)
    age_second = fields.Integer(readonly=True)
    age_third = fields.Integer(readonly=True)

    # --- in company currency
    total_booked = fields.Monetary(
        string="Total, Booked",
        currency_field="company_currency_id",
        readonly=True,
        help="What is open in all currencies, as it was booked: the customer's balance "
        "in the ledger.",
    )
    total_spot = fields.Monetary(
        string="Total, At Spot",
        currency_field="company_currency_id",
        readonly=True,
        help="What is open in all currencies, at the spot rates of the last day. Empty "
        "where a rate is missing.",
    )
    has_rates = fields.Boolean(readonly=True)
    unrealised = fields.Monetary(
        string="Unrealized Gain/Loss (spot)",
        currency_field="company_currency_id",
        readonly=True,
    )

    # --- tie-out
    differences = fields.Json(string="Difference Data", readonly=True, copy=False)
    is_tied = fields.Boolean(
        string="Ties Out",
        readonly=True,
        index=True,
        help="It adds up to the ledger, and begins where the statement before ended.",
    )
    difference_note = fields.Text(
        string="Differences", compute="_compute_difference_note"
    )
    supersedes_id = fields.Many2one(
        "customer.statement",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    superseded_by_ids = fields.One2many(
        "customer.statement", "supersedes_id", readonly=True
    )
    changes = fields.Json(string="Change Data", readonly=True, copy=False)
    change_note = fields.Text(string="Changes", compute="_compute_change_note")

    _one_standing = models.UniqueIndex(
        "(company_id, partner_id, date_from, date_to) WHERE state != 'superseded'",
        "The statement of this customer and period was just made by somebody else.",
    )

    @api.depends("partner_id", "date_to", "state")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for statement in self:
            named = {
                "customer": statement.partner_id.name or "",
                "date": format_date(self.env, statement.date_to),
            }
            if statement.state == "superseded":
                # of the same days there may be several
                statement.display_name = self.env._(
                    "%(customer)s, %(date)s (No. %(number)s, superseded)",
                    number=statement.id,
                    **named,
                )
            else:
                statement.display_name = self.env._("%(customer)s, %(date)s", **named)

    # === COMPUTE METHODS === #

    @api.depends("currency_line_ids.currency_id", "currency_line_ids.closing")
    @api.depends_context("lang")
    def _compute_currency_names(self):
        Source = self.env["fx.rate.source"]
        for statement in self:
            rows = statement.currency_line_ids
            names = rows.currency_id.mapped("name")
            open_rows = rows.filtered("closing") or rows
            amounts = [row.currency_id._format_amount(row.closing) for row in open_rows]
            statement.currency_names = Source._format_list(names)
            statement.closing_text = bool(amounts) and format_list(self.env, amounts)

    @api.depends("currency_line_ids", "age_first", "age_second", "age_third")
    @api.depends_context("lang")
    def _compute_currency_table(self):
        for statement in self:
            rows = statement.currency_line_ids
            statement.currency_table = rows._prepare_table(statement)

    def _get_age_labels(self):
        """Return what the ages of this statement are called, with its own bounds.

        :return: {column of ``customer.statement.currency``: label}, youngest first
        """
        first, second, third = self._get_bounds()
        spans = {
            "days_30": (1, first),
            "days_60": (first + 1, second),
            "days_90": (second + 1, third),
        }
        labels = {"not_due": self.env._("Not due")}
        for name, (start, end) in spans.items():
            labels[name] = self.env._(
                "%(start)s–%(end)s days late", start=start, end=end
            )
        labels["older"] = self.env._("Over %(days)s days late", days=third)
        return labels

    @api.depends("line_ids")
    def _compute_line_count(self):
        counted = dict(
            self.env["customer.statement.line"]._read_group(
                [("statement_id", "in", self.ids)], ["statement_id"], ["__count"]
            )
        )
        for statement in self:
            statement.line_count = counted.get(statement, 0)

    def _compute_access_url(self):
        result = super()._compute_access_url()
        for statement in self:
            statement.access_url = f"/my/statements/{statement.id}"
        return result

    @api.depends("differences")
    @api.depends_context("lang")
    def _compute_difference_note(self):
        for statement in self:
            found = statement.differences or []
            statement.difference_note = "\n".join(
                map(statement._format_difference, found)
            )

    def _format_difference(self, found):
        """Write one thing that doesn't tie out.

        :param dict found: as ``_add_*_differences`` make them
        """
        books = self.company_currency_id._format_amount
        account = self.env["account.account"].browse(found.get("account_id"))
        if found["kind"] == "foreign_match":
            return self.env._(
                "%(entry)s is matched with %(other)s of %(partner)s: %(amount)s of it "
                "is settled here, and not on the customer's account in the ledger.",
                entry=found["name"],
                other=found["other"],
                partner=found["partner"] or self.env._("nobody"),
                amount=books(found["amount"]),
            )
        if found["kind"] == "ledger":
            return self.env._(
                "%(account)s: %(stated)s is stated, and the ledger has %(booked)s.",
                # sudo: who reads statements may not read accounts
                account=account.sudo().display_name,
                stated=books(found["stated"]),
                booked=books(found["booked"]),
            )
        return self._format_former(found)

    def _format_former(self, found):
        """Write how the statement before ended otherwise than this one begins."""
        currency = self.env["res.currency"].browse(found["currency_id"])
        before, after = self._format_open(found)
        if found["kind"] == "former_total":
            return self.env._(
                "%(currency)s: %(before)s was open at the end of the statement before, "
                "%(after)s is open at the start of this one. Its lines are deleted by "
                "age: compare the journal entries that were booked late.",
                currency=currency.name,
                before=before,
                after=after,
            )
        return self.env._(
            "%(currency)s, %(entry)s: %(before)s was open at the end of the statement "
            "before, %(after)s is open at the start of this one. Make the one before "
            "again.",
            currency=currency.name,
            entry=self._name_item(found),
            before=before,
            after=after,
        )

    def _format_open(self, change):
        """Return what was open of an item and what is, in its currency; in the books'
        where it differs in them alone."""
        currency = self.env["res.currency"].browse(change["currency_id"])
        before, after = change["before"] or 0.0, change["after"] or 0.0
        if currency.compare_amounts(before, after) == 0:
            currency = self.company_currency_id
            before, after = change["booked_before"], change["booked_after"]
        return currency._format_amount(before), currency._format_amount(after)

    def _name_item(self, change):
        """Return the name of an item; what is added up is named by its kind."""
        kinds = self.env["customer.statement.line"]._get_kind_names()
        return kinds.get(change["name"], change["name"])

    @api.depends("changes", "supersedes_id")
    @api.depends_context("lang")
    def _compute_change_note(self):
        for statement in self:
            changes = statement.changes or {}
            items = changes.get("items", ())
            lines = list(map(statement._format_change, items))
            if changes.get("is_reallocated"):
                what = self.env._(
                    "Reallocated: the same amounts are open, matched otherwise."
                )
                lines.insert(0, what)
            elif changes and not items:
                lines.append(
                    self.env._(
                        "No amount changed: names, due dates, or what was matched with "
                        "what."
                    )
                )
            if left := changes.get("left"):
                lines.append(self.env._("and %(count)s more", count=left))
            statement.change_note = "\n".join(lines)

    def _format_change(self, change):
        entry = self._name_item(change)
        before, after = self._format_open(change)
        if change["before"] is None:
            return self.env._(
                "%(entry)s is new: %(after)s open.", entry=entry, after=after
            )
        if change["after"] is None:
            return self.env._(
                "%(entry)s is gone: %(before)s was open.", entry=entry, before=before
            )
        if before == after:
            return self.env._(
                "%(entry)s has another amount; as much of it is open as before.",
                entry=entry,
            )
        return self.env._(
            "%(entry)s: %(after)s open, was %(before)s.",
            entry=entry,
            after=after,
            before=before,
        )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_if_draft(self):
        if standing := self.filtered(lambda statement: statement.state != "draft"):
            raise UserError(
                self.env._(
                    "%(statement)s was verified: it stays. Make it again, and a new "
                    "one supersedes it.",
                    statement=standing[0].display_name,
                )
            )
        newer = self.filtered("supersedes_id")
        if newer and not GIVES_WAY.is_on(self.env):
            raise UserError(
                self.env._(
                    "%(statement)s supersedes an earlier one, which would be left "
                    "without a successor: it stays. Make it again instead.",
                    statement=newer[0].display_name,
                )
            )

    # === ACTIONS === #

    def action_verify(self):
        """Stand by statements: they tie out, or finance has looked at the differences
        one statement at a time.

        :raises AccessError: not finance of that company; its maker, where four eyes are
            asked for
        :raises UserError: one isn't a draft, or several don't tie out
        """
        self._check_finance()
        self._check_looked_at()
        self._check_not_stale()
        self._verify()

    def action_verify_tied(self):
        """Verify those of these statements that tie out, and open the others.

        Those that the user may not verify, because they made them, are left, too. None
        chosen in a list: all that the list shows.

        :return: action that says how many were verified, and opens those that are left
        """
        self._check_finance()
        drafts = (self or self._find_shown()).filtered(
            lambda statement: statement.state == "draft"
        )
        own = drafts.filtered(lambda statement: statement._is_own())
        tied = (drafts - own).filtered("is_tied")
        stale = tied._find_stale()
        tied -= stale
        tied._verify()
        if left := drafts - tied:
            following = self._open(left, self.env._("Left to Verify"))
        else:
            following = None
        return self._notify(
            self._format_verified(tied, left, own, stale), following, not left
        )

    def action_verify_period(self):
        """Verify all that tie out of the days of this statement, and open the others.

        :return: as of :meth:`action_verify_tied`
        """
        self.ensure_one()
        domain = self._get_standing_domain(
            self.company_id, self.date_from, self.date_to
        )
        return self.search(domain & Domain("state", "=", "draft")).action_verify_tied()

    @api.model
    def _find_shown(self):
        """Find the drafts that a list shows, by the domain that its button sends: what
        the user may not read isn't among them."""
        shown = self.env.context.get("active_domain") or []
        return self.search(Domain(shown) & Domain("state", "=", "draft"))

    def _format_verified(self, verified, left, own, stale):
        """Write what a click has verified, and what it has left.

        :param verified, left, own, stale: ``customer.statement``; ``own`` are those of
            ``left`` that the user made and another one verifies, ``stale`` those of
            which the ledger says something else by now
        """
        said = [self.env._("Statements verified: %s", len(verified))]
        if untied := left - own - stale:
            said.append(self.env._("Don't tie out, to be looked at: %s", len(untied)))
        if stale:
            said.append(
                self.env._(
                    "Changed since they were made: %(count)s. Make them again.",
                    count=len(stale),
                )
            )
        if own:
            said.append(
                self.env._(
                    "Made by yourself, to be verified by somebody else: %s", len(own)
                )
            )
        return "\n".join(said)

    def action_make_again(self):
        """Make these statements again from today's ledger; those of which nothing
        changed stay.

        :return: action that says so, and opens what took their place
        """
        self._check_finance()
        made = self.browse()
        for (company, date_from, date_to), same in self._group_by_period().items():
            # in a branch that the user works in, where that is all they see of it
            mine = self.env.companies.filtered(
                lambda one, company=company: one.root_id == company
            )
            maker = self.with_company(mine[:1] or company)
            made += maker._make(same.partner_id, date_from, date_to).with_env(self.env)
        if not made - self:
            message = self.env._("Nothing changed since: it stays as it is.")
            return self._notify(message)
        return {
            "type": "ir.actions.client",
            "tag": "multicurrency_crm.instead",
            "params": {"action": self._open(made, self.env._("Made Again"))},
        }

    def _group_by_period(self):
        return self.grouped(
            lambda statement: (
                statement.company_id,
                statement.date_from,
                statement.date_to,
            )
        )

    def action_open_lines(self):
        """Open the lines of one statement, a currency at a time."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_statement_line"
        )
        title = self.env._("Lines: %s", self.display_name)
        return action | {
            "name": title,
            "display_name": title,
            "domain": [("statement_id", "=", self.id)],
            # all of them: opening and movement lead to what is open
            "context": {},
        }

    # === WHO MAY === #

    def _check_finance(self):
        """:raises AccessError: not finance, or another company's statements"""
        if not self.env.su and not self.env.user.has_group(FINANCE):
            raise AccessError(
                self.env._(
                    "Statements are made and verified by Multi-Currency finance."
                )
            )
        self.check_access("write")

    def _check_looked_at(self):
        """:raises UserError: among several, one doesn't tie out"""
        open_ones = self.filtered(lambda statement: not statement.is_tied)
        if len(self) > 1 and open_ones:
            raise UserError(
                self.env._(
                    "Of these statements, %(count)s don't tie out, %(statement)s first:"
                    "\n%(note)s\nVerify All That Tie Out leaves them; each of them is "
                    "verified on its own, once it was looked at.",
                    count=len(open_ones),
                    statement=open_ones[0].display_name,
                    note=open_ones[0].difference_note,
                )
            )

    def _check_not_stale(self):
        """:raises UserError: the ledger says something else by now"""
        if stale := self._find_stale():
            raise UserError(
                self.env._(
                    "%(statement)s isn't what the ledger says any more: make it again, "
                    "and look at what changed.",
                    statement=stale[0].display_name,
                )
            )

    # === FINDING === #

    @api.model
    def _get_standing_domain(self, company, date_from, date_to):
        return (
            Domain("company_id", "=", company.id)
            & Domain("date_from", "=", date_from)
            & Domain("date_to", "=", date_to)
            & Domain("state", "!=", "superseded")
        )
