// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCommands

@Suite("Clients that wait for keys")
struct WaitTests {
    @Test("Who came first is served first, once for each change", arguments: [1, 3])
    func order(shardCount: Int) {
        let server = TestServer(shardCount: shardCount)
        let waiting = (0..<3).map { server.connect(toShard: $0 % shardCount) }
        for client in waiting { #expect(client.ask("TAKE a b 0", "PING") == []) }
        let writer = server.connect()
        #expect(writer.ask("SET a 1", "SET b 2", "EXISTS a b") == ["+OK", "+OK", ":0"])
        server.settle()
        #expect(waiting[0].replies == [#"["a", "1"]"#, "+PONG"])
        #expect(waiting[1].replies == [#"["b", "2"]"#, "+PONG"])
        #expect(waiting[2].replies == [])
        #expect(writer.ask("SET b 3") == ["+OK"])
        server.settle()
        #expect(waiting[2].replies == [#"["b", "3"]"#, "+PONG"])
        #expect(server.context.keyspace.waiterCount == 0)
    }

    @Test("A transaction serves those who wait at its end, and does not wait itself")
    func transaction() {
        let server = TestServer()
        let waiting = server.connect()
        let writer = server.connect()
        #expect(waiting.ask("TAKE a 0") == [])
        #expect(
            writer.ask("MULTI", "TAKE b 0", "SET a 1", "SET a 2", "EXEC").last == "[nil, +OK, +OK]")
        server.settle()
        #expect(waiting.replies == [#"["a", "2"]"#])
    }

    @Test("A wait ends when its time is up, and not before")
    func timeout() {
        let server = TestServer()
        let (first, second) = (server.connect(), server.connect())
        #expect(first.ask("TAKE a 100", "PING") == [])
        #expect(second.ask("TAKE a 50") == [])
        server.advance(milliseconds: 49)
        server.settle()
        #expect(second.replies == [])
        server.advance(milliseconds: 1)
        server.settle()
        #expect(second.replies == ["nil"])
        #expect(first.replies == [])
        server.advance(milliseconds: 50)
        server.settle()
        #expect(first.replies == ["nil", "+PONG"])
        #expect(server.connect().ask("SET a 1", "GET a") == ["+OK", #""1""#])
        #expect(server.context.keyspace.waiterCount == 0)
    }

    @Test("Nothing is taken for a client that is gone")
    func gone() {
        let server = TestServer(shardCount: 2)
        let clients = (0..<4).map { server.connect(toShard: $0 % 2) }
        for client in clients { client.send("TAKE a 0") }
        clients[0].disconnect()
        let killer = server.connect()
        _ = killer.ask("CLIENT KILL ID \(clients[1].id)")
        server.settle()
        #expect(killer.ask("CLIENT UNBLOCK \(clients[2].id) ERROR").last == ":1")
        #expect(killer.ask("SET a 1") == ["+OK"])
        server.settle()
        #expect(clients[2].replies == ["-UNBLOCKED client unblocked via CLIENT UNBLOCK"])
        #expect(clients[3].replies == [#"["a", "1"]"#])
        #expect(server.context.keyspace.waiterCount == 0)
        #expect(killer.ask("CLIENT UNBLOCK \(clients[3].id)") == [":0"])
    }

    @Test("A waiting client is marked as blocked")
    func flags() {
        let server = TestServer()
        let client = server.connect()
        let other = server.connect()
        let line = { other.ask("CLIENT LIST ID \(client.id)").joined() }
        #expect(line().contains("flags=N"))
        client.send("TAKE a 0")
        #expect(line().contains("flags=b"))
        #expect(other.ask("INFO clients").joined().contains("blocked_clients:1"))
        _ = other.ask("CLIENT UNBLOCK \(client.id) TIMEOUT")
        server.settle()
        #expect(client.replies == ["nil"])
        #expect(line().contains("flags=N"))
    }

    @Test("Random waits, writes, timeouts and departures leave nothing behind", arguments: 1...60)
    func random(seed: UInt64) {
        var random = SplitMix64(state: seed)
        let server = TestServer(shardCount: 2)
        let writer = server.connect()
        var clients: [TestClient] = []
        var isWaiting: [Bool] = []
        var writtenCount = 0
        var takenCount = 0
        func collect() {
            server.settle()
            for index in clients.indices where isWaiting[index] {
                for reply in clients[index].replies {
                    isWaiting[index] = false
                    if reply.hasPrefix("[") { takenCount += 1 }
                }
            }
        }
        for _ in 0..<200 {
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                clients.append(server.connect(toShard: Int.random(in: 0..<2, using: &random)))
                isWaiting.append(false)
            case 1...3:
                guard let index = clients.indices.randomElement(using: &random),
                    !isWaiting[index]
                else { break }
                let timeout = Int.random(in: 0...3, using: &random) * 10
                isWaiting[index] = true
                clients[index].send(
                    ["TAKE a \(timeout)", "TAKE b a \(timeout)"].randomElement(using: &random)!)
            case 4, 5:
                let key = ["a", "b"].randomElement(using: &random)!
                if writer.ask("SET \(key) 1 NX") == ["+OK"] { writtenCount += 1 }
            case 6:
                server.advance(milliseconds: Int.random(in: 0...20, using: &random))
            default:
                guard let index = clients.indices.randomElement(using: &random) else { break }
                collect()
                clients[index].disconnect()
                clients.remove(at: index)
                isWaiting.remove(at: index)
            }
            collect()
        }
        let left = Int(writer.ask("EXISTS a b")[0].dropFirst())!
        #expect(writtenCount == takenCount + left, "seed \(seed)")
        #expect(server.context.keyspace.waiterCount == isWaiting.count { $0 }, "seed \(seed)")
        for client in clients { client.disconnect() }
        server.settle()
        #expect(server.context.keyspace.waiterCount == 0, "seed \(seed)")
    }
}
