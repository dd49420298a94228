from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain
from odoo.tools import SQL, format_list

from ...common.customer_facts import CustomerMove
from ...common.html_text import as_html
from ...common.process_mark import ProcessMark
from ..assessment.credit_exposure import UNSETTLED, on_accounts
from ..limits.credit_limit import CreditLine

#: Borne while a refused transfer puts its partner back: that is no move to decide on.
_GOING_BACK = ProcessMark("multicurrency_credit_going_back")


class CreditTransfer(models.Model):
    """Recording moves, and deciding on them."""

    _inherit = "credit.transfer"

    # === RECORDING === #

    @api.model
    def _record(self, moves):
        """Keep what counted before for partners that were moved, and ask the credit
        managers, whoever moved them. Who moves a partner back
        before anybody decided takes the question back.

        :param moves: list of ``CustomerMove``
        """
        # sudo: whoever moves a partner may not write decisions
        Transfer = self.sudo()
        for move in moves:
            if move.partner.commercial_partner_id != move.customer:
                move.partner._follow_credit_hold()
            if not Transfer._withdraw_undone(move.partner):
                Transfer._record_one(move)

    @api.model
    def _record_one(self, move):
        vals_list = self._prepare_transfers(move)
        transfers = self._create_guarded(vals_list)
        for transfer in transfers:
            transfer._keep_sentence(
                "facts", lambda spoken: spoken._format_facts(spoken.company_id, move)
            )
        if transfers:
            transfers._notify_moved()
        transfers.filtered(lambda transfer: transfer.state == "requested")._begin()
        return transfers

    @api.model
    def _prepare_transfers(self, move):
        """Return the values of a transfer for each main company in which something
        counted."""
        changed, currencies = self._get_changes(move)
        companies = self.env["credit.policy"].search([]).company_id
        if currencies is not None:
            # a list is shared by all: those that go by it have a say
            Company = self.env["res.company"].with_context(active_test=False)
            enforcing = Company.search([("currency_policy", "=", "enforce")])
            # sudo: a branch's user may not read its main company
            companies |= (enforcing | self.env.company).sudo().root_id
        found = []
        for company in companies:
            facts = self._list_facts(company, move, changed)
            if facts or currencies is not None:
                found.append(self._prepare_transfer(company, move, facts, currencies))
        return found

    @api.model
    def _get_changes(self, move):
        """Return what a move changes.

        :return: (whether the partner belongs to another customer now, currencies that
            were allowed before or None)
        """
        changed = move.partner.commercial_partner_id != move.customer
        return changed, move.notes.get("currencies") if changed else None

    @api.model
    def _format_facts(self, company, move):
        """Say what counted before, in the language of the environment."""
        changed, currencies = self._get_changes(move)
        facts = self._list_facts(company, move, changed)
        if currencies is not None:
            names = format_list(self.env, currencies.mapped("name"))
            facts.append(self.env._("Allowed currencies: %s.", names))
        return "\n".join(facts)

    @api.model
    def _prepare_transfer(self, company, move, facts, currencies):
        account = self.env["credit.account"]._find(move.customer, company)
        return {
            "partner_id": move.partner.id,
            "company_id": company.id,
            "former_customer_id": move.customer.id,
            "former_parent_id": move.parent.id,
            "former_is_company": move.was_company,
            "former_line_ids": move.notes.get("lines", []),
            "former_limit": self._get_odoo_limit(company, move),
            "has_former_currencies": currencies is not None,
            "former_currency_ids": [
                Command.set(currencies.ids if currencies is not None else [])
            ],
            "customer_id": move.partner.commercial_partner_id.id,
            "was_held": bool(account.hold_since),
            "is_known": bool(facts),
            "state": "requested",
            "requested_by": self.env.uid,
            "requested_on": fields.Datetime.now(),
        }

    @staticmethod
    def _get_odoo_limit(company, move):
        """Return Odoo's own limit of the former customer, in company currency."""
        return move.notes.get("limits", {}).get(company.id, 0.0)

    # === WHAT COUNTED === #

    @api.model
    def _list_facts(self, company, move, changed):
        """Return what counted for the former customer in a main company, in sentences
        for credit managers; nothing: the move takes nothing away.

        :param bool changed: the partner belongs to another customer now
        :return: list of str
        """
        facts = []
        if changed and move.customer._filter_credit_customers():
            facts = self._list_own_facts(company, move)
        for limit in self._find_lost_groups(company, move):
            facts.append(
                self.env._(
                    "Group limit of %(group)s: %(amount)s.",
                    group=limit.partner_id.display_name,
                    amount=limit.currency_id._format_amount(limit.amount),
                )
            )
        return facts

    @api.model
    def _list_own_facts(self, company, move):
        # each by its own name: what is called otherwise isn't translated
        customer, facts = move.customer, []
        account = self.env["credit.account"]._find(customer, company)
        if account.hold_since:
            facts.append(self.env._("On credit hold. %s", account.hold_reason or ""))
        if line := self._find_former_line(company, move):
            amount = line.currency.with_env(self.env)._format_amount(line.amount)
            facts.append(self.env._("Limit: %s.", amount))
        today = company._get_today()
        manual = self.env["credit.manual.grade"]._find(customer, company, today)
        if grade := manual.get(customer.id):
            facts.append(self.env._("Grade by hand: %s.", grade.upper()))
        if grade := customer.with_company(company).credit_assessment_id.grade:
            facts.append(self.env._("Grade: %s.", grade.upper()))
        if self._has_business(company, move):
            facts.append(self.env._("It owes, or ordered."))
        return facts

    @api.model
    def _find_former_line(self, company, move):
        lines = self.env["credit.limit"]._find_lines_of(move.customer, company)
        line = lines.get(move.customer.id)
        amount = self._get_odoo_limit(company, move)
        if (not line or not line.limit) and amount:
            return CreditLine(amount, company.currency_id, self.env["credit.limit"])
        return line

    @api.model
    def _has_business(self, company, move):
        """Whether the former customer owes in a main company, or has a confirmed
        order, with what was moved away from it."""
        Partner = self.env["res.partner"].with_context(active_test=False)
        left = Partner.search([("commercial_partner_id", "=", move.customer.id)])
        moved = Partner.search([("id", "child_of", move.partner.id)]).filtered(
            lambda partner: (
                partner.commercial_partner_id == move.partner.commercial_partner_id
            )
        )
        self.env.flush_all()
        return bool(
            self.env.execute_query(
                SQL(
                    """SELECT FROM account_move_line l
                         JOIN account_move v ON v.id = l.move_id
                        WHERE %(unsettled)s AND %(receivable)s
                          AND l.company_id = ANY(%(companies)s)
                          AND (l.partner_id = ANY(%(partners)s)
                               OR v.partner_id = ANY(%(partners)s)
                               OR l.id = ANY(%(lines)s))
                        UNION ALL
                       SELECT FROM sale_order
                        WHERE state = 'sale' AND company_id = ANY(%(companies)s)
                          AND partner_invoice_id = ANY(%(partners)s)
                        LIMIT 1""",
                    unsettled=UNSETTLED,
                    receivable=on_accounts("asset_receivable"),
                    companies=self.env["credit.exposure"]._find_branches(company).ids,
                    partners=(left | moved).ids,
                    lines=move.notes.get("lines", []),
                )
            )
        )

    @api.model
    def _find_lost_groups(self, company, move):
        """Return the group limits that hold over the former place and not over the new
        one."""
        return self._find_groups_over(company, move.parent) - self._find_groups_over(
            company, move.partner
        )

    @api.model
    def _find_groups_over(self, company, partners):
        Limit = self.env["credit.limit"]
        if not partners:
            return Limit
        Partner = self.env["res.partner"].with_context(active_test=False)
        heads = Partner.search([("id", "parent_of", partners.ids)])
        day = company._get_today()
        return Limit.search(
            Domain("partner_id", "in", heads.ids)
            & Limit._get_group_domain(company, day)
        )

    # === WHOSE FACTS COUNT === #

    @api.model
    def _find_formers(self, company, documents):
        """Find whose facts count for documents besides those of their customers.

        A customer that joined another one, or that left one, brings the former one's
        for all it buys; a contact that went from one to another, for what it buys
        itself.

        :param documents: records of a model with ``credit.checked.mixin``
        :return: {document: former customers}
        """
        found = {}
        for transfer in self._find_open(company).filtered("is_known"):
            moved, former = transfer.partner_id, transfer.former_customer_id
            customer = moved.commercial_partner_id
            if customer == former:
                continue
            for document in documents:
                if document._get_credit_partners() == customer and (
                    moved in former | customer
                    or transfer._is_above(document._get_credit_debtors())
                ):
                    found[document] = found.get(document, former) | former
        return found

    # === MERGED, DELETED === #

    @api.model
    def _record_merge(self, move):
        """A contact of one customer, or one customer, was merged into what belongs to
        another: that is a move.

        :param move: ``CustomerMove`` of the partner that stayed, from where the one
            that is deleted was
        """
        known = self.search(
            [
                ("partner_id", "=", move.partner.id),
                ("former_customer_id", "=", move.customer.id),
                ("state", "=", "requested"),
            ],
            limit=1,
        )
        if not known:
            self._record_one(move)

    @api.model
    def _check_contacts_kept(self, partners):
        """Refuse to delete partners whose contacts would lose what counts for them.

        :raises UserError: what is below these partners would buy without it
        """
        Partner = self.env["res.partner"].with_context(active_test=False)
        below = Partner.search(
            [("parent_id", "in", partners.ids), ("id", "not in", partners.ids)]
        )
        companies = self.env["credit.policy"].search([]).company_id
        for contact in below:
            customer = contact.commercial_partner_id
            move = CustomerMove(contact, customer, contact.parent_id, False, {})
            for company in companies:
                if customer == contact:
                    lost = self._find_groups_over(company, contact.parent_id)
                else:
                    lost = self._list_facts(company, move, changed=True)
                if lost:
                    raise UserError(
                        self.env._(
                            "%(partner)s has contacts whose credit depends on it: "
                            "archive it instead of deleting it.",
                            partner=contact.parent_id.display_name,
                        )
                    )

    # === ASKING === #

    def _begin(self):
        """Let the stricter side count, and ask who decides."""
        for transfer in self:
            transfer._hold_new()
            transfer._expire_reviews()
            transfer._notify_deciders()

    def _hold_new(self):
        """A customer that joins another one, or leaves one, while it is on hold, is
        on hold."""
        moved, company = self.partner_id, self.company_id
        customer = moved.commercial_partner_id
        if not self.was_held or moved not in self.former_customer_id | customer:
            return
        if customer == self.former_customer_id:
            return
        held = customer.with_company(company).credit_hold
        if held or not customer._filter_credit_customers():
            return

        def explain(env):
            return env._(
                "Until a credit manager decides: %(moved)s came from %(former)s, which "
                "is on credit hold.",
                moved=moved.name,
                former=self.former_customer_id.name,
            )

        customer._set_credit_hold(company, True, explain)
        account = self.env["credit.account"]._find(customer, company)
        account._write_guarded({"hold_transfer_id": self.id})

    def _expire_reviews(self):
        """End what was asked about documents of the moved partner: it was asked of
        another customer, and is asked anew."""
        reviews = self.env["credit.review"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("partner_id", "=", self.former_customer_id.id),
                ("state", "=", "requested"),
            ]
        )
        for review in reviews:
            document = review._get_document()
            if document and document._get_credit_partners() != review.partner_id:
                review._expire_requests(document)

    def _get_decision_question(self):
        return self.env._("A customer was moved: accept or refuse"), self.facts

    def _notify_nobody(self):
        localized = self.partner_id.with_context(lang=self.requested_by.lang)
        localized.activity_schedule(
            "mail.mail_activity_data_todo",
            summary=localized.env._("Nobody may decide on this move"),
            note=as_html(
                localized.env._(
                    "Give somebody else the rights of a credit manager: until one has "
                    "decided, the stricter terms of both customers count."
                )
            ),
            user_id=self.requested_by.id,
        )

    def _notify_moved(self):
        """Write in the threads of all concerned, which every employee reads: no
        figures."""
        transfer = self[:1]
        customer = transfer.customer_id
        body = self.env._(
            "%(moved)s was moved from %(former)s to %(customer)s.",
            moved=transfer.partner_id.name,
            former=(transfer.former_parent_id | transfer.former_customer_id)[:1].name,
            customer=(transfer.partner_id.parent_id | customer)[:1].name,
        )
        if "requested" in self.mapped("state"):
            body += " " + self.env._(
                "Until a credit manager has decided, the stricter terms of both count."
            )
        for partner in transfer.partner_id | transfer.former_customer_id | customer:
            partner.message_post(body=as_html(body))

    # === DECIDING === #

    def _get_decision_refusal(self, user):
        """Return why a user may not decide: the system decides on no move, whatever
        groups it is in."""
        if user.id == SUPERUSER_ID:
            return self._explain_no_decider()
        return super()._get_decision_refusal(user)

    def _get_decision_cap(self, user):
        return user._get_credit_cap(self.company_id)

    def _get_cap_refusal(self, user):
        """Return why a user's cap isn't enough for the limit that is granted."""
        cap = self._get_decision_cap(user)
        if cap is None:
            return False
        customer, currency = self.customer_id, self.company_id.currency_id
        lines = self.env["credit.limit"]._find_lines(customer, self.company_id)
        line = lines.get(customer.commercial_partner_id.id)
        granted = line and self.env["credit.policy"]._get_company_amount(
            line.amount, line.currency, self.company_id
        )
        if line and granted is not None and currency.compare_amounts(granted, cap) <= 0:
            return False
        return self.env._(
            "The limit of %(customer)s is above what you may approve (%(cap)s): leave "
            "it to somebody who may.",
            customer=customer.display_name,
            cap=currency._format_amount(cap),
        )

    def _explain_no_decider(self):
        return self.env._("A credit manager of that company decides on this.")

    def _explain_own(self):
        return self.env._(
            "You moved this customer yourself: another credit manager decides."
        )

    def _explain_not_asked(self):
        return self.env._("%s is decided already.", self.display_name)

    def _check_grantable(self):
        self._take_accounts()

    def _take_accounts(self):
        # sudo: nobody writes accounts by hand
        customers = self.former_customer_id | self.customer_id
        self.env["credit.account"].sudo()._take(customers, self.company_id)

    def _carry_out(self):
        """Accept the new place: what counts there counts alone from now on."""
        self._release_held()
        customers = self.former_customer_id | self.customer_id
        customers.commercial_partner_id._assess_credit(self.company_id)

    def _call_off(self, reason):
        """Put back what a credit manager refused; who moved it back did so already."""
        for transfer in self:
            if transfer.state == "refused":
                transfer._take_accounts()
            transfer._release_held()
            if transfer.state == "refused":
                transfer._put_back()

    def _announce_decision(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        self.partner_id.message_post(
            body=as_html(self.env._("The move: %s.", states[self.state])),
            partner_ids=self.requested_by.partner_id.ids,
        )

    def _release_held(self):
        """Release whom the former side holds: it counts no longer."""
        held = self.env["credit.account"].search([("hold_transfer_id", "in", self.ids)])
        for account in held:
            account.partner_id._set_credit_hold(
                account.company_id, False, lambda env: env._("Its move was decided on.")
            )
        # another move may still say so
        for company in held.company_id:
            for transfer in self._find_open(company):
                transfer._hold_new()

    def _put_back(self):
        # sudo: the right was checked
        transfer = self.sudo()
        _GOING_BACK.put_on(transfer.partner_id).write(
            {
                "parent_id": transfer.former_parent_id.id,
                "is_company": transfer.former_is_company,
            }
        )

    @api.model
    def _withdraw_undone(self, partner):
        """Take back what is asked about a partner that is where it was before.

        :return: True where it is, and nothing else is to be asked
        """
        opened = self.search(
            [("partner_id", "=", partner.id), ("state", "=", "requested")], order="id"
        )
        undone = opened.filtered(lambda transfer: transfer._is_undone())[:1]
        if undone:
            # with what it did since
            since = opened.filtered(lambda transfer: transfer.id >= undone.id)
            since._withdraw(self.env._("It was moved back."))
        return bool(undone) or _GOING_BACK.is_on(partner.env)

    def _is_undone(self):
        moved, parent = self.partner_id, self.former_parent_id
        if moved.commercial_partner_id != self.former_customer_id:
            return False
        if not parent or moved != self.former_customer_id:
            return True
        Partner = self.env["res.partner"].with_context(active_test=False)
        return parent in Partner.search([("id", "parent_of", moved.ids)])
