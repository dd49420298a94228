"""Which publishers are proposed to whom: the countries that matter, and any others."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.rate_chain import (
    better_kind,
    by_usefulness,
    propose,
    usual_kind,
    worth_knowing,
)
from ...engine.rate_sources import Books, Source, covers, weigh

EUROPE = "USD JPY GBP SEK CNY INR TRY CHF CZK"


def source(code, publisher="authority", base="EUR", currencies="", **values):
    quoted = frozenset(currencies.split())
    return Source(code, publisher, base, currencies=quoted, **values)


ECB = source("ecb", currencies=EUROPE, country="EU")
ROME = source("rome", currencies=f"{EUROPE} AED SAR VND KWD", country="IT")
CFETS = source("cfets", base="CNY", currencies="USD EUR JPY AED", country="CN")
FRANKFURTER = source("frankfurter", "service", currencies=EUROPE)
BOARD = source(
    "board",
    "bank",
    "CNY",
    "USD EUR VND",
    country="CN",
    kinds=("official", "buy"),
    restricted=True,
)
ANKARA = source(
    "ankara", base="TRY", currencies="USD EUR", country="TR", kinds=("buy", "sell")
)
CUSTOMS = source("customs", "tax", "CHF", "EUR USD", country="CH", kinds=("official",))
MEXICO = source("mexico", base="MXN", currencies="USD", country="MX", needs_key=True)
PEGS = source("pegs", "constants", "USD", "AED SAR OMR", bridges=True)
PAID = source(
    "paid",
    "service",
    "USD",
    f"{EUROPE} EUR AED OMR MXN XOF".replace("USD ", ""),
    needs_key=True,
)
MONTHLY = source("monthly", currencies="XOF", is_daily=False)
FILE = source("file", "own", "", "USD EUR XOF XPF")
WORLD = [
    ECB, ROME, CFETS, FRANKFURTER, BOARD, ANKARA, CUSTOMS, MEXICO, PEGS, PAID, MONTHLY,
    FILE,
]  # fmt: skip


def books(currency, country, wanted):
    return Books(currency, country, frozenset(wanted.split()))


def steps(chain):
    return [(link.source.code, link.reason) for link in chain.links]


@tagged("post_install", "-at_install")
class TestRateChain(BaseCase):
    def assertChain(self, company, *expected, kind=None):
        chain = propose(WORLD, company, kind)
        self.assertEqual(steps(chain), list(expected))
        return chain

    def test_china(self):
        """Its own parity, the widest official one for the rest, one that stands in."""
        company = books("CNY", "CN", "USD EUR VND INR")
        chain = self.assertChain(
            company,
            ("cfets", "country"),
            ("rome", "filler"),
            ("frankfurter", "stand_in"),
        )
        self.assertEqual(chain.links[1].adds, {"VND", "INR"})
        self.assertEqual(chain.single, {"VND"})
        self.assertFalse(chain.missing)

    def test_the_euro_area(self):
        """A country without a source takes its currency's issuer."""
        self.assertChain(
            books("EUR", "DE", "USD GBP"),
            ("ecb", "issuer"),
            ("frankfurter", "stand_in"),
        )
        self.assertChain(
            books("EUR", "IT", "USD GBP"),
            ("rome", "country"),
            ("frankfurter", "stand_in"),
        )

    def test_no_source_of_ones_own(self):
        self.assertChain(
            books("GBP", "GB", "USD VND"),
            ("rome", "filler"),
            ("frankfurter", "stand_in"),
        )

    def test_who_adds_nothing_is_left_out(self):
        """Two bring both currencies: nobody else is asked."""
        self.assertChain(
            books("CNY", "CN", "USD AED"),
            ("cfets", "country"),
            ("rome", "stand_in"),
        )

    def test_sides_of_a_price(self):
        """An authority's own kind comes first, and the middle where it has more."""
        company = books("TRY", "TR", "USD GBP")
        chain = self.assertChain(company, ("ankara", "country"))
        self.assertEqual((chain.kind, chain.missing), ("buy", {"GBP"}))
        self.assertEqual(better_kind(WORLD, company, chain), "mid")
        middle = self.assertChain(
            company,
            ("rome", "filler"),
            ("frankfurter", "stand_in"),
            kind="mid",
        )
        self.assertIsNone(better_kind(WORLD, company, middle))
        self.assertEqual(worth_knowing(WORLD, company, middle), [ANKARA])
        elsewhere = books("USD", "TR", "TRY EUR")
        self.assertEqual(usual_kind(WORLD, elsewhere), "mid")

    def test_rates_for_taxes_are_chosen(self):
        company = books("CHF", "CH", "USD EUR")
        chain = self.assertChain(
            company, ("rome", "filler"), ("frankfurter", "stand_in")
        )
        self.assertEqual(worth_knowing(WORLD, company, chain), [CUSTOMS])
        self.assertChain(company, ("customs", "country"), kind="official")

    def test_terms_and_boards_are_chosen(self):
        company = books("CNY", "CN", "USD")
        self.assertChain(company, ("board", "terms"), kind="official")

    def test_a_key_where_nobody_else_has_it(self):
        company = books("EUR", "MX", "MXN USD OMR")
        chain = self.assertChain(
            company,
            ("ecb", "issuer"),
            ("pegs", "constants"),
            ("paid", "key"),
        )
        self.assertEqual(chain.links[2].adds, {"MXN"})
        self.assertEqual(chain.single, {"MXN"})
        self.assertNotIn("paid", dict(steps(propose(WORLD, books("EUR", "DE", "SAR")))))
        mexican = books("MXN", "MX", "USD")
        self.assertEqual(steps(propose(WORLD, mexican)), [("mexico", "key")])
        world = [*WORLD, source("wide", currencies="MXN USD", country="IT")]
        chain = propose(world, mexican)
        self.assertEqual(steps(chain), [("wide", "filler")])
        self.assertEqual(worth_knowing(world, mexican, chain), [MEXICO])

    def test_monthly_only_before_keys(self):
        self.assertChain(books("EUR", "DE", "XOF"), ("monthly", "seldom"))

    def test_constants_need_their_base(self):
        bridge = books("EUR", "DE", "OMR")
        self.assertFalse(covers(PEGS, bridge))
        self.assertEqual(covers(PEGS, bridge, {"USD"}), {"OMR"})
        self.assertEqual(covers(PEGS, books("AED", "AE", "USD OMR")), {"USD", "OMR"})
        self.assertEqual(steps(propose([ECB, PEGS], bridge)), [])
        self.assertEqual(
            steps(propose([PEGS, ECB], books("EUR", "DE", "USD OMR"))),
            [("ecb", "issuer"), ("pegs", "constants")],
        )

    def test_15_3_4_constants_after_terms(self):
        """Who has terms to accept books as everybody does once they are accepted:
        constants reach through it what nobody else has."""
        world = [
            source("s0", base="AAA", currencies="BBB EEE", restricted=True),
            source("s1", "constants", "EEE", "CCC", bridges=True),
        ]
        company = books("AAA", "", "CCC EEE")
        for ordered in (world, world[::-1]):
            chain = propose(ordered, company)
            self.assertEqual(steps(chain), [("s0", "terms"), ("s1", "constants")])
            self.assertEqual([link.adds for link in chain.links], [{"EEE"}, {"CCC"}])
            self.assertFalse(chain.missing)

    def test_15_3_4_constants_after_a_key(self):
        world = [
            source("s0", base="AAA", currencies="EEE", needs_key=True),
            source("s1", "constants", "EEE", "CCC", bridges=True),
            source("s2", "service", "AAA", "CCC DDD", restricted=True),
        ]
        chain = propose(world, books("AAA", "", "CCC EEE"))
        self.assertEqual(steps(chain), [("s0", "key"), ("s1", "constants")])
        chain = propose(world, books("AAA", "", "CCC DDD EEE"))
        self.assertEqual(
            steps(chain), [("s0", "key"), ("s2", "terms"), ("s1", "stand_in")]
        )

    def test_15_3_4_constants_through_constants(self):
        """As far as it goes, and whatever order and key lies between."""
        world = [
            source("s0", "constants", "DDD", "EEE", bridges=True),
            source("s1", "constants", "CCC", "DDD", bridges=True, needs_key=True),
            source("s2", "constants", "BBB", "CCC", bridges=True),
            source("s3", base="AAA", currencies="BBB", restricted=True),
        ]
        chain = propose(world, books("AAA", "", "BBB CCC DDD EEE"))
        self.assertEqual(
            steps(chain),
            [
                ("s3", "terms"),
                ("s2", "constants"),
                ("s1", "key"),
                ("s0", "constants"),
            ],
        )
        self.assertFalse(chain.missing)

    def test_what_nobody_knows(self):
        """An official source that lists nothing is asked first, and counted upon for
        nothing."""
        shy = source("shy", base="XPF", country="PF")
        chain = propose([shy, ECB], books("XPF", "PF", "EUR"))
        self.assertEqual(steps(chain), [("shy", "country")])
        self.assertEqual(chain.missing, {"EUR"})
        self.assertFalse(propose([shy], books("CNY", "PF", "EUR")).links)

    def test_another_kind_in_a_chain_of_ones_own(self):
        company = books("TRY", "TR", "USD")
        chain = weigh([(ROME, None), (ANKARA, None)], company, "mid")
        self.assertEqual([link.has for link in chain.links], [{"USD"}, set()])

    def test_nothing_wanted(self):
        self.assertFalse(propose(WORLD, books("EUR", "DE", "EUR")).links)


