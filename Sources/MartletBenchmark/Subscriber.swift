// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Glibc

/// A connection that receives the messages of one channel, or takes them from one key.
struct Subscriber {
    let descriptor: CInt
    let channel: Int
    var checker: DeliveryChecker
    /// How it asks; nil where messages come by themselves.
    let requests: ConsumerRequests?
    /// The beginning of a delivery whose end has not come yet.
    var carry: [UInt8] = []
}

/// Reads and checks deliveries. All subscribers share one buffer:
///
///     [ room for the carry | what a read brings            ]
///                  ^ a frame that was cut begins here, its carry copied to the read's left
final class DeliveryReader {
    private enum Form {
        /// Each delivery is a frame.
        case frames(DeliveryTemplate)
        /// Deliveries are the entries of replies.
        case entries(EntryReader)
    }

    /// Entries that were received and for whose acknowledgement there is no reply yet.
    private(set) var unacknowledgedCount = 0
    private let form: Form
    private let carryByteCountMax: Int
    private let readByteCount: Int
    private let input: UnsafeMutableRawPointer

    init(_ workload: Workload) {
        switch workload.reception {
        case .none, .subscription, .pop:
            let template = DeliveryTemplate(workload)
            form = .frames(template)
            carryByteCountMax = template.frameByteCount
        case .tail, .group:
            let entries = EntryReader(workload)
            form = .entries(entries)
            carryByteCountMax = entries.partByteCountMax
        }
        readByteCount = max(1 << 18, carryByteCountMax)
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
        let start = input + (carryByteCountMax - carryByteCount)
        subscriber.carry.withUnsafeBytes { carry in
            if let base = carry.baseAddress { memcpy(start, base, carryByteCount) }
        }
        let end = UnsafeRawPointer(input + carryByteCountMax + count)
        var cursor = UnsafeRawPointer(start)
        latency.begin(now: monotonicNow())
        let deliveries =
            switch form {
            case .frames(let template):
                try readFrames(template, &cursor, end, &subscriber, &latency)
            case .entries(let entries):
                try readEntries(entries, &cursor, end, &subscriber, &latency)
            }
        latency.end()
        guard end - cursor <= carryByteCountMax else { throw Self.unknown(cursor, end) }
        subscriber.carry.removeAll(keepingCapacity: true)
        subscriber.carry.append(
            contentsOf: UnsafeRawBufferPointer(start: cursor, count: end - cursor))
        return deliveries
    }

    private func readFrames(
        _ template: DeliveryTemplate, _ cursor: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
        _ subscriber: inout Subscriber, _ latency: inout LatencyRecorder
    ) throws(BenchmarkError) -> Int {
        let frameByteCount = template.frameByteCount
        var deliveries = 0
        while end - cursor >= frameByteCount {
            guard let (stamp, time) = template.read(cursor, channel: subscriber.channel) else {
                throw Self.unknown(cursor, end)
            }
            try Self.check(stamp, &subscriber)
            latency.record(since: time)
            deliveries += 1
            cursor += frameByteCount
        }
        try subscriber.requests?.askAgain(deliveries)
        return deliveries
    }

    private func readEntries(
        _ reader: EntryReader, _ cursor: inout UnsafeRawPointer, _ end: UnsafeRawPointer,
        _ subscriber: inout Subscriber, _ latency: inout LatencyRecorder
    ) throws(BenchmarkError) -> Int {
        guard let requests = subscriber.requests else { return 0 }
        var missing = requests.missingEntryCount
        defer { requests.missingEntryCount = missing }
        var deliveries = 0
        while true {
            switch reader.read(
                &cursor, end, channel: subscriber.channel, isInReply: missing > 0)
            {
            case .incomplete: return deliveries
            case .wrong: throw Self.unknown(cursor, end)
            case .acknowledged(let count):
                try requests.acknowledged(count)
                unacknowledgedCount -= count
            case .head(let count):
                guard (1...ConsumerRequests.entryCountMax).contains(count) else {
                    throw BenchmarkError("a reply has \(count) entries")
                }
                missing = count
            case .entry(let identifier, let byteCount, let stamp, let time):
                try Self.check(stamp, &subscriber)
                latency.record(since: time)
                deliveries += 1
                missing -= 1
                requests.take(identifier: identifier, byteCount: byteCount)
                if missing == 0 {
                    try requests.endReply()
                    unacknowledgedCount += requests.acknowledgedCount
                }
            }
        }
    }

    @inline(__always)
    private static func check(
        _ stamp: Stamp, _ subscriber: inout Subscriber
    ) throws(BenchmarkError) {
        guard subscriber.checker.accept(stamp) else {
            throw BenchmarkError("a delivery is lost, doubled or out of order")
        }
    }

    private static func unknown(
        _ cursor: UnsafeRawPointer, _ end: UnsafeRawPointer
    ) -> BenchmarkError {
        let bytes = UnsafeRawBufferPointer(start: cursor, count: min(200, end - cursor))
        let text = String(decoding: bytes, as: UTF8.self)
        return BenchmarkError("a delivery is not what was sent: \(text.debugDescription)")
    }
}
