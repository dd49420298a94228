"""A collection letter on a telephone: as wide as it, its customer's name whole."""

from datetime import timedelta

from odoo.tests import tagged

from ..common import TourCase
from .collection_common import CollectionCommon

WIDE = """
    const page = document.querySelector(".o_content");
    const limit = page.clientWidth;
    const over = [...page.querySelectorAll("*")]
        .filter((e) => e.offsetWidth && e.getBoundingClientRect().right > limit + 1)
        .map((e) => `${e.tagName}.${e.className}: ${e.innerText}`.slice(0, 160));
    const title = document.querySelector("h1 .o_many2one > *, h1 a");
    const isCut = title?.clientWidth && title.scrollWidth > title.clientWidth + 1;
    if (page.scrollWidth > limit || isCut) {
        console.error(JSON.stringify({ wide: page.scrollWidth, limit, over, isCut }));
    } else {
        console.log("test successful");
    }
"""


@tagged("post_install", "-at_install")
class TestLetterOnTelephone(CollectionCommon, TourCase):
    browser_size = "390x844"
    touch_enabled = True

    def test_22_a_letter_is_no_wider_than_the_telephone(self):
        self.buyer.name = "Ateliers Hydrauliques du Ponant et de la Méditerranée SARL"
        due = str(self.books._get_today() - timedelta(days=8))
        self._invoice(500.0, self.usd, due)
        letter = self._letter()
        self.browser_js(
            f"/odoo/action-multicurrency_crm.action_collection_letter/{letter.id}",
            WIDE,
            "!!document.querySelector('[name=line_ids] .o_kanban_record')",
            login=self.finance.login,
        )
