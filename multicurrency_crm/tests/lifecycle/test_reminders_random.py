"""Random facts, against a reference that looks at each day and document by itself."""

import random
from datetime import timedelta

from odoo.tests import tagged

from .reminder_common import TODAY, ReminderCommon

DAYS = 30


@tagged("post_install", "-at_install")
class TestRandomReminders(ReminderCommon):
    """Quotations that come, are extended, ordered or cancelled, holidays, and people
    who do or delete what they were reminded of."""

    def setUp(self):
        super().setUp()
        self.off = {TODAY + timedelta(at) for at in (5, 6, 7, 14)}
        for day in self.off:
            self._take_leave(day, day)

    def _works(self, day):
        return day.weekday() < 5 and day not in self.off

    def _due(self, rule, end):
        """:return: the day on which a rule reminds of a quotation's last day"""
        step = timedelta(-1 if rule.direction == "before" else 1)
        left, day = rule.days, end
        if rule.day_kind == "working" and left:
            while left:
                day += step
                left -= self._works(day)
            return day
        day += step * left
        while not self._works(day):
            day += step
        return day

    def test_each_is_told_once_when_it_is_due(self):
        for seed in (5, 11):
            self.random = random.Random(seed)
            self._go_to(TODAY)
            self._play()

    def _play(self):
        pick = self.random
        rules = [
            self._create_rule(
                days=days, direction=direction, day_kind=kind, look_back=10
            )
            for days, direction, kind in (
                (0, "after", "calendar"),
                (3, "before", "calendar"),
                (2, "before", "working"),
                (2, "after", "working"),
            )
        ]
        orders, told, over = [], {}, set()
        for _day in range(DAYS):
            for _number in range(pick.randint(0, 2)):
                orders.append(self._send_quotation(pick.randint(-12, 9)))
            self._act(pick, orders, told, over)
            self._remind()
            self._expect(rules, orders, told, over)
            self._go_to(self.today + timedelta(1))
        self.assertGreater(len(told), 30)
        self.assertGreater(len(over), 3)
        for rule in rules:
            rule.action_switch_off()
        for order in orders:
            order.state = "cancel"

    def _act(self, pick, orders, told, over):
        """Do something with one of the quotations, or with what somebody was told."""
        is_sent = [order for order in orders if order.state == "sent"]
        act = pick.choice(("extend", "order", "cancel", "done", "delete", "wait"))
        if act == "extend" and is_sent:
            order = pick.choice(is_sent)
            order.validity_date += timedelta(pick.randint(1, 6))
        elif act == "order" and is_sent:
            pick.choice(is_sent).action_confirm()
        elif act == "cancel" and is_sent:
            pick.choice(is_sent)._action_cancel()
        elif act in ("done", "delete") and told:
            key = pick.choice(sorted(told, key=str))
            activity = self._find_activity(*key)
            if activity:
                over.add(key)
                activity.action_done() if act == "done" else activity.unlink()

    def _find_activity(self, rule_id, order_id, end):
        return self.Reminder.search(
            [
                ("rule_id", "=", rule_id),
                ("res_id", "=", order_id),
                ("fact_date", "=", end),
            ]
        ).line_ids.activity_id.filtered("active")

    def _expect(self, rules, orders, told, over):
        if self._works(self.today):
            for rule in rules:
                for order in orders:
                    end = order.validity_date
                    due, key = self._due(rule, end), (rule.id, order.id, end)
                    is_late = rule.direction == "before" and end < self.today
                    is_old = due < self.today - timedelta(rule.look_back)
                    if order.state != "sent" or due > self.today:
                        continue
                    if not is_late and not is_old:
                        told.setdefault(key, self.today)
        found = {
            (one.rule_id.id, one.res_id, one.fact_date): one.started_on
            for one in self.Reminder.search([("rule_id", "in", [r.id for r in rules])])
        }
        self.assertEqual(found, told)
        if not self._works(self.today):
            return
        by_id = {order.id: order for order in orders}
        for key in told:
            order = by_id[key[1]]
            holds = order.state == "sent" and order.validity_date == key[2]
            is_open = bool(self._find_activity(*key))
            self.assertEqual(is_open, holds and key not in over, key)
