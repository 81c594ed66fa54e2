// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// One of the places that messages are delivered from: an event loop of the server, or the
/// in-process API. It owns its outlets and does all that is done to them; the others post to its
/// mailbox.
///
/// Confined to its owner's queue, apart from `index` and `mailbox`.
package final class Shard: @unchecked Sendable {
    package let index: Int
    package let mailbox: Mailbox
    /// Messages are encoded here.
    package let frames = BlockArena()
    package let statistics = ShardStatistics()
    /// The outlets that something was appended to since they were flushed last; those in front
    /// of `flushedCount` have had their turn.
    @exclusivity(unchecked) private var dirty: [Unmanaged<Outlet>] = []
    @exclusivity(unchecked) private var flushedCount = 0
    // What waits for the log, see Shard+Log.
    @exclusivity(unchecked) var held: [Outlet] = []
    /// What the held outlets wait for at the least.
    @exclusivity(unchecked) var heldPosition = UInt64.max
    @exclusivity(unchecked) var sink: (any EffectSink)?
    @exclusivity(unchecked) package internal(set) var releasedPosition: UInt64 = 0
    /// Whether the owner holds all stripes, as it does while it executes a transaction.
    @exclusivity(unchecked) var holdsAllStripes = false
    /// What a publish found for this shard itself, to be delivered once its stripe is released.
    @exclusivity(unchecked) var direct = DeliveryBatch()
    /// While messages are published whose position in the log is not known, see HeldMessages.
    @exclusivity(unchecked) var collection: MessageCollection?
    @exclusivity(unchecked) private var drained: [Delivery] = []

    package init(index: Int, wake: @escaping @Sendable () -> Void) {
        self.index = index
        mailbox = Mailbox(wake: wake)
    }

    // MARK: Flushing

    /// How many outlets wait to be flushed.
    package var dirtyCount: Int { dirty.count - flushedCount }

    func appendDirty(_ outlet: Outlet) {
        dirty.append(.passUnretained(outlet))
    }

    /// Has outlets flushed, those that wait longest first.
    package func flush(atMost limit: Int) {
        let end = min(flushedCount + limit, dirty.count)
        while flushedCount < end {
            let outlet = dirty[flushedCount]
            flushedCount += 1
            outlet._withUnsafeGuaranteedRef { outlet in
                if outlet.isHeld, !outlet.hasReleased { hold(outlet) } else { outlet.flush() }
            }
        }
        if flushedCount == dirty.count {
            dirty.removeAll(keepingCapacity: true)
            flushedCount = 0
        } else if flushedCount > dirty.count / 2 {
            // Under a steady load there is always one that waits.
            dirty.removeFirst(flushedCount)
            flushedCount = 0
        }
    }

    // MARK: Delivering

    /// Delivers what others have posted, then does what they have asked for.
    package func drainMailbox() {
        guard !mailbox.isEmpty else { return }
        // Taken first: what is posted between the two steps is a message too many, never work
        // that comes before a message posted earlier.
        let work = mailbox.takeWork()
        drainDeliveries()
        for item in work { item(self) }
    }

    /// Delivers what others have posted. A step of every change of a subscription, which must
    /// apply behind the messages that were published before it.
    package func drainDeliveries() {
        guard !mailbox.isEmpty else { return }
        mailbox.exchange(&drained)
        for delivery in drained { deliver(delivery.frame, to: delivery.target) }
        drained.removeAll(keepingCapacity: true)
    }

    @inline(__always)
    func deliver(_ frame: Slice, to target: Target) {
        switch target.content {
        case .none:
            break
        case .outlet(let outlet):
            outlet._withUnsafeGuaranteedRef { outlet in
                switch outlet.version {
                case .resp2: outlet.deliver(frame)
                case .resp3: outlet.deliver(MessageFrame.pushVariant(of: frame, in: frames))
                }
            }
        case .set(let set):
            set._withUnsafeGuaranteedRef { deliver(frame, to: $0) }
        case .held(let messages):
            deliver(messages.takeRetainedValue())
        }
    }

    private func deliver(_ frame: Slice, to set: OutletSet) {
        var push: Slice?
        set.forEach { outlet in
            switch outlet.version {
            case .resp2:
                outlet.deliver(frame)
            case .resp3:
                if push == nil { push = MessageFrame.pushVariant(of: frame, in: frames) }
                outlet.deliver(push!)
            }
        }
    }
}
