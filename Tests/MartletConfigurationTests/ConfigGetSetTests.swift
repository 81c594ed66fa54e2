// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletConfiguration

@Suite("CONFIG GET")
struct ConfigGetTests {
    @Test("shows the defaults as Redis does")
    func defaults() {
        let configuration = Configuration()
        let expected = [
            ("bind", "* -::*"), ("unixsocketperm", "0"), ("unixsocket", ""), ("port", "6379"),
            (
                "client-output-buffer-limit",
                "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
            ),
            ("requirepass", ""), ("loglevel", "notice"), ("logfile", ""), ("pidfile", ""),
            ("save", ""), ("appendonly", "yes"), ("appendfsync", "everysec"),
            ("auto-aof-rewrite-percentage", "100"), ("auto-aof-rewrite-min-size", "67108864"),
            ("aof-load-truncated", "yes"), ("appenddirname", "appendonlydir"),
            ("appendfilename", "appendonly.aof"), ("proto-max-bulk-len", "536870912"),
            ("client-query-buffer-limit", "1073741824"), ("protected-mode", "yes"),
            ("daemonize", "no"), ("databases", "16"), ("tcp-backlog", "511"), ("timeout", "0"),
            ("slowlog-log-slower-than", "10000"), ("slowlog-max-len", "128"),
            ("maxclients", "10000"), ("tcp-keepalive", "300"), ("io-threads", "0"),
            ("mailbox-limit", "67108864"), ("enable-protected-configs", "no"),
        ]
        for (name, value) in expected { #expect(configuration.shown(name) == value, "\(name)") }
    }

    @Test("answers a name in the case asked for, and each setting once")
    func patterns() {
        let answer = Configuration().get(
            ["PORT", "tImeout", "timeout", "t*", "PO*", "nosuch"].map { Array($0.utf8) },
            glob: { pattern, name in
                let text = String(decoding: pattern, as: UTF8.self).lowercased()
                return name.hasPrefix(text.dropLast())
            })
        let names = answer.map { String(decoding: $0.name, as: UTF8.self) }
        #expect(names == ["PORT", "tImeout", "tcp-backlog", "tcp-keepalive"])
        #expect(answer.first?.value == Array("6379".utf8))
    }
}

/// The replies were seen from redis-server 7.0.15 and Valkey 9.1.
@Suite("CONFIG SET")
struct ConfigSetTests {
    private static func failed(_ option: String, _ reason: String) -> String {
        "ERR CONFIG SET failed (possibly related to argument '\(option)') - \(reason)"
    }

    private static func unknown(_ option: String) -> String {
        "ERR Unknown option or number of arguments for CONFIG SET - '\(option)'"
    }

    private static let immutable = "can't set immutable config"
    private static let notAnInteger = "argument couldn't be parsed into an integer"
    private static let limits = "client-output-buffer-limit"

    private static let refusals: [(pairs: [(String, String)], reply: String)] = [
        ([("nosuch", "1")], unknown("nosuch")),
        ([("", "x")], unknown("")),
        ([("port", "1"), ("nosuch", "2")], unknown("nosuch")),
        ([("nosuch", "1"), ("unixsocket", "x")], unknown("nosuch")),
        ([("nosuch", "1"), ("nosuch2", "2")], unknown("nosuch")),
        ([("timeout", "x"), ("nosuch", "6")], unknown("nosuch")),
        ([("no\r\n+OK", "1")], unknown("no  +OK")),
        ([("unixsocket", "/x")], failed("unixsocket", immutable)),
        ([("UNIXSOCKET", "/x")], failed("UNIXSOCKET", immutable)),
        ([("unixsocket", "1"), ("nosuch", "2")], failed("unixsocket", immutable)),
        ([("daemonize", "yes")], failed("daemonize", immutable)),
        ([("databases", "3")], failed("databases", immutable)),
        ([("logfile", "x")], failed("logfile", immutable)),
        ([("pidfile", "x")], failed("pidfile", immutable)),
        ([("io-threads", "2")], failed("io-threads", immutable)),
        ([("tcp-backlog", "1")], failed("tcp-backlog", immutable)),
        ([("unixsocketperm", "9")], failed("unixsocketperm", immutable)),
        ([("dir", "/nonexistent")], failed("dir", "can't set protected config")),
        ([("timeout", "5"), ("timeout", "6")], failed("timeout", "duplicate parameter")),
        ([("timeout", "5"), ("TIMEOUT", "6")], failed("TIMEOUT", "duplicate parameter")),
        (
            [("timeout", "1"), ("timeout", "2"), ("nosuch", "3")],
            failed("timeout", "duplicate parameter")
        ),
        ([("maxclients", "abc")], failed("maxclients", notAnInteger)),
        ([("MAXCLIENTS", "abc")], failed("maxclients", notAnInteger)),
        ([("maxclients", "5"), ("timeout", "abc")], failed("timeout", notAnInteger)),
        ([("timeout", "")], failed("timeout", notAnInteger)),
        ([("timeout", " 5")], failed("timeout", notAnInteger)),
        ([("timeout", "5 ")], failed("timeout", notAnInteger)),
        (
            [("maxclients", "0")],
            failed("maxclients", "argument must be between 1 and 4294967295 inclusive")
        ),
        (
            [("protected-mode", "maybe")],
            failed("protected-mode", "argument must be 'yes' or 'no'")
        ),
        (
            [("proto-max-bulk-len", "5x")],
            failed("proto-max-bulk-len", "argument must be a memory value")
        ),
        (
            [("bind", "a b c d e f g h i j k l m n o p q")],
            failed("bind", "Too many bind addresses specified.")
        ),
        (
            [(limits, "normal 0 0")],
            failed(limits, "Wrong number of arguments in buffer limit configuration.")
        ),
        (
            [(limits, " normal 0 0 0")],
            failed(limits, "Wrong number of arguments in buffer limit configuration.")
        ),
        (
            [(limits, "foo 0 0 0")],
            failed(limits, "Invalid client class specified in buffer limit configuration.")
        ),
        (
            [(limits, "pubsub 1 1 1 normal \"0\" 0 0")],
            failed(
                limits,
                "Error in hard, soft or soft_seconds setting in buffer limit configuration.")
        ),
        ([("save", "a")], failed("save", "Invalid save parameters")),
        ([("save", "900 1 300")], failed("save", "Invalid save parameters")),
        (
            [("save", "900 1")],
            failed("save", "Martlet writes no snapshots and accepts only \"\" here")
        ),
        (
            [("aof-use-rdb-preamble", "yes")],
            failed(
                "aof-use-rdb-preamble", "Martlet writes commands only and accepts only 'no' here")
        ),
    ]

