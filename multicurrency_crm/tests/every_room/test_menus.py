"""The menu: seven parts, eight entries at most in each, for every role a small one."""

import ast
import re
from pathlib import Path

from odoo.tests import tagged

from .screens_common import MODULE, ROLES, ScreensCommon

ADDON = Path(__file__).resolve().parents[2]
PARTS = [
    *(
        "Today",
        "Customers",
        "Locks and Credit",
        "Money",
        "Getting Paid",
        "Period End",
        "Rates",
    ),
    "Configuration",
]
MOST = 8

#: {feature: what is shown with it alone, to whom everything is shown}
OF_FEATURE = {
    "named_rate": {"menu_rate_named"},
    "agreement": {"menu_fx_rate_agreement"},
    "hedging": {
        *("menu_hedging", "menu_fx_net_position", "menu_fx_forward"),
        *("menu_fx_conversion", "menu_fx_conversion_report"),
    },
    "statement": {
        *("menu_statement", "menu_customer_statement", "menu_customer_ageing"),
        "menu_customer_statement_make",
    },
    "bank": {
        *("menu_bank", "menu_bank_receipt", "menu_bank_match"),
        *("menu_payment_claim", "menu_today_payment_claimable"),
    },
    "closing": {
        *("menu_closing", "menu_fx_revaluation", "menu_fx_result"),
        "menu_currency_flow",
    },
    "payment": {
        *("menu_payment_plan", "menu_payment_promise"),
        *("menu_payment_forecast", "menu_payment_receipt_report"),
        *("menu_configuration_payment", "menu_payment_route"),
        "menu_payment_plan_template",
    },
    "collection": {
        *("menu_collection", "menu_collection_run", "menu_collection_letter"),
        *("menu_collection_block", "menu_collection_level", "menu_collection_today"),
    },
    "history": {"menu_customer_import"},
    "lifecycle": {
        *("menu_lifecycle", "menu_customer_life"),
        *("menu_customer_stage_interval", "menu_customer_follow_up"),
        "menu_customer_reminder",
        "menu_customer_today",
    },
    "credit": {
        *("menu_today_credit", "menu_today_credit_review", "menu_today_credit_limit"),
        *("menu_today_credit_grade", "menu_credit_transfer"),
        *("menu_credit", "menu_credit_limit", "menu_credit_review"),
        *("menu_credit_manual_grade", "menu_credit_assessment"),
        *("menu_credit_loss_allowance", "menu_credit_policy"),
    },
}
#: {role: what it sees in a database that uses no feature}
SMALL = {
    "trader": """
        Today: My Activities
        Customers: Customers, Quotations and Orders
        Locks and Credit: Rate Locks, Locks Ending Soon, Approvals
        Rates: Rate Status, Rates, Rate Chart""",
    "finance": """
        Today: My Activities, Rates to Review
        Customers: Customers
        Locks and Credit: Rate Locks, Locks Ending Soon, Approvals
        Rates: Rate Status, Rates, Rate Chart, Load Rates, Changes,
            Source Catalogue, Fetch Log
        Configuration: Providers, Find Sources""",
    "manager": """
        Today: My Activities, Rates to Approve, Rates to Review
        Customers: Customers
        Locks and Credit: Rate Locks, Locks Ending Soon, Approvals
        Rates: Rate Status, Rates, Rate Chart, Load Rates, Changes,
            Source Catalogue, Fetch Log
        Configuration: First Steps, Rate Spreads, Providers, Find Sources""",
    "settings": "",
    "salesperson": "",
}


