// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// The part of a file between what has been understood and what has been read, in one piece of
/// memory.
///
/// It is fed from outside; see `FileWalk`.
struct FileWindow: ~Copyable {
    private var memory: UnsafeMutableRawPointer
    private var capacity: Int
    private var start = 0
    private var end = 0
    /// Where `bytes` starts in the file, in bytes.
    private(set) var offset = 0

    init(offset: Int = 0) {
        capacity = 2 * 1024 * 1024
        memory = malloc(capacity)!
        self.offset = offset
    }

    deinit {
        free(memory)
    }

    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: memory + start, count: end - start)
    }

    mutating func append(_ piece: UnsafeRawBufferPointer) {
        guard let source = piece.baseAddress else { return }
        if end + piece.count > capacity { makeRoom(piece.count) }
        (memory + end).copyMemory(from: source, byteCount: piece.count)
        end += piece.count
    }

    mutating func consume(_ byteCount: Int) {
        start += byteCount
        offset += byteCount
        assert(start <= end)
    }

    private mutating func makeRoom(_ byteCount: Int) {
        let needed = end - start + byteCount
        if needed > capacity {
            capacity = max(needed, capacity * 2)
            let larger = malloc(capacity)!
            larger.copyMemory(from: memory + start, byteCount: end - start)
            free(memory)
            memory = larger
        } else {
            memmove(memory, memory + start, end - start)
        }
        end -= start
        start = 0
    }
}
