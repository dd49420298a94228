"""Whether two customers are one: what speaks for it, and how much."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from .history import fold

#: Mail services that say nothing of whose customer writes.
PUBLIC_DOMAINS = frozenset(
    """
    126.com 139.com 163.com 21cn.com aliyun.com aol.com foxmail.com gmail.com gmx.com
    gmx.de gmx.net googlemail.com hotmail.com icloud.com live.com mail.com mail.ru
    me.com msn.com outlook.com proton.me protonmail.com qq.com rediffmail.com
    sina.com sina.cn sohu.com tom.com web.de yahoo.co.jp yahoo.co.uk yahoo.com
    yandex.ru yeah.net
    """.split()
)
#: Forms of companies that are left out where names are compared.
FORMS = frozenset(
    """
    ab ag aps as bv bvba co company corp corporation eirl gmbh inc incorporated kft kg
    limited llc llp lp ltd ltda nv oy oyj plc pte pty pvt sa sarl sas sdn bhd se sl
    spa spzoo srl sro the
    """.split()
)
CHINESE_FORMS = re.compile("(股份有限公司|有限责任公司|有限公司|公司)$")
#: Forms that say the same, or nothing.
SAME_FORMS = {
    "limited": "ltd",
    "incorporated": "inc",
    "corporation": "corp",
    "有限责任公司": "有限公司",
    **dict.fromkeys(("co", "company", "the", "公司"), ""),
}

#: What each thing that agrees is worth, in percent of certainty.
WEIGHTS = {
    "vat": 97,
    "ref": 95,
    "email": 90,
    "name_country": 80,
    "name": 60,
    "core": 60,
    "domain": 45,
}


@dataclass(frozen=True, slots=True)
class Identity:
    """By what a customer is known. Texts as they were written; "" where nothing is."""

    key: int
    name: str = ""
    ref: str = ""
    vat: str = ""
    email: str = ""
    country: str = ""  # ISO code of two letters


@dataclass(frozen=True, slots=True)
class Likeness:
    """Another customer that may be the same one."""

    key: int
    score: int  # 0 to 100
    reasons: tuple[str, ...]  # of :data:`WEIGHTS`, the strongest first


def get_core_name(name: str) -> str:
    """Return a name as it is looked up: without its legal form and punctuation.

    >>> get_core_name("Müller & Söhne G.m.b.H.")
    'müller söhne'
    >>> get_core_name("宁波港湾进出口有限公司")
    '宁波港湾进出口'
    """
    words = _split_name(name)
    core = [word for word in words if word not in FORMS] or words
    return CHINESE_FORMS.sub("", " ".join(core)) or " ".join(core)


def _split_name(name: str) -> list[str]:
    """Return the words of a name in lower case; "S.A." is one word."""
    text = re.sub(r"(?<=\w)\.(?=\w)", "", fold(name))
    return re.sub(r"[^\w]+", " ", text).split()


def get_forms(name: str) -> frozenset[str]:
    """Return the legal forms that a name says, each in one spelling.

    >>> sorted(get_forms("Foo Co., Limited"))
    ['ltd']
    """
    words = _split_name(name)
    found = {word for word in words if word in FORMS}
    chinese = CHINESE_FORMS.search("".join(words))
    if chinese:
        found.add(chinese[0])
    return frozenset({SAME_FORMS.get(form, form) for form in found} - {""})


def is_same_name(one: str, other: str) -> bool:
    """Return whether two names are one: the same but for a legal form that one of them
    leaves out. Who has another legal form is another company.

    >>> is_same_name("Foo GmbH", "foo"), is_same_name("Foo GmbH", "Foo Ltd")
    (True, False)
    """
    if get_core_name(one) != get_core_name(other):
        return False
    forms, others = get_forms(one), get_forms(other)
    return not forms or not others or forms == others


def get_tax_number(text: str) -> str:
    """Return a tax number as it is compared: letters and digits."""
    return re.sub(r"[\W_]+", "", fold(text))


def get_code(text: str) -> str:
    """Return a reference as it is compared: what stands between its parts is one sign,
    but nothing between the letters that it begins with and their number.

    >>> get_code("C 0007"), get_code("1-01"), get_code("10.1")
    ('c0007', '1-01', '10-1')
    """
    code = re.sub(r"[\W_]+", "-", fold(text)).strip("-")
    return re.sub(r"^([^\W\d]+)-(?=\d)", r"\1", code)


def get_domain(email: str) -> str:
    """Return the domain of an address; "" of a public mail service."""
    domain = fold(email).rpartition("@")[2] if "@" in (email or "") else ""
    return "" if domain in PUBLIC_DOMAINS else domain


def list_marks(identity: Identity) -> dict[str, str]:
    """Return by what a customer is looked up.

    :return: {of :data:`WEIGHTS`: text as it is compared}, without what is empty;
        ``name_country`` is no mark of its own
    """
    marks = {
        "vat": get_tax_number(identity.vat),
        "ref": get_code(identity.ref),
        "email": fold(identity.email),
        "name": get_core_name(identity.name),
        "domain": get_domain(identity.email),
    }
    return {kind: text for kind, text in marks.items() if text}


class Customers:
    """Customers that are known, to be looked up by any mark."""

    def __init__(self, identities: Iterable[Identity] = ()):
        self._known: dict[int, Identity] = {}
        self._by_mark: dict[tuple[str, str], list[int]] = {}
        for identity in identities:
            self.add(identity)

    def add(self, identity: Identity) -> None:
        """Know one more customer."""
        self._known[identity.key] = identity
        for mark in list_marks(identity).items():
            self._by_mark.setdefault(mark, []).append(identity.key)

    def get(self, key: int) -> Identity:
        """Return by what a customer is known."""
        return self._known[key]

    def knows(self, key: int) -> bool:
        """Return whether a customer is among these."""
        return key in self._known

    def learn(self, key: int, identity: Identity) -> None:
        """Know a customer's code and tax number from somebody who names it, where it
        has none."""
        known = self._known[key]
        more = {
            name: getattr(identity, name)
            for name in ("ref", "vat")
            if not getattr(known, name) and getattr(identity, name)
        }
        if not more:
            return
        marks = list_marks(known)
        self._known[key] = known = replace(known, **more)
        for mark in list_marks(known).items():
            if mark not in marks.items():
                self._by_mark.setdefault(mark, []).append(key)

    def find_by(self, kind: str, text: str) -> list[int]:
        """Return the keys of those with a mark: by name, of those with another legal
        form none.

        :param kind: of :data:`WEIGHTS`
        :param text: as it was written
        """
        fields = {"name": "name", "vat": "vat", "ref": "ref", "email": "email"}
        mark = list_marks(Identity(0, **{fields[kind]: text})).get(kind)
        found = list(self._by_mark.get((kind, mark), ())) if mark else []
        if kind == "name":
            found = [one for one in found if is_same_name(text, self._known[one].name)]
        return found

    def find_alike(self, identity: Identity) -> list[Likeness]:
        """Return the customers that may be this one, the likeliest first.

        What disagrees counts, too: who has another tax number is another customer,
        whatever else agrees.
        """
        reasons: dict[int, set[str]] = {}
        for mark in list_marks(identity).items():
            for key in self._by_mark.get(mark, ()):
                reasons.setdefault(key, set()).add(mark[0])
        found = [
            _weigh(identity, self._known[key], kinds)
            for key, kinds in reasons.items()
            if key != identity.key
        ]
        return sorted(found, key=lambda one: (-one.score, one.key))


def may_agree(kind: str, one: Identity, other: Identity) -> bool:
    """Return whether two codes or tax numbers may be of one customer: one isn't known,
    or they are the same but for what spreadsheets and people leave out.

    :param kind: "vat" or "ref"
    """
    read = get_tax_number if kind == "vat" else get_code
    first, second = (read(getattr(who, kind)) for who in (one, other))
    if not first or not second or first == second:
        return True
    if kind == "vat":
        # the country's two letters in front of one of them
        long, short = sorted((first, second), key=len, reverse=True)
        return long[:2].isalpha() and long[2:] == short
    # a spreadsheet that took a code for a number
    return first.isdigit() and second.isdigit() and int(first) == int(second)


def _weigh(one: Identity, other: Identity, kinds: set[str]) -> Likeness:
    """Return how likely two customers are one, by what agrees and what doesn't.

    Independent hints: what none of them leaves open is what is left of the doubt.
    """
    kinds = set(kinds)
    if "email" in kinds:
        kinds.discard("domain")
    if "name" in kinds and not is_same_name(one.name, other.name):
        kinds = kinds - {"name"} | {"core"}
    if "name" in kinds and one.country and one.country == other.country:
        kinds = kinds - {"name"} | {"name_country"}
    doubt = 1.0
    for kind in kinds:
        doubt *= 1 - WEIGHTS[kind] / 100
    score = round(100 * (1 - doubt))
    if not may_agree("vat", one, other):
        score = min(score, 30)
    ordered = sorted(kinds, key=lambda kind: -WEIGHTS[kind])
    return Likeness(other.key, score, tuple(ordered))
