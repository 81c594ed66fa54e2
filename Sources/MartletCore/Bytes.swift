// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

#if canImport(Glibc)
    import Glibc
#endif

extension UnsafeRawBufferPointer {
    /// Whether both hold the same bytes.
    @inline(__always)
    package func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count else { return false }
        guard let base = baseAddress, let otherBase = other.baseAddress else { return true }
        return memcmp(base, otherBase, count) == 0
    }
}

extension UnsafeRawBufferPointer {
    /// A hash of the bytes, seeded per process by the standard library's `Hasher`: for tables whose
    /// keys are chosen by clients, who must not make them collide.
    package var seededHash: UInt32 {
        var hasher = Hasher()
        hasher.combine(bytes: self)
        return UInt32(truncatingIfNeeded: hasher.finalize())
    }
}
