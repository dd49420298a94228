"""Who opens the addon's screens, and which screens it has."""

from odoo import Command
from odoo.tests import new_test_user

from ..common import MultiCurrencyCommon

MODULE = "multicurrency_crm"
VIEW_TAGS = ("form", "list", "kanban", "calendar", "graph", "pivot", "activity")

#: a name for what a colleague may do, and the groups that give it
ROLES = {
    "salesperson": "sales_team.group_sale_salesman",
    "every_lead": "sales_team.group_sale_salesman_all_leads",
    "invoicing": "account.group_account_invoice",
    "accountant": "account.group_account_user",
    "trader": "sales_team.group_sale_salesman,account.group_account_invoice,"
    "multicurrency_crm.group_user",
    "user": "multicurrency_crm.group_user",
    "finance": "multicurrency_crm.group_finance",
    "credit_manager": "multicurrency_crm.group_credit_manager",
    "manager": "multicurrency_crm.group_manager",
    "settings": "base.group_system",
}

#: (role, number of companies, language)
SESSIONS = [
    (role, count, language)
    for role in ROLES
    for count, language in ((1, "en_US"), (2, "zh_CN"))
]


class ScreensCommon(MultiCurrencyCommon):
    """Each role as a colleague with one company, and as one with two."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["res.lang"]._activate_lang("zh_CN")
        addon = cls.env["ir.module.module"].search([("name", "=", MODULE)])
        addon._update_translations(["zh_CN"])
        cls.colleagues = {
            (role, count): cls._create_colleague(role, count)
            for role in ROLES
            for count in (1, 2)
        }

    @classmethod
    def _create_colleague(cls, role, count):
        companies = (cls.company | cls.other_company)[:count]
        return new_test_user(
            cls.env,
            f"{role}_of_{count}",
            name=role.replace("_", " ").capitalize(),
            groups=f"base.group_user,{ROLES[role]}",
            company_id=cls.company.id,
            company_ids=[Command.set(companies.ids)],
            email=f"{role}{count}@example.com",
        )

    @classmethod
    def _become(cls, role, count, language="en_US"):
        """:return: the environment of a colleague's session, all companies chosen"""
        user = cls.colleagues[role, count]
        context = {
            "lang": language,
            "tz": "Asia/Shanghai",
            "uid": user.id,
            "allowed_company_ids": user.company_ids.ids,
        }
        return cls.env(user=user, context=context)

    @classmethod
    def _find_own(cls, model):
        """:return: {XML id without its module: record} of what the addon defines"""
        data = cls.env["ir.model.data"].search(
            [("module", "=", MODULE), ("model", "=", model)]
        )
        return {row.name: cls.env[model].browse(row.res_id) for row in data}

    @classmethod
    def _find_views(cls):
        """:return: the views on which the addon has a word, whole: its own and those
        of Odoo that it extends"""
        roots = cls.env["ir.ui.view"]
        for view in cls._find_own("ir.ui.view").values():
            while view.mode == "extension" and view.inherit_id:
                view = view.inherit_id
            if view.type != "qweb":
                roots |= view
        return roots

    @classmethod
    def _find_actions(cls):
        return list(cls._find_own("ir.actions.act_window").values())
