from odoo import api, fields, models
from odoo.tools import format_date

from .customer_statement import FINANCE

#: Lines in dispute that a screen names.
NAMED = 20


class CustomerStatement(models.Model):
    """What the screens say of a statement: what is wrong with it, in a word, and what
    somebody may do with it now."""

    _inherit = "customer.statement"

    concern = fields.Char(
        string="To Look At",
        compute="_compute_concern",
        help="What doesn't tie out, why it couldn't be sent, or what is disputed.",
    )
    disputes = fields.Text(string="Disputed Lines", compute="_compute_disputes")
    may_verify = fields.Boolean(compute="_compute_may_verify")
    verify_note = fields.Char(compute="_compute_may_verify")
    send_obstacle = fields.Char(compute="_compute_send_obstacle")
    former_id = fields.Many2one(
        "customer.statement", string="Statement Before", compute="_compute_former_id"
    )

    # === WHAT IS WRONG === #

    @api.depends("state", "is_tied", "differences", "send_state", "send_failure")
    @api.depends_context("lang")
    def _compute_concern(self):
        disputes = self.filtered(lambda one: one.state == "disputed")._find_disputes()
        for statement in self:
            if statement.state == "superseded":
                statement.concern = False
            elif statement.send_error:
                statement.concern = statement.send_error
            elif statement.state == "disputed":
                lines = disputes.get(statement.id, ())
                text = next(iter(lines), None) or statement.answer_note
                statement.concern = text
            elif statement.is_tied:
                statement.concern = False
            else:
                statement.concern = statement._format_shortly()

    def _format_shortly(self):
        """Say in a few words what doesn't tie out first, and how much more there is."""
        found = self.differences or []
        if not found:
            return self.env._("Doesn't tie out")
        first = found[0]
        if first["kind"] == "foreign_match":
            text = self.env._(
                "%(entry)s is matched with another customer's", entry=first["name"]
            )
        elif first["kind"] == "ledger":
            # sudo: who reads statements may not read accounts
            account = self.env["account.account"].sudo().browse(first["account_id"])
            off = first["stated"] - first["booked"]
            text = self.env._(
                "%(account)s is off by %(amount)s",
                account=account.code or account.name,
                amount=self.company_currency_id._format_amount(off),
            )
        else:
            currency = self.env["res.currency"].browse(first.get("currency_id"))
            entry = self._name_item(first) if first.get("name") else currency.name
            text = self.env._(
                "%(entry)s: another amount ended the statement before", entry=entry
            )
        if more := len(found) - 1:
            return self.env._("%(first)s (and %(count)s more)", first=text, count=more)
        return text

    @api.depends("state", "line_ids.disputed_on", "line_ids.dispute_comment")
    def _compute_disputes(self):
        found = self._find_disputes()
        for statement in self:
            lines = found.get(statement.id, [])
            statement.disputes = "\n".join(lines[:NAMED]) or False

    def _find_disputes(self):
        """Find what is disputed in these statements.

        :return: {statement's id: [document: comment]}
        """
        lines = self.env["customer.statement.line"].search(
            [("statement_id", "in", self.ids), ("disputed_on", "!=", False)]
        )
        return {
            statement.id: [
                f"{line.display_name}: {line.dispute_comment or ''}" for line in mine
            ]
            for statement, mine in lines.grouped("statement_id").items()
        }

    @api.depends("is_tied", "partner_id", "company_id", "date_from")
    def _compute_former_id(self):
        for statement in self:
            formers = {}
            if not statement.is_tied and statement.date_from:
                formers = statement._find_formers(
                    statement.company_id,
                    statement.partner_id.ids,
                    statement.date_from,
                )
            statement.former_id = formers.get(statement.partner_id.id, False)

    # === WHAT MAY BE DONE === #

    @api.depends("state", "made_by", "company_id.statement_four_eyes")
    @api.depends_context("uid", "lang")
    def _compute_may_verify(self):
        is_finance = self.env.user.has_group(FINANCE)
        for statement in self:
            is_draft = is_finance and statement.state == "draft"
            own = is_draft and statement._is_own()
            statement.may_verify = is_draft and not own
            statement.verify_note = own and self.env._(
                "You made this statement: somebody else of Multi-Currency finance "
                "verifies it."
            )

    @api.depends("state", "send_state", "partner_id")
    @api.depends_context("lang")
    def _compute_send_obstacle(self):
        for statement in self:
            statement.send_obstacle = False
            if statement.state == "verified" and statement.send_state == "none":
                failure, detail = statement._find_obstacle()
                statement.send_obstacle = failure and statement._explain(
                    failure, detail
                )

    def action_ask_verify(self):
        """Ask, of one statement that doesn't tie out, whether it is verified all the
        same.

        :return: action of the question
        """
        self.ensure_one()
        self._check_finance()
        question = self.env._(
            "This statement doesn't tie out:\n\n%(differences)s\n\nDo you stand by it "
            "all the same?",
            differences=self.difference_note or "",
        )
        return self._ask_before("action_verify", question)

    def action_ask_make_again(self):
        """Ask whether statements that the customer has are made again.

        :return: action of the question
        """
        self._check_finance()
        question = self.env._(
            "The customer has this statement. Where something changed since, a new "
            "draft supersedes it: the customer reads that a newer one follows, and "
            "answers that one. Make it again?"
        )
        return self._ask_before("action_make_again", question)

    def action_open_former(self):
        """Open the statement before, which ended with other amounts."""
        self.ensure_one()
        return self._open(self.former_id, self.env._("Statement Before"))

    # === IN A MAIL === #

    def _get_mail_title(self):
        """Return what stands at the head of the mail: the days, with their months'
        names."""
        self.ensure_one()
        first, last = (
            format_date(self.env, day, date_format="d MMM y")
            for day in (self.date_from, self.date_to)
        )
        return self.env._("%(first)s to %(last)s", first=first, last=last)
