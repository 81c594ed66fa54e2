// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Synchronization
import Testing

@testable import MartletCommands

@Suite("What takes long to release")
struct ReleaseTests {
    private final class Elsewhere: Sendable {
        let count = Atomic(0)
    }

    private let elsewhere = Elsewhere()
    private let server: TestServer
    private let client: TestClient

    init() {
        server = TestServer(shardCount: 1) { [elsewhere] work in
            elsewhere.count.add(1, ordering: .relaxed)
            work()
        }
        client = server.connect()
    }

    private var releaseCount: Int { elsewhere.count.exchange(0, ordering: .relaxed) }

    private func fill(_ key: String, count: Int) {
        let members = (0..<count).map(String.init).joined(separator: " ")
        #expect(client.ask("SADD \(key) \(members)") == [":\(count)"])
    }

    @Test("is released elsewhere", arguments: ["DEL a", "UNLINK a", "SET a 1", "PEXPIREAT a 1"])
    func elsewhere(request: String) {
        fill("a", count: 2000)
        #expect(releaseCount == 0)
        _ = client.ask(request)
        #expect(releaseCount == 1)
        _ = client.ask("DEL a")
        #expect(releaseCount == 0)
    }

    @Test("stays if it only moves to another key")
    func moving() {
        fill("a", count: 2000)
        #expect(client.ask("RENAME a b", "MOVE b 1", "SELECT 1", "SCARD b").last == ":2000")
    }

    @Test("What is quick to release is released at once")
    func quick() {
        fill("a", count: 20)
        _ = client.ask("DEL a")
        #expect(releaseCount == 0)
    }
}
