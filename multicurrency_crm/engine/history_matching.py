"""Whether two customers are one: what speaks for it, and how much."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

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

#: What each thing that agrees is worth, in percent of certainty.
WEIGHTS = {
    "vat": 97,
    "ref": 95,
    "email": 90,
    "name_country": 80,
    "name": 60,
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
    """Return a name as it is compared: without its legal form and punctuation.

    >>> get_core_name("Müller & Söhne G.m.b.H.")
    'müller söhne'
    >>> get_core_name("宁波港湾进出口有限公司")
    '宁波港湾进出口'
    """
    text = re.sub(r"(?<=\w)\.(?=\w)", "", fold(name))
    words = re.sub(r"[^\w]+", " ", text).split()
    core = [word for word in words if word not in FORMS] or words
    return CHINESE_FORMS.sub("", " ".join(core)) or " ".join(core)


def get_code(text: str) -> str:
    """Return a tax number or reference as it is compared: letters and digits."""
    return re.sub(r"[\W_]+", "", fold(text))


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
        "vat": get_code(identity.vat),
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

    def find_by(self, kind: str, text: str) -> list[int]:
        """Return the keys of those with a mark.

        :param kind: of :data:`WEIGHTS`
        :param text: as it was written
        """
        fields = {"name": "name", "vat": "vat", "ref": "ref", "email": "email"}
        mark = list_marks(Identity(0, **{fields[kind]: text})).get(kind)
        return list(self._by_mark.get((kind, mark), ())) if mark else []

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


def _weigh(one: Identity, other: Identity, kinds: set[str]) -> Likeness:
    """Return how likely two customers are one, by what agrees and what doesn't.

    Independent hints: what none of them leaves open is what is left of the doubt.
    """
    kinds = set(kinds)
    if "email" in kinds:
        kinds.discard("domain")
    if "name" in kinds and one.country and one.country == other.country:
        kinds = kinds - {"name"} | {"name_country"}
    doubt = 1.0
    for kind in kinds:
        doubt *= 1 - WEIGHTS[kind] / 100
    score = round(100 * (1 - doubt))
    if "vat" not in kinds and get_code(one.vat) and get_code(other.vat):
        score = min(score, 30)
    ordered = sorted(kinds, key=lambda kind: -WEIGHTS[kind])
    return Likeness(other.key, score, tuple(ordered))
