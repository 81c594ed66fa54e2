# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors
"""Scripts: what they see, the libraries, the conversions and the commands around them."""

from __future__ import annotations

from script import Case, both, case


def _quoted(script: str) -> str:
    escaped = script.encode().decode("latin-1").encode("unicode_escape").decode()
    return '"' + escaped.replace('"', '\\"') + '"'


def _table(topic: str, scripts: str) -> list[Case]:
    """A case for each line, which is a script."""
    lines = [line.strip() for line in scripts.splitlines() if line.strip()]
    return [
        case(f"scripting/{topic}/{line}", f"A DEL k n cc\nA EVAL {_quoted(line)} 0\nA DEL k n cc")
        for line in lines
    ]


SANDBOX = r"""
    print(1)
    return #KEYS
    KEYS[1]=3 return KEYS
    local a = redis.pcall('get') local s='' for k,v in pairs(a) do s=s..k..'='..tostring(v)..';' end return s
    local a = redis.call('set','k','v') return a['ok']
    return redis.call('eval','return 1','0')
    return redis.call('multi')
    return redis.call('select','99')
    return redis.call('get', 1.5)
    return {redis.call('set','n',1e20),redis.call('get','n'),redis.call('set','n',0.1),redis.call('get','n'), redis.call('set','n',10000000000), redis.call('get','n')}
    return coroutine.yield()
    return load(string.dump(function() end))
    return '\27Lua'
    error()
    return #getmetatable(_G)
    local s='' for k,v in pairs(getmetatable(_G)) do s=s..k end return s
    return {redis.setresp(3), redis.call('hgetall','nokey')}
    redis.setresp(3) return redis.call('get','nokey')
    redis.setresp(3) return {true,false}
    return redis.error_reply('a b')
    return redis.error_reply()
    return {err='a', ok='b'}
    return {ok=1}
    return redis.sha1hex('')
    return cjson.decode('x')
    return (nil)()
    return function() end
    return redis.log(redis.LOG_DEBUG,'x')
    return redis.call('publish','c','x')
    return redis.call('debug','x')
    return redis.call('config','get','x')
    return redis.call('hello',3)
    return redis.call('client','list')
    return redis.call('client','id')
    return redis.call('acl','whoami')
    return redis.call('config')
    return redis.call('auth','n')
    return redis.call('quit')
    return redis.call('reset')
    return redis.call('save')
    return loadstring('\27Lua')
    return {loadstring('x x','@foo')}
    return {loadstring('x x')}
    return {load(function() return 'x x' end)}
    return {load(1)}
    _G.x=1
    local x = getmetatable('') local s='' for k,v in pairs(x) do s=s..k end return s
    return setmetatable(redis,{})
    return table.remove(redis)
    table.sort(redis)
    return next({})
    return {pcall(next,{},'x')}
    return tostring(cjson.null)
    return {1,cjson.null,3}
    return string.rep('x', -1)
    return ("x"):rep(3)
    return redis.call('incr','k')
    redis.call('incr','k')
    return redis.pcall('incr','k')
    local ok,e = pcall(redis.call,'incr','k') return e
    local ok,e = pcall(redis.call,'incr','k') return {type(e), e}
    error({err='My Err'})
    error({err='MyErr', ok='x'})
    error(nil)
    error(12)
    error('')
    return xpcall(function() error('x') end, function(e) return e end)
    return {xpcall(function() redis.call('incr','k') end, function(e) return type(e) end)}
    return redis.sha1hex(1)
    return redis.sha1hex({})
    return redis.debug(1)
    return 1e400
    return -1e400
    return 0/0
    return 2^53
    return 2^63
    return -2^63
    return 12345678901234
    return '\0\1'
    return {ok='a\r\nb'}
    return {double=0.1}
    return {double=1e100}
    return {double=1/0}
    return {map={}}
    return {set={a=true,b=true}}
    return {[1]=1,[3]=3}
    return {{{}}}
    x =
    return 'x
    for
    return 1,2
    return
    return cjson
    return redis.call
    return coroutine.create(function() end)
    local c = coroutine.wrap(function() return redis.call('incr','cc') end) return c()
    return {coroutine.resume(coroutine.create(function() return redis.call('nope') end))}
    return {coroutine.resume(coroutine.create(function() error('x') end))}
    return redis.call('set','a')
    return redis.call('\0')
    return redis.call('get','a','b')
    return redis.call('config get')
    return redis.call('object')
    return string.format('%d', 3.7)
    return string.format('%s', nil)
    return tostring(nil)..tostring(true)
    return redis.status_reply('a b')
    return redis.status_reply()
    return redis.status_reply(1)
    return redis.error_reply(1)
    return redis.error_reply('-x')
    return redis.error_reply('-')
    return redis.error_reply('')
    return redis.error_reply(' a')
    return 1
"""

