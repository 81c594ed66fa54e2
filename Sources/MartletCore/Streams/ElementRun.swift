// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A short piece of `OrderedRuns`: elements in order, in memory that grows with them.
///
/// There is room at both ends, so that removing the first one moves nothing.
final class ElementRun<Element: Keyed> {
    private var storage: UnsafeMutablePointer<Element>
    private var capacity: Int32
    private var start: Int32 = 0
    private var end: Int32

    private static var capacityMin: Int32 { 4 }

    init(_ element: Element) {
        capacity = Self.capacityMin
        storage = .allocate(capacity: Int(capacity))
        storage.initialize(to: element)
        end = 1
    }

    init(copying other: ElementRun) {
        capacity = other.capacity
        end = other.end - other.start
        storage = .allocate(capacity: Int(capacity))
        storage.initialize(from: other.storage + Int(other.start), count: Int(end))
    }

    private init(moving elements: UnsafeMutablePointer<Element>, count: Int) {
        capacity = Int32(OrderedRuns<Element>.runCapacityMax)
        end = Int32(count)
        storage = .allocate(capacity: Int(capacity))
        storage.moveInitialize(from: elements, count: count)
    }

    deinit {
        (storage + Int(start)).deinitialize(count: count)
        storage.deallocate()
    }

    var count: Int { Int(end - start) }

    var byteCount: Int {
        Int(capacity) * MemoryLayout<Element>.stride + 48
    }

    @inline(__always)
    func element(at index: Int) -> Element {
        assert(index >= 0 && index < count)
        return storage[Int(start) + index]
    }

    func withElement<Result>(at index: Int, _ body: (inout Element) -> Result) -> Result {
        body(&storage[Int(start) + index])
    }

    /// The index of the first element that is not below `key`; `count` if there is none.
    func lowerBound(of key: Element.Key) -> Int {
        var low = Int(start)
        var high = Int(end)
        // The first one is what is asked for most, where acknowledgements come in order.
        if low < high, key <= storage[low].key { return 0 }
        while low < high {
            let middle = (low + high) / 2
            if storage[middle].key < key { low = middle + 1 } else { high = middle }
        }
        return low - Int(start)
    }

    /// Whether another element belongs into this run rather than into a new one: moving the
    /// elements to the front is worth it only if it makes room for many.
    var mayGrowAtEnd: Bool {
        let capacityMax = Int32(OrderedRuns<Element>.runCapacityMax)
        return end < capacityMax || start >= capacityMax / 4
    }

    func insert(_ element: Element, at index: Int) {
        makeRoom()
        let place = storage + Int(start) + index
        (place + 1).moveInitialize(from: place, count: count - index)
        place.initialize(to: element)
        end += 1
    }

    func remove(at index: Int) -> Element {
        let place = storage + Int(start) + index
        let element = place.move()
        if index < count / 2 {
            let first = storage + Int(start)
            (first + 1).moveInitialize(from: first, count: index)
            start += 1
        } else {
            place.moveInitialize(from: place + 1, count: count - index - 1)
            end -= 1
        }
        return element
    }

    func append(contentsOf other: ElementRun) {
        for index in 0..<other.count { insert(other.element(at: index), at: count) }
    }

    /// Moves the upper half into a run of its own.
    func splitOff() -> ElementRun {
        let half = count / 2
        let upper = ElementRun(moving: storage + Int(start) + half, count: count - half)
        end = start + Int32(half)
        return upper
    }

    /// Room for one more behind the last element.
    private func makeRoom() {
        guard end == capacity else { return }
        let count = count
        if start > 0 {
            storage.moveInitialize(from: storage + Int(start), count: count)
        } else {
            capacity *= 2
            let larger = UnsafeMutablePointer<Element>.allocate(capacity: Int(capacity))
            larger.moveInitialize(from: storage, count: count)
            storage.deallocate()
            storage = larger
        }
        start = 0
        end = Int32(count)
    }
}
