"""Documents that are printed for real: by wkhtmltopdf, and through Chromium in its
stead, as `./dev` has it where Debian has no wkhtmltopdf."""

import io
import os
import re
from unittest.mock import patch

import pypdfium2

from odoo.tools.misc import find_in_path

from odoo.addons.base.models import ir_actions_report


class Printed:
    """A PDF as it is read and as it looks."""

    def __init__(self, content):
        self._document = pypdfium2.PdfDocument(io.BytesIO(content))
        self.texts = [
            " ".join(page.get_textpage().get_text_range().replace("\xa0", " ").split())
            for page in self._document
        ]

    @property
    def text(self):
        """What it says, with single spaces.

        None if letters are drawn as shapes: Debian's wkhtmltopdf can't embed fonts of
        the web.
        """
        text = " ".join(self.texts)
        return text if re.search("[A-Za-z]", text) else None

    @property
    def sizes(self):
        """Width and height of each page, in millimetres."""
        inch = 72 / 25.4  # in points
        return [
            tuple(round(edge / inch) for edge in page.get_size())
            for page in self._document
        ]

    def picture(self, page=0, scale=2):
        """A page as a grey picture, ``scale`` pixels a point."""
        drawn = self._document[page].render(scale=scale, grayscale=True)
        return drawn.to_pil().convert("L")

    def ink(self, word=None, page=0):
        """How much of a page, or of the box around a word, is dark: 0 to 1."""
        picture = self._crop(word, page)
        return self.dots(word, page) / (picture.width * picture.height)

    def dots(self, word=None, page=0):
        """How many dots of a page, or of a word, are dark."""
        return sum(self._crop(word, page).histogram()[:128])

    def _crop(self, word, page, scale=4):
        picture = self.picture(page, scale)
        if not word:
            return picture
        left, bottom, right, top = (edge * scale for edge in self._find(word, page))
        height = picture.height
        return picture.crop(
            (int(left), int(height - top), int(right) + 1, int(height - bottom) + 1)
        )

    def _find(self, word, page):
        """The box of a word: left, bottom, right, top, in points."""
        text = self._document[page].get_textpage()
        found = text.search(word).get_next()
        if found is None:
            raise AssertionError(f"{word} isn't on page {page + 1}: {self.texts[page]}")
        boxes = [text.get_charbox(found[0] + at) for at in range(found[1])]
        lefts, bottoms, rights, tops = zip(*boxes, strict=True)
        return min(lefts), min(bottoms), max(rights), max(tops)


class PrintedAssertions:
    def assertReads(self, printed, *words):
        """The PDF has a page with something on it, and says the words, if any."""
        self.assertTrue(0.002 < printed.ink() < 0.3, printed.ink())
        if printed.text is not None:
            for word in words:
                self.assertIn(word, printed.text)


class PrintedCase(PrintedAssertions):
    """To be mixed into an HttpCase: reports are printed, by the class's program."""

    def _find_program(self):
        """The program that prints, or a test that is skipped."""
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        found = ir_actions_report._wkhtml()._replace(state="ok", **self._find_program())
        self.startPatcher(patch.object(ir_actions_report, "_wkhtml", lambda: found))
        Report = ir_actions_report.IrActionsReport
        prepare = Report._pre_render_qweb_pdf

        def render(reports, *args, **kwargs):
            # Odoo's tests get HTML where nobody asks for more
            reports = reports.with_context(force_report_rendering=True)
            return prepare(reports, *args, **kwargs)

        self.startPatcher(patch.object(Report, "_pre_render_qweb_pdf", render))


class ByWkhtmltopdf(PrintedCase):
    def _find_program(self):
        try:
            program = find_in_path("wkhtmltopdf")
        except OSError:
            self.skipTest("There is no wkhtmltopdf on the PATH")
        if program == os.environ.get("MULTICURRENCY_STAND_IN"):
            self.skipTest("Chromium prints in its stead, which has tests of its own")
        return {"bin": program}


class ThroughChromium(PrintedCase):
    def _find_program(self):
        program = os.environ.get("MULTICURRENCY_STAND_IN")
        if not program:
            self.skipTest("./dev brings the stand-in, and this isn't run by it")
        return {"bin": program, "is_patched_qt": True}
