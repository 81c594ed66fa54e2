// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Martlet
import Testing

@Suite("A broker in the process")
struct BrokerTests {
    @Test("delivers to channels and patterns, and counts each way a subscription matches")
    func channelsAndPatterns() async {
        let broker = Broker()
        let messages = await broker.subscribe(
            to: "news.a", "other", patterns: ["news.*", "n?ws.a"])
        #expect(await broker.publish("1", to: "news.a") == 3)
        #expect(await broker.publish("2", to: "news.b") == 1)
        #expect(await broker.publish("3", to: "nobody") == 0)
        #expect(await broker.publish("4", to: "other") == 1)
        messages.finish()
        var seen: [String] = []
        for await message in messages {
            seen.append("\(message.text) \(message.channel) \(message.pattern ?? "-")")
        }
        #expect(seen.count == 5)
        #expect(seen.first == "1 news.a -")
        #expect(Set(seen[1...2]) == ["1 news.a news.*", "1 news.a n?ws.a"])
        #expect(Array(seen[3...]) == ["2 news.b news.*", "4 other -"])
    }

    @Test("carries any bytes, of any length", arguments: [0, 1, 9, 10, 16 * 1024, 1 << 20])
    func bytes(count: Int) async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "bytes\r\n\0")
        let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        await broker.publish(payload, to: "bytes\r\n\0")
        await broker.publish(Data(payload), to: "bytes\r\n\0")
        await broker.publish(payload.reversed(), to: "bytes\r\n\0")
        var iterator = messages.makeAsyncIterator()
        for expected in [payload, payload, payload.reversed()] {
            let message = await iterator.next()
            #expect(message?.payload == expected)
            #expect(message?.byteCount == count)
            #expect(message?.withUnsafeBytes { Array($0) } == expected)
            #expect(message?.channel == "bytes\r\n\0")
        }
    }

    @Test("delivers messages in the order in which they were published, across blocks")
    func order() async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "numbers")
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for number in 0..<20_000 { await broker.publish("\(number)", to: "numbers") }
                messages.finish()
            }
            var next = 0
            for await message in messages {
                #expect(message.text == "\(next)")
                next += 1
            }
            #expect(next == 20_000)
        }
    }

    private struct Order: Codable, Equatable {
        var id: Int
        var items: [String]
    }

    @Test("carries values as JSON")
    func values() async throws {
        let broker = Broker()
        let messages = await broker.subscribe(to: "orders")
        let order = Order(id: 7, items: ["tea", "milk"])
        #expect(try await broker.publish(encoding: order, to: "orders") == 1)
        await broker.publish("not JSON", to: "orders")
        var iterator = messages.makeAsyncIterator()
        #expect(try await iterator.next()?.decoded() == order)
        let other = await iterator.next()
        #expect(throws: DecodingError.self) { try other?.decoded(as: Order.self) }
    }

    @Test("that is shut down ends its subscriptions behind what they have buffered")
    func shutDown() async {
        let broker = Broker()
        let messages = await broker.subscribe(to: "a")
        await broker.publish("1", to: "a")
        broker.shutDown()
        #expect(await broker.publish("2", to: "a") == 0)
        var seen: [String] = []
        for await message in messages { seen.append(message.text) }
        #expect(seen == ["1"])
        for await _ in await broker.subscribe(to: "a") { Issue.record("a message") }
        #expect(broker.subscriptionCount == 0)
    }

    @Test("calls a handler for each message until its token is cancelled or gone")
    func onMessage() async {
        let broker = Broker()
        let (texts, continuation) = AsyncStream.makeStream(of: String.self)
        var token: MessageHandler? = broker.onMessage(in: "a") { continuation.yield($0.text) }
        #expect(await broker.publish("1", to: "a") == 1)
        #expect(await broker.publish("2", to: "a") == 1)
        var iterator = texts.makeAsyncIterator()
        #expect(await iterator.next() == "1")
        #expect(await iterator.next() == "2")
        token?.cancel()
        await token?.waitUntilEnded()
        #expect(await broker.publish("3", to: "a") == 0)
        token = broker.onMessage(in: "a") { continuation.yield($0.text) }
        #expect(broker.subscriptionCount == 1)
        token = nil
        #expect(broker.subscriptionCount == 0)
    }
}
