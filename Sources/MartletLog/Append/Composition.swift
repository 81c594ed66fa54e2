// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The pieces of one write: batches of an increment with a line before each.
///
/// Its memory is kept from one write to the next: a commit allocates nothing. Owned by the thread
/// that writes.
final class Composition {
    private struct Batch {
        var position: LogPosition
        var byteCount: Int
        /// Where its line stands among the pieces; its bytes follow.
        var line: Int
    }

    private var pieces: [UnsafeRawBufferPointer] = []
    private var batches: [Batch] = []
    /// The head's line and commands, then the batches' lines.
    private var lines = UnsafeMutableRawPointer.allocate(byteCount: 0, alignment: 1)
    private var lineCapacity = 0
    private var file: UInt64 = 0
    private var start: LogPosition = 0
    private var database = 0
    private var durable: LogPosition = 0

    /// A line and a SELECT, in bytes.
    private static let headByteCountMax = Annotation.lineByteCountMax + 64

    deinit {
        lines.deallocate()
    }

    /// - Parameter database: the one that is selected at `start`.
    func begin(
        in increment: Increment, at start: LogPosition, database: Int, durable: LogPosition
    ) {
        pieces.removeAll(keepingCapacity: true)
        batches.removeAll(keepingCapacity: true)
        file = increment.id
        self.start = start
        self.database = database
        self.durable = durable
        // Room for what `write` puts before the first batch.
        if !increment.hasHead { pieces.append(UnsafeRawBufferPointer(start: nil, count: 0)) }
    }

    func beginBatch(at position: LogPosition, byteCount: Int) {
        batches.append(Batch(position: position, byteCount: byteCount, line: pieces.count))
        pieces.append(UnsafeRawBufferPointer(start: nil, count: 0))
    }

    func add(_ bytes: UnsafeRawBufferPointer) {
        pieces.append(bytes)
    }

    /// - Returns: how many bytes were written.
    func write(to increment: Increment) throws(StorageError) -> Int {
        writeLines()
        var byteCount = 0
        if !increment.hasHead {
            let head = head()
            head.withUnsafeBytes { lines.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
            pieces[0] = UnsafeRawBufferPointer(start: lines, count: head.count)
        }
        for piece in pieces { byteCount += piece.count }
        let written = pieces.withUnsafeBufferPointer { pieces -> Result<Void, StorageError> in
            Result { () throws(StorageError) in
                try increment.file.write(pieces, at: increment.byteCount)
            }
        }
        try written.get()
        return byteCount
    }

    private func writeLines() {
        let room = Self.headByteCountMax + batches.count * Annotation.lineByteCountMax
        if lineCapacity < room {
            lines.deallocate()
            lines = .allocate(byteCount: room, alignment: 1)
            lineCapacity = room
        }
        for (index, batch) in batches.enumerated() {
            let end = index + 1 < batches.count ? batches[index + 1].line : pieces.count
            var checksum: UInt32 = 0
            for piece in pieces[(batch.line + 1)..<end] {
                checksum = CRC32C.of(piece.baseAddress!, count: piece.count, start: checksum)
            }
            let line = Annotation(
                kind: .batch, checksum: checksum, byteCount: batch.byteCount,
                position: batch.position, durablePosition: durable, file: file)
            let target = lines + Self.headByteCountMax + index * Annotation.lineByteCountMax
            pieces[batch.line] = UnsafeRawBufferPointer(
                start: target, count: line.write(to: target))
        }
    }

    private func head() -> [UInt8] {
        let number = String(database)
        let select = Array(
            "*2\r\n$6\r\nSELECT\r\n$\(number.utf8.count)\r\n\(number)\r\n".utf8)
        let line = Annotation(
            kind: .head,
            checksum: select.withUnsafeBytes { CRC32C.of($0.baseAddress!, count: $0.count) },
            byteCount: select.count, position: start, durablePosition: durable, file: file)
        return line.bytes + select
    }
}
