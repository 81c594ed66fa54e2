// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Dispatch
import Foundation
import MartletCore
import Synchronization
import Testing

@testable import MartletCommands

/// Shards on threads of their own, with clients that work on the same keys.
@Suite("Keys under contention", .serialized)
struct ContentionTests {
    private static let shardCount = 3
    private static let clientsPerShard = 3

    /// A client that sends its next requests when the last have been answered.
    private final class Worker: @unchecked Sendable {
        private let client: TestClient
        private let nextRequests: (_ replies: [String]) -> [String]?
        private var awaitedCount = 0
        private var received: [String] = []
        private(set) var isDone = false

        init(_ client: TestClient, _ nextRequests: @escaping ([String]) -> [String]?) {
            self.client = client
            self.nextRequests = nextRequests
        }

        /// - Returns: true if it has nothing more to do from now on.
        func step() -> Bool {
            guard !isDone else { return false }
            received += client.replies
            guard received.count == awaitedCount else { return false }
            guard let requests = nextRequests(received) else {
                isDone = true
                return true
            }
            received = []
            awaitedCount = requests.count
            client.receive(requests.flatMap(TestClient.encoded))
            return false
        }
    }

    /// Has each shard drain its mailbox and its workers step, until all are done.
    private func run(_ server: TestServer, _ workers: [[Worker]]) {
        let working = Counted(workers.joined().count)
        let shards = server.context.broker.shards
        let deadline = ContinuousClock.now + .seconds(60)
        let ended = DispatchGroup()
        for (shard, workers) in zip(shards, workers) {
            ended.enter()
            Thread.detachNewThread {
                while working.count > 0, ContinuousClock.now < deadline {
                    shard.drainMailbox()
                    for worker in workers where worker.step() { working.decrement() }
                    sched_yield()
                }
                ended.leave()
            }
        }
        ended.wait()
        #expect(working.count == 0, "everything was answered")
        server.settle()
    }

    private final class Counted: Sendable {
        private let value: Atomic<Int>

        init(_ count: Int) { value = Atomic(count) }
        var count: Int { value.load(ordering: .sequentiallyConsistent) }
        func increment() { value.add(1, ordering: .sequentiallyConsistent) }
        func decrement() { value.subtract(1, ordering: .sequentiallyConsistent) }
    }

    /// The next replies, which other threads have a part in.
    private func awaited(_ count: Int, _ client: TestClient, _ server: TestServer) -> [String] {
        var replies = client.replies
        let deadline = ContinuousClock.now + .seconds(60)
        while replies.count < count, ContinuousClock.now < deadline {
            server.settle()
            replies += client.replies
        }
        return replies
    }

    private func makeServer() -> TestServer {
        let queue = DispatchQueue(label: "slow")
        return TestServer(
            shardCount: Self.shardCount, runningSlowWork: { queue.async(execute: $0) })
    }

    private func workers(
        of server: TestServer, _ next: (_ number: Int) -> ([String]) -> [String]?
    ) -> [[Worker]] {
        (0..<Self.shardCount).map { shard in
            (0..<Self.clientsPerShard).map { index in
                Worker(
                    server.connect(toShard: shard), next(shard * Self.clientsPerShard + index))
            }
        }
    }

    @Test("No increment is lost, replies stay in order, a transaction is one step")
    func increments() {
        let server = makeServer()
        let rounds = 200
        let workers = workers(of: server) { _ in
            var round = 0
            var last = 0
            return { replies in
                if !replies.isEmpty {
                    let numbers = [replies[0], replies[1], replies[3]].map { Int($0.dropFirst())! }
                    #expect(last < numbers[0] && numbers[0] < numbers[1])
                    #expect(numbers[1] < numbers[2])
                    last = numbers[2]
                    #expect(replies[2] == ":0")
                    let pair = replies[7].dropFirst().dropLast().split(separator: ", ")
                    #expect(pair.count == 2 && pair[0] == pair[1], "\(replies[7])")
                }
                round += 1
                guard round <= rounds else { return nil }
                return [
                    "INCR n", "INCR n", "PUBLISH nobody x", "INCR n", "MULTI", "INCR a", "INCR b",
                    "EXEC",
                ]
            }
        }
        run(server, workers)
        let total = rounds * Self.shardCount * Self.clientsPerShard
        #expect(server.connect().ask("GET n", "GET a") == ["\"\(total * 3)\"", "\"\(total)\""])
    }

