// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Martlet
import Synchronization

/// How many deliveries per second a process makes from one publisher to many subscribers, by the
/// broker and by an `AsyncStream` for each subscriber.
enum FanOut {
    private static let subscriberCount = 100
    private static let messageCount = 20_000
    private static let payload = String(repeating: "x", count: 64)

    static func run() async {
        for round in 1...3 {
            print("round \(round)")
            await measure("Martlet", throughBroker)
            await measure("AsyncStream", throughStreams)
        }
    }

    private static func measure(_ name: String, _ body: () async -> Void) async {
        let deliveryCount = Double(messageCount * subscriberCount)
        let ticks = clock()
        let duration = await ContinuousClock().measure { await body() }
        let processorSeconds = Double(clock() - ticks) / Double(CLOCKS_PER_SEC)
        let rate = deliveryCount / (duration / .seconds(1)) / 1_000_000
        let cost = processorSeconds / deliveryCount * 1_000_000_000
        print(
            "  \(name): \(String(format: "%.2f", rate)) million deliveries/s,",
            "\(String(format: "%.0f", cost)) ns of processor time each")
    }

    private static func throughBroker() async {
        let broker = Broker()
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<subscriberCount {
                let messages = await broker.subscribe(to: "channel1")
                group.addTask {
                    var byteCount = 0
                    var left = messageCount
                    for await message in messages {
                        byteCount += message.byteCount
                        left -= 1
                        if left == 0 { break }
                    }
                    return byteCount
                }
            }
            for _ in 0..<messageCount { await broker.publish(payload, to: "channel1") }
            for await byteCount in group { precondition(byteCount == messageCount * 64) }
        }
    }

    /// What one writes by hand: a list of continuations behind a lock.
    private static func throughStreams() async {
        let continuations = Mutex<[AsyncStream<[UInt8]>.Continuation]>([])
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<subscriberCount {
                let (messages, continuation) = AsyncStream.makeStream(of: [UInt8].self)
                continuations.withLock { $0.append(continuation) }
                group.addTask {
                    var byteCount = 0
                    var left = messageCount
                    for await message in messages {
                        byteCount += message.count
                        left -= 1
                        if left == 0 { break }
                    }
                    return byteCount
                }
            }
            let message = Array(payload.utf8)
            for _ in 0..<messageCount {
                continuations.withLock { list in
                    for continuation in list { continuation.yield(message) }
                }
            }
            for await byteCount in group { precondition(byteCount == messageCount * 64) }
        }
    }
}
