// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A member of a large hash, set or sorted set: a name and what belongs to it, in one allocation.
///
/// It never changes, so that tables, orders and their copies share it.
final class MemberEntry: ManagedBuffer<MemberEntry.Lengths, UInt8> {
    struct Lengths {
        var name: UInt32
        var value: UInt32
    }

    static func make(
        _ name: UnsafeRawBufferPointer, _ value: UnsafeRawBufferPointer
    ) -> MemberEntry {
        let lengths = Lengths(name: UInt32(name.count), value: UInt32(value.count))
        let entry = create(minimumCapacity: name.count + value.count) { _ in lengths }
        entry.withUnsafeMutablePointerToElements { elements in
            let bytes = UnsafeMutableRawPointer(elements)
            if let base = name.baseAddress {
                bytes.copyMemory(from: base, byteCount: name.count)
            }
            if let base = value.baseAddress {
                (bytes + name.count).copyMemory(from: base, byteCount: value.count)
            }
        }
        return unsafeDowncast(entry, to: MemberEntry.self)
    }

    /// Valid as long as the entry.
    @inline(__always)
    var name: UnsafeRawBufferPointer {
        withUnsafeMutablePointers { lengths, bytes in
            UnsafeRawBufferPointer(start: bytes, count: Int(lengths.pointee.name))
        }
    }

    /// The value of a hash's field. Valid as long as the entry.
    @inline(__always)
    var value: UnsafeRawBufferPointer {
        withUnsafeMutablePointers { lengths, bytes in
            UnsafeRawBufferPointer(
                start: bytes + Int(lengths.pointee.name), count: Int(lengths.pointee.value))
        }
    }

    /// The score of a sorted set's member, whose value it is.
    @inline(__always)
    var score: Double { value.loadUnaligned(as: Double.self) }
}
