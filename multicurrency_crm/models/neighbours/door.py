"""Methods of modules that the addon doesn't depend on.

Whether such a module is installed, and whether it loads before this one or after, is
not known here: an override would need a dependency, or a bridge module each. One door
a method stands in its place once the registry is complete; rooms hang their listeners
on it::

    @listen("stock.picking", "_action_done", order=CREDIT)
    def _check_delivery(proceed, pickings, *args, **kwargs):
        pickings.env["sale.order"]._check_credit_to_deliver(pickings)
        return proceed(pickings, *args, **kwargs)

A listener is called with whoever comes next, the records, and the method's arguments;
it calls ``proceed`` once and hands back what that returns. Doors wrap methods only: a
field, a view or a rule on a foreign model is a bridge module's.
"""

from collections import defaultdict
from functools import partial, wraps

_LISTENERS = defaultdict(list)


def listen(model, method, order):
    """Decorate a function that is called in the place of a foreign method.

    :param str model: name of the foreign model
    :param str method: name of its method
    :param int order: its place among the listeners of this method, lowest first; two
        may not have the same
    :raises ValueError: somebody listens in that place already
    """

    def register(listener):
        listeners = _LISTENERS[model, method]
        if any(order == taken for taken, _other in listeners):
            raise ValueError(f"two listeners of {model}.{method} are number {order}")
        listeners.append((order, listener))
        listeners.sort(key=lambda pair: pair[0])
        return listener

    return register


def ignore(model, method, listener):
    """Take a listener off its door again."""
    left = [pair for pair in _LISTENERS[model, method] if pair[1] is not listener]
    if left:
        _LISTENERS[model, method] = left
    else:
        del _LISTENERS[model, method]


def get_doors():
    """Return the foreign methods that somebody listens at.

    :return: {(model, method): [function(proceed, records, …)], the outermost first}
    """
    return {
        method: [listener for _order, listener in listeners]
        for method, listeners in _LISTENERS.items()
    }


def lead_through(origin, listeners):
    """Put listeners before a method.

    :param origin: the method that is found on the class
    :param listeners: [function(proceed, records, …)], the first one outermost
    :return: the function that takes the method's place
    """
    proceed = origin
    for listener in reversed(listeners):
        proceed = partial(listener, proceed)

    @wraps(origin)
    def door(self, *args, **kwargs):
        return proceed(self, *args, **kwargs)

    door.is_door = True
    return door


def open_doors(registry):
    """Put a door before every foreign method that exists and has listeners."""
    for (model, method), listeners in get_doors().items():
        model_class = registry.get(model)
        if hasattr(model_class, method) and not _is_open(model_class, method):
            origin = getattr(model_class, method)
            setattr(model_class, method, lead_through(origin, listeners))


def close_doors(registry):
    """Take all doors away, so that the methods are their modules' own again."""
    for model, method in get_doors():
        model_class = registry.get(model)
        if model_class and _is_open(model_class, method):
            delattr(model_class, method)


def _is_open(model_class, method):
    return hasattr(vars(model_class).get(method), "is_door")
