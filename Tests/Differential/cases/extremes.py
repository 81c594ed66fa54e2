# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Numbers at the ends of their ranges, odd spellings of them, and names of no or any bytes."""

from __future__ import annotations

from normalisers import multisets
from script import Case, both, case

MAX = "9223372036854775807"
MIN = "-9223372036854775808"
BEYOND = "9223372036854775808"
CLEANUP = ((b"FLUSHALL",), (b"CONFIG", b"SET", b"proto-max-bulk-len", b"536870912"))
SETUP = """
A RPUSH l a b c | SADD s a b c | HSET h a 1 b 2 c 3 | ZADD z 1 a 2 b 3 c | SET n 10
"""


def each(topic: str, lines: str, *normalisers, **options) -> list[Case]:
    found = []
    for line in (line.strip() for line in lines.splitlines()):
        if line:
            script = line.replace("MAX", MAX).replace("MIN", MIN).replace("BEYOND", BEYOND)
            found.append(
                case(
                    f"extremes/{topic}/{line}", f"{SETUP}A {script}", *normalisers,
                    cleanup=CLEANUP, **options,
                )
            )
    return found


LISTS = each(
    "lists",
    """
    LPOP l MAX | EXISTS l
    RPOP l MAX | EXISTS l
    LPOP l BEYOND
    LPOP l MIN
    LPOP nk MAX
    LRANGE l MIN MAX
    LRANGE l MAX MIN
    LRANGE l MAX MAX
    LRANGE l MIN MIN
    LRANGE l 0 BEYOND
    LTRIM l MIN MAX | LRANGE l 0 -1
    LTRIM l MAX MAX | EXISTS l
    LTRIM l MIN MIN | EXISTS l
    LINDEX l MAX
    LINDEX l MIN
    LINDEX l BEYOND
    LSET l MAX x
    LSET l MIN x
    LREM l MAX a | LLEN l
    LREM l MIN a | LLEN l
    LPOS l a RANK MAX
    LPOS l a RANK MIN
    LPOS l a RANK -MAX
    LPOS l a COUNT MAX
    LPOS l a MAXLEN MAX
    LPOS l a COUNT BEYOND
    LMPOP MAX l LEFT
    LMPOP 1 l LEFT COUNT MAX | EXISTS l
    LMPOP 1 l LEFT COUNT BEYOND
    LMPOP MIN l LEFT
    BLPOP l 1e400
    BLPOP l -1e400
    BLPOP l 1e-400
    BLPOP l inf
    BLPOP l -inf
    BLPOP l infinity
    BLPOP l nan
    BLPOP l MAX
    BLPOP l 9223372036854775
    BLPOP l 9223372036854776
    BLPOP l 1e17
    BLPOP l 1e15
    BLPOP l -0
    BLPOP l -0.0001
    BLPOP l 0x10
    BLPOP l ""
    BLPOP l 1.5x
    BLMOVE l m LEFT LEFT 1e400
    BRPOPLPUSH l m 1e400
    BLMPOP 1e400 1 l LEFT
    BZPOPMIN z 1e400
    BZMPOP 1e400 1 z MIN
    SORT l ALPHA LIMIT MAX MAX
    SORT l ALPHA LIMIT MIN MAX
    SORT l ALPHA LIMIT 1 MAX
    SORT l ALPHA LIMIT MIN MIN
    SORT l ALPHA LIMIT BEYOND 1
    DEL l | RPUSH l 1 1e400 2 | SORT l
    DEL l | RPUSH l 1 -1e400 2 | SORT l
    DEL l | RPUSH l 1 1e-400 2 | SORT l
    DEL l | RPUSH l 1 inf -inf infinity 2 | SORT l
    DEL l | RPUSH l 1 nan 2 | SORT l
    DEL l | RPUSH l 1 "" 2 | SORT l
    DEL l | RPUSH l 1 " 3" 2 | SORT l
    DEL l | RPUSH l 1 "3 " 2 | SORT l
    DEL l | RPUSH l 1 0x10 2 | SORT l
    DEL l | RPUSH l 1 "3\\x002" 2 | SORT l
    SET w_a 1e400 | SET w_b 2 | SET w_c 1 | SORT l BY w_*
    SET w_a "" | SET w_b 2 | SET w_c 1 | SORT l BY w_*
    """,
)

