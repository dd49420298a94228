"""Colleagues of several roles who work at once on the same few customers, over HTTP."""

from __future__ import annotations

import collections
import http.client
import http.cookiejar
import json
import random
import threading
import time
import urllib.error
import urllib.request

_SELLING = ("quote", "quote", "send", "confirm", "confirm", "amend", "cancel")
#: what a client may do by its login, each so often
WORK = {
    "seller1": (*_SELLING, "overdraw", "overdraw"),
    "seller2": (*_SELLING, "overdraw", "ask_rate"),
    "manager": ("quote", "confirm", "amend", *["cancel", "decide"] * 2, "overdraw"),
    "clerk": ("invoice", "invoice", "post", "post", "credit", "reset", "read"),
    "credit": ("assess", "read", "read", "confirm"),
    "store": ("deliver",),
}
#: of that, what only the addon knows
_OURS = ("ask_rate", "assess", "decide", "overdraw")
_REFUSED = (
    *("UserError", "ValidationError", "AccessError", "MissingError"),
    *("RedirectWarning", "CreditStopped"),
)
_COLLIDED = ("could not serialize", "deadlock detected", "could not obtain lock")
_PATIENCE = 120


class Refused(Exception):
    """Odoo answered with a sentence."""


class Collided(Exception):
    """Odoo gave up trying again."""


class Fault(Exception):
    """Odoo answered with anything else."""


