// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What a stream keeps in order: its blocks of entries by ID, and what is pending by ID and by time.
//
// Nearly everything is added at the end and removed near the front, but anything may be looked up,
// added and removed in the middle, and a copy must be cheap, since a rewrite of the log holds one
// while the stream changes.
//
//     slots:    [ gone │ gone │ first, run │ first, run │ … │ first, run ]
//                              └ head
//     run:      [ free │ element │ element │ … │ free ]       up to 128, in order
//
// A copy shares everything. A change copies what it touches and somebody else still holds: the list
// of slots (24 bytes for 128 elements) once, and one run. Slots at the front go by moving `head`,
// so that removing from the front costs the same however long the rest is.
//
// Invariants: a slot's `first` is not above its run's first key and above the last key of the run
// before; no run from `head` on is empty; `count` is the sum of the runs' counts.

/// What `OrderedRuns` orders its elements by.
protocol Keyed<Key> {
    associatedtype Key: Comparable
    var key: Key { get }
}

/// Elements in the order of their keys, no key twice, with value semantics by copying runs on write.
struct OrderedRuns<Element: Keyed> {
    /// Where an element lies. Valid until the next insertion or removal.
    struct Position {
        fileprivate var slot: Int
        fileprivate var index: Int
    }

    private struct Slot {
        var first: Element.Key
        var run: ElementRun<Element>?
    }

    private var slots: ContiguousArray<Slot> = []
    private var head = 0
    private(set) var count = 0

    static var runCapacityMax: Int { 128 }
    /// Neighbours that have no more than this together become one.
    private static var joinCountMax: Int { runCapacityMax / 2 }

    var isEmpty: Bool { count == 0 }

    /// How many runs there are.
    var runCount: Int { slots.count - head }

    /// The memory of the elements and what leads to them, in bytes.
    var byteCount: Int {
        var bytes = slots.capacity * MemoryLayout<Slot>.stride
        for slot in slots[head...] { bytes += slot.run!.byteCount }
        return bytes
    }

    // MARK: Looking

    var first: Element? {
        isEmpty ? nil : slots[head].run!.element(at: 0)
    }

    var last: Element? {
        guard !isEmpty else { return nil }
        let run = slots[slots.count - 1].run!
        return run.element(at: run.count - 1)
    }

    func find(_ key: Element.Key) -> Element? {
        position(of: key).map { self[$0] }
    }

    func position(of key: Element.Key) -> Position? {
        guard let slot = slot(for: key) else { return nil }
        let run = slots[slot].run!
        let index = run.lowerBound(of: key)
        guard index < run.count, run.element(at: index).key == key else { return nil }
        return Position(slot: slot, index: index)
    }

    /// The first element that is not below `key`.
    func lowerBound(of key: Element.Key) -> Position? {
        guard !isEmpty else { return nil }
        guard let slot = slot(for: key) else { return Position(slot: head, index: 0) }
        let run = slots[slot].run!
        let index = run.lowerBound(of: key)
        if index < run.count { return Position(slot: slot, index: index) }
        return slot + 1 < slots.count ? Position(slot: slot + 1, index: 0) : nil
    }

    /// The last element that is not above `key`.
    func lastPosition(notAbove key: Element.Key) -> Position? {
        guard !isEmpty, let slot = slot(for: key) else { return nil }
        let run = slots[slot].run!
        var index = run.lowerBound(of: key)
        if index < run.count, run.element(at: index).key == key {
            return Position(slot: slot, index: index)
        }
        index -= 1
        if index >= 0 { return Position(slot: slot, index: index) }
        return slot > head ? Position(slot: slot - 1, index: slots[slot - 1].run!.count - 1) : nil
    }

    var startPosition: Position? { isEmpty ? nil : Position(slot: head, index: 0) }

    var lastPosition: Position? {
        isEmpty
            ? nil : Position(slot: slots.count - 1, index: slots[slots.count - 1].run!.count - 1)
    }

    func position(after position: Position) -> Position? {
        if position.index + 1 < slots[position.slot].run!.count {
            return Position(slot: position.slot, index: position.index + 1)
        }
        return position.slot + 1 < slots.count ? Position(slot: position.slot + 1, index: 0) : nil
    }