JSON = r"""
    return cjson.encode({1,2,{a=1.5}})
    return cjson.encode({})
    return cjson.encode({[1]=1,[2]=2,[5]=5})
    return cjson.encode({[1]=1,[20]=2})
    return cjson.encode({[0]=1})
    return cjson.encode({[-1]=1})
    return cjson.encode({[1.5]=1})
    return cjson.encode({a=1,[1]=2})
    return cjson.encode({[true]=1})
    return cjson.encode('a"\\/\b\f\n\r\t\0\127\1\31é')
    return cjson.encode(1/0)
    return cjson.encode(0/0)
    return cjson.encode(nil)
    return cjson.encode(cjson.null)
    return cjson.encode(true)
    return cjson.encode(function() end)
    return cjson.encode({f=print})
    return cjson.encode({f=tostring})
    return cjson.encode()
    return cjson.encode(1,2)
    return cjson.encode(3.14159265358979)
    return cjson.encode(1e15)
    return cjson.encode(1e14)
    return cjson.encode(123456789012345678)
    return cjson.encode(-0.1)
    local t={} t.t=t return cjson.encode(t)
    local t={} for i=1,1001 do t={t} end return cjson.encode(t)
    local t={} for i=1,999 do t={t} end return #cjson.encode(t)
    local t={} for i=1,1000 do t={t} end return #cjson.encode(t)
    return cjson.decode('[1,2,3]')
    return cjson.decode('{"a":[1,null,true,false]}').a
    return tostring(cjson.decode('null'))
    return tostring(cjson.decode('1.5e3'))
    return tostring(cjson.decode('0x10'))
    return tostring(cjson.decode('nan'))
    return tostring(cjson.decode('inf'))
    return tostring(cjson.decode('-Infinity'))
    return tostring(cjson.decode('01'))
    return tostring(cjson.decode('-'))
    return tostring(cjson.decode('1.'))
    return tostring(cjson.decode('.5'))
    return tostring(cjson.decode('+5'))
    return tostring(cjson.decode('-.5'))
    return cjson.decode('"a\\u00e9\\ud83d\\ude00\\n\\/"')
    return cjson.decode('"\\ud83d"')
    return cjson.decode('"\\u00"')
    return cjson.decode('"\\x"')
    return cjson.decode('"a\nb"')
    return cjson.decode('"abc')
    return cjson.decode('[1,2')
    return cjson.decode('[1,]')
    return cjson.decode('[1 2]')
    return cjson.decode('{"a" 1}')
    return cjson.decode('{a:1}')
    return cjson.decode('{"a":1,}')
    return cjson.decode('{"a":1')
    return cjson.decode('{"a":1 "b"}')
    return cjson.decode('1 2')
    return cjson.decode('')
    return cjson.decode(' ')
    return cjson.decode('tru')
    return cjson.decode('nul')
    return cjson.decode('truex')
    return cjson.decode('"a\0b"')
    return cjson.decode('\0')
    return cjson.decode(1)
    return cjson.decode({})
    return cjson.decode()
    return cjson.decode(string.rep('[',1001)..string.rep(']',1001))
    return #cjson.decode(string.rep('[',1000)..string.rep(']',1000))
    return cjson.decode('[[1')
    return {cjson.encode_max_depth()}
    return cjson.encode_max_depth(0)
    return {tostring(cjson.encode_sparse_array())}
    return {cjson.encode_sparse_array()}
    return {cjson.encode_number_precision()}
    return cjson.encode_number_precision(15)
    return cjson.encode_number_precision(20)
    return {cjson.encode_keep_buffer()}
    return {cjson.encode_invalid_numbers()}
    return {cjson.decode_invalid_numbers()}
    return cjson.encode_invalid_numbers('x')
    return {cjson.decode_max_depth()}
    return cjson.decode_max_depth('x')
    return cjson._VERSION .. cjson._NAME
    return type(cjson.new())
    cjson.encode_sparse_array(true, 3, 20) local r = cjson.encode({[1]=1,[100]=2}) cjson.encode_sparse_array(false, 2, 10) return r
    cjson.encode_invalid_numbers('null') local r = cjson.encode({1/0, 0/0}) cjson.encode_invalid_numbers(false) return r
    cjson.encode_max_depth(2) local r = {pcall(cjson.encode, {{{1}}})} cjson.encode_max_depth(1000) return r
    cjson.encode_number_precision(3) local r = cjson.encode(3.14159) cjson.encode_number_precision(14) return r
    cjson.decode_invalid_numbers(false) local r = {pcall(cjson.decode, '0x10')} cjson.decode_invalid_numbers(true) return r
"""

