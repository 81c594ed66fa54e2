// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Martlet

/// A pool of workers over a queue of jobs that survives `kill -9`: started again, without a count
/// of new jobs, it does those that are left.
enum Workers {
    struct Job: Codable {
        var number: Int
    }

    static func run(directory: String, newJobCount: Int) async throws {
        let broker = try await Broker(at: directory)
        let jobs = broker.stream("jobs", of: Job.self)
        let done = broker.queue("done", of: Int.self)
        if newJobCount > 0 {
            // All of them or none, whenever the process ends.
            try await jobs.append(contentsOf: (0..<newJobCount).map { Job(number: $0) })
            say("appended \(newJobCount) jobs")
        }
        // What a killed process had under way comes again after a second.
        let consumer = jobs.consumer(
            "worker", in: "workers", visibility: .seconds(1), acknowledgedEntries: .deleted)
        async let pool: Void = consumer.consume(maxConcurrent: 8) { delivery in
            let number = try delivery.payload.number
            // The work.
            try await Task.sleep(for: .milliseconds(5))
            try await done.push(number)
            say("did job \(number), attempt \(delivery.attempt)")
        }
        while try await jobs.count > 0 { try await Task.sleep(for: .milliseconds(50)) }
        consumer.finish()
        try await pool
        try await broker.close()
        say("all jobs are done")
    }

    /// Prints at once, since the process may be killed.
    private static func say(_ text: String) {
        print(text)
        fflush(nil)
    }
}
