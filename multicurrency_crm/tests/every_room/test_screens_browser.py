"""The same screens in a browser: what only it evaluates, or types.

An error of the client is one of a domain or modifier, of a widget or of a template.
"""

import json

from odoo.tests import HttpCase, tagged

from .screens_common import ROLES
from .screens_data import ScreensData

#: Odoo's own screens on which the addon has fields
NEIGHBOURS = (
    "sale.action_quotations_with_onboarding",
    "crm.crm_lead_opportunities",
    "account.action_move_out_invoice_type",
)
#: what is typed into every number; the server's test types as each role
WORDS = ("abc", "", "-1", "1e30", "１．２")


@tagged("post_install", "-at_install")
class TestScreensBrowser(ScreensData, HttpCase):
    def _walk(self, role, count, language, views=False, words=()):
        """Open the menus, a new record of each, and what can be chosen there.

        :param views: each view of a menu, not its first alone
        :param words: what is typed into numbers
        """
        user = self.colleagues[role, count]
        user.lang = language
        env = self._become(role, count, language)
        code = "odoo.walkScreens(%s).then(%s, %s)" % (
            json.dumps(
                {"actions": self._list_actions(env), "views": views, "words": words}
            ),
            "() => console.log('test successful')",
            "(error) => console.error(error.message)",
        )
        self.browser_js(
            "/odoo",
            code,
            "!!(odoo.isReady && odoo.walkScreens)",
            login=user.login,
            timeout=240,
        )

    def _list_actions(self, env):
        """:return: [{id, name}] of the menus that a colleague sees"""
        seen = env["ir.ui.menu"]._visible_menu_ids()
        menus = [
            menu
            for menu in self._find_own("ir.ui.menu").values()
            if menu.action and self._is_shown(menu, seen)
        ]
        actions = {menu.action.id: menu.complete_name for menu in menus}
        for name in NEIGHBOURS:
            action = self.env.ref(name)
            if env[action.res_model].has_access("create"):
                actions[action.id] = name
        return [{"id": number, "name": name} for number, name in actions.items()]

    def _is_shown(self, menu, seen):
        return menu.id in seen and (
            not menu.parent_id or self._is_shown(menu.parent_id, seen)
        )

    def test_manager_types_nonsense(self):
        self._walk("manager", 1, "en_US", words=WORDS)

    def test_manager_of_two(self):
        self._walk("manager", 2, "zh_CN", views=True)

    def test_every_role_with_one_company(self):
        languages = ("zh_CN", "en_US")
        for number, role in enumerate(ROLES):
            if role == "manager":
                continue
            with self.subTest(role=role):
                self._walk(role, 1, languages[number % 2])
