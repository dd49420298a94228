"""Build backend of the repository's root: builds the addon's wheel with whool.

whool builds an addon from the addon's own folder; this lets `pip install` be given the
repository as well.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import wheel_contents
from whool import buildapi

_ADDON = Path(__file__).resolve().parent.parent / "multicurrency_crm"


@contextlib.contextmanager
def _in_addon():
    before = os.getcwd()
    os.chdir(_ADDON)
    try:
        yield
    finally:
        os.chdir(before)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    """Build the addon's wheel; its file name (PEP 517)."""
    target = os.path.abspath(wheel_directory)
    with _in_addon():
        name = buildapi.build_wheel(target, config_settings, metadata_directory)
    wheel_contents.finish(Path(target) / name, _ADDON.parent / "LICENSE")
    return name


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    """Build a wheel that points at the working tree; its file name (PEP 660)."""
    target = os.path.abspath(wheel_directory)
    with _in_addon():
        return buildapi.build_editable(target, config_settings, metadata_directory)


def build_sdist(sdist_directory, config_settings=None):
    """Build the addon's source archive; its file name (PEP 517)."""
    target = os.path.abspath(sdist_directory)
    with _in_addon():
        return buildapi.build_sdist(target, config_settings)
