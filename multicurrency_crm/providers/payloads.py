"""Bytes of a publisher made into rows, trees and text, or refused.

Nothing here trusts its input: no entities, no network, no bombs, no guesses. The
errors name the publisher where the caller does.
"""

import csv
import io
import json
import re
import zipfile
import zlib
from decimal import Decimal, InvalidOperation

from lxml import etree

from .errors import FormatError, PayloadTooLarge, _lt

_THE_SERVICE = _lt("The service")
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
#: a page begins with one of these, after comments and declarations if it has any
_WEB_PAGE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!--.{0,500}?-->\s*){0,3}"
    rb"<(?:!doctype\s+html|html|head|body|script|meta|title)\b",
    re.IGNORECASE | re.DOTALL,
)
#: escapes of characters that no database stores: NUL, and halves of a pair
_NOT_STORABLE = re.compile(
    r"\\u0000|\\ud[89ab][0-9a-f]{2}(?!\\ud[c-f])"
    r"|(?<!\\ud[89ab][0-9a-f]{2})\\ud[c-f]",
    re.IGNORECASE,
)
#: options of every parser of XML here: nothing is fetched, no entity is expanded
SAFE_XML = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "dtd_validation": False,
    "huge_tree": False,
    "remove_comments": True,
    "remove_pis": True,
    "collect_ids": False,
}
#: how far into a payload its beginning reaches, in bytes
_HEAD = 4096
#: most characters of a cell of a CSV file
_LONGEST_CELL = 2000
_ZIP_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCODING_ERRORS = {
    etree.ErrorTypes.ERR_UNKNOWN_ENCODING,
    etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING,
    etree.ErrorTypes.ERR_INVALID_ENCODING,
    etree.ErrorTypes.ERR_INVALID_CHAR,
    etree.ErrorTypes.I18N_CONV_FAILED,
}


def decode(payload: bytes, encoding: str = "utf-8", *, publisher: str = "") -> str:
    """Decode text strictly; a UTF-8 byte order mark is left off.

    :raises FormatError: the bytes aren't of that encoding, or there is no such
    """
    if encoding.lower().replace("_", "-") in ("utf-8", "utf8"):
        encoding = "utf-8-sig"
    try:
        return payload.decode(encoding)
    except (LookupError, ValueError) as error:
        raise _wrong_encoding(publisher) from error


def trimmed(payload: bytes) -> bytes:
    """Take a UTF-8 byte order mark and blanks off the front of a payload."""
    return payload.lstrip(b"\xef\xbb\xbf \t\r\n")


def parse_xml(payload: bytes, *, publisher: str = "") -> etree._Element:
    """Read an XML file in the encoding that it declares, and return its root.

    Comments and processing instructions are left out. Document types are refused:
    no publisher of rates needs one, and every entity bomb does.

    :raises FormatError: no XML, cut off, with a document type, in another encoding
        than declared, or a web page
    """
    payload = _checked(payload, publisher).lstrip()
    if b"<!DOCTYPE" in payload:
        raise _document_type(publisher)
    parser = etree.XMLParser(**SAFE_XML)
    try:
        root = etree.fromstring(payload, parser)
    except (etree.XMLSyntaxError, LookupError) as error:
        if getattr(error, "code", None) in _ENCODING_ERRORS:
            raise _wrong_encoding(publisher) from error
        raise _damaged(publisher, "XML") from error
    # in UTF-16 or UTF-7 it isn't seen above
    if root.getroottree().docinfo.internalDTD is not None:
        raise _document_type(publisher)
    return root


def parse_json(
    payload: bytes, *, encoding: str = "utf-8", publisher: str = ""
) -> object:
    """Read JSON with every number, whole ones too, as the Decimal that is written.

    :raises FormatError: no JSON, cut off, nested too deep, with a number that isn't
        one (NaN, Infinity), with a name twice in one object, or a web page
    """
    text = decode(_checked(payload, publisher), encoding, publisher=publisher)
    if _NOT_STORABLE.search(text):
        raise _damaged(publisher, "JSON")
    try:
        return json.loads(
            text,
            parse_float=_number,
            parse_int=_number,
            parse_constant=_no_number,
            object_pairs_hook=_named_once,
        )
    except (ValueError, RecursionError) as error:
        raise _damaged(publisher, "JSON") from error


def parse_csv(
    payload: bytes,
    *,
    delimiter: str = ",",
    encoding: str = "utf-8",
    publisher: str = "",
) -> list[list[str]]:
    """Read the rows of a CSV file; an empty line is an empty row.

    :raises FormatError: in another encoding, with quotes that nothing closes, with
        cells of a size that no cell has, or a web page
    """
    text = decode(_checked(payload, publisher), encoding, publisher=publisher)
    if "\0" in text:
        raise _damaged(publisher, "CSV")
    try:
        rows = list(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
        )
    except csv.Error as error:
        raise _damaged(publisher, "CSV") from error
    if any(len(cell) > _LONGEST_CELL for row in rows for cell in row):
        raise _damaged(publisher, "CSV")
    return rows