@tagged("post_install", "-at_install")
class TestMenus(ScreensCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.menus = cls._find_own("ir.ui.menu")
        cls.root = cls.menus["menu_root"]
        cls.leaves = {n: m for n, m in cls.menus.items() if m.action}

    def _load(self, role):
        """:return: {id: menu} that the client of a colleague gets, of this app"""
        loaded = self._become(role, 1)["ir.ui.menu"].load_menus(False)
        return {
            number: menu
            for number, menu in loaded.items()
            if number != "root" and menu["app_id"] == self.root.id
        }

    def _list_leaves(self, loaded, menu):
        """Entries below a menu, as the dropdown lists them."""
        for number in menu["children"]:
            child = loaded[number]
            yield from (
                self._list_leaves(loaded, child)
                if child["children"]
                else [child["name"]]
            )

    def _read_parts(self, role):
        """:return: {name of a part: [names of its entries]} that a colleague sees"""
        loaded = self._load(role)
        parts = loaded[self.root.id]["children"] if loaded else []
        return {
            loaded[part]["name"]: list(self._list_leaves(loaded, loaded[part]))
            for part in parts
        }

    def test_16_7_seven_parts(self):
        self.env.user.group_ids |= self.env.ref("base.group_system")
        parts = self.root.child_id.sorted("sequence")
        self.assertEqual(parts.mapped("name"), PARTS)
        self.assertEqual(list(self._read_parts("manager")), PARTS)

    def test_16_7_eight_entries_at_most(self):
        for name, menu in self.menus.items():
            with self.subTest(menu=name):
                self.assertLessEqual(len(menu.child_id), MOST)
        for part in self.root.child_id:
            below = [m for m in self.leaves.values() if part in self._list_above(m)]
            with self.subTest(part=part.name):
                self.assertLessEqual(len(below), MOST)
        for role in ROLES:
            loaded = self._load(role)
            for menu in loaded.values():
                with self.subTest(role=role, menu=menu["name"]):
                    self.assertLessEqual(len(menu["children"]), MOST)

    def _list_above(self, menu):
        above = menu.browse()
        while menu := menu.parent_id:
            above |= menu
        return above

    def test_16_7_nothing_is_lost(self):
        """Every menu is in the app, a folder has entries, an entry has an action."""
        for name, menu in self.menus.items():
            with self.subTest(menu=name):
                self.assertTrue(
                    menu == self.root or self.root in self._list_above(menu)
                )
                self.assertEqual(bool(menu.action), not menu.child_id)
                self.assertTrue(menu.action.exists() if menu.action else True)

    def test_16_7_an_entry_has_a_role_and_a_folder_at_most_a_feature(self):
        features = self._find_feature_groups()
        for name, menu in self.menus.items():
            role = menu.group_ids - features
            with self.subTest(menu=name):
                if menu == self.root:
                    self.assertEqual(role, self.env.ref(f"{MODULE}.group_user"))
                elif menu.child_id:
                    self.assertFalse(role)
                else:
                    # one or the other: the groups of a menu are alternatives
                    self.assertTrue(menu.group_ids)
                    self.assertFalse(role and menu.group_ids & features)

    def test_16_7_features_belong_to_users_of_the_addon(self):
        """So an entry that has a feature for its group has a role, too."""
        Settings = self.env["res.config.settings"]
        for name, groups, feature in Settings._get_classified_fields(
            Settings._list_features()
        )["group"]:
            with self.subTest(feature=name):
                self.assertEqual(groups, self.env.ref(f"{MODULE}.group_user"))
                self.assertEqual(feature.implied_by_ids, groups)
        seller = self.colleagues["salesperson", 1]
        self.assertFalse(seller.all_group_ids & self._find_feature_groups())

    def _find_feature_groups(self):
        return self.env["res.groups"].concat(
            *(
                self.env.ref(f"{MODULE}.group_multicurrency_{name}")
                for name in OF_FEATURE
            )
        )

    def test_16_7_what_a_feature_shows(self):
        user = self.colleagues["manager", 1]
        user.group_ids |= self.env.ref("sales_team.group_sale_salesman")
        user.group_ids |= self.env.ref("base.group_system")
        everything = self._find_shown("manager")
        self.assertEqual(everything, set(self.menus))
        Settings = self.env["res.config.settings"]
        for feature, expected in OF_FEATURE.items():
            field = f"group_multicurrency_{feature}"
            Settings._set_features({field: False})
            gone = everything - self._find_shown("manager")
            # a part whose last entry goes, goes
            self.assertEqual(gone, expected, feature)
            Settings._set_features({field: True})
        self.assertEqual(self._find_shown("manager"), everything)

    def _find_shown(self, role):
        loaded = self._load(role)
        return {name for name, menu in self.menus.items() if menu.id in loaded}

    def test_16_7_a_small_company_sees_a_small_app(self):
        self._switch_features(False)
        for role, expected in SMALL.items():
            parts = self._read_parts(role)
            shown = [f"{part}: {', '.join(names)}" for part, names in parts.items()]
            wanted = re.sub(r",\s+", ", ", expected).strip()
            with self.subTest(role=role):
                self.assertEqual(
                    shown, [line.strip() for line in wanted.splitlines() if line]
                )

    def test_16_7_the_manifest_by_room(self):
        """Menus stand in one file a room, the last of its block."""
        files = ast.literal_eval((ADDON / "__manifest__.py").read_text())["data"]
        for path in sorted((ADDON / "views").rglob("*.xml")):
            name = str(path.relative_to(ADDON))
            with self.subTest(file=name):
                self.assertIn(name, files)
                self.assertEqual(
                    "<menuitem" in path.read_text(), name.endswith("menus.xml")
                )
        menus = [name for name in files if name.endswith("_menus.xml")]
        for menu in menus:
            room = menu.split("/")[1]
            last = max(
                number
                for number, name in enumerate(files)
                if f"/{room}/" in name or name.endswith(f"-{room}.csv")
            )
            with self.subTest(room=room):
                self.assertEqual(files[last], menu)
