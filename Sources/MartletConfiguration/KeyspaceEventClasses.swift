// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The letters of `notify-keyspace-events`.
package struct KeyspaceEventClasses: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// In the order in which Redis shows them, each with its bit.
    private static let types = Array("g$lshzxetdn".utf8)
    private static let ways = Array("KEm".utf8)
    /// What `A` stands for: all types but the last.
    private static let all = KeyspaceEventClasses(rawValue: 1 << UInt32(types.count - 1) - 1)

    package static let keyspace = KeyspaceEventClasses(letter: UInt8(ascii: "K"))!
    package static let keyevent = KeyspaceEventClasses(letter: UInt8(ascii: "E"))!

    private init?(letter: UInt8) {
        if letter == UInt8(ascii: "A") {
            self = Self.all
        } else if let index = (Self.types + Self.ways).firstIndex(of: letter) {
            rawValue = 1 << UInt32(index)
        } else {
            return nil
        }
    }

    /// - Returns: nil if one of them is no class.
    package init?(letters: some Sequence<UInt8>) {
        self = []
        for letter in letters {
            guard let one = KeyspaceEventClasses(letter: letter) else { return nil }
            formUnion(one)
        }
    }

    /// As CONFIG GET shows them.
    package var letters: String {
        var shown = Array("A".utf8)
        if !isSuperset(of: Self.all) { shown = Self.types.filter { contains(letter: $0) } }
        shown += Self.ways.filter { contains(letter: $0) }
        return String(decoding: shown, as: UTF8.self)
    }

    /// Whether the class that the letter stands for is among them.
    package func contains(letter: UInt8) -> Bool {
        KeyspaceEventClasses(letter: letter).map { isSuperset(of: $0) } ?? false
    }
}
