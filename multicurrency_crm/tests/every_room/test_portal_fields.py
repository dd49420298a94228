"""What customers read of us, by the portal and by RPC: no field of ours that isn't in
the list, and of a locked order what its print says."""

from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.tests import HttpCase, new_test_user, tagged

from ..rate_lock.common import RateLockCommon

OURS = "multicurrency_crm"

#: {model: {field: why customers may know it}}. Whoever adds one says why.
KNOWN = {
    "sale.order": {
        "currency_id": "Odoo's own: the currency of the order",
        "company_currency_id": "the company's own currency, which its prints name",
        "shown_rate": "empty unless the customer's settings ask for it",
        "shown_rate_origin": "empty unless the customer's settings ask for it",
    },
    "account.move": {"currency_id": "Odoo's own: the currency of the invoice"},
    "res.partner": {
        "preferred_currency_id": "in which currency they buy; shops ask for it",
        "allowed_currency_ids": "in which currencies they may buy; shops ask for it",
        "has_allowed_currencies": "whether there is such a list",
    },
    "res.company": {
        "print_currency_code": "how the amounts on its prints are written",
        "rate_direction": "how the rates on its prints are written",
    },
}
# a user is a partner, too
KNOWN["res.users"] = KNOWN["res.partner"]
#: Odoo's own, in which a figure of ours would stand
CLOSED = {"sale.order": {"currency_rate"}}


def is_ours(field):
    # a user has the fields of a partner
    return field.base_field._modules[:1] == (OURS,)


