"""The job of reminders: it finds facts, remembers each, and takes the steps of its
rule."""

import json
from functools import partial
from typing import NamedTuple

from odoo import api, models
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.mail import email_normalize_all

from ...engine.working_calendar import WorkingCalendar, find_due_days
from ..common.html_text import as_html
from ..common.scheduled_job import ScheduledJob
from .customer_reminder_source import COLUMNS

#: Reminders of one transaction.
CHUNK = 200


class Told(NamedTuple):
    """A step that is taken, of one reminder."""

    reminder: models.BaseModel
    step: models.BaseModel
    number: int  # its place among the rule's steps, from 1
    user: models.BaseModel  # who is told; empty: nobody


class CustomerReminder(models.Model):
    """The job."""

    _inherit = "customer.reminder"

    @api.model
    def _cron_remind(self):
        """Remind of what has fallen due, for each company whose night it is and that
        works today."""
        # sudo: a job works for all companies
        Rule = self.env["customer.reminder.rule"].sudo()
        with ScheduledJob(self) as job:
            rules = Rule.with_context(active_test=False).search(self._get_at_work())
            for company in rules.company_id.filtered("active"):
                of_company = rules.filtered(lambda r, c=company: r.company_id == c)
                self._remind(job, company, of_company)

    @api.model
    def _get_at_work(self):
        """Return the domain of the rules with something to do: those that are switched
        on, and those of which something is open."""
        # sudo: a job works for all companies
        still_open = self.sudo()._search([("state", "=", "open")])
        on = Domain("state", "=", "on") & Domain("active", "=", True)
        return on | Domain("id", "in", still_open.subselect("rule_id"))

    @api.model
    def _remind(self, job, company, rules):
        """Remind of what has fallen due in a company.

        :param job: ``ScheduledJob``
        :param company: main ``res.company`` with sudo
        :param rules: of that company, likewise
        """
        calendar = company._get_working_calendar()
        if not calendar.is_working(company._get_today()):
            return
        for rule in rules.filtered(
            lambda rule: company._is_night_due(rule.reminded_on)
        ):
            if not job.do(partial(self._begin, rule, calendar), rule, count=0):
                job.set_aside()
        # sudo: a job works for all colleagues
        Reminder = self.sudo()
        domain = self._get_due_domain(company)
        job.work_off(Reminder, domain, type(self)._take_steps, CHUNK)
        if not job.do(partial(self._send_digests, company), company, count=0):
            job.set_aside()

    @api.model
    def _get_due_domain(self, company):
        """Return the domain of the reminders with a step that is due."""
        return (
            Domain("company_id", "=", company.id)
            & Domain("state", "=", "open")
            & Domain("next_on", "<=", company._get_today())
            & Domain("rule_id.state", "=", "on")
            & Domain("rule_id.active", "=", True)
            & Domain("partner_id.active", "=", True)
        )

    # === FACTS === #

    @api.model
    def _begin(self, rule, calendar):
        """Remember the new facts of a rule, and close what holds no longer, or what
        colleagues have done.

        :param rule: with sudo
        :param calendar: ``WorkingCalendar`` of its company
        """
        rule.invalidate_recordset()
        self._find_done(Domain("rule_id", "=", rule.id))._close("done")
        self._find_gone(rule)._close("gone")
        if rule.state == "on" and rule.active and rule.step_ids:
            self._replace_people(rule, calendar)
            self._remember(rule, calendar)
        rule._write_guarded({"reminded_on": self.env.cr.now()})

    @api.model
    def _remember(self, rule, calendar):
        """Make the rows of facts that fall due and that have none: of two workers, one
        is tried again and finds them."""
        query = self._get_due_query(rule, calendar)
        if not query:
            return
        today = rule.company_id._get_today()
        first = rule.step_ids[:1]
        columns = [SQL.identifier(name) for name, _type in COLUMNS]
        self.env.cr.execute(
            SQL(
                """INSERT INTO customer_reminder
                          (%(columns)s, due_date, rule_id, event, company_id, state,
                           step, started_on, next_on, create_uid, write_uid,
                           create_date, write_date)
                   SELECT %(columns)s, due_date, %(rule)s, %(event)s, %(company)s,
                          'open', 0, %(today)s, %(next_on)s, %(uid)s, %(uid)s,
                          %(now)s, %(now)s
                     FROM (%(query)s) q ORDER BY fact_date, partner_id, res_id
              ON CONFLICT DO NOTHING""",
                columns=SQL(", ").join(columns),
                rule=rule.id,
                event=rule.event,
                company=rule.company_id.id,
                today=today,
                next_on=first and calendar.add(today, first.days) or None,
                uid=self.env.uid,
                now=self.env.cr.now(),
                query=query,
            )
        )
        self.invalidate_model()

    @api.model
    def _get_due_query(self, rule, calendar):
        """Return the query of the facts that fall due, for whom the rule is meant, and
        of which nobody has been reminded; None where no day is left."""
        today = rule.company_id._get_today()
        days = find_due_days(calendar, rule._get_distance(), today, rule.look_back)
        if not days:
            return None
        self.env.flush_all()
        due = [
            {"fact_date": str(day), "due_date": str(due)} for day, due in days.items()
        ]
        return SQL(
            """SELECT DISTINCT ON (s.res_model, s.res_id, s.fact_date) s.*, d.due_date
                 FROM (%(facts)s) s
                 JOIN jsonb_to_recordset(%(days)s::jsonb)
                      AS d (fact_date date, due_date date) ON d.fact_date = s.fact_date
                 JOIN res_partner c ON c.id = s.partner_id AND c.active
            LEFT JOIN customer_life l ON l.partner_id = s.partner_id
                                     AND l.company_id = %(company)s
                WHERE %(audience)s
                  AND NOT EXISTS (SELECT FROM customer_reminder r
                                   WHERE r.rule_id = %(rule)s
                                     AND r.res_model = s.res_model
                                     AND r.res_id = s.res_id
                                     AND r.fact_date = s.fact_date)
             ORDER BY s.res_model, s.res_id, s.fact_date""",
            facts=self.env["customer.reminder.source"]._get_facts_query(rule),
            days=json.dumps(due),
            company=rule.company_id.id,
            audience=self._get_audience(rule),
            rule=rule.id,
        )

    @api.model
    def _get_audience(self, rule):
        """Return the condition that a fact ``s``, of the customer ``c`` with the row
        ``l``, is of those for whom a rule is meant."""
        wanted = [SQL("TRUE")]
        if rule.stage:
            wanted.append(SQL("l.stage = %s", rule.stage))
        if rule.flag:
            wanted.append(SQL("%s", SQL.identifier("l", rule.flag)))
        if currencies := rule.currency_ids.ids:
            known = SQL("COALESCE(s.currency_id, l.currency_id)")
            wanted.append(SQL("%s = ANY(%s)", known, currencies))
        if countries := rule.country_ids.ids:
            wanted.append(SQL("c.country_id = ANY(%s)", countries))
        if teams := rule.team_ids.ids:
            known = SQL("COALESCE(s.team_id, l.team_id)")
            wanted.append(SQL("%s = ANY(%s)", known, teams))
        domain = rule._get_partner_domain()
        if not domain.is_true():
            # sudo: whoever wrote the conditions could search by them then
            Partner = self.env["res.partner"].sudo().with_company(rule.company_id)
            found = Partner.with_context(active_test=False)._search(domain)
            wanted.append(SQL("s.partner_id IN %s", found.subselect()))
        return SQL(" AND ").join(wanted)

    @api.model
    def _find_due_facts(self, rule):
        """Return the facts of which a rule would remind today, the oldest first: each a
        dict of :data:`COLUMNS`, of ``due_date``, and of ``is_twice``, whether another
        rule of its event that is on has reminded of it, or does so today."""
        # sudo: how many there are; which ones, the reader's own rights say
        rule = rule.sudo()
        calendar = rule.company_id._get_working_calendar()
        query = self._get_due_query(rule, calendar)
        if not query:
            return []
        names = [*(name for name, _type in COLUMNS), "due_date"]
        rows = self.env.execute_query(
            SQL(
                """SELECT %(columns)s, %(twice)s
                     FROM (%(query)s) q ORDER BY fact_date, partner_id, res_id""",
                columns=SQL(", ").join(map(SQL.identifier, names)),
                twice=self._get_twice(rule, calendar),
                query=query,
            )
        )
        return [dict(zip([*names, "is_twice"], row, strict=True)) for row in rows]

    @api.model
    def _get_twice(self, rule, calendar):
        """Return the condition that another rule of the same event, which is on,
        reminds of a fact ``q``, too."""
        others = rule.search(
            Domain("company_id", "=", rule.company_id.id)
            & Domain("event", "=", rule.event)
            & Domain("state", "=", "on")
            & Domain("id", "!=", rule.id)
        )
        found = [
            SQL(
                """EXISTS (SELECT FROM customer_reminder r
                            WHERE r.rule_id = ANY(%s) AND r.res_model = q.res_model
                              AND r.res_id = q.res_id AND r.fact_date = q.fact_date)""",
                others.ids,
            )
        ]
        for other in others:
            if query := self._get_due_query(other, calendar):
                found.append(
                    SQL(
                        """(q.res_model, q.res_id, q.fact_date) IN
                           (SELECT res_model, res_id, fact_date FROM (%s) o)""",
                        query,
                    )
                )
        return SQL("(%s)", SQL(" OR ").join(found))

    # === CLOSING === #

    @api.model
    def _find_gone(self, rule):
        """Return the open reminders of a rule whose fact holds no longer: answered,
        paid, cancelled, moved to another day; or whose customer is archived."""
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """SELECT id FROM customer_reminder
                    WHERE rule_id = %(rule)s AND state = 'open'
                   EXCEPT
                   SELECT r.id FROM (%(facts)s) s
                     JOIN customer_reminder r
                       ON r.rule_id = %(rule)s AND r.res_model = s.res_model
                      AND r.res_id = s.res_id AND r.fact_date = s.fact_date
                     JOIN res_partner c ON c.id = r.partner_id AND c.active
                    WHERE r.state = 'open'""",
                rule=rule.id,
                facts=self.env["customer.reminder.source"]._get_facts_query(rule),
            )
        )
        # sudo: a job works for all colleagues
        return self.sudo().browse([reminder_id for (reminder_id,) in rows])

    @api.model
    def _find_done(self, domain):
        """Return the open reminders of which an activity is done or was deleted: by a
        person, since what closes them otherwise closes the reminder, too."""
        over = Domain("how", "=", "activity") & Domain("is_skipped", "=", False)
        # Odoo deletes the activities of whoever leaves
        deleted = Domain("activity_id", "=", False) & Domain(
            "user_id.active", "=", True
        )
        over &= deleted | Domain("activity_id.active", "=", False)
        # sudo: a job works for all colleagues
        Reminder = self.sudo()
        return Reminder.search(
            Domain("state", "=", "open")
            & Domain("line_ids", "any", over)
            & Domain(domain)
        )

    def _close(self, state):
        """Close reminders; what is open of their activities is cancelled quietly.

        :param str state: "done" or "gone"
        """
        if not self:
            return
        activities = self.line_ids.activity_id.filtered("active")
        today = self.company_id[:1]._get_today()
        self._write_guarded({"state": state, "closed_on": today, "next_on": False})
        activities.unlink()

    @api.model
    def _replace_people(self, rule, calendar):
        """Remind somebody else where who was reminded has left, and their activities
        with them."""
        # sudo: of whoever was reminded
        Line = self.env["customer.reminder.line"].sudo()
        lines = Line.search(
            Domain("reminder_id.rule_id", "=", rule.id)
            & Domain("reminder_id.state", "=", "open")
            & Domain("how", "=", "activity")
            & Domain("is_skipped", "=", False)
            & (
                Domain("activity_id", "=", False)
                | Domain("activity_id.user_id.active", "=", False)
                | Domain("activity_id.user_id.share", "=", True)
            )
        )
        steps = rule.step_ids
        wanted = [
            (line.reminder_id, steps[min(line.number, len(steps)) - 1], line.number)
            for line in lines
        ]
        people = self.env["customer.reminder.people"]._find_people(wanted)
        told = [Told(*one, user) for one, user in zip(wanted, people, strict=True)]
        today = rule.company_id._get_today()
        left = Line.union(
            *(line for line, one in zip(lines, told, strict=True) if one.user)
        ).activity_id
        left.unlink()
        activities = self._make_activities(told, calendar, today)
        for at, activity in activities.items():
            user = told[at].user
            vals = {"activity_id": activity.id, "user_id": user.id, "is_told": False}
            lines[at]._write_guarded(vals)
            told[at].reminder._write_guarded({"user_id": user.id})

    # === STEPS === #

    def _take_steps(self):
        """Take the steps of reminders of one company that are due, each once: its
        activities, lines and its place are one transaction."""
        self.env.flush_all()
        company = self.company_id
        calendar, today = company._get_working_calendar(), company._get_today()
        done = self._find_done(Domain("id", "in", self.ids))
        done._close("done")
        told, places = self._list_due_steps(self - done, calendar, today)
        told = self._drop_beyond_cap(told, places, calendar, today)
        self._write_places(places)
        self._notify_people(told, calendar, today)

    @api.model
    def _list_due_steps(self, reminders, calendar: WorkingCalendar, today):
        """Return the steps that are due, each with whom it tells.

        :return: (list of :class:`Told`, {reminder: (steps taken, day of the next)})
        """
        found, places = [], {}
        for reminder in reminders:
            steps, place = reminder.rule_id.step_ids, reminder.step
            while place < len(steps) and (
                calendar.add(reminder.started_on, steps[place].days) <= today
            ):
                found.append((reminder, steps[place], place + 1))
                place += 1
            following = None
            if place < len(steps):
                following = calendar.add(reminder.started_on, steps[place].days)
            places[reminder] = (place, following)
        people = self.env["customer.reminder.people"]._find_people(found)
        told = [Told(*one, user) for one, user in zip(found, people, strict=True)]
        return told, places

    @api.model
    def _drop_beyond_cap(self, told, places, calendar, today):
        """Return the steps without the mails to customers that are more than a day may
        have: these, and what follows them, wait for the next working day."""
        room = self._find_room(told, today)
        kept, waiting = [], set()
        for one in told:
            reminder, rule = one.reminder, one.reminder.rule_id
            if reminder in waiting:
                continue
            if one.step.how == "mail":
                if room[rule] <= 0:
                    waiting.add(reminder)
                    places[reminder] = (one.number - 1, calendar.add(today, 1))
                    continue
                room[rule] -= 1
            kept.append(one)
        return kept

    @api.model
    def _find_room(self, told, today):
        """Find how many mails to customers the rules may still send today.

        :return: {rule: count}
        """
        rules = self.browse().rule_id.union(
            *(one.reminder.rule_id for one in told if one.step.how == "mail")
        )
        if not rules:
            return {}
        rows = self.env.execute_query(
            SQL(
                """SELECT r.rule_id, COUNT(*)
                     FROM customer_reminder_line l
                     JOIN customer_reminder r ON r.id = l.reminder_id
                    WHERE r.rule_id = ANY(%s) AND l.how = 'mail' AND l.date = %s
                      AND l.is_skipped IS NOT TRUE
                 GROUP BY r.rule_id""",
                rules.ids,
                today,
            )
        )
        sent = dict(rows)
        return {rule: rule.mail_cap - sent.get(rule.id, 0) for rule in rules}

    @api.model
    def _write_places(self, places):
        """Write how far reminders have come: of two workers, one is tried again.

        :param places: {reminder: (steps taken, day of the next or None)}
        """
        rows = [
            {"id": reminder.id, "step": step, "next_on": following and str(following)}
            for reminder, (step, following) in places.items()
        ]
        self.env.cr.execute(
            SQL(
                """UPDATE customer_reminder r
                      SET step = v.step, next_on = v.next_on
                     FROM jsonb_to_recordset(%s::jsonb)
                          AS v (id int, step int, next_on date)
                    WHERE r.id = v.id AND r.state = 'open' AND r.step <= v.step""",
                json.dumps(rows),
            )
        )
        self.invalidate_model(["step", "next_on"])

    # === TELLING === #

    @api.model
    def _notify_people(self, told, calendar, today):
        """Tell people of steps: by activities and by mails to customers; mails to
        colleagues follow from the lines.

        :param told: list of :class:`Told`
        """
        activities = self._make_activities(told, calendar, today)
        mailed = self._mail_customers([one for one in told if one.step.how == "mail"])
        vals_list, holders = [], {}
        for at, one in enumerate(told):
            is_mail = one.step.how == "mail"
            is_skipped = one not in mailed if is_mail else not one.user
            vals_list.append(
                {
                    "reminder_id": one.reminder.id,
                    "company_id": one.reminder.company_id.id,
                    "number": one.number,
                    "date": today,
                    "how": one.step.how,
                    "user_id": one.user.id,
                    "activity_id": activities[at].id if at in activities else False,
                    "is_told": is_mail and not is_skipped,
                    "is_skipped": is_skipped,
                }
            )
            if one.user and not is_mail:
                holders[one.reminder] = one.user
        # sudo: rows are written by our code only
        self.env["customer.reminder.line"].sudo()._create_guarded(vals_list)
        self._write_holders(holders)
        self._close_finished(self.browse().union(*(one.reminder for one in told)))

    @api.model
    def _write_holders(self, holders):
        """Write who was reminded last.

        :param holders: {reminder: user}
        """
        by_user = {}
        for reminder, user in holders.items():
            by_user[user] = by_user.get(user, self.browse()) | reminder
        for user, reminders in by_user.items():
            reminders._write_guarded({"user_id": user.id})

    @api.model
    def _close_finished(self, reminders):
        """Close reminders of which nothing is left to do: mails alone, all sent."""
        over = reminders.filtered(
            lambda one: not one.next_on and "activity" not in one.line_ids.mapped("how")
        )
        over._close("done")

    @api.model
    def _make_activities(self, told, calendar, today):
        """Make the activities of steps, or hand over those that are open.

        :return: {place in ``told``: ``mail.activity`` with sudo}
        """
        # sudo: of whoever is reminded; one mail a day tells of them
        Activity = self.env["mail.activity"].sudo()
        Activity = Activity.with_context(mail_activity_quick_update=True)
        found, made, handed = {}, {}, {}
        targets = self._find_targets(told)
        for at, one in enumerate(told):
            if one.step.how != "activity" or not one.user:
                continue
            held = one.reminder.line_ids.activity_id.filtered("active")
            if one.step.is_handed_over and held:
                found[at] = held[:1]
                for activity in held:
                    key = (one.user, self._find_move(activity, targets[at]))
                    handed[key] = handed.get(key, Activity) | activity
            else:
                made[at] = self._prepare_activity_vals(
                    one, targets[at], calendar.add(today, one.step.deadline_days)
                )
        for (user, moved), activities in handed.items():
            vals = {"user_id": user.id, **dict(moved)}
            activities.with_env(Activity.env).write(vals)
        self._warm_names(made.values())
        created = Activity.create(list(made.values()))
        return found | dict(zip(made, created, strict=True))

    @api.model
    def _find_move(self, activity, target):
        """Find where an activity moves that is handed over: to the customer, where its
        new colleague doesn't read the document.

        :param target: (model, id) of what the colleague reads
        :return: items of the values to write; none where it stays
        """
        model, res_id = target
        if model != "res.partner" or (activity.res_model, activity.res_id) == target:
            return ()
        return (
            ("res_model_id", self.env["ir.model"]._get_id(model)),
            ("res_id", res_id),
        )

    @api.model
    def _warm_names(self, vals_list):
        """Read the names of documents at once, which Odoo asks of one activity after
        the other.

        :param vals_list: values of activities
        """
        by_model = {}
        for vals in vals_list:
            by_model.setdefault(vals["res_model_id"], []).append(vals["res_id"])
        for model_id, ids in by_model.items():
            # sudo: of whatever document a job reminds
            model = self.env["ir.model"].sudo().browse(model_id).model
            documents = self.env[model].sudo().browse(ids)
            documents.mapped("display_name")

    @api.model
    def _prepare_activity_vals(self, one, target, deadline):
        """Return the values of the activity of a step, in its colleague's language.

        :param target: (model, id) of the document on which it is made
        """
        model, res_id = target
        reminder = one.reminder.with_context(lang=one.user.lang)
        return {
            "res_model_id": self.env["ir.model"]._get_id(model),
            "res_id": res_id,
            "activity_type_id": one.step._get_type_id(),
            "summary": reminder.rule_id.name,
            "note": as_html(reminder._get_event(), reminder._format_fact()),
            "date_deadline": deadline,
            "user_id": one.user.id,
            "automated": True,
        }

    @api.model
    def _find_targets(self, told):
        """Find on which document each activity is made: on that of the fact where its
        colleague reads it, else on the customer.

        :return: {place in ``told``: (model, id)}
        """
        wanted = {}
        for at, one in enumerate(told):
            if one.step.how == "activity" and one.user:
                key = (one.reminder.target_model, one.user)
                wanted.setdefault(key, []).append(at)
        found = {}
        for (model, user), places in wanted.items():
            documents = self.env[model].sudo(False).with_user(user)
            companies = user.company_ids.ids
            documents = documents.with_context(allowed_company_ids=companies).browse(
                [told[at].reminder.target_id for at in places]
            )
            readable = documents.exists()
            if readable.has_access("read"):
                readable = readable._filtered_access("read")
            else:
                readable = readable.browse()
            for at in places:
                reminder = told[at].reminder
                is_his = reminder.target_id in readable._ids
                found[at] = (
                    (model, reminder.target_id)
                    if is_his
                    else ("res.partner", reminder.partner_id.id)
                )
        return found

    @api.model
    def _mail_customers(self, told):
        """Mail to customers, by the queue of Odoo's mails.

        :param told: list of :class:`Told`
        :return: those whose customer has an address
        """
        by_template, mailed = {}, self._filter_addressed(told)
        for one in mailed:
            by_template.setdefault(one.step.template_id, []).append(one)
        for template, ones in by_template.items():
            template.send_mail_batch([one.reminder.target_id for one in ones])
        return mailed

    @api.model
    def _filter_addressed(self, told):
        """Return the steps whose text would be written to somebody with an e-mail
        address."""
        by_template = {}
        for one in told:
            # a text that was deleted is written to nobody
            if one.step.template_id:
                by_template.setdefault(one.step.template_id, []).append(one)
        addressed = {}
        for template, ones in by_template.items():
            ids = list({one.reminder.target_id for one in ones})
            addressed[template] = self._find_addressed(template, ids)
        return [
            one
            for one in told
            if one.reminder.target_id in addressed.get(one.step.template_id, ())
        ]

    @api.model
    def _find_addressed(self, template, ids):
        """Find the documents of which a template writes to somebody with an address.

        :return: set of ids
        """
        # sudo: of whatever document a job reminds
        template = template.sudo()
        there = template.env[template.model].browse(ids).exists().ids
        if not there:
            return set()
        found = template._generate_template_recipients(
            there, {"email_cc", "email_to", "partner_to"}
        )
        Partner = template.env["res.partner"]
        ids = {one for vals in found.values() for one in vals.get("partner_ids") or ()}
        reached = set(Partner.browse(ids).filtered("email_normalized").ids)
        return {
            res_id
            for res_id, vals in found.items()
            if reached.intersection(vals.get("partner_ids") or ())
            or email_normalize_all(vals.get("email_to") or "")
        }
