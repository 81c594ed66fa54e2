// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The ID of an entry, by which the entries of a stream are ordered: `1700000000000-0`.
public struct EntryID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// When the entry was appended: milliseconds since the epoch.
    public let milliseconds: UInt64
    /// Tells entries of one millisecond apart.
    public let sequence: UInt64

    public init(milliseconds: UInt64, sequence: UInt64) {
        self.milliseconds = milliseconds
        self.sequence = sequence
    }

    init(_ text: [UInt8]) {
        let parts = text.split(separator: UInt8(ascii: "-")).map {
            UInt64(String(decoding: $0, as: UTF8.self))!
        }
        self.init(milliseconds: parts[0], sequence: parts[1])
    }

    public var description: String { "\(milliseconds)-\(sequence)" }

    public static func < (first: EntryID, second: EntryID) -> Bool {
        (first.milliseconds, first.sequence) < (second.milliseconds, second.sequence)
    }
}
