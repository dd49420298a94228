"""Methods of modules that the addon doesn't depend on, led through its own.

Whether such a module is installed, and whether it loads before this one or after, is
not known here: an override would need a dependency, or a bridge module each. The
methods are replaced once the registry is complete; one that is built anew starts
without.
"""

from functools import wraps


class Door:
    """One method.

    :param model: its model
    :param name: its name
    """

    def __init__(self, model, name):
        self.model, self.name = model, name

    def lead(self, origin):
        """To be overridden: the method that takes the place of ``origin`` and calls
        it."""
        raise NotImplementedError

    def _find(self, registry):
        """:return: the class of the model that has this method, or None"""
        model_class = registry.get(self.model)
        return model_class if hasattr(model_class, self.name) else None

    def is_led_through(self, model_class):
        return hasattr(vars(model_class).get(self.name), "leads_through")

    def open(self, registry):
        model_class = self._find(registry)
        if model_class and not self.is_led_through(model_class):
            origin = getattr(model_class, self.name)
            door = wraps(origin)(self.lead(origin))
            door.leads_through = True
            setattr(model_class, self.name, door)

    def close(self, registry):
        model_class = self._find(registry)
        if model_class and self.is_led_through(model_class):
            delattr(model_class, self.name)


def open_doors(registry, doors):
    for door in doors:
        door.open(registry)


def close_doors(registry, doors):
    for door in doors:
        door.close(registry)
