// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Martlet
import Testing

/// What the articles show of streams, queues and the log.
extension ArticleExamples {
    private func withDirectory(_ body: (String) async throws -> Void) async throws {
        let directory = NSTemporaryDirectory() + "martlet-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        try await body(directory)
    }

    @Test("Getting started, with a directory")
    func gettingStartedDurably() async throws {
        try await withDirectory { directory in
            let broker = try await Broker(at: directory)
            let jobs = broker.stream("jobs", of: Job.self)
            try await jobs.append(Job(number: 1))

            let consumer = jobs.consumer("worker-1", in: "workers", visibility: .seconds(60))
            for try await delivery in consumer {
                try await work(on: delivery.payload)
                try await delivery.ack()
                consumer.finish()
            }

            let worker = jobs.consumer(
                "worker-2", in: "workers",
                retry: .backoff(maxAttempts: 5, first: .seconds(1)), deadLetters: "jobs.dead")
            async let pool: Void = worker.consume(maxConcurrent: 8) { delivery in
                try await work(on: delivery.payload)
            }

            let emails = broker.queue("emails", of: String.self)
            try await emails.push("to everybody")
            let email = try await emails.pop()
            let none = try await emails.pop(timeout: .milliseconds(10))
            #expect(email == "to everybody")
            #expect(none == nil)

            worker.finish()
            try await pool
            try await broker.close()
        }
    }

    @Test("Delivery guarantees")
    func deliveryGuarantees() async throws {
        let broker = Broker()
        let early = await broker.subscribe(to: "news")
        let receiverCount = await broker.publish("1", to: "news")
        let late = await broker.subscribe(to: "news")
        early.finish()
        late.finish()
        for await message in early { print("early got", message.text) }
        for await message in late { print("late got", message.text) }
        #expect(receiverCount == 1)

        let queue = broker.queue("emails", of: String.self)
        try await queue.push(contentsOf: ["first", "second"])
        let waiting = Task { try await queue.pop(timeout: .seconds(5)) }
        let taken = try await waiting.value
        #expect(taken == "first")

        let jobs = broker.stream("jobs", coding: .text)
        try await jobs.append("rebuild the index")
        let consumer = jobs.consumer("a", in: "workers", visibility: .seconds(30))
        for try await delivery in consumer {
            if delivery.attempt == 1 {
                try await delivery.retry()
                continue
            }
            print("attempt", delivery.attempt, "at", try delivery.payload)
            try await delivery.ack()
            consumer.finish()
        }

        let fragile = jobs.consumer("b", in: "others", retry: .immediate(maxAttempts: 1))
        for try await delivery in fragile {
            try await delivery.moveToDeadLetters(because: "it cannot be done")
            fragile.finish()
        }
        let dead = broker.stream("jobs.dead", coding: .text).consumer("a", in: "undertakers")
        for try await delivery in dead {
            let reason = delivery[field: "dead-letter-reason"]!
            print(try delivery.payload, String(decoding: reason, as: UTF8.self))
            try await delivery.ack()
            dead.finish()
        }
    }

    @Test("What is durable when")
    func durability() async throws {
        try await withDirectory { directory in
            let durable = try await Broker(at: directory, sync: .always)
            let orders = durable.stream("orders", coding: .text)
            try await orders.append(contentsOf: ["a", "b"])
            try await durable.close()
            let again = try await Broker(at: directory, sync: .always)
            let count = try await again.stream("orders", coding: .text).count
            #expect(count == 2)
            try await again.close()
        }
    }
}
