// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What has been appended and may still be needed, in chunks of one size
//
//     start            synced          written         end
//     ├────────────────┼───────────────┼───────────────┤
//     │ to be given    │ in the file,  │ in memory     │
//     │ back by chunks │ kept in case  │ only          │
//     │                │ a sync fails  │               │
//     └─ chunk 0 ──┴─ chunk 1 ──┴─ chunk 2 ──┴─ chunk 3 ──┘
//
// Positions are the log's. A byte never moves and is never overwritten until its chunk has been
// given back: a writer uses its pieces without a lock while others append behind them.
//
// Not `Sendable`: `AppendLog` guards it by its lock.

import Glibc

struct LogBuffer: ~Copyable {
    /// In bytes.
    static let chunkByteCount = 256 * 1024
    /// Chunks kept for reuse.
    private static let spareCountMax = 4
    /// A batch grows no longer than this by further appends, in bytes; a longer append is a batch
    /// of its own.
    static let batchByteCountMax: UInt64 = 1024 * 1024

    /// The position of the first byte of the first chunk.
    private var start: LogPosition
    private(set) var end: LogPosition
    private var chunks: [UnsafeMutableRawPointer] = []
    private var spare: [UnsafeMutableRawPointer] = []
    /// Positions at which a batch must end, in ascending order: those of long runs of appends,
    /// and where an increment ends.
    private var boundaries: [Boundary] = []
    private var lastBoundary: LogPosition
    /// The database that is selected at the end.
    private(set) var database = 0

    private struct Boundary {
        var position: LogPosition
        var database: Int
    }

    init(position: LogPosition) {
        start = position
        end = position
        lastBoundary = position
    }

    deinit {
        for chunk in chunks { free(chunk) }
        for chunk in spare { free(chunk) }
    }

    /// The memory that it holds, in bytes.
    var byteCount: Int { chunks.count * Self.chunkByteCount }

    /// - Parameter database: the one that is selected behind these commands.
    mutating func append(_ bytes: UnsafeRawBufferPointer, database: Int) {
        if end > lastBoundary, end - lastBoundary + UInt64(bytes.count) > Self.batchByteCountMax {
            addBoundary()
        }
        var rest = bytes
        while !rest.isEmpty {
            let offset = Int(end - start) % Self.chunkByteCount
            if Int(end - start) == byteCount {
                chunks.append(spare.popLast() ?? malloc(Self.chunkByteCount)!)
            }
            let count = min(rest.count, Self.chunkByteCount - offset)
            (chunks[chunks.count - 1] + offset).copyMemory(
                from: rest.baseAddress!, byteCount: count)
            end += UInt64(count)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        self.database = database
    }

    /// Ends a batch at the end of what has been appended.
    mutating func addBoundary() {
        guard end > lastBoundary else { return }
        boundaries.append(Boundary(position: end, database: database))
        lastBoundary = end
    }

    /// The database that is selected at `position`, which is the end or a boundary.
    func database(at position: LogPosition) -> Int {
        boundaries.first { $0.position == position }?.database ?? database
    }

    /// Where a batch that starts at `position` ends, `limit` at the latest.
    func batchEnd(from position: LogPosition, limit: LogPosition) -> LogPosition {
        for boundary in boundaries where boundary.position > position {
            return min(boundary.position, limit)
        }
        return limit
    }

    /// Hands the bytes between two positions to `body`, piece by piece.
    func forEachPiece(
        from first: LogPosition, to last: LogPosition, _ body: (UnsafeRawBufferPointer) -> Void
    ) {
        assert(start <= first && first <= last && last <= end)
        var position = first
        while position < last {
            let (chunk, offset) = Int(position - start)
                .quotientAndRemainder(dividingBy: Self.chunkByteCount)
            let count = min(Int(last - position), Self.chunkByteCount - offset)
            body(UnsafeRawBufferPointer(start: chunks[chunk] + offset, count: count))
            position += UInt64(count)
        }
    }

    /// Gives back what lies before `position`, as far as it fills chunks.
    mutating func discard(to position: LogPosition) {
        assert(position <= end)
        let count = position == end ? chunks.count : Int(position - start) / Self.chunkByteCount
        guard count > 0, position > start else { return }
        if position == end {
            // Empty: the next append starts a chunk anew, at its first byte.
            start = end
        } else {
            start += UInt64(count * Self.chunkByteCount)
        }
        for chunk in chunks.prefix(count) {
            if spare.count < Self.spareCountMax { spare.append(chunk) } else { free(chunk) }
        }
        chunks.removeFirst(count)
        boundaries.removeAll { $0.position <= position }
    }
}
