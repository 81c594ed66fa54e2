// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The frames in which subscribers receive messages. A frame is written once and shared; it is
/// contiguous, so that frames written one after the other merge into one slice.
///
/// Frames are written for RESP2, as arrays. For RESP3 they are pushes, which differ in the first
/// byte alone: `pushVariant`.
public enum MessageFrame {
    /// The longest payload, in bytes; the sender of a longer one is told.
    @inlinable public static var payloadByteCountMax: Int { 2 * 1024 * 1024 * 1024 }

    public enum Kind: Sendable {
        /// To the subscribers of a channel (SUBSCRIBE).
        case message
        /// To the subscribers of a shard channel (SSUBSCRIBE).
        case shardMessage

        @inlinable public var isMessage: Bool {
            switch self {
            case .message: true
            case .shardMessage: false
            }
        }
    }

    /// `*3 <kind> <channel> <payload>`
    package static func message(
        _ kind: Kind, channel: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer,
        in arena: BlockArena
    ) -> Slice {
        let header: StaticString =
            switch kind {
            case .message: "*3\r\n$7\r\nmessage\r\n"
            case .shardMessage: "*3\r\n$8\r\nsmessage\r\n"
            }
        let byteCount =
            header.utf8CodeUnitCount + bulkByteCount(channel) + bulkByteCount(payload)
        return write(byteCount, in: arena) { destination in
            var position = destination
            append(header, &position)
            append(bulk: channel, &position)
            append(bulk: payload, &position)
            return position
        }
    }

    /// `*4 pmessage <pattern> <channel> <payload>`
    package static func patternMessage(
        pattern: UnsafeRawBufferPointer, channel: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer, in arena: BlockArena
    ) -> Slice {
        let header: StaticString = "*4\r\n$8\r\npmessage\r\n"
        let byteCount =
            header.utf8CodeUnitCount + bulkByteCount(pattern) + bulkByteCount(channel)
            + bulkByteCount(payload)
        return write(byteCount, in: arena) { destination in
            var position = destination
            append(header, &position)
            append(bulk: pattern, &position)
            append(bulk: channel, &position)
            append(bulk: payload, &position)
            return position
        }
    }

    /// A line as MONITOR sends it: a simple string.
    package static func simpleString(
        _ text: UnsafeRawBufferPointer, in arena: BlockArena
    ) -> Slice {
        write(text.count + 3, in: arena) { destination in
            destination.storeBytes(of: UInt8(ascii: "+"), as: UInt8.self)
            if let source = text.baseAddress {
                (destination + 1).copyMemory(from: source, byteCount: text.count)
            }
            storeLineEnd(destination + 1 + text.count)
            return destination + text.count + 3
        }
    }

    /// The same frame for a client that speaks RESP3: a push instead of an array. A frame that
    /// is not an array stays what it is.
    package static func pushVariant(of frame: Slice, in arena: BlockArena) -> Slice {
        let bytes = frame.bytes
        guard bytes.first == UInt8(ascii: "*") else { return frame }
        return write(bytes.count, in: arena) { destination in
            destination.copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
            destination.storeBytes(of: UInt8(ascii: ">"), as: UInt8.self)
            return destination + bytes.count
        }
    }

    private static func write(
        _ byteCount: Int, in arena: BlockArena,
        _ body: (UnsafeMutableRawPointer) -> UnsafeMutableRawPointer
    ) -> Slice {
        if byteCount >= BlockArena.ownBlockByteCount {
            let block = Block(capacity: byteCount)
            let end = body(block.base)
            assert(end == block.base + byteCount)
            return Slice(block: block, start: 0, end: byteCount)
        }
        if !arena.hasRoom(byteCount) { arena.changeBlock() }
        let start = arena.end
        let end = body(arena.position)
        assert(end == arena.position + byteCount)
        arena.advance(byteCount)
        return Slice(block: arena.block, start: start, end: arena.end)
    }

    private static func bulkByteCount(_ bytes: UnsafeRawBufferPointer) -> Int {
        1 + Decimal.byteCount(bytes.count) + 2 + bytes.count + 2
    }

    private static func append(_ text: StaticString, _ position: inout UnsafeMutableRawPointer) {
        position.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        position += text.utf8CodeUnitCount
    }

    private static func append(
        bulk bytes: UnsafeRawBufferPointer, _ position: inout UnsafeMutableRawPointer
    ) {
        position.storeBytes(of: UInt8(ascii: "$"), as: UInt8.self)
        position += 1
        position += Decimal.write(bytes.count, to: position)
        storeLineEnd(position)
        position += 2
        if let source = bytes.baseAddress {
            position.copyMemory(from: source, byteCount: bytes.count)
            position += bytes.count
        }
        storeLineEnd(position)
        position += 2
    }
}
