"""Rules: who writes them, what they ask, whom they are meant for."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .reminder_common import TODAY, ReminderCommon


@tagged("post_install", "-at_install")
class TestReminderRules(ReminderCommon):
    # === SWITCHING === #

    def test_a_rule_is_off_as_it_is_made(self):
        rule = self._create_rule(on=False)
        order = self._send_quotation()
        self.assertEqual(rule.state, "off")
        self.assertEqual(rule.customer_count, 1)
        self._remind()
        self.assertFalse(self._list_activities(order))
        action = rule.with_user(self.manager).action_show_customers()
        row = self._search_outlook(action)
        self.assertEqual(row.partner_id, self.customer)
        self.assertEqual(row.document_name, order.name)
        self.assertEqual(row.fact_date, TODAY)
        self.assertEqual(row.currency_id, order.currency_id)
        self.assertEqual(row.amount, order.amount_total)
        self.assertEqual(row.user_id, self.seller)
        opened = row.with_user(self.manager).action_open_document()
        self.assertEqual(opened["res_id"], order.id)
        rule.with_user(self.manager).action_switch_on()
        self._remind()
        self.assertEqual(len(self._list_activities(order)), 1)
        self.assertEqual(rule.customer_count, 0)
        self.assertEqual(rule.reminder_count, 1)

    def _search_outlook(self, action):
        Outlook = self.env[action["res_model"]].with_user(self.manager)
        return Outlook.search(action["domain"])

    def test_a_rule_says_how_many_facts_of_how_many_customers(self):
        rule = self._create_rule(on=False)
        self._send_quotation()
        self._send_quotation()
        self.assertEqual((rule.customer_count, rule.fact_count), (1, 2))
        self.assertIn("2 facts", rule.outlook)
        self.assertIn("1 customers", rule.outlook)
        action = rule.with_user(self.manager).action_show_customers()
        self.assertEqual(len(self._search_outlook(action)), 2)

    def test_a_rule_says_of_what_another_one_reminds_already(self):
        self._send_quotation()
        rule = self._create_rule(on=False)
        other = self._create_rule(on=False)
        self.assertFalse(rule.twice_count)
        other.action_switch_on()
        rule.invalidate_recordset()
        self.assertEqual(rule.twice_count, 1)
        self.assertIn("another rule", rule.outlook)
        self._remind()
        self.assertEqual(rule.twice_count, 1)
        other.action_switch_off()
        rule.invalidate_recordset()
        self.assertFalse(rule.twice_count)

    def test_nonsense_is_refused_with_a_sentence(self):
        rule = self._create_rule(on=False)
        with self.assertRaisesRegex(ValidationError, "has a name"):
            rule.name = "   "
        with self.assertRaisesRegex(ValidationError, "nothing to hand over"):
            rule.step_ids[:1].is_handed_over = True
        for nonsense in ("[(", "name", "os.system('x')", "{1: 2}"):
            with (
                self.subTest(nonsense),
                self.assertRaisesRegex(ValidationError, "list of conditions"),
            ):
                rule.partner_domain = nonsense

    def test_usual_rules_have_a_name_in_each_language(self):
        self.env["res.lang"]._activate_lang("zh_CN")
        addon = self.env["ir.module.module"].search(
            [("name", "=", "multicurrency_crm")]
        )
        addon._update_translations(["zh_CN"])
        self.Rule.with_user(self.manager).action_add_usual()
        for rule in self.Rule.search([("company_id", "=", self.company.id)]):
            self.assertNotEqual(rule.with_context(lang="zh_CN").name, rule.name)

    def test_a_rule_without_a_step_stays_off(self):
        rule = self.Rule.create({"name": "Idle", "event": "payment_due"})
        with self.assertRaises(UserError):
            rule.action_switch_on()

    def test_a_copy_is_off(self):
        rule = self._create_rule()
        copied = rule.copy()
        self.assertEqual(copied.state, "off")
        self.assertEqual(len(copied.step_ids), 1)
        self.assertFalse(copied.reminded_on)

    def test_a_rule_that_has_reminded_keeps_its_event(self):
        rule = self._create_rule()
        rule.event = "quotation_ending"
        self._send_quotation()
        self._remind()
        rule.days = 2
        with self.assertRaises(UserError):
            rule.event = "payment_due"
        with self.assertRaises(UserError):
            rule.unlink()
        rule.active = False
        order = self._send_quotation(1)
        self._remind(1)
        self.assertFalse(self._list_activities(order))

    def test_the_usual_rules_are_added_once_and_off(self):
        Rule = self.Rule.with_user(self.manager)
        Rule.action_add_usual()
        rules = Rule.search([("company_id", "=", self.company.id)])
        self.assertEqual(len(rules), 8)
        self.assertEqual(set(rules.mapped("state")), {"off"})
        self.assertTrue(all(rules.mapped("step_ids")))
        with self.assertRaises(UserError):
            Rule.action_add_usual()
        for rule in rules:
            rule.action_switch_on()
        self._remind()
        self.assertTrue(all(rules.mapped("reminded_on")))

    def test_a_branch_has_the_rules_of_its_main_company(self):
        branch = self._found_branch("Harbour Ningbo")
        rule = self._create_rule(company_id=branch.id)
        self.assertEqual(rule.company_id, self.company)

    # === WHAT IS REFUSED === #

    def test_nobody_knows_some_days_before(self):
        for event in ("no_contact", "milestone", "rate_moved"):
            with self.subTest(event=event), self.assertRaises(ValidationError):
                self._create_rule(
                    event, direction="before", days=3, milestone_kind="order"
                )

    def test_a_milestone_has_a_kind(self):
        with self.assertRaises(ValidationError):
            self._create_rule("milestone")

    def test_bad_conditions_are_refused(self):
        rule = self._create_rule()
        for text in (
            "nonsense",
            "[('no_such_field', '=', 1)]",
            "[('name', 'no_operator', 1)]",
            "[('id', 'in', [1]), '&']",
            "__import__('os').getcwd()",
            "[(1, '=', env)]",
            "{'name': 1}",
            "[('user_ids.password', '=', 'x')]",
            "[('name', '=', uid)]",
        ):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                rule.with_user(self.manager).partner_domain = text

    def test_good_conditions_are_taken(self):
        rule = self._create_rule(partner_domain="[('name', 'ilike', 'harbour')]")
        order = self._send_quotation()
        self._remind()
        self.assertFalse(self._list_activities(order))
        rule.partner_domain = False
        self._remind()
        self.assertTrue(self._list_activities(order))

    def test_a_mail_to_the_customer_has_the_right_text(self):
        template = self.env["mail.template"].create(
            {
                "name": "Of invoices",
                "model_id": self.env["ir.model"]._get_id("account.move"),
            }
        )
        step = {"how": "mail", "template_id": template.id}
        with self.assertRaises(ValidationError):
            self._create_rule(steps=[step])
        with self.assertRaises(ValidationError):
            self._create_rule(steps=[{"how": "mail"}])
        rule = self._create_rule("payment_due", steps=[step])
        with self.assertRaises(ValidationError):
            rule.step_ids = [Command.create(step)]
        with self.assertRaises(ValidationError):
            rule.event = "quotation_ending"

    def test_one_colleague_is_named(self):
        with self.assertRaises(ValidationError):
            self._create_rule(steps=[{"who": "user"}])

    def test_numbers_have_bounds(self):
        rule = self._create_rule()
        for name, value in (
            ("days", -1),
            ("days", 366),
            ("look_back", 400),
            ("mail_cap", 501),
            ("rate_move", 2.0),
        ):
            with self.subTest(field=name), self.assertRaises(ValidationError):
                rule[name] = value
        with self.assertRaises(ValidationError):
            rule.step_ids.days = 300

    # === RIGHTS === #

    def test_managers_write_and_others_read(self):
        rule = self._create_rule()
        for user in (self.seller, self.leader):
            own = rule.with_user(user)
            self.assertEqual(own.name, rule.name)
            for refused in (
                lambda own=own: own.write({"days": 9}),
                lambda own=own: own.step_ids.write({"days": 9}),
                lambda own=own: own.action_switch_off(),
                lambda own=own: own.action_switch_on(),
                lambda own=own: own.action_show_customers(),
                lambda own=own: own.action_add_usual(),
                lambda own=own: own.unlink(),
            ):
                with self.assertRaises(AccessError):
                    refused()

    def test_a_manager_of_another_company_reads_none(self):
        rule = self._create_rule()
        self.manager.write(
            {
                "company_ids": [Command.set(self.other_company.ids)],
                "company_id": self.other_company.id,
            }
        )
        own = self._as(self.Rule, self.manager, self.other_company)
        self.assertFalse(own.search([]) & rule)
        with self.assertRaises(AccessError):
            self._as(rule, self.manager, self.other_company).days = 3

    def test_the_state_is_written_by_its_buttons(self):
        rule = self._create_rule(on=False).with_user(self.manager)
        with self.assertRaises(AccessError):
            rule.state = "on"
        with self.assertRaises(AccessError):
            rule.create({"name": "Forged", "event": "no_contact", "state": "on"})
        forged = rule.with_context(default_state="on").create(
            {"name": "By default", "event": "no_contact"}
        )
        self.assertEqual(forged.state, "off")

    def test_reminders_are_ones_own(self):
        colleague = self._hire("reminded_colleague", "multicurrency_crm.group_user")
        self._create_rule()
        self._send_quotation()
        self._remind()
        reminder = self.Reminder.search([])
        for user, is_seen in (
            (self.seller, True),
            (self.leader, True),
            (self.manager, True),
            (colleague, False),
        ):
            found = self.Reminder.with_user(user).search([])
            self.assertEqual(bool(found), is_seen, user.login)
            lines = self.env["customer.reminder.line"].with_user(user).search([])
            self.assertEqual(bool(lines), is_seen, user.login)
        for user in (self.seller, self.manager):
            with self.assertRaises(AccessError):
                reminder.with_user(user).write({"state": "done"})
            with self.assertRaises(AccessError):
                reminder.with_user(user).unlink()

    def test_who_was_reminded_says_that_it_is_done(self):
        self._create_rule()
        order = self._send_quotation()
        self._remind()
        reminder = self.Reminder.search([])
        with self.assertRaises(AccessError):
            reminder.with_user(self.leader).action_finish()
        action = reminder.with_user(self.seller).action_open_document()
        self.assertEqual(
            (action["res_model"], action["res_id"]), (order._name, order.id)
        )
        reminder.with_user(self.seller).action_finish()
        self.assertEqual(reminder.state, "done")
        self.assertEqual(reminder.closed_on, TODAY)
        self.assertFalse(self._list_activities(order))
        self._remind(1)
        self.assertFalse(self._list_activities(order))

    # === AUDIENCE === #

    def test_for_which_customers(self):
        self._follow()
        germany, france = self.env.ref("base.de"), self.env.ref("base.fr")
        self.customer.country_id = germany
        order = self._send_quotation()
        self._follow()
        for values, is_meant in (
            ({"country_ids": germany.ids}, True),
            ({"country_ids": france.ids}, False),
            ({"currency_ids": order.currency_id.ids}, True),
            ({"currency_ids": self.eur.ids}, False),
            ({"team_ids": order.team_id.ids}, True),
            ({"team_ids": self.team.copy().ids}, False),
            ({"stage": "quoting"}, True),
            ({"stage": "paid"}, False),
            ({"flag": "is_dormant"}, False),
            ({"partner_domain": f"[('id', '=', {self.customer.id})]"}, True),
            ({"partner_domain": "[('id', '=', 0)]"}, False),
        ):
            with self.subTest(**values):
                rule = self._create_rule(on=False, **values)
                self.assertEqual(rule.customer_count, int(is_meant))
