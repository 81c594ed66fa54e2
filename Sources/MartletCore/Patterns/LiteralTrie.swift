// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A compressed trie that maps literals to numbers and finds, in one walk along a channel, every
/// literal with which the channel starts. Walked from the end, with literals that were inserted
/// reversed, it finds those with which the channel ends.
///
///     "user:" → 0, "user:7:" → 1, "news." → 2            ○ root
///                                               "news." / \ "user:"
///                                                     ②   ⓪
///                                                           \ "7:"
///                                                            ①
///
/// Nothing is hashed, so there is nothing to aim at: a walk takes at most one step for each byte
/// of the channel, whatever the literals are.
struct LiteralTrie: Sendable {
    private struct Edge: Sendable {
        /// The first byte of the child's label.
        var byte: UInt8
        var child: Int32
    }

    private struct Node: Sendable {
        /// The bytes between the parent and this node; only the root's are none.
        var label: [UInt8]
        var value: Int32?
        /// In ascending order of `byte`.
        var edges: [Edge] = []

        /// The index of the edge for `byte`, or where it would have to be inserted.
        func position(of byte: UInt8) -> Int {
            var low = 0
            var high = edges.count
            while low < high {
                let middle = (low + high) / 2
                if edges[middle].byte < byte { low = middle + 1 } else { high = middle }
            }
            return low
        }

        @inline(__always)
        func child(for byte: UInt8) -> Int32? {
            let position = position(of: byte)
            guard position < edges.count, edges[position].byte == byte else { return nil }
            return edges[position].child
        }
    }

    private var nodes = Arena(vacant: Node(label: [], value: nil))
    private let root: Int32

    init() {
        root = nodes.insert(Node(label: [], value: nil))
    }

    var nodeCount: Int { nodes.count }

    /// The number of `literal`, if it has one.
    func value(of literal: [UInt8]) -> Int32? {
        var node = root
        var depth = 0
        while depth < literal.count {
            guard let child = nodes[node].child(for: literal[depth]) else { return nil }
            let label = nodes[child].label
            guard literal[depth...].starts(with: label) else { return nil }
            node = child
            depth += label.count
        }
        return nodes[node].value
    }

    /// Gives `literal`, which has no number yet, the number `value`.
    mutating func insert(_ literal: [UInt8], value: Int32) {
        var node = root
        var depth = 0
        while depth < literal.count {
            guard let child = nodes[node].child(for: literal[depth]) else {
                node = addChild(of: node, label: Array(literal[depth...]))
                break
            }
            let label = nodes[child].label
            var shared = 0
            while shared < label.count, depth + shared < literal.count,
                label[shared] == literal[depth + shared]
            {
                shared += 1
            }
            if shared < label.count { split(child, at: shared) }
            node = child
            depth += shared
        }
        precondition(nodes[node].value == nil, "the literal has a number already")
        nodes[node].value = value
    }

    /// Takes the number of `literal`, which has one, away.
    mutating func remove(_ literal: [UInt8]) {
        var parent = root
        var node = root
        var depth = 0
        while depth < literal.count {
            guard let child = nodes[node].child(for: literal[depth]) else {
                preconditionFailure("the literal is not in the trie")
            }
            parent = node
            node = child
            depth += nodes[child].label.count
        }
        precondition(nodes[node].value != nil, "the literal is not in the trie")
        nodes[node].value = nil
        if nodes[node].edges.isEmpty, node != root {
            let position = nodes[parent].position(of: nodes[node].label[0])
            nodes[parent].edges.remove(at: position)
            nodes.remove(node)
            absorbOnlyChild(of: parent)
        } else {
            absorbOnlyChild(of: node)
        }
    }

    private mutating func addChild(of parent: Int32, label: [UInt8]) -> Int32 {
        let child = nodes.insert(Node(label: label, value: nil))
        let position = nodes[parent].position(of: label[0])
        nodes[parent].edges.insert(Edge(byte: label[0], child: child), at: position)
        return child
    }

    /// Shortens the label of `node` to `count` bytes; the rest and what hung below go to a new
    /// child.
    private mutating func split(_ node: Int32, at count: Int) {
        var lower = nodes[node]
        lower.label = Array(lower.label[count...])
        let byte = lower.label[0]
        let child = nodes.insert(lower)
        nodes[node].label = Array(nodes[node].label[..<count])
        nodes[node].value = nil
        nodes[node].edges = [Edge(byte: byte, child: child)]
    }

    private mutating func absorbOnlyChild(of node: Int32) {
        guard node != root, nodes[node].value == nil, nodes[node].edges.count == 1 else { return }
        let child = nodes[node].edges[0].child
        let lower = nodes[child]
        nodes.remove(child)
        nodes[node].label += lower.label
        nodes[node].value = lower.value
        nodes[node].edges = lower.edges
    }

    /// How far a walk along a channel has come.
    struct Walk {
        let fromEnd: Bool
        fileprivate var node: Int32?
        fileprivate var depth = 0

        init(fromEnd: Bool) { self.fromEnd = fromEnd }
    }

    /// Goes on to the next literal with which `channel` starts, the shortest first, and gives its
    /// number.
    func advance(_ walk: inout Walk, along channel: UnsafeRawBufferPointer) -> Int32? {
        while true {
            if let node = walk.node {
                guard walk.depth < channel.count,
                    let child = nodes[node].child(for: byte(at: walk.depth, of: channel, walk)),
                    follows(child, walk, channel)
                else { return nil }
                walk.node = child
                walk.depth += nodes[child].label.count
            } else {
                walk.node = root
            }
            if let value = nodes[walk.node!].value { return value }
        }
    }

    @inline(__always)
    private func byte(at depth: Int, of channel: UnsafeRawBufferPointer, _ walk: Walk) -> UInt8 {
        channel[walk.fromEnd ? channel.count &- 1 &- depth : depth]
    }

    /// Whether the channel goes on with the label of `child`.
    @inline(__always)
    private func follows(
        _ child: Int32, _ walk: Walk, _ channel: UnsafeRawBufferPointer
    ) -> Bool {
        nodes[child].label.withUnsafeBufferPointer { label in
            guard label.count <= channel.count - walk.depth else { return false }
            for index in 1..<label.count
            where label[index] != byte(at: walk.depth &+ index, of: channel, walk) {
                return false
            }
            return true
        }
    }
}
