"""`./dev lint`: the checks that every line of the repository passes."""

from __future__ import annotations

from . import process, python_env
from .cache import ADDON, REPOSITORY, part
from .console import console
from .house import find_complaints

_PROGRAM = "dev"  # without a suffix: ruff takes it for Python only when named


def lint(arguments: list[str]) -> int:
    """Run ruff, pylint-odoo and the rules of the house; 0 if none finds anything.

    :param arguments: `--fix` lets ruff correct what it can
    """
    python = python_env.ensure()
    fix = "--fix" in arguments
    cache = {
        "RUFF_CACHE_DIR": str(part("ruff")),
        "PYLINTHOME": str(part("pylint")),
    }
    ruff = [python, "-m", "ruff"]
    checks = {
        "ruff check": [*ruff, "check", *(["--fix"] if fix else []), ".", _PROGRAM],
        "ruff format": [*ruff, "format", *([] if fix else ["--diff"]), ".", _PROGRAM],
        "pylint-odoo": [python, "-m", "pylint", "--rcfile", ".pylintrc", ADDON],
    }
    failed = []
    for name, command in checks.items():
        console.say(name)
        environment = {**process.environment(), **cache}
        if process.foreground(command, cwd=REPOSITORY, env=environment):
            failed.append(name)
    console.say("the rules of the house")
    for complaint in (complaints := find_complaints(REPOSITORY / ADDON)):
        print(complaint)
    failed += ["the rules of the house"] * bool(complaints)
    if failed:
        console.say(f"Not clean: {', '.join(failed)}")
    else:
        console.say("Clean")
    return 1 if failed else 0
