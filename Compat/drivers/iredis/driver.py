# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""iredis: commands from a pipe, and a person who subscribes in a terminal."""

import os
import re
import subprocess
import sys

from checks import HOST, PORT, TIMEOUT_SECONDS, UNIX_SOCKET, Checks, unique, wait_until
from programs import Program

# The configuration file keeps history and logs out of the home folder.
CONFIGURATION = os.path.join(os.environ["BUILD_DIR"], "iredisrc")
IREDIS = ["iredis", "--iredisrc", CONFIGURATION, "--no-greetings"]
ADDRESS = ["-h", HOST, "-p", str(PORT)]
checks = Checks()


def run(command: str, address: list[str] = ADDRESS) -> str:
    answer = subprocess.run(
        [*IREDIS, *address],
        input=command + "\n",
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT_SECONDS,
        text=True,
    )
    return answer.stdout.strip()


def shown(kind: str, channel: str, content: str) -> bytes:
    """What iredis prints for one message, with colours."""
    style = rb"(\x1b\[[\d;]*m)*"
    parts = (kind.encode(), style, channel.encode(), style, style, content.encode())
    return rb"%s from %s%s%s: %s%s\x1b" % parts


def main() -> None:
    with open(CONFIGURATION, "w") as file:
        folder = os.environ["BUILD_DIR"]
        file.write(f"[main]\nhistory_location = {folder}/history\nlog_location = {folder}/log\n")
        file.write("warning = False\nenable_pager = False\n")
    checks.equal("ping", "PONG", run("PING"))
    checks.equal("publish to nobody", "0", run(f"PUBLISH {unique('nobody')} anyone?"))
    info = run("INFO server")
    checks.holds("info", f"tcp_port:{PORT}" in info, info)
    checks.equal("unix socket", "PONG", run("PING", address=["-s", UNIX_SOCKET]))
    check_terminal()


def check_terminal() -> None:
    channel = unique("terminal")
    with Program([*IREDIS, *ADDRESS], terminal=True) as shell:
        shell.answer_cursor_queries()
        shell.expect(re.escape(f"{HOST}:{PORT}>".encode()) + rb".*Ctrl-D")
        shell.type(f"SUBSCRIBE {channel}\r")
        shell.expect(shown("subscribe", channel, "1"))
        checks.passed("subscribe")
        wait_until("the subscriber", lambda: run(f"PUBLISH {channel} hello") == "1")
        shell.expect(shown("message  ", channel, "hello"))
        checks.passed("message")
        shell.type("\x03")
        shell.expect(shown("unsubscribe", "all", "0"))
        checks.passed("unsubscribe")
        checks.equal("publish after unsubscribe", "0", run(f"PUBLISH {channel} anyone?"))


main()
sys.exit(checks.exit_code)
