# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""COMMAND and its subcommands, for the commands that Martlet has."""

from __future__ import annotations

from normalisers import command_info, docs, integers, multiset
from script import both, requests

KEYS = """
del unlink exists type touch rename renamenx copy move randomkey keys scan expire pexpire
expireat pexpireat ttl pttl expiretime pexpiretime persist object swapdb
""".split()
STRINGS = """
get set setnx setex psetex getset getdel getex mget mset msetnx incr decr incrby decrby
incrbyfloat append strlen getrange substr setrange setbit getbit bitcount bitpos bitop
""".split()
LISTS = (
    "lpush rpush lpushx rpushx lpop rpop llen lrange lindex lset linsert lrem ltrim lpos lmove "
    "rpoplpush lmpop blpop brpop blmove brpoplpush blmpop"
).split()
HASHES = (
    "hset hmset hsetnx hget hmget hdel hlen hstrlen hexists hkeys hvals hgetall hincrby "
    "hincrbyfloat hscan hrandfield"
).split()
SETS = (
    "sadd srem smove sismember smismember scard smembers spop srandmember sscan sinter sintercard "
    "sinterstore sunion sunionstore sdiff sdiffstore"
).split()
SORTED_SETS = (
    "zadd zincrby zrem zremrangebyscore zremrangebyrank zremrangebylex zcard zcount zlexcount "
    "zscore zmscore zrank zrevrank zpopmin zpopmax bzpopmin bzpopmax zmpop bzmpop zscan "
    "zrandmember zrange zrevrange zrangebyscore zrevrangebyscore zrangebylex zrevrangebylex "
    "zrangestore zinter zintercard zinterstore zunion zunionstore zdiff zdiffstore"
).split()
SCRIPTING = "eval evalsha eval_ro evalsha_ro script fcall fcall_ro function".split()
COMMANDS = [
    "ping",
    "echo",
    "quit",
    "reset",
    "hello",
    "auth",
    "select",
    "subscribe",
    "unsubscribe",
    "psubscribe",
    "punsubscribe",
    "publish",
    "ssubscribe",
    "sunsubscribe",
    "spublish",
    "pubsub",
    "client",
    "command",
    "config",
    "info",
    "multi",
    "exec",
    "discard",
    "watch",
    "unwatch",
    "monitor",
    "slowlog",
    "time",
    "dbsize",
    "role",
    "lastsave",
    "lolwut",
    "flushall",
    "flushdb",
    "debug",
    "shutdown",
    "latency",
    "wait",
    "cluster",
    "replicaof",
    "slaveof",
    "psync",
    "readonly",
    "readwrite",
    "asking",
    *LISTS,
    *HASHES,
    *SETS,
    *SORTED_SETS,
    *SCRIPTING,
    "sort",
    "sort_ro",
    *KEYS,
    *STRINGS,
]
SUBCOMMANDS = [
    "client|id",
    "client|info",
    "client|list",
    "client|getname",
    "client|setname",
    "client|kill",
    "client|reply",
    "client|pause",
    "client|unpause",
    "client|no-evict",
    "client|getredir",
    "client|help",
    "client|tracking",
    "client|trackinginfo",
    "client|caching",
    "client|unblock",
    "command|count",
    "command|info",
    "command|docs",
    "command|list",
    "command|getkeys",
    "command|getkeysandflags",
    "command|help",
    "config|get",
    "config|set",
    "config|resetstat",
    "config|rewrite",
    "config|help",
    "pubsub|channels",
    "pubsub|numsub",
    "pubsub|numpat",
    "pubsub|shardchannels",
    "pubsub|shardnumsub",
    "pubsub|help",
    "slowlog|get",
    "slowlog|len",
    "slowlog|reset",
    "slowlog|help",
    "script|debug",
    "script|exists",
    "script|flush",
    "script|help",
    "script|kill",
    "script|load",
    "function|delete",
    "function|flush",
    "function|help",
    "function|kill",
    "function|list",
    "function|load",
    "function|stats",
    "object|encoding",
    "object|freq",
    "object|help",
    "object|idletime",
    "object|refcount",
]
SINCE_7_2 = ("client|setinfo", "client|no-touch")
# Of these Martlet has some subcommands only, which have no cases of their own.
OMITTED = ("latency", "cluster", "debug")
NAMES = [name for name in [*COMMANDS, *SUBCOMMANDS] if name not in OMITTED]
INFO_RULE = command_info(SUBCOMMANDS)
DOCS_RULE = docs(SUBCOMMANDS)

