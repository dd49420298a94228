"""Whom a row names, by all that it says."""

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine.history_matching import Customers, Identity, get_code, is_same_name
from ...engine.history_named import SURE, find_conflicts, find_named, is_alike_name

WORDS = st.sampled_from(["", "Foo GmbH", "Foo Ltd", "Foo", "Bar", "远航有限公司"])
CODES = st.sampled_from(["", "1-01", "10-1", "101", "K 7", "k-7"])
TAXES = st.sampled_from(["", "DE444444444", "444444444", "GB999999999"])
EMAILS = st.sampled_from(["", "a@foo.example", "b@foo.example"])


def _identities(keys):
    return st.builds(Identity, key=keys, name=WORDS, ref=CODES, vat=TAXES, email=EMAILS)


@tagged("post_install", "-at_install")
class TestHistoryNamed(BaseCase):
    def test_codes_keep_what_stands_between_their_parts(self):
        self.assertEqual(len({get_code(one) for one in ("1-01", "10-1", "101")}), 3)
        self.assertEqual(len({get_code(one) for one in ("1-A1", "1A-1", "A-11")}), 3)
        same = ("C-0007", "c 0007", "Ｃ０００７", " C_0007 ")
        self.assertEqual({get_code(one) for one in same}, {"c0007"})

    def test_another_legal_form_is_another_company(self):
        for one, other in (
            ("Foo GmbH", "Foo Ltd"),
            ("Foo GmbH & Co. KG", "Foo GmbH"),
            ("上海远航有限公司", "上海远航股份有限公司"),
            ("Foo", "Bar"),
        ):
            self.assertFalse(is_same_name(one, other), (one, other))
        for one, other in (
            ("Foo Co., Ltd.", "FOO LIMITED"),
            ("Foo G.m.b.H.", "foo"),
            ("上海远航有限责任公司", "上海远航有限公司"),
            ("上海远航公司", "上海远航股份有限公司"),
        ):
            self.assertTrue(is_same_name(one, other), (one, other))

    def test_a_typo_is_no_other_word(self):
        self.assertTrue(is_alike_name("Atacama Minerls", "Atacama Minerals Chile"))
        self.assertTrue(is_alike_name("远航", "上海远航有限公司"))
        for one, other in (
            ("Alpha Trading", "Omega Trading"),
            ("上海远航贸易", "上海远景贸易"),
            ("", "Foo"),
        ):
            self.assertFalse(is_alike_name(one, other), (one, other))

    @given(
        st.lists(
            _identities(st.integers(1, 50)), max_size=6, unique_by=lambda x: x.key
        ),
        _identities(st.just(0)),
    )
    def test_nobody_is_named_whom_the_row_contradicts(self, known, who):
        customers = Customers(known)
        named = find_named(customers, who, lambda key: True)
        if named.key is None:
            return
        self.assertFalse(named.trouble)
        one = customers.get(named.key)
        kinds = {
            kind
            for kind in ("ref", "vat", "name", "email")
            if named.key in customers.find_by(kind, getattr(who, kind))
        }
        self.assertTrue(kinds)
        self.assertFalse(find_conflicts(who, one, kinds))
        # whose code or tax number it is, is the one
        for kind in SURE:
            hits = customers.find_by(kind, getattr(who, kind))
            self.assertTrue(not hits or named.key in hits)
        self.assertEqual(find_named(customers, who, lambda key: False).key, None)
