# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Inline requests: words, quotes, escapes, ends of lines."""

from __future__ import annotations

from script import Raw, both, case

LINES: list[bytes] = [
    b"PING\r\n",
    b"PING\n",
    b"ping\r\n",
    b"PING hello\r\n",
    b"  PING  \r\n",
    b"\tPING\t\r\n",
    b"PING\r\r\n",
    b"PING \x0b x\r\n",
    b"\r\n",
    b"\n",
    b" \r\n",
    b"\r\n\r\n\r\nPING\r\n",
    b"ECHO\r\n",
    b"ECHO a b\r\n",
    b'ECHO "a b"\r\n',
    b"ECHO 'a b'\r\n",
    b'ECHO ""\r\n',
    b"ECHO ''\r\n",
    b'ECHO "\\x41\\x00\\xff"\r\n',
    b'ECHO "\\x4"\r\n',
    b'ECHO "\\xzz"\r\n',
    b'ECHO "\\n\\r\\t\\b\\a"\r\n',
    b'ECHO "\\\\ \\" \\q"\r\n',
    b"ECHO '\\n \\' x'\r\n",
    b"ECHO 'it\\'s'\r\n",
    b"ECHO a\\nb\r\n",
    b'ECHO a"b"\r\n',
    b'ECHO "a"b\r\n',
    b"ECHO 'a'b\r\n",
    b"ECHO a'b'\r\n",
    b'ECHO "a" \r\n',
    b'"ECHO" "x"\r\n',
    b"'PING'\r\n",
    b'""\r\n',
    b'"" x\r\n',
    b'ECHO "abc\r\n',
    b"ECHO 'abc\r\n",
    b'"\r\n',
    b"'\r\n",
    b'ECHO "abc\\"\r\n',
    b"ECHO 'abc\\'\r\n",
    b'PING\r\nECHO "abc\r\nPING\r\n',
    b"NOSUCH a b\r\n",
    b"nosuch 'a b'\r\n",
    b"PING a b c\r\n",
    b"SUBSCRIBE a b\r\n",
    b"PUBLISH a 'b c'\r\n",
    b"$4\r\nPING\r\n",
    b"$-1\r\n",
    b"+OK\r\n",
    b"-ERR x\r\n",
    b":1\r\n",
    b">1\r\n",
    b"%1\r\n",
    b"\xff\xfe\r\n",
    b"ECHO \xc3\xa9\r\n",
    b"PING\r\n*1\r\n$4\r\nPING\r\nECHO x\r\n",
    b"QUIT\r\n",
    b"quit\r\nPING\r\n",
    b"MULTI\r\nPING\r\nEXEC\r\n",
    b"x" * 127 + b"\r\n",
    b"x" * 129 + b" y\r\n",
    b"ECHO " + b"x" * 60000 + b"\r\n",
    b"ECHO " + b"x" * 65530 + b"\r\n",
]

CASES = both(
    case(f"inline/{index}: {line[:40].decode('latin-1')!r}", [Raw("A", (line,))])
    for index, line in enumerate(LINES)
)
