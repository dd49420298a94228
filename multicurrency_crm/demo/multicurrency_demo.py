import csv
from datetime import datetime, time, timedelta

from odoo import api, models
from odoo.tools import SQL
from odoo.tools.misc import file_open

#: nothing is mailed, tracked or followed, and no module is installed on the way
QUIET = {
    "install_mode": True,
    "mail_activity_quick_update": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "no_reset_password": True,
    "tracking_disable": True,
}


class MultiCurrencyDemo(models.AbstractModel):
    """Loads what has a date into the demonstration company, counted back from today.

    Documents are made by the addon's and Odoo's own methods, so that they are what a
    person would have got; only their dates are moved afterwards.
    """

    _name = "multicurrency.demo"
    _description = "Demonstration Company"

    @api.model
    def _load(self):
        """Fill the demonstration company; does nothing where it is filled already."""
        company = self.env.ref("multicurrency_crm.demo_company")
        context = {**QUIET, "allowed_company_ids": company.ids}
        demo = self.sudo().with_context(**context)
        if demo.env["sale.order"].search_count(
            [("company_id", "=", company.id)], limit=1
        ):
            return
        demo._switch_on_features()
        demo._load_books()
        demo._load_rates()
        demo._prepare_customers()
        demo._load_routes()
        orders = demo._load_orders()
        demo._load_opportunities(orders)
        demo._load_receivables(orders)
        demo._load_history()
        demo._load_promises(orders)
        demo._load_plans()
        demo._load_forwards()
        demo._load_conversions()
        demo._load_statements()
        demo._load_revaluation()
        demo._load_bank()
        demo._load_flow()
        demo._load_credit_limits()
        demo._load_credit_policy()
        demo._load_claims()
        demo._load_pay_promises()
        demo._load_collection()
        demo._load_calls()
        demo._load_lifecycle()

    def _switch_on_features(self):
        """Show all that there is, to everybody in this database."""
        Settings = self.env["res.config.settings"]
        Settings._set_features(dict.fromkeys(Settings._list_features(), True))

    # === HELPERS === #

    def _ref(self, name):
        """A record of this demonstration, by the end of its XML id."""
        return self.env.ref(f"multicurrency_crm.demo_{name}")

    def _get_company(self):
        return self._ref("company").with_env(self.env)

    def _get_today(self):
        return self._get_company()._get_today()

    def _get_day(self, days_ago):
        """The date so many days ago (negative: ahead), where the company is.

        :param days_ago: number, as int or text
        """
        return self._get_today() - timedelta(days=int(days_ago))

    @staticmethod
    def _get_moment(day):
        """Office hours in China, on ``day``, in UTC."""
        return datetime.combine(day, time(hour=2, minute=day.day))

    @staticmethod
    def _read_rows(filename):
        """The rows of a CSV of this folder, as dicts of texts."""
        with file_open(f"multicurrency_crm/demo/{filename}") as file:
            return list(csv.DictReader(file))

    def _name_records(self, records):
        """Give records their XML ids.

        :param records: {end of the XML id: record}
        """
        self.env["ir.model.data"]._update_xmlids(
            [
                {
                    "xml_id": f"multicurrency_crm.demo_{name}",
                    "record": record,
                    "noupdate": True,
                }
                for name, record in records.items()
            ]
        )

    def _backdate(self, moments):
        """Move records, and what their chatter says, to the day of their making.

        In SQL: Odoo writes these columns itself.

        :param moments: {record: datetime}, records of one model
        """
        self.env.flush_all()
        records = self.env[next(iter(moments))._name].concat(*moments)
        ids, dates = records.ids, list(moments.values())
        for table, column, key, condition in (
            (records._table, "create_date", "id", SQL("TRUE")),
            ("mail_message", "date", "res_id", SQL("t.model = %s", records._name)),
        ):
            self.env.cr.execute(
                SQL(
                    """UPDATE %s t SET %s = moved.moment
                         FROM unnest(%s::int[], %s::timestamp[]) moved (id, moment)
                        WHERE t.%s = moved.id AND %s""",
                    SQL.identifier(table),
                    SQL.identifier(column),
                    ids,
                    dates,
                    SQL.identifier(key),
                    condition,
                )
            )
        self.env.invalidate_all()
