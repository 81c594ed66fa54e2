// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// Looks through bytes that made no sense for intact lines of the log, and for the largest
/// position that one of them knew to be on disk.
struct DurabilityScan {
    /// The number of the file the bytes are from: lines of others are not the log's.
    let id: UInt64
    private(set) var durablePosition: LogPosition = 0
    /// What may be the start of a line.
    private var rest: [UInt8] = []

    init(id: UInt64) {
        self.id = id
    }

    mutating func feed(_ piece: UnsafeRawBufferPointer) {
        var bytes = rest
        bytes += piece
        bytes.withUnsafeBytes { bytes in
            var position = 0
            while position < bytes.count,
                let mark = memchr(
                    bytes.baseAddress! + position, CInt(UInt8(ascii: "#")),
                    bytes.count - position)
            {
                position = UnsafeRawPointer(mark) - bytes.baseAddress!
                let end = min(bytes.count, position + Annotation.lineByteCountMax)
                consider(UnsafeRawBufferPointer(rebasing: bytes[position..<end]))
                position += 1
            }
        }
        rest = Array(bytes.suffix(Annotation.lineByteCountMax))
    }

    private mutating func consider(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.starts(with: "#CRC"), let end = bytes.firstIndex(of: UInt8(ascii: "\r")),
            let line = Annotation(line: UnsafeRawBufferPointer(rebasing: bytes[..<end])),
            line.file == id
        else { return }
        durablePosition = max(durablePosition, line.durablePosition)
    }
}
