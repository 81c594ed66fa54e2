// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import Martlet

@Suite("A consumer in a group", .timeLimit(.minutes(2)))
struct ConsumerTests {
    struct Job: Codable, Equatable, Sendable {
        var number: Int
        var name = "tea"
    }

    struct Failure: Error {}

    @Test("gets what was appended, before it was there too, and acknowledges it")
    func delivery() async throws {
        let stream = Broker().stream("jobs", of: Job.self)
        let first = try await stream.append(Job(number: 1))
        let more = try await stream.append(contentsOf: [Job(number: 2), Job(number: 3)])
        #expect(more.count == 2 && first < more[0] && more[0] < more[1])
        let consumer = stream.consumer("a", in: "workers")
        var iterator = consumer.makeAsyncIterator()
        for (number, id) in zip(1..., [first] + more) {
            let delivery = try #require(try await iterator.next())
            #expect(try delivery.payload == Job(number: number))
            #expect(delivery.id == id)
            #expect(delivery.attempt == 1)
            #expect(try await delivery.ack())
            #expect(try await delivery.ack() == false)
        }
        consumer.finish()
        #expect(try await iterator.next() == nil)
        #expect(try await stream.count == 3)
        #expect(try await stream.delete(more) == 2)
    }

    @Test("shares entries with the others of its group, and every group sees all")
    func groups() async throws {
        let stream = Broker().stream("jobs", of: Int.self)
        try await stream.append(contentsOf: 0..<100)
        for group in ["g", "h"] {
            let seen = Shared<[Int]>([])
            let consumers = ["a", "b"].map { stream.consumer($0, in: group) }
            try await withThrowingTaskGroup(of: Void.self) { tasks in
                for consumer in consumers {
                    tasks.addTask {
                        for try await delivery in consumer {
                            try await delivery.ack()
                            let number = try delivery.payload
                            let count = seen.withLock { seen in
                                seen.append(number)
                                return seen.count
                            }
                            if count == 100 { consumers.forEach { $0.finish() } }
                        }
                    }
                }
                try await tasks.waitForAll()
            }
            #expect(seen.withLock { $0.sorted() } == Array(0..<100))
        }
    }

    @Test("waits for entries, and begins where it was told to")
    func waits() async throws {
        let broker = Broker()
        let stream = broker.stream("jobs", of: Int.self)
        try await stream.append(1)
        let consumer = stream.consumer("a", in: "late", startingAt: .now)
        let task = Task {
            var iterator = consumer.makeAsyncIterator()
            return try await iterator.next()?.payload
        }
        while broker.waitingCallCount == 0 { await Task.yield() }
        try await stream.append(2)
        #expect(try await task.value == 2)
        #expect(broker.waitingCallCount == 0)
    }

    @Test("gets again what was not acknowledged within the visibility time, while it waits")
    func redelivery() async throws {
        let stream = Broker().stream("jobs", of: Int.self)
        try await stream.append(7)
        var lost = stream.consumer("lost", in: "g", visibility: .milliseconds(50))
            .makeAsyncIterator()
        let first = try #require(try await lost.next())
        let consumer = stream.consumer("other", in: "g", visibility: .milliseconds(50))
        var iterator = consumer.makeAsyncIterator()
        // Nothing is appended: time alone brings it.
        let second = try #require(try await iterator.next())
        #expect(second.id == first.id)
        #expect(second.attempt == 2)
        // The first delivery has no say any more.
        try await first.retry()
        try await first.moveToDeadLetters(because: "late")
        #expect(try await stream.broker.stream("jobs.dead", of: Int.self).count == 0)
        #expect(try await second.ack())
    }

    @Test("gets what it gives back after the delay, or at once")
    func retry() async throws {
        let stream = Broker().stream("jobs", of: Int.self)
        try await stream.append(7)
        let consumer = stream.consumer("a", in: "g", visibility: .seconds(60))
        var iterator = consumer.makeAsyncIterator()
        for attempt in 1...4 {
            let delivery = try #require(try await iterator.next())
            #expect(delivery.attempt == attempt)
            try await delivery.retry(after: attempt == 1 ? .milliseconds(30) : .zero)
        }
        let last = try #require(try await iterator.next())
        try await last.extendVisibility()
        #expect(try await last.ack())
    }

    @Test("moves what was delivered too often to the dead letters, whole and once")
    func deadLetters() async throws {
        let broker = Broker()
        let stream = broker.stream("jobs", of: Job.self)
        let id = try await stream.append(Job(number: 1))
        try await stream.append(Job(number: 2))
        let consumer = stream.consumer("a", in: "g", retry: .immediate(maxAttempts: 3))
        var iterator = consumer.makeAsyncIterator()
        for attempt in 1...3 {
            let delivery = try #require(try await iterator.next())
            #expect(delivery.id == id)
            #expect(delivery.attempt == attempt)
            try await delivery.retry()
        }
        let next = try #require(try await iterator.next())
        #expect(try next.payload == Job(number: 2))
        let dead = broker.stream("jobs.dead", of: Job.self)
        #expect(try await dead.count == 1)
        var graves = dead.consumer("b", in: "g").makeAsyncIterator()
        let grave = try #require(try await graves.next())
        #expect(try grave.payload == Job(number: 1))
        #expect(grave[field: "dead-letter-id"] == Array("\(id)".utf8))
        #expect(grave[field: "dead-letter-stream"] == Array("jobs".utf8))
        #expect(grave[field: "dead-letter-group"] == Array("g".utf8))
        let reason = String(decoding: grave[field: "dead-letter-reason"] ?? [], as: UTF8.self)
        #expect(reason == "delivered 3 times, not acknowledged")
        #expect(grave[field: "nothing"] == nil)
    }

