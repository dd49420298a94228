from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date

from ..common.html_text import as_html
from ..common.remembered import remembered

#: What a claim is about: one of these.
LINKS = ("payment_id", "statement_line_id")
#: What finance may still change of a claim that waits.
CHOICES = frozenset({"transfer_date", "transfer_journal_id"})
#: What whoever confirms needs the right to write.
WRITTEN = ("account.payment", "account.move", "account.move.line")
#: Groups whose members claim for every customer, not only for their own.
EVERY_CUSTOMER = (
    "sales_team.group_sale_salesman_all_leads",
    "multicurrency_crm.group_finance",
)


class PaymentClaim(models.Model):
    """What a salesperson says about money that nobody knew: it is my customer's.

    Several may claim one receipt. Finance confirms one of them, which refuses the
    others; what is booked then, ``payment_claim_booking.py`` says. Each claim keeps how
    many others there are, so that claiming and confirming write the same rows: of two
    people at once only one comes through.
    """

    _name = "payment.claim"
    _description = "Claim of a Receipt"
    _inherit = ["booking.mixin", "mail.thread", "decision.mixin", "kept.sentence.mixin"]
    _order = "id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    _decision_states = {
        "asked": "claimed",
        "granted": "confirmed",
        "denied": "refused",
        "withdrawn": "withdrawn",
        "ended": "ended",
    }
    _decision_group = "multicurrency_crm.group_finance"
    _entry_fields = ("transfer_move_id", "return_move_id")

    state = fields.Selection(
        selection=[
            ("claimed", "Claimed"),
            ("confirmed", "Confirmed"),
            ("refused", "Refused"),
            ("withdrawn", "Withdrawn"),
            ("ended", "Ended"),
            ("taken_back", "Taken Back"),
        ],
        default="claimed",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    company_id = fields.Many2one(
        "res.company", required=True, readonly=True, index=True, ondelete="restrict"
    )
    # what a salesperson isn't to see is read by finance alone
    payment_id = fields.Many2one(
        "account.payment",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        groups="multicurrency_crm.group_finance",
    )
    statement_line_id = fields.Many2one(
        "account.bank.statement.line",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
        groups="multicurrency_crm.group_finance",
    )
    date = fields.Date(string="Received On", readonly=True, required=True)
    currency_id = fields.Many2one("res.currency", readonly=True, required=True)
    amount = fields.Monetary(
        readonly=True, help="What was open of the receipt when it was claimed."
    )
    payer = fields.Char(string="Payer's Text", readonly=True)
    partner_id = fields.Many2one(
        "res.partner",
        string="Customer",
        readonly=True,
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
    )
    move_ids = fields.Many2many(
        "account.move",
        string="Invoices",
        readonly=True,
        copy=False,
        help="What the receipt pays, as far as it goes, the oldest first.",
    )
    note = fields.Char(readonly=True, help="How one knows whose money it is.")
    rivals = fields.Integer(
        string="Other Claims",
        readonly=True,
        copy=False,
        help="Of colleagues who claim the same receipt. Confirming one refuses the "
        "others.",
    )
    transfer_date = fields.Date(
        string="Booked On",
        compute="_compute_transfer_date",
        store=True,
        readonly=False,
        copy=False,
        groups="multicurrency_crm.group_finance",
        help="Day of the entry that gives the customer the receipt, where the "
        "receipt's own entry can't be changed.",
    )
    transfer_journal_id = fields.Many2one(
        "account.journal",
        string="Booked In",
        domain=[("type", "=", "general")],
        compute="_compute_transfer_journal_id",
        store=True,
        readonly=False,
        copy=False,
        check_company=True,
        groups="multicurrency_crm.group_finance",
    )
    transfer_move_id = fields.Many2one(
        "account.move",
        string="Transfer Entry",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="multicurrency_crm.group_finance",
    )
    return_move_id = fields.Many2one(
        "account.move",
        string="Entry That Takes It Back",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        groups="multicurrency_crm.group_finance",
    )
    amount_matched = fields.Monetary(
        string="Matched",
        readonly=True,
        copy=False,
        help="With invoices, in the receipt's currency. The rest is the customer's "
        "credit.",
    )
    outcome = fields.Text(readonly=True, copy=False, translate=True)
    taken_back_by = fields.Many2one("res.users", readonly=True, copy=False)
    taken_back_on = fields.Datetime(readonly=True, copy=False)
    taken_back_reason = fields.Char("Taken Back Because", readonly=True, copy=False)
    way_note = fields.Char(
        compute="_compute_way_note", groups="multicurrency_crm.group_finance"
    )
    needs_transfer = fields.Boolean(
        compute="_compute_way_note", groups="multicurrency_crm.group_finance"
    )
    twin_note = fields.Char(
        compute="_compute_twin_note", groups="multicurrency_crm.group_finance"
    )

    # what two people would confirm at once, the database refuses
    _one_payment = models.UniqueIndex(
        "(payment_id) WHERE state = 'confirmed'",
        "This payment was given a customer by another claim.",
    )
    _one_statement_line = models.UniqueIndex(
        "(statement_line_id) WHERE state = 'confirmed'",
        "This line of the bank was given a customer by another claim.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "currency_id", "date", "partner_id")
    @api.depends_context("lang")
    def _compute_display_name(self):
        for claim in self:
            if not claim.currency_id:
                claim.display_name = False
                continue
            claim.display_name = self.env._(
                "%(amount)s of %(date)s",
                amount=claim.currency_id._format_amount(claim.amount),
                date=format_date(self.env, claim.date),
            )

    @api.depends("company_id")
    def _compute_transfer_date(self):
        for claim in self:
            today = claim.company_id._get_today() if claim.company_id else False
            claim.transfer_date = today and max(today, claim.date or today)

    @api.depends("company_id")
    def _compute_transfer_journal_id(self):
        for claim in self:
            claim.transfer_journal_id = claim._find_transfer_journal()

    def _find_transfer_journal(self):
        """Find where an entry goes that belongs to no bank: the first miscellaneous
        journal that nobody keeps for exchange differences."""
        company = self.company_id
        # sudo: whoever claims reads no journals
        Journal = self.env["account.journal"].sudo()
        return company and Journal.search(
            [
                *Journal._check_company_domain(company),
                ("type", "=", "general"),
                ("restrict_mode_hash_table", "=", False),
                ("id", "!=", company.sudo().currency_exchange_journal_id.id),
            ],
            limit=1,
        )

    # === CONSTRAINT METHODS === #

    @api.constrains("transfer_journal_id")
    def _check_transfer_journal(self):
        # sudo: whoever claims reads no journals
        for claim in self.sudo():
            journal = claim.transfer_journal_id
            if journal and journal.type != "general":
                raise UserError(
                    self.env._(
                        "%(journal)s is no miscellaneous journal: choose one.",
                        journal=journal.display_name,
                    )
                )

    # === CLAIMING === #

    @api.model
    def _claim(self, receipt, partner, moves=None, note=False):
        """Claim a receipt for a customer.

        :param receipt: one ``payment.claimable``
        :param partner: ``res.partner``: the customer or a contact of it
        :param moves: ``account.move`` that it pays, that one may read; default: none
        :param note: what finance is to know, as text
        :return: the ``payment.claim``
        :raises AccessError: somebody else's customer, or invoices that one doesn't read
        :raises UserError: the receipt isn't there any more, or the customer is archived
            or of another company, or an invoice isn't the customer's, isn't open or is
            in another currency
        """
        receipt.check_access("read")
        receipt._check_there()
        customer = partner.commercial_partner_id
        moves = self.env["account.move"] if moves is None else moves
        self._check_customer_of(customer, receipt.company_id)
        self._check_pays(partner, receipt.company_id)
        self._check_own_customer(customer)
        self._check_invoices(moves, receipt, customer)
        rivals = self._find_open(receipt).get(receipt.id, self.browse())
        if self.env.user in rivals.requested_by:
            raise UserError(self.env._("You have claimed this receipt already."))
        vals = {
            "company_id": receipt.company_id.id,
            "date": receipt.date,
            "currency_id": receipt.currency_id.id,
            "amount": receipt.amount,
            "payer": receipt.payer,
            "partner_id": customer.id,
            "move_ids": moves.ids,
            "note": self._read_reason(note),
            **receipt._prepare_link_vals(),
        }
        # sudo: what may be claimed was checked; nobody writes a claim by hand
        claim = self.sudo()._create_guarded([vals])
        (claim | rivals)._count_rivals()
        self._follow_change()
        claim._ask(self.env.user)
        return claim.with_env(self.env)

    @api.model
    def _check_customer_of(self, customer, company):
        """:raises UserError: nobody of this company may be given money for it"""
        # sudo: of a customer whose name one reads
        known = customer.sudo()
        if not known:
            raise UserError(self.env._("Choose the customer whose money it is."))
        if not known.active:
            raise UserError(
                self.env._(
                    "%(customer)s is archived: unarchive the customer first, or choose "
                    "another one.",
                    customer=known.name,
                )
            )
        if known.company_id and known.company_id not in company.sudo().parent_ids:
            raise UserError(
                self.env._(
                    "%(customer)s is a customer of %(other)s, and the receipt is "
                    "%(company)s's.",
                    customer=known.name,
                    other=known.company_id.name,
                    company=company.name,
                )
            )

    @api.model
    def _get_own_partners(self, company):
        """Return the partners that a company and its branches themselves are."""
        # sudo: who works in a branch needn't see its main company
        main = company.sudo().root_id
        own = self.env["res.company"].sudo().search([("id", "child_of", main.id)])
        return (own.partner_id | own.partner_id.commercial_partner_id).sudo(False)

    @api.model
    def _check_pays(self, partner, company):
        """:raises UserError: a colleague, the company itself, or a supplier alone"""
        # sudo: of a partner whose name one reads
        known = partner.sudo()
        customer = known.commercial_partner_id
        own = customer in self._get_own_partners(company).sudo()
        supplier = customer.supplier_rank > 0 and customer.customer_rank == 0
        if own or supplier or not known.partner_share:
            raise UserError(
                self.env._(
                    "%(partner)s is no customer: choose the customer whose money it "
                    "is.",
                    partner=known.name,
                )
            )

    @api.model
    def _check_own_customer(self, customer):
        """:raises AccessError: a colleague looks after this customer"""
        user = self.env.user
        if any(user.has_group(group) for group in EVERY_CUSTOMER):
            return
        customer.check_access("read")
        if customer.user_id and customer.user_id != user:
            raise AccessError(
                self.env._(
                    "A colleague looks after %(customer)s: let that colleague claim "
                    "the receipt.",
                    customer=customer.name,
                )
            )

    @api.model
    def _get_invoices_domain(self, receipt, customer):
        """Return the domain of the invoices that a receipt may pay."""
        # sudo: who works in a branch needn't see its main company
        main = receipt.company_id.sudo().root_id
        return [
            ("move_type", "=", "out_invoice"),
            ("state", "=", "posted"),
            ("amount_residual", ">", 0),
            ("currency_id", "=", receipt.currency_id.id),
            ("commercial_partner_id", "=", customer.id),
            ("company_id", "child_of", main.id),
        ]

    @api.model
    def _check_invoices(self, moves, receipt, customer):
        """:raises AccessError, UserError: as :meth:`_claim`"""
        if not moves:
            return
        moves.check_access("read")
        wrong = moves - moves.filtered_domain(
            self._get_invoices_domain(receipt, customer)
        )
        if wrong:
            raise UserError(
                self.env._(
                    "%(invoice)s can't be paid by this receipt: choose posted, open "
                    "invoices in %(currency)s of %(customer)s.",
                    invoice=wrong[0].name or self.env._("A draft"),
                    currency=receipt.currency_id.name,
                    customer=customer.name,
                )
            )

    # === OTHER CLAIMS === #

    @api.model
    def _find_open(self, receipts):
        """Find the claims that wait for a decision.

        :param receipts: ``payment.claimable``
        :return: {id of a receipt: ``payment.claim`` with sudo}
        """
        Receipt = self.env["payment.claimable"]
        # sudo: that others have claimed it counts, whoever asks
        claims = self.sudo().search([("state", "=", "claimed")])
        found = {}
        for claim in claims:
            key = Receipt._get_id_of(claim._get_receipt())
            found[key] = found.get(key, claim.browse()) | claim
        return {id_: found[id_] for id_ in receipts.ids if id_ in found}

    def _get_receipt(self):
        """Return the payment or the bank's line, as the user reads it; nothing once it
        is deleted."""
        self.ensure_one()
        # sudo: which one it is, and nothing of it
        claim = self.sudo()
        return (claim.payment_id or claim.statement_line_id).with_env(self.env)

    def _find_rivals(self):
        """Find the other claims of the same receipt that wait, with sudo."""
        self.ensure_one()
        # sudo: claims of others are hidden from whoever made this one
        claim = self.sudo()
        name = next((name for name in LINKS if claim[name]), None)
        return name and self.sudo().search(
            [
                (name, "=", claim[name].id),
                ("state", "=", "claimed"),
                ("id", "!=", claim.id),
            ],
            order="id",
        )

    def _count_rivals(self):
        """Keep how many others claim the same: who claims, withdraws or decides writes
        on all claims of the receipt, and only one of two comes through."""
        for claim in self.sorted("id"):
            claim._write_guarded({"rivals": len(claim._find_rivals() or ())})
        self.flush_recordset(["rivals"])

    def _refuse_rivals(self):
        """Refuse what others claim, with sudo: in their languages, and without saying
        whose money it is."""
        for rival in self._find_rivals() or ():
            told = rival.with_context(lang=rival.requested_by.lang)
            denied = told._decide(
                "denied", told.env._("Another claim of this receipt was confirmed.")
            )
            denied._announce_decision()

    # === ENDED BY ITSELF === #

    @api.model
    @remembered()
    def _is_any_open(self):
        """Return whether anything is claimed: where nothing is, matching costs no
        query."""
        # sudo: whoever matches may not read claims
        return bool(self.sudo().search_count([("state", "=", "claimed")], limit=1))

    @api.model
    def _follow_change(self):
        """Let what is read of claims be read anew."""
        self.env["payment.claimable"].invalidate_model()
        # sudo: as it is, whoever asks
        if self._is_any_open() != bool(
            self.sudo().search_count([("state", "=", "claimed")], limit=1)
        ):
            self.env["res.company"]._forget_remembered()

    @api.model
    def _end_settled(self, payments=None, lines=None):
        """End what waits for a decision about receipts that are settled by now.

        :param payments: ``account.payment``; default: all
        :param lines: ``account.bank.statement.line``; default: all
        """
        domain = [("state", "=", "claimed")]
        if payments is not None or lines is not None:
            domain += [
                "|",
                ("payment_id", "in", payments.ids if payments else []),
                ("statement_line_id", "in", lines.ids if lines else []),
            ]
        # sudo: whoever matches a receipt ends what others have claimed
        for claim in self.sudo().search(domain):
            if claim._is_settled():
                claim._end()

    def _is_settled(self):
        """Return whether the receipt has a customer, or is matched or gone."""
        receipt = self._get_receipt()
        return bool(
            not receipt
            or receipt.partner_id
            or receipt.is_reconciled
            or receipt.move_id.state == "cancel"
            or self.payment_id.state in ("canceled", "rejected")
        )

    def _end(self):
        """End claims with sudo, and tell who made them."""
        for claim in self:
            told = claim.with_context(lang=claim.requested_by.lang)
            told._decide_as_system(
                "ended",
                told.env._("The receipt was given a customer, matched or removed."),
            )
            told._announce_decision()
        self._follow_change()

    # === DECISION === #

    def _get_decision_question(self):
        return (
            self.env._("Receipt of %s: confirm or refuse", self.display_name),
            as_html(
                self.env._("Claimed for %s", self.partner_id.name), self.note or ""
            ),
        )

    def _explain_no_decider(self):
        return self.env._(
            "Finance of that company, with the right to Odoo's Invoicing, decides on "
            "claims."
        )

    def _explain_nobody(self):
        return self.env._(
            "Nobody else may decide on %(request)s: ask an administrator to give "
            "somebody in %(company)s the group %(group)s and the right to Odoo's "
            "Invoicing, then claim it again.",
            request=self.display_name,
            company=self.company_id.name,
            # sudo: a group's name is no secret, and not everybody reads groups
            group=self.env.ref(self._decision_group).sudo().display_name,
        )

    def _explain_own(self):
        return self.env._("You claimed it yourself: another one confirms it.")

    def _get_decision_refusal(self, user):
        """Return why a user doesn't decide: what is confirmed is booked with the
        user's own rights."""
        refusal = super()._get_decision_refusal(user)
        if refusal:
            return refusal
        person = self.with_user(user).with_context(allowed_company_ids=None)
        allowed = person._may_book(self._get_receipt()._name)
        return False if allowed else self._explain_no_decider()

    @api.model
    def _may_book(self, model):
        """Return whether the user writes what a confirmed claim changes.

        Odoo's Invoicing reads bank lines, and its form of users has no right to write
        them: who writes payments, entries and their items gives a line its customer,
        as one matches it.

        :param model: name of the receipt's; nothing where it was deleted
        """
        asked = [(name, "write") for name in WRITTEN]
        if model:
            line = model == "account.bank.statement.line"
            asked.append((model, "read" if line else "write"))
        return all(self.env[name].has_access(right) for name, right in asked)

    def action_request(self):
        """Nobody asks again for what was decided: a receipt is claimed anew.

        :raises UserError: always
        """
        self.check_access("read")
        raise UserError(
            self.env._("Claim the receipt again, from the list of receipts to claim.")
        )

    def _check_grantable(self):
        """:raises UserError: the receipt has a customer by now, or can't be given to
        this one"""
        # sudo: the right to decide was checked
        claim = self.sudo()
        receipt, Receipt = claim._get_receipt(), claim.env["payment.claimable"]
        there = receipt and Receipt.search_count(
            [("id", "=", Receipt._get_id_of(receipt))], limit=1
        )
        if not there:
            raise UserError(
                self.env._(
                    "%(claim)s has a customer by now, is matched or isn't posted: "
                    "refuse the claim.",
                    claim=self.display_name,
                )
            )
        self._check_customer_of(claim._get_customer(), claim.company_id)

    def _get_customer(self):
        """Return the customer: whoever was claimed for may have become a contact."""
        return self.partner_id.commercial_partner_id

    def _carry_out(self):
        self._refuse_rivals()
        # the money is moved with the rights of whoever confirms
        self.sudo(False)._book()
        self._follow_change()

    def _call_off(self, reason):
        for claim in self:
            if rivals := claim._find_rivals():
                rivals._count_rivals()
        self._follow_change()

    # === ACTIONS === #

    @api.model
    def action_open_waiting(self):
        """Open what finance is to decide on, without what was settled meanwhile."""
        self.browse().check_access("read")
        self._end_settled()
        return self.env["ir.actions.act_window"]._for_xml_id(
            "multicurrency_crm.action_payment_claim"
        )

    @api.model
    def action_open_all(self):
        """Open the claims that one may read: one's own, or, for finance, all."""
        return self.action_open_waiting() | {
            "context": {"search_default_mine": 1, "create": False}
        }

    def action_take_back(self):
        """Ask why a confirmed claim is taken back, and from which day on.

        :raises AccessError: not of finance
        :raises UserError: it isn't confirmed
        """
        self.ensure_one()
        self._check_returnable()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take Back"),
            "res_model": "payment.claim.return",
            "view_mode": "form",
            "target": "new",
            "context": {"default_claim_id": self.id},
        }

    # === CRUD METHODS === #

    def write(self, vals):
        changed = CHOICES & vals.keys()
        for claim in self if changed else ():
            if claim.state != "claimed" and any(
                claim._differs_from(name, vals[name]) for name in changed
            ):
                raise UserError(claim._explain_settled())
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if kept := self.filtered(lambda claim: claim.state != "claimed"):
            raise UserError(
                self.env._(
                    "%(claim)s stays as evidence of what was decided.",
                    claim=kept[0].display_name,
                )
            )
