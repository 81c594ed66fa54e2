// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Reads a reply that `ReplyWriter` has written in RESP2, for a caller in the same process. What
/// it reads is whole and right; the caller knows what is there, and says so by what it calls.
package struct ReplyCursor {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// The number behind `*`: how many elements follow. nil for a null array.
    package mutating func arrayHeader() -> Int? {
        let count = number(behind: UInt8(ascii: "*"))
        return count < 0 ? nil : count
    }

    package mutating func integer() -> Int {
        number(behind: UInt8(ascii: ":"))
    }

    /// A bulk string; nil if it is null.
    package mutating func bulk() -> [UInt8]? {
        let count = number(behind: UInt8(ascii: "$"))
        guard count >= 0 else { return nil }
        defer { position += count + 2 }
        return Array(bytes[position..<position + count])
    }

    private mutating func number(behind type: UInt8) -> Int {
        precondition(bytes[position] == type, "a reply of another type")
        position += 1
        let isNegative = bytes[position] == UInt8(ascii: "-")
        if isNegative { position += 1 }
        var number = 0
        while bytes[position] != 0x0D {
            number = number * 10 + Int(bytes[position] - UInt8(ascii: "0"))
            position += 1
        }
        position += 2
        return isNegative ? -number : number
    }
}