INFO = [
    *requests(
        "command_command",
        [f"COMMAND INFO {name}" for name in NAMES],
        INFO_RULE,
    ),
    *requests(
        "command_command",
        """
              COMMAND INFO nosuch
              COMMAND INFO ping nosuch PING
              COMMAND INFO PiNg
              COMMAND INFO client|nosuch
              COMMAND INFO client|
              COMMAND INFO "|"
              COMMAND INFO ""
              COMMAND INFO "client|id|x"
              command info ping
              """,
        INFO_RULE,
    ),
]

DOCS = [
    *requests(
        "command_command",
        [f"COMMAND DOCS {name}" for name in NAMES],
        DOCS_RULE,
    ),
    *requests(
        "command_command",
        """
              COMMAND DOCS nosuch
              COMMAND DOCS nosuch ping
              COMMAND DOCS PING
              COMMAND DOCS client|nosuch
              COMMAND DOCS ""
              """,
    ),
]

OTHERS = [
    *requests("command_command", "COMMAND COUNT\ncommand count", integers),
    *requests(
        "command_command",
        """
              COMMAND LIST FILTERBY PATTERN publis*
              COMMAND LIST FILTERBY PATTERN *subscribe
              COMMAND LIST FILTERBY PATTERN PING
              COMMAND LIST FILTERBY PATTERN nosuch
              COMMAND LIST FILTERBY PATTERN pubsub|num*
              COMMAND LIST FILTERBY pattern ech?
              COMMAND LIST FILTERBY ACLCAT pubsub
              COMMAND LIST FILTERBY ACLCAT nosuch
              COMMAND LIST FILTERBY ACLCAT transaction
              COMMAND LIST FILTERBY MODULE nosuch
              COMMAND LIST FILTERBY NOSUCH x
              COMMAND LIST NOSUCH PATTERN x
              COMMAND LIST FILTERBY PATTERN
              COMMAND LIST FILTERBY PATTERN a b
              COMMAND LIST x
              """,
        multiset,
    ),
    *requests(
        "command_command",
        """
              COMMAND HELP
              COMMAND GETKEYS PING
              COMMAND GETKEYS PUBLISH a b
              COMMAND GETKEYS SUBSCRIBE a
              COMMAND GETKEYS WATCH a b
              COMMAND GETKEYS WATCH
              COMMAND GETKEYS watch a
              COMMAND GETKEYS NOSUCH
              COMMAND GETKEYS NOSUCH a b
              COMMAND GETKEYS CLIENT ID
              COMMAND GETKEYS CLIENT NOSUCH
              COMMAND GETKEYS SSUBSCRIBE a b
              COMMAND GETKEYS SPUBLISH a b
              COMMAND GETKEYS ECHO
              COMMAND GETKEYS PING a b c
              COMMAND GETKEYS SORT a
              COMMAND GETKEYS SORT a STORE b
              COMMAND GETKEYS SORT a STORE b STORE c
              COMMAND GETKEYS SORT a BY store GET store store b LIMIT store x ALPHA
              COMMAND GETKEYS SORT a STORE
              COMMAND GETKEYS SORT a NOSUCH STORE b
              COMMAND GETKEYSANDFLAGS SORT a BY b GET c STORE d
              COMMAND GETKEYS SORT_RO a STORE b
              COMMAND GETKEYS BITFIELD a GET u8 0
              COMMAND GETKEYS LCS a b LEN
              COMMAND GETKEYS ZUNIONSTORE a 2 b c
              COMMAND GETKEYS ZUNIONSTORE a 3 b c
              COMMAND GETKEYS BLMPOP 0 2 a b LEFT
              COMMAND GETKEYS BLPOP a b 0
              COMMAND GETKEYS MSET a 1 b 2
              COMMAND GETKEYS BITOP AND a b c
              COMMAND GETKEYS COPY a b
              COMMAND GETKEYS EXEC
              COMMAND GETKEYSANDFLAGS PING
              COMMAND GETKEYSANDFLAGS WATCH a b
              COMMAND GETKEYSANDFLAGS NOSUCH
              COMMAND GETKEYSANDFLAGS SPUBLISH a b
              COMMAND GETKEYSANDFLAGS
              """,
    ),
]

NEWER = [
    *requests(
        "command_command/7.2",
        [f"COMMAND INFO {name}" for name in SINCE_7_2],
        INFO_RULE,
        since_7_2=True,
    ),
    *requests(
        "command_command/7.2",
        [f"COMMAND DOCS {name}" for name in SINCE_7_2],
        DOCS_RULE,
        since_7_2=True,
    ),
]

CASES = both([*INFO, *DOCS, *OTHERS, *NEWER])
