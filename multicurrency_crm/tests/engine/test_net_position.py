"""Nothing is lost between the flows and the positions."""

import datetime

from hypothesis import given
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ...engine import net_position as engine
from ...engine.net_position import Flow

TODAY = datetime.date(2026, 11, 20)
days = st.dates(datetime.date(2026, 1, 1), datetime.date(2027, 12, 31))
#: cents, so that sums are exact
cents = st.integers(-(10**9), 10**9)
flows = st.lists(
    st.builds(
        Flow,
        st.sampled_from(["USD", "JPY", "KWD"]),
        st.none() | days,
        st.sampled_from(engine.KINDS),
        cents,
    ),
    max_size=40,
)


@tagged("post_install", "-at_install")
class TestNetPositionEngine(BaseCase):
    @given(flows)
    def test_components_add_up(self, given_flows):
        positions = engine.gather(given_flows, TODAY)
        for currency, months in positions.items():
            whole = engine.total(months.values())
            own = [flow for flow in given_flows if flow.currency == currency]
            for kind in engine.KINDS:
                expected = sum(flow.amount for flow in own if flow.kind == kind)
                self.assertEqual(whole.amounts[kind], expected)
            self.assertEqual(whole.net, sum(flow.amount for flow in own))
            self.assertEqual(whole.net, whole.exposure + whole.amounts["forward"])
            late = sum(f.amount for f in own if f.due and f.due < TODAY)
            self.assertEqual(whole.overdue, late)
            self.assertEqual(list(months), sorted(months))
            self.assertGreaterEqual(min(months), TODAY.replace(day=1))

    def test_what_is_late_or_there_counts_now(self):
        now = datetime.date(2026, 11, 1)
        yesterday = TODAY - datetime.timedelta(days=1)
        self.assertEqual(engine.month_of(None, TODAY), (now, False))
        self.assertEqual(engine.month_of(yesterday, TODAY), (now, True))
        self.assertEqual(engine.month_of(TODAY, TODAY), (now, False))
        later = datetime.date(2027, 2, 28)
        self.assertEqual(
            engine.month_of(later, TODAY), (datetime.date(2027, 2, 1), False)
        )

    def test_an_unknown_kind(self):
        with self.assertRaises(KeyError):
            engine.gather([Flow("USD", None, "gold", 1.0)], TODAY)

    @given(cents, st.lists(st.tuples(days, st.floats(0, 0.3)), min_size=1, max_size=4))
    def test_instalments_add_up(self, amount, instalments):
        parts = engine.spread(amount, instalments)
        self.assertEqual([due for due, _part in parts], [d for d, _s in instalments])
        self.assertAlmostEqual(sum(part for _due, part in parts), amount, 4)

    def test_no_instalment(self):
        with self.assertRaises(ValueError):
            engine.spread(1.0, [])

    def test_covered_share(self):
        position = engine.Position()
        self.assertEqual(position.covered_share, 0.0)
        position.add("receivable", 1000.0)
        position.add("forward", -400.0)
        self.assertAlmostEqual(position.covered_share, 0.4)
        position.add("forward", 600.0)
        self.assertAlmostEqual(position.covered_share, -0.2)
        owed = engine.Position()
        owed.add("payable", -500.0)
        owed.add("forward", 500.0)
        self.assertAlmostEqual(owed.covered_share, 1.0)
        self.assertEqual(owed.net, 0.0)

    def test_one_percent(self):
        """USD 1,000 at 7 CNY is worth 7,000 CNY; a fall by one percent costs 70."""
        self.assertAlmostEqual(engine.one_percent(1000.0, 1 / 7), -70.0)
        self.assertAlmostEqual(engine.one_percent(-1000.0, 1 / 7), 70.0)
        self.assertAlmostEqual(engine.value_at(1000.0, 1 / 7), 7000.0)
