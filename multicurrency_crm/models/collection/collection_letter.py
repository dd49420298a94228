from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, format_list

FINANCE = "multicurrency_crm.group_finance"
#: {why a letter doesn't go: how that is called}, besides those of its items
SKIPPED = [
    ("disputed", "Disputed"),
    ("promised", "Promised"),
    ("in_process", "Payment under way"),
    ("planned", "In a plan, not yet due"),
    ("blocked", "Paused"),
    ("no_followup", "No follow-up"),
    ("covered", "Covered by money that isn't allocated"),
    ("settled", "Settled meanwhile"),
    ("small", "Below the smallest amounts"),
    ("moved", "Due day moved meanwhile"),
    ("waiting", "An earlier letter hasn't left"),
    ("by_hand", "Left out by hand"),
    ("no_address", "No address"),
    ("bad_email", "Invalid e-mail address"),
    ("blacklisted", "Address on the blacklist"),
]


class CollectionLetter(models.Model):
    """A letter to one customer about what is late in one currency.

    It is a copy of what was open when it was prepared, looked at again when it goes.
    """

    _name = "collection.letter"
    _description = "Collection Letter"
    _inherit = [
        "guarded.mixin",
        "mail.thread",
        "mail.activity.mixin",
        "asking.mixin",
    ]
    _order = "date desc, id desc"
    _rec_name = "partner_id"
    _mail_post_access = "read"

    run_id = fields.Many2one(
        "collection.run", readonly=True, index=True, ondelete="cascade"
    )
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
    salesperson_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    contact_id = fields.Many2one(
        "res.partner",
        string="Goes To",
        compute="_compute_contact_id",
        help="The customer's invoice address.",
    )
    date = fields.Date(required=True, readonly=True, index=True)
    currency_id = fields.Many2one(
        "res.currency", required=True, readonly=True, ondelete="restrict"
    )
    level_id = fields.Many2one(
        "collection.level",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The highest level of its items.",
    )
    channel = fields.Selection(
        string="Medium",
        selection=[
            ("activity", "Activity of a colleague"),
            ("email", "E-mail"),
            ("letter", "Letter on paper"),
        ],
        required=True,
        readonly=True,
    )
    line_ids = fields.One2many("collection.letter.line", "letter_id", readonly=True)
    reminder_ids = fields.One2many("collection.reminder", "letter_id", readonly=True)
    state = fields.Selection(
        string="Status",
        selection=[
            ("draft", "Draft"),
            ("skipped", "Skipped"),
            ("sent", "Sent"),
            ("failed", "Failed"),
        ],
        default="draft",
        required=True,
        readonly=True,
        index=True,
        tracking=True,
    )
    skip_reason = fields.Selection(
        selection=SKIPPED, string="Skipped Because", readonly=True
    )
    skip_note = fields.Char(string="Why", readonly=True)

    # --- in the letter's currency
    amount = fields.Monetary(
        readonly=True, help="What is open of its items, not what they were invoiced at."
    )
    unallocated = fields.Monetary(
        readonly=True,
        help="Money and credit notes that aren't allocated, less what is late besides "
        "the items of this letter.",
    )
    fee = fields.Monetary(readonly=True)
    interest = fields.Monetary(readonly=True, help="Less what earlier letters charged.")
    total = fields.Monetary(
        compute="_compute_total", help="To be paid, with fee and interest."
    )
    fee_note = fields.Char(string="Fee Converted", compute="_compute_fee_note")
    fee_rate_date = fields.Date(
        readonly=True, help="Of the spot rates at which the fee was converted."
    )
    most_late = fields.Integer(string="Days Late", readonly=True, aggregator="max")

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "currency_id", "date")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for letter in self:
            letter.display_name = self.env._(
                "%(customer)s, %(currency)s, %(date)s",
                customer=letter.partner_id.name or "",
                currency=letter.currency_id.name or "",
                date=format_date(self.env, letter.date),
            )

    @api.depends("partner_id")
    def _compute_contact_id(self):
        for letter in self:
            letter.contact_id = self._get_contact(letter.partner_id)

    @api.depends("amount", "unallocated", "fee", "interest")
    def _compute_total(self):
        for letter in self:
            letter.total = (
                letter.amount - letter.unallocated + letter.fee + letter.interest
            )

    @api.depends("fee", "fee_rate_date", "level_id")
    @api.depends_context("lang")
    def _compute_fee_note(self):
        for letter in self:
            level = letter.level_id
            letter.fee_note = letter.fee_rate_date and self.env._(
                "%(amount)s at the spot rates of %(day)s",
                amount=level.currency_id._format_amount(level.fee),
                day=format_date(self.env, letter.fee_rate_date),
            )

    # === CRUD METHODS === #

    @api.ondelete(at_uninstall=False)
    def _unlink_unless_sent(self):
        if kept := self.filtered(lambda letter: letter.state == "sent"):
            raise UserError(
                self.env._(
                    "%(letter)s was sent: it stays.", letter=kept[0].display_name
                )
            )

    # === WHO READS IT === #

    @api.model
    def _get_contact(self, partner):
        """Return to whom the letters of a customer go: its invoice address."""
        return partner.browse(partner.address_get(["invoice"])["invoice"]) or partner

    def _get_customer_lang(self):
        """Return the code of the language in which this customer reads."""
        self.ensure_one()
        return self.contact_id.lang or self.partner_id.lang or self.env.lang

    def _in_customer_language(self):
        self.ensure_one()
        return self.with_context(lang=self._get_customer_lang())

    def _get_reminded(self):
        """Return the lines of which this letter reminds, and those of which it states
        interest."""
        self.ensure_one()
        return self.line_ids.filtered(lambda line: not line.skip_reason)

    def _get_report_base_filename(self):
        self.ensure_one()
        return self.env._(
            "%(title)s %(customer)s %(currency)s %(date)s",
            title=self._get_title(),
            customer=self.partner_id.name or "",
            currency=self.currency_id.name,
            date=self.date,
        )

    def _get_mail_title(self):
        """Return what stands at the head of the mail: what is to be paid."""
        self.ensure_one()
        return self.currency_id._format_amount(self.total)

    def _is_interest_alone(self):
        """Return whether this letter reminds of nothing, and only states interest on
        what was paid late: it has neither a fee nor what its level does besides."""
        self.ensure_one()
        lines = self._get_reminded()
        return bool(lines) and not any(line._is_reminded() for line in lines)

    # === WHAT IT SAYS === #

    def _prepare_rows(self):
        """Prepare what a letter says is open, in the language of the environment.

        :return: [{'name', 'url', 'due', 'open'}], the oldest first; 'url' of the
            invoice on the portal, for whoever has the letter, or False
        """
        self.ensure_one()
        return [
            {
                "name": line._get_shown_name(),
                "url": line._get_document_url(),
                "due": format_date(self.env, line.due),
                "open": self.currency_id._format_amount(line.residual),
            }
            for line in self._get_reminded()
            if line._is_reminded()
        ]

    def _prepare_interest_rows(self):
        """Prepare of what a letter states interest alone, in the language of the
        environment.

        :return: [{'name', 'due', 'interest'}], the oldest first
        """
        self.ensure_one()
        return [
            {
                "name": line.name or "",
                "due": format_date(self.env, line.due),
                "interest": self.currency_id._format_amount(line.interest),
            }
            for line in self._get_paid_late()
        ]

    def _get_paid_late(self):
        """Return the lines of what isn't open any more, and bore interest."""
        self.ensure_one()
        return self._get_reminded().filtered(
            lambda line: (
                not line._is_reminded() and not self.currency_id.is_zero(line.interest)
            )
        )

    def _get_interest_title(self):
        """Return what a letter calls its interest: by name, where it reminds of other
        items than those that were paid late."""
        self.ensure_one()
        paid = self._get_paid_late()
        if not paid or self._is_interest_alone():
            return self.env._("Interest")
        return self.env._(
            "Interest, also on what was paid late: %(documents)s",
            documents=format_list(self.env, [line.name or "" for line in paid]),
        )

    def _prepare_sums(self):
        """Prepare how a letter adds up, in the language of the environment.

        :return: [{'name', 'amount'}]; the last one is what is to be paid
        """
        self.ensure_one()
        parts = [
            (self.env._("In your favour"), -self.unallocated),
            (self._get_interest_title(), self.interest),
            (self.env._("Fee"), self.fee),
        ]
        sums = [
            {"name": name, "amount": self.currency_id._format_amount(amount)}
            for name, amount in parts
            if not self.currency_id.is_zero(amount)
        ]
        total = self.currency_id._format_amount(self.total)
        return [*sums, {"name": self.env._("To be paid"), "amount": total}]

    # === WHO ACTS === #

    def _get_responsible_user(self):
        """Return the colleague whom an activity of this letter is for: the customer's
        salesperson, who prepared it, who acts now, else the administrator."""
        self.ensure_one()
        # sudo: the job asks, and users of other companies may be among them
        letter = self.sudo()
        robot = self.env.ref("base.user_root")
        found = (
            letter.partner_id.user_id | letter.run_id.user_id | self.env.user
        ).filtered(lambda user: user.active and not user.share and user != robot)
        return (found or self.env.ref("base.user_admin"))[:1]

    # === ACTIONS === #

    def action_leave_out(self):
        """Leave these letters out: they don't go, and their items wait for the next
        run.

        :raises UserError: one was sent, or is on its way
        """
        self._check_finance()
        for letter in self:
            if letter.state not in ("draft", "failed") or letter.queued_on:
                raise UserError(
                    self.env._(
                        "%(letter)s isn't a draft any more: it can't be left out.",
                        letter=letter.display_name,
                    )
                )
        self._skip("by_hand")
        return True

    def _skip(self, reason, note=False):
        """Let letters not go, and their items wait for the next run.

        :param str reason: value of ``skip_reason``
        """
        # sudo: nobody deletes what is reminded of by hand
        self.sudo().reminder_ids.unlink()
        self._write_guarded(
            {
                "state": "skipped",
                "skip_reason": reason,
                "skip_note": note,
                "queued_on": False,
            }
        )

    def _check_finance(self):
        """:raises AccessError: not finance, or another company's letters"""
        if not self.env.su and not self.env.user.has_group(FINANCE):
            raise AccessError(
                self.env._("Collection is a matter of Multi-Currency finance.")
            )
        self.check_access("write")
