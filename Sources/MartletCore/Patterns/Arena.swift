// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Elements under small numbers that stay the same while other elements come and go.
///
/// A number that is free holds `vacant`, not nil: to reach into an optional element, Swift 6.3
/// copies it whole, and a query reaches into many.
struct Arena<Element: Sendable>: Sendable {
    private let vacant: Element
    private var elements: [Element] = []
    private var free: [Int32] = []

    init(vacant: Element) { self.vacant = vacant }

    var count: Int { elements.count - free.count }

    mutating func insert(_ element: Element) -> Int32 {
        if let number = free.popLast() {
            elements[Int(number)] = element
            return number
        }
        elements.append(element)
        return Int32(elements.count - 1)
    }

    mutating func remove(_ number: Int32) {
        elements[Int(number)] = vacant
        free.append(number)
    }

    subscript(number: Int32) -> Element {
        @inline(__always) _read { yield elements[Int(number)] }
        @inline(__always) _modify { yield &elements[Int(number)] }
    }
}
