from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import email_normalize, format_datetime, format_list

from ..common.html_text import as_html
from .customer_statement import FINANCE

#: Letters of a comment, of a name and of an address that a customer may write.
COMMENT, NAME, ADDRESS = 1000, 100, 254


class Answer(NamedTuple):
    """Who answers, and what; ``user`` is a colleague who answers for the customer."""

    name: str
    email: str = ""
    note: str = ""
    user: object = None  # ``res.users``, or None


class CustomerStatement(models.Model):
    """What the customer says to a statement: all of it is right, or what isn't.

    An answer stays until finance reopens the statement: who has confirmed a balance
    can't dispute it later without anybody noticing.

    What a customer disputes is its word, given by whoever has the link. Credit leaves
    disputed invoices out of what is overdue, so that an invoice becomes one only where
    finance accepts it.
    """

    _inherit = "customer.statement"

    answered_on = fields.Datetime(readonly=True, copy=False)
    answer_name = fields.Char(
        string="Answered By",
        readonly=True,
        copy=False,
        help="As the customer wrote it.",
    )
    answer_email = fields.Char(string="Answered From", readonly=True, copy=False)
    answer_note = fields.Text(string="Answer", readonly=True, copy=False)
    answer_recorded_by = fields.Many2one(
        "res.users",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The colleague who confirmed or disputed it for the customer.",
    )
    has_waiting_disputes = fields.Boolean(
        compute="_compute_has_waiting_disputes",
        help="The customer disputes invoices, and finance hasn't accepted it.",
    )
    # whoever has it answers as the customer: salespeople read statements, and not this
    access_token = fields.Char(groups=FINANCE)

    # === COMPUTE METHODS === #

    # not on what is paid: each payment would look for statements
    @api.depends("line_ids.disputed_on", "line_ids.dispute_accepted_on")
    def _compute_has_waiting_disputes(self):
        Line = self.env["customer.statement.line"]
        ours = Domain("statement_id", "in", self.ids)
        waiting = Line.search(ours & Line._get_waiting_domain())._filter_waiting()
        for statement in self:
            statement.has_waiting_disputes = statement in waiting.statement_id

    # === ACTIONS === #

    def action_confirm(self):
        """Ask finance who of the customer confirmed this statement, and how.

        :return: action of the dialog
        """
        return self._ask_answer("confirm", self.env._("Confirm for the Customer"))

    def action_dispute(self):
        """Ask finance what the customer disputes.

        :return: action of the dialog
        """
        return self._ask_answer("dispute", self.env._("Dispute for the Customer"))

    def action_reopen(self):
        """Ask finance why the customer may answer anew.

        :return: action of the dialog
        """
        return self._ask_answer("reopen", self.env._("Reopen"))

    def action_accept_dispute(self):
        """Take for disputed what the customer says is: its invoices, since that day.

        :raises AccessError: not finance of that company
        :raises UserError: nothing waits for it
        """
        for statement in self:
            statement._accept_disputes()
        return True

    def _ask_answer(self, kind, title):
        self.ensure_one()
        self._check_finance()
        return {
            "type": "ir.actions.act_window",
            "name": title,
            "res_model": "customer.statement.answer",
            "view_mode": "form",
            "target": "new",
            "context": {"default_statement_id": self.id, "default_kind": kind},
        }

    # === ANSWERS === #

    def _confirm(self, answer):
        """Record that the customer confirms this statement.

        :param answer: ``Answer``; who gives it has been checked
        :raises UserError: it isn't the customer's turn, or who answers isn't named
        """
        self._check_answerable(answer)
        self._check_answer(answer)
        self._write_answer("confirmed", answer)
        self._note_answer(
            answer, lambda texts: texts.env._("The customer confirmed it.")
        )

    def _dispute(self, answer, comments):
        """Record what the customer disputes, and ask those who look after it. What
        finance says for the customer is accepted at once.

        :param answer: ``Answer``; who gives it has been checked
        :param comments: {line's id: comment}
        :raises UserError: it isn't the customer's turn, who answers isn't named, or
            nothing is disputed
        """
        self._check_answerable(answer)
        self._check_answer(answer)
        comments = {key: text.strip() for key, text in comments.items()}
        lines = self.line_ids.filtered(lambda line: line.id in comments)
        self._check_comments(answer, comments, lines)
        self._write_answer("disputed", answer)
        today = self.company_id._get_today()
        for line in lines:
            # sudo: lines are written by our code only
            line.sudo()._write_guarded(
                {"disputed_on": today, "dispute_comment": comments[line.id]}
            )
        self._note_answer(
            answer, lambda texts: texts.env._("The customer disputes it.")
        )
        if answer.user and lines._filter_waiting():
            self._accept_disputes()
        self._notify_disputed(answer)

    def _accept_disputes(self, lines=None):
        """Take the invoices for disputed that the customer disputes.

        :param lines: of these lines of this statement; None: of all
        :raises AccessError: not finance of that company
        :raises UserError: nothing waits for it
        """
        self.ensure_one()
        self._check_finance()
        waiting = (self.line_ids if lines is None else lines)._filter_waiting()
        if not waiting:
            raise UserError(
                self.env._(
                    "%(statement)s: no open invoice waits to be accepted as disputed.",
                    statement=self.display_name,
                )
            )
        waiting._accept_dispute()
        names = format_list(self.env, waiting.mapped("display_name"))
        self.message_post(
            body=as_html(
                self.env._("Accepted as disputed: %(invoices)s", invoices=names)
            )
        )

    def _reopen(self, reason):
        """Let the customer answer anew. Invoices stay disputed until that is settled
        on them.

        :raises AccessError: not finance
        :raises UserError: there is no answer, or no reason
        """
        self._check_finance()
        for statement in self:
            if statement.state not in ("confirmed", "disputed"):
                raise UserError(
                    self.env._(
                        "%(statement)s has no answer that could be taken back.",
                        statement=statement.display_name,
                    )
                )
            if not (reason or "").strip():
                raise UserError(self.env._("Say why it is reopened."))
            # sudo: lines are written by our code only
            statement.line_ids.sudo().filtered("disputed_on")._write_guarded(
                {
                    "disputed_on": False,
                    "dispute_comment": False,
                    "dispute_accepted_on": False,
                }
            )
            statement._write_guarded(
                {
                    "state": "sent" if statement.sent_on else "verified",
                    "answered_on": False,
                    "answer_name": False,
                    "answer_email": False,
                    "answer_note": False,
                    "answer_recorded_by": False,
                }
            )
            statement.message_post(
                body=as_html(self.env._("Reopened: %(reason)s", reason=reason.strip()))
            )

    # === WHO ANSWERS WHAT === #

    def _describe_answer(self):
        """Say to the customer what was answered, and what comes of it; nothing of a
        statement without answer."""
        self.ensure_one()
        # sudo: its name is read by customers
        zone = self.company_id.sudo().partner_id.tz
        day = format_datetime(self.env, self.answered_on, tz=zone)
        said = {"date": day, "name": self.answer_name}
        if self.state == "confirmed":
            return self.env._(
                "Confirmed on %(date)s by %(name)s. To dispute something in it, please "
                "tell us: we open it again.",
                **said,
            )
        if self.state == "disputed":
            return self.env._(
                "Disputed on %(date)s by %(name)s. We check it, and get back to you.",
                **said,
            )
        return ""

    def _is_answerable(self):
        """Return whether the customer may answer now."""
        self.ensure_one()
        return self.state == "sent"

    def _check_answerable(self, answer):
        """:raises UserError: it isn't the customer's turn"""
        self.ensure_one()
        explain = {
            "confirmed": self.env._(
                "This statement is confirmed. To dispute something in it, please tell "
                "us: we open it again."
            ),
            "disputed": self.env._(
                "We already know what is disputed in this statement, and get back to "
                "you."
            ),
            "superseded": self.env._("A newer statement has taken this one's place."),
        }
        # finance records an answer that came otherwise, of a statement that was handed
        # over otherwise
        if not (self._is_answerable() or self.state == "verified" and answer.user):
            raise UserError(
                explain.get(self.state)
                or self.env._("This statement wasn't sent to the customer yet.")
            )

    def _check_answer(self, answer):
        """:raises UserError: who answers isn't named, or writes too much"""
        if not answer.name.strip():
            raise UserError(self.env._("Please enter your name."))
        if not answer.user and not email_normalize(answer.email):
            raise UserError(self.env._("Please enter a valid e-mail address."))
        if len(answer.name) > NAME or len(answer.email) > ADDRESS:
            raise UserError(self.env._("Your name or e-mail address is too long."))
        self._check_length(answer.note)

    def _check_length(self, comment):
        if len(comment) > COMMENT:
            raise UserError(
                self.env._("A comment has at most %(count)s characters.", count=COMMENT)
            )

    def _check_comments(self, answer, comments, lines):
        """:raises UserError: nothing is disputed, a line is another statement's, or a
        comment is missing or too long"""
        if len(lines) != len(comments):
            raise UserError(
                self.env._("What you dispute isn't part of this statement.")
            )
        if not all(comments.values()):
            raise UserError(
                self.env._("Please say of each line that you dispute what is wrong.")
            )
        if not comments and not answer.note.strip():
            raise UserError(
                self.env._("Please say what is wrong: of a line, or of all of it.")
            )
        for comment in comments.values():
            self._check_length(comment)

    def _write_answer(self, state, answer):
        self._write_guarded(
            {
                "state": state,
                "answered_on": fields.Datetime.now(),
                "answer_name": answer.name.strip(),
                "answer_email": answer.email.strip(),
                "answer_note": answer.note.strip(),
                "answer_recorded_by": answer.user and answer.user.id,
            }
        )

    # === THE LINK === #

    def _is_link_shown(self):
        """Return whether who asks may have the link by which the customer answers."""
        # su: the mail and the pages of the customer
        return self.env.su or self.env.user.has_group(FINANCE)

    def get_portal_url(self, *args, **kwargs):
        """Return the link by which the customer answers.

        :raises AccessError: not finance
        """
        if not self._is_link_shown():
            raise AccessError(
                self.env._(
                    "Who has the customer's link answers as the customer: "
                    "Multi-Currency finance sends it."
                )
            )
        return super().get_portal_url(*args, **kwargs)

    def _get_share_url(self, *args, share_token=True, **kwargs):
        share_token = share_token and self._is_link_shown()
        return super()._get_share_url(*args, share_token=share_token, **kwargs)

    def _hide_link(self, mail_id):
        """Take the customer's key out of the log's copy of a mail: that is read by
        colleagues, and the mail itself keeps it."""
        # sudo: mails are the server's, and the key isn't for everybody
        message = self.env["mail.mail"].sudo().browse(mail_id).mail_message_id
        if key := self.sudo().access_token:
            message.body = message.body.replace(key, "")

    def _sign_token(self, pid):
        # sudo: who writes to the customer may not read the token
        return super(CustomerStatement, self.sudo())._sign_token(pid)

    # === WHO IS TOLD === #

    def _note_answer(self, answer, what):
        """Log an answer for colleagues.

        :param what: function of the statement in their language: what was answered
        """
        # sudo: a customer logs nothing
        statement = self.sudo().with_context(lang=self._find_colleagues()[:1].lang)
        who = answer.name.strip()
        if answer.email:
            who = f"{who} <{answer.email.strip()}>"
        if answer.user:
            who = statement.env._(
                "%(who)s, recorded by %(colleague)s",
                who=who,
                colleague=answer.user.name,
            )
        lines = statement.line_ids.filtered("dispute_comment")
        told = [f"{line.display_name}: {line.dispute_comment}" for line in lines]
        text = [f"{what(statement)} ({who})", answer.note.strip(), *told]
        statement.message_post(body=as_html(*text))

    def _notify_disputed(self, answer):
        """Ask those who look after the customer, and whoever verified the statement, to
        clear what is disputed."""
        for user in self._find_colleagues():
            # sudo: customers give nobody an activity
            statement = self.sudo().with_context(lang=user.lang)
            lines = statement.line_ids.filtered("dispute_comment")
            told = [f"{line.display_name}: {line.dispute_comment}" for line in lines]
            if lines._filter_waiting():
                told.append(
                    statement.env._(
                        "These invoices count as before until finance accepts the "
                        "dispute."
                    )
                )
            statement.activity_schedule(
                "mail.mail_activity_data_todo",
                summary=statement.env._("Statement disputed"),
                note=as_html(answer.note.strip(), *told),
                user_id=user.id,
            )

    def _find_colleagues(self):
        """Return who is asked about this statement: the customer's salesperson, and
        whoever of finance verified it; those who may read it, and somebody."""
        self.ensure_one()
        # sudo: customers, who know no colleague, come here, too
        statement = self.sudo()
        robot = self.env.ref("base.user_root")
        asked = statement.partner_id.user_id | (
            statement.verified_by or statement.queued_by or statement.made_by
        )
        colleagues = asked.filtered(
            lambda user: (
                user.active
                and not user.share
                and user != robot
                and statement.with_user(user).has_access("read")
            )
        )
        return colleagues or self.env.ref("base.user_admin").sudo()
