"""By what name somebody is reached on WhatsApp, WeChat, LINE or Telegram, and the
address that opens a chat with them."""

import re
from urllib.parse import quote

#: Where one may be written to by a name of its own.
CHATS = ("whatsapp", "wechat", "line", "telegram")
#: What people paste in place of the name: the address of the chat.
_ADDRESSES = {
    "whatsapp": re.compile(
        r"^(?:https?://)?(?:wa\.me/|api\.whatsapp\.com/send/?\?phone=)\+?(\d+)$",
        re.I | re.A,
    ),
    "line": re.compile(
        r"^(?:https?://)?line\.me/(?:R/)?ti/p/~?(@?[\w.\-]+)$", re.I | re.A
    ),
    "telegram": re.compile(r"^(?:https?://)?(?:t|telegram)\.me/(\+?\w+)$", re.I | re.A),
}
#: A number with its country's code, as it is typed, and how many digits one has.
_NUMBER = re.compile(r"^(?:\+|00)[\d ().\-/]+$")
_DIGITS = range(8, 16)
#: What a name looks like.
_NAMES = {
    "wechat": re.compile(r"^[A-Za-z0-9_\-]{5,30}$"),
    "line": re.compile(r"^@?[A-Za-z0-9._\-]{3,30}$"),
    "telegram": re.compile(r"^[A-Za-z][A-Za-z0-9_]{4,31}$"),
}


def read_handle(chat: str, text: str) -> str | None:
    """Read by what name somebody is reached: a number with its country's code, or a
    name of that chat; also out of the address of the chat.

    :param chat: one of :data:`CHATS`
    :return: the name as the chat knows it, numbers as + and digits; None: it is neither

    >>> read_handle("whatsapp", "+86 138 0013-8000")
    '+8613800138000'
    >>> read_handle("telegram", "https://t.me/AtacamaMinerals")
    'AtacamaMinerals'
    >>> read_handle("wechat", "call me")
    """
    text = text.strip()
    if address := chat in _ADDRESSES and _ADDRESSES[chat].match(text):
        text = address[1]
        if chat == "whatsapp":
            text = f"+{text}"
    if number := _read_number(text):
        return number
    if chat == "telegram":
        text = text.removeprefix("@")
    name = _NAMES.get(chat)
    return text if name and name.match(text) else None


def _read_number(text: str) -> str | None:
    """Return a number with its country's code as + and digits, or None."""
    if not text.isascii() or not _NUMBER.match(text):
        return None
    digits = re.sub(r"\D", "", text)
    if not text.startswith("+"):
        digits = digits[2:]
    # no country's code begins with 0
    right = len(digits) in _DIGITS and not digits.startswith("0")
    return f"+{digits}" if right else None


def get_chat_address(chat: str, handle: str) -> str | None:
    """Return the address that opens a chat in a browser.

    :param handle: as :func:`read_handle` returns it
    :return: None where a browser can't: WeChat opens on the phone only, and LINE finds
        numbers only there

    >>> get_chat_address("whatsapp", "+8613800138000")
    'https://wa.me/8613800138000'
    >>> get_chat_address("line", "@atacama")
    'https://line.me/R/ti/p/%40atacama'
    """
    is_number = handle.startswith("+")
    if chat == "whatsapp" and is_number:
        return f"https://wa.me/{handle[1:]}"
    if chat == "telegram":
        return f"https://t.me/{quote(handle, safe='+')}"
    if chat == "line" and not is_number:
        if handle.startswith("@"):
            return f"https://line.me/R/ti/p/{quote(handle, safe='')}"
        return f"https://line.me/ti/p/~{quote(handle, safe='')}"
    return None
