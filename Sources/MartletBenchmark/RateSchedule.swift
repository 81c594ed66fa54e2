// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// When messages are due at a fixed rate.
///
/// Messages go out in batches as large as the pipeline is deep, the senders in turn, at even
/// intervals from the start, whatever the server does meanwhile:
///
///     batch   0    1    2    3    4    5
///     sender  0    1    2    0    1    2      due at start + batch · interval
///
/// A latency counts from when its message was due. So a server that stops for a second is charged
/// that second for each message due in it, rather than for the few that got stuck (the error known
/// as coordinated omission).
package struct RateSchedule: Sendable {
    package let start: UInt64
    package let batchesPerSecond: Double
    package let senderCount: Int

    package init(
        start: UInt64, messagesPerSecond: Double, pipelineDepth: Int, senderCount: Int
    ) {
        self.start = start
        batchesPerSecond = messagesPerSecond / Double(pipelineDepth)
        self.senderCount = senderCount
    }

    /// When a batch is due, in nanoseconds of the monotonic clock.
    @inline(__always)
    package func time(ofBatch batch: Int) -> UInt64 {
        start + UInt64(Double(batch) * 1e9 / batchesPerSecond)
    }

    /// The place among all batches of one sender's batch.
    @inline(__always)
    package func batch(_ number: Int, ofSender sender: Int) -> Int {
        number * senderCount + sender
    }

    /// How many batches are due before a time.
    package func batchCount(before time: UInt64) -> Int {
        guard time > start else { return 0 }
        var count = Int(Double(time - start) * batchesPerSecond / 1e9)
        // Rounding may be off by one.
        while count > 0, self.time(ofBatch: count - 1) >= time { count -= 1 }
        while self.time(ofBatch: count) < time { count += 1 }
        return count
    }
}
