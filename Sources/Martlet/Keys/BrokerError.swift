// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands

/// Why a stream, a queue or a log did not do what it was asked for. Nothing was changed then.
public struct BrokerError: Error, Equatable, CustomStringConvertible {
    public enum Code: Sendable, Equatable {
        /// The key holds something else, a list where a stream was expected (WRONGTYPE).
        case wrongType
        /// `maxmemory` of the server with this broker is reached (OOM).
        case outOfMemory
        /// The log cannot be written: the disk is full, or fails (MISCONF). What does not write
        /// goes on, and so does what does when the disk works again.
        case logFailure
        /// The log cannot be loaded: it is damaged, or another process uses its directory.
        case unusableLog
        /// The broker was shut down.
        case closed
        /// Anything else; the description says what.
        case other
    }

    public let code: Code
    /// As a Redis client would be told.
    public let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    init(_ error: ReplyError) {
        code =
            switch error.code {
            case "WRONGTYPE": .wrongType
            case "OOM": .outOfMemory
            case "MISCONF": .logFailure
            case "CLOSED": .closed
            default: .other
            }
        description = String(decoding: error.message, as: UTF8.self)
    }
}

/// The payload of an entry is not there, or is none of the type that was asked for.
public struct PayloadError: Error, CustomStringConvertible {
    /// What is there; nil if the entry has no such field.
    public let bytes: [UInt8]?
    /// Why it could not be decoded.
    public let underlyingError: (any Error)?

    public var description: String {
        guard let underlyingError else { return "the entry has no payload" }
        return "the payload cannot be decoded: \(underlyingError)"
    }
}
