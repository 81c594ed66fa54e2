// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletLog

@Suite("LogBuffer")
struct LogBufferTests {
    @Test("is the same as an array", arguments: 0..<10 as Range<UInt64>)
    func naive(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let origin: LogPosition = 1_000_000
        var buffer = LogBuffer(position: origin)
        var bytes: [UInt8] = []
        var discarded = 0
        var ends: [Int] = []
        for _ in 0..<300 {
            if Int.random(in: 0..<4, using: &random) > 0 {
                let longest = Int.random(in: 0..<10, using: &random) == 0 ? 900_000 : 40_000
                let count = Int.random(in: 1...longest, using: &random)
                let piece = [UInt8](
                    repeating: UInt8.random(in: 0...255, using: &random), count: count)
                bytes += piece
                piece.withUnsafeBytes { buffer.append($0, database: bytes.count % 16) }
                ends.append(bytes.count)
            } else {
                discarded = Int.random(in: discarded...bytes.count, using: &random)
                buffer.discard(to: origin + UInt64(discarded))
                #expect(
                    buffer.byteCount <= bytes.count - discarded + 2 * LogBuffer.chunkByteCount)
            }
            #expect(buffer.end == origin + UInt64(bytes.count))
            let from = Int.random(in: discarded...bytes.count, using: &random)
            let to = Int.random(in: from...bytes.count, using: &random)
            var found: [UInt8] = []
            buffer.forEachPiece(from: origin + UInt64(from), to: origin + UInt64(to)) {
                found += $0
            }
            #expect(found == Array(bytes[from..<to]), "seed \(seed)")
        }
    }

    @Test("batches end where appends end, and hold a megabyte or one append")
    func batches() {
        var buffer = LogBuffer(position: 0)
        var ends: Set<LogPosition> = []
        var random = SeededRandom(seed: 5)
        for _ in 0..<200 {
            let count = Int.random(in: 1..<100_000, using: &random)
            [UInt8](repeating: 1, count: count).withUnsafeBytes { buffer.append($0, database: 0) }
            ends.insert(buffer.end)
        }
        var position: LogPosition = 0
        while position < buffer.end {
            let end = buffer.batchEnd(from: position, limit: buffer.end)
            #expect(end - position <= LogBuffer.batchByteCountMax && ends.contains(end))
            position = end
        }
    }
}
