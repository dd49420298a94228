"""The program that `./dev` has in wkhtmltopdf's stead where Debian has none any more:
called as Odoo calls it, with a real Chromium."""

import os
import resource
import subprocess
import tempfile
from pathlib import Path
from unittest import skipUnless

from PIL import Image

from odoo.tests import BaseCase, tagged

from ..printed_common import Printed

STAND_IN = os.environ.get("MULTICURRENCY_STAND_IN")
PAGE = "<html><head><meta charset='utf-8'></head><body>%s</body></html>"
HEADER = PAGE % (
    "<script>addEventListener('load', () => {"
    "const got = new URLSearchParams(document.location.search);"
    "document.body.textContent = `Sheet ${got.get('page')} of ${got.get('topage')},"
    " document ${got.get('webpage').split('.', 4)[3]}`;"
    "})</script>"
)
LONG = PAGE % "First <div style='height: 400mm'></div> last"


@tagged("post_install", "-at_install")
@skipUnless(STAND_IN, "./dev brings the stand-in, and this isn't run by it")
class TestStandIn(BaseCase):
    def setUp(self):
        super().setUp()
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def _write(self, name, text):
        path = self.folder / name
        path.write_text(text, encoding="utf-8")
        return path

    def _call(self, *words, program="wkhtmltopdf", **options):
        return subprocess.run(
            [Path(STAND_IN).with_name(program), *words],
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            **options,
        )

    def _print(self, *words, status=0):
        target = self.folder / "printed.pdf"
        done = self._call("--quiet", *words, target)
        self.assertEqual(done.returncode, status, done.stderr)
        return Printed(target.read_bytes())

    def test_15_3_2_says_a_version_that_odoo_takes(self):
        for program in ("wkhtmltopdf", "wkhtmltoimage"):
            said = self._call("--version", program=program)
            self.assertEqual(said.returncode, 0)
            self.assertTrue(said.stdout.startswith(f"{program} 0.12.6 "))
            self.assertIn("(with patched qt)", said.stdout)

    def test_15_3_2_papers_and_margins(self):
        page = self._write("page.html", PAGE % "Text")
        for words, size in (
            ((), (210, 297)),
            (("--page-size", "Letter"), (216, 279)),
            (("--page-size", "A5", "--orientation", "landscape"), (210, 148)),
            (("--page-width", "100mm", "--page-height", "50mm"), (100, 50)),
            (("-s", "A4", "-O", "Portrait", "-T", "1in"), (210, 297)),
        ):
            with self.subTest(words):
                printed = self._print(*words, page)
                self.assertEqual(printed.sizes, [size])
                self.assertEqual(printed.text, "Text")

    def test_15_3_2_header_and_footer_of_each_document(self):
        bodies = [
            self._write("report.body.tmp.0.first.html", LONG),
            self._write("report.body.tmp.1.second.html", PAGE % "Second"),
        ]
        header = self._write("header.html", HEADER)
        words = ["--margin-top", "52", "--header-spacing", "52"]
        words += ["--margin-bottom", "32", "--header-html", header]
        words += ["--footer-html", self._write("footer.html", PAGE % "Foot")]
        printed = self._print(*words, *bodies)
        count = len(printed.texts)
        self.assertGreaterEqual(count, 3)
        for number, text in enumerate(printed.texts, start=1):
            document = int(number == count)
            self.assertIn(f"Sheet {number} of {count}, document {document}", text)
            self.assertIn("Foot", text)
        self.assertIn("Second", printed.texts[-1])

    def test_15_3_2_what_it_cannot_load(self):
        """A style out of reach: the document is printed, and status 1 tells Odoo."""
        page = self._write(
            "page.html",
            PAGE.replace(
                "<head>",
                "<head><base href='http://127.0.0.1:9/'>"
                "<link rel='stylesheet' href='/none.css'>",
            )
            % "Text",
        )
        printed = self._print(page, status=1)
        self.assertEqual(printed.text, "Text")

    def test_15_3_2_refuses_what_it_cannot_do(self):
        target = self.folder / "printed.pdf"
        page = self._write("page.html", PAGE % "Text")
        for words in (
            (self.folder / "none.html", target),
            ("--page-size", "A99", page, target),
            ("--margin-top", "wide", page, target),
            (target,),
        ):
            with self.subTest(words):
                done = self._call(*words)
                self.assertEqual(done.returncode, 2)
                self.assertTrue(done.stderr.startswith("wkhtmltopdf: "))
                self.assertFalse(target.exists())

    def test_15_3_2_under_a_servers_bound_of_memory(self):
        """As Odoo's server starts it, with 2.5 GB of addresses for itself."""

        def bound():
            _soft, hard = resource.getrlimit(resource.RLIMIT_AS)
            resource.setrlimit(resource.RLIMIT_AS, (2684354560, hard))

        target = self.folder / "printed.pdf"
        page = self._write("page.html", PAGE % "Text")
        done = self._call(page, target, preexec_fn=bound)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(Printed(target.read_bytes()).text, "Text")

    def test_15_3_2_picture(self):
        page = self._write("page.html", "<body style='background: #00f'></body>")
        for kind in ("jpg", "png"):
            target = self.folder / f"picture.{kind}"
            done = self._call(
                *("--disable-javascript", "--width", "300", "--height", "100"),
                *("--format", kind, page, target),
                program="wkhtmltoimage",
            )
            self.assertEqual(done.returncode, 0, done.stderr)
            with Image.open(target) as picture:
                self.assertEqual(picture.size, (300, 100))
                red, _green, blue = picture.convert("RGB").getpixel((150, 50))
            self.assertTrue(red < 10 and blue > 245)
