// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

extension WireTests {
    @Suite("Slow subscribers")
    struct SlowSubscriberTests {
        @Test("One over the limit is disconnected, the others go on", arguments: Transport.allCases)
        func slowSubscriber(_ transport: Transport) throws {
            try ServerProcess.with([]) { server in
                let publisher = try HiredisConnection(server, transport)
                let limited = try publisher.command(
                    "CONFIG", "SET", "client-output-buffer-limit", "pubsub 1mb 0 0")
                #expect(limited == .ok)
                let slow = try HiredisConnection(server, transport)
                let reading = try HiredisConnection(server, transport)
                _ = try slow.command("SUBSCRIBE", "slow")
                _ = try reading.command("SUBSCRIBE", "slow")

                // The kernel takes some megabytes before the server's own queue grows. (Messages of
                // 16 KB and more Valkey 9 queues by reference and does not count.)
                let filling = String(repeating: "x", count: 8_192)
                var published = 0
                var receivers = 2
                while receivers == 2 && published < 16_000 {
                    let count = try publisher.command("PUBLISH", "slow", "\(published):\(filling)")
                    receivers = try #require(count.integer)
                    let message = try reading.reply()
                    #expect(message.elements?.last?.text?.hasPrefix("\(published):") == true)
                    published += 1
                }
                #expect(receivers == 1)
                #expect(try publisher.command("PUBLISH", "slow", "after") == 1)
                #expect(try reading.reply() == ["message", "slow", "after"])
                try eventually { try publisher.command("PUBSUB", "NUMSUB", "slow") == ["slow", 1] }

                let delivered = try Self.readUntilClosed(slow)
                #expect(delivered < published)
                if ServerProcess.imitates72 {
                    let stats = InfoFields(
                        try #require(try publisher.command("INFO", "stats").text))
                    #expect(stats["client_output_buffer_limit_disconnections"] == "1")
                }
            }
        }

        /// The messages that still arrive, which must be the first ones without a gap.
        private static func readUntilClosed(_ slow: HiredisConnection) throws -> Int {
            var delivered = 0
            do {
                while true {
                    let text = try slow.reply().elements?.last?.text
                    try #require(text?.hasPrefix("\(delivered):") == true)
                    delivered += 1
                }
            } catch let error as HiredisError where error.isEndOfFile || error.isReset {
                return delivered
            }
        }

        @Test(
            "A subscriber that never reads does not hold up one that does",
            arguments: Transport.allCases)
        func stalled(_ transport: Transport) throws {
            let server = try ServerProcess.shared()
            let publisher = try HiredisConnection(server, transport)
            let stalled = try (0..<10).map { _ in try HiredisConnection(server, transport) }
            let reading = try HiredisConnection(server, transport)
            for subscriber in stalled + [reading] {
                _ = try subscriber.command("SUBSCRIBE", "stalled")
            }
            let payload = [UInt8](repeating: 0x2a, count: 65_536)
            for _ in 0..<100 {
                try #require(try publisher.command("PUBLISH", "stalled", payload) == 11)
                try #require(try reading.reply().elements?.last == .bulk(payload))
            }
            // What was queued for them is still there.
            for subscriber in stalled {
                for _ in 0..<100 {
                    try #require(try subscriber.reply().elements?.last == .bulk(payload))
                }
            }
        }
    }
}
