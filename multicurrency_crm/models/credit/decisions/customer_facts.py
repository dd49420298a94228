import logging

from odoo import api, models

from ....engine.errors import ScoreError
from ...common.customer_facts import CustomerMove
from ...common.html_text import as_html
from ..groups import MANAGER
from ..limits.credit_limit import PRECEDENCE, CreditLine

_logger = logging.getLogger(__name__)


class CustomerFacts(models.AbstractModel):
    """Limits, holds, grades, assessments and decisions."""

    _inherit = "customer.facts"

    @api.model
    def _are_kept(self):
        return super()._are_kept() or self.env["credit.policy"]._is_used()

    # === MOVED === #

    @api.model
    def _note_place(self, partner):
        """Note what Odoo overwrites of a customer's credit.

        :return: with ``limits``: {company's id: Odoo's own limit of its customer}, one
            of the fields that Odoo copies; and ``lines``: ids of its open journal items
            without a document's partner, whose own partner Odoo changes
        """
        customer, Limit = partner.commercial_partner_id, self.env["credit.limit"]
        notes = super()._note_place(partner)
        # sudo: the policies are the companies', whoever moves the partner
        companies = self.env["credit.policy"].sudo().search([]).company_id
        notes["limits"] = {
            company.id: line.amount
            for company in companies
            for line in Limit._find_own_lines(customer, company).values()
        }
        # sudo: nor does who moves a partner read what it owes
        items = self.env["account.move.line"].sudo()
        notes["lines"] = items.search(
            [
                ("partner_id", "=", partner.id),
                ("parent_state", "=", "posted"),
                ("reconciled", "=", False),
                ("account_type", "=", "asset_receivable"),
                ("move_id.partner_id", "=", False),
            ]
        ).ids
        return notes

    @api.model
    def _follow_moved(self, moves):
        result = super()._follow_moved(moves)
        self.env["credit.transfer"]._record(moves)
        return result

    @api.model
    def _check_deletable(self, partners):
        """Check contacts of a partner that is deleted: they become customers of their
        own."""
        result = super()._check_deletable(partners)
        # sudo: whoever may delete the partner may not read what counts for it
        self.env["credit.transfer"].sudo()._check_contacts_kept(partners.sudo())
        return result

    # === MERGED === #

    @api.model
    def _get_merged_keys(self):
        return super()._get_merged_keys() | {
            ("credit.account", ("company_id", "partner_id")),
            ("credit.assessment", ("company_id", "date", "partner_id")),
        }

    @api.model
    def _prepare_merge(self, sources, destination):
        """Keep the stricter of each: hold, limit, grade by hand; what is under decision
        is asked anew."""
        result = super()._prepare_merge(sources, destination)
        partners = destination | sources
        self._expire_decisions(partners)
        self._keep_holds(sources, destination)
        # a contact has the limit of its customer: where that one changes is a move
        customers = partners.filtered(
            lambda partner: partner.commercial_partner_id == partner
        )
        limits = self.env["credit.limit"].search([("partner_id", "in", partners.ids)])
        for company in limits.company_id:
            self._keep_lower_limit(company, customers)
            self._keep_lower_group_limits(company, partners)
        if destination in customers:
            self._keep_lower_own_limits(customers, destination)
        self._keep_worse_grades(partners)
        self._keep_one_account(sources, destination)
        self._keep_one_assessment(sources, destination)
        return result

    @api.model
    def _expire_decisions(self, partners):
        """End decisions about documents: an approval was given to another customer than
        the merged one is."""
        Review = self.env["credit.review"]
        reviews = Review.search(
            [
                ("partner_id", "in", partners.ids),
                ("state", "in", ("requested", "approved")),
            ]
        )
        for review in reviews:
            document = review._get_document()
            if review.state == "requested" and document:
                Review._expire_requests(document)
            elif review.state == "approved" and review._is_unused():
                review._decide_as_system("ended")

    # === HOLDS === #

    @api.model
    def _keep_holds(self, sources, destination):
        Account = self.env["credit.account"]
        held = Account.search(
            [("partner_id", "in", sources.ids), ("hold_since", "!=", False)]
        )
        for company, accounts in held.grouped("company_id").items():
            by_hand = accounts.filtered(lambda account: not account.hold_by_rule)
            account = (by_hand or accounts)[0]
            known = Account._find(destination, company)
            if known.hold_since and (not known.hold_by_rule or account.hold_by_rule):
                continue  # as strict already

            def explain(env, account=account):
                return env._(
                    "%(customer)s, with which it was merged, was on credit hold. "
                    "%(reason)s",
                    customer=account.partner_id.display_name,
                    reason=account.with_context(lang=env.lang).hold_reason or "",
                )

            by_rule = account.hold_by_rule
            if destination.commercial_partner_id == destination:
                destination._set_credit_hold(company, True, explain, by_rule=by_rule)
            else:
                known = known or Account._get_or_create(destination, company)
                known._keep_hold(True, explain, by_rule=by_rule)
        self._release_sources(sources)

    @api.model
    def _release_sources(self, sources):
        """Release the partners that are deleted, once what is kept is written: Odoo
        would write their marks once more, with the rights of whoever merges, on a
        contact of another customer, too."""
        Company = self.env["res.company"].with_context(active_test=False)
        for company in Company.search([]):
            here = sources.with_company(company)
            here.filtered("credit_hold")._write_credit_hold(False)

    # === LIMITS === #

    @api.model
    def _keep_lower_limit(self, company, customers):
        """Keep the lowest of the limits that count for each today; those that would
        come before it end, and of one kind all but the lowest."""
        lines = self.env["credit.limit"]._find_lines_of(customers, company)
        known = self._find_approved_limits(company, customers, is_group=False)
        if len(lines.keys() | set(known.partner_id.ids)) < 2:
            return
        before, kept = (), known.browse()
        if lines:
            lowest = min(lines.values(), key=lambda line: self._weigh(company, line))
            before, kept = PRECEDENCE, lowest.limit
        if kept:
            before = PRECEDENCE[: PRECEDENCE.index(kept.kind) + 1]
        ended = known.filtered(lambda limit: limit.kind in before) - kept
        self._end_limits(company, ended | self._list_higher(company, known - ended))

    @api.model
    def _keep_lower_group_limits(self, company, partners):
        known = self._find_approved_limits(company, partners, is_group=True)
        self._end_limits(company, self._list_higher(company, known))

    @api.model
    def _find_approved_limits(self, company, partners, *, is_group):
        """Return the approved limits that count today, or will."""
        today = company._get_today()
        return self.env["credit.limit"].search(
            [
                ("partner_id", "in", partners.ids),
                ("company_id", "=", company.id),
                ("is_group", "=", is_group),
                ("state", "=", "approved"),
                "|",
                ("date_end", "=", False),
                ("date_end", ">=", today),
            ]
        )

    @api.model
    def _list_higher(self, company, limits):
        """Return of each kind that several customers have all limits but the lowest."""
        higher = limits.browse()
        for same in limits.grouped("kind").values():
            if len(same.partner_id) > 1:
                higher |= same - min(
                    same,
                    key=lambda limit: self._weigh(
                        company, CreditLine(limit.amount, limit.currency_id, limit)
                    ),
                )
        return higher

    @api.model
    def _weigh(self, company, line):
        """Return what limits are compared by: the amount in company currency at today's
        rate; one without a rate is below all, because nothing can be held against it.

        :param line: ``CreditLine``
        """
        own, currency = company.currency_id, line.currency
        if own.is_zero(line.amount) or currency == own:
            return line.amount
        spot = currency._find_spot(company).get(currency.id)
        return line.amount / spot.rate if spot else -1.0

    @api.model
    def _end_limits(self, company, limits):
        """End limits whose customers were merged, and ask who decides what is to
        count."""
        deciders = self._find_deciders(company)
        for limit in limits:
            limit._end(company._get_today())
            for user in deciders:
                limit.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=self.env._("Customers were merged: decide on the limit"),
                    note=as_html(
                        self.env._(
                            "Two limits would count. The lower one does, until another "
                            "is approved."
                        )
                    ),
                    user_id=user.id,
                )

    @api.model
    def _find_deciders(self, company):
        return self.env.ref(MANAGER).all_user_ids.filtered(
            lambda user: user.active and not user.share and company in user.company_ids
        )

    @api.model
    def _keep_lower_own_limits(self, customers, destination):
        """Keep the lowest of Odoo's own limits, in the companies that use them."""
        Company = self.env["res.company"].with_context(active_test=False)
        for company in Company.search([("account_use_credit_limit", "=", True)]):
            lines = self.env["credit.limit"]._find_own_lines(customers, company)
            here = destination.with_company(company)
            lowest = min((line.amount for line in lines.values()), default=0.0)
            if company.currency_id.compare_amounts(here.credit_limit, lowest) != 0:
                here.credit_limit = lowest

    # === GRADES, ACCOUNTS, ASSESSMENTS === #

    @api.model
    def _keep_worse_grades(self, partners):
        grades = self.env["credit.manual.grade"].search(
            [("partner_id", "in", partners.ids), ("state", "=", "approved")]
        )
        for company, here in grades.grouped("company_id").items():
            today = company._get_today()
            counting = here.filtered_domain([("date_end", ">=", today)])
            worst = max(counting, key=lambda grade: grade.grade, default=here.browse())
            (here - worst)._write_guarded({"state": "ended"})

    @api.model
    def _keep_one_account(self, sources, destination):
        """Keep one row a company: of the partner that stays, with all decisions."""
        partners = destination | sources
        Account = self.env["credit.account"]
        accounts = Account.search([("partner_id", "in", partners.ids)])
        for same in accounts.grouped("company_id").values():
            kept = same.filtered(lambda a: a.partner_id == destination) or same[0]
            if len(same) > 1:
                kept.decisions = sum(same.mapped("decisions"))
                (same - kept).unlink()

    @api.model
    def _keep_one_assessment(self, sources, destination):
        """Keep one row a company and day: of two the worse. The partner that stays
        reads the newest."""
        partners = destination | sources
        Assessment = self.env["credit.assessment"]
        rows = Assessment.search([("partner_id", "in", partners.ids)])
        for same in rows.grouped(lambda row: (row.company_id, row.date)).values():
            worst = max(same, key=lambda row: (row.grade or "", -row.score))
            (same - worst).unlink()
        for company, here in rows.exists().grouped("company_id").items():
            newest = max(here, key=lambda row: row.date)
            Assessment._point_partners(company, [(newest.id, destination.id)])

    # === AFTERWARDS === #

    @api.model
    def _finish_merge(self, sources, destination):
        result = super()._finish_merge(sources, destination)
        if not self.env["credit.policy"]._is_used():
            return result
        Transfer = self.env["credit.transfer"]
        for source in sources:
            move = CustomerMove(
                destination,
                source.commercial_partner_id,
                source.parent_id,
                source.is_company,
                {},
            )
            Transfer._record_merge(move)
        destination._follow_credit_hold()
        self._assess_merged(destination)
        return result

    @api.model
    def _assess_merged(self, destination):
        """Assess the merged customer; where that fails, the last grade stays, and the
        log says why."""
        companies = self.env["credit.policy"].search([]).company_id
        for company in companies:
            try:
                with self.env.cr.savepoint():
                    destination.commercial_partner_id._assess_credit(company)
            except ScoreError:
                _logger.exception(
                    "Customer %s can't be assessed", destination.display_name
                )
