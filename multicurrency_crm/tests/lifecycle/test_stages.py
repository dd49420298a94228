"""Where customers stand: flags, rights, companies, what follows a customer."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged

from .lifecycle_common import LifecycleCommon


@tagged("post_install", "-at_install")
class TestStages(LifecycleCommon):
    def test_what_happens_is_followed_where_it_is_chosen(self):
        self.company.lifecycle_followed = False
        self._order(9)
        self._follow()
        self.assertFalse(self.Milestone.search([]))
        self.assertFalse(self.Life.search([]))
        self.assertFalse(self.env["customer.life.run"].search([]))
        self.company.lifecycle_followed = True
        self._follow()
        self.assertEqual(self.customer.lifecycle_stage, "ordered")

    def test_switching_on_calls_the_job(self):
        job = self.env.ref("multicurrency_crm.ir_cron_customer_life")
        triggers = self.env["ir.cron.trigger"].search([("cron_id", "=", job.id)])
        triggers.unlink()
        self.company.lifecycle_followed = True
        self.assertTrue(
            self.env["ir.cron.trigger"].search_count([("cron_id", "=", job.id)])
        )

    def test_nobody_is_lost_before_being_dormant(self):
        with self.assertRaises(ValidationError):
            self.company.lifecycle_lost_days = 30
        with self.assertRaises(ValidationError):
            self.company.lifecycle_dormant_days = 0

    def test_patience_is_the_companys(self):
        self._order(50)
        self._follow()
        life = self._get_life()
        self.assertFalse(life.is_dormant)
        self.company.lifecycle_dormant_days = 30
        self._follow()
        self.assertTrue(life.is_dormant)
        self.assertFalse(life.is_lost)
        self.company.lifecycle_lost_days = 40
        self._follow()
        self.assertTrue(life.is_lost)

    def test_won_back(self):
        self.company.lifecycle_lost_days = 100
        self._order(200)
        self._order(5)
        self._follow()
        self.assertTrue(self._get_life().is_won_back)
        self.assertTrue(self.customer.is_won_back)

    def test_at_risk_while_late_or_on_hold(self):
        invoice = self._invoice(self._order(50), 40)
        invoice.invoice_date_due = self._days_ago(20)
        self._follow()
        self.assertTrue(self._get_life().is_at_risk)
        self._pay(invoice, 0)
        self._follow()
        self.assertFalse(self._get_life().is_at_risk)
        self.customer.credit_hold = True
        self._follow()
        self.assertTrue(self._get_life().is_at_risk)

    def test_whence_a_customer_came(self):
        fair, web = self.env["utm.source"].create(
            [{"name": "Canton Fair"}, {"name": "Web Form"}]
        )
        team = self.env["crm.team"].create({"name": "Overseas"})
        self._open_lead(30, source_id=fair.id)
        self._open_lead(10, source_id=web.id)
        self._order(5, team_id=team.id)
        self._follow()
        life = self._get_life()
        self.assertEqual((life.source_id, life.team_id), (fair, team))
        span = self.env["customer.stage.interval"].search(
            [("life_id", "=", life.id), ("stage", "=", "lead")]
        )
        self.assertEqual((span.source_id, span.team_id), (fair, team))
        self.assertEqual((span.days, span.went_on), (25, 1))

    def test_the_list_searches_groups_and_sorts(self):
        """frappe/crm #799: changes of stages; YetiForceCRM #14057: their days."""
        self._order(9)
        other = self.env["res.partner"].create({"name": "Quoted", "is_company": True})
        self._quote(3, other)
        self._follow()
        Partner = self.env["res.partner"]
        both = [("id", "in", (self.customer + other).ids)]
        groups = dict(Partner._read_group(both, ["lifecycle_stage"], ["__count"]))
        self.assertEqual(groups, {"ordered": 1, "quoting": 1})
        self.assertEqual(
            Partner.search([*both, ("lifecycle_stage", "=", "quoting")]), other
        )
        Span = self.env["customer.stage.interval"]
        spans = [("partner_id", "in", (self.customer + other).ids)]
        self.assertEqual(
            [stage for (stage,) in Span._read_group(spans, ["stage"])],
            ["quoting", "ordered"],
            "as customers go, not by letters",
        )
        lives = self.Life.search(spans, order="stage")
        self.assertEqual(lives.mapped("stage"), ["quoting", "ordered"])
        stages = Partner._read_group(both, ["lifecycle_stage"], order="lifecycle_stage")
        self.assertEqual([stage for (stage,) in stages], ["quoting", "ordered"])
        found = Partner.search(both, order="lifecycle_stage desc")
        self.assertEqual(found, self.customer + other)
        found = Partner.search(both, order="lifecycle_since")
        self.assertEqual(found, self.customer + other)

    # === RIGHTS === #

    def test_customers_without_a_life_are_found_as_such(self):
        Partner = self.env["res.partner"]
        contact = self._create_contact()
        nobody = Partner.create({"name": "Nobody Yet"})
        self._order(9)
        self._follow()
        some = self.customer + contact + nobody
        among = [("id", "in", some.ids)]
        life = self._get_life()
        for domain, expected in (
            ([("lifecycle_stage", "!=", False)], self.customer + contact),
            ([("lifecycle_stage", "=", False)], nobody),
            ([("lifecycle_stage", "not in", ["ordered"])], nobody),
            ([("lifecycle_stage", "in", ["ordered", False])], some),
            ([("is_dormant", "=", False)], some),
            ([("is_dormant", "=", True)], Partner),
            ([("customer_life_id", "=", life.id)], self.customer + contact),
            ([("customer_life_id", "!=", life.id)], nobody),
            ([("customer_life_id", "=", False)], nobody),
            ([("customer_life_id.stage", "=", "ordered")], self.customer + contact),
            ([("parent_id.lifecycle_stage", "=", "ordered")], contact),
        ):
            with self.subTest(domain):
                self.assertEqual(Partner.search([*among, *domain]), expected)
                self.assertEqual(some.filtered_domain(domain), expected)

    def test_who_sees_what(self):
        mine, other = (
            self._create_salesperson("mine", "multicurrency_crm.group_user"),
            self._create_salesperson("other", "multicurrency_crm.group_user"),
        )
        self.customer.user_id = mine
        order = self._order(9)
        self._follow()
        for user, count in ((mine, 1), (other, 0)):
            lives = self._as(self.Life, user, self.company).search([])
            self.assertEqual(len(lives), count)
            facts = self._as(self.Milestone, user, self.company).search([])
            self.assertEqual(len(facts), 2 * count)
            spans = self._as(self.env["customer.stage.interval"], user, self.company)
            self.assertEqual(bool(spans.search([])), bool(count))
        leader = self._create_salesperson(
            "leader",
            "multicurrency_crm.group_user,sales_team.group_sale_salesman_all_leads",
        )
        self.assertEqual(len(self._as(self.Life, leader, self.company).search([])), 1)
        outsider = self._create_salesperson("outsider")
        with self.assertRaises(AccessError):
            self._as(self.Life, outsider, self.company).search([])
        fact = self.Milestone.search(
            [("kind", "=", "order"), ("res_id", "=", order.id)]
        )
        own = self._as(fact, mine, self.company)
        self.assertEqual(own.action_open_document()["res_id"], order.id)
        with self.assertRaises(AccessError):
            self._as(fact, other, self.company).action_open_document()

    def test_what_a_customer_is_worth_is_not_searched(self):
        """A partner shows its stage to all colleagues who read it; what its row says
        besides is for those whose customer it is."""
        others = self._create_salesperson("worth_other", "multicurrency_crm.group_user")
        self._order(9)
        self._follow()
        self.customer.user_id = self._create_salesperson(
            "worth_own", "multicurrency_crm.group_user"
        )
        self.env.flush_all()
        mine = [("id", "=", self.customer.id)]
        worth = [*mine, ("customer_life_id.ordered_company", ">", 0)]
        stage = [*mine, ("lifecycle_stage", "=", "ordered")]
        for user, found in ((others, 0), (self.customer.user_id, 1)):
            Partner = self.env["res.partner"].with_user(user)
            self.assertEqual(Partner.search_count(stage), 1)
            self.assertEqual(Partner.search_count(worth), found)

    def test_a_document_that_is_not_the_readers(self):
        finance = new_test_user(
            self.env,
            "clerk",
            groups="multicurrency_crm.group_finance",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        lead = self._open_lead(3)
        self._follow()
        fact = self._as(self.Milestone, finance, self.company).search(
            [("kind", "=", "lead"), ("partner_id", "=", self.customer.id)]
        )
        if not self.env["crm.lead"].with_user(finance).has_access("read"):
            with self.assertRaises(UserError):
                fact.action_open_document()
        lead.unlink()
        with self.assertRaises(UserError):
            fact.action_open_document()

    def test_nobody_writes_what_happened(self):
        self._order(9)
        self._follow()
        life = self._get_life()
        fact = self.Milestone.search([("partner_id", "=", self.customer.id)], limit=1)
        admin = self.env.ref("base.user_admin")
        for record, vals in ((life, {"stage": "repeat"}), (fact, {"is_void": True})):
            forged = record.with_user(admin).sudo(False)
            with self.assertRaises(AccessError):
                forged.write(vals)
            with self.assertRaises(AccessError):
                forged.unlink()

    # === COMPANIES === #

    def test_each_company_has_its_own_and_a_branch_its_mains(self):
        branch = self._found_branch("Harbour Ningbo")
        self.other_company.lifecycle_followed = True
        self._load_chart(self.other_company)
        self._order(9, company_id=branch.id)
        self._follow()
        self.assertEqual(self.customer.lifecycle_stage, "ordered")
        self.assertEqual(self.customer.with_company(branch).lifecycle_stage, "ordered")
        there = self.customer.with_company(self.other_company)
        self.assertFalse(there.lifecycle_stage)
        fact = self.Milestone.search([("kind", "=", "order")])
        self.assertEqual(fact.company_id, branch)
        clerk = self._create_salesperson(
            "ningbo", "multicurrency_crm.group_user,multicurrency_crm.group_finance"
        )
        self._work_alone(clerk, branch)
        self.assertEqual(len(self._as(self.Life, clerk, branch).search([])), 1)
        self._work_alone(clerk, self.other_company)
        self.assertFalse(self._as(self.Life, clerk, self.other_company).search([]))

    # === WHAT FOLLOWS === #

    def test_merged_customers_have_one_life(self):
        twin = self.env["res.partner"].create({"name": "Twin", "is_company": True})
        self._order(20)
        self._order(10, twin)
        self._follow()
        self.assertEqual(twin.lifecycle_stage, "ordered")
        merge = self.env["base.partner.merge.automatic.wizard"].create({})
        merge._merge((twin + self.customer).ids, self.customer)
        self.env.invalidate_all()
        # the second order is a repeat order of the one customer there is now
        self.assertEqual(self.customer.lifecycle_stage, "repeat")
        self.assertEqual(self._get_life().order_count, 2)
        self._follow()
        self.assertEqual(self.customer.lifecycle_stage, "repeat")
        self.assertIn("repeat", self._kinds())

    def test_a_customer_that_becomes_a_contact_takes_its_life_along(self):
        small = self.env["res.partner"].create({"name": "Small"})
        self._order(20, small)
        self._follow()
        self.assertEqual(small.lifecycle_stage, "ordered")
        small.parent_id = self.customer
        self.assertEqual(self._get_life().stage, "ordered")
        self.assertEqual(small.lifecycle_stage, "ordered")
        self.assertFalse(self._get_life(small) - self._get_life())
        self._follow()
        self.assertEqual(self._kinds(), ["quotation", "order"])

    def test_an_archived_customer_keeps_its_life(self):
        self._order(9)
        self._follow()
        self.customer.active = False
        self._follow()
        self.assertEqual(self._get_life().stage, "ordered")

    # === SCREENS === #

    def test_the_form_shows_the_stage(self):
        self._order(9)
        self._follow()
        form = Form(self.customer, view="multicurrency_crm.view_partner_form")
        self.assertEqual(form.lifecycle_stage, "ordered")
        action = self.customer.action_open_milestones()
        self.assertEqual(
            self.Milestone.search(action["domain"]).mapped("partner_id"), self.customer
        )
        self.assertEqual(
            self._get_life().action_open_customer()["res_id"], self.customer.id
        )
