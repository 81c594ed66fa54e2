# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""The jobs, and a scheduler that runs what is stored."""

import time

from apscheduler.jobstores.redis import RedisJobStore
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.schedulers.blocking import BlockingScheduler

from checks import HOST, PORT
from workers import note


def tell(text: str) -> None:
    note("tell", text, time.time())


def scheduler(kind: type[BaseScheduler]) -> BaseScheduler:
    store = RedisJobStore(host=HOST, port=PORT)
    return kind(jobstores={"default": store}, timezone="UTC")


if __name__ == "__main__":
    scheduler(BlockingScheduler).start()
