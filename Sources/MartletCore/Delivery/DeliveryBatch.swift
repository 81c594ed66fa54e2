// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The deliveries that a publish leaves to its own shard, in order: one, as a rule. It keeps its
/// memory, and filling and emptying it calls nothing in the runtime, which an array does twice
/// for each message.
struct DeliveryBatch: ~Copyable {
    private var first: UnsafeMutablePointer<Delivery>
    private var capacity: Int
    private var count = 0

    init() {
        capacity = 16
        first = .allocate(capacity: capacity)
    }

    deinit {
        first.deinitialize(count: count)
        first.deallocate()
    }

    var isEmpty: Bool { count == 0 }

    @inline(__always)
    mutating func append(_ delivery: consuming Delivery) {
        if count == capacity { grow() }
        (first + count).initialize(to: delivery)
        count &+= 1
    }

    /// Visits the deliveries and forgets them.
    @inline(__always)
    mutating func drain(_ body: (Delivery) -> Void) {
        for index in 0..<count { body((first + index).move()) }
        count = 0
    }

    private mutating func grow() {
        let larger = UnsafeMutablePointer<Delivery>.allocate(capacity: capacity * 2)
        larger.moveInitialize(from: first, count: count)
        first.deallocate()
        first = larger
        capacity *= 2
    }
}
