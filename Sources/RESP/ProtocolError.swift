// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A request that breaks the framing of the protocol. The server answers with `-ERR` and this
/// text, and closes the connection once the error has been sent, as Redis does.
package enum ProtocolError: Error, Equatable, Sendable {
    case invalidMultibulkLength
    case unauthenticatedMultibulkLength
    case multibulkCountTooLong
    case bulkCountTooLong
    case expectedDollar(got: UInt8)
    case invalidBulkLength
    case unauthenticatedBulkLength
    case inlineTooLong
    case unbalancedQuotes

    /// The text behind `-ERR `, the same as Redis's (networking.c).
    package var message: String {
        switch self {
        case .invalidMultibulkLength: "Protocol error: invalid multibulk length"
        case .unauthenticatedMultibulkLength: "Protocol error: unauthenticated multibulk length"
        case .multibulkCountTooLong: "Protocol error: too big mbulk count string"
        case .bulkCountTooLong: "Protocol error: too big bulk count string"
        case .expectedDollar: "Protocol error: expected '$', got "
        case .invalidBulkLength: "Protocol error: invalid bulk length"
        case .unauthenticatedBulkLength: "Protocol error: unauthenticated bulk length"
        case .inlineTooLong: "Protocol error: too big inline request"
        case .unbalancedQuotes: "Protocol error: unbalanced quotes in request"
        }
    }

    /// The message as bytes: `expected '$', got 'x'` shows the byte as it came, except that a line
    /// end becomes a space, since an error is one line. So does Valkey with a NUL; Redis waits,
    /// because it searches a C string for the line's end.
    package var messageBytes: [UInt8] {
        var bytes = Array(message.utf8)
        guard case .expectedDollar(let byte) = self else { return bytes }
        let isLineEnd = byte == UInt8(ascii: "\r") || byte == UInt8(ascii: "\n")
        bytes.append(UInt8(ascii: "'"))
        bytes.append(isLineEnd ? UInt8(ascii: " ") : byte)
        bytes.append(UInt8(ascii: "'"))
        return bytes
    }
}
