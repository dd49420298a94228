"""Publishers of rates, one file each, called like the code of its adapter.

Every file here is imported, and so registers its adapter: a new one is a new file, with
no list to extend. A file that registers nothing helps the adapter whose name it starts
with.
"""

from importlib import import_module
from pkgutil import iter_modules

for _file in iter_modules(__path__):
    import_module(f"{__name__}.{_file.name}")
