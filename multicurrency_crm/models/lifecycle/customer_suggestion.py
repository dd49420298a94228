from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.fields import Domain
from odoo.tools import clean_context, format_date

from ...engine.suggestions import RUN
from .customer_follow_up import USER

FINANCE = "multicurrency_crm.group_finance"

#: What may be suggested, what matters most first.
SUGGESTION_KINDS = [
    ("silence", "Quotation Likely to Be Lost"),
    ("reorder", "Reorder Expected"),
    ("favour", "Rate in the Customer's Favour"),
    ("lock", "Lock Cheaper Than Promised"),
    ("shortage", "Limit Too Low for the Next Order"),
    ("currency", "Usual Currency Changed"),
]


class CustomerSuggestion(models.Model):
    """Something that may be done for a customer, found in its documents, with the
    figures that say why. A night finds it, and lets go of it once it doesn't hold."""

    _name = "customer.suggestion"
    _description = "Suggestion"
    _inherit = ["guarded.mixin", "selection.order.mixin"]
    _order = "kind, day, id"
    _rec_name = "document_name"
    _in_order = frozenset({"kind"})

    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, ondelete="cascade"
    )
    company_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Company Currency"
    )
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    user_id = fields.Many2one(related="partner_id.user_id", string="Salesperson")
    country_id = fields.Many2one(related="partner_id.country_id")
    kind = fields.Selection(
        selection=SUGGESTION_KINDS, string="What", required=True, readonly=True
    )
    subject = fields.Char(
        required=True,
        readonly=True,
        help="What it is about: the day of the last order, a document, a currency. "
        "What isn't useful isn't suggested again about the same.",
    )
    state = fields.Selection(
        selection=[("open", "Suggested"), ("useless", "Not Useful")],
        default="open",
        required=True,
        readonly=True,
    )
    useless_by = fields.Many2one(
        "res.users", string="Not Useful, Says", readonly=True, ondelete="set null"
    )
    useless_on = fields.Datetime(string="Not Useful Since", readonly=True)
    reason = fields.Text(string="Why", compute="_compute_reason")
    # === THE DOCUMENT === #
    res_model = fields.Char(string="Model of the Document", readonly=True)
    res_id = fields.Many2oneReference(
        string="Record of the Document", model_field="res_model", readonly=True
    )
    document_name = fields.Char(string="Document", readonly=True)
    # === FIGURES === #
    day = fields.Date(
        required=True,
        readonly=True,
        help="On which an order is expected, or since which the document is there.",
    )
    last_day = fields.Date(string="Last Order On", readonly=True)
    usual_days = fields.Integer(
        readonly=True,
        aggregator=None,
        help="Between two orders, or until a quotation is ordered.",
    )
    known_count = fields.Integer(
        string="Known By",
        readonly=True,
        aggregator=None,
        help="How many intervals, quotations or orders tell it; 0: the settings do.",
    )
    currency_id = fields.Many2one("res.currency", readonly=True, ondelete="cascade")
    usual_currency_id = fields.Many2one(
        "res.currency", readonly=True, ondelete="cascade"
    )
    amount = fields.Monetary(
        readonly=True,
        help="Of the document; of an agreement, what is left of it; of a limit, what "
        "is expected.",
    )
    amount_company = fields.Monetary(
        string="In Company Currency",
        currency_field="company_currency_id",
        readonly=True,
        help="At the rate that is named beside it. Empty where none is known.",
    )
    rate = fields.Float(
        string="Stored Rate",
        readonly=True,
        digits=0,
        aggregator=None,
        help="Document currency for 1 unit of company currency.",
    )
    rate_date = fields.Date(string="Rate Of", readonly=True)
    rate_text = fields.Char(string="Rate", compute="_compute_reason")
    promised_rate = fields.Float(
        readonly=True,
        digits=0,
        aggregator=None,
        help="The rate of the quotation's day, or the locked one: document currency "
        "for 1 unit of company currency.",
    )
    share = fields.Float(
        string="Lower Price By",
        readonly=True,
        digits=(16, 6),
        aggregator=None,
        help="By which share a price may fall at the same company value.",
    )
    available = fields.Monetary(
        string="Left of the Limit",
        currency_field="company_currency_id",
        readonly=True,
        groups=FINANCE,
    )

    _subject_unique = models.Constraint(
        "UNIQUE (company_id, partner_id, kind, subject)",
        "A customer has one suggestion of a kind about the same.",
    )

    # === COMPUTE METHODS === #

    @api.depends("kind", "day", "state")
    @api.depends_context("lang", "uid")
    def _compute_reason(self):
        for row in self:
            row.reason = getattr(row, f"_say_{row.kind}")() if row.kind else False
            row.rate_text = row._is_converted() and self.env._(
                "%(rate)s, %(date)s",
                rate=row.currency_id._format_rate(row.rate, row.company_id),
                date=format_date(self.env, row.rate_date),
            )

    @api.depends("reason")
    def _compute_display_name(self):
        for row in self:
            row.display_name = row.reason

    def _is_converted(self):
        """Return whether an amount is in another currency, at a rate that is known."""
        return bool(self.rate) and self.currency_id != self.company_currency_id

    def _get_today(self):
        # sudo: who works in a branch needn't see its main company
        return self.sudo().company_id._get_today()

    def _say_reorder(self):
        """Return why an order is expected."""
        past = (self._get_today() - self.day).days
        terms = {
            "days": self.usual_days,
            "count": self.known_count,
            "last": format_date(self.env, self.last_day),
            "past": past,
        }
        if past <= 0:
            return self.env._(
                "Orders every %(days)s days (median of %(count)s intervals), last on "
                "%(last)s: expected today",
                **terms,
            )
        if past == 1:
            return self.env._(
                "Orders every %(days)s days (median of %(count)s intervals), last on "
                "%(last)s: a day past the expected one",
                **terms,
            )
        return self.env._(
            "Orders every %(days)s days (median of %(count)s intervals), last on "
            "%(last)s: %(past)s days past the expected day",
            **terms,
        )

    def _say_silence(self):
        """Return why a quotation is likely to be lost."""
        terms = {
            "document": self.document_name,
            "age": (self._get_today() - self.day).days,
            "days": self.usual_days,
            "count": self.known_count,
        }
        if self.known_count:
            return self.env._(
                "%(document)s has been open for %(age)s days: this customer orders "
                "within %(days)s days, if at all (%(count)s quotations)",
                **terms,
            )
        return self.env._(
            "%(document)s has been open for %(age)s days, more than the %(days)s that "
            "are usual",
            **terms,
        )

    def _get_price_terms(self):
        """Return what is said of a price that may fall."""
        # sudo: of a main company
        currency, company = self.currency_id, self.sudo().company_id
        return {
            "document": self.document_name,
            "day": format_date(self.env, self.day),
            "promised": currency._format_rate(self.promised_rate, company),
            "rate_day": format_date(self.env, self.rate_date),
            "rate": currency._format_rate(self.rate, company),
            "share": currency._format_percent(self.share),
            "home": company.currency_id.name,
            "amount": currency._format_amount(self.amount),
            "lower": currency._format_amount(self.amount * (1 - self.share)),
        }

    def _say_favour(self):
        """Return what a quotation could cost at today's rate."""
        return self.env._(
            "%(document)s: %(promised)s on %(day)s, %(rate)s on %(rate_day)s. At the "
            "same value in %(home)s, %(amount)s could be %(lower)s (%(share)s less)",
            **self._get_price_terms(),
        )

    def _say_lock(self):
        """Return what a rate that is locked today would promise."""
        return self.env._(
            "%(document)s promises %(promised)s since %(day)s; locked now, it would be "
            "%(rate)s. At the same value in %(home)s, prices could be %(share)s lower",
            **self._get_price_terms(),
        )

    def _say_currency(self):
        """Return in which currency a customer orders lately."""
        terms = {
            "run": RUN,
            "currency": self.currency_id.name,
            "usual": self.usual_currency_id.name,
            "count": self.known_count,
            "day": format_date(self.env, self.day),
        }
        if self.known_count:
            return self.env._(
                "The last %(run)s orders, the newest of %(day)s, are in %(currency)s; "
                "most of the %(count)s before were in %(usual)s, and no currency is "
                "chosen",
                **terms,
            )
        return self.env._(
            "The last %(run)s orders, the newest of %(day)s, are in %(currency)s; the "
            "customer's preferred currency is %(usual)s",
            **terms,
        )

    def _say_shortage(self):
        """Return what a limit lacks; how much, to whom may read limits."""
        home = self.company_currency_id
        terms = {
            "amount": home._format_amount(self.amount_company),
            "count": self.known_count,
            "day": format_date(self.env, self.day),
        }
        if not self._has_field_access(self._fields["available"], "read"):
            return self.env._(
                "About %(amount)s (median of %(count)s orders) are expected to be "
                "ordered around %(day)s: the credit limit leaves less",
                **terms,
            )
        return self.env._(
            "About %(amount)s (median of %(count)s orders) are expected to be ordered "
            "around %(day)s: the credit limit leaves %(available)s, %(lacking)s too "
            "little",
            available=home._format_amount(self.available),
            lacking=home._format_amount(self.amount_company - self.available),
            **terms,
        )

    @api.model
    def _get_shown_domain(self):
        """Return which suggestions are shown: open ones, of customers that aren't
        archived, in companies that follow customers."""
        return (
            Domain("state", "=", "open")
            & Domain("partner_id.active", "=", True)
            & Domain("company_id.lifecycle_followed", "=", True)
        )

    # === WHETHER IT IS USEFUL === #

    def action_useless(self):
        """Let go of these, until they are about something else.

        :raises AccessError: they aren't the user's to read, or no user of the addon's
        """
        self._judge({"state": "useless", "useless_by": self.env.uid})
        return True

    def action_useful(self):
        """Take back that these weren't useful, as far as they still hold.

        :raises AccessError: as for :meth:`action_useless`
        """
        self._judge({"state": "open", "useless_by": False})
        # sudo: rows of customers are for our code
        Life = self.env["customer.life"].sudo()
        for row in self.sudo():
            Life._take_row(row.company_id, row.partner_id)._look()
        return True

    def _judge(self, vals):
        if not self.env.user.has_group(USER):
            raise AccessError(self.env._("Multi-Currency users judge suggestions."))
        self.check_access("read")
        moment = fields.Datetime.now() if vals["useless_by"] else False
        # sudo: nobody writes them but this, and the right was asked for
        self.sudo()._write_guarded({**vals, "useless_on": moment})

    # === ACTIONS === #

    def action_do(self):
        """Do what one of these suggests, as far as the user may.

        :return: an action
        :raises UserError: the document is gone, or not the user's
        :raises AccessError: the user may not do that
        """
        self.ensure_one()
        self.check_access("read")
        # a grouped list gives defaults of its own groups
        row = self.with_context(clean_context(self.env.context))
        return getattr(row, f"_do_{self.kind}")()

    def action_open_customer(self):
        """Open the customer of one row."""
        self.ensure_one()
        return self.env["customer.timeline"]._open_document(
            "res.partner", self.partner_id.id, self.partner_id.display_name
        )

    def _open_document(self):
        return self.env["customer.timeline"]._open_document(
            self.res_model, self.res_id, self.document_name
        )

    def _get_document(self):
        """Return the document, which the user may read.

        :raises UserError: it is gone, or isn't the user's to read
        """
        self._open_document()
        return self.env[self.res_model].browse(self.res_id)

    def _do_favour(self):
        return self._open_document()

    def _do_silence(self):
        return self.env["customer.follow.up"]._open_dialog(self._get_document())

    def _do_currency(self):
        return self.action_open_customer()

    def _do_lock(self):
        document = self._get_document()
        if document._name == "sale.order":
            return document.action_extend_rate_lock()
        return document.action_extend()

    def _do_reorder(self):
        """Open a quotation that isn't made yet: products and quantities are those of
        the last order, prices, rate and currency are today's."""
        Order = self.env["sale.order"]
        if not Order.has_access("create"):
            raise AccessError(
                self.env._("Quotations are made by salespeople: ask one of them.")
            )
        last = Order.browse()
        if self.res_model == "sale.order":
            last = Order.browse(self.res_id).exists()._filtered_access("read")
        company = last.company_id & self.env.companies or self.env.company
        partner = last.partner_id or self.partner_id
        vals = {"partner_id": partner.id, "company_id": company.id}
        # a form would price the lines before it knows in which currency
        vals["currency_id"] = Order.new(vals).currency_id.id
        vals["order_line"] = last._list_ordered_again()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New Quotation"),
            "res_model": "sale.order",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {f"default_{name}": value for name, value in vals.items()},
        }

    def _do_shortage(self):
        Limit = self.env["credit.limit"]
        if not Limit.has_access("create"):
            raise AccessError(
                self.env._(
                    "Finance enters credit limits: tell them what %(customer)s is "
                    "expected to order.",
                    customer=self.partner_id.display_name,
                )
            )
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_credit_limit"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.partner_id.id)],
            "context": {"default_partner_id": self.partner_id.id},
        }
