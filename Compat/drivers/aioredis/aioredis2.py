# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""aioredis 2.0, which shares redis-py's interface and with it the round trip.

It was last released before Python 3.11 made asyncio.TimeoutError the builtin TimeoutError and
derives a class from both; while it is imported it must see two.
"""

import asyncio
import runpy
import sys
from pathlib import Path

builtin = asyncio.TimeoutError
asyncio.TimeoutError = type("TimeoutError", (Exception,), {})
import aioredis  # noqa: E402, F401

asyncio.TimeoutError = builtin

import checks  # noqa: E402

round_trip = Path(checks.__file__).with_name("redis_py.py")
sys.argv = [str(round_trip), "aioredis", "asyncio", "default"]
runpy.run_path(str(round_trip), run_name="__main__")
