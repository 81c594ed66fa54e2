// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Encodes replies, in the protocol version that the client has chosen, into an arena.
///
/// One writer serves all clients of an event loop, one after the other: `take` hands over what
/// has been written for one of them, as slices in order.
package final class ReplyWriter {
    package var version: ProtocolVersion {
        get { currentVersion }
        set { currentVersion = newValue }
    }

    @exclusivity(unchecked) private var currentVersion = ProtocolVersion.resp2

    /// What a slice can span with room to spare, in bytes.
    private static let pieceByteCountMax = 1024 * 1024 * 1024

    private let arena: BlockArena
    /// Where, in the arena's block, the bytes begin that have not been taken.
    @exclusivity(unchecked) private var start: Int
    /// Bytes that have not been taken and lie in earlier blocks.
    @exclusivity(unchecked) private var finished: [Slice] = []

    package init(arena: BlockArena = BlockArena()) {
        self.arena = arena
        start = arena.end
    }

    // MARK: Taking what was written

    package var isEmpty: Bool { arena.end == start && finished.isEmpty }

    /// Passes on what has been written since the last call.
    package func take(_ body: (Slice) -> Void) {
        if !finished.isEmpty {
            finished.forEach(body)
            finished.removeAll()
        }
        if arena.end > start {
            body(Slice(block: arena.block, start: start, end: arena.end))
            start = arena.end
        }
    }

    /// Forgets what has been written since the last `take`, as `CLIENT REPLY OFF` wants it.
    package func discard() {
        finished.removeAll()
        arena.rewind(to: start)
    }

    /// Lets the arena use its block again. Called between turns.
    package func turnEnded() {
        assert(isEmpty)
        arena.reuseIfUnshared()
        start = arena.end
    }

    /// Gives back memory that is kept for another use.
    package func trim() {
        arena.trim()
    }

    // MARK: Replies

    package func simpleString(_ text: StaticString) {
        text.withUTF8Buffer { line(UInt8(ascii: "+"), UnsafeRawBufferPointer($0)) }
    }

    package func simpleString(_ text: String) {
        var text = text
        text.withUTF8 { line(UInt8(ascii: "+"), UnsafeRawBufferPointer($0)) }
    }

    package func ok() { simpleString("OK") }

    /// An error reply. The message starts with its code (`ERR`, `WRONGTYPE` …); line ends in it
    /// become spaces, since an error is one line.
    package func error(_ message: UnsafeRawBufferPointer) {
        let isLineEnd = { (byte: UInt8) in byte == 0x0A || byte == 0x0D }
        guard message.contains(where: isLineEnd) else {
            return line(UInt8(ascii: "-"), message)
        }
        let oneLine = message.map { isLineEnd($0) ? UInt8(ascii: " ") : $0 }
        oneLine.withUnsafeBytes { line(UInt8(ascii: "-"), $0) }
    }

    package func error(_ message: String) {
        var message = message
        message.withUTF8 { error(UnsafeRawBufferPointer($0)) }
    }

    package func integer(_ value: Int) {
        guard value >= 0, value < 10, arena.hasRoom(4) else {
            return number(UInt8(ascii: ":"), value)
        }
        // Of the four bytes three are always the same.
        let digit = UInt32(truncatingIfNeeded: value) << 8
        arena.position.storeBytes(of: (0x0A0D_303A + digit).littleEndian, as: UInt32.self)
        arena.advance(4)
    }

    package func bulk(_ bytes: UnsafeRawBufferPointer) {
        number(UInt8(ascii: "$"), bytes.count)
        raw(bytes)
        lineEnd()
    }

    package func bulk(_ bytes: [UInt8]) {
        bytes.withUnsafeBytes { bulk($0) }
    }

    package func bulk(_ text: String) {
        var text = text
        text.withUTF8 { bulk(UnsafeRawBufferPointer($0)) }
    }

    /// A bulk string of decimal digits.
    package func bulk(decimal value: Int) {
        number(UInt8(ascii: "$"), Decimal.byteCount(value))
        let room = reserve(Decimal.byteCountMax + 2)
        let digits = Decimal.write(value, to: room)
        storeLineEnd(room + digits)
        arena.advance(digits + 2)
    }

    /// A text with a format of three letters (`txt`, `mkd`); a bulk string in RESP2.
    package func verbatim(_ text: String, format: StaticString = "txt") {
        guard currentVersion == .resp3 else { return bulk(text) }
        precondition(format.utf8CodeUnitCount == 3)
        var text = text
        text.withUTF8 { text in
            number(UInt8(ascii: "="), text.count + 4)
            format.withUTF8Buffer { raw(UnsafeRawBufferPointer($0)) }
            byte(UInt8(ascii: ":"))
            raw(UnsafeRawBufferPointer(text))
            lineEnd()
        }
    }

    /// A value that is not there: `$-1` in RESP2.
    package func null() { line(currentVersion == .resp3 ? "_" : "$-1") }

    /// An array that is not there: `*-1` in RESP2.
    package func nullArray() { line(currentVersion == .resp3 ? "_" : "*-1") }

    /// A number with a fraction; a bulk string in RESP2.
    package func double(_ value: Double) {
        withUnsafeTemporaryAllocation(byteCount: Decimal.doubleByteCountMax, alignment: 1) { room in
            let count = Decimal.write(value, to: room.baseAddress!)
            let text = UnsafeRawBufferPointer(rebasing: room[..<count])
            if version == .resp3 { line(UInt8(ascii: ","), text) } else { bulk(text) }
        }
    }

    package func boolean(_ value: Bool) {
        switch currentVersion {
        case .resp2: integer(value ? 1 : 0)
        case .resp3: line(value ? "#t" : "#f")
        }
    }

    package func arrayHeader(_ count: Int) { number(UInt8(ascii: "*"), count) }

    /// A map of `count` pairs; in RESP2 an array of twice as many elements.
    package func mapHeader(_ count: Int) {
        switch currentVersion {
        case .resp2: arrayHeader(count * 2)
        case .resp3: number(UInt8(ascii: "%"), count)
        }
    }

    package func setHeader(_ count: Int) {
        number(currentVersion == .resp3 ? UInt8(ascii: "~") : UInt8(ascii: "*"), count)
    }

    /// Out-of-band data; in RESP2 an array.
    package func pushHeader(_ count: Int) {
        number(currentVersion == .resp3 ? UInt8(ascii: ">") : UInt8(ascii: "*"), count)
    }

    // MARK: Bytes

    package func raw(_ bytes: UnsafeRawBufferPointer) {
        guard let source = bytes.baseAddress, !bytes.isEmpty else { return }
        if bytes.count >= BlockArena.ownBlockByteCount {
            finishBlockPart()
            var rest = bytes
            while !rest.isEmpty {
                let piece = rest.prefix(Self.pieceByteCountMax)
                finished.append(Slice(copying: UnsafeRawBufferPointer(rebasing: piece)))
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(piece.count))
            }
            return
        }
        reserve(bytes.count).copyMemory(from: source, byteCount: bytes.count)
        arena.advance(bytes.count)
    }

    private func byte(_ value: UInt8) {
        reserve(1).storeBytes(of: value, as: UInt8.self)
        arena.advance(1)
    }

    private func lineEnd() {
        storeLineEnd(reserve(2))
        arena.advance(2)
    }

    private func line(_ text: StaticString) {
        text.withUTF8Buffer { raw(UnsafeRawBufferPointer($0)) }
        lineEnd()
    }

    private func line(_ type: UInt8, _ text: UnsafeRawBufferPointer) {
        byte(type)
        raw(text)
        lineEnd()
    }

    private func number(_ type: UInt8, _ value: Int) {
        let room = reserve(Decimal.byteCountMax + 3)
        room.storeBytes(of: type, as: UInt8.self)
        let digits = Decimal.write(value, to: room + 1)
        storeLineEnd(room + 1 + digits)
        arena.advance(digits + 3)
    }

    /// Room for `byteCount` bytes at the arena's end.
    private func reserve(_ byteCount: Int) -> UnsafeMutableRawPointer {
        if !arena.hasRoom(byteCount) {
            finishBlockPart()
            arena.changeBlock()
            start = 0
            assert(arena.hasRoom(byteCount))
        }
        return arena.position
    }

    private func finishBlockPart() {
        guard arena.end > start else { return }
        finished.append(Slice(block: arena.block, start: start, end: arena.end))
        start = arena.end
    }
}

func storeLineEnd(_ position: UnsafeMutableRawPointer) {
    position.storeBytes(of: UInt16(littleEndian: 0x0A0D), as: UInt16.self)
}