SETS = each(
    "sets",
    """
    SPOP s MAX | EXISTS s
    SPOP s MIN
    SPOP s BEYOND
    SPOP nk MIN
    SRANDMEMBER s MAX
    SRANDMEMBER s MIN
    SRANDMEMBER s BEYOND
    SRANDMEMBER nk MIN
    SRANDMEMBER nk -MAX
    SRANDMEMBER s 0
    SINTERCARD MAX s
    SINTERCARD MIN s
    SINTERCARD 1 s LIMIT MAX
    SINTERCARD 1 s LIMIT MIN
    SINTERCARD 1 s LIMIT BEYOND
    SINTERCARD 1 s LIMIT 0
    SINTERCARD 2 s s LIMIT 1
    SINTERCARD 1 s LIMIT 1 LIMIT 2
    SINTERCARD 1 s LIMIT
    HRANDFIELD h MAX
    HRANDFIELD h MIN
    HRANDFIELD h MAX WITHVALUES
    HRANDFIELD h MIN WITHVALUES
    HRANDFIELD h 4611686018427387903 WITHVALUES
    HRANDFIELD h 4611686018427387904 WITHVALUES
    HRANDFIELD h -4611686018427387904 WITHVALUES
    HRANDFIELD h BEYOND
    HRANDFIELD h 0 WITHVALUES
    HRANDFIELD nk -MAX
    HRANDFIELD nk MIN
    HRANDFIELD nk -MAX WITHVALUES
    ZRANDMEMBER z MAX
    ZRANDMEMBER z MIN
    ZRANDMEMBER z MAX WITHSCORES
    ZRANDMEMBER z MIN WITHSCORES
    ZRANDMEMBER z 4611686018427387903 WITHSCORES
    ZRANDMEMBER z 4611686018427387904 WITHSCORES
    ZRANDMEMBER z -4611686018427387904 WITHSCORES
    ZRANDMEMBER nk -MAX
    ZRANDMEMBER nk MIN
    """,
    multisets,
)

