// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@Suite("CLIENT PAUSE")
struct PauseTests {
    @Test("All wait until the time has come, on every shard, and lose nothing")
    func all() {
        let server = TestServer(shardCount: 2)
        let clients = [server.connect(toShard: 0), server.connect(toShard: 1)]
        #expect(clients[0].ask("PING", "CLIENT PAUSE 100", "PING") == ["+PONG", "+OK"])
        clients[1].send("ECHO 1", "ECHO 2")
        clients[1].send("ECHO 3")
        server.advance(milliseconds: 99)
        server.settle()
        #expect(clients.flatMap(\.replies) == [])
        server.advance(milliseconds: 1)
        server.settle()
        #expect(clients[0].replies == ["+PONG"])
        #expect(clients[1].replies == [#""1""#, #""2""#, #""3""#])
    }

    @Test("Under WRITE what publishes waits, and EXEC if its transaction would; UNPAUSE ends it")
    func write() {
        let server = TestServer(shardCount: 2)
        let client = server.connect(toShard: 1)
        let other = server.connect(toShard: 0)
        client.send("MULTI", "PUBLISH a x")
        #expect(other.ask("CLIENT PAUSE 1000 WRITE") == ["+OK"])
        _ = client.replies
        #expect(client.ask("EXEC", "PING") == [])
        #expect(other.ask("PING", "MULTI", "PING", "EXEC").last == "[+PONG]")
        #expect(other.ask("CLIENT LIST ID \(client.id)")[0].contains(" flags=xb "))
        #expect(other.ask("CLIENT UNPAUSE") == ["+OK"])
        server.settle()
        #expect(client.replies == ["[:0]", "+PONG"])
        #expect(other.ask("CLIENT LIST ID \(client.id)")[0].contains(" flags=N "))
    }

    @Test("The later end and the wider scope win")
    func longer() {
        let server = TestServer()
        let client = server.connect()
        let other = server.connect()
        other.send("CLIENT PAUSE 100 WRITE", "CLIENT PAUSE 10 WRITE")
        client.send("PUBLISH a x")
        server.advance(milliseconds: 50)
        server.settle()
        #expect(client.replies == [])
        other.send("CLIENT PAUSE 10 ALL")
        other.send("PING")
        server.advance(milliseconds: 49)
        server.settle()
        #expect(client.replies == [] && other.replies == ["+OK", "+OK", "+OK"])
        server.advance(milliseconds: 1)
        server.settle()
        #expect(client.replies == [":0"] && other.replies == ["+PONG"])
    }

    @Test("A pause that is over holds nobody up, even if its timer is late")
    func lateTimer() {
        let server = TestServer()
        let client = server.connect()
        let waiting = server.connect()
        client.send("CLIENT PAUSE 100")
        waiting.send("ECHO x")
        server.advance(milliseconds: 100, firingTimers: false)
        #expect(client.ask("PING") == ["+OK", "+PONG"])
        server.settle()
        #expect(waiting.replies == [#""x""#])
    }

    @Test("A monitor does not wait, as replicas do not in Redis")
    func monitor() {
        let server = TestServer()
        let monitor = server.connect()
        monitor.send("MONITOR")
        _ = server.connect().ask("CLIENT PAUSE 100")
        _ = monitor.replies
        #expect(monitor.ask("ECHO x").first == #""x""#)
    }

    @Test("A client that leaves while it waits is forgotten")
    func leaves() {
        let server = TestServer()
        let client = server.connect()
        let other = server.connect()
        other.send("CLIENT PAUSE 100")
        client.send("PING")
        client.disconnect()
        server.advance(milliseconds: 100)
        server.settle()
        #expect(other.ask("PING") == ["+OK", "+PONG"])
    }
}
