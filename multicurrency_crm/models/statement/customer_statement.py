from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date

FINANCE = "multicurrency_crm.group_finance"
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
    _inherit = ["guarded.mixin", "portal.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _rec_name = "partner_id"
    _mail_post_access = "read"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
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
    line_ids = fields.One2many("customer.statement.line", "statement_id", readonly=True)
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
        string="Unrealised Difference",
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
    changes = fields.Json(string="Change Data", readonly=True, copy=False)
    change_note = fields.Text(string="Changes", compute="_compute_change_note")

    # --- who did what
    made_by = fields.Many2one("res.users", readonly=True, ondelete="set null")
    verified_by = fields.Many2one("res.users", readonly=True, ondelete="set null")
    verified_on = fields.Datetime(readonly=True)

    _one_standing = models.UniqueIndex(
        "(company_id, partner_id, date_from, date_to) WHERE state != 'superseded'",
        "The statement of this customer and period was just made by somebody else.",
    )

    @api.depends("partner_id", "date_to")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for statement in self:
            statement.display_name = self.env._(
                "%(customer)s, %(date)s",
                customer=statement.partner_id.name or "",
                date=format_date(self.env, statement.date_to),
            )

    # === COMPUTE METHODS === #

    @api.depends("currency_line_ids.currency_id")
    def _compute_currency_names(self):
        for statement in self:
            names = statement.currency_line_ids.currency_id.mapped("name")
            statement.currency_names = ", ".join(names)

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

        :param dict found: as ``_prepare_*_differences`` make them
        """
        books = self.company_currency_id._format_amount
        currency = self.env["res.currency"].browse(found.get("currency_id"))
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
        before, after = self._format_open(found)
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

    # === ACTIONS === #

    def action_verify(self):
        """Stand by statements: they tie out, or finance has looked at the differences
        one statement at a time.

        :raises AccessError: not finance of that company; its maker, where four eyes are
            asked for
        :raises UserError: one isn't a draft, or several don't tie out
        """
        self._check_finance()
        for statement in self:
            statement._check_may_verify()
        self._check_looked_at()
        self._write_guarded(
            {
                "state": "verified",
                "verified_by": self.env.uid,
                "verified_on": fields.Datetime.now(),
            }
        )

    def action_verify_tied(self):
        """Verify those of these statements that tie out, and open the others.

        :return: action of those that are left, or one that says how many were verified
        """
        drafts = self.filtered(lambda statement: statement.state == "draft")
        tied = drafts.filtered("is_tied")
        tied.action_verify()
        if left := drafts - tied:
            action = self.env["ir.actions.act_window"]._for_xml_id(
                "multicurrency_crm.action_customer_statement"
            )
            return action | {
                "name": self.env._("Don't Tie Out"),
                "domain": [("id", "in", left.ids)],
                "context": {},
            }
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "%(count)s statements are verified.", count=len(tied)
                ),
                "next": {"type": "ir.actions.client", "tag": "soft_reload"},
            },
        }

    def action_make_again(self):
        """Make these statements again from today's ledger; those of which nothing
        changed stay."""
        self._check_finance()
        for (company, date_from, date_to), same in self._group_by_period().items():
            self.with_company(company)._make(same.partner_id, date_from, date_to)

    def _group_by_period(self):
        return self.grouped(
            lambda statement: (
                statement.company_id,
                statement.date_from,
                statement.date_to,
            )
        )

    def action_open_lines(self):
        """Open the lines of one statement."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_customer_statement_line"
        )
        return action | {"domain": [("statement_id", "=", self.id)]}

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

    def _check_may_verify(self):
        if self.state != "draft":
            raise UserError(
                self.env._(
                    "%(statement)s is no draft: it was verified, or another one "
                    "supersedes it.",
                    statement=self.display_name,
                )
            )
        if self.company_id.statement_four_eyes and self.made_by == self.env.user:
            raise AccessError(
                self.env._(
                    "You made the statement of %(customer)s yourself: another one "
                    "verifies it.",
                    customer=self.partner_id.name,
                )
            )

    def _check_looked_at(self):
        """:raises UserError: among several, one doesn't tie out"""
        open_ones = self.filtered(lambda statement: not statement.is_tied)
        if len(self) > 1 and open_ones:
            raise UserError(
                self.env._(
                    "%(count)s of these statements don't tie out, %(statement)s first:"
                    "\n%(note)s\nVerify All That Tie Out leaves them; each of them is "
                    "verified on its own, once it was looked at.",
                    count=len(open_ones),
                    statement=open_ones[0].display_name,
                    note=open_ones[0].difference_note,
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
