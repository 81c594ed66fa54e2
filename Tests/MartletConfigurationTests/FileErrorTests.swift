// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletConfiguration

/// The messages were seen from redis-server 7.0.15 and Valkey 9.1 (which says it is 7.2.4).
@Suite("A line of the configuration file")
struct FileErrorTests {
    private static let notAnInteger = "argument couldn't be parsed into an integer"
    private static let notOctal = "argument couldn't be parsed as an octal number"
    private static let notMemory = "argument must be a memory value"
    private static let overMegabyte =
        "argument must be between 1048576 and 9223372036854775807 inclusive"
    private static let cInt = "argument must be between 0 and 2147483647 inclusive"
    private static let limitCount = "Wrong number of arguments in buffer limit configuration."
    private static let limitClass =
        "Invalid client class specified in buffer limit configuration."
    private static let limitValue =
        "Error in hard, soft or soft_seconds setting in buffer limit configuration."
    private static let unbalanced = "Unbalanced quotes in configuration line"
    private static let badDirective = "Bad directive or wrong number of arguments"

    private static let refusals: [(line: String, message: String)] = [
        ("prot 7000", badDirective),
        ("include", badDirective),
        ("\"\"", badDirective),
        ("port", "wrong number of arguments"),
        ("port 1 2", "wrong number of arguments"),
        ("loglevel notice warning", "wrong number of arguments"),
        ("requirepass", "wrong number of arguments"),
        ("requirepass a b", "wrong number of arguments"),
        ("unixsocket a b", "wrong number of arguments"),
        ("proto-max-bulk-len 1 mb", "wrong number of arguments"),
        ("dir", "wrong number of arguments"),
        ("port abc", notAnInteger),
        ("port 07", notAnInteger),
        ("port +7", notAnInteger),
        ("port \"7 \"", notAnInteger),
        ("port \"\"", notAnInteger),
        ("port -", notAnInteger),
        ("port -0", notAnInteger),
        ("io-threads abc", notAnInteger),
        ("slowlog-max-len abc", notAnInteger),
        ("timeout 9223372036854775808", notAnInteger),
        ("port 65536", "argument must be between 0 and 65535 inclusive"),
        ("port -1", "argument must be between 0 and 65535 inclusive"),
        ("tcp-backlog -1", cInt),
        ("tcp-backlog 99999999999", cInt),
        ("timeout 2147483648", cInt),
        ("tcp-keepalive -1", cInt),
        ("maxclients 0", "argument must be between 1 and 4294967295 inclusive"),
        ("maxclients 4294967296", "argument must be between 1 and 4294967295 inclusive"),
        ("databases 0", "argument must be between 1 and 2147483647 inclusive"),
        (
            "slowlog-log-slower-than -2",
            "argument must be between -1 and 9223372036854775807 inclusive"
        ),
        (
            "slowlog-max-len -1",
            "argument must be between 0 and 9223372036854775807 inclusive"
        ),
        (
            "loglevel foo",
            "argument(s) must be one of the following: debug, verbose, notice, warning, nothing"
        ),
        ("protected-mode maybe", "argument must be 'yes' or 'no'"),
        ("daemonize maybe", "argument must be 'yes' or 'no'"),
        ("appendonly maybe", "argument must be 'yes' or 'no'"),
        ("proto-max-bulk-len 5", overMegabyte),
        ("proto-max-bulk-len mb", overMegabyte),
        ("proto-max-bulk-len 18446744073709551616", overMegabyte),
        ("proto-max-bulk-len 9223372036854775808", overMegabyte),
        ("proto-max-bulk-len 17179869184gb", overMegabyte),
        ("client-query-buffer-limit 5", overMegabyte),
        ("proto-max-bulk-len 5x", notMemory),
        ("proto-max-bulk-len -1", notMemory),
        ("proto-max-bulk-len 1mb1", notMemory),
        ("proto-max-bulk-len 1.5mb", notMemory),
        ("proto-max-bulk-len \" 2mb\"", notMemory),
        ("proto-max-bulk-len +2mb", notMemory),
        ("client-query-buffer-limit abc", notMemory),
        ("client-output-buffer-limit normal", limitCount),
        ("client-output-buffer-limit normal 0 0", limitCount),
        ("client-output-buffer-limit \"normal  0 0 0\"", limitCount),
        ("client-output-buffer-limit foo 0 0 0", limitClass),
        ("client-output-buffer-limit master 0 0 0", limitClass),
        ("client-output-buffer-limit normal x 0 0", limitValue),
        ("client-output-buffer-limit normal 0 0 -1", limitValue),
        ("client-output-buffer-limit normal -5 0 0", limitValue),
        ("client-output-buffer-limit normal 0 0 1x", limitValue),
        ("unixsocketperm 9", notOctal),
        ("unixsocketperm 778", notOctal),
        ("unixsocketperm 700x", notOctal),
        ("unixsocketperm 1000", "argument must be between 0 and 777 inclusive"),
        ("unixsocketperm 07777", "argument must be between 0 and 777 inclusive"),
        ("unixsocketperm -1", "argument must be between 0 and 777 inclusive"),
        (
            "bind 1.1.1.1 2.2.2.2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17",
            "Too many bind addresses specified."
        ),
        ("port \"7000", unbalanced),
        ("port '7000", unbalanced),
        ("port \"7000\"x", unbalanced),
        ("port \"7000\\", unbalanced),
        ("save 1", "Invalid save parameters"),
        ("save a b", "Invalid save parameters"),
        ("save 900 1 300", "Invalid save parameters"),
        ("save 0 1", "Invalid save parameters"),
    ]