    func position(before position: Position) -> Position? {
        if position.index > 0 { return Position(slot: position.slot, index: position.index - 1) }
        guard position.slot > head else { return nil }
        let slot = position.slot - 1
        return Position(slot: slot, index: slots[slot].run!.count - 1)
    }

    subscript(position: Position) -> Element {
        slots[position.slot].run!.element(at: position.index)
    }

    // MARK: Changing

    /// Changes an element in its place. Its key must stay what it is.
    mutating func withElement<Result>(
        at position: Position, _ body: (inout Element) -> Result
    ) -> Result {
        makeUnique(position.slot)
        return slots[position.slot].run!.withElement(at: position.index, body)
    }

    /// The key must be above all others.
    mutating func append(_ element: Element) {
        assert(last.map { $0.key < element.key } ?? true)
        count += 1
        let slot = slots.count - 1
        if count > 1, slots[slot].run!.mayGrowAtEnd {
            makeUnique(slot)
            slots[slot].run!.insert(element, at: slots[slot].run!.count)
        } else {
            slots.append(Slot(first: element.key, run: ElementRun(element)))
        }
    }

    /// The key must not be there yet.
    mutating func insert(_ element: Element) {
        let key = element.key
        guard let last, key < last.key else { return append(element) }
        var slot = slot(for: key) ?? head
        makeUnique(slot)
        if slots[slot].run!.count == Self.runCapacityMax {
            let upper = slots[slot].run!.splitOff()
            slots.insert(Slot(first: upper.element(at: 0).key, run: upper), at: slot + 1)
            if upper.element(at: 0).key < key { slot += 1 }
        }
        if key < slots[slot].first { slots[slot].first = key }
        let index = slots[slot].run!.lowerBound(of: key)
        slots[slot].run!.insert(element, at: index)
        count += 1
    }

    @discardableResult
    mutating func remove(_ key: Element.Key) -> Element? {
        guard let position = position(of: key) else { return nil }
        return remove(at: position)
    }

    @discardableResult
    mutating func remove(at position: Position) -> Element {
        let slot = position.slot
        makeUnique(slot)
        let element = slots[slot].run!.remove(at: position.index)
        count -= 1
        if slots[slot].run!.count == 0 {
            removeSlot(slot)
        } else if slots[slot].run!.count <= Self.joinCountMax / 2 {
            joinNeighbours(slot)
        }
        return element
    }

    /// A sparse run is joined to the one after it, or to the one before it.
    private mutating func joinNeighbours(_ slot: Int) {
        let left: Int
        let runCount = slots[slot].run!.count
        if slot + 1 < slots.count, runCount + slots[slot + 1].run!.count <= Self.joinCountMax {
            left = slot
        } else if slot > head, runCount + slots[slot - 1].run!.count <= Self.joinCountMax {
            left = slot - 1
        } else {
            return
        }
        makeUnique(left)
        slots[left].run!.append(contentsOf: slots[left + 1].run!)
        removeSlot(left + 1)
    }

    private mutating func removeSlot(_ slot: Int) {
        if slot > head {
            slots.remove(at: slot)
            return
        }
        slots[head].run = nil
        head += 1
        if head == slots.count {
            slots = []
            head = 0
        } else if head >= 16, head * 2 >= slots.count {
            slots.removeFirst(head)
            head = 0
        }
    }

    private mutating func makeUnique(_ slot: Int) {
        if !isKnownUniquelyReferenced(&slots[slot].run) {
            slots[slot].run = ElementRun(copying: slots[slot].run!)
        }
    }

    /// The last slot whose `first` is not above `key`.
    private func slot(for key: Element.Key) -> Int? {
        // The end is what is asked for most.
        if let last = slots.last, last.first <= key { return slots.count - 1 }
        var low = head
        var high = slots.count
        while low < high {
            let middle = (low + high) / 2
            if slots[middle].first <= key { low = middle + 1 } else { high = middle }
        }
        return low > head ? low - 1 : nil
    }
}
