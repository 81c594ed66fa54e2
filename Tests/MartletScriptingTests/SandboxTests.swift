// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletScripting

@Suite("The sandbox")
struct SandboxTests {
    @Test(
        "has neither what reaches the system nor other variables than its own",
        arguments: [
            "print", "dofile", "loadfile", "require", "module", "io", "debug", "getfenv",
            "setfenv", "newproxy", "foo",
        ])
    func absent(name: String) {
        #expect(
            TestEngine().run("return \(name)")
                == "-ERR user_script:1: Script attempted to access nonexistent global variable "
                + "'\(name)' script: SHA, on @user_script:1.\r\n")
    }

    @Test("has nothing of the operating system but its clock")
    func clock() {
        let script =
            "local names = '' for name in pairs(os) do names = names .. name end return names"
        #expect(TestEngine().run(script) == "$5\r\nclock\r\n")
    }

    @Test(
        "does not let a script change what others see",
        arguments: [
            "x = 1", "string = nil", "string.sub = nil", "redis.call = nil", "_G.x = 1",
            "rawset(_G, 'x', 1)", "rawset(redis, 'call', 1)", "setmetatable(_G, {})",
            "setmetatable(string, {})", "table.insert(_G, 1)", "getmetatable('').__index = 1",
            "getmetatable('').__index.sub = 1", "getmetatable(_G).__index = 1",
            "local _, globals = pairs(_G) globals.x = 1", "cjson.null = 1", "KEYS = 1",
            "for _, library in pairs(_G) do if type(library) == 'table' then library.x = 1 end end",
        ])
    func readonly(script: String) {
        let engine = TestEngine()
        let reply = engine.run(script)
        let isRefused = reply.contains("Attempt to modify a readonly table")
        #expect(isRefused, "\(reply)")
        let check = "return ('abc'):sub(1, 1) .. redis.call('ping').ok"
        #expect(engine.run(check) == "$5\r\naPONG\r\n")
    }

    @Test(
        "takes no bytecode",
        arguments: [
            "return loadstring(string.dump(function() end))",
            "return load(function() return string.dump(function() end) end)",
            "return loadstring('\\27Lua')",
        ])
    func bytecode(script: String) {
        #expect(TestEngine().run(script) == "$-1\r\n")
        #expect(TestEngine().run("\u{1B}Lua") == "not compiled")
    }

    @Test("has the random numbers of Redis, the same after each start")
    func random() {
        let engine = TestEngine()
        #expect(engine.run("return tostring(math.random())") == "$16\r\n0.39646477363839\r\n")
        #expect(engine.run("math.randomseed(7) return math.random(1000000)") == ":266445\r\n")
    }

    @Test("ends a script that is to end, even if it catches the error")
    func killing() {
        let scripts = [
            "while true do end", "while true do pcall(function() while true do end end) end",
            "coroutine.wrap(function() while true do end end)()",
            "local function f() return f() end return f()",
            "repeat local c = coroutine.create(function() while true do end end) "
                + "coroutine.resume(c) until false",
        ]
        for script in scripts {
            let engine = TestEngine()
            engine.host.patience = 3
            let reply = engine.run(script)
            #expect(reply.hasPrefix("-ERR Script killed by user with SCRIPT KILL."), "\(script)")
            engine.host.patience = .max
            #expect(engine.run("return 1") == ":1\r\n")
        }
    }

    @Test("survives what goes too deep or too far")
    func limits() {
        let engine = TestEngine()
        let scripts = [
            "local function f() return f() + 1 end return f()",
            "local function f() return pcall(f) end return f()",
            "return string.rep('a?', 1000000):find(string.rep('a?', 1000000))",
            "return string.match('a', string.rep('a?', 200000))",
            "return cmsgpack.unpack(string.rep('\\145', 100000))",
            "return cjson.decode(string.rep('[', 100000))",
            "return redis.call(unpack({}, 1, 1e7))",
            "return ('x'):rep(1e15)",
            "local s = '(' return loadstring('return ' .. s:rep(100000) .. '1')",
            "error({})", "error(nil)", "error(true)", "error(setmetatable({}, {__index = error}))",
        ]
        for script in scripts {
            let reply = engine.run(script)
            #expect(reply.hasSuffix("\r\n") && reply.utf8.count < 1000, "\(script)")
        }
        let nested = engine.run("local t = {} for i = 1, 20000 do t = {t} end return t")
        #expect(nested.contains("-ERR reached lua stack limit"))
        #expect(engine.run("return 1") == ":1\r\n")
    }

    @Test("writes lines to the log")
    func log() {
        let engine = TestEngine()
        #expect(engine.run("redis.log(redis.LOG_WARNING, 'a', 1)") == "$-1\r\n")
        #expect(engine.host.lines == ["3 a 1"])
    }
}
