# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Sorted sets: what each command replies, and clients that wait for one."""

from __future__ import annotations

from script import both, case

from .lists import after, timed_out

SETUP = (
    "A DEL z y lex nk d l s\nA ZADD z 1 a 2 b 2 c 3.5 d -inf low inf high\nA ZADD y 10 b 20 c 5 e\n"
    "A ZADD lex 0 a 0 b 0 c 0 d 0 e\nA SADD s a b x\nA SET str text\n"
)

ADDING = after(
    SETUP,
    "sorted_sets",
    """
    ZADD z 5 a 6 new | ZRANGE z 0 -1 WITHSCORES
    ZADD z NX 5 a 6 new
    ZADD z XX 5 a 6 new
    ZADD z XX CH 5 a 6 new
    ZADD z GT CH 0 a 9 b
    ZADD z LT CH 0 a 9 b
    ZADD z GT CH 5 new
    ZADD z XX GT CH 5 new 7 a
    ZADD z INCR 5 a
    ZADD z INCR 5 new
    ZADD z NX INCR 5 a
    ZADD z XX INCR 5 new
    ZADD z GT INCR -5 a
    ZADD z LT INCR -5 a
    ZADD z INCR 1 a 2 b
    ZADD z NX XX 1 a
    ZADD z NX GT 1 a
    ZADD z GT LT 1 a
    ZADD z INCR -inf high
    ZADD z INCR nan a
    ZADD z x a
    ZADD z 1 a x b
    ZADD z 1
    ZADD z NX
    ZADD z 1 a 2
    ZADD z CH 1 a 2 b
    zadd z ch 5 a
    ZADD nk XX 1 a
    ZADD nk XX INCR 1 a
    ZADD nk 1e3 a 0x10 b +inf c -infinity d | ZRANGE nk 0 -1 WITHSCORES
    ZADD nk 1e400 a
    ZADD nk 1e-400 a
    ZADD nk " 1" a
    ZADD nk "" a
    ZADD nk -0 a | ZSCORE nk a
    ZADD str 1 a
    ZADD str x a
    ZINCRBY z 5 a
    ZINCRBY z 0.1 a
    ZINCRBY z -0.25 new
    ZINCRBY z inf low
    ZINCRBY z x a
    ZINCRBY z nan a
    ZINCRBY str 1 a
    ZREM z a x a
    ZREM z a b c d low high | EXISTS z
    ZREM nk a
    ZREM str a
    ZCARD z
    ZCARD nk
    ZCARD str
    ZSCORE z d
    ZSCORE z low
    ZSCORE z x
    ZSCORE nk x
    ZSCORE str x
    ZMSCORE z a x high
    ZMSCORE nk a b
    ZMSCORE str a
    ZRANK z c
    ZRANK z x
    ZRANK nk x
    ZRANK str x
    ZREVRANK z c
    ZREVRANK z x
    TYPE z
    OBJECT ENCODING z
    """,
)

RANK_WITH_SCORE = after(
    SETUP,
    "sorted_sets",
    """
    ZRANK z c WITHSCORE
    ZRANK z x WITHSCORE
    ZRANK nk x WITHSCORE
    ZREVRANK z c withscore
    ZREVRANK z x WITHSCORE
    ZRANK z c NOSUCH
    ZRANK z c WITHSCORE x
    """,
    since_7_2=True,
)