BIT = r"""
    return bit.band(0xff, 0x0f, 3)
    return bit.band()
    return bit.bnot(0)
    return bit.bor(1,2,4)
    return bit.bxor(5,3)
    return bit.lshift(1,31)
    return bit.lshift(1,33)
    return bit.rshift(-1,1)
    return bit.arshift(-256,4)
    return bit.rol(0x12345678,12)
    return bit.ror(0x12345678,12)
    return bit.bswap(0x12345678)
    return bit.tobit(0xffffffff)
    return bit.tobit(2^40+5)
    return bit.tobit(1.5)
    return bit.tobit(2.5)
    return bit.tobit('0xff')
    return bit.tobit('x')
    return bit.tobit({})
    return bit.tohex(255)
    return bit.tohex(255,4)
    return bit.tohex(255,-4)
    return bit.tohex(255,0)
    return bit.tohex(255,100)
    return bit.tohex(1/0)
    return bit.band(1e300)
"""

STRUCT = r"""
    return struct.pack('>I2',258)
    return struct.pack('<i4',-2)
    return struct.pack('bBhHlLiI',1,2,3,4,5,6,7,8)
    return struct.pack('!4bi',1,2)
    return struct.pack('!bi',1,2)
    return struct.pack('!8bdi',1,2,3)
    return struct.pack('s','abc')
    return struct.pack('c0','abc')
    return struct.pack('c2','abc')
    return struct.pack('c5','abc')
    return struct.pack('Bc0',3,'abc')
    return struct.pack('x')
    return struct.pack('T',5)
    return struct.pack('f',1.5)
    return struct.pack('>d',1.5)
    return struct.pack('z',1)
    return struct.pack('i33',1)
    return struct.pack('i0',1)
    return struct.pack('i3',1)
    return struct.pack('i8',2^60)
    return struct.pack('i16',1)
    return struct.pack('!3i',1)
    return struct.pack('!64i',1)
    return struct.pack('B',300)
    return struct.pack('I4',-1)
    return struct.pack('I8',-1)
    return struct.pack('i',1.7)
    return struct.pack()
    return struct.pack('i')
    return struct.pack('i','x')
    return struct.pack('i','12')
    return struct.pack('')
    return struct.pack(' i4 ',1)
    return struct.pack('s',1)
    return {struct.unpack('<i4','\254\255\255\255')}
    return {struct.unpack('>I2','\1\2')}
    return {struct.unpack('I2I2','\1\0\2\0')}
    return {struct.unpack('Bc0','\3abcd')}
    return {struct.unpack('c0','abc')}
    return {struct.unpack('s','abc\0d')}
    return {struct.unpack('s','abc')}
    return {struct.unpack('i4','abc')}
    return {struct.unpack('i4','abcdefgh',3)}
    return {struct.unpack('i4','abcdefgh',0)}
    return {struct.unpack('i4','abcdefgh',-1)}
    return {struct.unpack('i4','abcdefgh',100)}
    return {struct.unpack('c3','abcdefgh',2)}
    return {struct.unpack('!4bi4','\1\0\0\0\2\0\0\0')}
    return {struct.unpack('bx b','\1\2\3')}
    return {tostring(struct.unpack('d',struct.pack('d',0.1)))}
    return {tostring(struct.unpack('f',struct.pack('f',0.1)))}
    return {struct.unpack('I8',struct.pack('I8',2^53))}
    return {struct.unpack('i8',struct.pack('i8',-5))}
    return {struct.unpack('c',  'a')}
    return {struct.unpack('c2147483647','a')}
    return {struct.unpack('c99999999999','a')}
    return {struct.size('i4'),struct.size('!8bd'),struct.size('c10'),struct.size('T'),struct.size('l'),struct.size('x')}
    return struct.size('s')
    return struct.size('c0')
    return struct.size('z')
    return struct.size('bi')
    return struct.size('!bi')
    return struct.size('>i3')
    return struct.size('c2147483647c2147483647')
"""

