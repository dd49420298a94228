"""What a laptop of 1,366 and a telephone of 390 pixels show of plans and calls."""

import json
from datetime import timedelta

from odoo.tests import tagged

from ..collection.call_common import CallCommon
from ..common import TourCase
from ..payment.plan_common import PlanCommon

#: what is cut off in a list, and whether the list is wider than its page
CUT = """
    const list = [...document.querySelectorAll(%s)].pop();
    const cut = [...list.querySelectorAll("th[data-name], td, button")]
        .filter((e) => e.offsetWidth && e.scrollWidth > e.clientWidth + 1)
        .map((e) => `${e.dataset.name || e.getAttribute("name")}: ${e.innerText}`);
    const over = list.scrollWidth - list.clientWidth;
    if (over > 0 || cut.length) {
        console.error(JSON.stringify({ over, cut }));
    } else {
        console.log("test successful");
    }
"""

#: the page of the plan is open, or is opened
READY = """(() => {
    document.querySelector("a[name='payment_plan']:not(.active)")?.click();
    return !!document.querySelector("[name='payment_plan_ids'] .o_data_row");
})()"""


@tagged("post_install", "-at_install")
class TestLaptopPlan(PlanCommon, TourCase):
    browser_size = "1366x768"

    def test_the_plan_of_an_order_is_whole(self):
        order = self._ordered(total=1234567.0)
        selector = json.dumps("[name='payment_plan_ids'] .o_list_renderer")
        self.browser_js(
            f"/odoo/sales/{order.id}", CUT % selector, READY, login=self.seller.login
        )


@tagged("post_install", "-at_install")
class TestTelephonePlan(PlanCommon, TourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_ticking_shows_what_is_needed(self):
        """No calendar lies over what is to be attached."""
        order = self._ordered()
        rest = order.payment_plan_ids[-1]
        code = """
            const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
            (async () => {
                document.querySelector("button[name='action_tick']").click();
                while (!document.querySelector(".modal [name='attachment_ids']")) {
                    await wait(50);
                }
                await wait(500);
                if (document.querySelector(".o_datetime_picker")) {
                    console.error("The calendar is open");
                } else {
                    console.log("test successful");
                }
            })();
        """
        self.browser_js(
            f"/odoo/payment-plans/{rest.id}",
            code,
            "!!document.querySelector(\"button[name='action_tick']\")",
            login=self.seller.login,
        )


@tagged("post_install", "-at_install")
class TestLaptopCalls(CallCommon, TourCase):
    browser_size = "1366x768"

    def test_the_list_of_calls_is_whole(self):
        self.buyer.write(
            {
                "name": "Ateliers Hydrauliques du Ponant SARL",
                "phone": "+1 402 555 0142",
                "country_id": self.env.ref("base.us").id,
                "tz": False,
            }
        )
        # from today on, whenever the test runs
        today = self.books._get_today()
        self._invoice(712345.0, self.usd, str(today - timedelta(50)), due=str(today))
        selector = json.dumps(".o_list_renderer")
        self.browser_js(
            "/odoo/calls-for-today",
            CUT % selector,
            "!!document.querySelector('.o_data_row')",
            login=self.clerk.login,
        )
