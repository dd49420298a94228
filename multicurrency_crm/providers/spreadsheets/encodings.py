"""In which encoding a text was saved: each that can be is scored by what it makes of
the letters, and the best is taken. Somebody may choose another.
"""

import codecs
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from ..errors import FormatError, _lt
from .cells import SHOWN

#: by mark at the beginning, the longest first
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: what people call them, the likelier first where scores are the same
LABELS = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "gb18030": "GB18030",
    "cp1252": "Windows-1252",
    "cp1250": "Windows-1250",
    "big5hkscs": "Big5",
    "cp932": "Shift-JIS",
}
WITHOUT_MARK = ("gb18030", "cp1252", "cp1250", "big5hkscs", "cp932")
#: letters beside a to z, by language
_ALPHABETS = {
    "cp1252": (
        "äöüß",
        "àâæçéèêëîïôœùûüÿ",
        "áéíñóúü",
        "ãõáàâçéêíóôúü",
        "àèéìíòóùú",
        "æøåéäö",
        "ëïéèöü",
        "áæéíðóöúýþ",
    ),
    "cp1250": (
        "ąćęłńóśźż",
        "áčďéěíňóřšťúůýž",
        "áäčďéíĺľňóôŕšťúýž",
        "áéíóöőúüű",
        "ăâîşţ",
        "čćđšž",
        "äöüß",
    ),
}
#: signs that stand in Western texts, not within words
_SIGNS = frozenset("€£§°“”„‘’–—…«»©®™²³µ·¿¡ªº\u00a0")
#: what lists of customers and invoices are full of
_USUAL = frozenset(
    "的一是在有人公司客户日期金额币种别编号名称有限商品单位数量价税率合计发票应收付款期初余额联系电话地址"
    "手机备注银行账号国家省市区路街美元欧港人民币类型状态业务员部门凭证科目借贷方摘要本原折汇订合同付已未"
    "客戶幣別單號應收帳款發票貨電話聯絡備註銀行國區縣種類業務員廠區東臺灣股份際貿易實業餘額編號"
    "株式会社様御請求書売掛金取引先日付税込円年月"
)
#: most bytes of lines with other letters than ASCII's that are looked at
_SAMPLE = 200_000
_NOT_ASCII = re.compile(rb"[\x80-\xff]")
_WORD = re.compile(r"[^\W\d_]+")
#: least share of the best's score that makes a second one worth a question
_CLOSE = 0.8


@dataclass(frozen=True, slots=True)
class EncodingChoice:
    """An encoding in which the bytes can be read, best first.

    ``score`` is from 0 (nonsense) to 1; ``sample`` is the first line that the encoding
    makes a difference for.
    """

    encoding: str
    label: str
    score: float
    sample: str


def find_encodings(payload: bytes) -> tuple[EncodingChoice, ...]:
    """Return the encodings in which all bytes can be read, best first.

    :raises FormatError: there is none
    """
    for mark, codec in _MARKS:
        if payload.startswith(mark):
            if not _is_readable(payload, codec):
                raise _no_letters()
            return (_choice(codec, 1.0, ""),)
    if codec := _wide(payload):
        return (_choice(codec, 1.0, ""),)
    sample = _sample(payload)
    if not sample:
        return (_choice("utf-8", 1.0, ""),)
    if _is_readable(payload, "utf-8"):
        return (_choice("utf-8", 1.0, sample.decode("utf-8", "replace")),)
    texts = {
        codec: sample.decode(codec, "replace")
        for codec in WITHOUT_MARK
        if _is_readable(payload, codec)
    }
    if not texts:
        raise _no_letters()
    scores = {codec: _score(codec, text) for codec, text in texts.items()}
    order = sorted(texts, key=lambda codec: -scores[codec])
    line = _differing_line([texts[codec] for codec in order[:2]])
    return tuple(
        _choice(codec, scores[codec], "\n".join(texts[codec].split("\n")[line:]))
        for codec in order
    )


def _differing_line(texts: list[str]) -> int:
    """Return the first line that the best two read differently; 0 if none."""
    pairs = zip(*(text.split("\n") for text in texts), strict=False)
    return next((at for at, pair in enumerate(pairs) if len({*pair}) > 1), 0)


def is_readable(payload: bytes, codec: str) -> bool:
    """Return whether all bytes can be read in an encoding that we know."""
    return codec in LABELS and _is_readable(payload, codec)


def rivals(choices: tuple[EncodingChoice, ...]) -> list[EncodingChoice]:
    """Return the other encodings that make nearly as much sense, and another text."""
    best = choices[0]
    return [
        choice
        for choice in choices[1:]
        if choice.sample != best.sample and choice.score >= best.score * _CLOSE
    ]


def _choice(codec: str, score: float, text: str) -> EncodingChoice:
    """Return an encoding to choose, with a line of it."""
    line = next((line.strip() for line in text.splitlines() if line.strip()), "")
    return EncodingChoice(codec, LABELS[codec], round(score, 3), line[: 3 * SHOWN])


