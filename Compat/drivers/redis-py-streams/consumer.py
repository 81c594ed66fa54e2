# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""A consumer of a group. When the driver says so, it takes over what others left behind.

Usage: consumer.py STREAM GROUP NAME [ENTRIES-UNTIL-IT-STALLS]
"""

import signal
import sys

import redis

from checks import HOST, PORT
from workers import gate_is_open, note

stream, group, name = sys.argv[1:4]
until_stall = int(sys.argv[4]) if len(sys.argv) > 4 else -1
client = redis.Redis(host=HOST, port=PORT, decode_responses=True)
note("ready", name)
while True:
    entries = []
    if gate_is_open("take over"):
        entries += client.xautoclaim(stream, group, name, min_idle_time=0, count=10)[1]
    for _, fresh in client.xreadgroup(group, name, {stream: ">"}, count=5, block=100):
        entries += fresh
    for entry, fields in entries:
        if until_stall == 0:
            note("stalled", name, int(fields["number"]))
            signal.pause()
        until_stall -= 1
        note("worked", name, int(fields["number"]))
        client.xack(stream, group, entry)
