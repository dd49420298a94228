"""A publisher on the loopback, and files in the publishers' formats."""

import io
import os
import ssl
import threading
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from unittest.mock import patch

FIXTURES = Path(__file__).parent / "sources" / "fixtures"


def fixture(name):
    """The bytes of one file below ``sources/fixtures/``."""
    return (FIXTURES / name).read_bytes()


def zipped(name, content, method=zipfile.ZIP_DEFLATED):
    """A ZIP archive with one file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.writestr(name, content)
    return buffer.getvalue()


def ecb_csv(rows, codes):
    """A history in the ECB's CSV format.

    :param rows: {date: [figure as text, or None, per code]}, newest first by habit
    """
    lines = ["Date," + ",".join(codes) + ","]
    for day, figures in rows.items():
        cells = ",".join("N/A" if figure is None else figure for figure in figures)
        lines.append(f"{day},{cells},")
    return ("\n".join(lines) + "\n").encode()


def ecb_xml(rows, codes):
    """The same in the ECB's XML format."""
    cubes = "".join(
        f'<Cube time="{day}">'
        + "".join(
            f'<Cube currency="{code}" rate="{figure}"/>'
            for code, figure in zip(codes, figures, strict=True)
            if figure is not None
        )
        + "</Cube>"
        for day, figures in rows.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?><gesmes:Envelope '
        'xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01" '
        'xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">'
        "<gesmes:subject>Reference rates</gesmes:subject><gesmes:Sender>"
        "<gesmes:name>European Central Bank</gesmes:name></gesmes:Sender>"
        f"<Cube>{cubes}</Cube></gesmes:Envelope>"
    ).encode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, *args):
        super().__init__(*args)
        #: set when the test is over, for answers that take their time
        self.stopping = threading.Event()

    def handle_error(self, request, client_address):
        """Keep quiet: clients hang up on bad answers, as they should."""


class Publisher:
    """A real HTTP server on 127.0.0.1, or HTTPS with a certificate.

    ``answers`` maps a path to what is served there: bytes, or a callable that takes
    the request handler and the number of times that the path was asked for (see
    ``faults.py``). A path without its query will do. As a proxy, the server is asked
    for whole addresses. ``asked`` lists what was asked for and ``headers`` what came
    with it, in order; ``posted`` the bodies of those that had one.

    :param certificate: a PEM file with a key and its certificate
    """

    def __init__(self, certificate=None):
        self.answers = {}
        self.asked = []
        self.headers = []
        self.posted = []
        self.agents = set()
        publisher = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                publisher.asked.append(self.path)
                publisher.headers.append(self.headers)
                publisher.agents.add(self.headers["User-Agent"])
                answers = publisher.answers
                answer = answers.get(self.path, answers.get(self.path.split("?")[0]))
                if callable(answer):
                    answer(self, publisher.asked.count(self.path))
                elif answer is None:
                    reply(self, b"not here", 404)
                else:
                    reply(self, answer)

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                publisher.posted.append(self.rfile.read(length))
                self.do_GET()

            def log_message(self, *args):
                """Keep quiet: the tests look at ``asked``."""

        self.server = _Server(("127.0.0.1", 0), Handler)
        scheme = "http"
        if certificate:
            scheme = "https"
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
        self.address = f"{scheme}://127.0.0.1:{self.server.server_port}/"
        self.thread = threading.Thread(
            target=self.server.serve_forever, kwargs={"poll_interval": 0.02}
        )

    def start(self):
        self.thread.start()
        return self

    def stop(self):
        self.server.stopping.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


@contextmanager
def publisher(certificate=None):
    """Run a :class:`Publisher`, which no proxy of the machine stands before."""
    server = Publisher(certificate).start()
    direct = dict.fromkeys(("no_proxy", "NO_PROXY"), "127.0.0.1,localhost")
    try:
        with patch.dict(os.environ, direct):
            yield server
    finally:
        server.stop()


def reply(handler, body=b"", status=200, announce=None, **headers):
    """Send one answer; ``announce`` is a Content-Length that need not be true."""
    handler.send_response(status)
    handler.send_header("Content-Length", str(announce or len(body)))
    for name, value in headers.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)
