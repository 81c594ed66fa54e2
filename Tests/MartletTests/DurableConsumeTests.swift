// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Synchronization
import Testing

@testable import Martlet

@Suite("A pool over a stream", .timeLimit(.minutes(2)))
struct DurableConsumeTests {
    private struct Failure: Error, CustomStringConvertible {
        var description: String { "no luck" }
    }

    private func value(of count: borrowing Atomic<Int>) -> Int { count.load(ordering: .relaxed) }

    @Test("runs no more handlers than its bound, in order of start, with ten thousand waiting")
    func bound() async throws {
        let stream = Broker().stream("jobs", of: Int.self)
        try await stream.append(contentsOf: 0..<10_000)
        let consumer = stream.consumer("a", in: "g", acknowledgedEntries: .deleted)
        let state = Mutex((running: 0, peak: 0, startedCount: 0, handled: Set<Int>()))
        try await consumer.consume(maxConcurrent: 8) { delivery in
            let number = try delivery.payload
            state.withLock { state in
                state.running += 1
                state.peak = max(state.peak, state.running)
                state.startedCount += 1
                #expect(number - state.startedCount <= 8)
            }
            await Task.yield()
            let isLast = state.withLock { state in
                state.running -= 1
                state.handled.insert(number)
                return state.handled.count == 10_000
            }
            if isLast { consumer.finish() }
        }
        state.withLock { state in
            #expect(state.peak <= 8)
            #expect(state.handled.count == 10_000)
        }
        // Each was acknowledged when its handler had returned.
        #expect(try await stream.count == 0)
    }

    @Test("tries again as the policy says, then moves the entry to the dead letters with the error")
    func retries() async throws {
        let broker = Broker()
        let stream = broker.stream("jobs", of: Int.self)
        try await stream.append(contentsOf: 0..<4)
        let consumer = stream.consumer(
            "a", in: "g", retry: .backoff(maxAttempts: 3, first: .milliseconds(1)))
        let attempts = Mutex([0, 0, 0, 0])
        let dead = broker.stream("jobs.dead", of: Int.self)
        async let pool: Void = consumer.consume(maxConcurrent: 2) { delivery in
            let number = try delivery.payload
            attempts.withLock { $0[number] += 1 }
            if delivery.attempt <= number { throw Failure() }
        }
        var graves = dead.consumer("b", in: "g").makeAsyncIterator()
        let grave = try #require(try await graves.next())
        #expect(try grave.payload == 3)
        #expect(grave[field: "dead-letter-reason"] == Array("no luck".utf8))
        consumer.finish()
        try await pool
        #expect(attempts.withLock { $0 } == [1, 2, 3, 3])
        #expect(try await dead.count == 1)
        #expect(try await stream.pendingCount(in: "g") == 0)
    }

    @Test("that is finished finishes what runs, and leaves the rest")
    func graceful() async throws {
        let stream = Broker().stream("jobs", of: Int.self)
        try await stream.append(contentsOf: 0..<10)
        let consumer = stream.consumer("a", in: "g", acknowledgedEntries: .deleted)
        let startedCount = Atomic(0)
        let isFinished = Atomic(false)
        try await consumer.consume(maxConcurrent: 3) { _ in
            if startedCount.add(1, ordering: .relaxed).newValue == 3 {
                consumer.finish()
                isFinished.store(true, ordering: .releasing)
            }
            while !isFinished.load(ordering: .acquiring) { await Task.yield() }
            #expect(!Task.isCancelled)
        }
        #expect(value(of: startedCount) == 3)
        #expect(try await stream.count == 7)
    }

    @Test("that is cancelled gives back what was under way, as if it had not been delivered")
    func cancelled() async throws {
        let stream = Broker().stream("jobs", of: Int.self)
        try await stream.append(contentsOf: 0..<2)
        let startedCount = Atomic(0)
        let task = Task {
            try await stream.consumer("a", in: "g", visibility: .seconds(60))
                .consume(maxConcurrent: 2) { _ in
                    startedCount.add(1, ordering: .relaxed)
                    while !Task.isCancelled { await Task.yield() }
                    throw CancellationError()
                }
        }
        while startedCount.load(ordering: .relaxed) < 2 { await Task.yield() }
        task.cancel()
        try await task.value
        var iterator = stream.consumer("b", in: "g", visibility: .seconds(60)).makeAsyncIterator()
        for _ in 0..<2 {
            let delivery = try #require(try await iterator.next())
            #expect(delivery.attempt == 1)
        }
    }

    @Test("ends with the error when its stream cannot be used, after what runs is finished")
    func unusable() async throws {
        let broker = Broker()
        let stream = broker.stream("jobs", of: Int.self)
        try await stream.append(1)
        let error = await #expect(throws: BrokerError.self) {
            try await stream.consumer("a", in: "g").consume(maxConcurrent: 4) { _ in
                // The next read finds a list.
                _ = try await broker.run(["DEL", "jobs"])
                _ = try await broker.run(["RPUSH", "jobs", "x"])
            }
        }
        #expect(error?.code == .wrongType)
        #expect(broker.waitingCallCount == 0)
    }
}
