// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// Reads commands as the log holds them: arrays of bulk strings and nothing else, with every
/// length and line end as it must be.
///
/// It keeps where the arguments of the last command lie; one scanner serves a whole load.
struct CommandScanner {
    enum Outcome: Equatable {
        /// A command that took so many bytes.
        case command(byteCount: Int)
        /// The command goes on behind the bytes that were given.
        case incomplete
        /// This is not a command.
        case malformed
    }

    /// A command has so many arguments at the most, as in Redis.
    private static let argumentCountMax: UInt64 = 1024 * 1024 * 1024
    /// The longest number and its CR LF.
    private static let numberByteCountMax = 22

    private(set) var spans: [ArgumentSpan] = []

    /// - Parameter bytes: from the first byte of the command.
    mutating func scan(_ bytes: UnsafeRawBufferPointer) -> Outcome {
        spans.removeAll(keepingCapacity: true)
        var position = 0
        switch Self.number(in: bytes, at: &position, behind: UInt8(ascii: "*")) {
        case .failure(let outcome): return outcome.outcome
        case .success(let count):
            guard count > 0, count <= Self.argumentCountMax else { return .malformed }
            for _ in 0..<count {
                switch Self.number(in: bytes, at: &position, behind: UInt8(ascii: "$")) {
                case .failure(let outcome): return outcome.outcome
                case .success(let byteCount):
                    guard byteCount <= Int.max / 2 else { return .malformed }
                    let end = position + Int(byteCount)
                    guard end < bytes.count else { return .incomplete }
                    guard bytes[end] == UInt8(ascii: "\r") else { return .malformed }
                    guard end + 1 < bytes.count else { return .incomplete }
                    guard bytes[end + 1] == UInt8(ascii: "\n") else { return .malformed }
                    spans.append(ArgumentSpan(offset: position, count: Int(byteCount)))
                    position = end + 2
                }
            }
            return .command(byteCount: position)
        }
    }

    private enum Stop: Error {
        case incomplete, malformed

        var outcome: Outcome { self == .incomplete ? .incomplete : .malformed }
    }

    private static func number(
        in bytes: UnsafeRawBufferPointer, at position: inout Int, behind mark: UInt8
    ) -> Result<UInt64, Stop> {
        guard position < bytes.count else { return .failure(.incomplete) }
        guard bytes[position] == mark else { return .failure(.malformed) }
        let start = position + 1
        guard let (value, end) = DecimalField.read(bytes, from: start) else {
            return .failure(start == bytes.count ? .incomplete : .malformed)
        }
        // Redis writes no leading zeros.
        if end - start > numberByteCountMax { return .failure(.malformed) }
        guard end < bytes.count else { return .failure(.incomplete) }
        guard bytes[end] == UInt8(ascii: "\r") else { return .failure(.malformed) }
        guard end + 1 < bytes.count else { return .failure(.incomplete) }
        guard bytes[end + 1] == UInt8(ascii: "\n") else { return .failure(.malformed) }
        position = end + 2
        return .success(value)
    }
}
