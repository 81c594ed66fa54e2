// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Martlet
import Synchronization
import Testing

@Suite("A pool of handlers")
struct ConsumeTests {
    private struct Failure: Error, Equatable {
        var number: Int
    }

    /// `#expect` cannot take what is not copyable apart.
    private func value(of count: borrowing Atomic<Int>) -> Int { count.load(ordering: .relaxed) }

    @Test("runs no more handlers than its bound, with ten thousand messages waiting")
    func bound() async throws {
        let broker = Broker()
        let messages = await broker.subscribe(
            to: "jobs", buffering: .suspendPublisher(messages: 20_000))
        for number in 0..<10_000 { await broker.publish("\(number)", to: "jobs") }
        messages.finish()
        let state = Mutex((running: 0, peak: 0, startedCount: 0, handled: Set<Int>()))
        try await messages.consume(maxConcurrent: 8) { message in
            let number = Int(message.text)!
            state.withLock { state in
                state.running += 1
                state.peak = max(state.peak, state.running)
                state.startedCount += 1
                // Those before it have started, but for the ones that start at the same time.
                #expect(number - state.startedCount <= 8)
            }
            await Task.yield()
            state.withLock { state in
                state.running -= 1
                state.handled.insert(number)
            }
        }
        state.withLock { state in
            #expect(state.peak <= 8)
            #expect(state.handled.count == 10_000)
        }
    }

    @Test("of one handles messages in order, and holds publishers up")
    func order() async throws {
        let broker = Broker()
        let messages = await broker.subscribe(to: "jobs", buffering: .suspendPublisher(messages: 2))
        let seen = Mutex<[String]>([])
        async let pool: Void = messages.consume(maxConcurrent: 1) { message in
            seen.withLock { $0.append(message.text) }
        }
        for number in 0..<100 { await broker.publish("\(number)", to: "jobs") }
        messages.finish()
        try await pool
        #expect(seen.withLock { $0 } == (0..<100).map(String.init))
    }

    @Test("runs as many handlers at a time as it may")
    func concurrency() async throws {
        let broker = Broker()
        let messages = await broker.subscribe(to: "jobs")
        for _ in 0..<8 { await broker.publish("x", to: "jobs") }
        messages.finish()
        let running = Atomic(0)
        // Ends only if all eight run together.
        try await messages.consume(maxConcurrent: 8) { _ in
            running.add(1, ordering: .relaxed)
            while running.load(ordering: .relaxed) < 8 { await Task.yield() }
        }
    }

    @Test(
        "tries again as its policy says",
        arguments: [
            RetryPolicy.immediate(maxAttempts: 3),
            .backoff(maxAttempts: 3, first: .microseconds(10), max: .microseconds(15)),
        ])
    func retry(policy: RetryPolicy) async throws {
        let broker = Broker()
        let messages = await broker.subscribe(to: "jobs")
        for number in 0..<4 { await broker.publish("\(number)", to: "jobs") }
        messages.finish()
        let attempts = Mutex([0, 0, 0, 0])
        let failed = Mutex<[String]>([])
        try await messages.consume(
            maxConcurrent: 2, retry: policy,
            onFailure: { message, error in
                failed.withLock {
                    $0.append("\(message.text) \(error as! Failure == Failure(number: 3))")
                }
            },
            { message in
                let number = Int(message.text)!
                let attempt = attempts.withLock { attempts in
                    attempts[number] += 1
                    return attempts[number]
                }
                if attempt <= number { throw Failure(number: number) }
            })
        #expect(attempts.withLock { $0 } == [1, 2, 3, 3])
        #expect(failed.withLock { $0 } == ["3 true"])
    }

    @Test("throws an error that nobody takes, at once, after what runs is finished")
    func failure() async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "jobs")
        for number in 0..<100 { await broker.publish("\(number)", to: "jobs") }
        let finished = Atomic(false)
        await #expect(throws: Failure(number: 1)) {
            try await messages.consume(maxConcurrent: 2) { message in
                if message.text == "1" { throw Failure(number: 1) }
                #expect(message.text == "0", "nothing else is started")
                // Until the other has ended the subscription.
                while broker.subscriptionCount > 0 { await Task.yield() }
                finished.store(true, ordering: .relaxed)
            }
        }
        let hasFinished = finished.load(ordering: .relaxed)
        #expect(hasFinished)
    }

    @Test("that is ended gracefully finishes what runs, and drops what waits")
    func graceful() async throws {
        let broker = Broker()
        let messages = await broker.subscribe(to: "jobs")
        for _ in 0..<10 { await broker.publish("x", to: "jobs") }
        let startedCount = Atomic(0)
        let finishedCount = Atomic(0)
        try await messages.consume(maxConcurrent: 3) { _ in
            if startedCount.add(1, ordering: .relaxed).newValue == 3 { messages.cancel() }
            while broker.subscriptionCount > 0 { await Task.yield() }
            #expect(!Task.isCancelled)
            finishedCount.add(1, ordering: .relaxed)
        }
        #expect(value(of: startedCount) == 3)
        #expect(value(of: finishedCount) == 3)
    }

    @Test("that is cancelled cancels its handlers, and starts no other")
    func cancelled() async throws {
        let broker = Broker()
        let startedCount = Atomic(0)
        let task = Task {
            try await broker.consume("jobs", maxConcurrent: 2) { _ in
                startedCount.add(1, ordering: .relaxed)
                while !Task.isCancelled { await Task.yield() }
                throw CancellationError()
            }
        }
        while await broker.publish("x", to: "jobs") == 0 { await Task.yield() }
        for _ in 0..<5 { await broker.publish("x", to: "jobs") }
        while startedCount.load(ordering: .relaxed) < 2 { await Task.yield() }
        task.cancel()
        try await task.value
        #expect(value(of: startedCount) == 2)
        #expect(broker.subscriptionCount == 0)
    }
}
