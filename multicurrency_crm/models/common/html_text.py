"""Plain text where Odoo wants HTML: in the log, and in the note of an activity."""

from markupsafe import Markup, escape


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