MESSAGE_PACK = r"""
    return cmsgpack.pack(1)
    return cmsgpack.pack(-1)
    return cmsgpack.pack(128)
    return cmsgpack.pack(256)
    return cmsgpack.pack(65536)
    return cmsgpack.pack(2^32)
    return cmsgpack.pack(-33)
    return cmsgpack.pack(-129)
    return cmsgpack.pack(-32769)
    return cmsgpack.pack(-2^31-1)
    return cmsgpack.pack(1.5)
    return cmsgpack.pack(0.1)
    return cmsgpack.pack(2^53)
    return cmsgpack.pack(2^63)
    return cmsgpack.pack(1e300)
    return cmsgpack.pack(1/0)
    return cmsgpack.pack(0/0)
    return cmsgpack.pack(-2^63)
    return cmsgpack.pack('abc')
    return cmsgpack.pack(string.rep('x',32))):sub(1,8
    return cmsgpack.pack(string.rep('x',256))):sub(1,8
    return cmsgpack.pack(string.rep('x',70000))):sub(1,12
    return cmsgpack.pack(nil)
    return cmsgpack.pack(true)
    return cmsgpack.pack(false)
    return cmsgpack.pack({})
    return cmsgpack.pack({1,2,3})
    return cmsgpack.pack({a=1})
    return cmsgpack.pack({1,nil,3})
    return cmsgpack.pack({[1]=1,[3]=3})
    return cmsgpack.pack({[0]=1})
    return cmsgpack.pack({[1.5]=1})
    return cmsgpack.pack(function() end)
    return cmsgpack.pack(cjson.null)
    return cmsgpack.pack(1,2,'x')
    return cmsgpack.pack()
    return {cmsgpack.unpack(cmsgpack.pack(1,2,'x',{a=1},true,nil,1.5))}
    return cmsgpack.unpack('')
    return cmsgpack.unpack('\193')
    return cmsgpack.unpack('\147\1')
    return cmsgpack.unpack('\217')
    return cmsgpack.unpack('\217\5ab')
    return cmsgpack.unpack({})
    return cmsgpack.unpack()
    return {cmsgpack.unpack_one('\1\2\3')}
    return {cmsgpack.unpack_one('\1\2\3',1)}
    return {cmsgpack.unpack_one('\1\2\3',2)}
    return {cmsgpack.unpack_one('\1\2\3',3)}
    return {cmsgpack.unpack_one('\1\2\3',-1)}
    return {cmsgpack.unpack_limit('\1\2\3',2)}
    return {cmsgpack.unpack_limit('\1\2\3',2,1)}
    return {cmsgpack.unpack_limit('\1\2\3',5,1)}
    return {cmsgpack.unpack_limit('\1\2\3',0)}
    return {cmsgpack.unpack_limit('\1\2\3',-1)}
    return {cmsgpack.unpack_limit('\1\2\3')}
    return {cmsgpack.unpack_one('')}
    return {cmsgpack.unpack('\1\2\147\1')}
    return {cmsgpack.unpack('\212\1\1')}
    return {cmsgpack.unpack('\196\1a\197\0\1b\198\0\0\0\1c')}
    return {cmsgpack.unpack('\202\63\192\0\0'),cmsgpack.unpack('\203\63\248\0\0\0\0\0\0')}
    return {cmsgpack.unpack('\207\255\255\255\255\255\255\255\255')}
    return {cmsgpack.unpack('\211\255\255\255\255\255\255\255\254')}
    return {cmsgpack.unpack('\220\0\2\1\2'),cmsgpack.unpack('\221\0\0\0\2\1\2')}
    return {cmsgpack.unpack('\222\0\1\161a\7').a,cmsgpack.unpack('\223\0\0\0\1\161a\7').a}
    return {cmsgpack.unpack('\129\192\1')}
    return {cmsgpack.unpack('\221\255\255\255\255\1')}
    local t={} for i=1,20 do t={t} end local function d(x) local n=0 while type(x)=='table' do n=n+1 x=x[1] end return n end return {d(cmsgpack.unpack(cmsgpack.pack(t)))}
    return #cmsgpack.unpack(string.rep('\145',3000)..'\1')
    return {cmsgpack.unpack_one('\1\2\3',-5)}
    return {cmsgpack.unpack_one('\1\2\3','x')}
    return {cmsgpack.unpack_one(1)}
"""

