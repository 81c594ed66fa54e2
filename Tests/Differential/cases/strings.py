# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Strings beyond SET, GET and INCR: parts of them, several at once, bits."""

from __future__ import annotations

from script import both, case

FLUSH = ((b"FLUSHALL",),)
SETUP = "SET s hello | SET n 10 | SET f 1.5 | SET e x EX 1000"


def each(topic: str, lines: str) -> list:
    found = []
    for line in (line.strip() for line in lines.splitlines()):
        if line:
            steps = f"A {SETUP}\nA {line}"
            found.append(case(f"strings/{topic}/{line}", steps, cleanup=FLUSH))
    return found


CASES = both([
    *each(
        "setting",
        """
        SETNX k v | SETNX k w | GET k
        SETNX k
        SETEX k 100 v | TTL k | GET k
        SETEX k 0 v
        SETEX k -1 v
        SETEX k x v
        SETEX k 9223372036854775807 v
        SETEX k 100
        PSETEX k 100000 v | TTL k
        PSETEX k 0 v
        PSETEX k 9223372036854775807 v
        GETSET s new | GET s | GETSET k v | GET k
        GETSET e y | TTL e
        GETDEL s | GETDEL s | EXISTS s
        GETEX s | TTL s
        GETEX s EX 100 | TTL s
        GETEX s PX 100000 | TTL s
        GETEX s EXAT 4000000000 | EXPIRETIME s
        GETEX s PXAT 4000000000123 | PEXPIRETIME s
        GETEX e PERSIST | TTL e
        GETEX s PERSIST | TTL s
        GETEX s EXAT 1 | EXISTS s
        GETEX k EX 100 | EXISTS k
        GETEX s EX 0
        GETEX s EX x
        GETEX s EX
        GETEX s EX 10 PERSIST
        GETEX s PERSIST EX 10
        GETEX s NX
        GETEX s KEEPTTL
        GETEX s EX 10 PX 10
        GETEX
        MGET s n k s
        MGET
        MSET a 1 b 2 a 3 | MGET a b
        MSET e 1 | TTL e
        MSET a
        MSET a 1 b
        MSETNX a 1 b 2 | MGET a b
        MSETNX a 1 s 2 | MGET a s
        MSETNX a 1 a 2 | GET a
        MSETNX a 1 b
        MSETNX
        """,
    ),
    *each(
        "floats",
        """
        INCRBYFLOAT f 0.1 | GET f | OBJECT ENCODING f
        INCRBYFLOAT n 1 | INCRBYFLOAT n -0.5 | GET n
        INCRBYFLOAT k 3.0e3 | GET k
        INCRBYFLOAT k 5.0e-3
        INCRBYFLOAT f -1.5
        INCRBYFLOAT n 0
        INCRBYFLOAT s 1
        INCRBYFLOAT n x
        INCRBYFLOAT n " 1"
        INCRBYFLOAT n "1 "
        INCRBYFLOAT n ""
        INCRBYFLOAT n nan
        INCRBYFLOAT n inf
        INCRBYFLOAT n -inf
        INCRBYFLOAT n 1e400
        INCRBYFLOAT n 1e300
        INCRBYFLOAT n 0x10
        INCRBYFLOAT k 0.12345678901234567890
        INCRBYFLOAT k 1234567890123456789
        SET k 3.0 | INCRBYFLOAT k 1.000000000000000005
        INCRBYFLOAT e 1
        SET e 1 KEEPTTL | INCRBYFLOAT e 1 | TTL e
        INCRBYFLOAT n 1 | INCR n
        INCRBYFLOAT f 0.1 | INCR f
        INCRBYFLOAT n
        """,
    ),
    *each(
        "parts",
        """
        APPEND s ! | GET s | OBJECT ENCODING s
        APPEND k v | APPEND k w | GET k
        APPEND k 12 | OBJECT ENCODING k | APPEND k 3 | OBJECT ENCODING k | INCR k
        APPEND n 5 | GET n | INCR n
        APPEND k "" | EXISTS k | GET k
        APPEND e y | TTL e
        APPEND k
        STRLEN s | STRLEN n | STRLEN k
        STRLEN
        GETRANGE s 0 -1
        GETRANGE s 1 3
        GETRANGE s -3 -2
        GETRANGE s 3 1
        GETRANGE s -1 -3
        GETRANGE s 10 20
        GETRANGE s 0 100
        GETRANGE s -100 2
        GETRANGE s -100 -50
        GETRANGE s 9223372036854775807 9223372036854775807
        GETRANGE s -9223372036854775808 9223372036854775807
        GETRANGE n 0 0
        GETRANGE k 0 -1
        GETRANGE s x 1
        GETRANGE s 0 x
        GETRANGE s 0
        SUBSTR s 1 2
        SETRANGE s 1 EY | GET s
        SETRANGE s 7 x | GET s
        SETRANGE k 3 x | GET k | OBJECT ENCODING k
        SETRANGE k 3 "" | EXISTS k
        SETRANGE s 3 "" | GET s
        SETRANGE s -1 x
        SETRANGE s x x
        SETRANGE s 536870912 x
        SETRANGE s 9223372036854775807 x
        SETRANGE n 1 5 | GET n | OBJECT ENCODING n
        SETRANGE e 0 y | TTL e
        SETRANGE s 0
        """,
    ),
    *each(
        "bits",
        """
        SETBIT k 7 1 | GET k | GETBIT k 7 | GETBIT k 0 | GETBIT k 100
        SETBIT k 7 1 | SETBIT k 7 0 | SETBIT k 7 0 | GET k
        SETBIT k 0 0 | STRLEN k | EXISTS k
        SETBIT s 1 0 | GET s
        SETBIT n 100 1 | STRLEN n
        SETBIT s -1 1
        SETBIT s x 1
        SETBIT s 4294967296 1
        SETBIT s 9223372036854775808 1
        SETBIT s 0 2
        SETBIT s 0 x
        SETBIT s 0
        GETBIT s -1
        GETBIT s x
        GETBIT k 0
        BITCOUNT s | BITCOUNT n | BITCOUNT k
        BITCOUNT s 0 0 | BITCOUNT s 1 1 | BITCOUNT s 1 -2 | BITCOUNT s -2 -1 | BITCOUNT s 3 1
        BITCOUNT s 0 -1 BIT | BITCOUNT s 5 30 BIT | BITCOUNT s 5 6 bit | BITCOUNT s 1 2 BYTE
        BITCOUNT s 0
        BITCOUNT s 0 x
        BITCOUNT s 0 1 NOSUCH
        BITCOUNT s 0 1 BIT x
        BITCOUNT k 0 1
        BITCOUNT s 100 200
        BITCOUNT s -1000 -900
        BITPOS s 1 | BITPOS s 0 | BITPOS k 1 | BITPOS k 0
        BITPOS s 1 1 | BITPOS s 0 1 | BITPOS s 1 -1 | BITPOS s 1 100 | BITPOS s 0 100
        BITPOS s 1 1 2 | BITPOS s 1 8 12 BIT | BITPOS s 0 8 12 BIT | BITPOS s 1 3 2
        SET k "\\xff\\xff" | BITPOS k 0 | BITPOS k 0 0 | BITPOS k 0 0 -1 | BITPOS k 0 0 15 BIT
        SET k "\\x00\\x00" | BITPOS k 1 | BITPOS k 1 0 -1 | BITPOS k 0
        SET k "" | BITPOS k 0 | BITPOS k 1 | BITCOUNT k
        BITPOS s 1 -1 -3 | BITPOS s 0 -1 -100 | BITCOUNT s -1 -100 | BITPOS s 0 -1 -100 BIT
        BITPOS s 2
        BITPOS s x
        BITPOS s 1 x
        BITPOS s 1 0 1 NOSUCH
        BITPOS s 1 0 1 BIT x
        BITPOS s
        SET t abc | BITOP AND d s t | GET d | BITOP OR d s t | GET d | BITOP XOR d s t | GET d
        BITOP NOT d s | GET d | BITOP NOT d k | EXISTS d
        BITOP AND d s k | GET d | STRLEN d
        BITOP AND d k k | EXISTS d
        BITOP OR e s | TTL e
        BITOP and d n n | GET d
        BITOP NOT d s n
        BITOP NOSUCH d s
        BITOP AND d
        """,
    ),
    *each(
        "fields",
        """
        BITFIELD k
        BITFIELD k GET u8 0 GET i8 0 GET u63 100
        BITFIELD s GET u8 0 GET i8 #1 GET u4 4 GET i4 3 GET i64 0 GET u63 1 GET u8 36 GET u8 40
        BITFIELD n GET u8 0 GET u16 #0
        BITFIELD k SET u8 0 255 GET i8 0 GET u8 0 | GET k | OBJECT ENCODING k
        BITFIELD k SET i64 3 -9223372036854775808 GET i64 3 SET u63 #1 9223372036854775807 | GET k
        BITFIELD k SET u8 5 300 SET i8 #2 -129 SET u4 #7 -1 GET u8 5 GET i8 #2 GET u4 #7
        BITFIELD k INCRBY u8 0 250 INCRBY u8 0 10 INCRBY u8 0 -10 INCRBY i5 100 15 INCRBY i5 100 1
        BITFIELD k OVERFLOW SAT INCRBY u8 0 300 INCRBY u8 0 -999 INCRBY i8 #1 300 INCRBY i8 #1 -999
        BITFIELD k OVERFLOW FAIL INCRBY u8 0 300 SET i8 #1 200 INCRBY u8 0 1 OVERFLOW WRAP SET u8 0 256
        BITFIELD k OVERFLOW FAIL SET u8 0 256 | EXISTS k | STRLEN k
        BITFIELD k OVERFLOW SAT SET u8 0 -1 GET u8 0 SET i8 0 -200 GET i8 0 SET i8 0 200 GET i8 0
        BITFIELD k OVERFLOW SAT SET i8 0 -9223372036854775808 GET i8 0
        BITFIELD k OVERFLOW WRAP SET i8 0 -9223372036854775808 GET i8 0
        BITFIELD k SET i64 0 9223372036854775807 INCRBY i64 0 1 INCRBY i64 0 -1 INCRBY i64 0 -5
        BITFIELD k OVERFLOW SAT SET i64 0 9223372036854775807 INCRBY i64 0 1 INCRBY i64 0 -1
        BITFIELD k OVERFLOW SAT SET i64 0 -9223372036854775807 INCRBY i64 0 -5 INCRBY i64 0 1
        BITFIELD k OVERFLOW FAIL SET u63 0 9223372036854775807 INCRBY u63 0 1 INCRBY u63 0 -1
        BITFIELD k INCRBY u63 0 -1 INCRBY u63 0 -9223372036854775808 INCRBY u63 0 1
        BITFIELD k SET u1 7 1 SET u1 100 0 GET u8 0 | STRLEN k
        BITFIELD e SET u8 0 1 | TTL e
        BITFIELD s SET u8 0 65 | OBJECT ENCODING s | GET s
        BITFIELD n INCRBY u8 0 1 | GET n
        BITFIELD k GET u64 0
        BITFIELD k GET i65 0
        BITFIELD k GET u0 0
        BITFIELD k GET x8 0
        BITFIELD k GET i 0
        BITFIELD k GET U8 0
        BITFIELD k GET "u8\\x00z" 0
        BITFIELD k GET u08 0
        BITFIELD k GET u8 -1
        BITFIELD k GET u8 x
        BITFIELD k GET u8 #
        BITFIELD k GET u8 #-1
        BITFIELD k GET u8 4294967295
        BITFIELD k GET u8 4294967296
        BITFIELD k GET u8 #536870911
        BITFIELD k GET u8 #536870912
        BITFIELD k GET u8 #9223372036854775807
        BITFIELD k GET i64 #4611686018427387904
        BITFIELD k SET u8 0
        BITFIELD k SET u8 0 x
        BITFIELD k SET u8 0 1.5
        BITFIELD k INCRBY u8 0
        BITFIELD k GET u8
        BITFIELD k OVERFLOW
        BITFIELD k OVERFLOW NOSUCH
        BITFIELD k NOSUCH u8 0
        BITFIELD k get u8 0 overflow sat incrby u8 0 1000
        BITFIELD k SET u8 0 1 GET u8 x | EXISTS k
        BITFIELD
        BITFIELD_RO k
        BITFIELD_RO s GET u8 0 GET i4 #2
        BITFIELD_RO s OVERFLOW SAT GET u8 0
        BITFIELD_RO s SET u8 0 1
        BITFIELD_RO s GET u8 0 INCRBY u8 0 1
        BITFIELD_RO
        LPUSH l a | BITFIELD l GET u8 0 | BITFIELD l SET u8 0 1 | BITFIELD_RO l GET u8 0
        """,
    ),
    *each(
        "common",
        """
        SET t ohmytext | SET u mynewtext | LCS t u
        SET t ohmytext | SET u mynewtext | LCS t u LEN
        SET t ohmytext | SET u mynewtext | LCS t u IDX
        SET t ohmytext | SET u mynewtext | LCS t u IDX MINMATCHLEN 4
        SET t ohmytext | SET u mynewtext | LCS t u IDX MINMATCHLEN 4 WITHMATCHLEN
        SET t ohmytext | SET u mynewtext | LCS t u idx withmatchlen minmatchlen -5
        SET t ohmytext | SET u mynewtext | LCS t u WITHMATCHLEN MINMATCHLEN 4
        SET t ohmytext | SET u mynewtext | LCS t u LEN WITHMATCHLEN MINMATCHLEN 4
        SET t ohmytext | SET u mynewtext | LCS u t IDX WITHMATCHLEN
        SET t abcabcabc | SET u bcabca | LCS t u IDX WITHMATCHLEN | LCS t u
        SET t aaaa | SET u aa | LCS t u IDX WITHMATCHLEN | LCS u t IDX | LCS t t IDX
        SET t axbyc | SET u abc | LCS t u IDX WITHMATCHLEN | LCS u t IDX
        SET t "\\x00\\r\\n" | SET u "\\r\\x00" | LCS t u | LCS t u IDX
        LCS s n | LCS n n | LCS n n IDX
        LCS k s | LCS s k IDX | LCS k k LEN
        SET t "" | LCS t s | LCS t s IDX
        LCS s n LEN IDX
        LCS s n NOSUCH
        LCS s n MINMATCHLEN
        LCS s n IDX MINMATCHLEN x
        LCS s
        LCS s n IDX LEN NOSUCH
        LPUSH l a | LCS l s
        LPUSH l a | LCS s l NOSUCH
        """,
    ),
])
