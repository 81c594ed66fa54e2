// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Remembers which patterns match the channels that were published to last, so that a hot channel
/// asks the pattern index once after each change of the patterns.
///
/// Direct mapped: a channel has one slot, and whoever comes later takes it. One cache belongs to
/// each stripe and is used under its lock.
struct PatternMatchCache {
    /// Channels remembered by one stripe.
    static let slotCount = 128
    /// Longer names, in bytes, are not remembered.
    static let nameByteCountMax = 1024

    private struct Slot {
        var hash: UInt32
        var name: [UInt8]
        /// The state of the patterns that `ids` was computed for.
        var generation: Int
        var ids: [Int]
    }

    private var slots: [Slot?] = []

    /// The ids of the patterns that match, or nil if that is not known for this generation.
    func find(_ name: UnsafeRawBufferPointer, hash: UInt32, generation: Int) -> [Int]? {
        guard !slots.isEmpty, let slot = slots[Self.index(of: hash)],
            slot.hash == hash, slot.generation == generation,
            slot.name.withUnsafeBytes({ $0.isEqual(to: name) })
        else { return nil }
        return slot.ids
    }

    mutating func insert(
        _ ids: [Int], for name: UnsafeRawBufferPointer, hash: UInt32, generation: Int
    ) {
        guard name.count <= Self.nameByteCountMax else { return }
        if slots.isEmpty { slots = Array(repeating: nil, count: Self.slotCount) }
        slots[Self.index(of: hash)] = Slot(
            hash: hash, name: Array(name), generation: generation, ids: ids)
    }

    mutating func removeAll() {
        slots = []
    }

    /// The low bits choose the stripe.
    private static func index(of hash: UInt32) -> Int {
        Int(hash >> 16) & (slotCount - 1)
    }
}
