# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""A crawler that shares its requests, what it has seen, and its items with others.

Usage: crawler.py PriorityQueue|FifoQueue
"""

import sys

from scrapy.crawler import CrawlerProcess
from scrapy_redis.spiders import RedisSpider

from checks import URL


class Pages(RedisSpider):
    name = "pages"
    redis_key = "pages:start_urls"

    def parse(self, response):
        yield {"page": int(response.url.rsplit("/", 1)[1])}
        for link in response.css("a::attr(href)").getall():
            yield response.follow(link)


process = CrawlerProcess({
    "REDIS_URL": URL,
    "SCHEDULER": "scrapy_redis.scheduler.Scheduler",
    "SCHEDULER_QUEUE_CLASS": f"scrapy_redis.queue.{sys.argv[1]}",
    "SCHEDULER_PERSIST": True,
    "DUPEFILTER_CLASS": "scrapy_redis.dupefilter.RFPDupeFilter",
    "ITEM_PIPELINES": {"scrapy_redis.pipelines.RedisPipeline": 1},
    # What is lost with a crawler is then the one page that it was at.
    "CONCURRENT_REQUESTS": 1,
    "TELNETCONSOLE_ENABLED": False,
    "RETRY_ENABLED": False,
    "LOG_LEVEL": "INFO",
})
process.crawl(Pages)
process.start()
