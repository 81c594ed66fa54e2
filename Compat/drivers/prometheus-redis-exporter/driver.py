# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The Prometheus exporter: that a scrape succeeds and shows what the server did."""

import re
import sys
import urllib.request

import redis_lines
from checks import Checks, unique, wait_until
from programs import Program, free_port

checks = Checks()


def scrape(port: int) -> str:
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=10) as answer:
        return answer.read().decode()


def value(metrics: str, name: str) -> float | None:
    found = re.search(rf"^{name} ([\d.e+]+)$", metrics, re.M)
    return float(found[1]) if found else None


def answers(port: int) -> bool:
    try:
        return "redis_up" in scrape(port)
    except OSError:
        return False


def main() -> None:
    port = free_port()
    address = f"redis://{redis_lines.HOST}:{redis_lines.PORT}"
    listen = f"127.0.0.1:{port}"
    exporter = ["prometheus-redis-exporter", "-redis.addr", address, "-web.listen-address", listen]
    with redis_lines.Connection() as publisher, redis_lines.Connection() as subscriber:
        channel = unique("news")
        subscriber.send(f"SUBSCRIBE {channel}")
        subscriber.receive(b":1\r\n")
        with Program(exporter):
            wait_until("the exporter", lambda: answers(port))
            before = scrape(port)
            checks.equal("redis up", 1.0, value(before, "redis_up"))
            for _ in range(50):
                publisher.send(f"PUBLISH {channel} hello")
                publisher.receive(b":1\r\n")
            after = scrape(port)
    error = value(after, r'redis_exporter_last_scrape_error\{err=""\}')
    checks.equal("last scrape's error", 0.0, error)
    checks.equal("connected clients", 3.0, value(after, "redis_connected_clients"))
    checks.equal("pubsub channels", 1.0, value(after, "redis_pubsub_channels"))
    processed = [value(metrics, "redis_commands_processed_total") for metrics in (before, after)]
    checks.holds("commands processed", processed[1] - processed[0] >= 50, processed)
    calls = value(after, r'redis_commands_total\{cmd="publish"\}')
    checks.equal("publish calls", 50.0, calls)
    checks.holds("uptime", value(after, "redis_uptime_in_seconds") is not None, after)
    info = re.search(r'redis_instance_info\{[^}]*redis_version="[\d.]+"[^}]*\}', after)
    checks.holds("instance", info and f'tcp_port="{redis_lines.PORT}"' in info[0], info)


main()
sys.exit(checks.exit_code)
