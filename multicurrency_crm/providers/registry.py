"""The adapters that exist, by code. Other addons may register theirs.

::

    from odoo.addons.multicurrency_crm.providers import base, registry

    @registry.register
    class CentralBankOfAtlantis(base.Adapter):
        code = "atlantis"
        …

What an adapter declares is described at :class:`.base.Adapter`, and how one is written
in ``readme/ADDING_A_PROVIDER.md``.
"""

import re
from collections.abc import Iterator
from typing import get_args
from urllib.parse import urlsplit

from ..engine.calendars import Calendar
from ..engine.rate_sources import Publisher
from ..engine.rates import KINDS
from .base import Adapter, Applies
from .errors import UnknownProvider, _lt

_adapters: dict[str, Adapter] = {}

_TECHNICAL = re.compile(r"[a-z][a-z0-9_]*")
_CURRENCY = re.compile(r"[A-Z]{3}")
#: what no adapter can do without, the base of "" for one whose quotes say it
_NEEDED = ("code", "name", "base", "kinds", "calendar", "terms", "documentation")


def register(adapter_class: type[Adapter]) -> type[Adapter]:
    """Make an adapter known under its ``code``; use it as a class decorator.

    :raises ValueError: another class holds that code already, or a declaration is
        missing or can't be; the message says which
    """
    if faults := list(_faults(adapter_class)):
        name = adapter_class.__qualname__
        raise ValueError(f"{name} can't be registered: {'; '.join(faults)}")
    known = _adapters.get(adapter_class.code)
    if known and type(known).__qualname__ != adapter_class.__qualname__:
        raise ValueError(f"two adapters are called {adapter_class.code!r}")
    _adapters[adapter_class.code] = adapter_class()
    return adapter_class


def _faults(adapter_class: type[Adapter]) -> Iterator[str]:
    """Say what is missing or wrong in the declarations of an adapter."""
    missing = [name for name in _NEEDED if not hasattr(adapter_class, name)]
    if missing:
        yield f"it declares no {', no '.join(missing)}"
    if methods := sorted(adapter_class.__abstractmethods__):
        yield f"it has no method {', no '.join(methods)}"
    if missing:
        return
    checks = {
        "code": _TECHNICAL.fullmatch(adapter_class.code),
        "name": adapter_class.name,
        "publisher": adapter_class.publisher in (None, *get_args(Publisher)),
        "base": not adapter_class.base or _CURRENCY.fullmatch(adapter_class.base),
        "kinds": adapter_class.kinds and {*adapter_class.kinds} <= {*KINDS},
        "currencies": all(map(_CURRENCY.fullmatch, adapter_class.currencies))
        and adapter_class.base not in adapter_class.currencies,
        "calendar": isinstance(adapter_class.calendar, Calendar),
        "applies": adapter_class.applies in get_args(Applies),
        "terms": adapter_class.terms,
        "address": _is_allowed(adapter_class),
    }
    for name, is_right in checks.items():
        if not is_right:
            yield f"its {name} can't be {getattr(adapter_class, name)!r}"


def _is_allowed(adapter_class: type[Adapter]) -> bool:
    """Return whether the address, if there is one, is https on one of the hosts."""
    address = urlsplit(adapter_class.address)
    if not adapter_class.address or adapter_class.self_hosted:
        return True
    return address.scheme == "https" and address.hostname in adapter_class.hosts


def unregister(code: str) -> None:
    """Forget an adapter; unknown codes are ignored."""
    _adapters.pop(code, None)


def get(code: str) -> Adapter:
    """Return the adapter registered under ``code``.

    :raises UnknownProvider: there is none
    """
    if adapter := find(code):
        return adapter
    raise UnknownProvider(
        _lt(
            "No adapter is called “%(code)s”: install the addon that brings it "
            "or choose another service."
        ),
        code=code,
    )


def find(code: str) -> Adapter | None:
    """Return the adapter registered under ``code``, or None."""
    return _adapters.get(code)


def all_adapters() -> list[Adapter]:
    """Return every registered adapter, sorted by name."""
    return sorted(_adapters.values(), key=lambda adapter: adapter.name)
