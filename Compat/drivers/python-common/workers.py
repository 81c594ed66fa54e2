# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Worker processes of a framework, and how a driver and their tasks tell each other things.

A task that has something to tell writes a note; one that must not end before the driver has
looked waits at a gate. Both are files, so that neither depends on the server that is looked at.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from checks import TIMEOUT_SECONDS, wait_until

FOLDER = Path(os.environ["BUILD_DIR"])
NOTES = FOLDER / "notes"


class Worker:
    """A process that runs until the driver ends it. A `with` block ends it at the latest.

    What it prints is shown if the block ends by an exception.
    """

    def __init__(self, *argv: str, env: dict[str, str] | None = None) -> None:
        self._log = FOLDER / f"worker-{len(list(FOLDER.glob('worker-*')))}.log"
        # Modules of the driver's folder, in which it runs, are the application's code.
        search = {"PYTHONPATH": f"{os.getcwd()}:{os.environ['PYTHONPATH']}"}
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=os.environ | search | (env or {}),
            )

    def __enter__(self) -> "Worker":
        return self

    def __exit__(self, kind, error, traceback) -> None:
        if self.process.poll() is None:
            self.kill()
        if kind is not None:
            print(f"--- {self._log.name} ---\n{self.printed()[-4000:]}", file=sys.stderr)

    def printed(self) -> str:
        return self._log.read_text(errors="backslashreplace")

    def kill(self, *children: int) -> None:
        """It, and processes of its own that work for it, have no chance to put things in order."""
        self.process.kill()
        self.process.wait()
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Asks it to end, and gives its exit code."""
        self.process.send_signal(number)
        return self.process.wait(TIMEOUT_SECONDS)


def note(*values: Any) -> None:
    """Lines of one write each, so that those of several processes do not mix."""
    with NOTES.open("ab", buffering=0) as notes:
        notes.write(json.dumps(values).encode() + b"\n")


def notes() -> list[list]:
    content = NOTES.read_bytes() if NOTES.exists() else b""
    return [json.loads(line) for line in content.splitlines(keepends=True) if line[-1:] == b"\n"]


def noted(*beginning: Any) -> list[list]:
    """The notes that begin with these values."""
    return [values for values in notes() if values[:len(beginning)] == list(beginning)]


def wait_for_notes(count: int, *beginning: Any) -> list[list]:
    """The first notes that begin with these values, when there are as many."""
    def enough() -> list[list]:
        found = noted(*beginning)
        return found if len(found) >= count else []

    return wait_until(f"{count} notes {beginning}", enough)


def open_gate(name: str) -> None:
    (FOLDER / f"gate-{name}").touch()


def gate_is_open(name: str) -> bool:
    return (FOLDER / f"gate-{name}").exists()


def wait_at_gate(name: str) -> None:
    wait_until(f"the gate {name}", lambda: gate_is_open(name))
