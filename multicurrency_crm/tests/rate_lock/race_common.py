"""Real transactions on connections of their own; what they commit is taken away."""

from odoo import SUPERUSER_ID, Command, api, fields
from odoo.modules.registry import Registry
from odoo.tests import BaseCase, get_db_name
from odoo.tools import SQL


class RaceCase(BaseCase):
    """A customer in a foreign currency, a product, and managers who decide."""

    def setUp(self):
        super().setUp()
        self.registry = Registry(get_db_name())
        with self.registry.cursor() as cr:
            env = self._env(cr)
            currency = env["res.currency"].with_context(active_test=False)
            self.currency = currency.search(
                [("id", "!=", env.company.currency_id.id)], limit=1
            )
            self.was_active = self.currency.active
            self.currency.active = True
            partner = env["res.partner"].create({"name": "Raced for"})
            product = env["product.product"].create(
                {
                    "name": "Anything",
                    # where a warehouse is installed, nothing of it is to be delivered
                    "type": "service",
                    "taxes_id": False,
                    "invoice_policy": "order",
                }
            )
            rate = env["res.currency.rate"].create(
                {
                    "currency_id": self.currency.id,
                    "company_id": env.company.id,
                    "name": fields.Date.today(),
                    "rate": 2.0,
                }
            )
            self.partner, self.product, self.rate = partner.id, product.id, rate.id
            self.managers = [self._create_manager(env, n).id for n in (1, 2)]
        self.addCleanup(self._take_away)

    @staticmethod
    def _create_manager(env, number):
        groups = ("sales_team.group_sale_manager", "multicurrency_crm.group_manager")
        return env["res.users"].create(
            {
                "name": f"Deciding {number}",
                "login": f"racing_manager_{number}",
                "group_ids": [Command.link(env.ref(group).id) for group in groups],
            }
        )

    def _env(self, cr, user=SUPERUSER_ID):
        return api.Environment(cr, user, {})

    def _run_job(self, name):
        """Have Odoo run a job of the addon, as its scheduler does.

        :param name: XML id of the ``ir.cron``, without the addon's
        """
        with self.registry.cursor() as cr:
            job = self._env(cr).ref(f"multicurrency_crm.{name}")
            error = job.method_direct_trigger()
        self.assertIs(error, True, error)

    def _quote(self, env, price):
        """A quotation over ``price``, without tax."""
        line = {"product_id": self.product, "price_unit": price, "tax_ids": []}
        return env["sale.order"].create(
            {
                "partner_id": self.partner,
                "currency_id": self.currency.id,
                "order_line": [Command.create(line)],
            }
        )

    def _agree(self, env, cap):
        """An agreement with the customer, up to a cap, that runs for a month."""
        agreement = env["fx.rate.lock"].create(
            {
                "kind": "agreement",
                "partner_id": self.partner,
                "currency_id": self.currency.id,
                "quoted_rate": "2",
                "quote_direction": "unit_per_company",
                "date_end": fields.Date.add(fields.Date.today(), days=30),
                "amount_cap": cap,
            }
        )
        agreement.action_activate()
        return agreement

    def _take_away(self):
        with self.registry.cursor() as cr:
            env = self._env(cr)
            mine = [("partner_id", "=", self.partner)]
            orders = env["sale.order"].search(mine)
            locks = env["fx.rate.lock"].search(mine)
            orders._action_cancel()
            orders.unlink()
            locks.approval_ids.activity_ids.unlink()
            (locks.approval_ids.message_ids | locks.message_ids).unlink()
            env.flush_all()
            # what was promised stays; what was tried here goes past the ORM
            cr.execute(SQL("DELETE FROM fx_rate_lock WHERE id = ANY(%s)", locks.ids))
            env.invalidate_all()
            env["product.product"].browse(self.product).unlink()
            env["res.currency.rate"].browse(self.rate).unlink()
            users = env["res.users"].browse(self.managers)
            people = users.partner_id | env["res.partner"].browse(self.partner)
            users.unlink()
            people.unlink()
            self.currency.with_env(env).active = self.was_active
            env.registry.clear_cache()
