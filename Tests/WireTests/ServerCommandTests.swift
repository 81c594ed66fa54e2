// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

extension WireTests {
    @Suite("Server commands")
    struct ServerCommandTests {
        @Test("COMMAND describes the commands", arguments: Transport.allCases)
        func command(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let all = try #require(try connection.command("COMMAND").elements)
            #expect(try connection.command("COMMAND", "COUNT") == .integer(all.count))
            let names = Set(all.compactMap { $0.elements?.first?.text })
            #expect(names.isSuperset(of: ["publish", "subscribe", "ping", "client", "multi"]))

            let described = try #require(
                try connection.command("COMMAND", "INFO", "publish", "nosuch").elements)
            let publish = try #require(described.first?.elements)
            #expect(publish.count == 10)
            #expect(publish.prefix(2) == ["publish", 3])
            #expect(publish[2].elements?.contains(.status("pubsub")) == true)
            #expect(described.last == .null)

            let docs = try connection.command("COMMAND", "DOCS", "publish", "nosuch")
            #expect(docs.elements?.count == 2)
            #expect(docs["publish"]?["group"] == "pubsub")
            #expect(docs["publish"]?["summary"]?.text?.isEmpty == false)
        }

        @Test("COMMAND LIST, GETKEYS and errors", arguments: Transport.allCases)
        func commandSubcommands(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let filtered = try #require(
                try connection.command("COMMAND", "LIST", "FILTERBY", "PATTERN", "*subscribe")
                    .elements)
            let expected = [
                "psubscribe", "punsubscribe", "ssubscribe", "subscribe", "sunsubscribe",
                "unsubscribe",
            ]
            #expect(filtered.compactMap(\.text).sorted() == expected)
            let keys = try connection.command("COMMAND", "GETKEYS", "PUBLISH", "a", "b")
            #expect(keys == .error("ERR The command has no key arguments"))
            let unknown = try connection.command("COMMAND", "NOSUCH")
            #expect(unknown == .error("ERR unknown subcommand 'NOSUCH'. Try COMMAND HELP."))
            #expect(try connection.command("COMMAND", "HELP").elements?.isEmpty == false)
        }

        @Test("CONFIG GET and SET, several at once", arguments: Transport.allCases)
        func config(_ transport: Transport) throws {
            let server = try ServerProcess.shared()
            let connection = try HiredisConnection(server, transport)
            let port = try connection.command("CONFIG", "GET", "port")
            #expect(port == ["port", .bulk("\(server.port)")])
            #expect(try connection.command("CONFIG", "GET", "nosuch") == [])
            let several = try connection.command("CONFIG", "GET", "slowlog-*", "databases")
            #expect(several.elements?.count == 6)
            #expect(several["databases"] == "16")
            #expect(several["slowlog-max-len"] == "128")

            let set = try connection.command(
                "CONFIG", "SET", "slowlog-max-len", 64, "timeout", 3_600)
            #expect(set == .ok)
            #expect(try connection.command("CONFIG", "GET", "slowlog-max-len").elements?[1] == "64")
            #expect(try connection.command("CONFIG", "GET", "timeout").elements?[1] == "3600")
            let back = try connection.command(
                "CONFIG", "SET", "slowlog-max-len", 128, "timeout", 0)
            #expect(back == .ok)
            let limits = try connection.command("CONFIG", "GET", "client-output-buffer-limit")
            #expect(
                limits.elements?[1].text?.hasSuffix("pubsub 33554432 8388608 60") == true)
        }

        @Test("CONFIG SET sets all or none", arguments: Transport.allCases)
        func configErrors(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let unknown = try connection.command("CONFIG", "SET", "nosuch", "1")
            #expect(
                unknown
                    == .error(
                        "ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'"))
            let failed = try connection.command(
                "CONFIG", "SET", "slowlog-max-len", 99, "timeout", "x")
            #expect(
                failed
                    == .error(
                        "ERR CONFIG SET failed (possibly related to argument 'timeout') - "
                            + "argument couldn't be parsed into an integer"))
            let length = try connection.command("CONFIG", "GET", "slowlog-max-len")
            #expect(length == ["slowlog-max-len", "128"])
            #expect(
                try connection.command("CONFIG", "REWRITE")
                    == .error("ERR The server is running without a config file"))
            #expect(
                try connection.command("CONFIG", "NOSUCH")
                    == .error("ERR unknown subcommand 'NOSUCH'. Try CONFIG HELP."))
        }

        @Test("INFO has the fields that clients read", arguments: Transport.allCases)
        func info(_ transport: Transport) throws {
            let server = try ServerProcess.shared()
            let connection = try HiredisConnection(server, transport)
            let info = InfoFields(try #require(try connection.command("INFO").text))
            #expect(info["tcp_port"] == "\(server.port)")
            #expect(info["process_id"] == "\(server.pid)")
            #expect(info["role"] == "master")
            // Valkey has renamed the field.
            #expect((info["redis_mode"] ?? info["server_mode"]) == "standalone")
            #expect(info["arch_bits"] == "64")
            #expect(info["cluster_enabled"] == "0")
            let numeric = [
                "connected_clients", "maxclients", "uptime_in_seconds", "used_memory",
                "total_connections_received", "total_commands_processed", "pubsub_channels",
                "pubsub_patterns", "rejected_connections", "total_net_input_bytes",
            ]
            for name in numeric {
                #expect(info[name].flatMap { Int($0) } != nil, "\(name) is \(info[name] ?? "-")")
            }
            let clients = try #require(try connection.command("INFO", "clients").text)
            #expect(clients.hasPrefix("# Clients\r\nconnected_clients:"))
            #expect(InfoFields(clients)["redis_version"] == nil)
            #expect(try connection.command("INFO", "nosuch") == "")
        }

        @Test("CONFIG RESETSTAT starts the counters anew", arguments: Transport.allCases)
        func resetStatistics(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            for _ in 0..<50 { try connection.append("PING") }
            _ = try connection.replies(50)
            #expect(try connection.command("CONFIG", "RESETSTAT") == .ok)
            let stats = InfoFields(try #require(try connection.command("INFO", "stats").text))
            let processed = try #require(stats["total_commands_processed"].flatMap { Int($0) })
            #expect(processed < 50)
        }

        @Test("SLOWLOG holds what took longer than the threshold", arguments: Transport.allCases)
        func slowLog(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("SLOWLOG", "RESET") == .ok)
            #expect(try connection.command("SLOWLOG", "LEN") == 0)
            #expect(try connection.command("CLIENT", "SETNAME", "slow") == .ok)
            let all = try connection.command("CONFIG", "SET", "slowlog-log-slower-than", 0)
            #expect(all == .ok)
            #expect(try connection.command("ECHO", "logged") == "logged")
            let none = try connection.command("CONFIG", "SET", "slowlog-log-slower-than", 10_000)
            #expect(none == .ok)

            let entries = try #require(try connection.command("SLOWLOG", "GET", -1).elements)
            let echo = try #require(
                entries.first { $0.elements?[3] == ["ECHO", "logged"] }?.elements)
            #expect(echo.count == 6)
            #expect(echo[0].integer != nil && echo[1].integer != nil && echo[2].integer != nil)
            #expect(echo[5] == "slow")
            #expect(try connection.command("SLOWLOG", "GET", 1).elements?.count == 1)
            #expect(try connection.command("SLOWLOG", "RESET") == .ok)
            #expect(try connection.command("SLOWLOG", "GET") == [])
            let refusal = Reply.error("ERR count should be greater than or equal to -1")
            #expect(try connection.command("SLOWLOG", "GET", "x") == refusal)
            #expect(try connection.command("SLOWLOG", "HELP").elements?.isEmpty == false)
        }

        @Test("MONITOR shows the commands of others", arguments: Transport.allCases)
        func monitor(_ transport: Transport) throws {
            let server = try ServerProcess.shared()
            let monitor = try HiredisConnection(server, transport)
            let other = try HiredisConnection(server, transport)
            #expect(try other.command("SELECT", 2) == .ok)
            #expect(try monitor.command("MONITOR") == .ok)
            _ = try other.command("ECHO", Array("a\"b\\\r\n\u{1}".utf8) + [0xff])
            let line = try #require(try monitor.reply().text)
            let parts = line.split(separator: " ", maxSplits: 3)
            let seconds = try #require(Double(parts[0]))
            #expect(seconds > 1_700_000_000)
            #expect(parts[1] == "[2")
            switch transport {
            case .tcp: #expect(parts[2].hasPrefix("127.0.0.1:") && parts[2].hasSuffix("]"))
            case .unix: #expect(parts[2] == "unix:\(server.unixSocketPath)]")
            }
            #expect(parts[3] == #""ECHO" "a\"b\\\r\n\x01\xff""#)
            // Administration is not shown, and passwords are hidden.
            _ = try other.command("CONFIG", "GET", "port")
            _ = try other.command("AUTH", "default", "secret")
            _ = try other.command("publish", "channel", "")
            let authentication = try #require(try monitor.reply().text)
            #expect(authentication.hasSuffix(#"] "AUTH" "(redacted)" "(redacted)""#))
            let publish = try #require(try monitor.reply().text)
            #expect(publish.hasSuffix(#"] "publish" "channel" """#))
        }

        @Test("DBSIZE, FLUSHALL, FLUSHDB, LASTSAVE, ROLE", arguments: Transport.allCases)
        func keyspace(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            #expect(try connection.command("FLUSHALL") == .ok)
            #expect(try connection.command("FLUSHALL", "ASYNC") == .ok)
            #expect(try connection.command("FLUSHDB", "SYNC") == .ok)
            #expect(try connection.command("FLUSHALL", "nosuch") == .error("ERR syntax error"))
            #expect(try connection.command("DBSIZE") == 0)
            let saved = try #require(try connection.command("LASTSAVE").integer)
            #expect(saved > 1_700_000_000)
            #expect(try connection.command("ROLE") == ["master", 0, []])
        }

        @Test("LOLWUT and DEBUG SLEEP", arguments: Transport.allCases)
        func amusements(_ transport: Transport) throws {
            let connection = try HiredisConnection(.shared(), transport)
            let art = try #require(try connection.command("LOLWUT").text)
            #expect(art.contains(" ver. ") && art.hasSuffix("\n"))
            #expect(try connection.command("DEBUG", "SLEEP", 0) == .ok)
        }
    }
}
