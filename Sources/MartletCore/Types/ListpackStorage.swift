// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The memory of a listpack, with its bookkeeping in front of the bytes.
final class ListpackStorage: ManagedBuffer<ListpackStorage.Bounds, UInt8> {
    struct Bounds {
        private var startOffset: UInt32
        private var endOffset: UInt32
        private var entryCount: UInt32
        private let byteCapacity: UInt32

        init(capacity: Int) {
            startOffset = 0
            endOffset = 0
            entryCount = 0
            byteCapacity = UInt32(capacity)
        }

        /// Where the first entry begins.
        var start: Int {
            get { Int(startOffset) }
            set { startOffset = UInt32(newValue) }
        }

        /// Where the last entry ends.
        var end: Int {
            get { Int(endOffset) }
            set { endOffset = UInt32(newValue) }
        }

        /// The number of entries.
        var count: Int {
            get { Int(entryCount) }
            set { entryCount = UInt32(newValue) }
        }

        var capacity: Int { Int(byteCapacity) }
    }

    /// Up to here there is room for a quarter more, but not for more than this: a block of a list
    /// by default.
    private static let blockByteCount = 8192

    /// The object's and the allocator's bookkeeping, and the bounds.
    static let overheadByteCount = 24 + MemoryLayout<Bounds>.size

    /// Shared by all empty blocks and never written to.
    nonisolated(unsafe) static let empty = make(capacity: 0)

    static func make(capacity: Int) -> ListpackStorage {
        let storage = create(minimumCapacity: capacity) { _ in Bounds(capacity: capacity) }
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

    /// How much to allocate for entries of so many bytes: a quarter as much again, so that a
    /// growing block is copied seldom, but a list's block is not more than full.
    static func capacity(for byteCount: Int, isGrowing: Bool) -> Int {
        if byteCount > blockByteCount {
            return isGrowing ? byteCount + byteCount / 4 : byteCount
        }
        return min(fitted(byteCount + (isGrowing ? byteCount / 4 : 0)), blockByteCount)
    }

    /// As much as the allocator gives anyway: the memory comes in steps of 16 bytes, of which its
    /// bookkeeping takes 8.
    private static func fitted(_ byteCount: Int) -> Int {
        let object = max(byteCount, 24) + overheadByteCount
        return (object + 15) & ~15 - overheadByteCount
    }
}
