// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@Suite("CLIENT KILL")
struct KillTests {
    @Test("Clients of another shard are gone before the reply, and the next PUBLISH misses them")
    func otherShard() {
        let server = TestServer(shardCount: 2)
        let near = server.connect(toShard: 0)
        let far = server.connect(toShard: 1)
        let killer = server.connect(toShard: 0)
        near.send("SUBSCRIBE a")
        far.send("SUBSCRIBE a")
        #expect(killer.ask("PUBLISH a x") == [":2"])
        killer.send("CLIENT KILL TYPE pubsub", "PUBLISH a y")
        #expect(killer.replies == [])
        #expect(near.isClosed && !far.isClosed)
        server.drain(1)
        #expect(far.isClosed)
        #expect(killer.replies == [])
        server.drain(0)
        #expect(killer.replies == [":2", ":0"])
    }

    @Test("What CLIENT REPLY SKIP holds back stays held back when it comes late")
    func skippedReply() {
        let server = TestServer(shardCount: 2)
        let far = server.connect(toShard: 1)
        let killer = server.connect(toShard: 0)
        killer.send("CLIENT REPLY SKIP", "CLIENT KILL ID \(far.id)", "PING")
        server.settle()
        #expect(far.isClosed)
        #expect(killer.replies == ["+PONG"])
    }

    @Test("A client may kill itself and others at once, without a reply too")
    func everybody() {
        let server = TestServer(shardCount: 2)
        let far = server.connect(toShard: 1)
        let killer = server.connect(toShard: 0)
        killer.send("CLIENT KILL TYPE normal SKIPME no", "PING")
        server.settle()
        #expect(far.isClosed)
        #expect(killer.replies == [":2", "closed"])
        let silent = server.connect(toShard: 0)
        _ = server.connect(toShard: 1)
        silent.send("CLIENT REPLY SKIP", "CLIENT KILL TYPE normal SKIPME no", "PING")
        server.settle()
        #expect(silent.replies == ["closed"])
    }

    @Test("A client that leaves while its answer is gathered is not missed")
    func killerLeaves() {
        let server = TestServer(shardCount: 2)
        let far = server.connect(toShard: 1)
        let killer = server.connect(toShard: 0)
        killer.send("CLIENT KILL ID \(far.id)")
        killer.disconnect()
        server.settle()
        #expect(far.isClosed)
        #expect(server.context.clients.count == 0)
    }

    @Test("Two that kill the same client at once count it once")
    func twoKillers() {
        let server = TestServer(shardCount: 3)
        let victim = server.connect(toShard: 2)
        let killers = [server.connect(toShard: 0), server.connect(toShard: 1)]
        killers.forEach { $0.send("CLIENT KILL ID \(victim.id)") }
        server.settle()
        #expect(killers.flatMap(\.replies).sorted() == [":0", ":1"])
    }

    @Test("Inside EXEC the other shard is told and not waited for")
    func insideExec() {
        let server = TestServer(shardCount: 2)
        let far = server.connect(toShard: 1)
        let killer = server.connect(toShard: 0)
        let exchange = killer.ask("MULTI", "CLIENT KILL ID \(far.id)", "PING", "EXEC")
        #expect(exchange == ["+OK", "+QUEUED", "+QUEUED", "[:1, +PONG]"])
        server.settle()
        #expect(far.isClosed)
    }

    @Test("A client that kills itself gets the reply, and nothing more is executed or replied")
    func itself() {
        let server = TestServer()
        let byFilter = server.connect()
        #expect(byFilter.ask("CLIENT KILL ID \(byFilter.id)") == [":0"])
        #expect(
            byFilter.ask("CLIENT KILL ID \(byFilter.id) SKIPME no", "PING") == [":1", "closed"])
        let byAddress = server.connect()
        #expect(
            byAddress.ask("PING", "CLIENT KILL \(byAddress.address)", "PING")
                == ["+PONG", "+OK", "closed"])
        let inExec = server.connect()
        #expect(
            inExec.ask("MULTI", "CLIENT KILL \(inExec.address)", "PING", "EXEC", "PING")
                == ["+OK", "+QUEUED", "+QUEUED", "broken: *2\r\n+OK\r\n", "closed"])
    }

    @Test("Every filter must match")
    func filters() {
        let server = TestServer()
        let old = server.connect()
        server.advance(milliseconds: 60_000)
        let young = server.connect()
        let killer = server.connect()
        #expect(
            killer.ask(
                "CLIENT KILL ID \(old.id) ADDR \(young.address)",
                "CLIENT KILL ID \(old.id) TYPE pubsub",
                "CLIENT KILL ID \(old.id) LADDR 1.2.3.4:5",
                "CLIENT KILL ID \(young.id) MAXAGE 60") == [":0", ":0", ":0", ":0"])
        #expect(!old.isClosed && !young.isClosed)
        #expect(killer.ask("CLIENT KILL MAXAGE 60 USER default TYPE normal") == [":1"])
        #expect(old.isClosed && !young.isClosed)
        #expect(killer.ask("CLIENT KILL LADDR 127.0.0.1:6379") == [":1"])
        #expect(young.isClosed)
    }

    @Test("A killed client's queue is dropped")
    func queue() {
        let server = TestServer()
        let victim = server.connect()
        victim.send("PING")
        _ = server.connect().ask("CLIENT KILL ID \(victim.id)")
        #expect(victim.replies == ["closed"])
    }
}