    @Test("refuses in Redis's words, and changes nothing", arguments: refusals)
    func refused(pairs: [(String, String)], reply: String) throws {
        var configuration = Configuration()
        let bytes = pairs.map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) }
        let error = #expect(throws: ConfigurationSetError.self) {
            try configuration.set(bytes)
        }
        #expect(try #require(error).reply == reply)
        #expect(configuration == Configuration())
    }

    private static let acceptances: [(name: String, value: String, shown: String)] = [
        ("loglevel", "VERBOSE", "verbose"),
        ("bind", "", ""),
        ("bind", "127.0.0.1 -::1", "127.0.0.1 -::1"),
        ("proto-max-bulk-len", "10mb", "10485760"),
        ("requirepass", "a b", "a b"),
        ("SLOWLOG-MAX-LEN", "9", "9"),
        ("save", "", ""),
        ("appendonly", "no", "no"),
        (
            limits, "", "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
        ),
        (
            limits, "NORMAL 1mb 2kb 3 replica 1 2 3 pubsub 1k 2k 3",
            "normal 1048576 2048 3 slave 1 2 3 pubsub 1000 2000 3"
        ),
        (
            limits, "normal 0 0 0 normal 7 0 0",
            "normal 7 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
        ),
        (
            limits, "slave 5 6 7", "normal 0 0 0 slave 5 6 7 pubsub 33554432 8388608 60"
        ),
    ]

    @Test("takes what Redis takes", arguments: acceptances)
    func accepted(name: String, value: String, shown: String) throws {
        var configuration = Configuration()
        _ = try configuration.set((name, value))
        #expect(configuration.shown(name.lowercased()) == shown)
    }

    @Test("says which settings have another value now")
    func changed() throws {
        var configuration = Configuration()
        let changed = try configuration.set(
            ("timeout", "0"), ("PORT", "7000"), ("maxclients", "5"), ("save", ""))
        #expect(changed == ["port", "maxclients"])
    }

    @Test("sets protected settings for those who may")
    func protected() throws {
        var configuration = Configuration()
        #expect(try configuration.set(("dir", "/tmp"), allowsProtected: true) == ["dir"])
        let allowed: [(ProtectedAction, Bool, Bool)] = [
            (.no, false, false), (.no, true, false), (.yes, false, true), (.local, false, false),
            (.local, true, true),
        ]
        for (action, isLocal, isAllowed) in allowed {
            #expect(action.isAllowed(toLocalClient: isLocal) == isAllowed)
        }
    }

    @Test("leaves five settings with a step that may fail")
    func applySteps() {
        let steps = Setting.all.compactMap { setting in
            setting.applyStep.map { (setting.name, $0) }
        }
        #expect(steps.map(\.0) == ["port", "bind", "maxclients", "appendonly", "dir"])
        #expect(
            steps.map { $0.1.failureReason(detail: "19968") } == [
                "Unable to listen on this port. Check server logs.",
                "Failed to bind to specified addresses.",
                "The operating system is not able to handle the specified number of clients, "
                    + "try with 19968",
                "Unable to turn on AOF. Check server logs.", "19968",
            ])
    }
}
