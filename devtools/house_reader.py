"""What stands in the addon's files: models, methods, names and who uses them."""

from __future__ import annotations

import ast
import re
import xml.etree.ElementTree as ElementTree
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

FOLDERS = ("models", "wizards", "views", "controllers", "reports")
#: the folder of what a company decides once, over all rooms
LAST = "setup"
#: fields.Many2one(…), and those of the room ``common``: MainCompanyBoolean(…)
_FIELD = re.compile(r"(?:fields\.|MainCompany)([A-Z]\w+)")
SHARED = "common"
#: attributes that name a record
_REFERENCES = ("inherit_id", "ref")
_DEFAULT = re.compile(r"^(search_)?default_")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*")


class Method(NamedTuple):
    """A function, of a class or not."""

    path: str
    line: int
    name: str
    length: int
    extends: bool  # calls super() under its own name


class ModelClass(NamedTuple):
    """A class that defines a model, or extends one."""

    path: str
    folder: str  # of FOLDERS
    room: str
    model: str
    is_new: bool  # the model is the addon's own
    is_mixin: bool  # an abstract one, for others to inherit
    methods: tuple[Method, ...]
    fields: tuple[str, ...]


class Name(NamedTuple):
    """A name that one room gave."""

    text: str
    kind: str  # model, field, method or XML id
    room: str


class Use(NamedTuple):
    """A place that uses a name."""

    path: str
    line: int
    room: str


class House:
    """All that was read."""

    def __init__(self, addon: Path, divided: str = ""):
        self.addon = addon
        self.divided = divided  # a room whose parts are read as rooms
        self.rooms: list[str] = []
        self.texts: dict[str, str] = {}
        self.classes: list[ModelClass] = []
        self.functions: list[Method] = []
        self.imports: dict[str, list[list[str]]] = {}  # a list a statement
        self.names: list[Name] = []
        self.uses: dict[str, set[Use]] = defaultdict(set)
        self.reaches: list[tuple[Use, str]] = []  # (import, room from which)
        self.menus: Counter[str] = Counter()
        self.blocks: dict[str, str] = {}  # {path: room} of files outside the folders

    def python(self) -> Iterator[tuple[str, str]]:
        """(path, text) of each file of Python."""
        for path, text in sorted(self.texts.items()):
            if path.endswith(".py"):
                yield path, text

    def get_room(self, path: str) -> tuple[str, str]:
        """The (folder, room) of a file, or its part of a room whose parts are read."""
        folder, room = get_room(path)
        parts = Path(path).parts
        if room and room == self.divided and len(parts) > 3:
            return folder, parts[2]
        return folder, room

    def get_parts(self, room: str) -> list[str]:
        """The folders into which a room of ``models`` is divided, in their order."""
        start = f"models/{room}"
        lists = self.imports.get(f"{start}/__init__.py", [])
        names = [name for names in lists for name in names]
        divided = all(f"{start}/{name}/__init__.py" in self.texts for name in names)
        return names if divided else []

    def rank(self, room: str) -> int | None:
        """A room's place, lowest first; None for what is no room."""
        if room == LAST:
            return len(self.rooms)
        return self.rooms.index(room) if room in self.rooms else None


def read_house(addon: Path, divided: str = "") -> House:
    """Read an addon whose rooms are listed, in their order, in ``models/__init__``.

    :param divided: a room whose parts are rooms now, listed in its ``__init__``; what
        it has elsewhere (views) is behind the last of them
    """
    house = House(addon, divided)
    for pattern in ("*.py", "*.xml", "*.csv"):
        for path in sorted(addon.rglob(pattern)):
            name = str(path.relative_to(addon))
            if "__pycache__" not in name and "/fixtures/" not in name:
                house.texts[name] = path.read_text(encoding="utf-8")
    (house.rooms,) = _read_imports(ast.parse(house.texts["models/__init__.py"]))
    if divided:
        (parts,) = _read_imports(
            ast.parse(house.texts[f"models/{divided}/__init__.py"])
        )
        place = house.rooms.index(divided)
        house.rooms[place:place] = parts
    for path, text in house.python():
        _read_python(house, path, ast.parse(text))
    house.blocks = _read_blocks(house.texts.get("__manifest__.py", ""))
    for path, text in house.texts.items():
        if path.endswith(".xml") and not path.startswith(("tests/", "demo/")):
            _read_xml(house, path, text)
        elif path in house.blocks and path.endswith(".csv"):
            for line, row in enumerate(text.splitlines(), 1):
                for word in _WORD.findall(row):
                    use = Use(path, line, house.blocks[path])
                    house.uses[word.removeprefix("model_")].add(use)
    _name_things(house)
    return house


