from odoo import api, fields, models
from odoo.tools import frozendict

from ...engine import payment_plans as engine
from ...engine.credit_statistics import move_to_pay_day
from .plan_money import INVOICES, exact, get_step

#: Moves whose plans are followed when the transaction ends.
LATER = "multicurrency_crm.followed_plans"


class AccountMove(models.Model):
    """An invoice of orders that are paid by a plan: its receivable has an item for each
    instalment, due when that is. Others cost nothing: whether an invoice has a plan is
    kept on itself."""

    _inherit = "account.move"

    has_payment_plan = fields.Boolean(
        string="Paid by a Plan", readonly=True, copy=False, groups="base.group_user"
    )
    payment_plan_id = fields.Many2one(
        "payment.plan",
        string="Deposit Of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
        groups="base.group_user",
        help="The instalment that this invoice was made for.",
    )

    # === COMPUTE METHODS === #

    @api.depends("has_payment_plan", "payment_plan_id")
    def _compute_needed_terms(self):
        """Let a draft's receivable have an item for each instalment that it invoices.
        What is posted stays as it is: its days alone are written."""
        result = super()._compute_needed_terms()
        # sudo: who invoices may not read what decides on it
        for move in self.sudo().filtered("has_payment_plan"):
            if move.state == "posted":
                terms = move._get_posted_terms()
            else:
                terms = move._get_planned_terms()
            if terms:
                move.needed_terms = terms
        return result

    def _get_receivables(self):
        return self.line_ids.filtered(lambda line: line.display_type == "payment_term")

    def _get_posted_terms(self):
        """Return the terms of a posted invoice: those that it has."""
        terms = {}
        for line in self._get_receivables():
            terms[line.term_key] = {
                "balance": line.balance,
                "amount_currency": line.amount_currency,
            }
        return terms

    def _get_planned_terms(self):
        """Return the terms of a draft, by the plans of its orders.

        :return: as ``needed_terms``; {} where Odoo's stay: no invoice, an early payment
            discount, nothing to split
        """
        core = self.needed_terms
        total = sum(values["amount_currency"] for values in core.values())
        balance = sum(values["balance"] for values in core.values())
        currency = self.currency_id
        if (
            self.move_type not in INVOICES
            or self.invoice_payment_term_id.early_discount
            or currency.compare_amounts(total, 0) <= 0
        ):
            return {}
        slices = self._find_plan_slices(exact(total, currency))
        if not any(piece.at for piece in slices):
            return {}
        usual = max(key["date_maturity"] for key in core)
        return self._cut_terms(slices, total, balance, usual)

    def _cut_terms(self, slices, total, balance, usual):
        """Return terms: an item for each slice, and together what the invoice comes to
        in both currencies.

        :param usual: day on which Odoo would have it due
        """
        Plan = self.env["payment.plan"]
        own, terms, left = self.company_currency_id, {}, balance
        for number, piece in enumerate(slices, 1):
            amount = float(piece.amount)
            part = own.round(balance * amount / total)
            part = own.round(left) if number == len(slices) else part
            left -= part
            plan = Plan.browse(piece.at)
            key = {
                "move_id": self.id,
                "date_maturity": self._get_plan_maturity(plan, usual)
                if plan
                else usual,
                "discount_date": False,
            }
            if plan:
                key["payment_plan_id"] = plan.id
            terms[frozendict(key)] = {"balance": part, "amount_currency": amount}
        return terms

    def _find_plan_slices(self, total):
        """Find what of each instalment a draft invoices, after what was posted.

        :param total: Decimal, in its currency
        :return: [``engine.payment_plans.Slice`` of an instalment's id]
        """
        lines = self.invoice_line_ids.filtered(lambda li: li.display_type == "product")
        whole = sum(lines.mapped("price_total"))
        slices, left = [], total
        orders = lines.sale_line_ids.order_id.filtered("has_payment_plan")
        step = get_step(self.currency_id)
        for order in orders.sorted("id") if whole else ():
            own = sum(
                lines.filtered(
                    lambda line, o=order: line.sale_line_ids.order_id == o
                ).mapped("price_total")
            )
            amount = exact(
                self.currency_id.round(float(total) * own / whole), self.currency_id
            )
            amount = min(amount, left)
            if amount <= 0 or order.currency_id != self.currency_id:
                continue
            slices += order._find_next_slices(amount, self.payment_plan_id)
            left -= amount
        if left >= step:
            slices.append(engine.Slice(None, left))
        return slices

    def _get_plan_maturity(self, plan, usual):
        """Return the day on which an instalment's item of this invoice falls due.

        :param usual: what the item says, or Odoo would
        """
        company = self.company_id
        issued = self.invoice_date or company._get_today()
        due = plan.date_due
        if plan.trigger == "invoice":  # each invoice by its own day
            due = fields.Date.add(issued, days=plan.days)
        waiting = engine.Waiting(due or None, plan.date_expected or None)
        return engine.get_maturity(waiting, issued, usual or None, company._get_today())

    def _compute_credit_expected_on(self):
        """What waits for its trigger is expected on the plan's day, not on the one to
        which it was put off."""
        result = super()._compute_credit_expected_on()
        # sudo: who reads the day may not read plans
        for move in self.sudo().filtered("has_payment_plan"):
            if not move.credit_expected_on:
                continue
            partner = move.commercial_partner_id.with_company(move.company_id)
            days = [
                item.payment_plan_id.date_expected or item.date_maturity
                for item in move._get_receivables()
                if not item.reconciled
            ]
            move.credit_expected_on = days and move_to_pay_day(
                min(days),
                partner.credit_assessment_id.expected_payment_days,
                move.company_id._get_today(),
            )
        return result

    # === FOLLOWING === #

    def _compute_payment_state(self):
        result = super()._compute_payment_state()
        self._follow_plans_later()
        return result

    def _filter_planned(self):
        """Filter invoices of orders with a plan, and credit notes of these."""
        # sudo: whoever posts or pays may not read it
        return self.sudo().filtered(
            lambda move: (
                move.has_payment_plan or move.reversed_entry_id.has_payment_plan
            )
        )

    def _follow_plans_later(self):
        """Follow the plans of these invoices once the transaction ends: Odoo is just
        computing what is open of them."""
        planned = self._filter_planned()
        ids = [move.id for move in planned if isinstance(move.id, int)]
        if not ids:
            return
        callbacks = self.env.cr.precommit
        if LATER not in callbacks.data:
            callbacks.data[LATER] = set()
            callbacks.add(self.env(su=True)["account.move"]._follow_noted_plans)
        callbacks.data[LATER].update(ids)

    @api.model
    def _follow_noted_plans(self):
        noted = self.env.cr.precommit.data.pop(LATER, ())
        self.browse(noted).exists()._follow_plans()

    def _follow_plans(self):
        """Bring the plans of these invoices' orders to what has happened."""
        orders = self.invoice_line_ids.sale_line_ids.order_id
        orders |= self.reversed_entry_id.invoice_line_ids.sale_line_ids.order_id
        self.env["payment.plan"]._follow(orders.filtered("has_payment_plan"))

    def _post(self, soft=True):
        # sudo: who posts may read no plan
        planned = self.sudo().filtered("has_payment_plan")
        if not planned:
            posted = super()._post(soft)
        elif len(self) > 1:
            # one after the other: what one invoices, the next one doesn't
            posted = super(AccountMove, self - planned.with_env(self.env))._post(soft)
            for move in planned.with_env(self.env).sorted(
                lambda m: (m._get_document_day(), m.id)
            ):
                posted |= move._post(soft)
            return posted
        else:
            planned._renew_planned_terms()
            posted = super()._post(soft)
        if followed := posted._filter_planned():
            followed._follow_plans()
        return posted

    def _renew_planned_terms(self):
        """Cut a draft's receivable anew: what was posted since may have taken the
        instalments that it was to invoice."""
        if self.state != "draft":
            return
        has = sorted(
            (li.payment_plan_id.id, li.amount_currency)
            for li in self._get_receivables()
        )
        self.invalidate_recordset(["needed_terms", "needed_terms_dirty"])
        needed = sorted(
            (key.get("payment_plan_id", False), values["amount_currency"])
            for key, values in self.needed_terms.items()
        )
        if has != needed:
            # Odoo cuts anew what changes: so the mark goes, and comes again
            self._note_plan(False)
            self._note_plan(True)

    def _note_plan(self, has_plan):
        """Write whether orders of these invoices have a plan."""
        # nobody changed the invoice by hand
        quietly = self.with_context(skip_is_manually_modified=True)
        changed = quietly.filtered(lambda move: move.has_payment_plan != has_plan)
        for move in changed:
            orders = move.invoice_line_ids.sale_line_ids.order_id
            if (
                has_plan
                or not any(orders.mapped("has_payment_plan"))
                or move.state == "draft"
            ):
                move._write_guarded({"has_payment_plan": has_plan})

    def _take_plan(self, plan):
        """Note the instalment that this draft was made for."""
        quietly = self.with_context(skip_is_manually_modified=True)
        quietly._write_guarded({"has_payment_plan": True, "payment_plan_id": plan.id})

    def _follow_plan_dates(self, slices):
        """Write when the items of this posted invoice are due, and with them the
        invoice: ageing, dunning and the portal read only that.

        An item of one instalment goes by it. One that was cut otherwise (the invoice
        was there before the plan) changes once it is known when all that it covers is
        due; with an early payment discount, never.

        :param slices: [``engine.payment_plans.Slice`` of an instalment's id]
        """
        if self.invoice_payment_term_id.early_discount:
            return
        Plan = self.env["payment.plan"]
        items = self._get_receivables().sorted(lambda li: (li.date_maturity, li.id))
        known = {piece.at for piece in slices}
        loose = items.filtered(lambda li: li.payment_plan_id.id not in known)
        covered = {}
        if loose == items:
            amounts = [exact(item.amount_currency, self.currency_id) for item in items]
            covered = dict(zip(items, engine.cut(slices, amounts), strict=True))
        quietly = self.with_context(
            skip_invoice_sync=True,
            skip_is_manually_modified=True,
            check_move_validity=False,
        )
        for item in items:
            if item.reconciled:
                continue
            day = item.date_maturity
            if item not in loose:
                day = self._get_plan_maturity(item.payment_plan_id, day)
            elif (ids := covered.get(item)) and all(ids):
                plans = Plan.browse(ids)
                if all(plan.date_due for plan in plans):
                    day = max(self._get_plan_maturity(plan, day) for plan in plans)
            if day != item.date_maturity:
                item.with_env(quietly.env).date_maturity = day
        if last := max(items.mapped("date_maturity"), default=None):
            if last != self.invoice_date_due and any(covered.values()) or items - loose:
                if last != self.invoice_date_due:
                    quietly.invoice_date_due = last
