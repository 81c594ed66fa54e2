// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CHiredis

/// A reply as hiredis parsed it. String, integer and array literals stand for a bulk string, an
/// integer and an array, so that a test reads as the reply does.
enum Reply: Equatable, Sendable {
    case status(String)
    case error(String)
    case integer(Int)
    case bulk([UInt8])
    case null
    case array([Reply])
    case double(Double)
    case boolean(Bool)
    case map([Reply])
    case set([Reply])
    case push([Reply])
    case bigNumber(String)
    case verbatim(format: String, [UInt8])
    case unknown(type: Int32)

    static let ok = Reply.status("OK")

    init(_ reply: UnsafePointer<redisReply>) {
        let value = reply.pointee
        switch value.type {
        case REDIS_REPLY_STATUS: self = .status(Self.text(value))
        case REDIS_REPLY_ERROR: self = .error(Self.text(value))
        case REDIS_REPLY_INTEGER: self = .integer(Int(value.integer))
        case REDIS_REPLY_STRING: self = .bulk(Self.bytes(value))
        case REDIS_REPLY_NIL: self = .null
        case REDIS_REPLY_ARRAY: self = .array(Self.elements(value))
        case REDIS_REPLY_DOUBLE: self = .double(chiredis_reply_double(reply))
        case REDIS_REPLY_BOOL: self = .boolean(value.integer != 0)
        case REDIS_REPLY_MAP: self = .map(Self.elements(value))
        case REDIS_REPLY_SET: self = .set(Self.elements(value))
        case REDIS_REPLY_PUSH: self = .push(Self.elements(value))
        case REDIS_REPLY_BIGNUM: self = .bigNumber(Self.text(value))
        case REDIS_REPLY_VERB:
            let format = String(cString: chiredis_reply_format(reply))
            self = .verbatim(format: format, Self.bytes(value))
        default: self = .unknown(type: value.type)
        }
    }

    private static func bytes(_ value: redisReply) -> [UInt8] {
        Array(UnsafeRawBufferPointer(start: value.str, count: value.len))
    }

    private static func text(_ value: redisReply) -> String {
        String(decoding: UnsafeRawBufferPointer(start: value.str, count: value.len), as: UTF8.self)
    }

    private static func elements(_ value: redisReply) -> [Reply] {
        (0..<value.elements).map { Reply(value.element[$0]!) }
    }
}

extension Reply {
    /// The elements of an array, map, set or push.
    var elements: [Reply]? {
        switch self {
        case .array(let elements), .map(let elements), .set(let elements), .push(let elements):
            elements
        default: nil
        }
    }

    /// The text of a status, an error, a bulk or a verbatim string.
    var text: String? {
        switch self {
        case .status(let text), .error(let text): text
        case .bulk(let bytes), .verbatim(_, let bytes): String(decoding: bytes, as: UTF8.self)
        default: nil
        }
    }

    var integer: Int? {
        if case .integer(let value) = self { value } else { nil }
    }

    /// The error's text; nil for every other reply.
    var errorText: String? {
        if case .error(let text) = self { text } else { nil }
    }

    /// The value that follows `name` in a flat list of names and values.
    subscript(name: String) -> Reply? {
        guard let elements else { return nil }
        return stride(from: 0, to: elements.count - 1, by: 2)
            .first { elements[$0].text == name }
            .map { elements[$0 + 1] }
    }
}

extension Reply: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral,
    ExpressibleByArrayLiteral
{
    init(stringLiteral value: String) { self = .bulk(Array(value.utf8)) }
    init(integerLiteral value: Int) { self = .integer(value) }
    init(arrayLiteral elements: Reply...) { self = .array(elements) }

    static func bulk(_ text: String) -> Reply { .bulk(Array(text.utf8)) }
}

extension Reply: CustomStringConvertible {
    /// Short even for a payload of 64 MB.
    var description: String {
        switch self {
        case .status(let text): "+\(text)"
        case .error(let text): "-\(text)"
        case .integer(let value): ":\(value)"
        case .bulk(let bytes) where bytes.count > 2_000: "(\(bytes.count) bytes)"
        case .bulk(let bytes): "\"\(String(decoding: bytes, as: UTF8.self))\""
        case .null: "null"
        case .array(let elements): "*\(elements)"
        case .double(let value): ",\(value)"
        case .boolean(let value): "#\(value)"
        case .map(let elements): "%\(elements)"
        case .set(let elements): "~\(elements)"
        case .push(let elements): ">\(elements)"
        case .bigNumber(let text): "(\(text)"
        case .verbatim(let format, let bytes):
            "=\(format):\(String(decoding: bytes.prefix(2_000), as: UTF8.self))"
        case .unknown(let type): "(type \(type))"
        }
    }
}
