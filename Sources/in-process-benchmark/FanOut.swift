// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Martlet
import Synchronization

/// From one publisher to many subscribers: by the broker, and by an `AsyncStream` for each
/// subscriber.
struct FanOut {
    private static let subscriberCount = 100
    private static let payload = String(repeating: "x", count: 64)

    var messageCount: Int

    func run() async {
        let deliveryCount = messageCount * Self.subscriberCount
        await Measurement.run("1 → 100, Martlet", "deliveries", deliveryCount, throughBroker)
        await Measurement.run("1 → 100, AsyncStream", "deliveries", deliveryCount, throughStreams)
    }

    private func throughBroker() async {
        let broker = Broker()
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.subscriberCount {
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
            for _ in 0..<messageCount { await broker.publish(Self.payload, to: "channel1") }
            for await byteCount in group { precondition(byteCount == messageCount * 64) }
        }
    }

    /// What one writes by hand: a list of continuations behind a lock.
    private func throughStreams() async {
        let continuations = Mutex<[AsyncStream<[UInt8]>.Continuation]>([])
        await withTaskGroup(of: Int.self) { group in
            for _ in 0..<Self.subscriberCount {
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
            let message = Array(Self.payload.utf8)
            for _ in 0..<messageCount {
                continuations.withLock { list in
                    for continuation in list { continuation.yield(message) }
                }
            }
            for await byteCount in group { precondition(byteCount == messageCount * 64) }
        }
    }
}
