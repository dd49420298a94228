"""`./dev security`: the generated parts of docs/SECURITY.md, from the addon's files.

Pure reading of text: neither Odoo nor a database is needed.
"""

from __future__ import annotations

import ast
import csv
import io
import re
import tokenize
import xml.etree.ElementTree as ElementTree
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from .cache import ADDON, REPOSITORY
from .console import console

PAGE = REPOSITORY / "docs" / "SECURITY.md"
#: where people's requests are served; demonstration and tests run as nobody's request
ROOMS = ("models", "wizards", "controllers", "reports")
_RIGHTS = ("perm_read", "perm_write", "perm_create", "perm_unlink")
_LETTERS = "RWCD"


class Sudo(NamedTuple):
    """One place that reads or writes beyond the rights of the user."""

    path: str  # below the addon
    line: int
    method: str  # Class.method
    reason: str  # "" where none is given


def find_sudos(addon: Path) -> list[Sudo]:
    """Every ``sudo()`` of the addon's own code, with the reason beside it.

    A reason is a comment on one of the lines of the statement, or right above it; one
    that begins with ``sudo:`` holds for the rest of its method, too. ``sudo(False)``
    and ``sudo(x.su)`` take rights away or hand them on, and need none.
    """
    found = []
    for room in ROOMS:
        for path in sorted((addon / room).rglob("*.py")):
            found += _read_sudos(path, str(path.relative_to(addon)))
    return found


def _read_sudos(path: Path, name: str) -> list[Sudo]:
    source = path.read_text(encoding="utf-8")
    if ".sudo(" not in source:
        return []
    comments = _read_comments(source)
    found = []

    def visit(node, place, statement, method):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            place = [*place, node.name]
            method = node
        if isinstance(node, ast.stmt):
            statement = node
        for child in ast.iter_child_nodes(node):
            visit(child, place, statement, method)
        if _is_sudo(node):
            line = node.func.end_lineno
            reason = _find_reason(comments, statement, line)
            reason = reason or _find_earlier(comments, method.lineno, line)
            found.append(Sudo(name, line, ".".join(place), reason))

    visit(ast.parse(source), [], None, None)
    return sorted(set(found), key=lambda sudo: sudo.line)


def _is_sudo(node) -> bool:
    if not (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "sudo"
    ):
        return False
    return not node.args


def _read_comments(source: str) -> dict[int, str]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    return {
        token.start[0]: token.string.lstrip("# ").strip()
        for token in tokens
        if token.type == tokenize.COMMENT and not token.string.startswith("# ===")
    }


def _find_reason(comments: dict[int, str], statement, line: int) -> str:
    """The comment above the statement or the call, or at the end of one's line."""
    first = statement.lineno
    for above in dict.fromkeys((line - 1, first - 1)):
        block = []
        while above in comments:
            block.insert(0, comments[above])
            above -= 1
        if block:
            return " ".join(block)
    # a body may follow: only the head of a compound statement counts
    body = getattr(statement, "body", None)
    last = body[0].lineno - 1 if isinstance(body, list) else statement.end_lineno
    return next((comments[n] for n in range(first, last + 1) if n in comments), "")


def _find_earlier(comments: dict[int, str], first: int, line: int) -> str:
    """The nearest reason given earlier in the method, for a ``sudo()`` like it."""
    for above in range(line, first, -1):
        if comments.get(above, "").startswith("sudo: "):
            return comments[above]
    return ""


# ------------------------------------------------------------------ rights


def read_access(addon: Path) -> dict[str, dict[str, str]]:
    """:return: {model: {group: letters of RWCD}} of the addon's access files"""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted((addon / "security").glob("ir.model.access*.csv")):
        with open(path, newline="", encoding="utf-8") as rows:
            for row in csv.DictReader(rows):
                model = row["model_id:id"].removeprefix("model_")
                letters = "".join(
                    letter
                    for letter, right in zip(_LETTERS, _RIGHTS, strict=True)
                    if row[right] == "1"
                )
                found[model][row["group_id:id"]] = letters
    return dict(sorted(found.items()))


def read_rules(addon: Path) -> dict[str, list[str]]:
    """:return: {model: names of its record rules}"""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((addon / "security").glob("*.xml")):
        for record in ElementTree.parse(path).iter("record"):
            if record.get("model") != "ir.rule":
                continue
            fields = {field.get("name"): field for field in record.iter("field")}
            model = fields["model_id"].get("ref", "").split(".")[-1]
            name = " ".join((fields["name"].text or "").split())
            found[model.removeprefix("model_")].append(name)
    return dict(found)


# ------------------------------------------------------------------ the page


def _access_table(addon: Path) -> str:
    access, rules = read_access(addon), read_rules(addon)
    lines = ["| model | who | further bound by |", "| --- | --- | --- |"]
    for model, groups in access.items():
        who = "; ".join(
            f"{group.split('.')[-1]} {letters or '–'}"
            for group, letters in groups.items()
        )
        lines.append(f"| {model} | {who} | {'; '.join(rules.get(model, ())) or '–'} |")
    return "\n".join(lines)


def _sudo_table(addon: Path) -> str:
    lines = ["| where | why |", "| --- | --- |"]
    rows = {}
    for sudo in find_sudos(addon):
        # lines move with every change of the file, methods hardly ever
        key = f"{sudo.path}: {sudo.method}"
        rows.setdefault(key, []).append(sudo.reason.removeprefix("sudo: "))
    for key, reasons in rows.items():
        told = "; ".join(dict.fromkeys(reasons)).replace("|", "\\|")
        lines.append(f"| `{key}` | {told} |")
    return "\n".join(lines)


def updated(text: str, addon: Path = REPOSITORY / ADDON) -> str:
    """The page's text with its generated parts as the addon's files have it."""
    for name, table in (("access", _access_table), ("sudo", _sudo_table)):
        start, end = f"<!-- {name}: generated -->", f"<!-- {name}: end -->"
        pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
        if not pattern.search(text):
            raise ValueError(f"{PAGE} lacks the marks of its part {name}")
        part = f"{start}\n{table(addon)}\n{end}"
        text = pattern.sub(lambda _match, part=part: part, text)
    return text


def security(_arguments: list[str]) -> int:
    """Write the generated parts of docs/SECURITY.md anew."""
    bare = [sudo for sudo in find_sudos(REPOSITORY / ADDON) if not sudo.reason]
    PAGE.write_text(updated(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    for sudo in bare:
        console.say(f"sudo() without a reason: {sudo.path}:{sudo.line}")
    return 1 if bare else 0