RANGES = after(
    SETUP,
    "sorted_sets",
    """
    ZRANGE z 0 -1
    ZRANGE z 0 -1 WITHSCORES
    ZRANGE z 1 2
    ZRANGE z -2 -1
    ZRANGE z 4 2
    ZRANGE z 100 200
    ZRANGE z -100 1
    ZRANGE nk 0 -1
    ZRANGE str 0 -1
    ZRANGE z x 1
    ZRANGE z 0 -1 REV
    ZRANGE z 0 1 REV WITHSCORES
    ZRANGE z 1 3 BYSCORE
    ZRANGE z (1 (3.5 BYSCORE WITHSCORES
    ZRANGE z -inf +inf BYSCORE
    ZRANGE z (-inf (inf BYSCORE
    ZRANGE z 3 1 BYSCORE
    ZRANGE z 3 1 BYSCORE REV
    ZRANGE z +inf -inf BYSCORE REV LIMIT 1 2
    ZRANGE z -inf +inf BYSCORE LIMIT 1 2
    ZRANGE z -inf +inf BYSCORE LIMIT 1 -1
    ZRANGE z -inf +inf BYSCORE LIMIT -1 2
    ZRANGE z -inf +inf BYSCORE LIMIT 10 2
    ZRANGE z -inf +inf BYSCORE LIMIT 0 0
    ZRANGE z -inf +inf BYSCORE LIMIT x 0
    ZRANGE z -inf +inf BYSCORE LIMIT 0
    ZRANGE z 0 -1 LIMIT 0 1
    ZRANGE z 0 -1 LIMIT 0 -1
    ZRANGE z x 3 BYSCORE
    ZRANGE z 1 nan BYSCORE
    ZRANGE z ((1 3 BYSCORE
    ZRANGE z "" " 3" BYSCORE
    ZRANGE lex [b [d BYLEX
    ZRANGE lex (b (d BYLEX
    ZRANGE lex - + BYLEX
    ZRANGE lex + - BYLEX
    ZRANGE lex + - BYLEX REV
    ZRANGE lex [d [b BYLEX REV
    ZRANGE lex - + BYLEX LIMIT 1 2
    ZRANGE lex + - BYLEX REV LIMIT 1 2
    ZRANGE lex - + BYLEX WITHSCORES
    ZRANGE lex b d BYLEX
    ZRANGE lex -a + BYLEX
    ZRANGE lex [ [c BYLEX
    ZRANGE lex [b [b BYLEX
    ZRANGE lex (b (b BYLEX
    ZRANGE lex [bb [cc BYLEX
    ZRANGE z 0 -1 NOSUCH
    ZRANGE nk x y
    ZREVRANGE z 0 -1
    ZREVRANGE z 0 1 WITHSCORES
    ZREVRANGE z 0 1 REV
    ZREVRANGE z 0 1 BYSCORE
    ZRANGEBYSCORE z 1 3
    ZRANGEBYSCORE z 1 3 WITHSCORES LIMIT 1 1
    ZRANGEBYSCORE z 1 3 REV
    ZRANGEBYSCORE z x 3
    ZREVRANGEBYSCORE z 3 1
    ZREVRANGEBYSCORE z +inf (1 WITHSCORES LIMIT 1 2
    ZREVRANGEBYSCORE z 1 3
    ZRANGEBYLEX lex [b +
    ZRANGEBYLEX lex - [c LIMIT 1 1
    ZRANGEBYLEX lex b +
    ZRANGEBYLEX lex [b + WITHSCORES
    ZREVRANGEBYLEX lex + [b
    ZREVRANGEBYLEX lex (d - LIMIT 1 1
    ZRANGEBYLEX nk - +
    ZRANGEBYSCORE str 1 3
    ZRANGESTORE d z 0 2 | ZRANGE d 0 -1 WITHSCORES
    ZRANGESTORE d z (1 +inf BYSCORE LIMIT 0 2 | ZRANGE d 0 -1 WITHSCORES
    ZRANGESTORE d lex [b [c BYLEX | ZRANGE d 0 -1
    ZRANGESTORE d z 0 1 REV | ZRANGE d 0 -1
    ZRANGESTORE z z 0 1 | ZRANGE z 0 -1
    ZRANGESTORE y nk 0 1 | EXISTS y
    ZRANGESTORE d z 0 1 WITHSCORES
    ZRANGESTORE d str 0 1
    ZRANGESTORE str z 0 1 | TYPE str
    ZCOUNT z 1 3
    ZCOUNT z (1 3
    ZCOUNT z -inf +inf
    ZCOUNT z 3 1
    ZCOUNT z x 1
    ZCOUNT nk 1 3
    ZCOUNT nk x 3
    ZCOUNT str 1 3
    ZLEXCOUNT lex - +
    ZLEXCOUNT lex [b (d
    ZLEXCOUNT lex b d
    ZLEXCOUNT nk - +
    ZREMRANGEBYRANK z 1 2 | ZRANGE z 0 -1
    ZREMRANGEBYRANK z 0 -1 | EXISTS z
    ZREMRANGEBYRANK z x 1
    ZREMRANGEBYRANK nk 0 1
    ZREMRANGEBYSCORE z (1 3 | ZRANGE z 0 -1
    ZREMRANGEBYSCORE z -inf inf | EXISTS z
    ZREMRANGEBYSCORE z x 1
    ZREMRANGEBYLEX lex [b (d | ZRANGE lex 0 -1
    ZREMRANGEBYLEX lex - + | EXISTS lex
    ZREMRANGEBYLEX lex x +
    ZREMRANGEBYLEX str - +
    ZSCAN z 0
    ZSCAN z 0 MATCH [a-c]
    ZSCAN nk 0
    ZSCAN z x
    ZSCAN str 0
    ZRANDMEMBER nk
    ZRANDMEMBER nk 1
    ZRANDMEMBER z 0
    ZRANDMEMBER z x
    ZRANDMEMBER z 1 NOSUCH
    ZRANDMEMBER z -9223372036854775808
    ZRANDMEMBER z -9223372036854775807 WITHSCORES
    ZRANDMEMBER str
    ZADD d 1.5 m | ZRANDMEMBER d | ZRANDMEMBER d -2 | ZRANDMEMBER d 2 WITHSCORES | DEL d
    """,
)

