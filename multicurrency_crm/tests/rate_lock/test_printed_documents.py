"""A quotation with a locked rate as PDF: printed, sent, signed, and how it looks."""

import base64
import io

from PIL import Image, ImageDraw

from odoo import Command
from odoo.tests import HttpCase, tagged

from ..printed_common import ByWkhtmltopdf, Printed, ThroughChromium
from .sending_common import SendingCommon

QUOTATION = "sale.action_report_saleorder"
A4 = (210, 297)
FIGURES = ("2,137.02", "1 USD = 7.1234 CNY", "12/04/2026")


def draw_signature():
    """A picture with two strokes, as a browser sends it."""
    picture = Image.new("RGB", (300, 100), "white")
    pen = ImageDraw.Draw(picture)
    pen.line((10, 90, 150, 10), fill="black", width=8)
    pen.line((150, 10, 290, 90), fill="black", width=8)
    content = io.BytesIO()
    picture.save(content, format="PNG")
    return base64.b64encode(content.getvalue()).decode()


class DocumentsCommon(SendingCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.customer.print_rate_lock = True
        cls.order = cls._create_quotation(
            price=100.0, user_id=cls.plain_seller.id, require_signature=True
        )
        cls._lock(cls.order)

    def _print(self, orders=None):
        orders = orders or self.order
        Report = self.env["ir.actions.report"]
        content, kind = Report._render_qweb_pdf(QUOTATION, orders.ids)
        self.assertEqual(kind, "pdf")
        return Printed(content)

    def _attached(self, message):
        """The only PDF of a message."""
        [attachment] = message.attachment_ids
        self.assertEqual(attachment.mimetype, "application/pdf")
        return Printed(attachment.raw)


class DocumentCases:
    """To be mixed into :class:`DocumentsCommon`, with a program that prints."""

    def test_15_3_2_text_and_picture(self):
        printed = self._print()
        self.assertEqual(printed.sizes, [A4])
        self.assertReads(printed, self.order.name, "Pump", "300.00", *FIGURES)
        if printed.text:  # what is read can be seen
            for word in FIGURES:
                self.assertTrue(0.05 < printed.ink(word) < 0.7, printed.ink(word))
        # with a stylesheet: nothing reaches the edge
        picture = printed.picture()
        width, height = picture.size
        for edge in ((0, 0, 8, height), (width - 8, 0, width, height)):
            self.assertGreater(picture.crop(edge).getextrema()[0], 200)
        # what is read of it above is seen here, however letters are drawn
        self.customer.print_rate_lock = False
        self.assertGreater(printed.ink(), 1.05 * self._print().ink())

    def test_15_3_2_chinese(self):
        """Labels, names and the figures, in glyphs and not in boxes."""
        self.env["res.lang"]._activate_lang("zh_CN")
        self.env["ir.module.module"]._load_module_terms(
            ["sale", "multicurrency_crm"], ["zh_CN"]
        )
        self.customer.write({"lang": "zh_CN", "name": "鑫源贸易"})
        self.order.order_line.name = "一"
        printed = self._print()
        for text in ("鑫源贸易", "锁定汇率"):
            self.assertIn(text, printed.texts[0])
        self.assertReads(printed, "1 USD = 7.1234 CNY")
        # one stroke, and twenty-four of them
        self.assertGreater(printed.dots("鑫"), 2 * printed.dots("一"))
        self.assertTrue(0.1 < printed.ink("鑫源贸易") < 0.7)

    def test_15_3_2_sent(self):
        self._send(self.order)
        self.assertEqual(self.order.state, "sent")
        sent = self.order.message_ids.filtered("attachment_ids")
        printed = self._attached(sent)
        self.assertEqual(sent.attachment_ids.name, f"Quotation - {self.order.name}.pdf")
        self.assertReads(printed, *FIGURES)

    def test_15_3_2_signed(self):
        """The portal keeps the signature, and the signed PDF is in the chatter."""
        self._send(self.order)
        before = self.order.message_ids
        answer = self.make_jsonrpc_request(
            f"/my/orders/{self.order.id}/accept",
            {
                "access_token": self.order._portal_ensure_token(),
                "name": "Lin Buyer",
                "signature": draw_signature(),
            },
            timeout=120,
        )
        self.assertNotIn("error", answer)
        self.env.invalidate_all()
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.order.signed_by, "Lin Buyer")
        self.assertTrue(self.order.signature)
        self.assertTrue(self.order.rate_locked)
        told = (self.order.message_ids - before).filtered("attachment_ids")
        signed = told.filtered(lambda m: "signed by Lin Buyer" in (m.body or ""))
        self.assertEqual(signed.author_id, self.customer)
        printed = self._attached(signed)
        self.assertReads(printed, "1 USD = 7.1234 CNY", "Lin Buyer")
        # the strokes of the signature are on the page
        self.assertGreater(printed.ink(), self._unsigned().ink() + 0.0005)

    def _unsigned(self):
        self.order.signature = False
        return self._print()

    def test_15_3_2_downloaded_on_the_portal(self):
        address = self.order.get_portal_url(report_type="pdf", download=True)
        answer = self.url_open(address, timeout=120)
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/pdf")
        self.assertReads(Printed(answer.content), "7.1234")


