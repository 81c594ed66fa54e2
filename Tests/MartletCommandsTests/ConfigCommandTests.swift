// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import MartletCore
import Synchronization
import Testing

@testable import MartletCommands

@Suite("CONFIG")
struct ConfigCommandTests {
    static let setFailed = "-ERR CONFIG SET failed (possibly related to argument "

    static let exchanges: [Exchange] = [
        Exchange(
            "CONFIG GET timeout", "CONFIG GET TimeOut", "CONFIG GET nosuch",
            "CONFIG GET slowlog-m?x-len TIMEOU[T]",
            replies: [
                #"["timeout", "0"]"#, #"["TimeOut", "0"]"#, "[]",
                #"["slowlog-max-len", "128", "timeout", "0"]"#,
            ]),
        Exchange(
            "HELLO 3", "CONFIG GET timeout databases",
            replies: [
                ConnectionCommandTests.hello3, #"%["timeout", "0", "databases", "16"]"#,
            ]),
        Exchange(
            "CONFIG SET timeout 5 slowlog-max-len 7", "CONFIG GET timeout slowlog-max-len",
            replies: ["+OK", #"["timeout", "5", "slowlog-max-len", "7"]"#]),
        Exchange(
            "CONFIG SET timeout 5 slowlog-max-len x", "CONFIG GET timeout",
            replies: [
                setFailed
                    + "'slowlog-max-len') - argument couldn't be parsed into an integer",
                #"["timeout", "0"]"#,
            ]),
        Exchange(
            "CONFIG SET nosuch 1", "CONFIG SET timeout 1 timeout 2", "CONFIG SET databases 1",
            "CONFIG SET timeout 1 databases", "CONFIG SET timeout", "CONFIG NOSUCH",
            replies: [
                "-ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'",
                setFailed + "'timeout') - duplicate parameter",
                setFailed + "'databases') - can't set immutable config",
                "-ERR syntax error", "-ERR wrong number of arguments for 'config|set' command",
                "-ERR unknown subcommand 'NOSUCH'. Try CONFIG HELP.",
            ]),
        Exchange(
            "CONFIG REWRITE", replies: ["-ERR The server is running without a config file"]),
    ]

    @Test("answers as Redis does, however it arrives", arguments: exchanges, Feed.allCases)
    func exchange(_ exchange: Exchange, _ feed: Feed) {
        #expect(exchange.actualReplies(feed) == exchange.replies)
    }

    @Test("CONFIG SET has its effect on what was sent together with it")
    func immediateEffect() {
        let client = TestServer().connect()
        let requests = ["CONFIG SET slowlog-log-slower-than 0", "PING", "SLOWLOG LEN"]
        client.receive(requests.flatMap(TestClient.encoded))
        #expect(client.replies == ["+OK", "+PONG", ":2"])
    }

    @Test("a password does not show in SLOWLOG")
    func redaction() {
        let client = TestServer { $0.slowlogLogSlowerThan = 0 }.connect()
        client.send("CONFIG SET timeout 1 requirepass secret")
        let entry = client.ask("SLOWLOG GET 1").last
        #expect(
            entry?.contains(
                #"["CONFIG", "SET", "timeout", "1", "requirepass", "(redacted)"]"#) == true)
    }

    @Test("protected settings and DEBUG follow their own settings")
    func protected() {
        let closed = TestServer().connect()
        #expect(
            closed.ask("CONFIG SET dir /") == [
                Self.setFailed + "'dir') - can't set protected config"
            ])
        let open = TestServer { $0.enableProtectedConfigs = .local }.connect()
        #expect(open.ask("CONFIG SET dir /", "CONFIG GET dir") == ["+OK", #"["dir", "/"]"#])
    }

    @Test("what cannot be applied leaves every setting as it was, and what was applied is undone")
    func rollback() {
        let host = RefusingHost()
        let shard = Shard(index: 0, wake: {})
        let context = ServerContext(
            broker: Broker(shards: [shard]), configuration: Configuration(),
            clock: Clock(monotonic: { 0 }, wall: { 0 }), executor: { $0() }, releaser: { $0() },
            timer: { _, _ in })
        context.connect(host)
        context.start()
        let shardContext = context.shardContexts[0]
        let record = ClientRecord(
            id: 1, address: "", localAddress: "", descriptor: 0, shardIndex: 0, now: 0)
        let session = Session(
            context: shardContext, outlet: Outlet(shard: shard), record: record, isLocal: true,
            isAuthenticated: true)
        let request = TestClient.encoded("CONFIG SET timeout 9 maxclients 77 port 1")
        _ = request.withUnsafeBytes { session.receive($0) }
        let configuration = context.configuration.configuration
        #expect(configuration == Configuration())
        #expect(
            host.applied.value == ["timeout 9", "maxclients 77", "maxclients 10000", "timeout 0"])
        session.end()
    }
}

/// Cannot have room for 77 clients.
private final class RefusingHost: ServerHost {
    let applied = Recorder()

    func apply(_ setting: Setting, of configuration: Configuration) -> String? {
        let value = String(decoding: setting.value(in: configuration), as: UTF8.self)
        applied.append("\(setting.name) \(value)")
        return configuration.maxclients == 77 && setting.name == "maxclients" ? "no" : nil
    }

    func shutDown() {}
    func schedule(
        afterMilliseconds delay: Int, on shard: Shard, _ work: @escaping Mailbox.Work
    ) {}
    func rewriteConfigurationFile(_ configuration: Configuration) -> String? { nil }
    func log(_ level: LogLevel, _ message: String) {}
    var allocatedByteCount: Int { 0 }
    var process: ProcessFacts { ProcessFacts() }
}

private final class Recorder: Sendable {
    private let lines = Mutex<[String]>([])
    var value: [String] { lines.withLock { $0 } }
    func append(_ line: String) { lines.withLock { $0.append(line) } }
}
