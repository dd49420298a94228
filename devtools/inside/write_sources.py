"""Write the tables of sources: ADDON PAGE…, without Odoo.

The adapters and the arithmetic below them import nothing of Odoo, so a bare package in
the addon's place is enough.
"""

import importlib
import sys
import types
from pathlib import Path


def main() -> None:
    """Bring each page named up to date."""
    addon, *pages = map(Path, sys.argv[1:])
    package = types.ModuleType(addon.name)
    package.__path__ = [str(addon)]
    sys.modules[addon.name] = package
    overview = importlib.import_module(f"{addon.name}.providers.overview")
    for page in pages:
        text = page.read_text()
        page.write_text(overview.updated(text, page.suffix))


main()
