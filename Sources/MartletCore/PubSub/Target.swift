// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Where one shard delivers the messages of a topic: one outlet, or a set of them. In a mailbox it
/// may also stand for messages with targets of their own.
///
/// A word without ownership. It stays valid as long as a subscriber stands behind it, see
/// `TopicSubscribers`.
package struct Target: @unchecked Sendable {
    /// 0, the address of an `Outlet`, that of an `OutletSet` plus 1, or that of `HeldMessages` plus 2.
    private let bits: UInt

    static let none = Target(bits: 0)

    private init(bits: UInt) {
        self.bits = bits
    }

    init(_ outlet: Outlet) {
        bits = UInt(bitPattern: Unmanaged.passUnretained(outlet).toOpaque())
        assert(bits & 3 == 0)
    }

    init(_ set: OutletSet) {
        bits = UInt(bitPattern: Unmanaged.passUnretained(set).toOpaque()) | 1
    }

    /// Owns the messages until they are delivered.
    init(_ messages: HeldMessages) {
        bits = UInt(bitPattern: Unmanaged.passRetained(messages).toOpaque()) | 2
    }

    enum Content {
        case none
        case outlet(Unmanaged<Outlet>)
        case set(Unmanaged<OutletSet>)
        case held(Unmanaged<HeldMessages>)
    }

    var content: Content {
        if bits == 0 { return .none }
        let address = UnsafeRawPointer(bitPattern: bits & ~3)!
        switch bits & 3 {
        case 0: return .outlet(.fromOpaque(address))
        case 1: return .set(.fromOpaque(address))
        default: return .held(.fromOpaque(address))
        }
    }
}

/// The outlets of one shard that subscribe to one topic, when there is more than one.
///
/// A hash set of addresses with linear probing: adding and removing cost the same at any size,
/// and going through it reads memory in order. Confined to its shard.
package final class OutletSet {
    /// 0 marks a free slot.
    private var slots: UnsafeMutablePointer<UInt>
    private var capacity = 8
    package private(set) var count = 0

    init() {
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: 0, count: capacity)
    }

    deinit {
        slots.deallocate()
    }

    func insert(_ outlet: Outlet) {
        if (count + 1) * 4 > capacity * 3 { rehash(to: capacity * 2) }
        let address = UInt(bitPattern: Unmanaged.passUnretained(outlet).toOpaque())
        var slot = home(of: address)
        while slots[slot] != 0 {
            precondition(slots[slot] != address, "an outlet subscribes to a topic once")
            slot = (slot + 1) & (capacity - 1)
        }
        slots[slot] = address
        count += 1
    }

    func remove(_ outlet: Outlet) {
        let address = UInt(bitPattern: Unmanaged.passUnretained(outlet).toOpaque())
        var hole = home(of: address)
        while slots[hole] != address {
            precondition(slots[hole] != 0, "the outlet is not in the set")
            hole = (hole + 1) & (capacity - 1)
        }
        // Move up what was displaced past the hole (Knuth, The Art of Computer Programming,
        // volume 3, section 6.4, algorithm R).
        var slot = hole
        while true {
            slot = (slot + 1) & (capacity - 1)
            guard slots[slot] != 0 else { break }
            let distance = (slot &- home(of: slots[slot])) & (capacity - 1)
            if distance >= (slot &- hole) & (capacity - 1) {
                slots[hole] = slots[slot]
                hole = slot
            }
        }
        slots[hole] = 0
        count -= 1
        if capacity > 8, count * 8 < capacity { rehash(to: capacity / 2) }
    }

    /// Any member; the set must not be empty.
    var anyOutlet: Outlet {
        var slot = 0
        while slots[slot] == 0 { slot += 1 }
        return outlet(slots[slot])
    }

    @inline(__always)
    func forEach(_ body: (Outlet) -> Void) {
        var left = count
        var slot = 0
        while left > 0 {
            let address = slots[slot]
            if address != 0 {
                body(outlet(address))
                left -= 1
            }
            slot += 1
        }
    }

    private func outlet(_ address: UInt) -> Outlet {
        Unmanaged<Outlet>.fromOpaque(UnsafeRawPointer(bitPattern: address)!)
            ._withUnsafeGuaranteedRef { $0 }
    }

    private func home(of address: UInt) -> Int {
        let mixed = (address >> 4) &* 0x9E37_79B9_7F4A_7C15
        return Int(truncatingIfNeeded: mixed >> 32) & (capacity - 1)
    }

    private func rehash(to newCapacity: Int) {
        let old = slots
        let oldCapacity = capacity
        capacity = newCapacity
        slots = .allocate(capacity: capacity)
        slots.initialize(repeating: 0, count: capacity)
        for index in 0..<oldCapacity where old[index] != 0 {
            var slot = home(of: old[index])
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = old[index]
        }
        old.deallocate()
    }
}
