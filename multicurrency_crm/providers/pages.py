"""Sites that are made for people: a browser's name for them, and their pages."""

from lxml import etree

#: for sites that turn away programs that say what they are
BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) multicurrency_crm/1.0"}


def parse_page(text: str) -> etree._Element | None:
    """Read a web page as leniently as browsers do; None if there is nothing in it."""
    parser = etree.HTMLParser(
        encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        return None
