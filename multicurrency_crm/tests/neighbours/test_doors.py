from odoo.tests import BaseCase, TransactionCase, tagged

from ...models.neighbours import door


class _Foreign:
    """Stands for a foreign model's class."""

    def price(self, amount):
        return [f"origin {amount}"]


@tagged("post_install", "-at_install")
class TestDoor(BaseCase):
    """One door a method, and whoever listens at it."""

    def _listen(self, name, order, change=lambda amount: amount):
        def listener(proceed, records, amount):
            return [name, *proceed(records, change(amount))]

        door.listen("foreign.model", "price", order)(listener)
        self.addCleanup(door.ignore, "foreign.model", "price", listener)
        return listener

    def _open(self):
        registry = {"foreign.model": type("Foreign", (_Foreign,), {})}
        door.open_doors(registry)
        return registry

    def test_two_rooms_listen_at_one_method(self):
        """In the order that they say, whichever was imported first."""
        self._listen("credit", 60)
        self._listen("locks", 40, lambda amount: amount * 2)
        registry = self._open()
        told = registry["foreign.model"]().price(3)
        self.assertEqual(told, ["locks", "credit", "origin 6"])

    def test_one_place_for_one_listener(self):
        self._listen("locks", 40)
        with self.assertRaisesRegex(ValueError, r"foreign.model.price are number 40"):
            door.listen("foreign.model", "price", 40)(print)

    def test_a_room_that_is_gone_leaves_the_others(self):
        locks = self._listen("locks", 40)
        self._listen("credit", 60)
        door.ignore("foreign.model", "price", locks)
        registry = self._open()
        self.assertEqual(registry["foreign.model"]().price(3), ["credit", "origin 3"])

    def test_opened_twice_it_asks_once(self):
        self._listen("locks", 40)
        registry = self._open()
        door.open_doors(registry)
        self.assertEqual(registry["foreign.model"]().price(3), ["locks", "origin 3"])

    def test_closed_it_is_the_modules_own(self):
        self._listen("locks", 40)
        registry = self._open()
        door.close_doors(registry)
        self.assertIs(registry["foreign.model"].price, _Foreign.price)

    def test_where_nothing_is_installed(self):
        self._listen("locks", 40)
        without = {"foreign.model": type("Other", (), {})}
        door.open_doors({})
        door.open_doors(without)
        door.close_doors(without)
        self.assertNotIn("price", vars(without["foreign.model"]))


@tagged("post_install", "-at_install")
class TestDoorsOfThisDatabase(TransactionCase):
    def _find_doors(self):
        """{(model, method): whether a door stands before it} of what is installed"""
        registry = self.env.registry
        return {
            (model, method): hasattr(getattr(registry[model], method), "is_door")
            for model, method in door.get_doors()
            if hasattr(registry.get(model), method)
        }

    def test_every_method_that_exists_is_led_through(self):
        self.assertEqual(set(self._find_doors().values()) - {True}, set())

    def test_opened_once_and_taken_away(self):
        doors = self.env["neighbour.doors"]
        before = self._find_doors()
        doors._register_hook()
        self.assertEqual(self._find_doors(), before)
        doors._unregister_hook()
        self.addCleanup(doors._register_hook)
        self.assertFalse(any(self._find_doors().values()))
