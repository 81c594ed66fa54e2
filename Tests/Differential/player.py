# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Plays a case against one server and records what each connection received.

How much to wait for is learned from the references. They are single-threaded: when a request on
the player's own connection has been answered three times after a step, the step has been executed
and its replies have been written. The number of values that each connection then has is what
the subject, which may have several threads, must reach before its next step.
"""

from __future__ import annotations

import contextlib
import re
import select
import socket
import time
from dataclasses import dataclass, field

from resp import CLOSED, GrammarError, Reader, Value, command
from script import Case, Close, Expect, Open, Raw, Request, Step, Until
from servers import Server

DEADLINE = 3.0
SETTLING_ROUNDS = 3
PLACEHOLDER = re.compile(rb"\{(id|addr|laddr):(\w+)\}")
AGREEMENT = 0.2
Counts = dict[str, int]
Ranges = dict[str, tuple[int, int]]


class Silence(Exception):
    """What was awaited did not arrive in time."""


class Connection:
    def __init__(self, port: int) -> None:
        self.values: list[Value] = []
        self.closed = False
        self.awaited = 0
        self._reader = Reader()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=DEADLINE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.local = b"127.0.0.1:%d" % self._socket.getsockname()[1]
        self.remote = b"127.0.0.1:%d" % port

    def send(self, data: bytes) -> None:
        try:
            self._socket.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            pass  # The end of the stream is found, and recorded, by the next read.

    def receive(self, timeout: float) -> bool:
        """Reads once; False if nothing came in that time or the stream has ended."""
        if self.closed or not select.select([self._socket], [], [], timeout)[0]:
            return False
        try:
            data = self._socket.recv(1 << 20)
        except ConnectionResetError:
            data = b""
        if not data:
            self._end()
            return True
        try:
            self.values += self._reader.feed(data)
        except GrammarError:
            self.values.append(Value(self._reader.pending))
            raise
        return True

    def _end(self) -> None:
        self.closed = True
        if self._reader.pending:
            self.values.append(Value(self._reader.pending))
        self.values.append(CLOSED)

    def drain(self) -> None:
        while self.receive(0):
            pass

    def wait(self, count: int, seconds: float = DEADLINE) -> None:
        """Until that many values have arrived since the connection was opened."""
        deadline = time.monotonic() + seconds
        while len(self.values) < count:
            left = deadline - time.monotonic()
            if self.closed or left <= 0:
                raise Silence(f"{len(self.values)} values instead of {count}")
            self.receive(left)

    def ask(self, *arguments: bytes) -> Value:
        """A request that has one reply."""
        expected = len(self.values) + 1
        self.send(command(arguments))
        self.wait(expected)
        return self.values[expected - 1]

    def shut_writing(self) -> None:
        try:
            self._socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def close(self) -> None:
        self.closed = True
        self._socket.close()


@dataclass
class Transcript:
    values: dict[str, list[Value]] = field(default_factory=dict)
    marks: list[Counts] = field(default_factory=list)
    """How many values each connection had after each step, before the barrier."""
    problem: str | None = None


class Player:
    def __init__(self, server: Server) -> None:
        self.server = server
        self._control: Connection | None = None
        self._connections: dict[str, Connection] = {}
        self._ids: dict[str, bytes] = {}
        self._reached: Counts = {}

    def play(self, case: Case, token: bytes, expected: list[Ranges] | None) -> Transcript:
        """Without expected increments the server is a reference, which gives them."""
        transcript = Transcript()
        self._connections, self._ids, self._reached = {}, {}, {}
        try:
            self._ensure_control()
            self._open_all(case)
            for index, item in enumerate(case.steps):
                self._take(item)
                if expected is not None:
                    self._reach(expected[index])
                elif case.settle:
                    self._settle()
                transcript.marks.append(self._counts(case))
            if case.barrier:
                self._barrier(token)
        except (Silence, GrammarError, OSError) as error:
            transcript.problem = self._describe(error)
        if self._server_ended():
            transcript.problem = self._describe(Silence("the server ended"))
        for name, connection in self._connections.items():
            transcript.values[name] = connection.values
            connection.close()
        self._clean_up(case)
        return transcript

    def close(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None

    def _server_ended(self) -> bool:
        if self._control is None:
            return self.server.exit_status() is not None
        if any(CLOSED in connection.values for connection in self._connections.values()):
            with contextlib.suppress(Silence, GrammarError):
                self._control.ask(b"PING")
        return self._control.closed and self.server.ends_within(DEADLINE)

    def _describe(self, error: Exception) -> str:
        status = self.server.exit_status()
        if status is None:
            return f"{type(error).__name__}: {error}"
        return f"the server ended with status {status}: {self.server.output()!r}"

    def _ensure_control(self) -> None:
        if self.server.exit_status() is not None:
            self.close()
            self.server.start()
        if self._control is not None:
            self._control.values.clear()
            self._control.drain()
            if self._control.closed:
                self.close()
        if self._control is None:
            self._control = Connection(self.server.port)
        self._control.ask(b"PING")

    def _open_all(self, case: Case) -> None:
        late = {item.connection for item in case.steps if isinstance(item, Open)}
        for name in _connections_of(case):
            if name in late:
                continue
            connection = Connection(self.server.port)
            self._connections[name] = connection
            if case.protocol == 3:
                connection.ask(b"HELLO", b"3")
            if _mentions_id(case, name):
                self._ids[name] = connection.ask(b"CLIENT", b"ID").content
            connection.values.clear()

    def _take(self, item: Step) -> None:
        if isinstance(item, Until):
            self._until(item)
            return
        if isinstance(item, Open):
            self._connections[item.connection] = Connection(self.server.port)
            return
        connection = self._connections[item.connection]
        match item:
            case Request():
                requests = [self._filled(arguments) for arguments in item.commands]
                connection.send(b"".join(command(arguments) for arguments in requests))
            case Raw():
                for index, piece in enumerate(item.pieces):
                    if index and self._control is not None:
                        self._control.ask(b"PING")
                    connection.send(piece)
            case Close():
                if item.half:
                    connection.shut_writing()
                else:
                    connection.close()
            case Expect():
                connection.awaited += item.count
                connection.wait(connection.awaited)

    def _until(self, item: Until) -> None:
        assert self._control is not None
        arguments = self._filled(item.arguments)
        deadline = time.monotonic() + DEADLINE
        while (value := self._control.ask(*arguments)).encoded().find(item.content) < 0:
            if time.monotonic() > deadline:
                raise Silence(f"{arguments!r} still answers {value.encoded()!r}")
        self._control.ask(b"PING")  # CLIENT LIST shows the last command.

    def _filled(self, arguments: tuple[bytes, ...]) -> tuple[bytes, ...]:
        def value(match: re.Match[bytes]) -> bytes:
            what, name = match[1], match[2].decode()
            connection = self._connections.get(name)
            if connection is None:
                raise Silence(f"there is no connection {name}")
            if what == b"id":
                return self._ids[name]
            return connection.local if what == b"addr" else connection.remote

        return tuple(PLACEHOLDER.sub(value, argument) for argument in arguments)

    def _settle(self) -> None:
        assert self._control is not None
        for _ in range(SETTLING_ROUNDS):
            self._control.ask(b"PING")
        for connection in self._connections.values():
            connection.drain()

    def _reach(self, gained: Ranges) -> None:
        """Where the references disagree, the subject may follow either: it has to give the
        smaller number, and is given a moment for the larger one."""
        for name, (least, most) in gained.items():
            connection = self._connections[name]
            before = self._reached.get(name, 0)
            connection.wait(before + least)
            if least < most:
                with contextlib.suppress(Silence):
                    connection.wait(before + most, AGREEMENT)
            self._reached[name] = before + max(least, min(most, len(connection.values) - before))

    def _counts(self, case: Case) -> Counts:
        return {
            name: len(item.values) if case.settle else item.awaited
            for name, item in self._connections.items()
        }

    def _barrier(self, token: bytes) -> None:
        """PING shows that nothing else was on its way, in whatever state the connection is;
        RESET then takes it out of that state, and the next case finds the server clean."""
        for connection in self._connections.values():
            connection.drain()
            if connection.closed:
                continue
            connection.send(command((b"PING", token)) + command((b"RESET",)))
            start = len(connection.values)
            while not any(v.header == b"+RESET" for v in connection.values[start:]):
                if connection.closed:
                    break
                connection.wait(len(connection.values) + 1)

    def _clean_up(self, case: Case) -> None:
        if not case.cleanup or self.server.exit_status() is not None:
            return
        try:
            self._ensure_control()
            assert self._control is not None
            for arguments in case.cleanup:
                self._control.ask(*arguments)
        except (Silence, GrammarError, OSError):
            self.close()


def _connections_of(case: Case) -> list[str]:
    names = []
    for item in case.steps:
        if not isinstance(item, Until) and item.connection not in names:
            names.append(item.connection)
    return names


def _mentions_id(case: Case, name: str) -> bool:
    wanted = b"{id:%s}" % name.encode()
    for item in case.steps:
        commands = item.commands if isinstance(item, Request) else ()
        if isinstance(item, Until):
            commands = (item.arguments,)
        if any(wanted in word for arguments in commands for word in arguments):
            return True
    return False
