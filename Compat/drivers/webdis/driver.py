# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""webdis: commands and a subscription over HTTP."""

import http.client
import json
import os
import sys

from checks import HOST, PORT, TIMEOUT_SECONDS, Checks, unique, wait_until
from programs import Program, free_port

HTTP_PORT = free_port()
checks = Checks()


def get(path: str) -> str:
    connection = http.client.HTTPConnection("127.0.0.1", HTTP_PORT, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", path)
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def answers() -> bool:
    try:
        return "PONG" in get("/PING")
    except OSError:
        return False


def main() -> None:
    configuration = os.path.join(os.environ["BUILD_DIR"], "webdis.json")
    with open(configuration, "w") as file:
        json.dump({
            "redis_host": HOST,
            "redis_port": PORT,
            "http_host": "127.0.0.1",
            "http_port": HTTP_PORT,
            "threads": 2,
            "daemonize": False,
            "database": 0,
            "verbosity": 3,
            "logfile": os.path.join(os.environ["BUILD_DIR"], "webdis.log"),
        }, file)
    with Program(["webdis", configuration]):
        wait_until("webdis", answers)
        checks.equal("ping", {"PING": [True, "PONG"]}, json.loads(get("/PING")))
        unheard = get(f"/PUBLISH/{unique('nobody')}/hello")
        checks.equal("publish to nobody", '{"PUBLISH":0}', unheard)
        checks.equal("raw", "+PONG\r\n", get("/PING.raw"))
        checks.equal("info", str(PORT), json.loads(get("/INFO"))["INFO"]["tcp_port"])
        check_subscription()


def check_subscription() -> None:
    channel = unique("news")
    connection = http.client.HTTPConnection("127.0.0.1", HTTP_PORT, timeout=TIMEOUT_SECONDS)
    connection.request("GET", f"/SUBSCRIBE/{channel}")
    stream = connection.getresponse()
    confirmed = stream.read1()
    checks.equal("subscribe", {"SUBSCRIBE": ["subscribe", channel, 1]}, json.loads(confirmed))
    checks.equal("publish", '{"PUBLISH":1}', get(f"/PUBLISH/{channel}/hello"))
    received = json.loads(stream.read1())
    checks.equal("message", {"SUBSCRIBE": ["message", channel, "hello"]}, received)
    stream.close()
    connection.close()
    wait_until("the end of the subscription",
               lambda: get(f"/PUBLISH/{channel}/anyone") == '{"PUBLISH":0}')
    checks.passed("close")


main()
sys.exit(checks.exit_code)