POPPING = after(
    SETUP,
    "sorted_sets",
    """
    ZPOPMIN z
    ZPOPMAX z
    ZPOPMIN z 2
    ZPOPMAX z 3
    ZPOPMAX z 100 | EXISTS z
    ZPOPMIN z 0
    ZPOPMIN nk
    ZPOPMIN nk 2
    ZPOPMIN z -1
    ZPOPMIN z x
    ZPOPMIN z 1 2
    ZPOPMIN str
    ZMPOP 1 z MIN
    ZMPOP 1 z MAX COUNT 2
    ZMPOP 3 nk y z MAX COUNT 100 | EXISTS y
    ZMPOP 1 nk MIN
    ZMPOP 2 str z MIN
    ZMPOP 0 z MIN
    ZMPOP x z MIN
    ZMPOP 2 z MIN
    ZMPOP 1 z FIRST
    ZMPOP 1 z MIN COUNT 0
    ZMPOP 1 z MIN COUNT 1 COUNT 2
    BZPOPMIN z 0
    BZPOPMAX nk y 0
    BZPOPMIN str z 0
    BZPOPMIN z x
    BZPOPMIN z -1
    BZMPOP 0 1 z MIN
    BZMPOP 0 2 nk y MAX COUNT 2
    BZMPOP x 1 z MIN
    BZMPOP 0 0 z MIN
    MULTI | BZPOPMIN nk 0 | BZMPOP 0 1 nk MIN | BZPOPMAX y 0 | EXEC
    """,
)

TIMED_OUT = timed_out(
    SETUP,
    "sorted_sets",
    """
    BZPOPMIN nk 0.01
    BZPOPMAX nk d 0.01
    BZMPOP 0.01 1 nk MIN
    """,
)

