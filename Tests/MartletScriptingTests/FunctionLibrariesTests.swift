// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import Testing

@testable import MartletScripting

@Suite("Libraries of functions")
struct FunctionLibrariesTests {
    private let host = RecordingHost()
    private let libraries = FunctionLibraries()

    init() {
        host.libraries = libraries
    }

    /// The library's name, or why it was refused.
    private func load(_ code: String, replacing: Bool = false) -> String {
        var code = code
        return code.withUTF8 { code in
            do throws(ReplyError) {
                let name = try libraries.load(
                    UnsafeRawBufferPointer(code), replacing: replacing
                ) {
                    LuaEngine(host: host, runsFunctions: true)!
                }
                return String(decoding: name, as: UTF8.self)
            } catch {
                return String(decoding: error.message, as: UTF8.self)
            }
        }
    }

    private func find(_ name: StaticString) -> LibraryFunction? {
        name.withUTF8Buffer { libraries.find(UnsafeRawBufferPointer($0)) }
    }

    @Test("register functions in either form, with flags and a description")
    func forms() throws {
        let code = """
            #!lua name=mine
            redis.register_function('plain', function() end)
            redis.register_function{
                function_name = 'named', callback = function() end,
                flags = {'allow-oom', 'no-writes'}, description = 'what it does'}
            """
        #expect(load(code) == "mine")
        let plain = try #require(find("plain"))
        #expect(plain.flags.names.isEmpty)
        #expect(plain.description == nil)
        // Names are found in any case.
        let named = try #require(find("NAMED"))
        #expect(named.flags.names == ["no-writes", "allow-oom"])
        #expect(named.description == Array("what it does".utf8))
        #expect(libraries.functionCount == 2)
        #expect(libraries.codes == [Array(code.utf8)])
    }

    @Test(
        "are refused for a first line that names none",
        arguments: [
            ("x", "ERR Missing library metadata"),
            ("#!lua name=a", "ERR Invalid library metadata"),
            ("#!lua name=\"a\n", "ERR Invalid library metadata"),
            ("#!lua\n", "ERR Library name was not given"),
            (
                "#!lua name=a name=b\n",
                "ERR Invalid metadata value, name argument was given multiple times"
            ),
            ("#!lua name=a x\n", "ERR Invalid metadata value given: x"),
            ("#!js name=a\n", "ERR Engine 'js' not found"),
        ])
    func headers(code: String, error: String) {
        #expect(load(code) == error)
    }

    @Test("that fail leave nothing, and what they were to replace stays")
    func failures() throws {
        let good = "#!lua name=a\nredis.register_function('f', function() return 1 end)"
        #expect(load(good) == "a")
        let before = try #require(find("f"))
        #expect(load(good) == "ERR Library 'a' already exists")
        let registersThenFails = good + " redis.register_function('g', function() end) x()"
        let failed = load(registersThenFails, replacing: true)
        #expect(failed.hasPrefix("ERR Error registering functions: ERR user_function:2: "))
        #expect(load("#!lua name=a\nreturn", replacing: true) == "ERR No functions registered")
        #expect(
            load("#!lua name=a\n(", replacing: true).hasPrefix("ERR Error compiling function: "))
        let other = "#!lua name=b\nredis.register_function('F', function() end)"
        #expect(load(other) == "ERR Function F already exists")
        #expect(find("f")?.script == before.script)
        #expect(find("g") == nil)
        #expect(load(good, replacing: true) == "a")
        #expect(libraries.libraries.count == 1)
    }

    @Test(
        "see what loads them, and nothing else, while they load",
        arguments: ["redis.call('get', 'k')", "error('x')", "string.rep('x', 2)", "KEYS[1] = 1"])
    func loadingGlobals(statement: String) {
        let code = "#!lua name=a\nredis.register_function('f', function() end) \(statement)"
        #expect(load(code).contains("Script attempted to access nonexistent global variable"))
    }

    @Test("are loaded for so long only")
    func timeout() {
        host.patience = 3
        #expect(
            load("#!lua name=a\nwhile true do end")
                == "ERR Error registering functions: ERR FUNCTION LOAD timeout")
        host.patience = .max
        #expect(load("#!lua name=a\nredis.register_function('f', function() end)") == "a")
    }

    @Test("may be registered only while their library loads")
    func lateRegistration() throws {
        let code = """
            #!lua name=a
            local register = redis.register_function
            redis.register_function('f', function() register('g', function() end) end)
            """
        #expect(load(code) == "a")
        let function = try #require(find("f"))
        let reply = TestEngine.run(function.script, of: try #require(libraries.engine))
        #expect(
            reply.hasPrefix(
                "-ERR redis.register_function can only be called on FUNCTION LOAD command"))
    }

    @Test("give their functions KEYS and ARGV, all globals, and what they keep between calls")
    func calls() throws {
        let code = """
            #!lua name=a
            local count = 0
            redis.register_function('f', function(keys, arguments)
                count = count + 1
                return {#keys, keys[1], #arguments, arguments[2], count, cjson.encode({1})}
            end)
            """
        #expect(load(code) == "a")
        let function = try #require(find("f"))
        let engine = try #require(libraries.engine)
        for count in 1...2 {
            let reply = TestEngine.run(
                function.script, of: engine, keys: ["k"], arguments: ["x", "y"])
            #expect(
                reply == "*6\r\n:1\r\n$1\r\nk\r\n:2\r\n$1\r\ny\r\n:\(count)\r\n$3\r\n[1]\r\n")
        }
    }
}
