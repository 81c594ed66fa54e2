// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The memory of a listpack, with its bookkeeping in front of the bytes.
final class ListpackStorage: ManagedBuffer<ListpackStorage.Bounds, UInt8> {
    struct Bounds {
        /// Where the first entry begins and the last one ends.
        var start: Int
        var end: Int
        /// The number of entries.
        var count: Int
        var capacity: Int
    }

    /// Up to here memory is allocated in powers of two: a block of a list by default.
    private static let blockByteCount = 8192

    /// The object's and the allocator's bookkeeping, and the bounds.
    static let overheadByteCount = 24 + MemoryLayout<Bounds>.size

    /// Shared by all empty blocks and never written to.
    nonisolated(unsafe) static let empty = make(capacity: 0)

    static func make(capacity: Int) -> ListpackStorage {
        let storage = create(minimumCapacity: capacity) { _ in
            Bounds(start: 0, end: 0, count: 0, capacity: capacity)
        }
        return unsafeDowncast(storage, to: ListpackStorage.self)
    }

    /// The bounds, without the run-time checks of access that `header` has at every use.
    @inline(__always)
    var bounds: Bounds {
        get { withUnsafeMutablePointerToHeader { $0.pointee } }
        _modify { yield &withUnsafeMutablePointerToHeader { $0 }.pointee }
    }

    /// The bytes, valid as long as the storage.
    @inline(__always)
    var bytes: UnsafeMutableRawPointer {
        withUnsafeMutablePointerToElements { UnsafeMutableRawPointer($0) }
    }

    /// How much to allocate for entries of so many bytes: half as much again, so that a growing
    /// block is copied seldom, but a list's block is not more than full.
    static func capacity(for byteCount: Int, isGrowing: Bool) -> Int {
        if byteCount > blockByteCount {
            return isGrowing ? byteCount + byteCount / 4 : byteCount
        }
        var capacity = 64
        while capacity < byteCount + byteCount / 2, capacity < blockByteCount { capacity *= 2 }
        return capacity
    }
}