COMMANDS = [
    case("scripting/numkeys", """
        A EVAL "return 1" x
        A EVAL "return 1" -1
        A EVAL "return 1" 1
        A EVAL "return 1"
        A EVAL "return {KEYS, ARGV}" 2 a b c d
        A EVAL "return {#KEYS, #ARGV}" 0
    """),
    case("scripting/cache", """
        A SCRIPT FLUSH
        A EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
        A EVALSHA x 0
        A SCRIPT LOAD "return 1"
        A SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db x
        A SCRIPT EXISTS E0E1F9FABFC9D4800C877A703B823AC0578FF8DB
        A EVALSHA e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
        A EVALSHA E0E1F9FABFC9D4800C877A703B823AC0578FF8DB 0
        A EVALSHA_RO e0e1f9fabfc9d4800c877a703b823ac0578ff8db 0
        A SCRIPT FLUSH SYNC
        A SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db
        A EVAL "return 1" 0
        A SCRIPT EXISTS e0e1f9fabfc9d4800c877a703b823ac0578ff8db
        A SCRIPT FLUSH ASYNC
        A SCRIPT FLUSH x
        A SCRIPT LOAD "x y"
        A SCRIPT LOAD
        A SCRIPT EXISTS
        A SCRIPT KILL
        A SCRIPT NOSUCH
        A SCRIPT DEBUG x
    """),
    case("scripting/read-only", """
        A SET k v
        A EVAL_RO "return redis.call('get', KEYS[1])" 1 k
        A EVAL_RO "return redis.pcall('set', KEYS[1], 'w').err" 1 k
        A EVAL "#!lua flags=no-writes\\nreturn redis.pcall('set', KEYS[1], 'w').err" 1 k
        A EVAL "#!lua\\nreturn redis.call('set', KEYS[1], 'w')" 1 k
        A EVAL_RO "#!lua\\nreturn 1" 0
        A GET k
        A DEL k
    """),
    case("scripting/shebang", """
        A EVAL "#!lua" 0
        A EVAL "#!lua\\nreturn 1" 0
        A EVAL "#!lua flags=no-writes,allow-oom,allow-stale,no-cluster\\nreturn 1" 0
        A EVAL "#!lua flags=allow-cross-slot-keys\\nreturn 1" 0
        A EVAL "#!lua flags=nosuch\\nreturn 1" 0
        A EVAL "#!lua name=x\\nreturn 1" 0
        A EVAL "#!lua flags=\\nreturn 1" 0
    """),
    case("scripting/transaction", """
        A MULTI
        A SET k 1
        A EVAL "return redis.call('incr', KEYS[1])" 1 k
        A EVAL "return redis.call('nosuch')" 0
        A EVAL "return 1" x
        A SCRIPT LOAD "return 2"
        A GET k
        A EXEC
        A DEL k
    """),
    case("scripting/watch", """
        A WATCH k
        B EVAL "return redis.call('set', KEYS[1], 1)" 1 k
        A MULTI
        A GET k
        A EXEC
        A DEL k
    """),
    case("scripting/SELECT", """
        A EVAL "redis.call('select', 5) return redis.call('set', KEYS[1], 1)" 1 k
        A GET k
        A SELECT 5
        A GET k
        A DEL k
        A SELECT 0
    """),
    case("scripting/PUBLISH", """
        B SUBSCRIBE c
        A EVAL "return {redis.call('publish', 'c', 'one'), redis.call('publish', 'c', 'two')}" 0
    """),
    case("scripting/pipelined", """
        A SET k 1 | EVAL "return redis.call('incr', KEYS[1])" 1 k | INCR k | EVAL "return 1" 0 | GET k
        A DEL k
    """),
    case("scripting/blocked client", """
        A XREAD BLOCK 10000 STREAMS s $
        B EVAL "redis.call('xadd', KEYS[1], '1-1', 'a', 'b') return 1" 1 s
        A DEL s
    """),
    case("scripting/expiry", """
        A EVAL "redis.call('set', KEYS[1], 'v', 'px', 100000) return redis.call('ttl', KEYS[1])" 1 k
        A DEL k
    """),
]

CASES = both(
    [
        *_table("sandbox", SANDBOX),
        *_table("cjson", JSON),
        *_table("bit", BIT),
        *_table("struct", STRUCT),
        *_table("cmsgpack", MESSAGE_PACK),
        *COMMANDS,
    ]
)
