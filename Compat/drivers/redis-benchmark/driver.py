# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""redis-benchmark: that its runs end, and that the server counted every command it sent."""

import re
import subprocess
import sys

from checks import HOST, PORT, TIMEOUT_SECONDS, UNIX_SOCKET, Checks, unique

REQUESTS = 5000
checks = Checks()


def run(*arguments: str) -> str:
    answer = subprocess.run(
        ["redis-benchmark", "-h", HOST, "-p", str(PORT), "-n", str(REQUESTS), *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=TIMEOUT_SECONDS,
        text=True,
    )
    # The progress of a quiet run overwrites itself.
    text = answer.stdout.replace("\r", "\n").strip()
    return text if answer.returncode == 0 else f"exit code {answer.returncode}: {text}"


def commands_processed() -> int:
    cli = ["redis-cli", "-h", HOST, "-p", str(PORT), "INFO", "stats"]
    answer = subprocess.run(cli, capture_output=True, text=True, timeout=TIMEOUT_SECONDS)
    found = re.search(r"total_commands_processed:(\d+)", answer.stdout)
    return int(found[1]) if found else -1


def check(name: str, *arguments: str) -> None:
    """The benchmark names its command and a rate, and the server executed at least as many."""
    before = commands_processed()
    last = run(*arguments).splitlines()[-1]
    executed = commands_processed() - before
    shown = re.fullmatch(r".+: \d+\.\d\d requests per second, p50=\d+\.\d+ msec", last)
    checks.holds(name, shown and executed >= REQUESTS, (last, executed))


KEY_TESTS = {
    "set": "SET", "get": "GET", "incr": "INCR", "lpush": "LPUSH", "rpush": "RPUSH",
    "lpop": "LPOP", "rpop": "RPOP", "sadd": "SADD", "hset": "HSET", "spop": "SPOP",
    "zadd": "ZADD", "zpopmin": "ZPOPMIN", "lrange_100": "LRANGE_100 (first 100 elements)",
    "mset": "MSET (10 keys)",
}


def check_keys(name: str, *arguments: str) -> None:
    """Every test of redis-benchmark that uses keys ends with a rate."""
    before = commands_processed()
    text = run("-q", "-n", "1000", "-t", ",".join(KEY_TESTS), *arguments)
    executed = commands_processed() - before
    shown = re.findall(r"^(\S.*): \d+\.\d\d requests per second, p50=", text, re.MULTILINE)
    missing = sorted(set(KEY_TESTS.values()) - set(shown))
    enough = executed >= len(KEY_TESTS) * 1000
    checks.holds(name, not missing and enough, (missing, executed))


def main() -> None:
    channel = unique("benchmark")
    check("ping", "-q", "-t", "ping_mbulk")
    check("inline ping", "-q", "-t", "ping_inline")
    check("publish", "-q", "PUBLISH", channel, "message")
    check("RESP3", "-q", "-3", "PUBLISH", channel, "message")
    check("pipeline", "-q", "-P", "16", "PUBLISH", channel, "message")
    check("random channels", "-q", "-r", "1000", "PUBLISH", f"{channel}:__rand_int__", "message")
    check("a connection each", "-q", "-k", "0", "-c", "20", "PUBLISH", channel, "message")
    check("threads", "-q", "--threads", "2", "PUBLISH", channel, "message")
    check("unix socket", "-q", "-s", UNIX_SOCKET, "PUBLISH", channel, "message")
    check("xadd", "-q", "XADD", unique("stream"), "*", "field", "value")
    check_keys("keys")
    check_keys("keys, pipeline", "-P", "16", "-r", "1000")
    report = run("-t", "ping_mbulk")
    checks.holds("report", "Summary:" in report and "WARNING" not in report, report)


main()
sys.exit(checks.exit_code)
