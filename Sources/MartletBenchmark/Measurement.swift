// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Histogram

/// Latencies in nanoseconds, from an hour down, to three digits.
///
/// Messages that were sent together and came together have one latency: they are recorded as one
/// entry, so that recording costs next to nothing where there are many.
struct LatencyRecorder {
    private(set) var histogram = Histogram<UInt64>(highestTrackableValue: 3_600_000_000_000)
    /// What was sent before is warm-up.
    var start: UInt64 = .max
    private var now: UInt64 = 0
    private var time: UInt64 = 0
    private var count: UInt64 = 0

    mutating func begin(now: UInt64) {
        self.now = now
        count = 0
    }

    @inline(__always)
    mutating func record(since time: UInt64) {
        if time != self.time {
            end()
            self.time = time
            count = 0
        }
        count += 1
    }

    mutating func end() {
        guard count > 0, time >= start else { return }
        histogram.record(now - min(now, time), count: count)
    }
}

/// What a run has counted so far.
struct RunCounts {
    var messages = 0
    var deliveries = 0
    var serverNanoseconds: UInt64?
    var ownNanoseconds: UInt64 = 0
    var time: UInt64 = 0
}

/// What a run has shown, between the end of its warm-up and the end of its sending.
package struct Measurement: Sendable {
    package let workload: Workload
    package let rate: Double?
    /// Requests that were answered.
    package let messages: Int
    package let deliveries: Int
    package let seconds: Double
    /// CPU time of the server and of this program.
    package let serverNanoseconds: UInt64?
    package let ownNanoseconds: UInt64
    /// Of deliveries, or of replies where there are no subscribers. From when a message was due at
    /// a fixed rate, or else from when it was sent.
    package let latency: Histogram<UInt64>

    init(
        _ workload: Workload, rate: Double?, from start: RunCounts, to end: RunCounts,
        latency: Histogram<UInt64>
    ) {
        self.workload = workload
        self.rate = rate
        messages = end.messages - start.messages
        deliveries = end.deliveries - start.deliveries
        seconds = Double(end.time - start.time) / 1e9
        serverNanoseconds = start.serverNanoseconds.flatMap { before in
            end.serverNanoseconds.map { $0 - before }
        }
        ownNanoseconds = end.ownNanoseconds - start.ownNanoseconds
        self.latency = latency
    }

    /// What there is most of: deliveries, or messages where nobody receives them.
    package var unitCount: Int { max(1, workload.subscriberCount > 0 ? deliveries : messages) }

    package var messagesPerSecond: Double { Double(messages) / seconds }
    package var deliveriesPerSecond: Double { Double(deliveries) / seconds }
    package var serverNanosecondsPerUnit: Double? {
        serverNanoseconds.map { Double($0) / Double(unitCount) }
    }
    package var ownNanosecondsPerUnit: Double { Double(ownNanoseconds) / Double(unitCount) }
}
