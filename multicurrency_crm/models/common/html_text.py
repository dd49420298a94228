"""Plain text where Odoo wants HTML: in the log, and in the note of an activity. And
back, where somebody edited it there."""

from lxml import html
from markupsafe import Markup, escape

#: Elements that begin a line.
BLOCKS = frozenset(
    {"p", "div", "ul", "ol", "li", "blockquote", "pre", "table", "tr"}
    | {f"h{level}" for level in range(1, 7)}
)
BOLD = ("strong", "b")


def as_html(*texts):
    """Return plain texts as HTML, one below the other.

    What a customer, a colleague or a name says is text: a link or an image in it isn't
    made one. Each line stays a line. ``Markup`` is left as it is; what is empty, out.

    :param texts: str, ``Markup``, or nothing

    >>> as_html("1 < 2\\nand so on", "", Markup("<b>5</b>"))
    Markup('1 &lt; 2<br/>and so on<br/><b>5</b>')
    """
    lines = []
    for text in filter(None, texts):
        lines += [text] if isinstance(text, Markup) else str(text).splitlines()
    return Markup("<br/>").join(map(escape, lines))


def as_text(body, has_heading=False):
    """Return HTML as plain text: a line for each line, "- " or "1. " before what is in
    a list, and the address behind a link that doesn't show it. What is typed stays as
    it is, asterisks included.

    :param str body: HTML
    :param bool has_heading: whether a first line in bold is left out

    >>> as_text("<p>* a &lt; b</p><ul><li>one</li><li>two</li></ul>")
    '* a < b\\n- one\\n- two'
    >>> as_text("<b>Phone</b><br/><a href='https://x.test/y'>There</a>", True)
    'There (https://x.test/y)'
    """
    if not (body or "").strip():
        return ""
    tree = html.fragment_fromstring(body, create_parent="div")
    if has_heading:
        _drop_heading(tree)
    lines = _Lines()
    lines.add_element(tree)
    return lines.join()


def _drop_heading(tree):
    """Take the first line out of a tree where it is in bold, as a whole."""
    bold = next(tree.iter(*BOLD), None)
    if bold is None:
        return
    said = "".join(bold.itertext()).strip()
    follows = bold.getnext()
    is_line = not (bold.tail or "").strip() and (
        follows is None or follows.tag == "br" or follows.tag in BLOCKS
    )
    if is_line and "".join(tree.itertext()).strip().startswith(said):
        bold.drop_tree()


class _Lines:
    """The lines of a text that is being read."""

    def __init__(self):
        self.lines = [""]
        self.is_begun = False  # whether the last one has more than the mark of a list

    def join(self):
        return "\n".join(line.strip() for line in self.lines).strip()

    def begin(self):
        """Begin a line, unless the last one is empty."""
        if self.is_begun:
            self.end()

    def end(self):
        self.lines.append("")
        self.is_begun = False

    def add(self, text):
        text = " ".join((text or "").replace("\xa0", " ").splitlines())
        if self.is_begun or text.strip():
            self.lines[-1] += text
            self.is_begun = True

    def add_element(self, element):
        """Add an element, and what is in it."""
        is_block = element.tag in BLOCKS
        if is_block:
            self.begin()
        if element.tag == "br":
            self.end()
        elif element.tag == "li":
            self.lines[-1] += _get_mark(element)
        self.add(element.text)
        for child in element:
            if isinstance(child.tag, str):  # no comment
                self.add_element(child)
            self.add(child.tail)
        if element.tag == "a":
            self.add(_get_address(element))
        if is_block:
            self.begin()


def _get_mark(item):
    """Return what stands before an item of a list."""
    if item.getparent().tag != "ol":
        return "- "
    return f"{1 + len([*item.itersiblings('li', preceding=True)])}. "


def _get_address(link):
    """Return the address of a link, where it doesn't show it, and is no colleague's."""
    address, text = link.get("href", ""), "".join(link.itertext()).strip()
    is_shown = text and text.rstrip("/") in address
    if not address.startswith("http") or is_shown or link.get("data-oe-model"):
        return ""
    return f" ({address})"