def cut_off() -> FormatError:
    """Return the error for a CSV file that isn't whole."""
    return FormatError(_lt("The CSV file is cut off: download it again."))


def unzip_one(
    payload: bytes, suffix: str, max_bytes: int, *, publisher: str = ""
) -> bytes:
    """Unpack the one file of a ZIP archive whose name ends in ``suffix``.

    :param max_bytes: most bytes that it may unpack to; no more are unpacked
    :raises FormatError: no archive, damaged, or not with one such file
    :raises PayloadTooLarge: the file is larger
    """
    payload = _checked(payload, publisher)
    try:
        with zipfile.ZipFile(io.BytesIO(payload)) as archive:
            member = _only_member(archive, suffix, publisher)
            # the sizes in the directory are the sender's word: read and count
            with archive.open(member) as unpacked:
                content = unpacked.read(max_bytes + 1)
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
        NotImplementedError,
        RuntimeError,
        ValueError,
    ) as error:
        raise _damaged(publisher, "ZIP") from error
    if len(content) > max_bytes:
        raise PayloadTooLarge(
            _lt(
                "%(publisher)s sent a ZIP file that unpacks to more than %(size)s MB: "
                "nothing was read."
            ),
            publisher=publisher or _THE_SERVICE,
            size=max(1, max_bytes // 1024**2),
        )
    return content


def _only_member(
    archive: zipfile.ZipFile, suffix: str, publisher: str
) -> zipfile.ZipInfo:
    """Return the one file with that suffix.

    :raises FormatError: there are none or many, or it is packed as nobody packs
    """
    files = [
        info
        for info in archive.infolist()
        if info.filename.lower().endswith(suffix.lower())
    ]
    # other methods have errors of their own
    if len(files) == 1 and files[0].compress_type in _ZIP_METHODS:
        return files[0]
    raise FormatError(
        _lt(
            "%(publisher)s sent a ZIP file without exactly one %(suffix)s file in it: "
            "check the address of the provider."
        ),
        publisher=publisher or _THE_SERVICE,
        suffix=suffix,
    )


def _checked(payload: bytes, publisher: str) -> bytes:
    """Return a payload that is neither empty nor a web page.

    :raises FormatError: it is
    """
    if not payload.strip():
        raise FormatError(
            _lt("%(publisher)s sent an empty answer: try again later."),
            publisher=publisher or _THE_SERVICE,
        )
    head = payload[:_HEAD]
    if head.startswith(_BOMS):
        head = head[2:].lstrip(b"\xbf").replace(b"\0", b"")
    if _WEB_PAGE.match(head):
        raise FormatError(
            _lt(
                "%(publisher)s sent a web page instead of rates: check the address of "
                "the provider."
            ),
            publisher=publisher or _THE_SERVICE,
        )
    return payload


def _number(text: str) -> Decimal:
    """Read a number of any length exactly.

    :raises ValueError: it has an exponent beyond all bounds
    """
    try:
        number = Decimal(text)
    except InvalidOperation:
        return _no_number(text)
    return number if number.is_finite() else _no_number(text)


def _no_number(text: str):
    """Refuse what isn't a finite number."""
    raise ValueError(f"{text[:40]} is no number")


def _named_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """Make an object; which of two values of one name is meant, nobody knows."""
    named = dict(pairs)
    if len(named) != len(pairs):
        raise ValueError("a name is used twice")
    return named


def _wrong_encoding(publisher: str) -> FormatError:
    """Return the error for bytes of another encoding."""
    return FormatError(
        _lt(
            "%(publisher)s sent an answer in another encoding than it should have: "
            "look whether a change is announced there."
        ),
        publisher=publisher or _THE_SERVICE,
    )


def _document_type(publisher: str) -> FormatError:
    """Return the error for XML with a document type."""
    return FormatError(
        _lt(
            "%(publisher)s sent XML with a document type, which rates don't need and "
            "attacks do: check the address of the provider."
        ),
        publisher=publisher or _THE_SERVICE,
    )


def _damaged(publisher: str, kind: str) -> FormatError:
    """Return the error for what can't be read."""
    return FormatError(
        _lt(
            "%(publisher)s sent an answer that is damaged, cut off or not %(kind)s: "
            "try again later."
        ),
        publisher=publisher or _THE_SERVICE,
        kind=kind,
    )
