"""What a publisher can do wrong, as answers of :class:`.common.Publisher`."""

import datetime
import ipaddress
import socket
import struct
import zlib
from contextlib import contextmanager
from functools import cache
from unittest.mock import patch

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from ...providers.http import Client
from .common import reply

WEB_PAGE = b"<!DOCTYPE html>\n<html><body>We are painting our website.</body></html>"
ENTITY_BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE rates [<!ENTITY a0 "rates">'
    + b"".join(
        b'<!ENTITY a%d "%s">' % (level, b"&a%d;" % (level - 1) * 10)
        for level in range(1, 10)
    )
    + b"]><rates>&a9;</rates>"
)
MEGABYTE = 1024**2


def hang(handler, _times):
    """Take the request and never answer."""
    handler.server.stopping.wait(20)


def drip(handler, _times):
    """Begin well, then send a byte now and then."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.server.stopping.wait(0.03):
        handler.wfile.write(b"1")


def drip_headers(handler, _times):
    """Never come to the end of the headers, a byte now and then."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not handler.server.stopping.wait(0.03):
        handler.wfile.write(b"1")


def reset(handler, _times):
    """Reset the connection instead of an answer."""
    handler.connection.setsockopt(
        socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0)
    )
    handler.rfile.close()
    handler.connection.close()


def status(code, body=b"", **headers):
    """Answer with a status, as ``status(429, Retry_After="600")``."""
    return lambda handler, _times: reply(handler, body, code, **headers)


def elsewhere(address, code=301):
    """Send the client to another address."""
    return status(code, Location=address)


def well_after(failures, body, code=500, **headers):
    """Be out of order so many times, then well."""

    def answer(handler, times):
        if times > failures:
            reply(handler, body)
        else:
            reply(handler, b"", code, **headers)

    return answer


def cut_off(body):
    """Announce more than comes."""
    return lambda handler, _times: reply(handler, body, announce=2 * len(body) + 1)


def flood(size):
    """Send so many bytes and announce nothing."""

    def answer(handler, _times):
        handler.send_response(200)
        handler.end_headers()
        for _piece in range(size // 65536):
            handler.wfile.write(b"0" * 65536)

    return answer


@cache
def _packed_zeros(size):
    packer = zlib.compressobj(9, zlib.DEFLATED, zlib.MAX_WBITS | 16)
    pieces = [packer.compress(b"0" * MEGABYTE) for _piece in range(size // MEGABYTE)]
    return b"".join([*pieces, packer.flush()])


def gzip_bomb(size):
    """Send a small packed answer that unpacks to so many bytes."""
    return lambda handler, _times: reply(
        handler, _packed_zeros(size), Content_Encoding="gzip"
    )


#: name: answer
FAULTS = {
    "hanging": hang,
    "dripping": drip,
    "dripping headers": drip_headers,
    "resetting": reset,
    "moved": elsewhere("http://localhost:9/rates"),
    "forbidden": status(403, b"not for you"),
    "not found": status(404, b"not here"),
    "busy": status(429, Retry_After="600"),
    "out of order": status(500),
    "gzip bomb": gzip_bomb(100 * MEGABYTE),
    "flood": flood(100 * MEGABYTE),
    "entity bomb": ENTITY_BOMB,
    "web page": WEB_PAGE,
    "empty": b"",
    "cut off": cut_off(b"<rates>"),
}


def closed_address():
    """An address on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return f"http://127.0.0.1:{server.getsockname()[1]}/"


@contextmanager
def hasty(**bounds):
    """Shorten what every client waits, so that a test of a fault takes no time."""
    bounds = {
        "connect_timeout": 1,
        "read_timeout": 0.2,
        "deadline": 0.6,
        "pause": 0.01,
        "attempts": 2,
        **bounds,
    }
    with patch.dict(Client.__init__.__kwdefaults__, bounds):
        yield


def _sign(key, host):
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    try:
        subject = x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        subject = x509.DNSName(host)
    now = datetime.datetime.now(datetime.timezone.utc)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(1))
        .not_valid_after(now + datetime.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([subject]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )


# cryptography keeps the first class of datetime that it meets for good: had a test that
# freezes the time shown it a frozen one, it would refuse every real date afterwards
_sign(ec.generate_private_key(ec.SECP256R1()), "127.0.0.1")


def certificate(path, host="127.0.0.1"):
    """Write a PEM file with a key and a self-signed certificate for a host."""
    key = ec.generate_private_key(ec.SECP256R1())
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + _sign(key, host).public_bytes(serialization.Encoding.PEM)
    )
    return path