    @Test("is refused in Redis's words", arguments: refusals)
    func refused(line: String, message: String) {
        let expected = ConfigurationError(
            origin: .file("test.conf"), line: 3, text: line, message: message)
        #expect(throws: expected) { try Configuration(file: "port 1\n\n  \(line)\t\r\n") }
    }

    private static let ownRefusals: [(line: String, message: String)] = [
        ("daemonize yes", "Martlet stays in the foreground"),
        ("aof-use-rdb-preamble yes", "Martlet writes commands only"),
        ("save 900 1", "Martlet writes no snapshots"),
        ("save \"900 1 300 10\"", "Martlet writes no snapshots"),
        ("unixsocket \"a\\x00b\"", "argument must be UTF-8 without NUL"),
        ("bind \"\\xff\"", "argument must be UTF-8 without NUL"),
        ("io-threads 129", "argument must be between 0 and 128 inclusive"),
        ("client-output-buffer-limit normal 0 0 4294967297", "Error in hard, soft"),
        ("client-output-buffer-limit normal 9223372036854775808 0 0", "Error in hard, soft"),
        ("proto-max-bulk-len 17179869185gb", "argument must be between 1048576 and"),
        ("include other.conf", "include is not possible here"),
    ]

    @Test(
        "is refused in Martlet's own words where Martlet has less, or is stricter",
        arguments: ownRefusals)
    func refusedByMartlet(line: String, message: String) throws {
        let error = #expect(throws: ConfigurationError.self) { try Configuration(file: line) }
        #expect(try #require(error).message.hasPrefix(message))
    }

    private static let acceptances: [(line: String, name: String, shown: String)] = [
        ("PORT 7000", "port", "7000"),
        ("loglevel DEBUG", "loglevel", "debug"),
        ("loglevel nothing", "loglevel", "nothing"),
        ("protected-mode NO", "protected-mode", "no"),
        ("proto-max-bulk-len 1MB", "proto-max-bulk-len", "1048576"),
        ("proto-max-bulk-len 02m", "proto-max-bulk-len", "2000000"),
        ("proto-max-bulk-len 1048576b", "proto-max-bulk-len", "1048576"),
        ("proto-max-bulk-len 3g", "proto-max-bulk-len", "3000000000"),
        ("client-query-buffer-limit 3gb", "client-query-buffer-limit", "3221225472"),
        ("mailbox-limit 2000kb", "mailbox-limit", "2048000"),
        ("unixsocketperm 0755", "unixsocketperm", "755"),
        ("unixsocketperm \"\"", "unixsocketperm", "0"),
        ("slowlog-log-slower-than -1", "slowlog-log-slower-than", "-1"),
        ("bind", "bind", ""),
        ("bind \"\"", "bind", ""),
        ("bind '127.0.0.1 -::1'", "bind", "127.0.0.1 -::1"),
        ("bind 127.0.0.1 -::1", "bind", "127.0.0.1 -::1"),
        ("requirepass 'a \\'b'", "requirepass", "a 'b"),
        ("io-threads 0", "io-threads", "0"),
        ("save", "save", ""),
        ("save \"\"", "save", ""),
        ("appendonly NO", "appendonly", "no"),
        ("daemonize no", "daemonize", "no"),
        (
            "client-output-buffer-limit", "client-output-buffer-limit",
            "normal 0 0 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
        ),
        (
            "client-output-buffer-limit normal 1mb 2kb 3 pubsub 1k 2k 3",
            "client-output-buffer-limit",
            "normal 1048576 2048 3 slave 268435456 67108864 60 pubsub 1000 2000 3"
        ),
        (
            "client-output-buffer-limit \"REPLICA 5 6 7\"", "client-output-buffer-limit",
            "normal 0 0 0 slave 5 6 7 pubsub 33554432 8388608 60"
        ),
        (
            "client-output-buffer-limit normal 1 2 \"\"", "client-output-buffer-limit",
            "normal 1 2 0 slave 268435456 67108864 60 pubsub 33554432 8388608 60"
        ),
    ]

    @Test("is accepted as in Redis, and shown as in Redis", arguments: acceptances)
    func accepted(line: String, name: String, shown: String) throws {
        #expect(try Configuration(file: line).shown(name) == shown)
    }
}
