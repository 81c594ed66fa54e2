# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Broken frames: the error, and then the end of the connection."""

from __future__ import annotations

from script import Case, Raw, Request, Step, case

CLEAN = ((b"CONFIG", b"SET", b"requirepass", b""),)

BROKEN: dict[str, bytes] = {
    "multibulk length is not a number": b"*x\r\n",
    "multibulk length is empty": b"*\r\n",
    "multibulk length has a space": b"* 1\r\n$4\r\nPING\r\n",
    "multibulk length has a trailing space": b"*1 \r\n$4\r\nPING\r\n",
    "multibulk length has a plus": b"*+1\r\n$4\r\nPING\r\n",
    "multibulk length has a leading zero": b"*01\r\n$4\r\nPING\r\n",
    "multibulk length is minus zero": b"*-0\r\n$4\r\nPING\r\n",
    "multibulk length is hexadecimal": b"*0x1\r\n$4\r\nPING\r\n",
    "multibulk length is a fraction": b"*1.0\r\n$4\r\nPING\r\n",
    "multibulk length is too large": b"*2147483648\r\n",
    "multibulk length is beyond 64 bits": b"*99999999999999999999\r\n",
    "multibulk length is 1048577": b"*1048577\r\n$4\r\nPING\r\n",
    "bulk length is not a number": b"*1\r\n$x\r\n",
    "bulk length is empty": b"*1\r\n$\r\n",
    "bulk length is negative": b"*1\r\n$-1\r\n",
    "bulk length is minus zero": b"*1\r\n$-0\r\n\r\n",
    "bulk length has a space": b"*1\r\n$ 4\r\nPING\r\n",
    "bulk length has a plus": b"*1\r\n$+4\r\nPING\r\n",
    "bulk length has a leading zero": b"*1\r\n$04\r\nPING\r\n",
    "bulk length is above proto-max-bulk-len": b"*1\r\n$536870913\r\n",
    "bulk length is beyond 64 bits": b"*1\r\n$99999999999999999999\r\n",
    "bulk length of a second argument": b"*2\r\n$4\r\nECHO\r\n$-5\r\n",
    "dollar is missing": b"*1\r\nPING\r\n",
    "dollar is a colon": b"*1\r\n:4\r\nPING\r\n",
    "dollar is a star": b"*1\r\n*1\r\n$4\r\nPING\r\n",
    "dollar is a line feed": b"*1\r\n\n\r\n",
    "dollar is a carriage return": b"*1\r\n\r\n",
    "dollar is a high byte": b"*1\r\n\xff4\r\n",
    "dollar is a quote": b"*1\r\n'4\r\n",
    "dollar is a backslash": b"*1\r\n\\4\r\n",
    "dollar is missing for a second argument": b"*2\r\n$4\r\nECHO\r\nx\r\n",
    "after whole requests": b"*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$1\r\nx\r\n*1\r\n$x\r\n",
    "requests after the error": b"*1\r\n$x\r\n*1\r\n$4\r\nPING\r\n",
    "second error is not told": b"*x\r\n*y\r\n",
    "mbulk count is too long": b"*" + b"1" * 70000,
    "bulk count is too long": b"*1\r\n$" + b"1" * 70000,
    "inline request is too long": b"x" * 70000,
    "inline request is too long, with spaces": b"PING " * 14000,
    "bulk is longer than it says": b"*1\r\n$4\r\nPINGPING\r\n",
    "bulk is shorter than it says": b"*1\r\n$6\r\nPING\r\n*1\r\n$4\r\nPING\r\n",
    "bulk ends without CRLF": b"*1\r\n$4\r\nPINGxx*1\r\n$4\r\nPING\r\n",
    "POST": b"POST / HTTP/1.1\r\nHost: x\r\n\r\n",
    "Host": b"Host: example.org\r\n",
    "host in a request": b"*2\r\n$5\r\nhost:\r\n$1\r\nx\r\n",
    "GET": b"GET / HTTP/1.1\r\n\r\n",
}
HARMLESS: dict[str, bytes] = {
    "multibulk length is zero": b"*0\r\n*1\r\n$4\r\nPING\r\n",
    "multibulk length is minus one": b"*-1\r\n*1\r\n$4\r\nPING\r\n",
    "multibulk length is very negative": b"*-99\r\n*1\r\n$4\r\nPING\r\n",
    "bulk length is zero": b"*1\r\n$0\r\n\r\n",
    "empty argument": b"*2\r\n$4\r\nECHO\r\n$0\r\n\r\n",
    "binary argument": b"*2\r\n$4\r\nECHO\r\n$6\r\n\r\n\x00$*\xff\r\n",
    "argument with CRLF at its end": b"*2\r\n$4\r\nECHO\r\n$2\r\n\r\n\r\n",
    "CR without LF is skipped": b"*1\rX$4\r\nPING\r\n",
    "bulk count ends with CR and something": b"*1\r\n$4\rXPING\r\n",
}
UNAUTHENTICATED: dict[str, bytes] = {
    "multibulk count of 10": b"*10\r\n$4\r\nPING\r\n" + b"$1\r\nx\r\n" * 9,
    "multibulk count of 11": b"*11\r\n",
    "bulk length of 16384": b"*2\r\n$4\r\nECHO\r\n$16384\r\n" + b"x" * 16384 + b"\r\n",
    "bulk length of 16385": b"*2\r\n$4\r\nECHO\r\n$16385\r\n",
    "bulk length is not a number": b"*1\r\n$x\r\n",
    "multibulk length is not a number": b"*x\r\n",
    "multibulk length beyond every limit": b"*99999999999\r\n",
}
LARGE = b"x" * 300_000


