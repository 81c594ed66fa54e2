// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCommands

@Suite("INFO")
struct InfoTests {
    private func fields(_ client: TestClient, _ request: String) throws -> [String: String] {
        let text = try #require(client.ask(request).last).filter { $0 != "\"" }
        var fields: [String: String] = [:]
        for line in text.split(separator: "\r\n") {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            if parts.count == 2 { fields[String(parts[0])] = String(parts[1]) }
        }
        return fields
    }

    private func titles(_ client: TestClient, _ request: String) -> [String] {
        let text = client.ask(request).first ?? ""
        return text.split(whereSeparator: { $0 == "\r\n" || $0 == "\"" })
            .filter { $0.hasPrefix("# ") }.map { String($0.dropFirst(2)) }
    }

    static let defaultTitles = [
        "Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Modules",
        "Errorstats", "Cluster", "Keyspace",
    ]
    static let allTitles = [
        "Server", "Clients", "Memory", "Persistence", "Stats", "Replication", "CPU", "Modules",
        "Commandstats", "Errorstats", "Latencystats", "Cluster", "Keyspace",
    ]

    @Test(
        "sections come in one order, each once, whatever is asked",
        arguments: [
            ("INFO", defaultTitles), ("INFO default", defaultTitles), ("INFO ALL", allTitles),
            ("INFO everything", allTitles),
            ("INFO keyspace SERVER server", ["Server", "Keyspace"]),
            ("INFO nosuch cpu", ["CPU"]),
            (
                "INFO default commandstats",
                allTitles.filter {
                    $0 != "Latencystats"
                }
            ),
        ])
    func sections(_ request: String, _ expected: [String]) {
        #expect(titles(TestServer().connect(), request) == expected)
    }

    @Test("sections that do not exist leave nothing")
    func unknownSection() {
        #expect(TestServer().connect().ask("INFO nosuch") == [#""""#])
    }

    @Test("a section is its title and its fields, and RESP3 gets a verbatim text")
    func layout() {
        let client = TestServer().connect()
        #expect(client.ask("INFO cluster") == ["\"# Cluster\r\ncluster_enabled:0\r\n\""])
        #expect(
            client.ask("INFO keyspace cluster")
                == ["\"# Cluster\r\ncluster_enabled:0\r\n\r\n# Keyspace\r\n\""])
        let verbatim = client.ask("HELLO 3", "INFO keyspace").last
        #expect(verbatim == "=\"txt:# Keyspace\r\n\"")
    }

    @Test("versions: which Redis is imitated, and Martlet's own")
    func versions() throws {
        let server = try fields(TestServer().connect(), "INFO server")
        #expect(server["redis_version"] == ImitatedVersion.redis)
        #expect(server["martlet_version"] == ImitatedVersion.martlet)
        #expect(server["redis_mode"] == "standalone")
    }

    @Test("clients and what they subscribe to are counted over all shards")
    func counts() throws {
        let server = TestServer(shardCount: 2)
        let client = server.connect()
        let other = server.connect(toShard: 1)
        other.send("SUBSCRIBE a b", "PSUBSCRIBE c*", "SSUBSCRIBE s")
        let clients = try fields(client, "INFO clients")
        #expect(clients["connected_clients"] == "2")
        #expect(clients["pubsub_clients"] == "1")
        #expect(clients["maxclients"] == "10000")
        let stats = try fields(client, "INFO stats")
        #expect(stats["pubsub_channels"] == "2")
        #expect(stats["pubsub_patterns"] == "1")
        #expect(stats["pubsubshard_channels"] == "1")
        #expect(stats["total_commands_processed"] == "4")
    }

    @Test("commands and errors are counted until CONFIG RESETSTAT")
    func statistics() throws {
        let client = TestServer().connect()
        client.send("PING", "PING", "SELECT x", "ECHO", "NOSUCH", "CONFIG GET port")
        let commands = try fields(client, "INFO commandstats")
        #expect(
            commands["cmdstat_ping"]
                == "calls=2,usec=0,usec_per_call=0.00,rejected_calls=0,failed_calls=0")
        #expect(commands["cmdstat_select"]?.hasSuffix("rejected_calls=0,failed_calls=1") == true)
        #expect(commands["cmdstat_echo"]?.hasSuffix("rejected_calls=1,failed_calls=0") == true)
        #expect(commands["cmdstat_config|get"]?.hasPrefix("calls=1,") == true)
        #expect(try fields(client, "INFO errorstats") == ["errorstat_ERR": "count=3"])
        #expect(try fields(client, "INFO stats")["total_error_replies"] == "3")

        #expect(client.ask("CONFIG RESETSTAT") == ["+OK"])
        let after = try fields(client, "INFO commandstats")
        #expect(Set(after.keys) == ["cmdstat_config|resetstat"])
        #expect(try fields(client, "INFO errorstats").isEmpty)
    }

    @Test("a client that waits is a blocked one")
    func blocked() throws {
        let server = TestServer()
        let client = server.connect()
        let waiting = server.connect()
        waiting.send("WAIT 1 100")
        #expect(try fields(client, "INFO clients")["blocked_clients"] == "1")
        server.advance(milliseconds: 100)
        server.settle()
        #expect(try fields(client, "INFO clients")["blocked_clients"] == "0")
    }

    @Test(
        "sizes are written as Redis writes them",
        arguments: [
            (0, "0B"), (1023, "1023B"), (1024, "1.00K"), (1536, "1.50K"), (1 << 20, "1.00M"),
            (25_276_502_016, "23.54G"), (3 << 40, "3.00T"),
        ])
    func sizes(_ byteCount: Int, _ text: String) {
        #expect(InfoReport.human(byteCount) == text)
    }
}
