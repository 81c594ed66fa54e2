# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""SORT and SORT_RO."""

from __future__ import annotations

from script import both

from .lists import after

SETUP = (
    "A DEL l s z words d nk w_1 w_2 w_3 h_1 h_2\nA RPUSH l 3 1 2 10 1\nA SADD s 5 4 7\n"
    "A ZADD z 3 1 2 2 1 3\nA RPUSH words b a C ab 10\nA SET w_1 30\nA SET w_2 20\nA SET w_3 10\n"
    "A HSET h_1 f one n 5\nA HSET h_2 f two n 4\nA SET str text\n"
)

CASES = both(
    after(
        SETUP,
        "sort",
        """
        SORT l
        SORT l ASC
        SORT l DESC
        SORT l LIMIT 1 2
        SORT l LIMIT 0 0
        SORT l LIMIT -1 2
        SORT l LIMIT 10 2
        SORT l LIMIT 1 -1
        SORT l LIMIT x 1
        SORT l LIMIT 1
        SORT l ALPHA
        SORT l ALPHA DESC
        SORT words
        SORT words ALPHA
        SORT words ALPHA DESC LIMIT 1 3
        SORT s
        SORT s DESC
        SORT z
        SORT z DESC
        SORT z BY nosort
        SORT z BY nosort DESC
        SORT z BY nosort LIMIT 1 1
        SORT l BY nosort
        SORT l BY nosort GET #
        SORT l BY w_*
        SORT l BY w_* DESC
        SORT l BY w_* ALPHA
        SORT l BY h_*->n
        SORT l BY h_*->n GET h_*->f GET #
        SORT l BY h_*-> GET h_*->
        SORT l GET w_* GET nosuch GET #
        SORT l GET h_*->nosuch
        SORT l GET h_*
        SORT l BY words
        SORT l STORE d | LRANGE d 0 -1
        SORT l GET w_* STORE d | LRANGE d 0 -1
        SORT l LIMIT 10 1 STORE words | EXISTS words
        SORT s BY nosort STORE d | LRANGE d 0 -1
        SORT nk
        SORT nk STORE words | EXISTS words
        SORT l STORE str | TYPE str
        SORT str
        SORT str NOSUCH
        SORT l NOSUCH
        SORT l BY
        SORT l GET
        SORT l STORE
        SORT_RO l
        SORT_RO l DESC LIMIT 0 2
        SORT_RO l STORE d
        SORT_RO str
        """,
    )
)
