// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Synchronization
import Testing

@testable import Martlet

@Suite("A subscription")
struct SubscriptionTests {
    @Test("goes on behind the last message after a loop was left")
    func twoLoops() async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "a")
        for text in ["1", "2", "3"] { await broker.publish(text, to: "a") }
        for await message in messages {
            #expect(message.text == "1")
            break
        }
        messages.finish()
        var rest: [String] = []
        for await message in messages { rest.append(message.text) }
        #expect(rest == ["2", "3"])
    }

    @Test("that is cancelled ends at once, and unsubscribes once")
    func cancel() async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "a", patterns: ["*"])
        let other = await broker.subscribe(to: "a")
        #expect(await broker.publish("1", to: "a") == 3)
        var iterator = messages.makeAsyncIterator()
        #expect(await iterator.next()?.text == "1")
        messages.cancel()
        messages.cancel()
        messages.finish()
        #expect(await iterator.next() == nil)
        #expect(await iterator.next() == nil)
        #expect(await broker.publish("2", to: "a") == 1)
        other.cancel()
        #expect(broker.subscriptionCount == 0)
    }

    @Test("ends with the task that reads it, whether it waits or not", arguments: [0, 3])
    func taskCancellation(buffered: Int) async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "a")
        for _ in 0..<buffered { await broker.publish("1", to: "a") }
        let (reads, continuation) = AsyncStream.makeStream(of: Int.self)
        let task = Task {
            var count = 0
            if buffered == 0 { continuation.yield(0) }
            for await _ in messages {
                count += 1
                continuation.yield(count)
                while !Task.isCancelled { await Task.yield() }
            }
            return count
        }
        for await _ in reads { break }
        task.cancel()
        #expect(await task.value == min(buffered, 1))
        #expect(broker.subscriptionCount == 0)
        #expect(await broker.publish("2", to: "a") == 0)
    }

    @Test("that nobody holds is no more")
    func released() async {
        let broker = Broker()
        do {
            var iterator = await broker.subscribe(to: "a").makeAsyncIterator()
            // The iterator holds it.
            #expect(await broker.publish("1", to: "a") == 1)
            #expect(await iterator.next()?.text == "1")
        }
        #expect(await broker.publish("2", to: "a") == 0)
    }

    @Test("suspends publishers while its buffer is full", arguments: [1, 3])
    func suspendsPublisher(limit: Int) async {
        let broker = Broker()
        let messages = await broker.subscribe(
            to: "a", buffering: .suspendPublisher(messages: limit))
        let publishedCount = Atomic(0)
        async let publisher: Void = {
            for _ in 0..<200 {
                await broker.publish("x", to: "a")
                publishedCount.add(1, ordering: .sequentiallyConsistent)
            }
            messages.finish()
        }()
        var readCount = 0
        for await _ in messages {
            readCount += 1
            // What is in the batch and what fills the buffer again, but for the last of each.
            let ahead = publishedCount.load(ordering: .sequentiallyConsistent) - readCount
            #expect(ahead <= 2 * limit - 2)
            await Task.yield()
        }
        await publisher
        #expect(readCount == 200)
    }

    @Test("that suspends publishers lets them go on when they or it are cancelled")
    func suspendedPublisherIsCancelled() async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "a", buffering: .suspendPublisher(messages: 1))
        let first = Task { await broker.publish("1", to: "a") }
        first.cancel()
        #expect(await first.value == 1)
        let second = Task { await broker.publish("2", to: "a") }
        while messages.handle.inbox.suspendedCount < 2 { await Task.yield() }
        messages.cancel()
        #expect(await second.value == 1)
    }

    @Test("drops the oldest messages, and says how many")
    func dropOldest() async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "a", buffering: .dropOldest(messages: 3))
        for number in 1...5 { await broker.publish("\(number)", to: "a") }
        var iterator = messages.makeAsyncIterator()
        let third = await iterator.next()
        #expect(third?.text == "3")
        #expect(third?.droppedBefore == 2)
        for number in 6...10 { await broker.publish("\(number)", to: "a") }
        messages.finish()
        var rest: [String] = []
        while let message = await iterator.next() {
            rest.append("\(message.text):\(message.droppedBefore)")
        }
        #expect(rest == ["4:0", "5:0", "8:2", "9:0", "10:0"])
    }

    @Test("is bounded in bytes too, and keeps at least one message")
    func byteBound() async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "a", buffering: .dropOldest(bytes: 1000))
        let payload = [UInt8](repeating: 1, count: 400)
        for _ in 0..<5 { await broker.publish(payload, to: "a") }
        var iterator = messages.makeAsyncIterator()
        #expect(await iterator.next()?.droppedBefore == 3)
        _ = await iterator.next()
        await broker.publish([UInt8](repeating: 1, count: 5000), to: "a")
        #expect(await iterator.next()?.byteCount == 5000)
    }

    @Test("that must not lose messages fails when its buffer overflows")
    func fails() async throws {
        let broker = Broker()
        let messages = await broker.subscribe(
            to: "a", patterns: ["*"], buffering: .fail(messages: 4))
        let other = await broker.subscribe(to: "a")
        #expect(await broker.publish("1", to: "a") == 3)
        #expect(await broker.publish("2", to: "a") == 3)
        #expect(await broker.publish("3", to: "a") == 3)
        #expect(await broker.publish("4", to: "a") == 1)
        var count = 0
        await #expect(throws: SubscriberTooSlow()) {
            for try await _ in messages { count += 1 }
        }
        #expect(count == 6)
        var iterator = messages.makeAsyncIterator()
        let end = try await iterator.next()
        #expect(end == nil)
        #expect(broker.subscriptionCount == 1)
        other.cancel()
    }

    private struct WeakInbox {
        weak var inbox: Inbox?
    }

    @Test("leaves nothing behind: ten thousand made, read, cancelled or dropped")
    func noLeaks() async {
        let broker = Broker()
        var inboxes: [WeakInbox] = []
        for number in 0..<10_000 {
            let messages = await broker.subscribe(to: "a", patterns: ["b*"])
            inboxes.append(WeakInbox(inbox: messages.handle.inbox))
            await broker.publish("1", to: "a")
            switch number % 4 {
            case 0: messages.cancel()
            case 1:
                for await _ in messages { break }
            case 2:
                let task = Task { for await _ in messages {} }
                task.cancel()
                await task.value
            default: break
            }
        }
        #expect(inboxes.count { $0.inbox != nil } == 0)
        #expect(broker.subscriptionCount == 0)
        #expect(await broker.publish("1", to: "a") == 0)
    }

    @Test(
        "sees each publisher's messages in order while others come and go", .timeLimit(.minutes(5)))
    func stress() async {
        let broker = Broker()
        let messageCount = 500
        await withTaskGroup(of: Void.self) { group in
            for reader in 0..<4 {
                let messages = await broker.subscribe(
                    to: reader % 2 == 0 ? ["a"] : [], patterns: reader % 2 == 0 ? [] : ["?"],
                    buffering: .suspendPublisher(messages: 1 + reader * 10))
                group.addTask {
                    var next = [0, 0, 0]
                    for await message in messages {
                        let parts = message.text.split(separator: " ").map { Int($0)! }
                        #expect(next[parts[0]] == parts[1])
                        next[parts[0]] += 1
                        if next == [messageCount, messageCount, messageCount] { break }
                    }
                }
            }
            for publisher in 0..<3 {
                group.addTask {
                    for number in 0..<messageCount {
                        await broker.publish("\(publisher) \(number)", to: "a")
                    }
                }
            }
            for _ in 0..<2 {
                group.addTask {
                    for number in 0..<200 {
                        let messages = await broker.subscribe(
                            to: "a", patterns: ["a\(number)", "*"],
                            buffering: .dropOldest(messages: 2))
                        let task = Task { for await message in messages { _ = message.text } }
                        await Task.yield()
                        if number % 2 == 0 { task.cancel() } else { messages.cancel() }
                        await task.value
                    }
                }
            }
        }
        #expect(broker.subscriptionCount == 0)
    }
}
