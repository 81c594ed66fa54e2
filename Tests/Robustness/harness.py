# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""What a test gets: servers of its own, a seeded generator, the size of the run."""

from __future__ import annotations

import random
import resource
import tempfile
from collections.abc import Callable
from pathlib import Path

from server import Server


# So many connections a loop gets before the next loop gets one.
CONNECTIONS_TOGETHER = 16


class Skipped(Exception):
    """The test does not apply here; the text says why."""


class Run:
    """One test against one kind of server."""

    def __init__(self, program: str, io_threads: int | None, seed: str, is_long: bool) -> None:
        self.program = program
        self.is_long = is_long
        self.random = random.Random(seed)
        self._io_threads = io_threads
        self._directory = tempfile.TemporaryDirectory(prefix="martlet-robustness-")
        self._servers: list[Server] = []

    @property
    def directory(self) -> Path:
        return Path(self._directory.name)

    @property
    def is_martlet(self) -> bool:
        return self._io_threads is not None

    def martlet_only(self, why: str) -> None:
        if not self.is_martlet:
            raise Skipped(why)

    def scaled(self, count: int) -> int:
        """More of it in a long run."""
        return count * 6 if self.is_long else count

    def settings(self) -> list[str]:
        return ["--io-threads", str(self._io_threads)] if self.is_martlet else []

    def start(
        self,
        *settings: str,
        is_spread: bool = True,
        before_exec: Callable[[], None] | None = None,
    ) -> Server:
        """A server. The first connections share a loop; with `is_spread` there are so many idle
        ones that those of the test are spread over all loops."""
        loop_count = self._io_threads or 1
        idle_count = loop_count * CONNECTIONS_TOGETHER if is_spread and loop_count > 1 else 0
        server = Server(
            self.program,
            [*self.settings(), *settings],
            self.directory,
            idle_count,
            before_exec,
        )
        self._servers.append(server)
        return server

    def finish(self) -> None:
        """Ends the servers, each of which must end as it should."""
        for server in self._servers:
            server.stop()

    def crashes(self) -> str:
        """What servers that ended by themselves had to say."""
        ended = [server for server in self._servers if server.process.poll() is not None]
        return "".join(
            f"exit code {server.process.returncode}: {server.log()[-3000:]}\n" for server in ended
        )

    def abandon(self) -> None:
        for server in self._servers:
            server.kill()
        self._directory.cleanup()


def allow_descriptors(count: int) -> None:
    """Lets this process open so many files, or skips the test."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    if hard < count:
        raise Skipped(f"only {hard} files can be open, {count} are needed")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
