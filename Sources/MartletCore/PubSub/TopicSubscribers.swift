// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The subscribers of a topic, grouped by the shard that delivers to them.
///
/// What is kept grows with what is needed: one shard's `Target` in place; a list of targets once
/// a second shard has a subscriber. Read and changed under the topic's stripe. A shard's own
/// target is changed by that shard alone, after it has drained its mailbox, so that a target in a
/// mailbox is always still there when it is delivered to.
struct TopicSubscribers {
    /// On all shards together.
    private(set) var count: UInt32 = 0
    private var place = Place.one(shardIndex: 0, .none)

    private enum Place {
        case one(shardIndex: UInt16, Target)
        case several(TargetList)
    }

    private final class TargetList {
        var targets: [(shardIndex: UInt16, target: Target)] = []
    }

    var isEmpty: Bool { count == 0 }

    /// Visits each shard that has subscribers.
    @inline(__always)
    func forEachTarget(_ body: (_ shardIndex: Int, Target) -> Void) {
        switch place {
        case .one(let shardIndex, let target):
            if count > 0 { body(Int(shardIndex), target) }
        case .several(let list):
            for (shardIndex, target) in list.targets { body(Int(shardIndex), target) }
        }
    }

    mutating func insert(_ outlet: Outlet, shardIndex: Int) {
        let shardIndex = UInt16(shardIndex)
        count += 1
        switch place {
        case .one(_, let target) where target.isNone:
            place = .one(shardIndex: shardIndex, Target(outlet))
        case .one(shardIndex, let target):
            place = .one(shardIndex: shardIndex, target.inserting(outlet))
        case .one(let other, let target):
            let list = TargetList()
            list.targets = [(other, target), (shardIndex, Target(outlet))]
            place = .several(list)
        case .several(let list):
            if let index = list.targets.firstIndex(where: { $0.shardIndex == shardIndex }) {
                list.targets[index].target = list.targets[index].target.inserting(outlet)
            } else {
                list.targets.append((shardIndex, Target(outlet)))
            }
        }
    }

    mutating func remove(_ outlet: Outlet, shardIndex: Int) {
        count -= 1
        switch place {
        case .one(let index, let target):
            assert(Int(index) == shardIndex)
            place = .one(shardIndex: index, target.removing(outlet))
        case .several(let list):
            let index = list.targets.firstIndex { Int($0.shardIndex) == shardIndex }!
            let target = list.targets[index].target.removing(outlet)
            if target.isNone {
                list.targets.remove(at: index)
            } else {
                list.targets[index].target = target
            }
            if list.targets.count == 1 {
                place = .one(
                    shardIndex: list.targets[0].shardIndex, list.targets[0].target)
            }
        }
    }
}

extension Target {
    var isNone: Bool {
        if case .none = content { true } else { false }
    }

    /// The target with one more outlet. A set is owned by whoever holds its target.
    fileprivate func inserting(_ outlet: Outlet) -> Target {
        switch content {
        case .none:
            return Target(outlet)
        case .outlet(let present):
            let set = OutletSet()
            set.insert(present.takeUnretainedValue())
            set.insert(outlet)
            _ = Unmanaged.passRetained(set)
            return Target(set)
        case .set(let set):
            set.takeUnretainedValue().insert(outlet)
            return self
        case .held:
            preconditionFailure("messages do not subscribe")
        }
    }

    fileprivate func removing(_ outlet: Outlet) -> Target {
        switch content {
        case .none, .held:
            preconditionFailure("the outlet does not subscribe to this topic")
        case .outlet(let present):
            precondition(present.takeUnretainedValue() === outlet)
            return .none
        case .set(let unmanaged):
            let set = unmanaged.takeUnretainedValue()
            set.remove(outlet)
            guard set.count == 1 else { return self }
            let last = Target(set.anyOutlet)
            unmanaged.release()
            return last
        }
    }
}
