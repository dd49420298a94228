"""What a wheel of the addon carries: its licence, and none of its tests."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import zipfile
from pathlib import Path

#: Nobody runs them from a wheel: what they need besides stands in the repository.
_TESTS = "odoo/addons/multicurrency_crm/tests/"


def finish(wheel: Path, licence: Path) -> None:
    """Write the wheel anew, without the tests and with the licence (PEP 427).

    :param wheel: a built wheel, which is replaced
    :param licence: the file that goes into ``*.dist-info/licenses``
    """
    with zipfile.ZipFile(wheel) as archive:
        files = {
            name: archive.read(name)
            for name in archive.namelist()
            if not name.startswith(_TESTS)
        }
    [record] = [name for name in files if name.endswith(".dist-info/RECORD")]
    del files[record]
    files[record.replace("RECORD", f"licenses/{licence.name}")] = licence.read_bytes()
    files[record] = _list_files(files, record)
    written = wheel.with_suffix(".new")
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    written.replace(wheel)


def _list_files(files: dict[str, bytes], record: str) -> bytes:
    """Return the RECORD of a wheel: name, hash and size of each file but itself."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\n")
    for name, content in files.items():
        digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest())
        rows.writerow([name, f"sha256={digest.rstrip(b'=').decode()}", len(content)])
    rows.writerow([record, "", ""])
    return text.getvalue().encode()