ALGEBRA = after(
    SETUP,
    "sorted_sets",
    """
    ZUNION 2 z y
    ZUNION 2 z y WITHSCORES
    ZUNION 2 z y WEIGHTS 2 0.5 WITHSCORES
    ZUNION 2 z y WEIGHTS 0 1 WITHSCORES
    ZUNION 2 z y AGGREGATE MIN WITHSCORES
    ZUNION 2 z y AGGREGATE MAX WITHSCORES
    ZUNION 2 z y AGGREGATE SUM WITHSCORES
    ZUNION 3 z s nk WITHSCORES
    ZUNION 2 z z WEIGHTS 1 -1 WITHSCORES
    ZUNION 2 z str
    ZUNION 0 z
    ZUNION -1 z
    ZUNION x z
    ZUNION 3 z y
    ZUNION 2 z y WEIGHTS 1
    ZUNION 2 z y WEIGHTS 1 x
    ZUNION 2 z y AGGREGATE AVG
    ZUNION 2 z y NOSUCH
    ZINTER 2 z y WITHSCORES
    ZINTER 2 z y WEIGHTS 2 3 AGGREGATE MAX WITHSCORES
    ZINTER 2 z s WITHSCORES
    ZINTER 2 z nk
    ZINTER 1 z
    ZINTER 0 z
    ZDIFF 2 z y WITHSCORES
    ZDIFF 2 z s
    ZDIFF 2 nk z
    ZDIFF 2 z nk WITHSCORES
    ZDIFF 2 z y WEIGHTS 1 2
    ZDIFF 0 z
    ZDIFF 2 z str
    ZUNIONSTORE d 2 z y | ZRANGE d 0 -1 WITHSCORES
    ZUNIONSTORE z 2 z y WEIGHTS 1 2 | ZRANGE z 0 -1 WITHSCORES
    ZUNIONSTORE y 1 nk | EXISTS y
    ZUNIONSTORE d 2 z y WITHSCORES
    ZUNIONSTORE d 0 z
    ZUNIONSTORE str 1 z | TYPE str
    ZINTERSTORE d 2 z y AGGREGATE MIN | ZRANGE d 0 -1 WITHSCORES
    ZINTERSTORE d 2 z nk
    ZINTERSTORE d 2 z str
    ZDIFFSTORE d 2 z y | ZRANGE d 0 -1 WITHSCORES
    ZDIFFSTORE z 2 z z | EXISTS z
    ZINTERCARD 2 z y
    ZINTERCARD 2 z y LIMIT 1
    ZINTERCARD 2 z y LIMIT 0
    ZINTERCARD 2 z nk
    ZINTERCARD 0 z
    ZINTERCARD x z
    ZINTERCARD 3 z y
    ZINTERCARD 2 z y LIMIT -1
    ZINTERCARD 2 z y LIMIT x
    ZINTERCARD 2 z y LIMIT
    ZINTERCARD 2 z y NOSUCH 1
    ZINTERCARD 2 z str
    """,
)

MANY = " ".join(f"{number * 7919 % 1000} m{number}" for number in range(300))
LARGE = [
    case(
        "sorted_sets/large",
        f"A DEL z d\nA ZADD z {MANY}\nA ZCARD z\nA OBJECT ENCODING z\nA ZRANGE z 0 -1 WITHSCORES\n"
        "A ZRANK z m77\nA ZREVRANK z m77\nA ZRANGE z (100 200 BYSCORE\nA ZADD z 150.5 m1 -3 m2\n"
        "A ZRANGE z 100 200 BYSCORE REV LIMIT 2 5 WITHSCORES\nA ZREMRANGEBYSCORE z 200 400\n"
        "A ZCOUNT z 100 500\nA ZPOPMIN z 5\nA ZPOPMAX z 5\nA ZREMRANGEBYRANK z 10 100\n"
        "A ZRANGE z 0 -1\nA ZRANGESTORE d z 0 20\nA ZUNION 2 d z WITHSCORES\nA ZDIFF 2 z d",
    ),
    case(
        "sorted_sets/fractions",
        "A DEL z\nA ZADD z 0.1 a 3.3333333333333335 b 1e20 c 1.5e-9 d 123456789.125 e 1e-5 f\n"
        "A ZRANGE z 0 -1 WITHSCORES\nA ZINCRBY z 0.2 a\nA ZSCAN z 0\nA ZSCORE z c",
        since_7_2=True,
    ),
]

WAITING = [
    case(
        "sorted_sets/waiting/served",
        "A DEL z y\nA BZPOPMIN z y 0\nB ZADD y 2 b 1 a\nB ZRANGE y 0 -1",
    ),
    case(
        "sorted_sets/waiting/first come, first served",
        "A DEL z\nA BZPOPMAX z 0\nB BZPOPMIN z 0\nC ZADD z 1 a 2 b 3 c\nC ZRANGE z 0 -1",
    ),
    case(
        "sorted_sets/waiting/several members",
        "A DEL z\nA BZMPOP 0 1 z MAX COUNT 2\nB ZADD z 1 a 2 b 3 c\nB ZRANGE z 0 -1",
    ),
    case(
        "sorted_sets/waiting/a list goes by",
        "A DEL z\nA BZPOPMIN z 0\nB RPUSH z x\nB DEL z\nB ZADD z 1 a\nB EXISTS z",
    ),
]

CASES = both(
    [*ADDING, *RANK_WITH_SCORE, *RANGES, *POPPING, *TIMED_OUT, *ALGEBRA, *LARGE, *WAITING]
)