class Client(threading.Thread):
    """One colleague, who does one thing after the other until told to stop.

    :param made: ``logins``, ``customers`` and ``products`` of the company, and whether
        it has the ``addon``
    :param seed: of what it does
    """

    def __init__(self, address, database, login, made, seed, stopping):
        super().__init__(daemon=True, name=f"{login}-{seed}")
        self.address, self.database, self.login = address, database, login
        self.made, self.stopping = made, stopping
        self.chance = random.Random(seed)
        self.counts = collections.Counter()
        self.faults: list[str] = []
        self.seconds: list[float] = []
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()),
        )

    def run(self):
        """Work; what happens is counted."""
        signed_in = False
        works = [
            what for what in WORK[self.login] if self.made["addon"] or what not in _OURS
        ]
        while not self.stopping.is_set():
            what = self.chance.choice(works)
            start = time.perf_counter()
            try:
                if not signed_in:
                    self._sign_in()
                    signed_in = True
                getattr(self, f"_do_{what}")()
                self._count(what, "done")
                self.seconds.append(time.perf_counter() - start)
            except Refused:
                self._count(what, "refused")
            except Collided:
                self._count(what, "collided")
            except Fault as fault:
                self._count(what, "failed")
                self.faults.append(f"{self.login} {what}: {fault}")
            except (OSError, http.client.HTTPException, ValueError):
                # a worker was killed, or its connection
                self._count(what, "cut off")
                time.sleep(0.5)

    def _count(self, what, outcome):
        self.counts[what, outcome] += 1

    # === HTTP === #

    def _ask(self, path, params):
        body = json.dumps({"jsonrpc": "2.0", "method": "call", "params": params})
        request = urllib.request.Request(
            self.address + path,
            body.encode(),
            {"Content-Type": "application/json"},
        )
        with self._opener.open(request, timeout=_PATIENCE) as page:
            answer = json.load(page)
        if "error" not in answer:
            return answer.get("result")
        data = answer["error"].get("data") or {}
        said = f"{data.get('name')}: {data.get('message')}"
        if any(text in said for text in _COLLIDED):
            raise Collided(said)
        if str(data.get("name")).rpartition(".")[2] in _REFUSED:
            raise Refused(said)
        if "OperationalError" in said or "InterfaceError" in said:
            raise ConnectionError(said)
        raise Fault(said)

    def _sign_in(self):
        self._ask(
            "/web/session/authenticate",
            {"db": self.database, "login": self.login, "password": self.login},
        )

    def _call(self, model, method, *arguments, **more):
        return self._ask(
            "/web/dataset/call_kw",
            {"model": model, "method": method, "args": arguments, "kwargs": more},
        )

    def _fill_in(self, model, button, values, **context):
        """Fill in a dialog, and press one of its buttons."""
        dialog = self._call(model, "create", values, context=context)
        return self._call(model, button, [dialog], context=context)

    def _pick(self, model, *domain):
        """The id of one of the newest records, or a refusal."""
        ids = self._call(model, "search", list(domain), limit=8, order="id desc")
        if not ids:
            raise Refused("nothing to do")
        return self.chance.choice(ids)

    # === WHAT THEY DO === #

    def _do_quote(self):
        lines = [
            [
                0,
                0,
                {"product_id": product, "product_uom_qty": self.chance.randint(1, 4)},
            ]
            for product in self.made["products"]
        ]
        customer = self.chance.choice(self.made["customers"])
        self._call(
            "sale.order", "create", {"partner_id": customer, "order_line": lines}
        )

    def _do_send(self):
        order = self._pick("sale.order", ["state", "=", "draft"])
        self._call("sale.order", "action_quotation_sent", [order])

    def _do_confirm(self):
        order = self._pick("sale.order", ["state", "in", ["draft", "sent"]])
        self._call("sale.order", "action_confirm", [order])

    def _do_amend(self):
        line = self._pick("sale.order.line", ["state", "in", ["sent", "sale"]])
        quantity = self.chance.randint(1, 9)
        self._call("sale.order.line", "write", [line], {"product_uom_qty": quantity})

    def _do_cancel(self):
        order = self._pick("sale.order", ["state", "in", ["sent", "sale"]])
        self._call("sale.order", "action_cancel", [order])

    def _do_invoice(self):
        order = self._pick("sale.order", ["invoice_status", "=", "to invoice"])
        self._fill_in(
            "sale.advance.payment.inv",
            "create_invoices",
            {"advance_payment_method": "delivered"},
            active_model="sale.order",
            active_ids=[order],
        )

    def _pick_move(self, state):
        return self._pick(
            "account.move", ["move_type", "=", "out_invoice"], ["state", "=", state]
        )

    def _do_post(self):
        self._call("account.move", "action_post", [self._pick_move("draft")])

    def _do_reset(self):
        self._call("account.move", "button_draft", [self._pick_move("posted")])

    def _do_credit(self):
        move = self._pick_move("posted")
        made = self._fill_in(
            "account.move.reversal",
            "refund_moves",
            {"journal_id": self._journal(move), "reason": "load"},
            active_model="account.move",
            active_ids=[move],
        )
        self._call("account.move", "action_post", [made["res_id"]])

    def _journal(self, move):
        [row] = self._call("account.move", "read", [move], ["journal_id"])
        return row["journal_id"][0]

    def _do_assess(self):
        customer = self.chance.choice(self.made["customers"])
        self._call("res.partner", "action_assess_credit", [customer])

    def _do_overdraw(self):
        """Ask for more than is left of an agreement; a manager allows it at once."""
        open_states = ["state", "in", ["draft", "sent", "sale"]]
        order = self._pick("sale.order", ["rate_locked", "=", True], open_states)
        self._fill_in(
            "sale.order.overdraw.lock",
            "action_apply",
            {"amount": 100.0 * self.chance.randint(1, 9), "reason": "load"},
            default_order_id=order,
        )

    def _do_ask_rate(self):
        """Type a rate that is too far from the market's, so that a manager is asked."""
        draft = ["state", "=", "draft"]
        order = self._pick("sale.order", ["rate_locked", "=", False], draft)
        self._fill_in(
            "sale.order.lock.rate",
            "action_lock",
            {"rate_choice": "typed", "quoted_rate": "0.95"},
            default_order_id=order,
        )

    def _do_decide(self):
        asked = self._pick("fx.rate.approval", ["state", "=", "requested"])
        if self.chance.randrange(4):
            self._call("fx.rate.approval", "action_approve", [asked])
            return
        self._fill_in(
            "decision.refuse",
            "action_apply",
            {"reason": "load"},
            default_res_model="fx.rate.approval",
            default_res_ids=[asked],
        )

    def _do_deliver(self):
        goods = ["picking_type_code", "=", "outgoing"]
        ready = ["state", "in", ["confirmed", "assigned"]]
        picking = self._pick("stock.picking", goods, ready)
        self._call("stock.picking", "button_validate", [picking])

    def _do_read(self):
        for model in ("sale.order", "res.partner"):
            self._call(model, "search_read", [], ["display_name"], limit=40)