CODES = ("AAA", "BBB", "CCC", "DDD", "EEE", "FFF")
COUNTRIES = ("", "AA", "BB")
codes = st.sampled_from(CODES)


@st.composite
def worlds(draw):
    count = draw(st.integers(0, 7))
    return [
        Source(
            code=f"s{number}",
            publisher=draw(
                st.sampled_from(("authority", "service", "bank", "tax", "constants"))
            ),
            base=(base := draw(codes)),
            kinds=draw(st.sampled_from((("mid",), ("buy", "mid"), ("official",)))),
            currencies=draw(st.frozensets(codes)) - {base},
            country=draw(st.sampled_from(COUNTRIES)),
            needs_key=draw(st.booleans()),
            restricted=draw(st.booleans()),
            bridges=draw(st.booleans()),
            is_daily=draw(st.booleans()),
            first_day=draw(st.none() | st.just(datetime.date(2000, 1, 1))),
        )
        for number in range(count)
    ]


companies = st.builds(Books, codes, st.sampled_from(COUNTRIES), st.frozensets(codes))
kinds = st.sampled_from((None, "mid", "buy", "official"))


@tagged("post_install", "-at_install")
class TestRateChainProperties(BaseCase):
    @given(worlds(), companies, kinds)
    def test_nothing_twice_and_of_one_kind(self, world, company, kind):
        chain = propose(world, company, kind)
        named = [link.source.code for link in chain.links]
        self.assertEqual(len(named), len(set(named)))
        self.assertTrue(all(chain.kind in link.source.kinds for link in chain.links))
        self.assertIn(chain.kind, (kind, usual_kind(world, company)))

    @given(worlds(), companies, kinds)
    def test_the_order_of_the_registry_is_no_matter(self, world, company, kind):
        self.assertEqual(
            propose(world, company, kind), propose(world[::-1], company, kind)
        )

    @given(worlds(), companies, kinds)
    def test_missing_is_what_nobody_has(self, world, company, kind):
        """Just that is called missing which all who may be proposed don't bring."""
        chain = propose(world, company, kind)
        allowed = {"authority", "service", "constants"}
        if chain.kind != usual_kind(world, company):
            allowed |= {"bank", "tax"}
        everybody = [(s, None) for s in world if s.publisher in allowed]
        if chain.kind == "buy":
            everybody = [x for x in everybody if x[0].base == company.currency]
        # whoever needs another's base comes after it, however many there are between
        reachable = weigh(everybody * len(world), company, chain.kind)
        self.assertEqual(chain.missing, reachable.missing)

    @given(worlds(), companies, kinds)
    def test_nobody_is_idle(self, world, company, kind):
        """Without any but the official one and the stand-in, something is missing."""
        chain = propose(world, company, kind)
        core = [x for x in chain.links if x.reason != "stand_in"]
        # a key spares nobody who needs none
        free = [x for x in core if x.source.is_open]

        def is_needed(link, members):
            left = [(x.source, x.reason) for x in members if x is not link]
            every = [(x.source, x.reason) for x in members]
            return (
                weigh(left, company, chain.kind).missing
                > weigh(every, company, chain.kind).missing
            )

        for link in core:
            if link.reason not in ("country", "issuer"):
                self.assertTrue(is_needed(link, free) or is_needed(link, core))

    @given(worlds(), companies, kinds)
    def test_keys_and_terms_only_where_nobody_else(self, world, company, kind):
        chain = propose(world, company, kind)
        free = [source for source in world if source.is_open]
        for link in chain.links:
            if not link.source.is_open:
                open_only = propose(free, company, chain.kind)
                self.assertTrue(link.adds & open_only.missing)

    @given(worlds(), companies, kinds)
    def test_at_most_one_stands_in(self, world, company, kind):
        chain = propose(world, company, kind)
        stand_ins = [x for x in chain.links if x.reason == "stand_in"]
        self.assertLessEqual(len(stand_ins), 1)
        for link in stand_ins:
            self.assertIs(link, chain.links[-1])
            self.assertTrue(link.has and not link.adds)


@tagged("post_install", "-at_install")
class TestUsefulness(BaseCase):
    """In which order a company finds publishers in a list."""

    def codes(self, *company):
        return [s.code for s in by_usefulness(WORLD, books(*company))]

    def test_ones_own_country_leads(self):
        """The authority before the board, though that one has other kinds alone."""
        order = self.codes("CNY", "CN", "USD EUR JPY")
        self.assertEqual(order[:3], ["cfets", "board", "rome"])
        self.assertEqual(self.codes("CHF", "CH", "USD EUR")[0], "customs")
        self.assertEqual(self.codes("EUR", "DE", "USD GBP")[0], "ecb")

    def test_who_has_none_comes_behind(self):
        order = self.codes("CNY", "CN", "USD EUR JPY")
        self.assertLess(order.index("rome"), order.index("pegs"))
        self.assertLess(order.index("frankfurter"), order.index("paid"))
        self.assertEqual(order[-1], "file")

    @given(worlds(), companies)
    def test_nobody_is_lost(self, world, company):
        order = by_usefulness(world, company)
        self.assertCountEqual(order, world)
        self.assertEqual(order, by_usefulness(reversed(world), company))