SORTED_SETS = each(
    "sorted sets",
    """
    ZADD z nan m
    ZADD z -nan m
    ZADD z inf m | ZSCORE z m
    ZADD z -inf m | ZSCORE z m
    ZADD z +inf m | ZSCORE z m
    ZADD z infinity m | ZSCORE z m
    ZADD z INF m | ZSCORE z m
    ZADD z 1e400 m
    ZADD z -1e400 m
    ZADD z 1e-400 m
    ZADD z 1e308 m | ZINCRBY z 1e308 m
    ZADD z 4.9e-324 m | ZSCORE z m
    ZADD z 0x10 m | ZSCORE z m
    ZADD z 0x1p-3 m | ZSCORE z m
    ZADD z " 1" m
    ZADD z "1 " m
    ZADD z "" m
    ZADD z 1_000 m
    ZADD z 1e m
    ZADD z .5 m | ZSCORE z m
    ZADD z 5. m | ZSCORE z m
    ZADD z +5 m | ZSCORE z m
    ZADD z -0 m | ZSCORE z m
    ZADD z -0.0 m | ZINCRBY z 0 m | ZINCRBY z -0.0 m
    ZADD z 0.1 m | ZINCRBY z 0.2 m
    ZADD z 17179869184.000001 m | ZSCORE z m
    ZADD z 9007199254740993 m | ZSCORE z m
    ZADD z 1e21 m | ZSCORE z m
    ZADD z 123456789012345678901234567890 m | ZSCORE z m
    ZADD z 1e-7 m | ZSCORE z m
    ZADD z 3.0 m 1e3 k | ZRANGE z 0 -1 WITHSCORES
    ZADD z inf m | ZINCRBY z -inf m | ZSCORE z m
    ZADD z inf m | ZADD z INCR -inf m
    ZADD z inf m | ZINCRBY z 5 m
    ZADD nk INCR nan m | EXISTS nk
    ZPOPMIN z MAX | EXISTS z
    ZPOPMAX z MAX | EXISTS z
    ZPOPMIN z MIN
    ZPOPMIN z BEYOND
    ZPOPMIN nk -1
    ZPOPMIN z 0
    ZMPOP 1 z MIN COUNT MAX
    ZMPOP MAX z MIN
    ZRANGE z MIN MAX
    ZRANGE z MAX MIN
    ZRANGE z MIN MIN
    ZRANGE z MAX MAX REV
    ZRANGE z 0 BEYOND
    ZRANGE z -inf +inf BYSCORE LIMIT 0 MAX
    ZRANGE z -inf +inf BYSCORE LIMIT MAX MAX
    ZRANGE z -inf +inf BYSCORE LIMIT MIN MAX
    ZRANGE z -inf +inf BYSCORE LIMIT 1 MIN
    ZRANGE z -inf +inf BYSCORE LIMIT BEYOND 1
    ZRANGE z +inf -inf BYSCORE REV LIMIT 1 MAX
    ZRANGE z nan 1 BYSCORE
    ZRANGE z (nan 1 BYSCORE
    ZRANGE z (1 (3 BYSCORE
    ZRANGE z ( 3 BYSCORE
    ZRANGE z "" 3 BYSCORE
    ZRANGE z " 1" 3 BYSCORE
    ZRANGE z -1e400 1e400 BYSCORE
    ZRANGE z 0x1 0x2 BYSCORE
    ZCOUNT z nan 1
    ZCOUNT z -1e400 1e400
    ZREMRANGEBYRANK z MIN MAX | EXISTS z
    ZREMRANGEBYRANK z MAX MIN
    ZREMRANGEBYSCORE z -inf +inf | EXISTS z
    ZREMRANGEBYSCORE z nan 1
    ZRANGESTORE d z MIN MAX
    ZUNIONSTORE d MAX z
    ZUNIONSTORE d MIN z
    ZUNION 1 z WEIGHTS nan
    ZUNION 1 z WEIGHTS 1e400
    ZUNION 1 z WEIGHTS inf WITHSCORES
    ZADD z 0 m | ZUNION 1 z WEIGHTS inf WITHSCORES
    ZADD z inf m | ZADD y -inf m | ZUNION 2 z y WITHSCORES
    ZADD z inf m | ZADD y -inf m | ZUNION 2 z y WEIGHTS 1 -1 WITHSCORES
    ZADD z inf m | ZADD y -inf m | ZINTER 2 z y WITHSCORES
    ZADD z inf m | ZUNION 2 z z WEIGHTS 1 -1 AGGREGATE MAX WITHSCORES
    ZINTERCARD MAX z
    ZINTERCARD 1 z LIMIT MAX
    ZINTERCARD 1 z LIMIT MIN
    ZINTERCARD 2 z z LIMIT 1
    ZRANGEBYLEX z - + LIMIT MAX MAX
    ZRANGEBYLEX z - + LIMIT 1 MAX
    ZRANGEBYLEX z [ [
    ZRANGEBYLEX z ( (
    ZRANGEBYLEX z -a +
    ZRANGEBYLEX z - +a
    ZRANGEBYLEX z "[\\x00" "[\\xff"
    ZLEXCOUNT z + -
    """,
)

