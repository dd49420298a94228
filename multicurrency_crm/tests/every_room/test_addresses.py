"""Whatever an address or a form says to a page of ours, it is an answer and no crash,
and nothing of it is written on the page in our name."""

import inspect
import json

from odoo.http import Request
from odoo.tests import freeze_time, tagged

from ..statement.test_statement_portal import HttpCase, PortalCommon

OURS = "odoo.addons.multicurrency_crm"
#: what nobody expects as a number, an id, a domain, a token or a day
JUNK = (
    *("", "5", "-1", "null", "true", "{}", "[]", "[[1]]", "[5]", '["&"]', "x,y", "²"),
    *("9" * 30, "é", "%00", "[" * 3000, '[["nothing", "=", 1]]', "2026-13-45"),
    *('[["amount", "=", "x"]]', '[["partner_id", "=", {}]]', '[["day", "=", "x"]]'),
    *('[["currency_id.rate_ids.rate", "any", 5]]', '[["id", "=", 99999999999999]]'),
)
#: values of JSON
JUNK_JSON = (None, 5, -1, "x", [], [1], {}, {"id": "x"}, {"id": 2**40}, {"id": [1]})
#: names that are in no signature, and might be in a template
BESIDES = ("error", "answer_error", "message", "note", "comments", "statement", "page")


@tagged("post_install", "-at_install")
@freeze_time("2026-03-02")
class TestAddresses(PortalCommon, HttpCase):
    def _find_routes(self):
        """:return: [(path, endpoint)] of the routes that are ours, or that we extend"""
        Http, installed = self.env["ir.http"], sorted(self.env.registry._init_modules)
        rules = Http._generate_routing_rules(installed, Http._get_converters())
        found = [
            (path, endpoint)
            for path, endpoint in rules
            if inspect.unwrap(endpoint.func).__module__.startswith(OURS)
        ]
        return sorted(found, key=lambda one: one[0])

    def _fill(self, path, number):
        """The path with values for what stands in it."""
        parts = [
            ("<int:statement_id>", number),
            ("<int:invoice_id>", number),
            ("<int:order_id>", number),
            ("<int:page>", number),
            ("<string:service>", "sheet"),
            ("<string:layout>", "rows"),
            ("<string:language>", "en"),
        ]
        for name, value in parts:
            path = path.replace(name, str(value))
        self.assertNotIn("<", path, "a part of a path that this test doesn't know")
        return path

    def _get_names(self, endpoint):
        named = inspect.signature(inspect.unwrap(endpoint.func)).parameters.values()
        return [
            one.name
            for one in named
            if one.kind in (one.POSITIONAL_OR_KEYWORD, one.KEYWORD_ONLY)
            and one.name != "self"
        ]

    def test_all_our_routes_are_walked(self):
        found = [path for path, _endpoint in self._find_routes()]
        self.assertIn("/multicurrency_crm/ageing", found)
        self.assertIn("/my/statements/<int:statement_id>/dispute", found)
        self.assertIn("/sale/product_configurator/get_values", found)

    def test_no_address_breaks_a_page(self):
        for path, endpoint in self._find_routes():
            if endpoint.routing["type"] != "http":
                continue
            is_post = "GET" not in (endpoint.routing["methods"] or ["GET"])
            for user in (self.customer, self.finance, None):
                self._log_in(user)
                for number in (self.statement.id, 0, 2**31, 10**30):
                    self._open_filled(path, number, is_post, {})
                names = self._get_names(endpoint) if user else ["access_token"]
                junks = dict.fromkeys(names, JUNK) | dict.fromkeys(BESIDES, "5")
                for name, values in junks.items():
                    for junk in values if f":{name}>" not in path else ():
                        self._open_filled(
                            path, self.statement.id, is_post, {name: junk}
                        )

    def _open_filled(self, path, number, is_post, values):
        where = self._fill(path, number)
        with self.subTest(path=where, **values):
            if is_post:
                values = {"csrf_token": Request.csrf_token(self), **values}
                answer = self.url_open(where, data=values, allow_redirects=False)
            else:
                answer = self.url_open(where, params=values, allow_redirects=False)
            self.assertLess(answer.status_code, 500)

    def test_a_file_in_the_place_of_a_text(self):
        self._log_in(self.customer)
        line = f"line_{self._line().id}"
        for what in ("confirm", "dispute"):
            for name in ("note", "name", "email", "access_token", line):
                with self.subTest(what=what, name=name):
                    answer = self.url_open(
                        f"{self.url}/{what}",
                        data={"csrf_token": Request.csrf_token(self)},
                        files={name: ("x.txt", b"text")},
                        allow_redirects=False,
                    )
                    self.assertLess(answer.status_code, 500)

    def test_no_json_breaks_a_dialog(self):
        self._log_in(self.finance)
        order = self.env["sale.order"].create({"partner_id": self.buyer.id})
        self.env.flush_all()
        walked = 0
        for path, endpoint in self._find_routes():
            if "fx_order" not in self._get_names(endpoint):
                continue
            walked += 1
            for junk in JUNK_JSON:
                for name in ("fx_order", "company_id", "currency_id"):
                    values = {"fx_order": {"id": None, "partner_id": junk}, name: junk}
                    with self.subTest(path=path, **values):
                        self.assertOursIsQuiet(path, values, order)
        self.assertGreaterEqual(walked, 5)

    def assertOursIsQuiet(self, path, values, order):
        """Odoo may refuse what its own arguments are; we don't stumble before it."""
        self.opener.headers["Content-Type"] = "application/json"
        answer = self.url_open(path, data=json.dumps({"params": values})).json()
        error = answer.get("error", {}).get("data", {})
        if error.get("name") != "odoo.exceptions.AccessError":
            self.assertNotIn("in price_as", error.get("debug", ""))
