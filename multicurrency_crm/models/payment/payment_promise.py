from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tools import format_date, format_list

from ..common.html_text import as_html
from ..common.remembered import remembered
from ..common.scheduled_job import ScheduledJob

FINANCE = "multicurrency_crm.group_finance"
USER = "multicurrency_crm.group_user"
#: Groups whose members note promises of every customer, not only of their own.
EVERY_CUSTOMER = (FINANCE, "sales_team.group_sale_salesman_all_leads")
#: Days from today within which a promise may lie: who means another year says so.
LONGEST = 730


class PaymentPromise(models.Model):
    """What a customer said it will pay, when, and whether it did.

    A promise is about invoices of one currency, or, where nothing is owed yet, about
    the customer's account. Of an invoice only one is open that a colleague noted: a
    newer one takes its place. What the customer tells on the portal stands beside it,
    each word as it was told. Whether one was kept, ``payment_promise_judging.py`` says.
    """

    _name = "payment.promise"
    _description = "Promise to Pay"
    _inherit = ["guarded.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "date desc, id desc"
    _mail_post_access = "read"

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    move_id = fields.Many2one(
        "account.move",
        string="Invoice",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The invoice that it is about, where it is about one.",
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        readonly=True,
        copy=False,
        help="What is to be paid, the oldest first.",
    )
    is_on_account = fields.Boolean(
        string="Without Invoice",
        readonly=True,
        help="Nothing was owed in its currency when it was made: a deposit, say.",
    )
    amount = fields.Monetary(required=True, readonly=True, tracking=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    date = fields.Date(
        string="Promised For",
        required=True,
        readonly=True,
        tracking=True,
        help="The day on which the customer pays, or says that it has paid.",
    )
    deadline = fields.Date(
        string="Waiting Until",
        required=True,
        readonly=True,
        help="The last day that the money may bear: the promised one and the days of "
        "grace of the settings.",
    )
    made_on = fields.Date(required=True, readonly=True)
    channel = fields.Selection(
        string="Medium",
        selection=[
            ("call", "Call"),
            ("mail", "E-Mail"),
            ("meeting", "Meeting"),
            ("portal", "Portal"),
            ("other", "Other"),
        ],
        default="call",
        required=True,
        readonly=True,
    )
    said_by = fields.Char(
        string="Who Said It", readonly=True, help="The customer's colleague."
    )
    said_from = fields.Char(
        readonly=True, help="E-mail address, as the customer wrote."
    )
    user_id = fields.Many2one(
        "res.users",
        string="Noted By",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="Empty: the customer itself, on the portal.",
    )
    note = fields.Text(readonly=True)
    slip_id = fields.Many2one(
        "ir.attachment",
        string="Bank Slip",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    state = fields.Selection(
        string="Status",
        selection=[
            ("open", "Pending"),
            ("kept", "Kept"),
            ("broken", "Broken"),
            ("replaced", "Replaced"),
            ("void", "No Longer Owed"),
        ],
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    settled_before = fields.Monetary(
        string="Paid Before",
        readonly=True,
        copy=False,
        help="Money of the day on which it was made that was there already.",
    )
    received = fields.Monetary(
        readonly=True, copy=False, help="Money since then, dated in time."
    )
    settled_on = fields.Date(readonly=True, copy=False, help="Kept, broken … since.")
    replaced_by_id = fields.Many2one(
        "payment.promise",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    is_late = fields.Boolean(
        string="Day Has Passed",
        compute="_compute_is_late",
        help="It is open, and its day has passed.",
    )

    # of two people at once, the database refuses one
    _one_invoice = models.UniqueIndex(
        "(move_id) WHERE state = 'open' AND channel != 'portal' "
        "AND move_id IS NOT NULL",
        "Somebody else has just noted a promise for this invoice: look at it first.",
    )
    _one_account = models.UniqueIndex(
        "(company_id, currency_id, partner_id) WHERE state = 'open' "
        "AND channel != 'portal' AND is_on_account",
        "Somebody else has just noted a promise of this customer: look at it first.",
    )
    _positive = models.Constraint(
        "CHECK (amount > 0)", "A promised amount is above zero."
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "currency_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for promise in self:
            promise.display_name = bool(promise.currency_id) and self.env._(
                "%(amount)s for %(date)s",
                amount=promise.currency_id._format_amount(promise.amount),
                date=format_date(self.env, promise.date),
            )

    @api.depends("state", "date", "company_id")
    def _compute_is_late(self):
        for company, promises in self.grouped("company_id").items():
            today = company and company.sudo()._get_today()  # sudo: of a branch
            for promise in promises:
                promise.is_late = promise.state == "open" and promise.date < today

    # === FINDING === #

    @api.model
    def _find_open_of(self, moves):
        """Find the open promise of each invoice: what a colleague noted, else what the
        customer told last.

        :param moves: ``account.move``
        :return: {invoice's id: ``payment.promise`` with sudo} of those that have one
        """
        found = self._find_all_open_of(moves)
        return {
            move_id: promises.sorted(lambda one: one.channel != "portal")[-1]
            for move_id, promises in found.items()
        }

    @api.model
    def _find_all_open_of(self, moves):
        """Find all open promises of each invoice, what the customer told included.

        :param moves: ``account.move``
        :return: {invoice's id: ``payment.promise`` with sudo, the older ones first}
        """
        if not moves.ids or not self._is_any():
            return {}
        # sudo: that one is promised counts, whoever asks
        promises = self.sudo().search(
            [("move_ids", "in", moves.ids), ("state", "=", "open")], order="id"
        )
        found, wanted = defaultdict(list), set(moves.ids)
        for promise in promises:
            for move_id in promise.move_ids.ids:
                if move_id in wanted:
                    found[move_id].append(promise.id)
        return {move_id: promises.browse(ids) for move_id, ids in found.items()}

    @api.model
    def _count_broken(self, partners, company, since):
        """Count the broken promises of customers.

        :param partners: commercial ``res.partner``
        :param company: ``res.company``; with its branches
        :param since: day from which on they count
        :return: {partner's id: count} of those that broke one
        """
        if not self._is_any():
            return {}
        # sudo: how reliable a customer is counts, whoever asks
        groups = self.sudo()._read_group(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "child_of", company.id),
                ("state", "=", "broken"),
                ("settled_on", ">=", since),
            ],
            ["partner_id"],
            ["__count"],
        )
        return {partner.id: count for partner, count in groups}

    @api.model
    @remembered()
    def _is_any(self):
        """Return whether anything was ever promised: where nothing was, matching and
        reading invoices costs no query."""
        # sudo: as it is, whoever asks
        return bool(self.sudo().search_count([], limit=1))

    # === MAKING === #

    @api.model
    def _make(self, partner, amount, currency, date, moves=None, **said):
        """Note a promise. One that is open on the same invoices is replaced, unless the
        customer tells this one on the portal; who notes the same once more gets the
        one that is there.

        :param partner: ``res.partner``: the customer, or a contact of it
        :param float amount: what it pays, in ``currency``
        :param currency: ``res.currency`` of the invoices
        :param date: the day on which it pays
        :param moves: ``account.move`` that it pays; None: all that are open of this
            customer in this currency
        :param said: ``company`` (default: that of the invoices, or the current one),
            ``channel``, ``said_by``, ``said_from``, ``note``, values of fields
        :return: ``payment.promise``
        :raises AccessError: another colleague's customer
        :raises UserError: an invoice isn't the customer's, isn't open or is in another
            currency; or the amount or the day can't be meant
        :raises psycopg2.errors.SerializationFailure: somebody noted another one of this
            customer meanwhile; Odoo tries again
        """
        customer = partner.commercial_partner_id
        company = said.pop("company", None) or self._get_company_of(moves)
        self._check_may_make(customer, moves)
        # sudo: who notes a promise decides nothing about credit; of two people at once
        # the second is retried, and reads what the first noted
        self.env["credit.account"].sudo()._take(customer, company.sudo().root_id)
        if moves is None:
            moves = self._find_owed(customer, currency, company)
        else:
            self._check_invoices(moves, customer, currency)
        amount = currency.round(amount)
        self._check_meant(amount, date, moves, company, said.get("channel"))
        vals = {
            "company_id": company.id,
            "partner_id": customer.id,
            "move_id": moves.id if len(moves) == 1 else False,
            "move_ids": moves.ids,
            "is_on_account": not moves,
            "amount": amount,
            "currency_id": currency.id,
            "date": date,
            "user_id": False if said.get("channel") == "portal" else self.env.uid,
            **said,
        }
        # sudo: what may be promised was checked; nobody writes a promise by hand
        return self.sudo()._note(vals, company, moves).with_env(self.env)

    def _note(self, vals, company, moves):
        """Create a promise with sudo, in the place of those on the same invoices."""
        older = self._find_same(vals, moves)
        if same := older.filtered(lambda promise: promise._says_same(vals)):
            return same[:1]
        if vals.get("channel") == "portal":
            # whoever has a link tells, and takes the place of nothing
            older = older.browse()
        older._write_guarded({"state": "replaced", "settled_on": company._get_today()})
        older.flush_recordset()
        promise = self._create_guarded([vals | self._prepare_days(vals, company)])
        promise._forget_if_first()
        # who says that it has paid speaks of money that may be there
        if promise.channel != "portal":
            settled = promise._find_figures()[promise.id]
            before = float(settled.in_time + settled.later)
            promise._write_guarded({"settled_before": before})
        older._write_guarded({"replaced_by_id": promise.id})
        older._clear_activities()
        promise._say_replaced(older)
        return promise

    @api.model
    def _prepare_days(self, vals, company):
        today = company._get_today()
        grace = fields.Date.add(
            max(fields.Date.to_date(vals["date"]), today),
            days=company.root_id.promise_grace_days,
        )
        return {"made_on": today, "deadline": grace}

    @api.model
    def _find_same(self, vals, moves):
        """Find the open promises, with sudo, that one with these values replaces: what
        colleagues noted, or, of what the customer tells, what it has told."""
        is_told = vals.get("channel") == "portal"
        domain = Domain("state", "=", "open") & Domain(
            "channel", "=" if is_told else "!=", "portal"
        )
        if moves:
            domain &= Domain("move_ids", "in", moves.ids)
        else:
            domain &= (
                Domain("is_on_account", "=", True)
                & Domain("partner_id", "=", vals["partner_id"])
                & Domain("company_id", "=", vals["company_id"])
                & Domain("currency_id", "=", vals["currency_id"])
            )
        return self.search(domain, order="id desc")

    def _says_same(self, vals):
        """Return whether this open promise says what another one would."""
        self.ensure_one()
        return (
            self.date == fields.Date.to_date(vals["date"])
            and not self.currency_id.compare_amounts(self.amount, vals["amount"])
            and set(self.move_ids.ids) == set(vals["move_ids"])
        )

    def _say_replaced(self, older):
        """Log what a promise took the place of, and what has none any more."""
        if not older:
            return
        text = self.env._(
            "Takes the place of: %(promises)s",
            promises=format_list(self.env, older.mapped("display_name")),
        )
        left = older.move_ids - self.move_ids
        more = left and self.env._(
            "Without a promise now: %(invoices)s",
            invoices=format_list(self.env, left.mapped("display_name")),
        )
        self.message_post(body=as_html(text, more))

    def _forget_if_first(self):
        """Let everybody know that something is promised now: others may remember that
        nothing was."""
        if not self.search_count([("id", "!=", self.id)], limit=1):
            self.env["res.company"]._forget_remembered()

    # === WHO, AND ABOUT WHAT === #

    @api.model
    def _get_company_of(self, moves):
        """Return the company that is paid: of invoices of several branches, the main
        one."""
        companies = moves.company_id if moves else self.env.company
        # sudo: who works in a branch needn't see its main company
        return companies if len(companies) == 1 else companies[:1].sudo().root_id

    @api.model
    def _check_may_make(self, customer, moves):
        """:raises AccessError: somebody else's customer, or invoices unread"""
        if self.env.su:  # the customer itself, on the portal
            return
        self.browse().check_access("read")
        customer.check_access("read")
        if moves:
            moves.check_access("read")
        user = self.env.user
        if any(user.has_group(group) for group in EVERY_CUSTOMER):
            return
        sellers = customer.user_id
        if moves:
            sellers |= moves.invoice_user_id
        if sellers and user not in sellers:
            raise AccessError(
                self.env._(
                    "A colleague looks after %(customer)s: let that colleague note the "
                    "promise.",
                    customer=customer.name,
                )
            )

    @api.model
    def _may_make(self, customer, moves):
        """Return whether the user may note promises of a customer, and so read what it
        owes; whatever rights our code has lent."""
        promises = self.with_user(self.env.user)
        try:
            promises._check_may_make(
                customer.with_env(promises.env), moves.with_env(promises.env)
            )
        except AccessError:
            return False
        return True

    @api.model
    def _get_owed_domain(self, customer, currency):
        """Return the domain of the invoices that a customer may promise to pay."""
        return (
            Domain("move_type", "in", ("out_invoice", "out_receipt"))
            & Domain("state", "=", "posted")
            & Domain("amount_residual", ">", 0)
            & Domain("currency_id", "=", currency.id)
            & Domain("commercial_partner_id", "=", customer.id)
        )

    @api.model
    def _find_owed(self, customer, currency, company):
        """Find all that a customer owes a company and its branches in a currency."""
        # sudo: what a customer promised of is owed, whoever notes it
        Move = self.env["account.move"].sudo()
        of_company = Domain("company_id", "child_of", company.id)
        return Move.search(
            self._get_owed_domain(customer, currency) & of_company,
            order="invoice_date_due, id",
        )

    @api.model
    def _find_currency(self, partner, company):
        """Return the currency in which a customer most likely promises to pay: that of
        what is overdue, by what it is worth in the books, else of what is open; else
        the one that it prefers, or the company's.

        :param partner: ``res.partner``, perhaps none
        :param company: ``res.company``, with its branches
        """
        customer = partner.commercial_partner_id
        open_items = (
            Domain("display_type", "=", "payment_term")
            & Domain("parent_state", "=", "posted")
            & Domain("move_type", "in", ("out_invoice", "out_receipt"))
            & Domain("amount_residual", ">", 0)
            & Domain("partner_id.commercial_partner_id", "=", customer.id)
            & Domain("company_id", "child_of", company.id)
        )
        overdue = Domain("date_maturity", "<", company._get_today()) & Domain(
            "move_id.credit_disputed_since", "=", False
        )
        # sudo: only in which currency it is, whoever talks with the customer
        Line = self.env["account.move.line"].sudo()
        for domain in (open_items & overdue, open_items) if customer else ():
            found = Line._read_group(
                domain,
                ["currency_id"],
                order="amount_residual:sum DESC, currency_id",
                limit=1,
            )
            if found:
                return found[0][0].sudo(False)
        return partner.preferred_currency_id or company.currency_id

    @api.model
    def _explain_on_account(self, partner, currency, company):
        """Say that a promise without invoices would be about none, since nothing is
        owed in its currency.

        :return: sentence, or False
        """
        customer = partner.commercial_partner_id
        if not (customer and currency) or self._find_owed(customer, currency, company):
            return False
        return self.env._(
            "Nothing is open in %(currency)s: a promise in it is about the customer's "
            "account, a deposit, say.",
            currency=currency.name,
        )

    @api.model
    def _check_invoices(self, moves, customer, currency):
        """:raises UserError: as :meth:`_make`"""
        if not moves:
            raise UserError(self.env._("Choose the invoices that are to be paid."))
        # sudo: whether they are open, of invoices that one may read
        known = moves.sudo()
        wrong = known - known.filtered_domain(self._get_owed_domain(customer, currency))
        if wrong:
            raise UserError(
                self.env._(
                    "%(invoice)s can't be promised: choose posted, open invoices in "
                    "%(currency)s of %(customer)s.",
                    invoice=wrong[0].name or self.env._("A draft"),
                    currency=currency.name,
                    customer=customer.name,
                )
            )
        if len(known.company_id.root_id) > 1:
            raise UserError(
                self.env._("A promise is made to one company: choose its invoices.")
            )

    @api.model
    def _check_meant(self, amount, date, moves, company, channel):
        """:raises UserError: the amount or the day can't be meant"""
        if not amount > 0:
            raise UserError(self.env._("A promised amount is above zero."))
        is_told = channel == "portal"
        self._check_day(date, company._get_today(), is_told)
        # what a customer says it has paid is its word, right or wrong
        if is_told or not moves:
            return
        # sudo: what is open, whoever notes it
        owed = sum(moves.sudo().mapped("amount_residual"))
        currency = moves.currency_id
        if currency.compare_amounts(amount, owed) > 0:
            raise UserError(
                self.env._(
                    "Only %(owed)s is open of these invoices: enter as much, or less.",
                    owed=currency._format_amount(owed),
                )
            )

    @api.model
    def _check_day(self, date, today, is_told):
        """:raises UserError: the day can't be meant"""
        day = fields.Date.to_date(date)
        if not is_told and day < today:
            raise UserError(
                self.env._(
                    "A promise is for today or a later day, and %(date)s is over: what "
                    "the customer has paid already is matched, or looked for.",
                    date=format_date(self.env, day),
                )
            )
        if abs((day - today).days) > LONGEST:
            raise UserError(
                self.env._(
                    "%(date)s is more than two years away: enter the day on which the "
                    "customer pays.",
                    date=format_date(self.env, day),
                )
            )

    # === THE JOB === #

    @api.model
    def _cron_judge(self):
        """Judge the promises whose day is over where their company is, and those that
        wait for money without invoice."""
        # sudo: the job works for all companies
        everything = self.sudo()
        with ScheduledJob(everything) as job:
            if not everything._is_any():
                return
            for company in everything.env["res.company"].search([]):
                domain = everything._get_due_domain(company)
                job.work_off(everything, domain, lambda found: found._judge())

    @api.model
    def _get_due_domain(self, company):
        """Return the domain of the open promises of a company that a night looks at."""
        over = Domain("deadline", "<", company._get_today())
        return (
            Domain("state", "=", "open")
            & Domain("company_id", "=", company.id)
            & (over | Domain("is_on_account", "=", True))
        )

    # === WHO IS TOLD === #

    def _find_colleague(self):
        """Return who is asked about a promise: who noted it, the customer's
        salesperson, for slips whom the settings name, else one of finance."""
        self.ensure_one()
        robot = self.env.ref("base.user_root")
        if self.channel == "portal":
            asked = self.company_id.root_id.promise_user_id
            asked |= self.company_id._find_members(FINANCE)
        else:
            asked = self.user_id | self.partner_id.user_id
            asked |= self.move_ids.invoice_user_id
        asked = asked.filtered(
            lambda user: (
                user.active
                and not user.share
                and user != robot
                and self.with_user(user).has_access("read")
            )
        )
        # sudo: somebody is asked, whoever noted it
        return asked[:1] or self.env.ref("base.user_admin").sudo()

    def _notify(self, summarise, *texts):
        """Give a colleague an activity, in their language.

        :param summarise: function of the promise in that language
        """
        user = self._find_colleague()
        told = self.with_context(lang=user.lang)
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=summarise(told),
            note=as_html(told.display_name, *texts),
            user_id=user.id,
        )

    def _notify_broken(self):
        """Tell who noted it that a promise was broken."""
        if self.state == "broken":
            self._notify(
                lambda told: told.env._(
                    "%(customer)s broke a promise", customer=told.partner_id.name
                ),
                *self.move_ids.mapped("display_name"),
            )

    def _clear_activities(self):
        """Take away what was asked about promises that are settled."""
        # sudo: of whomever they are
        self.sudo().activity_ids.unlink()

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_except_settled(self):
        if kept := self.filtered(lambda promise: promise.state != "open"):
            raise UserError(
                self.env._(
                    "%(promise)s stays as evidence of how the customer keeps its word.",
                    promise=kept[0].display_name,
                )
            )
