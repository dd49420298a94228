"""The adapters that exist, by code. Other addons may register theirs.

::

    from odoo.addons.multicurrency_crm.providers import base, registry

    @registry.register
    class CentralBankOfAtlantis(base.Adapter):
        code = "atlantis"
        …
"""

from .base import Adapter
from .errors import UnknownProvider, _lt

_adapters: dict[str, Adapter] = {}


def register(adapter_class: type[Adapter]) -> type[Adapter]:
    """Make an adapter known under its ``code``; use it as a class decorator.

    :raises ValueError: another class holds that code already
    """
    known = _adapters.get(adapter_class.code)
    if known and type(known).__qualname__ != adapter_class.__qualname__:
        raise ValueError(f"two adapters are called {adapter_class.code!r}")
    _adapters[adapter_class.code] = adapter_class()
    return adapter_class


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
