// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Martlet

/// What a handler costs besides what it does: of a channel, of a stream in memory and on disk.
struct Handlers {
    var messageCount: Int

    func run() async throws {
        try await Measurement.run("consume, a channel", "handlers", messageCount) {
            let broker = Broker()
            let messages = await broker.subscribe(to: "jobs")
            async let pool: Void = messages.consume(maxConcurrent: 8) { _ in }
            for _ in 0..<messageCount { await broker.publish("job", to: "jobs") }
            messages.finish()
            try await pool
        }
        try await measure("in memory", Broker())
        for (name, sync) in [("everysec", LogSync.everySecond), ("always", .always)] {
            let directory = FileManager.default.temporaryDirectory
                .appending(path: "martlet-benchmark-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: directory) }
            let broker = try await Broker(at: directory.path(), sync: sync)
            try await measure("appendfsync \(name)", broker)
            try await broker.close()
        }
    }

    private func measure(_ place: String, _ broker: Broker) async throws {
        // One after the other, each written, and synced if need be, before the next.
        let count = messageCount / 20
        let stream = broker.stream("jobs", coding: .text)
        let payload = String(repeating: "x", count: 64)
        try await Measurement.run("append, \(place)", "entries", count) {
            for _ in 0..<count { try await stream.append(payload) }
        }
        try await Measurement.run("append in tens, \(place)", "entries", count) {
            for _ in 0..<count / 10 {
                try await stream.append(contentsOf: repeatElement(payload, count: 10))
            }
        }
        let consumer = stream.consumer("a", in: "workers", acknowledgedEntries: .deleted)
        try await Measurement.run("consume, a stream, \(place)", "handlers", 2 * count) {
            async let pool: Void = consumer.consume(maxConcurrent: 8) { _ in }
            while try await stream.count > 0 { try await Task.sleep(for: .milliseconds(1)) }
            consumer.finish()
            try await pool
        }
    }
}
