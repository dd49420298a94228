"""The table of sources in the documentation, made from what the adapters declare.

``./dev sources`` writes it; a test fails while a page holds another.
"""

from .base import Adapter
from .registry import all_adapters

#: what stands before and behind the table, by the page's suffix
MARKERS = {
    ".md": ("<!-- sources: made by ./dev sources -->\n", "<!-- sources end -->\n"),
    ".rst": (".. sources: made by ./dev sources\n", ".. sources end\n"),
}
HEADINGS = ("Source", "Base", "Kinds", "Currencies", "Published", "Since", "To know")


def _row(adapter: Adapter) -> tuple[str, ...]:
    """Write an adapter's cells behind its name, in the order of :data:`HEADINGS`."""
    calendar = adapter.calendar
    published = f"{calendar.publishes_at:%H:%M} {calendar.zone}"
    notes = [
        "Needs a key" if adapter.needs_key else "",
        "Off until its terms are accepted" if adapter.restricted else "",
        "On one's own server too" if adapter.self_hosted else "",
        str(adapter.limits).rstrip("."),
    ]
    return (
        adapter.base or "any",
        ", ".join(kind.replace("_", " ") for kind in adapter.kinds),
        str(len(adapter.currencies) or "as published"),
        published if adapter.hosts else "–",
        str(adapter.first_day or "–"),
        ". ".join(filter(None, notes)) or "–",
    )


def _ours() -> list[Adapter]:
    """List the adapters of this addon; those of others stand in their own pages."""
    package = f"{__package__}.sources"
    return [
        adapter
        for adapter in all_adapters()
        if type(adapter).__module__.rpartition(".")[0] == package
    ]


def as_markdown() -> str:
    """Write the table for a ``.md`` file."""
    rows = [HEADINGS, ["---"] * len(HEADINGS)]
    for adapter in _ours():
        name = str(adapter.name)
        if adapter.documentation:
            name = f"[{name}]({adapter.documentation})"
        rows.append((f"{name} `{adapter.code}`", *_row(adapter)))
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def as_rst() -> str:
    """Write the table for a ``.rst`` file."""
    lines = [".. list-table::", "   :header-rows: 1", ""]
    rows = [HEADINGS]
    for adapter in _ours():
        name = str(adapter.name)
        if adapter.documentation:
            name = f"`{name} <{adapter.documentation}>`__"
        rows.append((f"{name} ``{adapter.code}``", *_row(adapter)))
    for first, *others in rows:
        lines += [f"   * - {first}", *(f"     - {cell}" for cell in others)]
    return "\n".join(lines) + "\n"


def updated(text: str, suffix: str) -> str:
    """Return a page's text with the table between its markers as it is now.

    :param suffix: ``.md`` or ``.rst``
    :raises ValueError: the markers don't stand in it, once each
    """
    begin, end = MARKERS[suffix]
    if text.count(begin) != 1 or text.count(end) != 1:
        raise ValueError(f"the {suffix} page doesn't hold {begin.strip()!r} once")
    before, _begin, rest = text.partition(begin)
    _old, _end, after = rest.partition(end)
    table = as_markdown() if suffix == ".md" else as_rst()
    return f"{before}{begin}\n{table}\n{end}{after}"
