// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Glibc

/// A connection that receives the messages of one channel.
struct Subscriber {
    let descriptor: CInt
    let channel: Int
    var checker: DeliveryChecker
    /// The beginning of a delivery whose end has not come yet.
    var carry: [UInt8] = []
}

/// Reads and checks deliveries. All subscribers share one buffer:
///
///     [ room for the carry | what a read brings            ]
///                  ^ a frame that was cut begins here, its carry copied to the read's left
final class DeliveryReader {
    private let template: DeliveryTemplate
    private let carryByteCountMax: Int
    private let readByteCount: Int
    private let input: UnsafeMutableRawPointer

    init(_ workload: Workload) {
        template = DeliveryTemplate(workload)
        carryByteCountMax = template.frameByteCount
        readByteCount = max(1 << 18, template.frameByteCount)
        input = .allocate(byteCount: carryByteCountMax + readByteCount, alignment: 16)
    }

    deinit { input.deallocate() }

    /// Reads once and checks what has come.
    ///
    /// - Returns: how many deliveries.
    func read(
        _ subscriber: inout Subscriber, into latency: inout LatencyRecorder
    ) throws(BenchmarkError) -> Int {
        let count = recv(
            subscriber.descriptor, input + carryByteCountMax, readByteCount,
            CInt(MSG_DONTWAIT))
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return 0 }
            throw BenchmarkError("the server closed a subscriber's connection")
        }
        let carryByteCount = subscriber.carry.count
        var cursor = input + (carryByteCountMax - carryByteCount)
        subscriber.carry.withUnsafeBytes { carry in
            if let base = carry.baseAddress { memcpy(cursor, base, carryByteCount) }
        }
        let end = input + carryByteCountMax + count
        let frameByteCount = template.frameByteCount
        var deliveries = 0
        latency.begin(now: monotonicNow())
        while end - cursor >= frameByteCount {
            guard let (stamp, time) = template.read(cursor, channel: subscriber.channel) else {
                throw BenchmarkError("a delivery is not what was published")
            }
            guard subscriber.checker.accept(stamp) else {
                throw BenchmarkError("a delivery is lost, doubled or out of order")
            }
            latency.record(since: time)
            deliveries += 1
            cursor += frameByteCount
        }
        latency.end()
        subscriber.carry.removeAll(keepingCapacity: true)
        subscriber.carry.append(
            contentsOf: UnsafeRawBufferPointer(start: cursor, count: end - cursor))
        return deliveries
    }
}