STRINGS = each(
    "strings",
    """
    INCRBY n MAX | INCRBY n 1
    INCRBY n MIN | GET n
    INCRBY n BEYOND
    SET n MAX | INCR n
    SET n MIN | DECR n
    SET n BEYOND | INCR n
    SET n "+1" | INCR n
    SET n " 1" | INCR n
    SET n "1 " | INCR n
    SET n "" | INCR n
    SET n 01 | INCR n
    SET n -0 | INCR n
    SET n 1.0 | INCR n
    SET n 1e1 | INCR n
    SET n 0x1 | INCR n
    SET n "1\\x00" | INCR n
    SET n - | INCR n
    INCRBY n +1
    INCRBY n " 1"
    DECRBY n MIN
    DECRBY n MAX
    INCRBYFLOAT n 1e400
    INCRBYFLOAT n 1e4931
    INCRBYFLOAT n 1e4933
    INCRBYFLOAT n infinity
    INCRBYFLOAT n 1e-400
    INCRBYFLOAT n 1e-4960
    INCRBYFLOAT n 0x1p3
    INCRBYFLOAT n .5
    INCRBYFLOAT n 5.
    INCRBYFLOAT n +5
    INCRBYFLOAT n -10
    INCRBYFLOAT n -10.0
    INCRBYFLOAT n 1_0
    INCRBYFLOAT n 1e
    INCRBYFLOAT n 9223372036854775807
    INCRBYFLOAT n 0.00000000000000001
    INCRBYFLOAT n 1e17
    INCRBYFLOAT n 0.1 | INCRBYFLOAT n 0.2 | INCRBYFLOAT n 1e-5
    SET n 1e4000 | INCRBYFLOAT n 1
    SET n 1.5e3 | INCRBYFLOAT n 1
    SET n 0x10 | INCRBYFLOAT n 1
    SET n nan | INCRBYFLOAT n 1
    SET n inf | INCRBYFLOAT n 1
    SET n -inf | INCRBYFLOAT n 1
    SET n " 1" | INCRBYFLOAT n 1
    HINCRBY h a MAX
    HINCRBY h a MIN
    HINCRBY h a BEYOND
    HINCRBY h x MIN | HINCRBY h x -1
    HSET h x " 1" | HINCRBY h x 1
    HSET h x "" | HINCRBY h x 1
    HSET h x 01 | HINCRBY h x 1
    HINCRBYFLOAT h a 1e400
    HINCRBYFLOAT h a 1e4933
    HINCRBYFLOAT h a nan
    HINCRBYFLOAT h a inf
    HINCRBYFLOAT h a 0x10
    HINCRBYFLOAT h a " 1"
    HINCRBYFLOAT h a 0.1 | HINCRBYFLOAT h a -1.1
    HSET h x inf | HINCRBYFLOAT h x 1
    HSET h x "" | HINCRBYFLOAT h x 1
    SET k v EX MAX
    SET k v PX MAX
    SET k v EX 9223372036854775
    SET k v EXAT MAX
    SET k v EXAT 9223372036854775 | EXPIRETIME k
    SET k v PXAT MAX | EXISTS k
    SET k v EX MIN
    SET k v EX BEYOND
    GETEX n EX MAX
    GETEX n PX MAX
    GETEX n EXAT MAX
    EXPIRE n MAX
    EXPIRE n MIN
    EXPIRE n 9223372036854775
    PEXPIRE n MAX
    PEXPIRE n MIN
    EXPIREAT n MAX
    EXPIREAT n MIN
    EXPIREAT n 9223372036854775 | EXPIRETIME n
    PEXPIREAT n MIN | EXISTS n
    EXPIRE n BEYOND
    SELECT MAX
    SELECT MIN
    SELECT 2147483648
    MOVE n MAX
    MOVE n 16
    COPY n m DB MAX
    COPY n m DB -1
    SWAPDB 0 MAX
    GETRANGE n MAX MIN
    CONFIG SET proto-max-bulk-len 1mb | SETRANGE k 1048575 x | STRLEN k | APPEND k x | STRLEN k
    CONFIG SET proto-max-bulk-len 1mb | SETRANGE k 1048576 x | EXISTS k
    CONFIG SET proto-max-bulk-len 1mb | SETRANGE k 1048575 xy | SETRANGE k 1048576 ""
    CONFIG SET proto-max-bulk-len 1mb | SETBIT k 8388607 1 | STRLEN k | APPEND k xy
    CONFIG SET proto-max-bulk-len 1mb | SETBIT k 8388608 1 | GETBIT k 8388608 | EXISTS k
    CONFIG SET proto-max-bulk-len 1mb | BITFIELD k SET u8 8388607 255 GET u8 8388607 | STRLEN k
    CONFIG SET proto-max-bulk-len 1mb | BITFIELD k SET u8 8388608 255
    """,
)

