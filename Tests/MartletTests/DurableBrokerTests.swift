// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Testing

@testable import Martlet

@Suite("A broker at a directory", .timeLimit(.minutes(2)))
struct DurableBrokerTests {
    /// A directory that is gone when the test is.
    private final class Directory: Sendable {
        let path = NSTemporaryDirectory() + "martlet-\(UUID().uuidString.prefix(8))"

        deinit { try? FileManager.default.removeItem(atPath: path) }

        var fileNames: [String] {
            (try? FileManager.default.contentsOfDirectory(atPath: path + "/appendonlydir")) ?? []
        }
    }

    @Test(
        "has what it had, groups and attempts included",
        arguments: [LogSync.always, .everySecond, .never])
    func survives(sync: LogSync) async throws {
        let directory = Directory()
        do {
            let broker = try await Broker(at: directory.path, sync: sync)
            #expect(directory.fileNames.isEmpty)
            try await broker.queue("q", of: Int.self).push(contentsOf: [1, 2])
            let stream = broker.stream("jobs", of: String.self)
            try await stream.append(contentsOf: ["a", "b", "c"])
            var iterator = stream.consumer("x", in: "g", visibility: .seconds(60))
                .makeAsyncIterator()
            try await iterator.next()?.ack()
            try await iterator.next()?.retry()
            try await broker.close()
        }
        let broker = try await Broker(at: directory.path, sync: sync)
        #expect(try await broker.queue("q", of: Int.self).pop() == 1)
        let stream = broker.stream("jobs", of: String.self)
        var iterator = stream.consumer("y", in: "g", visibility: .seconds(60)).makeAsyncIterator()
        let again = try #require(try await iterator.next())
        #expect(try again.payload == "b")
        #expect(again.attempt == 2)
        let next = try #require(try await iterator.next())
        #expect(try next.payload == "c")
        #expect(next.attempt == 1)
        try await broker.close()
    }

    @Test("has written what a call did when the call returns, and synced it if that is the policy")
    func written() async throws {
        let directory = Directory()
        let broker = try await Broker(at: directory.path, sync: .always)
        let queue = broker.queue("q", coding: .text)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for number in 0..<50 {
                        try await queue.push("<\(task) \(number)>")
                        // Looked at from outside, as another process would after a kill -9.
                        let name = try #require(
                            directory.fileNames.first { $0.hasSuffix(".incr.aof") })
                        let text = try String(
                            contentsOfFile: directory.path + "/appendonlydir/" + name,
                            encoding: .isoLatin1)
                        #expect(text.contains("<\(task) \(number)>"))
                    }
                }
            }
            try await group.waitForAll()
        }
        let log = try #require(broker.persistence.log)
        #expect(log.syncedPosition == log.endPosition)
        try await broker.close()
    }

    @Test("is the only one of its directory, until it is closed or gone")
    func exclusive() async throws {
        let directory = Directory()
        var broker: Broker? = try await Broker(at: directory.path)
        try await broker?.queue("q", of: Int.self).push(1)
        let error = await #expect(throws: BrokerError.self) { try await Broker(at: directory.path) }
        #expect(error?.code == .unusableLog)
        broker = nil
        // It gives the directory back when what is under way has ended.
        while true {
            guard let next = try? await Broker(at: directory.path) else {
                await Task.yield()
                continue
            }
            #expect(try await next.queue("q", of: Int.self).count == 1)
            try await next.close()
            break
        }
    }

    @Test("refuses a log that is damaged, and touches nothing")
    func damaged() async throws {
        let directory = Directory()
        let broker = try await Broker(at: directory.path, sync: .always)
        let queue = broker.queue("q", coding: .text)
        for _ in 0..<20 { try await queue.push("payload payload payload") }
        try await broker.close()
        let name = try #require(directory.fileNames.first { $0.hasSuffix(".incr.aof") })
        let url = URL(filePath: directory.path + "/appendonlydir/" + name)
        var bytes = try Data(contentsOf: url)
        let place = try #require(bytes.range(of: Data("payload".utf8)))
        bytes[place.lowerBound] ^= 1
        try bytes.write(to: url)
        let error = await #expect(throws: BrokerError.self) { try await Broker(at: directory.path) }
        #expect(error?.code == .unusableLog)
        #expect(error?.description.contains(name) == true)
        #expect(try Data(contentsOf: url) == bytes)
    }

    @Test("moves a dead letter and its acknowledgement together, as the log has them")
    func deadLetterStep() async throws {
        let directory = Directory()
        let broker = try await Broker(at: directory.path)
        let stream = broker.stream("jobs", coding: .text)
        try await stream.append("a")
        var iterator = stream.consumer("x", in: "g").makeAsyncIterator()
        try await iterator.next()?.moveToDeadLetters(because: "no")
        try await broker.close()
        let name = try #require(directory.fileNames.first { $0.hasSuffix(".incr.aof") })
        let text = try String(
            contentsOfFile: directory.path + "/appendonlydir/" + name, encoding: .isoLatin1)
        let words = text.split(separator: "\r\n").filter {
            ["MULTI", "XADD", "XACK", "EXEC"].contains($0)
        }
        #expect(words.suffix(4) == ["MULTI", "XADD", "XACK", "EXEC"])
    }

    @Test("that is closed while its log is rewritten gives the directory back when that has ended")
    func closedAmidRewrite() async throws {
        let directory = Directory()
        for round in 0..<5 {
            let broker = try await Broker(at: directory.path)
            let queue = broker.queue("q", coding: .text)
            #expect(try await queue.count == round * 2000)
            for number in 0..<20 {
                try await queue.push(contentsOf: repeatElement("payload \(number)", count: 100))
            }
            #expect(broker.persistence.startRewrite() == nil)
            try await broker.close()
            #expect(broker.persistence.startRewrite() != nil)
            #expect(!broker.persistence.facts.isRewriting)
            #expect(!directory.fileNames.contains { $0.hasPrefix("temp-") })
        }
    }

    @Test("that is closed takes no more calls, and closes twice")
    func closed() async throws {
        let directory = Directory()
        let broker = try await Broker(at: directory.path)
        let queue = broker.queue("q", of: Int.self)
        try await queue.push(1)
        let waiting = Task { try await broker.queue("other", of: Int.self).pop(timeout: nil) }
        while broker.waitingCallCount == 0 { await Task.yield() }
        try await broker.close()
        await #expect(throws: (any Error).self) { try await waiting.value }
        let error = await #expect(throws: BrokerError.self) { try await queue.push(2) }
        #expect(error?.code == .closed)
        try await broker.close()
    }
}