    @Test("What is put into keys is taken once each, by clients that wait")
    func queue() {
        let server = makeServer()
        let total = 900
        let taken = Counted(0)
        let put = Counted(0)
        let consumerCount = Self.shardCount * Self.clientsPerShard / 3
        let workers = workers(of: server) { number in
            if number.isMultiple(of: 3) {
                var left = total / consumerCount
                return { replies in
                    for reply in replies where reply.hasPrefix("[") { taken.increment() }
                    left -= 1
                    return left >= 0 ? ["TAKE q0 q1 q2 0"] : nil
                }
            }
            var next = 0
            return { replies in
                // A producer that was answered OK has put one more.
                for reply in replies where reply == "+OK" { put.increment() }
                guard put.count < total, taken.count < total else { return nil }
                next += 1
                return ["SET q\(next % 3) \(number) NX"]
            }
        }
        run(server, workers)
        #expect(taken.count == total)
        let left = Int(server.connect().ask("EXISTS q0 q1 q2")[0].dropFirst())!
        #expect(put.count == total + left)
        #expect(server.context.keyspace.waiterCount == 0)
    }

    @Test("While the keyspace is taken for long, the rest goes on and commands on keys wait")
    func slowWork() {
        let server = makeServer()
        let (first, second) = (server.connect(), server.connect(toShard: 1))
        let (begun, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        server.context.gate.performSlowly { _ in
            begun.signal()
            goOn.wait()
        }
        begun.wait()
        #expect(first.ask("PUBLISH a x", "SET a 1", "PING") == [":0"])
        #expect(second.ask("GET a", "PING") == [])
        goOn.signal()
        #expect(awaited(2, first, server) == ["+OK", "+PONG"])
        let replies = awaited(2, second, server)
        // Who came first has been served first.
        #expect(replies == [#""1""#, "+PONG"])
    }

    @Test("Past the threshold of a busy script commands on keys are answered with BUSY")
    func busy() {
        let server = makeServer()
        let client = server.connect()
        let (begun, goOn) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        server.context.gate.performSlowly { _ in
            begun.signal()
            goOn.wait()
        }
        begun.wait()
        #expect(client.ask("GET a", "PING") == [])
        server.context.beginBusy(.busy)
        server.settle()
        let busy =
            "-BUSY Redis is busy running a script. You can only call SCRIPT KILL or SHUTDOWN "
            + "NOSAVE."
        #expect(client.replies == [busy, "+PONG"])
        #expect(client.ask("SET a 1", "PING") == [busy, "+PONG"])
        server.context.endBusy()
        goOn.signal()
        client.send("SET a 1")
        #expect(awaited(1, client, server) == ["+OK"])
    }

    @Test(
        "A command that visits very many keys runs beside the loop, and its reply keeps its place")
    func slowCommand() {
        let server = makeServer()
        let client = server.connect()
        for start in stride(from: 0, to: 100_001, by: 1000) {
            let requests = (start..<(start + 1000)).map { TestClient.encoded("SET key:\($0) x") }
            client.receive(Array(requests.joined()))
            _ = client.replies
        }
        #expect(client.ask("DBSIZE") == [":101000"])
        client.send("PING", "KEYS key:10099?", "PING x")
        let replies = awaited(3, client, server)
        #expect(replies[0] == "+PONG")
        #expect(replies[1].split(separator: ",").count == 10)
        #expect(replies[2] == #""x""#)
        // So it does in a transaction, whose other commands keep their places around it.
        client.send("MULTI", "SET a 1", "KEYS nosuch", "KEYS b", "GET a", "EXEC", "PING")
        let transaction = awaited(7, client, server)
        #expect(transaction[5] == #"[+OK, [], [], "1"]"#)
        #expect(transaction[6] == "+PONG")
    }
}