NAMES = each(
    "names",
    """
    SET "" "" | GET "" | EXISTS "" | STRLEN "" | APPEND "" "" | TYPE "" | RENAME "" k | GET k
    SET "\\x00" "\\xff\\r\\n" | GET "\\x00" | EXISTS "" | KEYS "\\x00"
    LPUSH "" "" | LRANGE "" 0 -1 | LREM "" 0 "" | EXISTS ""
    HSET "" "" "" | HGET "" "" | HGETALL "" | HSTRLEN "" "" | HDEL "" "" | EXISTS ""
    SADD "" "" | SISMEMBER "" "" | SMEMBERS "" | SREM "" "" | EXISTS ""
    ZADD "" 0 "" | ZSCORE "" "" | ZRANGE "" 0 -1 | ZRANK "" "" | ZREM "" "" | EXISTS ""
    SADD t "\\x00" "\\x00\\x00" "" | SMISMEMBER t "\\x00" "\\x00\\x00" "" "\\x00\\x00\\x00"
    HSET t "\\x00" 1 "\\x00\\x00" 2 | HGET t "\\x00" | HGET t "\\x00\\x00" | HEXISTS t ""
    MSET "" 1 " " 2 | MGET "" " " | DEL "" " "
    """,
)

SCANNING = each(
    "scanning",
    """
    SCAN 0 COUNT MAX
    SCAN 0 COUNT 1000
    SCAN 0 COUNT 0
    SCAN 0 COUNT -1
    SCAN 0 COUNT BEYOND
    SCAN 0 COUNT 1000 MATCH ""
    SCAN 0 COUNT 1000 MATCH l*
    SCAN 0 COUNT 1000 MATCH *z
    SCAN 0 COUNT 1000 TYPE zset
    SCAN 0 COUNT 1000 TYPE ZSET
    SCAN 0 COUNT 1000 TYPE string MATCH n*
    SCAN 0 MATCH
    SCAN 0 NOSUCH x
    SCAN abc
    SCAN ""
    SCAN " 0"
    SCAN 0x0
    SCAN 18446744073709551616
    SCAN 1.0
    HSCAN h 0 COUNT MAX
    HSCAN h 0 COUNT 0
    HSCAN h MAX
    HSCAN h 18446744073709551615
    HSCAN h abc
    HSCAN h 0 MATCH b
    HSCAN nk abc
    HSCAN nk 0 COUNT 0
    SSCAN s 0 COUNT MAX
    SSCAN s 0 MATCH ?
    ZSCAN z 0 COUNT MAX
    ZSCAN z 0 MATCH [ab]
    KEYS *
    KEYS ""
    KEYS ?
    KEYS [
    KEYS [^
    KEYS [a-
    KEYS []
    KEYS [^]
    KEYS [l-n]
    KEYS [n-l]
    KEYS [^l]
    KEYS "\\\\"
    KEYS "\\\\l"
    KEYS "[\\\\l]"
    KEYS *****
    KEYS ***l***
    KEYS ??
    """,
    multisets,
)
LONG = "a" * 64
SCANNING.append(
    case(
        "extremes/scanning/a glob that could go back a long way",
        f"A SET {LONG} 1\nA KEYS {'a*' * 30}b\nA KEYS {'*a' * 30}\nA SCAN 0 MATCH {'a*' * 30}b",
        cleanup=CLEANUP,
    )
)

CASES = both([*LISTS, *SETS, *SORTED_SETS, *STRINGS, *NAMES, *SCANNING])