def _refused(name: str, data: bytes) -> list[Case]:
    return [
        case(f"protocol_errors/{name}", [Raw("A", (data,))]),
        case(f"protocol_errors/{name} (RESP3)", [Raw("A", (data,))], protocol=3),
    ]


def _unauthenticated(name: str, data: bytes) -> Case:
    secret: Step = Request("Z", ((b"CONFIG", b"SET", b"requirepass", b"secret"),))
    ping: Step = Request("B", ((b"PING",),))
    # A and B are accepted before there is a password, as B's first reply shows: A loses its rights
    # by RESET, B keeps them.
    steps = [ping, secret, Request("A", ((b"RESET",),)), Raw("A", (data,)), ping]
    return case(f"protocol_errors/unauthenticated: {name}", steps, cleanup=CLEAN)


LIMITS = [
    case(
        "protocol_errors/bulk length follows proto-max-bulk-len",
        "A CONFIG SET proto-max-bulk-len 1048576\n"
        'B !raw "*2\\r\\n$4\\r\\nECHO\\r\\n$1048577\\r\\n"',
        cleanup=((b"CONFIG", b"SET", b"proto-max-bulk-len", b"512mb"),),
    ),
    case("protocol_errors/large argument", [Request("A", ((b"ECHO", LARGE),))]),
    case(
        "protocol_errors/large payload",
        [Request("A", ((b"SUBSCRIBE", b"a"),)), Request("B", ((b"PUBLISH", b"a", LARGE),))],
    ),
    case(
        "protocol_errors/many arguments",
        [Request("A", ((b"SUBSCRIBE", *(b"c%d" % i for i in range(5000))),))],
    ),
    case("protocol_errors/in MULTI", 'A MULTI\nA PING\nA !raw "*1\\r\\n$x\\r\\n"'),
    case(
        "protocol_errors/while subscribed",
        'A SUBSCRIBE a\nA !raw "*1\\r\\n$x\\r\\n"\nB PUBLISH a x',
    ),
    case(
        "protocol_errors/half a request, then the end", 'A !raw "*1\\r\\n$4\\r\\nPI"\nA !half-close'
    ),
    case("protocol_errors/whole requests, then the end", "A PING | ECHO x | ECHO y\nA !half-close"),
    case("protocol_errors/QUIT ends the pipeline", "A PING | QUIT | PING | ECHO x"),
]

CASES = [
    *(item for name, data in BROKEN.items() for item in _refused(name, data)),
    *(case(f"protocol_errors/{name}", [Raw("A", (data,))]) for name, data in HARMLESS.items()),
    *(_unauthenticated(name, data) for name, data in UNAUTHENTICATED.items()),
    *LIMITS,
]
