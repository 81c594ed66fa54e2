// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The ID of a stream's entry: a time in milliseconds, and a number among those of that time.
package struct StreamID: Hashable, Comparable, Sendable {
    package var milliseconds: UInt64
    package var sequence: UInt64

    package init(_ milliseconds: UInt64, _ sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    /// No entry has it.
    package static let zero = StreamID(0, 0)
    package static let max = StreamID(.max, .max)

    @inline(__always)
    package static func < (left: StreamID, right: StreamID) -> Bool {
        left.milliseconds < right.milliseconds
            || left.milliseconds == right.milliseconds && left.sequence < right.sequence
    }

    /// The next ID; nil after the last one.
    package var successor: StreamID? {
        if sequence < .max { return StreamID(milliseconds, sequence + 1) }
        return milliseconds < .max ? StreamID(milliseconds + 1, 0) : nil
    }

    /// The ID before; nil before 0-0.
    package var predecessor: StreamID? {
        if sequence > 0 { return StreamID(milliseconds, sequence - 1) }
        return milliseconds > 0 ? StreamID(milliseconds - 1, .max) : nil
    }

    /// The longest text, in bytes.
    package static let textByteCountMax = 41

    /// Writes the ID as `ms-seq`, and returns how many bytes that took.
    package func write(to destination: UnsafeMutableRawPointer) -> Int {
        let first = Self.write(milliseconds, to: destination)
        destination.storeBytes(of: UInt8(ascii: "-"), toByteOffset: first, as: UInt8.self)
        return first + 1 + Self.write(sequence, to: destination + first + 1)
    }

    private static func write(_ value: UInt64, to destination: UnsafeMutableRawPointer) -> Int {
        var count = 1
        var rest = value
        while rest >= 10 {
            rest /= 10
            count += 1
        }
        rest = value
        for index in stride(from: count - 1, through: 0, by: -1) {
            let (quotient, digit) = rest.quotientAndRemainder(dividingBy: 10)
            destination.storeBytes(
                of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: digit), toByteOffset: index,
                as: UInt8.self)
            rest = quotient
        }
        return count
    }
}

extension StreamID: Keyed {
    var key: StreamID { self }
}
