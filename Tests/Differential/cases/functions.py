# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Libraries of functions: what is accepted, what functions see, and how they are called.

A library of several functions is listed in any order, so those that are listed have one each."""

from __future__ import annotations

from script import Case, both, case


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _loads(topic: str, codes: str) -> list[Case]:
    """A case for each line, which is the code of a library behind its first line."""
    lines = [line.strip() for line in codes.splitlines() if line.strip()]
    header = "#!lua name=l\n"
    return [
        case(
            f"functions/{topic}/{line}",
            f"A FUNCTION FLUSH\nA FUNCTION LOAD {_quoted(header + line)}\n"
            "A FUNCTION LIST WITHCODE\nA FUNCTION FLUSH",
        )
        for line in lines
    ]


def _calls(topic: str, bodies: str) -> list[Case]:
    """A case for each line, which is the body of a function."""
    lines = [line.strip() for line in bodies.splitlines() if line.strip()]
    register = "#!lua name=l\nredis.register_function('f', function(keys, arguments) {} end)"
    return [
        case(
            f"functions/{topic}/{line}",
            "A FUNCTION FLUSH\nA DEL k\n"
            f"A FUNCTION LOAD {_quoted(register.format(line))}\n"
            "A FCALL f 0\nA FCALL F 1 k a b\nA FCALL_RO f 0\nA GET k\n"
            "A SELECT 0\nA FUNCTION FLUSH\nA DEL k",
        )
        for line in lines
    ]


HEADERS = [
    case(f"functions/header/{header}", f"A FUNCTION FLUSH\nA FUNCTION LOAD {header}")
    for header in r"""
        x
        ""
        "#!lua"
        "#!lua\n"
        "#! \n"
        "#!lua name=a b\n"
        "#!lua name=a name=b\n"
        "#!lua name=\n"
        "#!lua name=a-b\n"
        "#!lua Name=a_1\n"
        "#!js name=a\n"
        "#!LUA name=a\nreturn"
        "#!lua name=\"a\n"
        "#!lua name=\"a\"\nreturn"
        "#!lua 'name=a'x\n"
        "#!lua\tname=a\nreturn"
    """.split("\n        ")[1:]
]

REGISTERING = r"""
    return
    retur
    redis.register_function()
    redis.register_function('f')
    redis.register_function('f', 'g')
    redis.register_function({}, function() end)
    redis.register_function('f', function() end, 3)
    redis.register_function('f g', function() end)
    redis.register_function({})
    redis.register_function({1})
    redis.register_function({function_name='f'})
    redis.register_function({callback=function() end})
    redis.register_function({function_name='f', callback=3})
    redis.register_function({function_name={}, callback=function() end})
    redis.register_function({function_name=3, callback=function() end})
    redis.register_function({function_name='f', callback=function() end, other=1})
    redis.register_function({function_name='f', callback=function() end, flags=1})
    redis.register_function({function_name='f', callback=function() end, flags={'nosuch'}})
    redis.register_function({function_name='f', callback=function() end, flags={1}})
    redis.register_function({function_name='f', callback=function() end, flags={}})
    redis.register_function({function_name='f', callback=function() end, description=1})
    redis.register_function{function_name='f', callback=function() end, description='a b'}
    redis.register_function{function_name='f', callback=function() end, flags={'no-writes', 'allow-oom', 'allow-stale', 'no-cluster', 'allow-cross-slot-keys'}}
    redis.register_function{function_name='f', callback=function() end, flags={'no-writes', 'no-writes'}}
    redis.register_function('f', function() end) redis.register_function('f', function() end)
    redis.register_function('f', function() end) x()
    redis.call('get', 'a')
    redis.pcall('get', 'a')
    redis.setresp(3)
    redis.sha1hex('')
    local x = redis.REPL_ALL
    x()
    x = 1
    redis.x = 1
    error('x')
    local a = string
    local a = pairs
    local a = _G
    local a = KEYS
    return nil + 1
    local t = nil t.x = 1
    local f = function() return redis.call('x') end f()
    while true do end
    local v = redis.REDIS_VERSION_NUM redis.register_function('f', function() return v > 0 end)
