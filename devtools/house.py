"""`./dev house`: the rules that keep the addon liveable, and its measures.

Pure reading of text: neither Odoo nor a database is needed. What is read stands in
:mod:`.house_reader`; a rule is a function that yields a complaint for each place that
breaks it. `./dev lint` asks them all.
"""

from __future__ import annotations

import ast
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

from .cache import ADDON, REPOSITORY
from .console import DevError, console
from .house_reader import House, get_modules, read_house
from .house_without import copy_without

FUNCTION_LINES = 35
FILE_LINES = 700
_CLOCK = re.compile(
    r"\bcontext_today\b|\b[Dd]ate(time)?\.today\b|\.now\(\)\.date\(|\bCURRENT_DATE\b"
)
#: where what is a day is asked of the company
_ASKED = ("models/", "wizards/", "controllers/", "reports/", "hooks.py", "engine/")
#: what is told, and what of it Odoo takes for HTML
_SAID = {"activity_schedule": "note", "message_post": "body", "_message_log": "body"}
_RAISE = re.compile(r":raise [A-Z]")


# ------------------------------------------------------------------ rules


def methods_once(house: House) -> Iterator[str]:
    """No method or field is defined twice for one model in one room: import order
    would decide which of the two comes first."""
    places = defaultdict(list)
    for one in house.classes:
        names = [(method.name, method.line) for method in one.methods]
        for name, line in [*names, *((field, 1) for field in one.fields)]:
            places[one.folder, one.room, one.model, name].append(f"{one.path}:{line}")
    for (folder, room, model, name), where in sorted(places.items()):
        if len(where) > 1:
            yield (
                f"{where[0]}: {model}.{name} is defined {len(where)} times in "
                f"{folder}/{room}: also in {', '.join(where[1:])}"
            )


def one_model_a_file(house: House) -> Iterator[str]:
    """A file holds one model, and is called after it."""
    by_path = defaultdict(list)
    for one in house.classes:
        by_path[one.path].append(one)
    for path, classes in sorted(by_path.items()):
        models = sorted({one.model for one in classes})
        stem = Path(path).stem
        if len(models) > 1:
            yield f"{path}:1: holds {len(models)} models: {', '.join(models)}"
        elif not f"{stem}_".startswith(f"{models[0].replace('.', '_')}_"):
            yield f"{path}:1: holds {models[0]}, and is called something else"


def lists_in_order(house: House) -> Iterator[str]:
    """What a room's ``__init__`` imports is listed alphabetically, so that no order
    of imports is logic; abstract models, which others inherit, in a list before.

    The parts of a room that is divided into folders stand in their order instead: each
    needs those before it."""
    abstract = {Path(one.path).stem for one in house.classes if one.is_mixin}
    for path, lists in sorted(house.imports.items()):
        if path.startswith("models/") and house.get_parts(Path(path).parent.name):
            continue
        for names in lists:
            for name, right in zip(names, sorted(names), strict=True):
                if name != right:
                    yield f"{path}:1: {name} is not in its alphabetical place"
                    break
        for name in {name for names in lists[:-1] for name in names} - abstract:
            yield f"{path}:1: {name} is listed among the abstract models"


def every_file_is_loaded(house: House) -> Iterator[str]:
    """A file that holds a model is imported by its folder."""
    for path in sorted({one.path for one in house.classes}):
        lists = house.imports.get(str(Path(path).parent / "__init__.py"), [])
        if Path(path).stem not in [name for names in lists for name in names]:
            yield f"{path}:1: nobody imports it"


def nobody_reaches_up(house: House) -> Iterator[str]:
    """A room names rooms before it only: their files, models, fields, methods and XML
    ids; deleting a room edits no other."""
    for use, other in house.reaches:
        if house.rank(use.room) < house.rank(other):
            yield f"{use.path}:{use.line}: {use.room} imports from {other}"
    for name in house.names:
        for use in house.uses.get(name.text, ()):
            rank = house.rank(use.room)
            if rank is not None and rank < house.rank(name.room):
                yield (
                    f"{use.path}:{use.line}: {use.room} names {name.text}, "
                    f"a {name.kind} of {name.room}"
                )


def no_part_reaches_up(house: House) -> Iterator[str]:
    """A room that is divided is so in an order, too: a part names those before it."""
    for room in house.rooms:
        if parts := house.get_parts(room):
            divided = read_house(house.addon, room)
            for complaint in nobody_reaches_up(divided):
                who, *_names, whose = complaint.split(": ", 1)[1].split()
                if who in parts and whose in parts:
                    yield complaint


def no_clock_but_commons(house: House) -> Iterator[str]:
    """What day it is, the room ``common`` says."""
    for path, text in house.python():
        if "/common/" in path or not path.startswith(_ASKED):
            continue
        for line, source in enumerate(text.splitlines(), 1):
            if _CLOCK.search(source):
                yield f"{path}:{line}: knows a clock: ask company._get_today()"


def arithmetic_without_odoo(house: House) -> Iterator[str]:
    """The engine and the providers import nothing of Odoo's, nor of the rooms; the
    engine not even providers."""
    for path, text in house.python():
        folder = path.partition("/")[0]
        if folder not in ("engine", "providers"):
            continue
        for node in ast.walk(ast.parse(text)):
            for module in get_modules(node):
                parts = set(module.split("."))
                if "odoo" in parts or parts & {"models", "wizards"}:
                    yield f"{path}:{node.lineno}: imports odoo"
                elif folder == "engine" and "providers" in parts:
                    yield f"{path}:{node.lineno}: the engine imports providers"


