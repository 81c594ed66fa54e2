# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""A worker of the queue.

Usage: application.py QUEUE NAME LOCK-MILLISECONDS STALLED-INTERVAL-MILLISECONDS
"""

import asyncio
import signal
import sys
import time

from bullmq import Job, Worker

from checks import HOST, PORT
from workers import gate_is_open, note, noted

# BullMQ blocks for 10 s, and redis-py's own limit of 5 s makes it sleep before it tries again.
CONNECTION = {"host": HOST, "port": PORT, "socket_timeout": None}


async def process(job: Job, token: str):
    data = job.data
    match job.name:
        case "add":
            return data["first"] + data["second"]
        case "record":
            note("record", data["text"], time.time() * 1000)
        case "fail":
            raise ValueError("grüße")
        case "third time":
            note("third time", job.attemptsMade)
            if len(noted("third time")) < 3:
                raise ValueError("not yet")
            return len(noted("third time"))
        case "slow":
            await job.updateProgress({"percent": 40})
            await job.log("on the way")
            return "done"
        case "total":
            return sum((await job.getChildrenValues()).values())
        case "stall":
            note("stall", data["name"], job.stalledCounter)
            while not gate_is_open(data["name"]):
                await asyncio.sleep(0.02)
            return data["name"]


async def main() -> None:
    queue, name, lock, interval = sys.argv[1:]
    worker = Worker(queue, process, {
        "connection": CONNECTION, "name": name, "autorun": False, "lockDuration": int(lock),
        "stalledInterval": int(interval), "maxStalledCount": 2, "drainDelay": 1})
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    running = asyncio.create_task(worker.run())
    await stopped.wait()
    await worker.close()
    await running


if __name__ == "__main__":
    asyncio.run(main())
