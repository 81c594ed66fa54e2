# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""MONITOR: the lines it gets, their quoting, and what it may do itself."""

from __future__ import annotations

from normalisers import hello, monitor
from script import Case, both, case


def _watched(name: str, text: str) -> Case:
    """The runner's own connection would be seen, so the values are awaited by number."""
    return case(f"monitor/{name}", "A MONITOR\nA !expect 1\n" + text, hello, monitor, settle=False)


CASES = both(
    [
        _watched(
            "commands", "B PING\nB !expect 1\nA !expect 1\nB ECHO x\nB !expect 1\nA !expect 1"
        ),
        _watched("case is kept", "B ping X\nB !expect 1\nA !expect 1"),
        _watched(
            "quoting", 'B ECHO "a\\"b\\\\c\\n\\r\\t\\x07\\x08\\x00\\xff "\nB !expect 1\nA !expect 1'
        ),
        _watched("empty argument", 'B ECHO ""\nB !expect 1\nA !expect 1'),
        _watched(
            "database", "B SELECT 3\nB !expect 1\nA !expect 1\nB PING\nB !expect 1\nA !expect 1"
        ),
        _watched("publish", "B PUBLISH a x\nB !expect 1\nA !expect 1"),
        _watched(
            "subscriptions",
            "B SUBSCRIBE a b\nB !expect 2\nA !expect 1\nC PUBLISH a x\nC !expect 1\n"
            "B !expect 1\n"
            "A !expect 1",
        ),
        _watched("transaction", "B MULTI | PING | EXEC\nB !expect 3\nA !expect 3"),
        _watched(
            "unknown command is not shown",
            "B NOSUCH\nB !expect 1\nB PING\nB !expect 1\nA !expect 1",
        ),
        _watched(
            "wrong arity is not shown", "B ECHO\nB !expect 1\nB PING\nB !expect 1\nA !expect 1"
        ),
        _watched("failing command is shown", "B SELECT 99\nB !expect 1\nA !expect 1"),
        _watched("AUTH is not shown", "B AUTH x\nB !expect 1\nB PING\nB !expect 1\nA !expect 1"),
        _watched("CONFIG is not shown", "B CONFIG GET databases | PING\nB !expect 2\nA !expect 1"),
        _watched("HELLO", "B HELLO 3 SETNAME x | PING\nB !expect 2\nA !expect 1"),
        _watched("own commands", "A PING\nA !expect 2"),
        _watched("again", "A MONITOR\nA PING\nA !expect 2"),
        _watched("QUIT", "A QUIT\nA !expect 1"),
        _watched("RESET", "A RESET\nA !expect 1\nB PING\nB !expect 1\nA PING\nA !expect 1"),
        _watched(
            "two monitors", "B MONITOR\nB !expect 1\nC PING\nC !expect 1\nA !expect 1\nB !expect 1"
        ),
        _watched("long argument", f'B ECHO "{"x" * 3000}"\nB !expect 1\nA !expect 1'),
    ]
)
