"""Whether two customers are one."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.history_matching import (
    WEIGHTS,
    Customers,
    Identity,
    get_core_name,
    get_domain,
)

KNOWN = [
    Identity(1, "Kaiserslautern Pumpen GmbH", "K-1", "DE136695976", "a@kpumpen.de"),
    Identity(2, "宁波港湾进出口有限公司", "", "91330201MA2AEXAMPLE"[:18], "", "CN"),
    Identity(3, "Lagos Trading Co., Ltd.", "", "", "buy@gmail.com", "NG"),
    Identity(4, "Lagos Trading", "", "", "", "GH"),
]


@tagged("post_install", "-at_install")
class TestHistoryMatching(BaseCase):
    def setUp(self):
        super().setUp()
        self.customers = Customers(KNOWN)

    def _find(self, **values):
        return [
            (one.key, one.score, one.reasons)
            for one in self.customers.find_alike(Identity(99, **values))
        ]

    def test_names_lose_their_legal_form(self):
        self.assertEqual(get_core_name("Müller & Söhne G.m.b.H."), "müller söhne")
        self.assertEqual(get_core_name("宁波港湾进出口有限公司"), "宁波港湾进出口")
        self.assertEqual(get_core_name("The Company Ltd"), "the company ltd")

    def test_a_tax_number_is_nearly_proof(self):
        self.assertEqual(self._find(name="Other", vat="de 136 695 976")[0][:2], (1, 97))

    def test_another_tax_number_is_another_customer(self):
        [found] = self._find(name="Kaiserslautern Pumpen", vat="DE999999999")
        self.assertEqual(found[0], 1)
        self.assertLessEqual(found[1], 30)

    def test_a_public_mail_service_says_nothing(self):
        self.assertEqual(get_domain("x@qq.com"), "")
        self.assertEqual(self._find(name="Someone", email="sell@gmail.com"), [])
        self.assertEqual(
            self._find(name="Someone", email="b@kpumpen.de"), [(1, 45, ("domain",))]
        )

    def test_a_name_counts_more_in_the_same_country(self):
        found = self._find(name="LAGOS TRADING LIMITED", country="NG")
        self.assertEqual(found[0], (3, 80, ("name_country",)))
        self.assertEqual(found[1], (4, 60, ("name",)))

    def test_hints_add_up(self):
        [found] = self._find(name="Kaiserslautern Pumpen", email="z@kpumpen.de")
        # 1 − 0.40 × 0.55
        self.assertEqual(found, (1, 78, ("name", "domain")))

    def test_who_is_looked_up_by_one_thing(self):
        self.assertEqual(self.customers.find_by("name", "lagos trading"), [3, 4])
        self.assertEqual(self.customers.find_by("ref", "k1"), [1])
        self.assertEqual(self.customers.find_by("ref", " "), [])

    @given(
        st.lists(
            st.builds(
                Identity,
                key=st.integers(1, 10**6),
                name=st.text(max_size=12),
                ref=st.text(max_size=4),
                vat=st.text(max_size=6),
                email=st.emails(),
                country=st.sampled_from(["", "DE", "CN"]),
            ),
            max_size=12,
            unique_by=lambda one: one.key,
        )
    )
    def test_scores_are_bounded_and_in_order(self, identities):
        customers = Customers(identities)
        for one in identities:
            found = customers.find_alike(one)
            self.assertNotIn(one.key, [other.key for other in found])
            scores = [other.score for other in found]
            self.assertEqual(scores, sorted(scores, reverse=True))
            for other in found:
                self.assertTrue(0 <= other.score <= 100)
                self.assertTrue(set(other.reasons) <= set(WEIGHTS))
                self.assertTrue(other.reasons)
