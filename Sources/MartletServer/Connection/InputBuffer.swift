// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// What a connection has received and not yet taken: the beginning of a request, or what waits
/// behind a parked one. Empty, it owns no memory; it grows with what has arrived, never with
/// what a request declares.
struct InputBuffer: ~Copyable {
    /// The least room that is made for a read, in bytes.
    private static let roomByteCountMin = 16 * 1024

    private var storage: UnsafeMutableRawBufferPointer = .init(start: nil, count: 0)
    private(set) var count = 0

    deinit {
        storage.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    /// Bytes that can be received before memory is needed.
    var freeByteCount: Int { storage.count - count }

    var bytes: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(storage)[..<count])
    }

    /// Room behind the bytes: `roomByteCountMin` at the least, and where the request is known to
    /// reach further as much again as is there. Valid until the buffer is changed; what is
    /// received there is told with `didReceive` before anything else.
    mutating func room(knownByteCount: Int) -> UnsafeMutableRawBufferPointer {
        if freeByteCount < Self.roomByteCountMin {
            // Double, but no further than the request is known to reach.
            let wanted = max(count + Self.roomByteCountMin, min(count * 2, knownByteCount))
            resize(to: wanted)
        }
        return UnsafeMutableRawBufferPointer(rebasing: storage[count...])
    }

    mutating func didReceive(_ byteCount: Int) {
        count += byteCount
        assert(count <= storage.count)
    }

    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        if freeByteCount < bytes.count { resize(to: count + bytes.count) }
        UnsafeMutableRawBufferPointer(rebasing: storage[count...]).copyMemory(from: bytes)
        count += bytes.count
    }

    mutating func removeFirst(_ byteCount: Int) {
        guard byteCount > 0 else { return }
        count -= byteCount
        if count == 0 {
            storage.deallocate()
            storage = .init(start: nil, count: 0)
        } else {
            storage.baseAddress!.copyMemory(
                from: storage.baseAddress! + byteCount, byteCount: count)
        }
    }

    private mutating func resize(to capacity: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 16)
        if count > 0 { larger.copyMemory(from: bytes) }
        storage.deallocate()
        storage = larger
    }
}