def _is_readable(payload: bytes, codec: str) -> bool:
    """Whether all bytes can be read; in pieces, so that no second text is kept."""
    decoder = codecs.getincrementaldecoder(codec)()
    view = memoryview(payload)
    try:
        for start in range(0, len(payload), 1 << 20):
            decoder.decode(bytes(view[start : start + (1 << 20)]))
        decoder.decode(b"", True)
    except UnicodeDecodeError:
        return False
    return True


def _wide(payload: bytes) -> str:
    """Return which UTF-16 without a mark it is: no other text has bytes that are 0."""
    head = payload[: 2 * (_SAMPLE // 2)]
    if b"\0" not in head:
        return ""
    found = []
    for codec in ("utf-16-le", "utf-16-be"):
        if _is_readable(payload, codec):
            text = head.decode(codec, "replace")
            found.append((sum(map(text.count, ",;\t\n 0123456789e")), codec))
    return max(found, default=(0, ""))[1]


def _sample(payload: bytes) -> bytes:
    """Return the lines at the top that have other letters than ASCII's."""
    lines, size, end = [], 0, 0
    while found := _NOT_ASCII.search(payload, end):
        start = payload.rfind(b"\n", 0, found.start()) + 1
        end = payload.find(b"\n", found.end())
        end = len(payload) if end < 0 else end
        line = payload[start:end][:_SAMPLE]
        lines.append(line)
        size += len(line)
        if size > _SAMPLE:
            break
    return b"\n".join(lines)


def _no_letters() -> FormatError:
    """Return the error for bytes that are text in no encoding."""
    return FormatError(
        _lt("The letters of the file can't be read: save it as “CSV UTF-8” or as XLSX.")
    )


def _score(codec: str, text: str) -> float:
    """Return how much sense a text makes, from 0 to 1."""
    points = list(_points(codec, text))
    score = max(0.0, sum(points) / len(points)) if points else 0.0
    # letters of several languages in few words are likelier those of another codec
    return score * (0.8 + 0.2 * _one_language(codec, text)) if score else 0.0


def _one_language(codec: str, text: str) -> float:
    """Return the largest share of words that one language has all letters of."""
    if codec not in _ALPHABETS:
        return 1.0
    words = [_letters(word) for word in _WORD.findall(text) if not word.isascii()]
    shares = (
        sum(letters <= set(alphabet) for letters in words)
        for alphabet in _ALPHABETS[codec]
    )
    return max(shares) / len(words) if words else 1.0


def _letters(word: str) -> set[str]:
    """Return a word's letters that aren't ASCII's."""
    return {char for char in word.lower() if not char.isascii()}


def _points(codec: str, text: str) -> Iterator[float]:
    """Yield points for each letter or word that isn't ASCII's."""
    if codec in _ALPHABETS:
        yield from _western_points(codec, text)
        return
    common = _common(codec)
    for found in re.finditer(r"[^\x00-\x7f]+", text):
        run = found[0]
        before, after = text[: found.start()][-1:], text[found.end() :][:1]
        alone = len(run) == 1 and before.isalpha() and after.isalpha()
        for char in run:
            yield 0.0 if alone else _cjk_point(char, common)


def _western_points(codec: str, text: str) -> Iterator[float]:
    """Yield points for words: one language has all letters of a word that is one."""
    for word in _WORD.findall(text):
        if word.isascii():
            continue
        letters = _letters(word)
        is_written = (
            word.istitle()
            or word.islower()
            or word.isupper()
            or (not any(char.isupper() and not char.isascii() for char in word[1:]))
        )
        fits = any(letters <= set(alphabet) for alphabet in _ALPHABETS[codec])
        yield 1.0 if fits and is_written else 0.0
    for char in re.findall(r"[^\w\s\x00-\x7f]", text):
        yield 0.7 if char in _SIGNS else 0.1


def _cjk_point(char: str, common: frozenset[str]) -> float:
    """Return how likely a sign is in Chinese or Japanese business."""
    code = ord(char)
    if char in _USUAL and char in common:
        return 1.0
    if char in common:
        return 0.8
    if 0xFF61 <= code <= 0xFF9F or 0x4E00 <= code <= 0x9FFF:
        return 0.15
    return 0.7 if 0x3000 <= code <= 0x30FF or 0xFF00 <= code <= 0xFFEF else 0.0


@functools.cache
def _common(codec: str) -> frozenset[str]:
    """Return the signs that a codec's first level has: those that people use."""
    leads, base = {
        "gb18030": (range(0xB0, 0xD8), "gb2312"),
        "big5hkscs": (range(0xA4, 0xC7), "big5"),
        "cp932": (range(0x82, 0x98), "cp932"),
    }[codec]
    pairs = (bytes((lead, trail)) for lead in leads for trail in range(0x40, 0xFF))
    return frozenset("".join(pair.decode(base, "ignore") for pair in pairs))
