from datetime import date, datetime, time, timedelta
from unittest.mock import patch

from odoo import Command, fields

from .lifecycle_common import LifecycleCommon

#: A Wednesday; the company works from Monday to Friday.
TODAY = date(2026, 11, 18)


class ReminderCommon(LifecycleCommon):
    """A company with a salesperson, a leader, and a manager of rules."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Rule = cls.env["customer.reminder.rule"]
        cls.Reminder = cls.env["customer.reminder"]
        group = "sales_team.group_sale_salesman,multicurrency_crm.group_user"
        cls.seller = cls._hire("reminded_seller", group)
        cls.leader = cls._hire(
            "reminded_leader",
            "sales_team.group_sale_salesman_all_leads,multicurrency_crm.group_user",
        )
        cls.manager = cls._hire(
            "reminding_manager",
            "sales_team.group_sale_manager,account.group_account_manager,"
            "multicurrency_crm.group_manager",
        )
        cls.team = cls.env["crm.team"].create(
            {
                "name": "Harbours",
                "user_id": cls.leader.id,
                "company_id": False,
                "member_ids": [Command.set(cls.seller.ids)],
            }
        )
        cls.customer.user_id = cls.seller
        cls.company.resource_calendar_id = cls.env["resource.calendar"].create(
            {"name": "Office hours", "company_id": cls.company.id, "tz": "UTC"}
        )
        cls._go_to(TODAY)

    @classmethod
    def _hire(cls, login, groups):
        return cls._create_salesperson(login, groups, email=f"{login}@harbour.example")

    @classmethod
    def _go_to(cls, day):
        """Have it be another day, from now on."""
        cls.today = day
        Company = cls.env.registry["res.company"]
        if hasattr(cls, "_clock"):
            cls._clock.stop()
        cls._clock = patch.object(Company, "_get_today", lambda _self: day)
        cls._clock.start()

    @classmethod
    def tearDownClass(cls):
        cls._clock.stop()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self._go_to(TODAY)

    @classmethod
    def _create_rule(cls, event="quotation_ending", steps=None, on=True, **values):
        """Make a rule of the seller, and switch it on."""
        steps = steps or [{}]
        rule = cls.Rule.create(
            {
                "name": "Something is to be done",
                "company_id": cls.company.id,
                "event": event,
                "user_id": cls.manager.id,
                "step_ids": [Command.create(vals) for vals in steps],
                **values,
            }
        )
        if on:
            rule.action_switch_on()
        return rule

    @classmethod
    def _send_quotation(cls, ends=0, partner=None, **values):
        """Send a quotation that expires so many days from today."""
        order = cls._create_order(
            partner,
            user_id=values.pop("user_id", cls.seller.id),
            validity_date=cls.today + timedelta(days=ends),
            **values,
        )
        # of the day that the clock says, and not of a day to come
        order.date_order = datetime.combine(cls.today, time(4))
        order.state = "sent"
        return order

    @classmethod
    def _remind(cls, days=0):
        """Have the job run, so many days later."""
        cls._go_to(cls.today + timedelta(days=days))
        cls.env.flush_all()
        cls.Reminder._cron_remind()
        cls.env.invalidate_all()

    @classmethod
    def _list_activities(cls, record, archived=False):
        """:return: open activities of a record"""
        return (
            cls.env["mail.activity"]
            .with_context(active_test=not archived)
            .search([("res_model", "=", record._name), ("res_id", "=", record.id)])
        )

    @classmethod
    def _take_leave(cls, first, last, user=None):
        """Have a colleague, or everybody, be away from one day to another."""
        calendar = cls.company.resource_calendar_id
        vals = {
            "name": "Away",
            "company_id": cls.company.id,
            "calendar_id": calendar.id,
            "date_from": datetime.combine(first, time(0)),
            "date_to": datetime.combine(last, time(23, 59, 59)),
        }
        if user:
            resource = cls.env["resource.resource"].create(
                {
                    "name": user.name,
                    "user_id": user.id,
                    "company_id": cls.company.id,
                    "calendar_id": calendar.id,
                }
            )
            vals["resource_id"] = resource.id
        return cls.env["resource.calendar.leaves"].create(vals)

    @classmethod
    def _find_mails(cls, user):
        return cls.env["mail.mail"].search(
            [("email_to", "ilike", user.email), ("state", "=", "outgoing")]
        )

    @classmethod
    def _to_day(cls, moment):
        return fields.Datetime.to_datetime(moment).date()
