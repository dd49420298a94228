from typing import NamedTuple

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_datetime

from ..common.html_text import as_html

FINANCE = "multicurrency_crm.group_finance"
#: Notes calls.
USER = "multicurrency_crm.group_user"
#: Letters of a note.
NOTE = 1000

#: What a customer said: {outcome: what is done next about it}.
NEXT_ACTIONS = {
    "promise": "check",
    "paid": "check",
    "dispute": "clear",
    "again": "call",
    "unreached": "call",
    "wrong_number": "find",
    "other": "call",
}


class Word(NamedTuple):
    """What a customer said, and what is to be done next."""

    outcome: str
    note: str = ""
    contact: models.BaseModel | None = None  # ``res.partner`` who said it
    moves: models.BaseModel | None = None  # ``account.move`` that are disputed
    amount: float = 0.0  # that is promised, in
    currency: models.BaseModel | None = None  # ``res.currency``, for the day
    promised: object = None  # ``date``
    next_action: str | None = None
    next_date: object = None  # ``date``
    channel: str = "phone"


class CollectionCall(models.Model):
    """What was said about what a customer owes: by telephone, or by the customer on the
    portal. A row a word, which stays as it was said.

    What a customer disputes is its word. Credit leaves disputed invoices out of what is
    overdue, so that an invoice becomes one only where finance accepts it.
    """

    _name = "collection.call"
    _description = "Collection Call"
    _inherit = ["guarded.mixin"]
    _order = "called_on desc, id desc"

    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    channel = fields.Selection(
        string="Medium",
        selection=[("phone", "Telephone"), ("portal", "Customer Portal")],
        required=True,
        readonly=True,
        default="phone",
    )
    called_on = fields.Datetime(required=True, readonly=True)
    date = fields.Date(
        string="Day", required=True, readonly=True, help="Where the company is."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Noted By",
        readonly=True,
        help="Empty: the customer wrote it on the portal.",
    )
    contact_id = fields.Many2one(
        "res.partner",
        string="Spoke With",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    outcome = fields.Selection(
        selection=[
            ("promise", "Promised to Pay"),
            ("paid", "Says It Has Paid"),
            ("dispute", "Disputes"),
            ("again", "Call Again"),
            ("unreached", "Nobody Answered"),
            ("wrong_number", "Wrong Number"),
            ("other", "Something Else"),
        ],
        required=True,
        readonly=True,
    )
    note = fields.Text(readonly=True)
    next_action = fields.Selection(
        selection=lambda self: self._list_next_actions(), readonly=True
    )
    next_date = fields.Date(string="Next Action On", readonly=True)
    promise_id = fields.Many2one(
        "payment.promise",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Disputed Invoices",
        readonly=True,
        groups="account.group_account_invoice,account.group_account_readonly,"
        "sales_team.group_sale_salesman",
    )
    dispute_state = fields.Selection(
        selection=[
            ("waiting", "To Accept"),
            ("accepted", "Accepted"),
            ("declined", "Declined"),
        ],
        string="Dispute",
        readonly=True,
        help="What the customer disputes counts as before until finance accepts it.",
    )
    decided_by = fields.Many2one("res.users", readonly=True)

    # === COMPUTE METHODS === #

    @api.model
    def _list_next_actions(self):
        Account = self.env["collection.account"]
        return Account._fields["next_action"]._description_selection(self.env)

    @api.depends("partner_id", "date", "outcome")
    @api.depends_context("lang")
    def _compute_display_name(self):
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        for call in self:
            call.display_name = self.env._(
                "%(customer)s: %(outcome)s",
                # sudo: a name, and the customer may be another company's
                customer=call.sudo().partner_id.display_name or "",
                outcome=outcomes.get(call.outcome, ""),
            )

    def _describe(self):
        """Return when somebody noted this call, and what was said, in the reader's
        language."""
        self.ensure_one()
        company = self.sudo().company_id  # sudo: a branch's user may not read it
        zone = company._get_zone()
        outcomes = dict(self._fields["outcome"]._description_selection(self.env))
        said = self.env._(
            "%(moment)s, %(who)s: %(outcome)s",
            moment=format_datetime(
                self.env, self.called_on, tz=zone, dt_format="short"
            ),
            # sudo: a name
            who=self.sudo().user_id.name or self.sudo().partner_id.name,
            outcome=outcomes[self.outcome],
        )
        return "\n".join(filter(None, [said, self.note]))

    @api.model
    def _find_account(self, partner, company):
        """Return the row of a customer in collection, with sudo; it may be none."""
        # sudo: rows are for our code; who asks has been checked
        return self.env["collection.account"].sudo()._find(partner, company)

    # === NOTING === #

    @api.model
    def _note(self, partner, company, word, known=None):
        """Note what a customer said to a colleague.

        :param partner: one ``res.partner``; its commercial partner counts
        :param company: ``res.company``; its main company counts
        :param word: :class:`Word`
        :param known: the last ``collection.call`` that the colleague has seen, which
            may be none; None: whatever was noted meanwhile
        :return: the call; none, where another one was noted since ``known``
        :raises AccessError: who notes calls doesn't read this customer or company
        :raises UserError: something is missing, or can't be disputed
        """
        self._check_may_note(partner, company)
        account = self.env["collection.account"]._take(partner, company)
        self._check_word(account, word)
        if known is not None and account.last_call_id.id != (known.id or False):
            return self.browse()
        call = self._record(account, word, self.env.user)
        if word.outcome == "promise":
            call._promise(partner, company, word)
        elif call.dispute_state:
            call._ask_or_accept()
        return call

    @api.model
    def _note_from_portal(self, move, word):
        """Note what a customer says of an invoice; finance is asked about it.

        :param move: one ``account.move`` that the customer may open
        :param word: :class:`Word`
        :return: the call, with sudo
        :raises UserError: it can't be disputed, nothing is said, or we know it
        """
        # sudo: a customer writes nothing here; its page has checked whose invoice it is
        Call, move = self.sudo(), move.sudo()
        customer = self.env.user.partner_id
        account = self.env["collection.account"]._take(customer, move.company_id)
        word = word._replace(moves=move, contact=customer.sudo())
        Call._check_word(account, word)
        call = Call._record(account, word, self.env["res.users"])
        call._notify_disputed()
        return call

    @api.model
    def _check_may_note(self, partner, company):
        """:raises AccessError: not a colleague who notes calls of that company's
        customer"""
        user = self.env.user
        # sudo: a branch's colleagues note for the main company
        roots = user.company_ids.sudo().root_id
        if not user.has_group(USER) or company.sudo().root_id not in roots:
            raise AccessError(
                self.env._("Multi-Currency users note calls, of their own companies.")
            )
        partner.check_access("read")

    @api.model
    def _check_word(self, account, word):
        """:raises UserError: something is missing, or can't be disputed"""
        if word.outcome not in NEXT_ACTIONS:
            raise UserError(self.env._("Say what came of the call."))
        self._check_length(word.note)
        if word.outcome == "promise" and not (word.currency and word.promised):
            raise UserError(self.env._("Say how much is promised, and for which day."))
        if word.outcome == "dispute":
            self._check_disputed(account, word)
        if word.next_date and word.next_date < account.company_id._get_today():
            raise UserError(self.env._("The next action can't be in the past."))

    @api.model
    def _check_length(self, note):
        """:raises UserError: it is too long"""
        if len(note or "") > NOTE:
            raise UserError(
                self.env._("A note has at most %(count)s characters.", count=NOTE)
            )

    @api.model
    def _check_disputed(self, account, word):
        """:raises UserError: no open invoice of this customer and company is named,
        nothing is said of it, or somebody has disputed it before"""
        if not word.moves:
            raise UserError(self.env._("Choose the invoices that are disputed."))
        if not (word.note or "").strip():
            raise UserError(self.env._("Please say what is wrong."))
        word.moves.check_access("read")
        known = self._find_waiting(word.moves).sudo().move_ids  # sudo: any caller's
        for move in word.moves.sudo():  # sudo: who reads an invoice names it
            if (
                move.commercial_partner_id != account.partner_id
                or move.company_id.root_id != account.company_id
                or not move._is_disputable()
            ):
                raise UserError(
                    self.env._(
                        "%(invoice)s can't be disputed: it isn't an open invoice of "
                        "this customer.",
                        invoice=move.display_name,
                    )
                )
            if move in known or move.credit_disputed_since:
                raise UserError(
                    self.env._(
                        "We already know that %(invoice)s is disputed.",
                        invoice=move.display_name,
                    )
                )

    @api.model
    def _find_waiting(self, moves):
        """Return the calls by which customers dispute these invoices, and about which
        finance hasn't decided, the oldest first.

        :return: ``collection.call`` with sudo
        """
        # sudo: who asks reads the invoices, and may not read calls
        return self.sudo().search(
            Domain("dispute_state", "=", "waiting")
            & Domain("move_ids", "in", moves.ids),
            order="called_on, id",
        )

    @api.model
    def _record(self, account, word, user):
        """Write down a word, once the customer's row is taken.

        :param account: ``collection.account``, with sudo
        :param word: :class:`Word`
        :param user: ``res.users`` who notes it; none: the customer did
        """
        today = account.company_id._get_today()
        action = word.next_action or NEXT_ACTIONS[word.outcome]
        vals = {
            "partner_id": account.partner_id.id,
            "company_id": account.company_id.id,
            "channel": word.channel,
            "called_on": fields.Datetime.now(),
            "date": today,
            "user_id": user.id,
            "contact_id": word.contact.id if word.contact else False,
            "outcome": word.outcome,
            "note": (word.note or "").strip(),
            "next_action": word.next_date and action,
            "next_date": word.next_date,
        }
        if word.outcome == "dispute":
            vals |= {
                "move_ids": [Command.set(word.moves.ids)],
                "dispute_state": "waiting",
            }
        # sudo: calls are written by our code only
        call = self.sudo()._create_guarded([vals])
        told = {"last_call_id": call.id}
        if word.channel == "phone":
            # what a customer writes changes no plan of a colleague's
            told |= {name: vals[name] for name in ("next_action", "next_date")}
        account._write_guarded(told)
        return call.with_env(self.env)

    def _promise(self, partner, company, word):
        """Note the promise of a call.

        :raises AccessError, UserError: as ``payment.promise._make``
        """
        promise = self.env["payment.promise"]._make(
            partner,
            word.amount,
            word.currency,
            word.promised,
            company=company,
            channel="call",
            said_by=word.contact.name if word.contact else False,
            note=(word.note or "").strip(),
        )
        # sudo: calls are written by our code only
        self.sudo()._write_guarded({"promise_id": promise.id})

    # === DISPUTES === #

    def _is_finance(self):
        """Return whether finance of this call's company asks."""
        # sudo: a branch's finance decides for the main company's customers
        return self.env.user.has_group(FINANCE) and (
            self.sudo().company_id in self.env.user.company_ids.sudo().root_id
        )

    def _ask_or_accept(self):
        """Have what finance notes hold at once; ask finance about the rest."""
        self.ensure_one()
        if not self.env.su and self._is_finance() and self.user_id == self.env.user:
            self._accept()
        else:
            self._notify_disputed()

    def action_accept_dispute(self):
        """Take the invoices of these calls for disputed, since the day on which the
        customer said so.

        :raises AccessError: not finance of that company
        :raises UserError: nothing waits
        """
        for call in self._check_waiting():
            call._accept()
        return True

    def action_decline_dispute(self):
        """Leave the invoices of these calls as they are.

        :raises AccessError: not finance of that company
        :raises UserError: nothing waits
        """
        for call in self._check_waiting():
            call._decide("declined")
            call._log_on_moves(
                lambda env: env._("Finance doesn't accept that it is disputed.")
            )
        return True

    def _check_waiting(self):
        """Return those of these calls whose dispute waits.

        :raises AccessError, UserError: as the buttons
        """
        self.check_access("read")
        for call in self:
            if not call._is_finance():
                raise AccessError(
                    self.env._("Multi-Currency finance decides what is disputed.")
                )
        waiting = self.filtered(lambda call: call.dispute_state == "waiting")
        if not waiting:
            raise UserError(self.env._("No dispute waits to be decided here."))
        return waiting

    def _accept(self):
        self.ensure_one()
        # sudo: finance decides what is disputed, and may not write invoices
        call = self.sudo()
        for move in call.move_ids.filtered(lambda move: move._is_disputable()):
            move._mark_disputed(call.date, call.note)
        self._decide("accepted")

    def _decide(self, state):
        # sudo: calls are written by our code only
        self.sudo()._write_guarded(
            {"dispute_state": state, "decided_by": self.env.user.id}
        )
        # sudo: of whoever was asked
        todo = self.sudo().move_ids.activity_ids.filtered(
            lambda activity: activity.activity_type_id == self._get_todo()
        )
        todo.action_feedback()

    @api.model
    def _get_todo(self):
        return self.env.ref("multicurrency_crm.mail_activity_type_dispute")

    def _notify_disputed(self):
        """Ask finance, on each invoice, whether it is disputed."""
        for user in self._find_asked():
            # sudo: who notes it may not write on invoices
            call = self.sudo().with_context(lang=user.lang)
            for move in call.move_ids:
                move.activity_schedule(
                    "multicurrency_crm.mail_activity_type_dispute",
                    summary=call.env._("The customer disputes this invoice"),
                    note=as_html(
                        call.note,
                        call.env._("It counts as before until finance accepts that."),
                    ),
                    user_id=user.id,
                )
        self._log_on_moves(lambda env: env._("The customer disputes it."))

    def _find_asked(self):
        """Return who is asked about a dispute: finance of the company, and somebody."""
        self.ensure_one()
        # sudo: whoever notes it may not read the rights of others
        company = self.sudo().company_id
        members = company._find_members(FINANCE, with_branches=True)
        robot = self.env.ref("base.user_root")
        asked = members.filtered(lambda user: user != robot)
        return asked or self.env.ref("base.user_admin").sudo()  # sudo: likewise

    def _log_on_moves(self, what):
        """Log on the invoices of a call what became of it.

        :param what: function of an environment: the sentence
        """
        # sudo: who notes it may not write on invoices
        call = self.sudo().with_context(lang=self._find_asked()[:1].lang)
        who = call.user_id.name or call.contact_id.name or call.partner_id.name
        for move in call.move_ids:
            move.message_post(body=as_html(f"{what(call.env)} ({who})", call.note))

    # === ACTIONS === #

    @api.model
    def _open_dialog(self, partner, company=None, currency=None):
        """Open the dialog that notes what a customer says.

        :param partner: one ``res.partner``
        :param company: ``res.company``; default: the user's
        :param currency: ``res.currency`` of which one talks; default: what is overdue
        """
        context = {
            "default_partner_id": partner.commercial_partner_id.id,
            "default_company_id": (company or self.env.company).id,
        }
        if currency:
            context["default_currency_id"] = currency.id
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Note a Call"),
            "res_model": "collection.call.make",
            "view_mode": "form",
            "views": [(False, "form")],
            "target": "new",
            "context": context,
        }