@tagged("post_install", "-at_install")
class TestPortalFields(RateLockCommon, HttpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.portal = new_test_user(
            cls.env, "customer_who_reads", groups="base.group_portal"
        )
        cls.public = cls.env.ref("base.public_user")
        cls.order = cls._create_quotation(
            price=100, partner_id=cls.portal.partner_id.id
        )
        cls.order._lock_rate()
        cls.order.action_quotation_sent()
        cls.order.message_subscribe(cls.portal.partner_id.ids)
        cls.env.flush_all()
        cls.mine = cls.order.with_user(cls.portal)

    def test_who_reads_a_list_of_ours_may_read_its_records(self):
        """Odoo reads all fields of a record at once, and lists with their records: one
        that its reader may not see would close the order to all of Odoo's own users."""
        readers = {}
        for access in self.env["ir.model.access"].search([("perm_read", "=", True)]):
            readers.setdefault(access.model_id.model, []).append(access.group_id)
        for name, model in self.env.registry.items():
            if model._original_module == OURS or model._abstract:
                continue
            for field in model._fields.values():
                if field.type in ("one2many", "many2many") and is_ours(field):
                    groups = field.groups or "base.group_user,base.group_portal"
                    for group in groups.split(","):
                        group = self.env.ref(group.strip())
                        held = group | group.all_implied_ids
                        may = any(
                            not one or one in held
                            for one in readers.get(field.comodel_name, ())
                        )
                        with self.subTest(field=f"{name}.{field.name}", group=group):
                            self.assertTrue(may)

    def test_odoos_own_users_read_whole_records(self):
        seller = new_test_user(
            self.env,
            "sells_without_us",
            groups="sales_team.group_sale_salesman_all_leads,"
            "account.group_account_invoice",
        )
        self.order.action_confirm()
        invoice = self.order._create_invoices()
        for record in (self.order, self.order.order_line, invoice, invoice.line_ids):
            record.with_user(seller).read()
            self.env.invalidate_all()

    def _list_readable(self):
        """:return: {model: names of our fields} that somebody outside may read"""
        found = {}
        for name, model in self.env.registry.items():
            if model._abstract:
                continue
            for user in (self.portal, self.public):
                records = self.env[name].with_user(user)
                if not records.has_access("read"):
                    continue
                found.setdefault(name, set()).update(
                    field.name
                    for field in model._fields.values()
                    if is_ours(field) and records._has_field_access(field, "read")
                )
        # id and the like
        plain = set(self.env["base"]._fields)
        return {name: names - plain for name, names in found.items() if names - plain}

    def test_no_field_of_ours_that_isnt_in_the_list(self):
        self.assertEqual(
            self._list_readable(), {name: set(known) for name, known in KNOWN.items()}
        )

    def _list_secrets(self, model):
        return [
            field
            for field in self.env[model]._fields.values()
            if (is_ours(field) or field.name in CLOSED.get(model, ()))
            and field.name not in KNOWN.get(model, {})
            and field.name not in self.env["base"]._fields
        ]

    def _list_ways(self, records, field):
        """:return: [(way, function)] by which a client asks for a field"""
        name, Model = field.name, records.browse()
        domain = Domain("id", "in", records.ids)
        yield "read", lambda: records.read([name])
        yield "search_read", lambda: Model.search_read(domain, [name])
        yield "web_read", lambda: records.web_read({name: {}})
        yield (
            "web_search_read",
            lambda: Model.web_search_read(domain, {name: {}})["records"],
        )
        yield "export_data", lambda: records.export_data([name])["datas"]
        if field.store or field.search:
            yield "search", lambda: Model.search(domain & self._guess(field))
        if field.store:
            yield "order", lambda: Model.search(domain, order=f"{name} desc")
            yield (
                "formatted_read_group",
                lambda: Model.formatted_read_group(domain, [name]),
            )
            if field.type in ("float", "monetary", "integer"):
                yield (
                    "aggregate",
                    lambda: Model.formatted_read_group(domain, [], [f"{name}:sum"]),
                )

    def _guess(self, field):
        """Return a domain by which a value is guessed, in steps if need be."""
        value = {
            "boolean": True,
            "date": "2026-11-20",
            "datetime": "2026-11-20 04:00:00",
            "float": 0.5,
            "integer": 1,
            "monetary": 0.5,
        }.get(field.type, "1")
        if field.type == "selection":
            value = field.get_values(self.env)[0]
        if field.relational:
            value = 1
        return Domain(field.name, "=", value)

    def test_each_way_to_ask_is_closed(self):
        self.order.partner_id.print_rate_lock = False
        self.order.action_confirm()
        invoice = self.order._create_invoices()
        invoice.action_post()
        self.env.flush_all()
        documents = (
            self.order,
            self.order.order_line,
            invoice,
            self.portal.partner_id,
            self.order.company_id,
            self.order.currency_id,
        )
        tried = 0
        for document in documents:
            records = document.with_user(self.portal)
            self.assertTrue(records.has_access("read"), document)
            for field in self._list_secrets(document._name):
                for way, ask in self._list_ways(records, field):
                    tried += 1
                    with self.subTest(model=document._name, field=field.name, way=way):
                        self.env.invalidate_all()
                        with self.assertRaises(
                            UserError if way == "export_data" else AccessError
                        ):
                            ask()
        self.assertGreater(tried, 400)

    def test_a_field_isnt_reached_through_another_model(self):
        Order = self.mine.browse()
        for path in (
            "order_line.left_costs",
            "company_id.lock_tolerance",
            "partner_id.credit_score",
            "rate_lock_id.market_rate",
            "invoice_ids.locked_rate",
        ):
            with self.subTest(path=path), self.assertRaises(AccessError):
                Order.search([(path, "!=", False)])

    def test_a_client_isnt_told_that_they_exist(self):
        for record in (self.mine, self.mine.order_line, self.mine.partner_id):
            names = set(record.fields_get())
            self.assertTrue(names)
            secret = {field.name for field in self._list_secrets(record._name)}
            self.assertEqual(names & secret, set())

    # === WHAT THE CUSTOMER MAY KNOW === #

    def test_the_order_itself_is_read_as_ever(self):
        [values] = self.mine.read(["name", "amount_total", "tax_totals", "is_expired"])
        self.assertEqual(values["amount_total"], self.order.amount_total)
        self.assertEqual(
            values["tax_totals"]["total_amount_currency"], self.order.amount_total
        )

    def test_totals_tell_no_rate(self):
        """Two amounts of one thing are a rate; colleagues read both."""
        self.env.invalidate_all()
        self.assertIn("total_amount", self.order.tax_totals)
        [values] = self.mine.read(["tax_totals"])
        told = repr(values["tax_totals"])
        self.assertIn("'total_amount_currency': 300.0", told)
        self.assertIn("'base_amount_currency': 300.0", told)
        booked = self.order.company_id.currency_id.round(300 * 7.1234)
        self.assertIn(str(booked), repr(self.order.tax_totals))
        self.assertNotIn(str(booked), told)
        self.assertNotIn("total_amount'", told)
        # an order at the rate of the day tells what Odoo tells
        self.order._release_rate("the market, please")
        self.env.flush_all()
        self.env.invalidate_all()
        [values] = self.mine.read(["tax_totals"])
        self.assertIn("total_amount", values["tax_totals"])

    def test_the_rate_is_told_where_the_settings_say_so(self):
        rate = self.order.rate_lock_id.rate_display
        names = ["shown_rate", "shown_rate_origin"]
        for shown in (False, True):
            self.order.partner_id.print_rate_lock = shown
            self.env.flush_all()
            self.env.invalidate_all()
            [values] = self.mine.read(names)
            self.assertEqual(values["shown_rate"], shown and rate)
            page = self._open_page()
            self.assertEqual(rate in page, shown)
            html = self.env["ir.actions.report"]._render_qweb_html(
                "sale.report_saleorder", self.order.ids
            )[0]
            self.assertEqual(rate in html.decode(), shown)

    def _open_page(self):
        self.authenticate(self.portal.login, self.portal.login)
        answer = self.url_open(f"/my/orders/{self.order.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertIn(self.order.name, answer.text)
        return answer.text

    def test_a_page_of_a_lock_that_has_ended(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE fx_rate_lock SET date_start = '2020-01-01', "
            "date_end = '2020-01-02' WHERE id = %s",
            [self.order.rate_lock_id.id],
        )
        self.env.invalidate_all()
        self.assertIn("exchange rate held until", self._open_page())

    def test_notes_of_the_lock_arent_read(self):
        """What is logged on the order is for colleagues."""
        rate = self.order.rate_lock_id.rate_display
        logged = self.order.message_ids.filtered(lambda note: rate in (note.body or ""))
        self.assertTrue(logged)
        read = self.env["mail.message"].with_user(self.portal)
        found = read.search(
            [("model", "=", "sale.order"), ("res_id", "=", self.order.id)]
        )
        self.assertFalse(found & logged.with_user(self.portal))
