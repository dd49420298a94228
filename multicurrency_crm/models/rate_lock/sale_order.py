import math
import operator as op

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import format_date

from .fx_rate_locked_mixin import SAME_RATE

COMPARISONS = {"<": op.lt, "<=": op.le, ">": op.gt, ">=": op.ge}


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "fx.rate.locked.mixin"]

    # ``locked_rate`` is what currency_rate reads. A copy of the lock's rate, not a
    # related field: an expiring lock rewrites no order.
    # Not stored: the hourly expiry of locks would otherwise rewrite orders.
    rate_lock_state = fields.Selection(
        selection=[
            ("none", "Not locked"),
            ("locked", "Locked"),
            ("expired", "Expired"),
            ("released", "Released"),
            ("used", "Ordered"),
        ],
        string="Rate",
        compute="_compute_rate_lock_state",
        search="_search_rate_lock_state",
        # a salesperson without the addon's groups can't read locks
        compute_sudo=True,
        groups="base.group_user",
    )
    rate_lock_note = fields.Char(
        compute="_compute_rate_lock_note", compute_sudo=True, groups="base.group_user"
    )
    rate_lock_ended = fields.Boolean(
        compute="_compute_rate_lock_note",
        compute_sudo=True,
        help="The last day of the lock is over, and the order still has its rate.",
        groups="base.group_user",
    )
    market_rate = fields.Float(
        compute="_compute_market_rate",
        compute_sudo=True,
        digits=0,
        help="Today's market rate: units of the order's currency for 1 unit of company "
        "currency; 0 where none is known.",
        groups="base.group_user",
    )
    rate_deviation = fields.Float(
        string="Against Market",
        compute="_compute_market_rate",
        search="_search_rate_deviation",
        compute_sudo=True,
        aggregator=None,
        help="Locked rate / today's market rate − 1. Negative is against us: the "
        "customer's currency fell since it was locked.",
        groups="base.group_user",
    )

    # === COMPUTE METHODS === #

    # What was promised in one currency stays in it: another contact of the customer,
    # say, moves neither pricelist nor currency. Who picks another is told, below.

    def _compute_pricelist_id(self):
        kept = self.filtered("locked_rate")
        result = super(SaleOrder, self - kept)._compute_pricelist_id()
        for order in kept:
            order.pricelist_id = order.pricelist_id
        return result

    def _compute_currency_id(self):
        kept = self.filtered("locked_rate")
        result = super(SaleOrder, self - kept)._compute_currency_id()
        for order in kept:
            order.currency_id = order.currency_id
        return result

    @api.depends("locked_rate")
    def _compute_currency_rate(self):
        locked = self.filtered("locked_rate")
        result = super(SaleOrder, self - locked)._compute_currency_rate()
        for order in locked:
            order.currency_rate = order.locked_rate
        return result

    @api.depends("rate_lock_id.state", "locked_rate", "state")
    def _compute_rate_lock_state(self):
        for order in self:
            order.rate_lock_state = order._get_rate_lock_state()

    def _get_rate_lock_state(self):
        """One agreement is the lock of many orders: each has a state of its own."""
        lock = self.rate_lock_id
        if not lock:
            return "none"
        if not self.locked_rate:
            return "released"
        if lock.state == "expired":
            return "expired"
        if self.state == "sale":
            return "used"
        return "locked" if lock.state == "active" else "expired"

    def _search_rate_lock_state(self, operator, value):
        # Odoo asks for no right to a field that is searched by a method
        self._check_field_access(self._fields["rate_lock_state"], "read")
        if operator != "in":
            return NotImplemented
        # sudo: as for the computation
        Lock = self.env["fx.rate.lock"].sudo()
        active = Domain("rate_lock_id", "in", Lock._search([("state", "=", "active")]))
        over = Domain("rate_lock_id", "in", Lock._search([("state", "=", "expired")]))
        locked = Domain("locked_rate", ">", 0)
        ordered = Domain("state", "=", "sale")
        shown = {
            "none": Domain("rate_lock_id", "=", False),
            "released": Domain("rate_lock_id", "!=", False) & ~locked,
            "locked": locked & active & ~ordered,
            "used": locked & ordered & ~over,
            "expired": locked & (over | (~active & ~ordered)),
        }
        return Domain.OR(shown[state] for state in value if state in shown)

    @api.depends("rate_lock_id.state", "rate_lock_id.date_end", "locked_rate")
    @api.depends_context("lang")
    def _compute_rate_lock_note(self):
        for order in self:
            lock = order.rate_lock_id
            locked = bool(order.locked_rate)
            over = lock.state == "active" and lock._has_ended()
            waiting = order.state in ("draft", "sent")
            over = over or lock.state == "expired" or (lock.state == "used" and waiting)
            order.rate_lock_ended = locked and over
            order.rate_lock_note = locked and order._get_rate_lock_note()

    def _get_rate_lock_note(self):
        """The banner: which rate, from whom, until when."""
        lock = self.rate_lock_id
        terms = {
            "rate": lock.rate_display,
            "publisher": lock.source,
            "published": format_date(self.env, lock.rate_date),
            "end": format_date(self.env, lock.date_end),
        }
        if self.rate_lock_ended:
            return self.env._(
                "The locked rate %(rate)s (%(publisher)s, %(published)s) ended on "
                "%(end)s.",
                **terms,
            )
        if self.state == "sale":
            return self.env._(
                "Rate locked: %(rate)s (%(publisher)s, %(published)s).", **terms
            )
        return self.env._(
            "Rate locked: %(rate)s (%(publisher)s, %(published)s) until %(end)s.",
            **terms,
        )

    @api.depends("currency_id", "company_id", "locked_rate")
    def _compute_market_rate(self):
        foreign = self.filtered(
            lambda order: order.currency_id != order.company_id.currency_id
        )
        spots = foreign._find_lock_spots()
        for order in self:
            spot = spots.get(order)
            market, locked = spot.rate if spot else 0.0, order.locked_rate
            same = math.isclose(market, locked, rel_tol=SAME_RATE)
            known = bool(market and locked)
            order.market_rate = market
            order.rate_deviation = locked / market - 1 if known and not same else 0.0

    def _search_rate_deviation(self, operator, value):
        """Compare in SQL, pair by pair: locked rate with today's spot × (1 + value)."""
        self._check_field_access(self._fields["rate_deviation"], "read")
        if operator not in COMPARISONS:
            return NotImplemented
        # half a grain to the side on which the same rates compare as they should
        grain = SAME_RATE if operator in ("<=", ">") else -SAME_RATE
        companies = Domain("company_id", "in", self.env.companies.ids)
        locked = Domain("locked_rate", ">", 0) & companies
        pairs = self._read_group(locked, ["company_id"], ["currency_id:recordset"])
        found = Domain.FALSE
        for company, currencies in pairs:
            spots = currencies._find_spot(company, company._get_today())
            for currency_id, spot in spots.items():
                found |= (
                    Domain("company_id", "=", company.id)
                    & Domain("currency_id", "=", currency_id)
                    & Domain("locked_rate", operator, spot.rate * (1 + value + grain))
                )
        if COMPARISONS[operator](0, value):  # the unlocked show 0
            return (locked & found) | Domain("locked_rate", "=", 0)
        return locked & found

    # === GUARDS === #

    @api.constrains("pricelist_id")
    def _check_pricelist_within_lock(self):
        for order in self.filtered("locked_rate"):
            if (
                order.pricelist_id.currency_id or order.currency_id
            ) != order.currency_id:
                order._refuse_currency_change()

    @api.constrains("rate_lock_id", "currency_id", "company_id", "partner_id")
    def _check_rate_lock_terms(self):
        for order in self.filtered("locked_rate"):
            lock = order.rate_lock_id.sudo()  # salespeople may not read locks
            if order.currency_id != lock.currency_id:
                order._refuse_currency_change()
            if order.partner_id.commercial_partner_id != lock.partner_id:
                raise UserError(
                    self.env._(
                        "The rate of %(order)s is promised to %(customer)s: release it "
                        "before changing the customer.",
                        order=order.name,
                        customer=lock.partner_id.display_name,
                    )
                )

    def _refuse_currency_change(self):
        # sudo: salespeople may not read locks
        raise UserError(
            self.env._(
                "The rate of %(order)s is locked in %(currency)s: release it before "
                "changing the currency.",
                order=self.name,
                currency=self.rate_lock_id.sudo().currency_id.name,
            )
        )

    @api.constrains("validity_date", "rate_lock_id")
    def _check_validity_within_lock(self):
        for order in self.filtered("locked_rate"):
            lock = order.rate_lock_id.sudo()  # salespeople may not read locks
            if (
                lock.state == "active"
                and not lock._has_ended()
                and order.state in ("draft", "sent")
                and order.validity_date
                and order.validity_date > lock.date_end
            ):
                raise UserError(
                    self.env._(
                        "The rate of %(order)s is locked until %(end)s: keep the "
                        "quotation's expiration within that, or release the rate.",
                        order=order.name,
                        end=format_date(self.env, lock.date_end),
                    )
                )

    @api.ondelete(at_uninstall=False)
    def _unlink_end_rate_lock(self):
        locked = self.filtered("locked_rate")
        # sudo: whoever may delete the quotation ends its promise, too
        for order in locked.sudo().filtered(
            lambda order: order.rate_lock_id.kind == "order"
        ):
            order.rate_lock_id._end(
                "released",
                self.env._("Quotation %(order)s was deleted.", order=order.name),
            )