def get_room(path: str) -> tuple[str, str]:
    """The (folder, room) of a file; "" for what is outside the rooms.

    ``models/credit/limits/credit_limit.py`` is of ``models``, ``credit``.
    """
    parts = Path(path).parts
    if len(parts) > 2 and parts[0] in FOLDERS:
        return parts[0], parts[1]
    return parts[0], ""


# ------------------------------------------------------------------ Python


def _read_imports(tree: ast.Module) -> list[list[str]]:
    return [
        [alias.name for alias in node.names]
        for node in tree.body
        if isinstance(node, ast.ImportFrom) and node.level == 1 and not node.module
    ]


def _read_python(house: House, path: str, tree: ast.Module) -> None:
    folder, room = house.get_room(path)
    if Path(path).name == "__init__.py" and room:
        house.imports[path] = _read_imports(tree)
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            house.functions.append(_read_function(path, node))
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and folder in ("models", "wizards"):
            if one := _read_class(path, folder, room, node):
                house.classes.append(one)
    if room:
        for text, line in _find_python_words(tree):
            house.uses[text].add(Use(path, line, room))
        for node in ast.walk(tree):
            for module in get_modules(node):
                for other in set(module.split(".")) & set(house.rooms) - {room}:
                    house.reaches.append((Use(path, node.lineno, room), other))


def get_modules(node: ast.AST) -> list[str]:
    """Return what an import names: ``from .. import rates`` names ``rates``."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        within = f"{node.module}." if node.module else ""
        return [f"{within}{alias.name}" for alias in node.names]
    return []


def _read_function(path: str, node: ast.FunctionDef) -> Method:
    # the docstring and what decorates it aren't counted
    body = node.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        start = body[0].end_lineno
    else:
        start = node.lineno
    extends = any(
        isinstance(inner, ast.Attribute)
        and inner.attr == node.name
        and isinstance(inner.value, ast.Call)
        and isinstance(inner.value.func, ast.Name)
        and inner.value.func.id == "super"
        for inner in ast.walk(node)
    )
    length = node.end_lineno - start
    return Method(path, node.lineno, node.name, length, extends)


def _read_class(path: str, folder: str, room: str, node: ast.ClassDef):
    """A model's class; None for any other."""
    attributes = {
        target.id: statement.value
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for target in statement.targets
        if isinstance(target, ast.Name)
    }
    named = _get_texts(attributes.get("_name"))
    inherited = _get_texts(attributes.get("_inherit"))
    if not named and not inherited:
        return None
    model = (named or inherited)[0]
    return ModelClass(
        path,
        folder,
        room,
        model,
        is_new=bool(named) and model not in inherited,
        is_mixin=any(
            ast.unparse(base).endswith("AbstractModel") for base in node.bases
        ),
        methods=tuple(
            _read_function(path, inner)
            for inner in node.body
            if isinstance(inner, ast.FunctionDef)
        ),
        fields=tuple(name for name, value in attributes.items() if _is_field(value)),
    )


def _is_field(node: ast.expr) -> bool:
    """Whether a field is defined here, not somebody else's one changed: that one
    needn't say to what it relates."""
    if not isinstance(node, ast.Call):
        return False
    kind = _FIELD.fullmatch(ast.unparse(node.func))
    said = {keyword.arg for keyword in node.keywords}
    relates = kind and kind[1] in ("Many2one", "One2many", "Many2many")
    return bool(kind) and (
        not relates or bool(node.args or said & {"comodel_name", "related"})
    )


