// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What is due when: keys that expire, clients that wait no longer
//
// A heap with four children a node, whose elements know where they stand in it, so that one that
// is changed or goes early is found at once. A new deadline is mostly later than those that there
// are, and is then added without a move. The nodes lie in pages, so that a heap of millions grows
// without a pause in which it is copied.
//
// Invariants: no node is due before its parent; each element's `deadlineIndex` is its node's.

/// What stands in a `DeadlineHeap`.
protocol DeadlineElement {
    /// Where it stands; of no meaning while it does not.
    var deadlineIndex: UInt32 { get nonmutating set }
}

struct DeadlineHeap<Element: DeadlineElement>: ~Copyable {
    private struct Node {
        var deadline: Int
        var element: Element
    }

    private static var pageShift: Int { 10 }
    private static var pageNodeCount: Int { 1 << pageShift }

    private var pages: [UnsafeMutablePointer<Node>] = []
    private(set) var count = 0

    init() {}

    deinit {
        for index in 0..<count { node(index).deinitialize(count: 1) }
        for page in pages { page.deallocate() }
    }

    /// The earliest deadline there is.
    var first: (deadline: Int, element: Element)? {
        count == 0 ? nil : (node(0).pointee.deadline, node(0).pointee.element)
    }

    /// Some of the deadlines, of the first and of later ones.
    var sample: [Int] {
        stride(from: 0, to: count, by: max(count / 16, 1)).map { node($0).pointee.deadline }
    }

    mutating func insert(_ element: Element, deadline: Int) {
        if count == pages.count << Self.pageShift {
            pages.append(.allocate(capacity: Self.pageNodeCount))
        }
        let index = count
        count += 1
        node(index).initialize(to: Node(deadline: deadline, element: element))
        rise(from: index)
    }

    /// The element must stand in the heap.
    mutating func remove(_ element: Element) {
        let index = Int(element.deadlineIndex)
        count -= 1
        let last = node(count).move()
        if index < count {
            node(index).pointee = last
            settle(index)
        }
        // One page is kept in reserve.
        if count + 2 * Self.pageNodeCount <= pages.count << Self.pageShift {
            pages.removeLast().deallocate()
        }
    }

    /// The element must stand in the heap.
    mutating func change(_ element: Element, deadline: Int) {
        let index = Int(element.deadlineIndex)
        node(index).pointee.deadline = deadline
        settle(index)
    }

    private func node(_ index: Int) -> UnsafeMutablePointer<Node> {
        pages[index >> Self.pageShift] + (index & (Self.pageNodeCount - 1))
    }

    /// Puts a node into its place whose deadline may be anything.
    private func settle(_ index: Int) {
        if index > 0, node(index).pointee.deadline < node((index - 1) / 4).pointee.deadline {
            rise(from: index)
        } else {
            sink(from: index)
        }
    }

    private func rise(from start: Int) {
        let rising = node(start).pointee
        var index = start
        while index > 0 {
            let parent = (index - 1) / 4
            guard rising.deadline < node(parent).pointee.deadline else { break }
            place(node(parent).pointee, at: index)
            index = parent
        }
        place(rising, at: index)
    }

    private func sink(from start: Int) {
        let sinking = node(start).pointee
        var index = start
        while true {
            let firstChild = index * 4 + 1
            guard firstChild < count else { break }
            var earliest = firstChild
            for child in (firstChild + 1)..<max(min(firstChild + 4, count), firstChild + 1)
            where node(child).pointee.deadline < node(earliest).pointee.deadline {
                earliest = child
            }
            guard node(earliest).pointee.deadline < sinking.deadline else { break }
            place(node(earliest).pointee, at: index)
            index = earliest
        }
        place(sinking, at: index)
    }

    private func place(_ moved: Node, at index: Int) {
        node(index).pointee = moved
        moved.element.deadlineIndex = UInt32(index)
    }
}