"""

BODIES = r"""
    return {keys, arguments, #keys, #arguments}
    return redis.call('get', 'k')
    return redis.call('set', 'k', 'v')
    return redis.pcall('set', 'k', 'v')
    return redis.call('incr')
    return redis.pcall('incr')
    return redis.call('nosuch')
    return redis.error_reply('MY x')
    return redis.status_reply('x')
    return nosuch
    nosuch = 3
    return KEYS
    redis.register_function('g', function() end)
    return redis.register_function
    return {redis.breakpoint, redis.debug, redis.replicate_commands}
    return error('oops')
    error({err='MY thing'})
    local x = {} x.y.z = 1
    keys[1] = 'changed' return keys
    return {redis.sha1hex('x'), cjson.encode({1}), bit.bor(1, 2), cmsgpack.unpack(cmsgpack.pack(7))}
    redis.setresp(3) return {double=1.5}
    return {double=1.5}
    return redis.call('select', 3)
    local t = {} for k in pairs(redis) do t[#t + 1] = k end table.sort(t) return t
    string.x = 1
    return redis.call('fcall', 'f', 0)
    return redis.call('function', 'list')
    return redis.call('blpop', 'q', 0)
"""

COMMANDS = [
    case("functions/FCALL", """
        A FUNCTION FLUSH
        A FUNCTION LOAD "#!lua name=l\\nredis.register_function('f', function(k, a) return {k, a} end)"
        A FCALL f
        A FCALL f 0
        A FCALL f x
        A FCALL f -1
        A FCALL f 1
        A FCALL f 1 a b c
        A FCALL nosuch 1 a
        A FCALL nosuch x
        A FCALL_RO f 0
        A FCALL_RO nosuch 0
        A FUNCTION FLUSH
        A FCALL f 0
    """),
    case("functions/flags", """
        A FUNCTION FLUSH
        A FUNCTION LOAD "#!lua name=l\\nredis.register_function{function_name='f', callback=function() return redis.call('set', 'k', 1) end, flags={'no-writes'}}"
        A FCALL f 0
        A FCALL_RO f 0
        A FUNCTION LOAD REPLACE "#!lua name=l\\nredis.register_function{function_name='f', callback=function() return redis.call('get', 'k') end, flags={'no-writes'}}"
        A FCALL_RO f 0
        A FUNCTION FLUSH
    """),
    case("functions/libraries", """
        A FUNCTION FLUSH
        A FUNCTION LOAD "#!lua name=a\\nredis.register_function('f', function() return 1 end)"
        A FUNCTION LOAD "#!lua name=a\\nredis.register_function('f', function() return 2 end)"
        A FUNCTION LOAD "#!lua name=b\\nredis.register_function('f', function() return 3 end)"
        A FUNCTION LOAD "#!lua name=b\\nredis.register_function('F', function() return 3 end)"
        A FCALL f 0
        A FUNCTION LOAD REPLACE "#!lua name=a\\nredis.register_function('f', function() return 4 end)"
        A FCALL f 0
        A FUNCTION LOAD REPLACE "#!lua name=a\\nx()"
        A FCALL f 0
        A FUNCTION LOAD REPLACE "#!lua name=a\\nredis.register_function('g', function() return 5 end)"
        A FCALL f 0
        A FCALL g 0
        A FUNCTION LOAD "#!lua name=b\\nredis.register_function('f', function() return 6 end)"
        A FUNCTION LOAD REPLACE "#!lua name=a\\nredis.register_function('f', function() return 7 end)"
        A FCALL f 0
        A FCALL g 0
        A FUNCTION STATS
        A FUNCTION LIST LIBRARYNAME a
        A FUNCTION LIST LIBRARYNAME [b] WITHCODE
        A FUNCTION LIST libraryname A*
        A FUNCTION LIST LIBRARYNAME nosuch
        A FUNCTION LIST LIBRARYNAME
        A FUNCTION LIST NOSUCH
        A FUNCTION LIST WITHCODE WITHCODE
        A FUNCTION LIST LIBRARYNAME a LIBRARYNAME b
        A FUNCTION DELETE A
        A FUNCTION DELETE a
        A FUNCTION DELETE a
        A FCALL g 0
        A FUNCTION STATS
        A FUNCTION FLUSH
        A FUNCTION LIST
    """),
    case("functions/FUNCTION", """
        A FUNCTION
        A FUNCTION NOSUCH
        A FUNCTION LOAD
        A FUNCTION LOAD NOSUCH x
        A FUNCTION LOAD REPLACE NOSUCH x
        A FUNCTION DELETE
        A FUNCTION DELETE a b
        A FUNCTION FLUSH NOSUCH
        A FUNCTION FLUSH SYNC ASYNC
        A FUNCTION FLUSH sync
        A FUNCTION FLUSH ASYNC
        A FUNCTION KILL
        A FUNCTION KILL x
        A FUNCTION STATS
        A FUNCTION STATS x
    """),
    case("functions/transaction", """
        A FUNCTION FLUSH
        A MULTI
        A FUNCTION LOAD "#!lua name=a\\nlocal n = 0 redis.register_function('f', function() n = n + 1 return n end)"
        A FCALL f 0
        A FCALL f 0
        A FUNCTION STATS
        A FUNCTION LOAD x
        A FUNCTION KILL
        A FUNCTION DELETE a
        A FCALL f 0
        A EXEC
    """),
    case("functions/databases", """
        A FUNCTION FLUSH
        A SELECT 4
        A FUNCTION LOAD "#!lua name=a\\nredis.register_function('f', function() return redis.call('set', 'k', 1) end)"
        A FCALL f 0
        A SELECT 0
        A EXISTS k
        A FLUSHALL
        A FCALL f 0
        A DEL k
        A FUNCTION FLUSH
    """),
    case("functions/read-only client commands", """
        A FUNCTION FLUSH
        A FUNCTION LOAD "#!lua name=a\\nredis.register_function('f', function() return 1 end)"
        A EVAL "return redis.call('fcall', 'f', 0)" 0
        A EVAL "return redis.register_function" 0
        A FUNCTION FLUSH
    """),
]

CASES = both(
    [*HEADERS, *_loads("load", REGISTERING), *_calls("call", BODIES), *COMMANDS]
)