def _get_texts(node: ast.expr | None) -> list[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    if isinstance(node, (ast.List, ast.Tuple)):
        return [text for element in node.elts for text in _get_texts(element)]
    return []


def _find_python_words(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """(word, line): attributes, and texts that are names: "order_id.locked_rate"."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef))
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr, node.lineno
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            if id(node) not in docstrings:
                yield from _find_names(node.value, node.lineno)
        elif isinstance(node, ast.keyword) and node.arg:
            yield from _find_names(node.arg, node.value.lineno)


def _find_names(text: str, line: int) -> Iterator[tuple[str, int]]:
    """(word, line) of what can be a name in a text: all of it, or what has a _ or a
    dot in the midst of others, as in SQL; a default names a field."""
    is_name = _WORD.fullmatch(text)
    for word in _WORD.findall(text):
        if is_name or "_" in word or "." in word:
            yield from _split(_DEFAULT.sub("", word), line)


def _split(text: str, line: int) -> Iterator[tuple[str, int]]:
    yield text, line
    if "." in text:
        yield from ((part, line) for part in text.split("."))


# ------------------------------------------------------------------ data


def _read_blocks(manifest: str) -> dict[str, str]:
    """Return {path: room} by the comments between the manifest's files; what no room's
    comment introduces is what all of them share."""
    rooms, room = {}, SHARED
    for line in manifest.splitlines():
        if comment := re.match(r"\s+# (?:room: (\w+))?", line):
            room = comment[1] or SHARED
        elif path := re.match(r'\s+"([\w./-]+\.(?:xml|csv))",', line):
            rooms[path[1]] = room
    return rooms


def _list_values(element: ElementTree.Element) -> list[str]:
    """Return the attributes of a node, without widgets, which Odoo names, and ids of
    other modules' records: theirs may be called as ours."""
    return [
        value
        for name, value in element.attrib.items()
        if name != "widget"
        and not (
            name in _REFERENCES and re.match(r"(?!multicurrency_crm\.)\w+\.", value)
        )
    ]


def _read_xml(house: House, path: str, text: str) -> None:
    room = house.get_room(path)[1] or house.blocks.get(path, "")
    for element in ElementTree.fromstring(text).iter("menuitem"):
        house.menus[element.get("parent", "")] += 1
    if not room:
        return
    for element in ElementTree.fromstring(text).iter():
        given = [*_list_values(element), element.text or "", element.tail or ""]
        for word in _WORD.findall(" ".join(given)):
            line = text.count("\n", 0, text.find(word)) + 1
            for part, _line in _split(_DEFAULT.sub("", word), line):
                house.uses[part.removeprefix("model_")].add(Use(path, line, room))
                house.uses[part].add(Use(path, line, room))
    for element in ElementTree.fromstring(text).iter():
        if xml_id := element.get("id"):
            if element.tag in ("record", "menuitem", "template"):
                house.names.append(Name(xml_id, "XML id", room))


# ------------------------------------------------------------------ names


def _name_things(house: House) -> None:
    """Find what each room is the first to name.

    Its own models, and the fields and methods that it gives to others' models, by
    itself or by a mixin. Left out is what can't be told apart by its name: a method
    that calls ``super()`` is somebody else's first, and a name that a model of an
    earlier room has, too, may be that one's.
    """
    first: dict[tuple[str, str], tuple[int, bool, str]] = {}
    # a model of one part of a room is, to the other parts, somebody else's
    own = {
        (one.model, one.room if house.divided else "")
        for one in house.classes
        if one.is_new and not one.is_mixin
    }
    for one in house.classes:
        if (rank := house.rank(one.room)) is None:
            continue
        names = [("field", field) for field in one.fields]
        names += [("method", method.name) for method in one.methods]
        names += [("model", one.model)] * one.is_new
        others = {method.name for method in one.methods if method.extends}
        for kind, text in names:
            key = one.model, one.room if house.divided else ""
            is_telling = kind == "model" or key not in own
            is_common = not is_telling or text in others
            entry = rank, is_common, one.room
            first[kind, text] = min(first.get((kind, text), entry), entry)
    house.names += [
        Name(text.replace(".", "_") if form else text, kind, room)
        for (kind, text), (_rank, is_common, room) in first.items()
        for form in range(2 if kind == "model" else 1)
        if not is_common
    ]
