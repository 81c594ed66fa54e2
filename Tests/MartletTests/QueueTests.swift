// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import Martlet

@Suite("A FIFO queue", .timeLimit(.minutes(2)))
struct QueueTests {
    private struct Email: Codable, Equatable {
        var to: String
        var lines: [String]
    }

    @Test("gives what was pushed first, and nil when it is empty")
    func order() async throws {
        let queue = Broker().queue("q", of: Int.self)
        #expect(try await queue.pop() == nil)
        #expect(try await queue.push(1) == 1)
        #expect(try await queue.push(contentsOf: [2, 3]) == 3)
        #expect(try await queue.push(contentsOf: []) == 3)
        #expect(try await queue.count == 3)
        for number in 1...3 { #expect(try await queue.pop() == number) }
        #expect(try await queue.pop(timeout: .milliseconds(1)) == nil)
        #expect(try await queue.pop(timeout: .zero) == nil)
    }

    @Test("carries JSON, text and bytes")
    func codings() async throws {
        let broker = Broker()
        let email = Email(to: "a@b", lines: ["1", "ü"])
        try await broker.queue("json", of: Email.self).push(email)
        #expect(try await broker.queue("json", of: Email.self).pop() == email)
        try await broker.queue("text", coding: .text).push("plain")
        #expect(try await broker.queue("text", coding: .bytes).pop() == Array("plain".utf8))
        try await broker.queue("text", coding: .bytes).push([0, 13, 10, 255])
        let error = await #expect(throws: PayloadError.self) {
            try await broker.queue("text", of: Email.self).pop()
        }
        #expect(error?.bytes == [0, 13, 10, 255])
    }

    @Test("serves those who wait in the order in which they came")
    func waiting() async throws {
        let broker = Broker()
        let queue = broker.queue("q", of: Int.self)
        var tasks: [Task<Int?, any Error>] = []
        for _ in 0..<10 {
            let count = broker.waitingCallCount
            tasks.append(Task { try await queue.pop(timeout: nil) })
            while broker.waitingCallCount == count { await Task.yield() }
        }
        try await queue.push(contentsOf: 0..<10)
        for (number, task) in tasks.enumerated() { #expect(try await task.value == number) }
        #expect(broker.waitingCallCount == 0)
    }

    @Test("takes nothing for a task that is cancelled")
    func cancellation() async throws {
        let broker = Broker()
        let queue = broker.queue("q", of: Int.self)
        for _ in 0..<200 {
            let task = Task { try await queue.pop(timeout: .seconds(60)) }
            if Bool.random() { await Task.yield() }
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
        }
        #expect(broker.waitingCallCount == 0)
        try await queue.push(7)
        #expect(try await queue.pop() == 7)
    }

    @Test("loses nothing to tasks that are cancelled while others push")
    func cancellationRace() async throws {
        let broker = Broker()
        let queue = broker.queue("q", of: Int.self)
        let count = 2000
        let taken = Shared<[Int]>([])
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { for number in 0..<count { try await queue.push(number) } }
            group.addTask {
                while taken.withLock({ $0.count }) < count {
                    let tasks = (0..<4).map { _ in
                        Task { try await queue.pop(timeout: .milliseconds(20)) }
                    }
                    for (index, task) in tasks.enumerated() where index % 2 == 0 { task.cancel() }
                    for task in tasks {
                        guard let number = try? await task.value else { continue }
                        taken.withLock { $0.append(number) }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(taken.withLock { $0.sorted() } == Array(0..<count))
        #expect(try await queue.count == 0)
    }

    @Test("tells of a key that holds something else")
    func wrongType() async throws {
        let broker = Broker()
        try await broker.queue("key", of: Int.self).push(1)
        let error = await #expect(throws: BrokerError.self) {
            try await broker.stream("key", of: Int.self).append(1)
        }
        #expect(error?.code == .wrongType)
    }

    @Test("of a broker that was shut down throws, for those who wait too")
    func shutDown() async throws {
        let broker = Broker()
        let queue = broker.queue("q", of: Int.self)
        let task = Task { try await queue.pop(timeout: nil) }
        while broker.waitingCallCount == 0 { await Task.yield() }
        broker.shutDown()
        await #expect(throws: BrokerError.self) { try await task.value }
        let error = await #expect(throws: BrokerError.self) { try await queue.push(1) }
        #expect(error?.code == .closed)
    }
}