def functions_fit(house: House) -> Iterator[str]:
    """A function is read on one screen."""
    for one in house.functions:
        if one.length > FUNCTION_LINES and not one.path.startswith(("tests/", "demo/")):
            yield f"{one.path}:{one.line}: {one.name} has {one.length} lines"


def files_fit(house: House) -> Iterator[str]:
    """A file of Python is some 700 lines at most."""
    for path, text in house.python():
        if (lines := text.count("\n")) > FILE_LINES:
            yield f"{path}:1: has {lines} lines"


def verbs_say_what_is_done(house: House) -> Iterator[str]:
    """Nothing "tells": it gets, finds, notifies, notes, formats or explains."""
    for one in house.functions:
        is_told = re.search(r"(^|_)(tell|tells|told)(_|$)", one.name)
        if is_told and not one.path.startswith("tests/"):
            yield f"{one.path}:{one.line}: {one.name}: say what it does"


def one_dialect(house: House) -> Iterator[str]:
    """Docstrings say ``:raises X:``, banners are ``# === X === #``."""
    for path, text in house.python():
        for line, source in enumerate(text.splitlines(), 1):
            if _RAISE.search(source):
                yield f"{path}:{line}: `:raises X:`, with an s"
            if re.match(r"\s*# -{5,}|\s*#=== ", source):
                if path.startswith(("models/", "wizards/")):
                    yield f"{path}:{line}: a banner is `# === X === #`"


def what_is_said_is_text(house: House) -> Iterator[str]:
    """What the log or an activity says goes through ``as_html``: Odoo takes a note for
    HTML, so that whatever a customer typed would live in it, and joins the lines of a
    body."""
    for path, text in house.python():
        if not path.startswith(("models/", "wizards/", "controllers/")):
            continue
        for node in ast.walk(ast.parse(text)):
            name = isinstance(node, ast.Call) and getattr(node.func, "attr", None)
            for said in node.keywords if name in _SAID else ():
                is_text = getattr(getattr(said.value, "func", None), "id", "")
                if said.arg == _SAID[name] and is_text != "as_html":
                    yield (
                        f"{path}:{said.value.lineno}: {name}({said.arg}=as_html(…)), "
                        "of models/common/html_text.py"
                    )


RULES = (
    methods_once,
    one_model_a_file,
    lists_in_order,
    every_file_is_loaded,
    nobody_reaches_up,
    no_part_reaches_up,
    no_clock_but_commons,
    arithmetic_without_odoo,
    functions_fit,
    files_fit,
    verbs_say_what_is_done,
    one_dialect,
    what_is_said_is_text,
)


def find_complaints(addon: Path, rules=RULES) -> list[str]:
    """What breaks a rule, one sentence a place."""
    house = read_house(addon)
    return [complaint for rule in rules for complaint in rule(house)]


# ------------------------------------------------------------------ measures


def measure(addon: Path) -> dict[str, object]:
    """The house in figures.

    :return: {what: figure or text}
    """
    house = read_house(addon)
    models = Counter(one.model for one in house.classes)
    most = models.most_common(1)[0] if models else ("", 0)
    files = Counter(
        "/".join(Path(path).parts[:2])
        for path, _text in house.python()
        if path.startswith(("models/", "wizards/")) and len(Path(path).parts) > 2
    )
    own = [path for path, _text in house.python() if not path.startswith("tests/")]
    lengths = {path: text.count("\n") for path, text in house.python() if path in own}
    functions = [one for one in house.functions if one.path in lengths]
    longest = max(functions, key=lambda one: one.length)
    return {
        "models": len(models),
        "classes": sum(models.values()),
        "classes of one model, most": f"{most[1]} ({most[0]})",
        "files with models": len({one.path for one in house.classes}),
        "files a room": ", ".join(f"{room} {n}" for room, n in sorted(files.items())),
        "longest file": "{1} ({0})".format(*max(lengths.items(), key=lambda x: x[1])),
        "longest function": f"{longest.length} ({longest.path}: {longest.name})",
        "menu entries": ", ".join(
            f"{parent} {n}" for parent, n in sorted(house.menus.items())
        ),
        **{
            f"complaints: {rule.__name__.replace('_', ' ')}": len(list(rule(house)))
            for rule in RULES
        },
    }


def house(arguments: list[str]) -> int:
    """Print the measures, and what breaks a rule.

    :param arguments: a checkout's folder, ours if none is given; or ``--without``, a
        room and a folder: tear the room down in a copy
    """
    if arguments[:1] == ["--without"]:
        if len(arguments) != 3:
            raise DevError("Say which room, and into which new folder.")
        copy_without(arguments[1], Path(arguments[2]).absolute())
        console.say(f"Now the others must live on: {arguments[2]}/dev test")
        return 0
    root = Path(arguments[0]) if arguments else REPOSITORY
    addon = root / ADDON
    for what, figure in measure(addon).items():
        print(f"{what}: {figure}")
    complaints = find_complaints(addon)
    for complaint in complaints:
        print(complaint)
    console.say("Clean" if not complaints else f"{len(complaints)} complaints")
    return 1 if complaints else 0
