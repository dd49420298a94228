"""What the tests of every room share: two companies that keep different books."""

from unittest.mock import patch

from odoo import Command, fields
from odoo.models import BaseModel
from odoo.orm.fields_textual import BaseString
from odoo.tests import HttpCase, TransactionCase, new_test_user


class MultiCurrencyCommon(TransactionCase):
    """A Chinese exporter (CNY) and an American sister (USD), with hand-typed rates."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._watch_texts()
        cls.env = cls.env(context={**cls.env.context, "tracking_disable": True})
        cls._switch_features(True)
        cls.cny, cls.usd, cls.eur, cls.jpy, cls.kwd = cls._activate(
            "CNY", "USD", "EUR", "JPY", "KWD"
        )
        cls.company = cls._create_company("Harbour Export", cls.cny)
        cls.other_company = cls._create_company("Harbour America", cls.usd)
        cls.env.user.company_ids |= cls.company | cls.other_company
        cls.env.user.company_id = cls.company
        cls.env = cls.env(
            context={**cls.env.context, "allowed_company_ids": cls.company.ids}
        )
        cls._set_rate(cls.usd, "2026-01-01", 0.14)
        cls._set_rate(cls.eur, "2026-01-01", 0.125)
        cls._set_rate(cls.jpy, "2026-01-01", 20.0)
        cls._set_rate(cls.kwd, "2026-01-01", 0.043)
        cls._set_rate(cls.eur, "2026-01-01", 0.9, cls.other_company)
        cls.customer = cls.env["res.partner"].create(
            {"name": "Customer", "is_company": True}
        )
        cls.product = cls.env["product.product"].create(
            {
                "name": "Pump",
                "list_price": 1000.0,
                "taxes_id": False,
                "company_id": cls.company.id,
                "invoice_policy": "order",
            }
        )

    @classmethod
    def _watch_texts(cls):
        """Refuse what is no text as a text of the addon: Odoo would keep and show it
        as Python prints it (``records and text`` is an empty recordset without any)."""
        convert = BaseString.convert_to_cache

        def convert_text(field, value, *args, **kwargs):
            if isinstance(value, (BaseModel, dict, list, set)) and not field.translate:
                if "multicurrency_crm" in field._modules:
                    raise TypeError(f"{field} gets {value!r}: that is no text.")
            return convert(field, value, *args, **kwargs)

        cls.startClassPatcher(
            patch.object(BaseString, "convert_to_cache", convert_text)
        )

    @classmethod
    def _activate(cls, *codes):
        Currency = cls.env["res.currency"].with_context(active_test=False)
        found = [Currency.search([("name", "=", code)]) for code in codes]
        Currency.concat(*found).active = True
        return found

    @classmethod
    def _switch_features(cls, on):
        """Show everything that a database may do without, or nothing of it."""
        Settings = cls.env["res.config.settings"]
        Settings._set_features(dict.fromkeys(Settings._list_features(), on))

    @classmethod
    def _create_company(cls, name, currency, **values):
        if "parent_id" not in values:
            # the rates typed above are of one day, and tests run on any
            values.setdefault("rate_max_age", 10_000)
        return cls.env["res.company"].create(
            {"name": name, "currency_id": currency.id, **values}
        )

    @classmethod
    def _set_rate(cls, currency, date, rate, company=None):
        """:param rate: technical rate, units of currency for 1 of company currency
        where the company currency's own rate is 1"""
        return cls.env["res.currency.rate"].create(
            {
                "currency_id": currency.id,
                "company_id": (company or cls.company).id,
                "name": date,
                "rate": rate,
            }
        )

    @classmethod
    def _load_chart(cls, company=None):
        """A chart of accounts for ``company``, which keeps its currency."""
        company = company or cls.company
        currency = company.currency_id
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=company, install_demo=False
        )
        company.currency_id = currency

    @classmethod
    def _enable_pricelists(cls):
        cls.env["res.config.settings"].create(
            {"group_product_pricelist": True}
        ).execute()

    @classmethod
    def _disable_pricelists(cls):
        cls.env.ref("base.group_user")._remove_group(
            cls.env.ref("product.group_product_pricelist")
        )
        cls.env["product.pricelist"].search([]).active = False

    @classmethod
    def _create_pricelist(cls, currency, **values):
        return cls.env["product.pricelist"].create(
            {
                "name": f"In {currency.name}",
                "currency_id": currency.id,
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _create_order(cls, partner=None, lines=1, **values):
        line = {"product_id": cls.product.id, "product_uom_qty": 2}
        return cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "order_line": [Command.create(dict(line)) for _n in range(lines)],
                "date_order": fields.Datetime.now(),
                **values,
            }
        )

    @classmethod
    def _create_salesperson(cls, login="seller", groups="", **values):
        groups = ",".join(
            filter(None, ["sales_team.group_sale_salesman", "base.group_user", groups])
        )
        return new_test_user(
            cls.env,
            login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set((cls.company | cls.other_company).ids)],
            **values,
        )

    @classmethod
    def _found_branch(cls, name, parent=None):
        """A branch, founded now, whose records the tests may write."""
        parent = parent or cls.company
        branch = cls._create_company(name, cls.cny, parent_id=parent.id)
        cls.env.user.company_ids |= branch
        return branch

    @classmethod
    def _work_alone(cls, user, company):
        """Let a user work in one company and in no other."""
        user.write(
            {"company_ids": [Command.set(company.ids)], "company_id": company.id}
        )
        return user

    @classmethod
    def _as(cls, records, user, company):
        """:return: ``records`` as ``user`` sees them who switched on one company"""
        return records.with_user(user).with_context(allowed_company_ids=company.ids)


class TourCase(HttpCase):
    """Tours are walked by users of one company, as most companies have them.

    They get fewer fields than users of several: what a view names and doesn't have
    shows only to them, and only in a browser.
    """

    def start_tour(self, url_path, tour_name, login=None, **kwargs):
        user = self.env["res.users"].search([("login", "=", login)])
        self.assertEqual(len(user.company_ids), 1, f"{login} walks {tour_name}")
        self.assertFalse(user.has_group("base.group_multi_company"))
        return super().start_tour(url_path, tour_name, login=login, **kwargs)
