// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP
import Testing

@testable import MartletScripting

@Suite("Values of Lua and of RESP")
struct ConversionTests {
    @Test(
        "become replies in either protocol",
        arguments: [
            ("1", ":1", ":1"), ("3.99", ":3", ":3"), ("-3.99", ":-3", ":-3"),
            ("0/0", ":-9223372036854775808", ":-9223372036854775808"),
            ("'a\\0b'", "$3\r\na\0b", "$3\r\na\0b"), ("true", ":1", ":1"),
            ("false", "$-1", "_"), ("nil", "$-1", "_"), ("tostring", "$-1", "_"),
            ("{1,2,nil,4}", "*2\r\n:1\r\n:2", "*2\r\n:1\r\n:2"), ("{}", "*0", "*0"),
            ("{ok='a\\r\\nb'}", "+a  b", "+a  b"), ("{err='A b'}", "-A b", "-A b"),
            ("{double=0.1}", "$3\r\n0.1", ",0.1"), ("{double=1/0}", "$3\r\ninf", ",inf"),
            ("{map={a=1}}", "*2\r\n$1\r\na\r\n:1", "%1\r\n$1\r\na\r\n:1"),
            ("{set={a=true}}", "*1\r\n$1\r\na", "~1\r\n$1\r\na"),
            ("{big_number='12'}", "$2\r\n12", "(12"),
            ("{verbatim_string={format='txt',string='a'}}", "$1\r\na", "=5\r\ntxt:a"),
        ])
    func toReply(expression: String, version2: String, version3: String) {
        let engine = TestEngine()
        #expect(engine.run("return \(expression)") == version2 + "\r\n")
        #expect(engine.run("return \(expression)", version: .resp3) == version3 + "\r\n")
    }

    @Test(
        "are made of the replies of commands",
        arguments: [
            (":5", "reply == 5"), ("$2\r\nab", "reply == 'ab'"), ("$-1", "reply == false"),
            ("*-1", "reply == false"), ("+OK", "reply.ok == 'OK'"), ("_", "reply == nil"),
            ("*2\r\n:1\r\n*1\r\n$1\r\nx", "reply[1] == 1 and reply[2][1] == 'x'"),
            ("#t", "reply == true"), (",1.5", "reply.double == 1.5"),
            ("(123", "reply.big_number == '123'"),
            ("%1\r\n+k\r\n:1", "next(reply.map).ok == 'k'"),
            ("~1\r\n$1\r\na", "reply.set.a == true"),
            ("=5\r\ntxt:x", "reply.verbatim_string.format == 'txt'"),
            ("=5\r\ntxt:x", "reply.verbatim_string.string == 'x'"),
        ])
    func fromReply(reply: String, condition: String) {
        let engine = TestEngine()
        engine.host.replies["x"] = reply + "\r\n"
        let script = "local reply = redis.call('x') return \(condition)"
        #expect(engine.run(script) == ":1\r\n")
    }

    @Test("are raised by call and returned by pcall if they are errors")
    func errors() {
        let engine = TestEngine()
        engine.host.replies["x"] = "-WRONGTYPE no\r\n"
        #expect(
            engine.run("return redis.call('x')")
                == "-WRONGTYPE no script: SHA, on @user_script:1.\r\n")
        #expect(engine.run("return redis.pcall('x')") == "-WRONGTYPE no\r\n")
        #expect(engine.run("return redis.pcall('x').err") == "$12\r\nWRONGTYPE no\r\n")
        #expect(
            engine.run("local ok, text = pcall(redis.call, 'x') return text")
                == "$12\r\nWRONGTYPE no\r\n")
    }

    @Test("reach commands as texts that are read back as the same numbers")
    func arguments() {
        let engine = TestEngine()
        let script = "return redis.call('ping', 1, 0.1, 1e20, KEYS[1], ARGV[1])"
        #expect(engine.run(script, keys: ["k"], arguments: ["v"]) == "+PONG\r\n")
        #expect(engine.host.commands == [["ping", "1", "0.1", "1e+20", "k", "v"]])
        #expect(engine.run("redis.setresp(3) return redis.call('ping')") == "+PONG\r\n")
        #expect(engine.host.commands.last == ["ping", "(RESP3)"])
        #expect(engine.run("return redis.call('ping')") == "+PONG\r\n")
        #expect(engine.host.commands.last == ["ping"])
    }
}
