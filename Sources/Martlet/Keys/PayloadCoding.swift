// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import FoundationEssentials

/// How payloads become the bytes that streams and queues hold, which other Redis clients see.
public struct PayloadCoding<Payload: Sendable>: Sendable {
    let encode: @Sendable (Payload) throws -> [UInt8]
    private let decodeBytes: @Sendable ([UInt8]) throws -> Payload

    /// A coding of your own.
    public init(
        encode: @escaping @Sendable (Payload) throws -> [UInt8],
        decode: @escaping @Sendable ([UInt8]) throws -> Payload
    ) {
        self.encode = encode
        decodeBytes = decode
    }

    func decode(_ bytes: [UInt8]) throws(PayloadError) -> Payload {
        do {
            return try decodeBytes(bytes)
        } catch {
            throw PayloadError(bytes: bytes, underlyingError: error)
        }
    }
}

extension PayloadCoding where Payload: Codable {
    /// JSON, which programs in other languages can read.
    public static var json: Self {
        Self(
            encode: { Array(try JSONEncoder().encode($0)) },
            decode: { try JSONDecoder().decode(Payload.self, from: Data($0)) })
    }
}

extension PayloadCoding where Payload == String {
    /// UTF-8; what is not is replaced by U+FFFD.
    public static var text: Self {
        Self(encode: { Array($0.utf8) }, decode: { String(decoding: $0, as: UTF8.self) })
    }
}

extension PayloadCoding where Payload == [UInt8] {
    /// The bytes as they are.
    public static var bytes: Self {
        Self(encode: { $0 }, decode: { $0 })
    }
}
