// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCommands

@Suite("maxmemory")
struct MemoryLimitTests {
    private let error = "-OOM command not allowed when used memory > 'maxmemory'."

    @Test("What needs memory is refused while it is exceeded; the rest goes on")
    func refusal() {
        let server = TestServer { $0.maxmemory = 1000 }
        let client = server.connect()
        #expect(client.ask("SET a 1") == ["+OK"])
        server.host.allocation.store(1001, ordering: .relaxed)
        server.advance(milliseconds: 200)
        #expect(
            client.ask("SET a 2", "GET a", "PUBLISH a x", "DEL b", "EXPIRE a 10")
                == [error, #""1""#, ":0", ":0", ":1"])
        #expect(
            client.ask("MULTI", "GET a", "EXEC")
                == ["+OK", error, "-EXECABORT Transaction discarded because of previous errors."])
        server.host.allocation.store(500, ordering: .relaxed)
        server.advance(milliseconds: 20)
        #expect(client.ask("SET a 2") == ["+OK"])
    }

    @Test("What is written between two measurements counts")
    func estimate() {
        let server = TestServer { $0.maxmemory = 1000 }
        let client = server.connect()
        let replies = (0..<30).map { _ in client.ask("SET a \(String(repeating: "x", count: 50))") }
        #expect(replies.first == ["+OK"])
        #expect(replies.last == [error])
        server.advance(milliseconds: 20)
        #expect(client.ask("SET a 1") == ["+OK"])
    }

    @Test("CONFIG SET applies at once")
    func setting() {
        let server = TestServer()
        let client = server.connect()
        server.host.allocation.store(1001, ordering: .relaxed)
        #expect(
            client.ask("SET a 1", "CONFIG SET maxmemory 1000", "SET a 2") == ["+OK", "+OK", error])
        #expect(client.ask("CONFIG SET maxmemory 0", "SET a 2") == ["+OK", "+OK"])
    }
}
