"""Child processes: started, followed, and ended with us whatever ends us."""

from __future__ import annotations

import contextlib
import ctypes
import os
import signal
import subprocess
import threading
import time
from collections import deque
from pathlib import Path

from .console import DevError, console

_LIBC = ctypes.CDLL(None)
_PR_SET_PDEATHSIG = 1
_POSTGRES_PREFIX = "PG"

_children: set[subprocess.Popen] = set()
_lock = threading.Lock()
stopping = threading.Event()
interrupted_by = 0  # the signal that ended the command


class CommandFailed(DevError):
    """A command ended with an error; `tail` holds its last lines."""

    def __init__(self, command: list[str], status: int, tail: list[str]):
        self.status = status
        self.tail = tail
        shown = "\n".join(f"    {line}" for line in tail)
        name = Path(command[0]).name
        super().__init__(f"{name} ended with status {status}:\n{shown}")


def _die_with_parent() -> None:
    """In the child: be ended by the kernel if the parent is killed outright."""
    _LIBC.prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def start(
    command, *, own_session=True, bound=True, closing=False, **options
) -> subprocess.Popen:
    """Start a child and remember it, so that `end_all` finds it.

    :param own_session: keep the terminal's Ctrl-C from it; we end it ourselves
    :param bound: end it when this process dies in whatever way
    :param closing: part of cleaning up, started although everything ends
    """
    with _lock:
        if stopping.is_set() and not closing:
            raise KeyboardInterrupt
        child = subprocess.Popen(
            [os.fspath(part) for part in command],
            start_new_session=own_session,
            preexec_fn=_die_with_parent if bound and hasattr(_LIBC, "prctl") else None,
            **options,
        )
        _children.add(child)
    return child


def forget(child: subprocess.Popen) -> None:
    """Stop keeping track of a child that has ended."""
    with _lock:
        _children.discard(child)


def end(child: subprocess.Popen, patience: float = 10.0) -> None:
    """Ask a child and its group to end, and insist after `patience` seconds."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if child.poll() is not None:
            break
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(child.pid, number) if _leads(child) else child.send_signal(number)
        with contextlib.suppress(subprocess.TimeoutExpired):
            child.wait(patience)
    forget(child)


def _leads(child: subprocess.Popen) -> bool:
    """Whether the child leads a process group of its own."""
    with contextlib.suppress(ProcessLookupError):
        return os.getpgid(child.pid) == child.pid
    return False


def end_all(patience: float = 10.0) -> None:
    """End every child, and let no thread start another."""
    stopping.set()
    with _lock:
        running = list(_children)
    for child in running:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            if _leads(child):
                os.killpg(child.pid, signal.SIGTERM)
    for child in running:
        end(child, patience)


def run(
    command, *, log: Path | None = None, on_line=None, closing=False, **options
) -> list[str]:
    """Run a command to its end and return its last lines of output.

    :param log: file that receives its whole output
    :param on_line: called with each line of its output
    :raise CommandFailed: it ended with another status than 0
    """
    tail: deque[str] = deque(maxlen=25)
    child = start(
        command,
        closing=closing,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        **options,
    )
    try:
        with open(log or os.devnull, "w", encoding="utf-8") as kept:
            for line in child.stdout:
                kept.write(line)
                tail.append(line.rstrip())
                if on_line:
                    on_line(line.rstrip())
        status = child.wait()
    except BaseException:
        end(child)
        raise
    finally:
        child.stdout.close()
        forget(child)
    if stopping.is_set() and not closing:
        raise KeyboardInterrupt
    if status:
        raise CommandFailed([os.fspath(part) for part in command], status, list(tail))
    return list(tail)


def answer(command, **options) -> str:
    """Run a short command and return what it prints.

    :raise OSError, subprocess.SubprocessError: it is missing, fails or hangs
    """
    done = subprocess.run(
        [os.fspath(part) for part in command],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        **options,
    )
    return done.stdout.strip()


def foreground(command, **options) -> int:
    """Run a command that owns the terminal (pytest, a shell) and return its status.

    A terminal sends Ctrl-C to it as well as to us, and it decides what that means; a
    signal that was sent to us alone is passed on.
    """
    child = start(command, own_session=False, **options)
    before = signal.getsignal(signal.SIGINT)
    if os.isatty(0):
        signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        return child.wait()
    except KeyboardInterrupt:
        child.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(20)
        raise
    finally:
        if os.isatty(0) and not interrupted_by:
            signal.signal(signal.SIGINT, before)
        end(child)


def together(**jobs) -> dict:
    """Run functions side by side and return what each gave; the first error counts."""
    results: dict = {}
    errors: list[BaseException] = []

    def work(name, job):
        try:
            results[name] = job()
        except BaseException as error:  # handed to the caller's thread below
            errors.append(error)

    threads = [
        threading.Thread(target=work, args=job, daemon=True) for job in jobs.items()
    ]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads) and not errors:
        time.sleep(0.05)
    if errors:
        if any(thread.is_alive() for thread in threads):
            console.say("Ending what still runs ...")
        raise errors[0]
    return results


def environment(**changes) -> dict[str, str]:
    """The environment for Odoo's processes: bytecode is kept, PG* only if asked for."""
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(_POSTGRES_PREFIX)
        and name not in ("PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "ODOO_RC")
    }
    kept.update(changes)
    return kept
