// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Martlet
import Testing

/// The code of the articles, see `ArticleTests`.
@Suite("The articles' examples run")
struct ArticleExamples {
    struct Job: Codable {
        var number: Int
    }

    private struct Order: Codable {
        var id: Int
        var item: String
    }

    private func work(on text: String) async throws {
        #expect(text.hasPrefix("job "))
    }

    func work(on job: Job) async throws {
        #expect(job.number == 1)
    }

    @Test("Getting started")
    func gettingStarted() async throws {
        let broker = Broker()
        let messages = await broker.subscribe(to: "channel1")
        await broker.publish("hello world", to: "channel1")
        for await message in messages {
            print("Received message:", message.text)
            break
        }
        messages.cancel()

        let news = await broker.subscribe(to: "weather", "sport", patterns: ["news.*"])
        let receiverCount = await broker.publish("late edition", to: "news.today")
        #expect(receiverCount == 1)
        news.cancel()

        let orders = await broker.subscribe(to: "orders")
        try await broker.publish(encoding: Order(id: 7, item: "tea"), to: "orders")
        orders.finish()
        for await message in orders {
            let order = try message.decoded(as: Order.self)
            print("order", order.id, order.item)
        }

        let token = broker.onMessage(in: "channel1") { message in
            print("Received message:", message.text)
        }
        await broker.publish("hello again", to: "channel1")
        token.cancel()

        let jobs = await broker.subscribe(to: "jobs")
        for number in 1...20 { await broker.publish("job \(number)", to: "jobs") }
        jobs.finish()
        try await jobs.consume(
            maxConcurrent: 8, retry: .backoff(maxAttempts: 3),
            onFailure: { message, error in print("gave up on", message.text, error) },
            { message in try await work(on: message.text) })
        #expect(broker.subscriptionCount == 0)
    }

    @Test("Back-pressure")
    func backPressure() async throws {
        let broker = Broker()
        let messages = await broker.subscribe(
            to: "measurements", buffering: .suspendPublisher(messages: 2))
        async let published: Void = {
            for number in 1...10 { await broker.publish("\(number)", to: "measurements") }
            messages.finish()
        }()
        for await message in messages { print(message.text) }
        await published

        let prices = await broker.subscribe(to: "prices", buffering: .dropOldest(messages: 3))
        for price in 1...5 { await broker.publish("\(price)", to: "prices") }
        prices.finish()
        for await message in prices {
            if message.droppedBefore > 0 { print("missed", message.droppedBefore) }
            print(message.text)
        }

        let audit = await broker.subscribe(to: "audit", buffering: .fail(messages: 3))
        for number in 1...5 { await broker.publish("\(number)", to: "audit") }
        do {
            for try await message in audit { print(message.text) }
        } catch {
            print(error)
        }

        let jobs = await broker.subscribe(to: "jobs", buffering: .suspendPublisher(messages: 16))
        async let handled: Void = jobs.consume(maxConcurrent: 4) { message in
            try await Task.sleep(for: .microseconds(10))
        }
        for number in 1...100 { await broker.publish("\(number)", to: "jobs") }
        jobs.finish()
        try await handled
        #expect(broker.subscriptionCount == 0)

        let samples = broker.stream("samples", of: Int.self)
        for number in 1...100 { try await samples.append(number, keepingAtMost: 10) }
        let count = try await samples.count
        #expect(count == 10)
    }
}
