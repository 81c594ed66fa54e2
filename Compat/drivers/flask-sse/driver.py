# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Flask-SSE: a browser's event stream over HTTP, fed by another request of the application."""

import http.client
import sys
import threading

from flask import Flask
from flask_sse import sse
from werkzeug.serving import make_server

from checks import TIMEOUT_SECONDS, URL, Checks, unique, wait_until
from redis_lines import Connection

checks = Checks()


def application(channel: str) -> Flask:
    flask = Flask(__name__)
    flask.config["REDIS_URL"] = URL
    flask.register_blueprint(sse, url_prefix="/stream")

    @flask.route("/send")
    def send() -> str:
        receivers = sse.publish({"text": "grüße"}, type="greeting", id="7", channel=channel)
        return str(receivers)

    return flask


def get(port: int, path: str) -> http.client.HTTPResponse:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    connection.request("GET", path)
    return connection.getresponse()


def main() -> None:
    channel = unique("events")
    server = make_server("127.0.0.1", 0, application(channel), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    checks.equal("publish to nobody", b"0", get(server.port, "/send").read())
    # The headers leave with the first event, so another thread waits for it.
    events: list[str] = []
    done = threading.Event()

    def read() -> None:
        stream = get(server.port, f"/stream?channel={channel}")
        events.append(stream.getheader("Content-Type"))
        # An empty line ends an event.
        events.extend(iter(lambda: stream.readline().decode().rstrip(), ""))
        done.set()

    threading.Thread(target=read, daemon=True).start()
    with Connection() as observer:
        wait_until("the subscription", lambda: observer.subscriber_count(channel) == 1)
        checks.passed("subscribe")
        checks.equal("publish", b"1", get(server.port, "/send").read())
        done.wait(TIMEOUT_SECONDS)
        expected = ["id:7", 'data:{"text": "gr\\u00fc\\u00dfe"}', "event:greeting"]
        checks.equal("content type", "text/event-stream; charset=utf-8", events[0])
        checks.equal("event", sorted(expected), sorted(events[1:]))


main()
sys.exit(checks.exit_code)
