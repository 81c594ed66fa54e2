// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import FoundationEssentials
import RESP

/// A message that was published to a channel.
///
/// It refers to the bytes as they were encoded once for all who receive it; to copy a message
/// copies none of them. Whoever keeps a message keeps the block it lies in, of 64 KB or as large
/// as the message: to keep a few bytes for long, keep ``text`` or ``payload`` instead.
public struct Message: Sendable {
    /// The block from the payload on.
    private let bytes: Slice
    private let channelStart: UInt32
    private let channelByteCount: UInt32
    private let patternStart: UInt32
    /// `noPattern` for a message to the channel's own subscribers.
    private let patternByteCount: UInt32
    /// How many messages were dropped between the message that the subscription delivered last
    /// and this one: 0 unless the subscription's policy is to drop, see ``BufferingPolicy``.
    public internal(set) var droppedBefore = 0

    private static let noPattern = UInt32.max

    /// - Parameters:
    ///   - frame: the slice that begins with the message's frame.
    ///   - parts: where the frame's parts lie in it.
    init(frame: Slice, parts: MessageFrame.Parts) {
        bytes = Slice(
            block: frame.block, start: Int(frame.start) + parts.payload.lowerBound,
            end: Int(frame.start) + parts.payload.upperBound)
        channelStart = frame.start + UInt32(parts.channel.lowerBound)
        channelByteCount = UInt32(parts.channel.count)
        patternStart = frame.start + UInt32(parts.pattern?.lowerBound ?? 0)
        patternByteCount = parts.pattern.map { UInt32($0.count) } ?? Self.noPattern
    }

    /// The channel it was published to.
    public var channel: String {
        String(decoding: region(channelStart, channelByteCount), as: UTF8.self)
    }

    /// The pattern of the subscription that it came by; nil if it came by its channel's name. A
    /// subscription that matches in several ways gets a message for each, as in Redis.
    public var pattern: String? {
        guard patternByteCount != Self.noPattern else { return nil }
        return String(decoding: region(patternStart, patternByteCount), as: UTF8.self)
    }

    /// The length of the payload, in bytes.
    public var byteCount: Int { bytes.count }

    /// A copy of the payload.
    public var payload: [UInt8] { Array(bytes.bytes) }

    /// The payload as text; what is not UTF-8 is replaced by U+FFFD.
    public var text: String { String(decoding: bytes.bytes, as: UTF8.self) }

    /// Calls `body` with the payload where it lies, without a copy. The bytes are valid during
    /// the call.
    public func withUnsafeBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(bytes.bytes)
    }

    /// The value that `publish(encoding:to:)` was called with, or any other JSON.
    public func decoded<Value: Decodable>(
        as type: Value.Type = Value.self, by decoder: JSONDecoder = JSONDecoder()
    ) throws -> Value {
        try decoder.decode(type, from: Data(bytes.bytes))
    }

    private func region(_ start: UInt32, _ count: UInt32) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: bytes.block.base + Int(start), count: Int(count))
    }
}
