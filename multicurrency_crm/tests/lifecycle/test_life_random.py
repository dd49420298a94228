"""Random lives, against a reference that looks at each document and day by itself."""

import random
from datetime import timedelta

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ...engine.lifecycle import PROVES, STAGES
from ..counts import tell
from .lifecycle_common import LifecycleCommon

STEPS, CHECKS = 60, 12
#: Payments that count.
LIVE = ("in_process", "paid")


@tagged("post_install", "-at_install")
class TestRandomLives(LifecycleCommon):
    """Three customers, one with a contact, a branch, and all that may be taken back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._found_branch("Harbour Ningbo")
        cls.customers = cls.customer + cls.env["res.partner"].create(
            [{"name": name, "is_company": True} for name in ("Second", "Third")]
        )
        cls.contact = cls._create_contact()
        cls.done, cls.seen = {}, {}

    def test_what_is_noted_is_what_happened(self):
        for seed in (8, 43):
            self.random = random.Random(seed)
            for step in range(STEPS):
                self._act()
                if step % CHECKS == CHECKS - 1:
                    self._follow()
                    self._check()
        self.assertGreater(len(self.done), 9, self.done)
        tell("random lives: %s", self.done)

    # === ACTING === #

    def _act(self):
        acts = {
            name.removeprefix("_act_"): getattr(self, name)
            for name in dir(self)
            if name.startswith("_act_")
        }
        name = self.random.choice(sorted(acts))
        if acts[name](self.random.randint(0, 300)) is not False:
            self.done[name] = self.done.get(name, 0) + 1

    def _pick(self, records):
        records = records.sorted("id")
        return records and self.random.choice(records)

    def _somebody(self):
        people = self.customers.exists() + self.contact
        return self.random.choice(people.sorted("id"))

    def _mine(self, model, *domain):
        domain = [
            ("partner_id.commercial_partner_id", "in", self.customers.ids),
            *domain,
        ]
        return self.env[model].with_context(active_test=False).search(domain)

    def _act_lead(self, days):
        self._open_lead(days, self._somebody())

    def _act_lose(self, days):
        lead = self._pick(self._mine("crm.lead", ("won_status", "=", "pending")))
        if not lead:
            return False
        lead.action_set_lost()
        return lead.write({"date_closed": self._days_ago(days // 2)})

    def _act_find_again(self, _days):
        lead = self._pick(self._mine("crm.lead", ("won_status", "=", "lost")))
        return lead.action_unarchive() if lead else False

    def _act_quote(self, days):
        self._quote(days, self._somebody())

    def _act_order(self, days):
        self._order(days, self._somebody())

    def _act_order_in_branch(self, days):
        self._order(days, self._somebody(), company_id=self.branch.id)

    def _act_confirm(self, _days):
        order = self._pick(self._mine("sale.order", ("state", "=", "draft")))
        return order.action_confirm() if order else False

    def _act_cancel(self, _days):
        order = self._pick(
            self._mine(
                "sale.order", ("state", "=", "sale"), ("invoice_ids", "=", False)
            )
        )
        return order._action_cancel() if order else False

    def _act_deliver(self, _days):
        order = self._pick(self._mine("sale.order", ("state", "=", "sale")))
        return order.order_line.write({"qty_delivered": 2}) if order else False

    def _act_invoice(self, days):
        order = self._pick(
            self._mine(
                "sale.order",
                ("state", "=", "sale"),
                ("invoice_status", "=", "to invoice"),
                ("company_id", "=", self.company.id),
            )
        )
        if not order:
            return False
        invoice = order._create_invoices(final=True)
        invoice.invoice_date = self._days_ago(days // 3 - 20)  # some are to come
        invoice.action_post()
        return True

    def _act_ask_deposit(self, days):
        order = self._pick(
            self._mine(
                "sale.order",
                ("state", "=", "sale"),
                ("invoice_ids", "=", False),
                ("company_id", "=", self.company.id),
            )
        )
        if not order:
            return False
        vals = {"advance_payment_method": "percentage", "amount": 30}
        wizard = self.env["sale.advance.payment.inv"].create(
            {**vals, "sale_order_ids": [Command.set(order.ids)]}
        )
        wizard.create_invoices()
        order.invoice_ids.invoice_date = self._days_ago(days // 3)
        order.invoice_ids.action_post()
        return True

    def _open_invoice(self):
        return self._pick(
            self._mine(
                "account.move",
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
            )
        )

    def _act_pay(self, days):
        invoice = self._open_invoice()
        return self._pay(invoice, days // 4) if invoice else False

    def _act_pay_a_part(self, days):
        invoice = self._open_invoice()
        return self._pay(invoice, days // 4, amount=10.0) if invoice else False

    def _act_reverse(self, _days):
        invoice = self._pick(
            self._mine(
                "account.move",
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "=", "not_paid"),
            )
        )
        return self._take_back(invoice) if invoice else False

    def _act_bounce(self, _days):
        payment = self._pick(
            self._mine("account.payment", ("state", "in", ("in_process", "paid")))
        )
        if not payment:
            return False
        payment.action_draft()
        return payment.action_cancel()

    def _act_delete(self, _days):
        order = self._pick(self._mine("sale.order", ("state", "=", "draft")))
        return order.unlink() if order else False

    def _act_move_contact(self, _days):
        self.contact.parent_id = self._pick(self.customers.exists())

    def _act_give_away(self, _days):
        lead = self._pick(self._mine("crm.lead"))
        return lead.write({"partner_id": self._somebody().id}) if lead else False

    def _act_leave_nobody(self, _days):
        lead = self._pick(self._mine("crm.lead"))
        return lead.write({"partner_id": False}) if lead else False

    def _act_become_contact(self, _days):
        """A company is put under another one, as by mistake, or set free again."""
        last, first = self.customers[-1:].exists(), self.customers[0]
        if not last:
            return False
        is_free = last.commercial_partner_id == last
        return last.write(
            {"parent_id": is_free and first.id, "is_company": not is_free}
        )

    def _act_merge(self, _days):
        customers = self.customers.exists()
        if len(customers) < 3 or self.done.get("become_contact", 0) < 3:
            return False
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        gone, stays = customers[2], customers[1]
        if gone.parent_id:
            return False
        merge._merge(customers[1:].ids, stays)
        self.env.invalidate_all()
        self.seen = {
            key: tuple(stays.id if one == gone.id else one for one in whose)
            for key, whose in self.seen.items()
        }
        return True

    # === THE REFERENCE === #

    def _check(self):
        self._note_seen()
        for customer in self.customers.exists():
            facts = self._find_reference(customer)
            self.assertCountEqual(self._find_noted(customer), facts)
            if customer.commercial_partner_id == customer:
                self._check_stage(customer, facts)

    def _find_noted(self, customer):
        return [
            (one.kind, one.res_model, one.res_id, one.date)
            for one in self.Milestone.search(
                [("partner_id", "=", customer.id), ("is_void", "=", False)]
            )
        ]

    def _day(self, moment):
        return self.company._get_day_of(moment)

    def _note_seen(self):
        """Note whose each document was at the first night that saw it, or saw it with
        another partner: an invoice says so itself."""
        for model in ("crm.lead", "sale.order", "account.move", "account.payment"):
            records = self.env[model].with_context(active_test=False).search([])
            for one in records:
                partner = one.partner_id
                if model == "account.payment" and one.state not in LIVE:
                    continue
                if model == "account.move" and one.state != "posted":
                    continue
                key = (model, one.id)
                if key not in self.seen or self.seen[key][0] != partner.id:
                    origin = partner.commercial_partner_id
                    if model == "account.move":
                        origin = one.commercial_partner_id
                    self.seen[key] = (partner.id, origin.id)

    def _find_reference(self, customer):
        """Look at each document of a customer by itself."""
        origins = self.env["res.partner"].browse(
            {origin for _partner, origin in self.seen.values() if origin}
        )
        mine = {
            origin.id for origin in origins if origin.commercial_partner_id == customer
        }
        found = []

        def search(model):
            ids = [
                key
                for (name, key), (_partner, origin) in self.seen.items()
                if name == model and origin in mine
            ]
            records = self.env[model].with_context(active_test=False)
            return records.search([("id", "in", ids)])

        for lead in search("crm.lead"):
            found.append(("lead", lead._name, lead.id, self._day(lead.create_date)))
            if lead.won_status == "lost":
                closed = self._day(lead.date_closed or lead.create_date)
                found.append(("lost_lead", lead._name, lead.id, closed))
        orders = []
        for order in search("sale.order"):
            found += self._list_of_order(order, orders)
        orders.sort()
        found += [
            ("repeat", "sale.order", order_id, day)
            for day, _noted, order_id in orders[1:]
        ]
        for move in search("account.move"):
            found += self._list_of_move(move)
        for payment in search("account.payment"):
            if payment.state in LIVE:
                found.append(("payment", payment._name, payment.id, payment.date))
        return found

    def _list_of_order(self, order, orders):
        if order.state == "cancel":
            return []
        key = (order._name, order.id)
        quoted = min(order.create_date, order.date_order)
        found = [("quotation", *key, self._day(quoted))]
        if order.state == "sale":
            day = self._day(order.date_order)
            found.append(("order", *key, day))
            noted = self.Milestone.search(
                [("kind", "=", "order"), ("res_id", "=", order.id)], limit=1
            )
            orders.append((day, noted.id, order.id))
            if any(line.qty_delivered for line in order.order_line):
                found.append(("shipment", *key, self._get_delivered(order)))
        return found

    def _get_delivered(self, order):
        """The day stays on which a delivery was first seen."""
        noted = self.Milestone.search(
            [("kind", "=", "shipment"), ("res_id", "=", order.id)]
        )
        self.assertEqual(len(noted), 1)
        return noted.date

    def _list_of_move(self, move):
        if move.state != "posted":
            return []
        key = (move._name, move.id)
        if move.move_type == "out_refund":
            return [("credit_note", *key, move.invoice_date)]
        if move.move_type != "out_invoice" or move.payment_state == "reversed":
            return []
        lines = move.invoice_line_ids.filtered(
            lambda line: line.display_type == "product"
        )
        advances = lines.filtered("is_downpayment")
        if not any((lines - advances).mapped("price_subtotal")):
            return [("deposit", *key, move.invoice_date)]
        found = [("invoice", *key, move.invoice_date)]
        same = advances.sale_line_ids.invoice_lines.move_id - move
        deposits = same.filtered(
            lambda one: one.state == "posted" and one.move_type == "out_invoice"
        )
        states = set(deposits.mapped("payment_state"))
        if move.payment_state == "paid" and states <= {"paid", "reversed"}:
            partials = (move + deposits).line_ids.matched_credit_ids
            found.append(("paid", *key, max(partials.mapped("max_date"))))
        return found

    def _check_stage(self, customer, facts):
        life, happened = self._get_life(customer), facts
        facts = [fact for fact in happened if fact[3] <= self.today]
        self._check_lost(life, facts)
        spans = self.env["customer.stage.interval"].search([("life_id", "=", life.id)])
        days = sorted({day for _kind, _model, _id, day in facts} | {self.today})
        for day in days + [day + timedelta(1) for day in days]:
            expected = self._get_stage_on(facts, day)
            found = spans.filtered(
                lambda one, day=day: (
                    one.date_from <= day and (not one.date_to or day < one.date_to)
                )
            )
            self.assertEqual(found.mapped("stage"), [expected] if expected else [])
        self.assertEqual(life.stage or None, self._get_stage_on(facts, days[-1]))
        newest = max((day for *_names, day in facts), default=None)
        self.assertEqual(life.last_fact_date or None, newest)
        self.assertEqual(life.is_dormant, bool(newest) and self._is_old(newest))

    def _check_lost(self, life, facts):
        newest = max((day for *_names, day in facts), default=self.today)
        silent = (self.today - newest).days >= self.company.lifecycle_lost_days
        leads = sorted((day, key) for kind, _, key, day in facts if kind == "lead")
        lost = {key for kind, _model, key, _day in facts if kind == "lost_lead"}
        ordered = any(kind == "order" for kind, *_others in facts)
        given_up = bool(leads) and leads[-1][1] in lost and not ordered
        self.assertEqual(life.is_lost, silent or given_up)

    def _is_old(self, day):
        return (self.today - day).days >= self.company.lifecycle_dormant_days

    def _get_stage_on(self, facts, day):
        known = [(kind, key) for kind, _model, key, on in facts if on <= day]
        proved = {PROVES[kind] for kind, _key in known if kind in PROVES}
        if len({key for kind, key in known if kind == "order"}) > 1:
            proved.add("repeat")
        return next((stage for stage in reversed(STAGES) if stage in proved), None)


@tagged("post_install", "-at_install")
class TestLifeSpeed(LifecycleCommon):
    """Queries don't grow with customers, nor with what happened."""

    def _count(self):
        lives = self.Life.search([("company_id", "=", self.company.id)]).sudo()
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(100):
            before = self.env.cr.sql_log_count
            lives._stage()
            self.env.flush_all()
            staged = self.env.cr.sql_log_count - before
        before = self.env.cr.sql_log_count
        self.Milestone._gather(self.company)
        return staged, self.env.cr.sql_log_count - before

    def test_queries_are_the_same_for_many(self):
        self._order(9)
        self._follow()
        few = self._count()
        partners = self.env["res.partner"].create(
            [{"name": f"Many {number}", "is_company": True} for number in range(40)]
        )
        for partner in partners:
            self._order(9, partner)
            self._order(5, partner)
        self._follow()
        self.assertEqual(self._count(), few)

    def test_a_list_of_customers_computes_none(self):
        self._order(9)
        self._follow()
        Partner = self.env["res.partner"]
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertQueryCount(4):
            Partner.search(
                [("lifecycle_stage", "=", "ordered")], order="last_contact_date desc"
            )
            Partner._read_group([], ["lifecycle_stage"], ["__count"])

    def test_partners_are_written_once(self):
        self._order(9)
        self._follow()
        self._order(3)
        self.env.flush_all()
        before = self._get_version()
        self._follow()
        self.assertEqual(self._get_life().stage, "repeat")
        self.assertEqual(self._get_version(), before)

    def _get_version(self):
        self.env.cr.execute(
            SQL("SELECT ctid::text FROM res_partner WHERE id = %s", self.customer.id)
        )
        return self.env.cr.fetchone()
