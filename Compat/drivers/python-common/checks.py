# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What the drivers written in Python share: checks, where the server is, waiting."""

import inspect
import os
import time
import uuid
from collections.abc import Callable
from typing import Any

HOST = os.environ["HOST"]
PORT = int(os.environ["PORT"])
UNIX_SOCKET = os.environ["UNIX_SOCKET"]
URL = f"redis://{HOST}:{PORT}"

TIMEOUT_SECONDS = 20

# Every byte, CR LF in the middle of other bytes and the start of a RESP reply.
BINARY = bytes(range(256)) + b"\r\n$-1\r\n\x00"


class Checks:
    """Prints one line per check. A driver ends with `sys.exit(checks.exit_code)`."""

    def __init__(self) -> None:
        self.exit_code = 0

    def equal(self, name: str, expected: Any, got: Any) -> None:
        if type(expected) is type(got) and expected == got:
            self.passed(name)
        else:
            self.exit_code = 1
            print(f"FAIL {name}: expected {_brief(expected)} got {_brief(got)}", flush=True)

    def holds(self, name: str, condition: bool, got: Any) -> None:
        """For what no single value describes; the check's name says what must hold."""
        if condition:
            self.passed(name)
        else:
            self.equal(name, "it to hold", got)

    def passed(self, name: str) -> None:
        """For what was awaited: it has happened, or TimeoutError was raised before."""
        print(f"ok {name}", flush=True)


def unique(name: str) -> str:
    """A channel name that no other run uses."""
    return f"{name}:{uuid.uuid4().hex[:12]}"


def wait_until(what: str, condition: Callable[[], Any]) -> Any:
    """The condition's first true value; TimeoutError if there is none in time."""
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"waited {TIMEOUT_SECONDS} s for {what}")
        time.sleep(0.01)
    return value


async def settle(value: Any) -> Any:
    """Lets one program drive a library's blocking and its asyncio interface."""
    return await value if inspect.isawaitable(value) else value


def _brief(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 300 else f"{text[:300]}… ({len(text)} characters)"
