# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Hashes: what each command replies."""

from __future__ import annotations

from normalisers import multiset
from script import both, case

from .lists import after

SETUP = (
    "A DEL h nk\n"
    'A HSET h a 1 b text c 9223372036854775807 d 3.5 e "" f " 1" g 5e3\n'
    "A SET s text\n"
)

SINGLE = after(
    SETUP,
    "hashes",
    """
    HSET h a 2
    HSET h x 1 y 2 a 3 x 4 | HGETALL h
    HSET h x
    HSET h x 1 y
    HSET s x 1
    HSET nk x 1 | HGETALL nk
    HMSET h x 1 y 2 | HGETALL h
    HMSET h x
    HMSET h x 1 y
    HMSET s x 1
    HSETNX h a 5 | HGET h a
    HSETNX h x 5 | HGET h x
    HSETNX nk x 5 | HGETALL nk
    HSETNX s x 5
    HGET h a
    HGET h e
    HGET h x
    HGET nk a
    HGET s a
    HMGET h a x b a
    HMGET nk a x
    HMGET s a
    HDEL h a
    HDEL h a x b a
    HDEL h a b c d e f g | EXISTS h
    HDEL nk a
    HDEL s a
    HLEN h
    HLEN nk
    HLEN s
    HSTRLEN h b
    HSTRLEN h c
    HSTRLEN h x
    HSTRLEN nk x
    HSTRLEN s x
    HEXISTS h a
    HEXISTS h x
    HEXISTS nk x
    HEXISTS s x
    HKEYS h
    HKEYS nk
    HKEYS s
    HVALS h
    HVALS nk
    HVALS s
    HGETALL h
    HGETALL nk
    HGETALL s
    HINCRBY h a 5 | HGET h a
    HINCRBY h a -5
    HINCRBY h x 7 | HGET h x
    HINCRBY nk x 7 | HGETALL nk
    HINCRBY h b 1
    HINCRBY h c 1
    HINCRBY h c -1
    HINCRBY h d 1
    HINCRBY h e 1
    HINCRBY h f 1
    HINCRBY h a x
    HINCRBY h a 1.5
    HINCRBY h a 9223372036854775808
    HINCRBY s a 1
    HINCRBY s a x
    HINCRBYFLOAT h a 0.5 | HGET h a
    HINCRBYFLOAT h d 0.1
    HINCRBYFLOAT h d -3.5
    HINCRBYFLOAT h g 200 | HGET h g
    HINCRBYFLOAT h x 3.0e3
    HINCRBYFLOAT h x 1e-10
    HINCRBYFLOAT h x 1e-19
    HINCRBYFLOAT h x 0.1 | HINCRBYFLOAT h x 0.2
    HINCRBYFLOAT h x 123456789.123456789
    HINCRBYFLOAT h x 1e300
    HINCRBYFLOAT h x 1e4932 | HINCRBYFLOAT h x 1e4932
    HINCRBYFLOAT h x -0.0
    HINCRBYFLOAT h x 0x10
    HINCRBYFLOAT h b 1
    HINCRBYFLOAT h e 1
    HINCRBYFLOAT h f 1
    HINCRBYFLOAT h a x
    HINCRBYFLOAT h a ""
    HINCRBYFLOAT h a inf
    HINCRBYFLOAT h a -inf
    HINCRBYFLOAT h a nan
    HINCRBYFLOAT h a 1e5000
    HINCRBYFLOAT h a " 1"
    HINCRBYFLOAT nk x 1.50 | HGETALL nk
    HINCRBYFLOAT s x 1
    HSCAN h 0
    HSCAN h 0 MATCH [a-c]
    HSCAN h 0 MATCH nosuch*
    HSCAN h 0 COUNT 1
    HSCAN h 0 COUNT 0
    HSCAN h 0 COUNT -1
    HSCAN h 0 COUNT x
    HSCAN h 0 MATCH
    HSCAN h 0 NOSUCH
    HSCAN h 0 NOSUCH x
    HSCAN h 0 TYPE hash
    HSCAN h x
    HSCAN nk 0
    HSCAN nk x
    HSCAN nk 0 COUNT 0
    HSCAN s 0
    HSCAN h 99999999999999999999999
    HRANDFIELD nk
    HRANDFIELD nk 2
    HRANDFIELD nk -2 WITHVALUES
    HRANDFIELD h 0
    HRANDFIELD h x
    HRANDFIELD h 1 NOSUCH
    HRANDFIELD h 1 WITHVALUES x
    HRANDFIELD h -9223372036854775808
    HRANDFIELD h -9223372036854775807 WITHVALUES
    HRANDFIELD h 9223372036854775807 WITHVALUES
    HRANDFIELD s
    HRANDFIELD s 1
    HRANDFIELD s x
    TYPE h
    OBJECT ENCODING h
    HSET h x xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx | OBJECT ENCODING h
    HSET h x xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx | OBJECT ENCODING h
    """,
)

MANY = " ".join(f"field{number} {number}" for number in range(600))
LARGE = [
    case(
        "hashes/large",
        f"A DEL h\nA HSET h {MANY}\nA HLEN h\nA OBJECT ENCODING h\nA HGET h field77\n"
        "A HDEL h field77 field78\nA HGET h field77\nA HLEN h\nA HSET h field1 x\nA HGET h field1",
    ),
    case(
        "hashes/large/all",
        f"A DEL h\nA HSET h {MANY}\nA HKEYS h\nA HVALS h\nA HRANDFIELD h 600\nA HRANDFIELD h 1000",
        multiset,
    ),
    case("hashes/all at random", SETUP + "A HRANDFIELD h 7\nA HRANDFIELD h 10", multiset),
    case("hashes/all at random with values", SETUP + "A HRANDFIELD h 7 WITHVALUES", multiset),
    case(
        "hashes/one field drawn again and again",
        "A DEL h\nA HSET h a 1\nA HRANDFIELD h\nA HRANDFIELD h -3\nA HRANDFIELD h -2 WITHVALUES\n"
        "A HRANDFIELD h 1 WITHVALUES",
    ),
]

CASES = both([*SINGLE, *LARGE])
