// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A set of topics by name: the broker's directory of channels, and the list of what a client
/// subscribes to.
///
/// Open addressing with linear probing over references: 8 bytes a slot, at most seven eighths of
/// them taken. The topics' hashes are seeded (`TopicHash`), so that clients, who choose the
/// names, cannot make them collide. Whether the table keeps its topics alive is its user's
/// business: the directory retains what it inserts, a client's list does not.
struct TopicTable {
    private var slots: UnsafeMutablePointer<Unmanaged<Topic>?>?
    private var capacity: UInt32 = 0
    private var taken: UInt32 = 0

    private static let capacityMin: UInt32 = 2

    var count: Int { Int(taken) }

    var isEmpty: Bool { taken == 0 }

    func find(_ name: UnsafeRawBufferPointer, hash: UInt32) -> Topic? {
        lookUp(name, hash: hash)?.takeUnretainedValue()
    }

    /// The same without a retain.
    @inline(__always)
    func lookUp(_ name: UnsafeRawBufferPointer, hash: UInt32) -> Unmanaged<Topic>? {
        guard let slots else { return nil }
        var slot = TopicHash.slot(of: hash, in: capacity)
        while let topic = slots[Int(slot)] {
            let found = topic._withUnsafeGuaranteedRef { topic in
                topic.hash == hash && topic.name.isEqual(to: name)
            }
            if found { return topic }
            slot = (slot + 1) & (capacity - 1)
        }
        return nil
    }

    /// The topic must not be in the table.
    mutating func insert(_ topic: Topic) {
        if (taken + 1) * 8 > capacity * 7 { rehash(to: max(Self.capacityMin, capacity * 2)) }
        place(.passUnretained(topic))
        taken += 1
    }

    /// The topic must be in the table.
    mutating func remove(_ topic: Topic) {
        let slots = slots!
        let mask = capacity - 1
        var hole = TopicHash.slot(of: topic.hash, in: capacity)
        while slots[Int(hole)]!.toOpaque() != Unmanaged.passUnretained(topic).toOpaque() {
            hole = (hole + 1) & mask
        }
        // Algorithm R, as in `OutletSet`.
        var slot = hole
        while true {
            slot = (slot + 1) & mask
            guard let displaced = slots[Int(slot)] else { break }
            let hash = displaced._withUnsafeGuaranteedRef { $0.hash }
            let home = TopicHash.slot(of: hash, in: capacity)
            if (slot &- home) & mask >= (slot &- hole) & mask {
                slots[Int(hole)] = displaced
                hole = slot
            }
        }
        slots[Int(hole)] = nil
        taken -= 1
        if taken == 0 {
            slots.deallocate()
            self.slots = nil
            capacity = 0
        } else if capacity > 8, taken * 8 < capacity {
            rehash(to: capacity / 2)
        }
    }

    /// The topics in no particular order. The table must not change meanwhile.
    func forEach(_ body: (Topic) -> Void) {
        for index in 0..<Int(capacity) {
            if let topic = slots![index] { body(topic.takeUnretainedValue()) }
        }
    }

    /// Frees the slots of a table that is no longer used. The topics are not released.
    mutating func deallocate() {
        slots?.deallocate()
        slots = nil
        capacity = 0
        taken = 0
    }

    private mutating func rehash(to newCapacity: UInt32) {
        let old = slots
        let oldCapacity = Int(capacity)
        capacity = newCapacity
        slots = .allocate(capacity: Int(newCapacity))
        slots!.initialize(repeating: nil, count: Int(newCapacity))
        guard let old else { return }
        for index in 0..<oldCapacity {
            if let topic = old[index] { place(topic) }
        }
        old.deallocate()
    }

    private mutating func place(_ topic: Unmanaged<Topic>) {
        let slots = slots!
        let hash = topic._withUnsafeGuaranteedRef { $0.hash }
        var slot = TopicHash.slot(of: hash, in: capacity)
        while slots[Int(slot)] != nil { slot = (slot + 1) & (capacity - 1) }
        slots[Int(slot)] = topic
    }
}

/// The hash of a topic's name, seeded per process (`SeededHash`).
enum TopicHash {
    /// The low bits choose the stripe, see `Broker`. A table's slots follow from the others, or
    /// the topics of one stripe would crowd into one slot of every `stripeCount`.
    static let stripeBitCount: UInt32 = 6

    static func stripe(of hash: UInt32) -> Int {
        Int(hash & (1 << stripeBitCount - 1))
    }

    /// Where the search for a topic begins.
    ///
    /// - Parameter capacity: of the table, a power of two.
    static func slot(of hash: UInt32, in capacity: UInt32) -> UInt32 {
        (hash >> stripeBitCount | hash << (32 - stripeBitCount)) & (capacity - 1)
    }

    static func of(_ name: UnsafeRawBufferPointer) -> UInt32 {
        name.seededHash
    }
}
