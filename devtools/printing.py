"""What Odoo prints documents with: wkhtmltopdf, a browser, a font for Chinese."""

from __future__ import annotations

import os
import platform
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

from . import apt, private_programs
from .cache import building, key, part
from .console import DevError, console
from .inside.print_pages import BROWSERS
from .private_programs import Package, works

PROGRAM = "wkhtmltopdf"
_NAMES = (PROGRAM, "wkhtmltoimage")
_SCRIPT = Path(__file__).parent / "inside" / "print_pages.py"
_LIBRARIES = f"usr/lib/{platform.machine()}-linux-gnu"

_WKHTMLTOPDF = Package(
    PROGRAM,
    programs=tuple((name, f"usr/bin/{name}") for name in _NAMES),
    settings=(
        ("QT_PLUGIN_PATH", f"$root/{_LIBRARIES}/qt5/plugins"),
        ("QT_QPA_PLATFORM", "offscreen"),
    ),
)
_CHROMIUM = Package("chromium", programs=(("chromium", "usr/lib/chromium/chromium"),))
# one font for simplified and traditional Chinese, Japanese and Korean, of 1.6 MB
_FONT = Package("fonts-wqy-microhei", alone=True)
_FONTS = """\
<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <include ignore_missing="yes">{machine}</include>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


@dataclass(frozen=True)
class Printing:
    """What Odoo's processes need to find what prints.

    `programs`: folders that come last on their PATH; `stand_in`: the program that
    prints through Chromium, whether it is used or not; `fonts`: fontconfig's file.
    """

    programs: tuple[Path, ...]
    stand_in: Path
    fonts: Path | None
    by: str

    def environment(self) -> dict[str, str]:
        """Variables for Odoo's processes."""
        path = [os.environ.get("PATH", os.defpath), *map(str, self.programs)]
        found = {
            "PATH": os.pathsep.join(path),
            "MULTICURRENCY_STAND_IN": str(self.stand_in),
        }
        if self.fonts and not os.environ.get("FONTCONFIG_FILE"):
            found["FONTCONFIG_FILE"] = str(self.fonts)
        return found


def _has_browser() -> bool:
    return _CHROMIUM.is_here or any(map(shutil.which, BROWSERS))


def browser() -> None:
    """Have a Chromium for the tests' tours, and where nothing else prints.

    :raise DevError: there is none and none can be had
    """
    if _has_browser():
        return
    if apt.may_install():
        apt.install("chromium")
    else:
        private_programs.fetch(_CHROMIUM)
    if not _has_browser():
        raise apt.explain_missing(
            "chromium", "The tests' tours need Chromium, and it is missing"
        )


def fetch() -> None:
    """Have what prints, as far as it can be had."""
    wanted = [_FONT] if shutil.which(PROGRAM) else [_WKHTMLTOPDF, _FONT]
    private_programs.fetch(*wanted)
    if not shutil.which(PROGRAM) and not _WKHTMLTOPDF.is_here:
        try:
            browser()
        except DevError:
            console.say(
                "Nothing prints PDF documents here: install wkhtmltopdf or Chromium, on"
                " Debian with `apt-get install chromium`"
            )


def _write_stand_in(python: Path) -> Path:
    """The program that prints through Chromium, under both names that Odoo calls."""
    script = _SCRIPT.read_text(encoding="utf-8")
    place = part("programs", f"stand-in-{key(script, str(python))}")
    if not place.is_dir():
        with building(place) as partial:
            (partial / _SCRIPT.name).write_text(script, encoding="utf-8")
            for name in _NAMES:
                words = [str(python), str(place / _SCRIPT.name), name]
                program = partial / name
                program.write_text(f'#!/bin/sh\nexec {shlex.join(words)} "$@"\n')
                program.chmod(0o755)
    return place / PROGRAM


def _write_fonts() -> Path | None:
    """Fontconfig's file that adds our font to the machine's."""
    if not _FONT.is_here:
        return None
    text = _FONTS.format(
        machine="/etc/fonts/fonts.conf",
        fonts=_FONT.place / "root/usr/share/fonts",
        cache=part("programs", "font-cache"),
    )
    path = part("programs", "fonts.conf")
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    return path


def find(python: Path) -> Printing:
    """What prints here: wkhtmltopdf on the PATH, Debian's, else Chromium in its stead.

    :param python: the environment's Python, on which the stand-in runs
    """
    stand_in = _write_stand_in(python)
    programs, by = [], shutil.which(PROGRAM) or ""
    debian = _WKHTMLTOPDF.place / "bin"
    if not by and _WKHTMLTOPDF.is_here and works(debian / PROGRAM, "--version"):
        programs.append(debian)
        by = "Debian's wkhtmltopdf"
    if _CHROMIUM.is_here:
        programs.append(_CHROMIUM.place / "bin")
    if not by and _has_browser():
        programs.append(stand_in.parent)
        by = "Chromium, in wkhtmltopdf's stead"
    if by:
        console.say(f"PDF: {by}")
    return Printing(tuple(programs), stand_in, _write_fonts(), by)
