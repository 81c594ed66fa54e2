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

    /// Whether these bytes come before the others: byte by byte, and what is a prefix first.
    @inline(__always)
    package func isBelow(_ other: UnsafeRawBufferPointer) -> Bool {
        guard let base = baseAddress, let otherBase = other.baseAddress else {
            return count < other.count
        }
        let difference = memcmp(base, otherBase, Swift.min(count, other.count))
        return difference == 0 ? count < other.count : difference < 0
    }
}

extension UnsafeRawBufferPointer {
    /// Negative, zero or positive as this comes before, with or after the other, by bytes.
    package func compare(_ other: UnsafeRawBufferPointer) -> Int {
        let shared = Swift.min(count, other.count)
        if shared > 0 {
            let order = Int(memcmp(baseAddress!, other.baseAddress!, shared))
            if order != 0 { return order }
        }
        return count - other.count
    }

    /// A hash of the bytes, seeded per process (`SeededHash`): for tables whose keys are chosen by
    /// clients, who must not make them collide.
    package var seededHash: UInt32 { UInt32(truncatingIfNeeded: SeededHash.of(self)) }
}
