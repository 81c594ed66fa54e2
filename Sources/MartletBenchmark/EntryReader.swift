// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// Reads what XREAD, XREADGROUP and XACK reply, a part at a time:
///
///     :3                                                          XACK
///     *1 *2 $16 martlet:00000042 *N                               the head of a reply
///     *2 $15 1700000000000-0 *2 $1 m $64 [stamp][time][xxxx…]     each of its N entries
final class EntryReader {
    enum Part {
        /// Its end has not come yet.
        case incomplete
        case acknowledged(Int)
        case head(entryCount: Int)
        /// The ID as a bulk string, of that many bytes.
        case entry(
            identifier: UnsafeRawPointer, identifierByteCount: Int, stamp: Stamp, time: UInt64)
        /// Bytes that had not to come.
        case wrong
    }

    /// Longer is no part.
    let partByteCountMax: Int
    private let heads: [[UInt8]]
    private let entryStart = Array("*2\r\n".utf8)
    /// From behind the ID to the payload.
    private let fieldStart: [UInt8]
    /// The end of every payload, and its line's end.
    private let tail: [UInt8]
    private static let numberByteCountMax = 12

    init(_ workload: Workload) {
        heads = (0..<workload.channelCount).map { index in
            Array("*1\r\n*2\r\n".utf8) + Wire.bulkString(Array(Wire.key(index).utf8))
                + [UInt8(ascii: "*")]
        }
        fieldStart =
            Array("*2\r\n".utf8) + Wire.bulkString(Array(Wire.streamField.utf8))
            + Array("$\(workload.payloadByteCount)\r\n".utf8)
        let fill = workload.payloadByteCount - Workload.payloadByteCountMin
        tail = Array(repeating: UInt8(ascii: "x"), count: fill) + [13, 10]
        partByteCountMax =
            ConsumerRequests.identifierByteCountMax + entryStart.count + fieldStart.count
            + workload.payloadByteCount + 2 + heads[0].count
    }

    /// - Parameter isInReply: entries are missing, so that the next part is one.
    /// - Returns: the part at the cursor, which is moved behind it.
    @inline(__always)
    func read(
        _ cursor: inout UnsafeRawPointer, _ end: UnsafeRawPointer, channel: Int, isInReply: Bool
    ) -> Part {
        guard cursor < end else { return .incomplete }
        if isInReply { return readEntry(&cursor, end) }
        var place = cursor
        let isAcknowledgement = place.load(as: UInt8.self) == UInt8(ascii: ":")
        if isAcknowledgement {
            place += 1
        } else {
            let matched = match(heads[channel], &place, end)
            guard matched == .whole else { return matched == .beginning ? .incomplete : .wrong }
        }
        switch readNumber(&place, end) {
        case .none: return end - place < Self.numberByteCountMax ? .incomplete : .wrong
        case .some(let number):
            cursor = place
            return isAcknowledgement ? .acknowledged(number) : .head(entryCount: number)
        }
    }

    private func readEntry(_ cursor: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Part {
        var place = cursor
        let started = match(entryStart, &place, end)
        guard started == .whole else { return started == .beginning ? .incomplete : .wrong }
        let identifier = place
        guard place < end else { return .incomplete }
        guard place.load(as: UInt8.self) == UInt8(ascii: "$") else { return .wrong }
        place += 1
        guard let length = readNumber(&place, end) else {
            return end - place < Self.numberByteCountMax ? .incomplete : .wrong
        }
        guard length <= ConsumerRequests.identifierByteCountMax - 7 else { return .wrong }
        let payloadByteCount = Workload.payloadByteCountMin + tail.count
        guard end - place >= length + 2 + fieldStart.count + payloadByteCount else {
            return .incomplete
        }
        place += length + 2
        let identifierByteCount = place - identifier
        let payload = place + fieldStart.count
        guard memcmp(place, fieldStart, fieldStart.count) == 0,
            memcmp(payload + Workload.payloadByteCountMin, tail, tail.count) == 0
        else { return .wrong }
        cursor = payload + payloadByteCount
        return .entry(
            identifier: identifier, identifierByteCount: identifierByteCount,
            stamp: Stamp(bits: payload.loadUnaligned(as: UInt64.self)),
            time: payload.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
    }

    private enum Matched { case whole, beginning, not }

    @inline(__always)
    private func match(
        _ expected: [UInt8], _ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer
    ) -> Matched {
        let count = min(expected.count, end - place)
        guard memcmp(place, expected, count) == 0 else { return .not }
        place += count
        return count == expected.count ? .whole : .beginning
    }

    /// Digits and a line's end; nil where there are others, or not yet all.
    @inline(__always)
    private func readNumber(_ place: inout UnsafeRawPointer, _ end: UnsafeRawPointer) -> Int? {
        var number = 0
        var digits = place
        while digits < end, digits - place < Self.numberByteCountMax {
            let digit = digits.load(as: UInt8.self) &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            number = number * 10 + Int(digit)
            digits += 1
        }
        guard end - digits >= 2, digits > place, digits.load(as: UInt8.self) == 13,
            digits.load(fromByteOffset: 1, as: UInt8.self) == 10
        else { return nil }
        place = digits + 2
        return number
    }
}