@tagged("post_install", "-at_install")
class TestPrintedByWkhtmltopdf(DocumentCases, ByWkhtmltopdf, DocumentsCommon, HttpCase):
    """What the wkhtmltopdf on the PATH makes of it."""


@tagged("post_install", "-at_install")
class TestPrintedThroughChromium(
    DocumentCases, ThroughChromium, DocumentsCommon, HttpCase
):
    """What the stand-in makes of it, and what Debian's wkhtmltopdf can't."""

    def test_15_3_2_header_and_footer_on_each_page(self):
        self.company.write({"report_footer": "<p>Harbour road 1</p>"})
        self.order.order_line = [
            Command.create({"display_type": "line_note", "name": f"Note {n}"})
            for n in range(60)
        ]
        printed = self._print()
        count = len(printed.texts)
        self.assertGreater(count, 1)
        for number, text in enumerate(printed.texts, start=1):
            self.assertIn("Harbour road 1", text)
            self.assertIn(f"Page {number} / {count}", text)
        self.assertIn("Note 59", printed.text)

    def test_15_3_2_several_quotations(self):
        """Printed from the list: one file, taken apart at the right pages."""
        long = self._create_quotation(price=50.0)
        long.order_line = [
            Command.create({"display_type": "line_note", "name": f"Note {n}"})
            for n in range(60)
        ]
        orders = self.order | long
        Report = self.env["ir.actions.report"].with_context(force_report_rendering=True)
        found = Report._render_qweb_pdf_prepare_streams(QUOTATION, {}, orders.ids)
        self.assertEqual(set(found), set(orders.ids))
        parts = [Printed(found[order.id]["stream"].getvalue()) for order in orders]
        self.assertEqual(len(parts[0].texts), 1)
        self.assertGreater(len(parts[1].texts), 1)
        for order, printed in zip(orders, parts, strict=True):
            self.assertIn(order.name, printed.text)
        self.assertNotIn(long.name, parts[0].text)


@tagged("post_install", "-at_install")
class TestSignedByPortalCustomer(DocumentsCommon, HttpCase):
    """*Accept & Sign* by a portal customer in a real browser, as Odoo's tour goes."""

    def test_15_3_2_tour(self):
        self.env["res.users"].create(
            {
                "name": "Lin Buyer",
                "login": "portal_signer",
                "password": "portal_signer",
                "partner_id": self.customer.id,
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
            }
        )
        self.order.write({"name": "test SO", "state": "sent"})
        self.start_tour("/my/quotes", "sale_signature", login="portal_signer")
        self.assertEqual(self.order.state, "sale")
        self.assertTrue(self.order.signature)
        self.assertEqual(self.order.signed_by, "Joel Willis")
        self.assertTrue(self.order.rate_locked)