    @Test("leaves an entry pending whose dead letter cannot be written")
    func deadLetterFails() async throws {
        let broker = Broker()
        let stream = broker.stream("jobs", of: Int.self)
        try await stream.append(1)
        try await broker.queue("jobs.dead", of: Int.self).push(0)
        let consumer = stream.consumer("a", in: "g", retry: .immediate(maxAttempts: 1))
        var iterator = consumer.makeAsyncIterator()
        let delivery = try #require(try await iterator.next())
        let error = await #expect(throws: BrokerError.self) {
            try await delivery.moveToDeadLetters(because: "no")
        }
        #expect(error?.code == .wrongType)
        #expect(try await delivery.ack())
    }

    @Test("deletes what all groups have acknowledged, if it was told to")
    func deletes() async throws {
        let stream = Broker().stream("jobs", of: Int.self)
        try await stream.append(1)
        let consumers = ["g", "h"].map {
            stream.consumer("a", in: $0, acknowledgedEntries: .deleted)
        }
        var deliveries: [Delivery<Int>] = []
        for consumer in consumers {
            var iterator = consumer.makeAsyncIterator()
            deliveries.append(try #require(try await iterator.next()))
        }
        #expect(try await deliveries[0].ack())
        #expect(try await stream.count == 1)
        #expect(try await deliveries[1].ack())
        #expect(try await stream.count == 0)
        #expect(try await deliveries[1].ack() == false)
    }

    @Test("goes on when its stream is deleted under it")
    func recreated() async throws {
        let broker = Broker()
        let stream = broker.stream("jobs", of: Int.self)
        let consumer = stream.consumer("a", in: "g")
        let task = Task {
            var iterator = consumer.makeAsyncIterator()
            return try await iterator.next()?.payload
        }
        while broker.waitingCallCount == 0 { await Task.yield() }
        _ = try await broker.run(["DEL", "jobs"])
        while broker.waitingCallCount == 0 { await Task.yield() }
        try await stream.append(5)
        #expect(try await task.value == 5)
    }

    @Test("tells of an entry without a payload, or with one of another type")
    func payloads() async throws {
        let broker = Broker()
        let stream = broker.stream("jobs", of: Job.self)
        _ = try await broker.run(["XADD", "jobs", "*", "other", "1"])
        try await broker.stream("jobs", coding: .text).append("not JSON")
        var iterator = stream.consumer("a", in: "g").makeAsyncIterator()
        let first = try #require(try await iterator.next())
        let none = #expect(throws: PayloadError.self) { try first.payload }
        #expect(none?.bytes == nil)
        #expect(first[field: "other"] == [UInt8(ascii: "1")])
        let second = try #require(try await iterator.next())
        let bad = #expect(throws: PayloadError.self) { try second.payload }
        #expect(bad?.bytes == Array("not JSON".utf8))
    }

    @Test("keeps a stream at its bound")
    func trimming() async throws {
        let stream = Broker().stream("jobs", of: Int.self)
        for number in 0..<50 { try await stream.append(number, keepingAtMost: 10) }
        #expect(try await stream.count == 10)
    }

    @Test("ends with its task, and with the broker")
    func ends() async throws {
        let broker = Broker()
        let stream = broker.stream("jobs", of: Int.self)
        for _ in 0..<100 {
            let task = Task {
                for try await _ in stream.consumer("a", in: "g") {}
            }
            if Bool.random() { await Task.yield() }
            task.cancel()
            try await task.value
        }
        #expect(broker.waitingCallCount == 0)
        let task = Task { for try await _ in stream.consumer("a", in: "g") {} }
        while broker.waitingCallCount == 0 { await Task.yield() }
        broker.shutDown()
        try await task.value
        for try await _ in stream.consumer("a", in: "g") { Issue.record("a delivery") }
    }

    private struct WeakReader {
        weak var reader: GroupReader?
    }

    @Test("leaves nothing behind: ten thousand made, read, finished, cancelled or dropped")
    func noLeaks() async throws {
        weak var gone: Broker?
        do {
            let broker = Broker()
            gone = broker
            let stream = broker.stream("jobs", of: Int.self)
            var readers: [WeakReader] = []
            for number in 0..<10_000 {
                let consumer = stream.consumer(
                    "a", in: "g", visibility: .seconds(60), acknowledgedEntries: .deleted)
                readers.append(WeakReader(reader: consumer.reader))
                switch number % 4 {
                case 0:
                    try await stream.append(number)
                    for try await delivery in consumer {
                        #expect(try delivery.payload == number)
                        try await delivery.ack()
                        break
                    }
                case 1:
                    let task = Task { for try await _ in consumer {} }
                    task.cancel()
                    try await task.value
                case 2:
                    async let reading: Void = {
                        for try await _ in consumer {}
                    }()
                    consumer.finish()
                    try await reading
                default: break
                }
            }
            #expect(readers.count { $0.reader != nil } == 0)
            #expect(broker.waitingCallCount == 0)
        }
        // Timers for what could have become due hold nothing.
        #expect(gone == nil)
    }
}
