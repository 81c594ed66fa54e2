// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The members of a large sorted set in order: by score, then by name
//
// A B+-tree whose inner nodes know how many members each child has, so that a rank is found, and
// found out, on one way down. Redis uses a skiplist with spans; wide nodes take less memory, touch
// fewer cache lines, and are blocks that copies can share: nodes are values made of arrays, and a
// change copies those arrays on its way that a copy of the order still uses.
//
//              [ 61, (3.5 "m") │ 40, (9 "z") ]              count and last member of each child
//                 │                  │
//     [ 1 "a" │ 1 "b" │ … ]    [ 4 "c" │ … ]                leaves, up to 64 members
//
// Invariants: leaves have the same depth; only the root may be empty; a node has at most
// `widthMax` elements, and two neighbours have together more than half of that, or would be one.

/// A member and its score, which no NaN can be.
struct ScoredMember: @unchecked Sendable {
    let score: Double
    let entry: MemberEntry

    func isBelow(_ other: ScoredMember) -> Bool {
        if score != other.score { return score < other.score }
        return entry.name.isBelow(other.entry.name)
    }
}

/// The order of a sorted set. A value: a copy costs nothing and stays as it was.
struct ScoreOrder: Sendable {
    private var root = Node()

    var count: Int { root.count }

    var leafCount: Int { root.leafCount }

    /// The member must not be in the order.
    mutating func insert(_ member: ScoredMember) {
        guard let right = root.insert(member) else { return }
        root = Node(children: [Child(root), Child(right)])
    }

    /// The member must be in the order.
    mutating func remove(_ member: ScoredMember) {
        root.remove(member)
        while root.children.count == 1 { root = root.children[0].node }
    }

    /// How many members come before the first for which the predicate is false; it must be true
    /// for all members before that and false for all behind it.
    func countBelow(_ isBelow: (ScoredMember) -> Bool) -> Int {
        root.countBelow(isBelow)
    }

    /// Visits the members from a rank on, towards higher or, reversed, lower ones, until the
    /// body returns false.
    func visit(from rank: Int, reversed: Bool, _ body: (ScoredMember) -> Bool) {
        guard rank >= 0, rank < count else { return }
        _ = reversed ? root.visitBackward(from: rank, body) : root.visit(from: rank, body)
    }
}

extension ScoreOrder {
    struct Child: Sendable {
        var node: Node
        /// How many members are below.
        var count: Int
        var last: ScoredMember

        init(_ node: Node) {
            self.node = node
            count = node.count
            last = node.last
        }
    }

    /// A leaf has members, another node has children.
    struct Node: Sendable {
        static let widthMax = 64

        var members: ContiguousArray<ScoredMember> = []
        var children: ContiguousArray<Child> = []

        init() {}

        init(members: some Sequence<ScoredMember>) {
            self.members = ContiguousArray(members)
        }

        init(children: some Sequence<Child>) {
            self.children = ContiguousArray(children)
        }

        var isLeaf: Bool { children.isEmpty }

        var width: Int { isLeaf ? members.count : children.count }

        var count: Int {
            isLeaf ? members.count : children.reduce(0) { $0 + $1.count }
        }

        /// The node must not be empty.
        var last: ScoredMember { isLeaf ? members.last! : children.last!.last }

        var leafCount: Int { isLeaf ? 1 : children.reduce(0) { $0 + $1.node.leafCount } }

        // MARK: Looking

        func countBelow(_ isBelow: (ScoredMember) -> Bool) -> Int {
            if isLeaf { return members.countBelow(isBelow) }
            let index = children.countBelow { isBelow($0.last) }
            var count = 0
            for child in 0..<index { count += children[child].count }
            guard index < children.count else { return count }
            return count + children[index].node.countBelow(isBelow)
        }

        func visit(from rank: Int, _ body: (ScoredMember) -> Bool) -> Bool {
            if isLeaf {
                for index in rank..<members.count {
                    guard body(members[index]) else { return false }
                }
                return true
            }
            var rank = rank
            for child in children {
                if rank < child.count {
                    guard child.node.visit(from: rank, body) else { return false }
                    rank = 0
                } else {
                    rank -= child.count
                }
            }
            return true
        }

        func visitBackward(from rank: Int, _ body: (ScoredMember) -> Bool) -> Bool {
            if isLeaf {
                for index in (0...rank).reversed() {
                    guard body(members[index]) else { return false }
                }
                return true
            }
            var index = 0
            var rank = rank
            while rank >= children[index].count {
                rank -= children[index].count
                index += 1
            }
            guard children[index].node.visitBackward(from: rank, body) else { return false }
            for child in children[..<index].reversed() {
                guard child.node.visitBackward(from: child.count - 1, body) else { return false }
            }
            return true
        }

        // MARK: Changing

        /// - Returns: A node to stand behind this one, if it had to be split.
        mutating func insert(_ member: ScoredMember) -> Node? {
            if isLeaf {
                let index = members.countBelow { $0.isBelow(member) }
                guard members.count == Self.widthMax else {
                    members.insert(member, at: index)
                    return nil
                }
                return insertSplitting(member, at: index)
            }
            let index = min(children.countBelow { $0.last.isBelow(member) }, children.count - 1)
            guard let right = children[index].node.insert(member) else {
                children[index].count += 1
                if children[index].last.isBelow(member) { children[index].last = member }
                return nil
            }
            children[index] = Child(children[index].node)
            children.insert(Child(right), at: index + 1)
            guard children.count > Self.widthMax else { return nil }
            let middle = index + 2 == children.count ? children.count - 2 : children.count / 2
            let split = Node(children: children[middle...])
            children.removeSubrange(middle...)
            return split
        }

        /// A leaf that grows at an end leaves full leaves behind, as ascending scores do.
        private mutating func insertSplitting(_ member: ScoredMember, at index: Int) -> Node? {
            if index == members.count { return Node(members: [member]) }
            let middle = members.count / 2
            var right = Node(members: members[middle...])
            members.removeSubrange(middle...)
            if index <= middle {
                members.insert(member, at: index)
            } else {
                right.members.insert(member, at: index - middle)
            }
            return right
        }

        mutating func remove(_ member: ScoredMember) {
            if isLeaf {
                members.remove(at: members.countBelow { $0.isBelow(member) })
                return
            }
            let index = children.countBelow { $0.last.isBelow(member) }
            children[index].node.remove(member)
            if children[index].node.width == 0 {
                children.remove(at: index)
                return
            }
            children[index].count -= 1
            children[index].last = children[index].node.last
            if index + 1 < children.count { joinIfSparse(index) }
            if index > 0 { joinIfSparse(index - 1) }
        }

        /// Makes one of a child and the next if they are half full together.
        private mutating func joinIfSparse(_ index: Int) {
            let width = children[index].node.width + children[index + 1].node.width
            guard width <= Self.widthMax / 2 else { return }
            let right = children.remove(at: index + 1)
            children[index].node.members.append(contentsOf: right.node.members)
            children[index].node.children.append(contentsOf: right.node.children)
            children[index].count += right.count
            children[index].last = right.last
        }
    }
}

extension ContiguousArray {
    /// The number of leading elements for which the predicate is true, in an array where it is
    /// true for those alone.
    @inline(__always)
    fileprivate func countBelow(_ isBelow: (Element) -> Bool) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if isBelow(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
