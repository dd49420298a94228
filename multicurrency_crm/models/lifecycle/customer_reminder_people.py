"""Who is reminded of what: a colleague who is there."""

from typing import NamedTuple

from odoo import api, models
from odoo.tools import SQL

FINANCE = "multicurrency_crm.group_finance"
CREDIT_MANAGER = "multicurrency_crm.group_credit_manager"
MANAGER = "multicurrency_crm.group_manager"
#: {who: (group, the group above it, of whom others are asked first)}
OFFICES = {
    "finance": (FINANCE, CREDIT_MANAGER),
    "credit_manager": (CREDIT_MANAGER, MANAGER),
}
#: The hour at which somebody is asked whether they are there.
NOON = 12


class Colleague(NamedTuple):
    """What is known of a user who could be reminded."""

    companies: frozenset  # ids of those in which they work
    leader_id: int | None  # of their sales team


class CustomerReminderPeople(models.AbstractModel):
    """Finds the colleague whom a step reminds.

    The document's salesperson, else the customer's; who is archived, a customer,
    without access to the company, or absent today is represented by the team's leader,
    else by the colleague whom the rule names, else by a manager of the company.
    """

    _name = "customer.reminder.people"
    _description = "People Who Are Reminded"

    @api.model
    def _find_people(self, steps):
        """Find whom steps remind, with as many queries for one as for many.

        :param steps: [(reminder, step, number)] of one company
        :return: list of ``res.users`` with sudo, empty where nobody can be
        """
        # sudo: whoever runs the job, colleagues are asked whether they are there
        User = self.env["res.users"].sudo()
        if not steps:
            return []
        company = steps[0][0].company_id
        offices = self._find_offices(company, steps)
        managers = company._find_members(MANAGER, with_branches=True)
        known = self._find_colleagues(
            company, self._collect_ids(steps, offices) | set(managers.ids)
        )
        return [
            User.browse(self._choose(reminder, step, known, offices, managers))
            for reminder, step, _number in steps
        ]

    @api.model
    def _find_offices(self, company, steps):
        """Find who holds an office: those who hold no higher one first.

        :return: {who: list of ids}
        """
        wanted = {step.who for _reminder, step, _number in steps} & OFFICES.keys()
        found = {}
        for who in wanted:
            group, above = OFFICES[who]
            members = company._find_members(group, with_branches=True)
            higher = company._find_members(above, with_branches=True)
            found[who] = [*(members - higher).ids, *(members & higher).ids]
        return found

    @api.model
    def _collect_ids(self, steps, offices):
        """Return the ids of all who could be reminded, but for leaders of teams."""
        found = {user_id for ids in offices.values() for user_id in ids}
        for reminder, step, _number in steps:
            partner = reminder.partner_id
            users = (
                reminder.salesperson_id
                | partner.user_id
                | step.user_id
                | reminder.rule_id.user_id
                | reminder.team_id.user_id
            )
            found.update(users.ids)
        return found

    @api.model
    def _find_colleagues(self, company, ids):
        """Find which users are there today: with their companies and their leaders,
        and these likewise.

        :return: {id: :class:`Colleague`}; None for one who isn't there
        """
        noon = company._get_start_of(company._get_today(), NOON)
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """WITH led AS (
                       SELECT DISTINCT ON (m.user_id) m.user_id, t.user_id AS leader_id
                         FROM crm_team_member m JOIN crm_team t ON t.id = m.crm_team_id
                        WHERE m.active AND m.user_id = ANY(%(ids)s)
                     ORDER BY m.user_id, m.create_date, m.id)
                   SELECT u.id, led.leader_id,
                          u.active AND u.share IS NOT TRUE
                          AND NOT EXISTS (
                              SELECT FROM resource_resource s
                                JOIN resource_calendar_leaves v ON v.resource_id = s.id
                               WHERE s.user_id = u.id AND v.time_type = 'leave'
                                 AND v.date_from <= %(noon)s AND v.date_to >= %(noon)s),
                          ARRAY(SELECT r.cid FROM res_company_users_rel r
                                 WHERE r.user_id = u.id)
                     FROM res_users u LEFT JOIN led ON led.user_id = u.id
                    WHERE u.id = ANY(%(ids)s)
                       OR u.id IN (SELECT leader_id FROM led)""",
                ids=list(ids),
                noon=noon,
            )
        )
        leaders = {user_id: leader_id for user_id, leader_id, *_rest in rows}
        return {
            user_id: Colleague(frozenset(companies), leaders[user_id])
            if is_there
            else None
            for user_id, _leader, is_there, companies in rows
        } | {"leaders": leaders}

    @api.model
    def _choose(self, reminder, step, known, offices, managers):
        """Return the id of the first candidate who is there; None: nobody is."""
        partner, rule = reminder.partner_id, reminder.rule_id
        salesperson = reminder.salesperson_id.id or partner.user_id.id
        leaders = known["leaders"]
        leader = reminder.team_id.user_id.id or leaders.get(salesperson)
        first = {
            "salesperson": [salesperson, partner.user_id.id],
            "leader": [],
            "user": [step.user_id.id],
        }.get(step.who, offices.get(step.who, []))
        second = [] if step.who in OFFICES else [leader]
        company_id = reminder.branch_id.id or reminder.company_id.id
        for user_id in (*first, *second, rule.user_id.id, *managers.ids):
            found = known.get(user_id) if user_id else None
            if found and company_id in found.companies:
                return user_id
        return None
