# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""scrapy-redis: a crawl over a site, begun by one crawler and ended by another.

Usage: driver.py PriorityQueue|FifoQueue
"""

import json
import signal
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from redis import Redis

from checks import HOST, PORT, TIMEOUT_SECONDS, Checks, wait_until
from workers import Worker

KIND = sys.argv[1]
# A binary tree of pages, which all but the first link to themselves, too.
PAGES = set(range(1, 64))
FATAL = 5
LOST = {FATAL} | {page for page in PAGES if page >> 1 == FATAL or page >> 2 == FATAL
                  or page >> 3 == FATAL}

checks = Checks()
requested: list[int] = []
killed = threading.Event()


def children(page: int) -> list[int]:
    return [child for child in (2 * page, 2 * page + 1) if child in PAGES]


class Site(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        page = int(self.path.rsplit("/", 1)[1])
        requested.append(page)
        if page == FATAL and not killed.is_set():
            killed.wait(TIMEOUT_SECONDS)
            return
        links = [page] * (page > 1) + children(page)
        body = "".join(f'<a href="/page/{link}">x</a>' for link in links).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_) -> None:
        pass


def crawler() -> Worker:
    return Worker("crawler.py", KIND)


def items(redis: Redis) -> list[int]:
    return [json.loads(item)["page"] for item in redis.lrange("pages:items", 0, -1)]


def length(redis: Redis) -> int:
    return (redis.llen if KIND == "FifoQueue" else redis.zcard)("pages:requests")


def main() -> None:
    site = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    site.daemon_threads = True
    threading.Thread(target=site.serve_forever, daemon=True).start()
    pages = f"http://127.0.0.1:{site.server_port}/page"
    with Redis(host=HOST, port=PORT) as redis:
        redis.lpush("pages:start_urls", f"{pages}/1")
        with crawler() as mortal:
            wait_until("the fatal page", lambda: FATAL in requested)
            checks.equal("start", (1, 0), (requested[0], redis.llen("pages:start_urls")))
            done = requested[:-1]
            found = [child for page in done for child in children(page)]
            wait_until("what it found", lambda: length(redis) == len(found) - len(done))
            wait_until("its items", lambda: sorted(items(redis)) == sorted(done))
            mortal.kill()
        killed.set()
        checks.equal("crawler killed", len(found) - len(done), length(redis))
        with crawler() as second:
            wait_until("the rest", lambda: set(items(redis)) == PAGES - LOST)
            checks.passed("left over")
            second.kill()
        # One request was lost with the crawler, and those it would have led to.
        redis.lpush("pages:start_urls", f"{pages}/{FATAL}")
        with crawler() as third:
            wait_until("all items", lambda: set(items(redis)) == PAGES)
            checks.passed("start again")
            checks.equal("items", sorted(PAGES), sorted(items(redis)))
            checks.equal("no page twice", sorted([*PAGES, FATAL]), sorted(requested))
            checks.equal("queue empty", 0, length(redis))
            third.process.send_signal(signal.SIGINT)
            checks.equal("stop", 0, third.process.wait(TIMEOUT_SECONDS))
        # Start URLs are not filtered.
        checks.equal("seen", len(PAGES) - 1, redis.scard("pages:dupefilter"))


main()
sys.exit(checks.exit_code)
