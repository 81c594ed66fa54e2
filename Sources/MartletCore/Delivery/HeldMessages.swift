// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Messages that wait for the log
//
// A message of a transaction or of a script, and a keyspace notification, tells of a change that
// the log may not have yet. It leaves when the log has come so far, and everything behind it in the
// same queue waits with it, so that a channel keeps its order:
//
//     holdMessages ─▶ publish ─┬─ this shard: queued at once, the outlet is noted
//                              └─ another: collected
//                  ─▶ the log's position is known ─▶ the noted outlets hold until then
//                                                 ─▶ one `HeldMessages` to each other shard
//
// All of it happens under the stripes of the channels, so that the collected targets are still
// there when they are posted. Plain PUBLISH knows nothing of this but a test for nil.

import RESP

/// What one shard is to deliver, to clients who get it when the log has reached `position`.
final class HeldMessages: @unchecked Sendable {
    let position: UInt64
    let deliveries: [Delivery]
    /// Of the messages.
    let byteCount: Int

    init(_ deliveries: [Delivery], until position: UInt64) {
        self.position = position
        self.deliveries = deliveries
        byteCount = deliveries.reduce(0) { $0 + $1.frame.count }
    }
}

/// What is published before its position is known. Confined to the shard that publishes.
final class MessageCollection {
    fileprivate var deliveries: [[Delivery]]
    /// Outlets of the publishing shard that have a message in their queues.
    fileprivate var outlets: [Outlet] = []

    fileprivate init(shardCount: Int) {
        deliveries = Array(repeating: [], count: shardCount)
    }

    fileprivate func note(_ outlet: Outlet) {
        if outlet.beginAwaitingPosition() { outlets.append(outlet) }
    }
}

extension Broker {
    /// Has what `body` publishes from the shard wait for the log.
    ///
    /// - Parameter body: returns the position that the log must reach. Called under the stripes of
    ///   everything that it publishes to.
    package func holdMessages(from shard: Shard, _ body: () -> UInt64) {
        assert(shard.collection == nil)
        let collection = MessageCollection(shardCount: shards.count)
        shard.collection = collection
        let position = body()
        shard.collection = nil
        for outlet in collection.outlets { outlet.endAwaitingPosition(position) }
        for (index, deliveries) in collection.deliveries.enumerated() where !deliveries.isEmpty {
            shards[index].mailbox.post(HeldMessages(deliveries, until: position))
        }
    }

    /// Publishes what tells of changes up to a position of the log.
    ///
    /// - Parameter position: 0 if there is nothing to wait for.
    /// - Returns: the exact number of receivers.
    package func publish(
        _ kind: MessageFrame.Kind, channel: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer, from shard: Shard, at position: UInt64
    ) -> Int {
        guard position > 0, shard.collection == nil else {
            return publish(kind, channel: channel, payload: payload, from: shard)
        }
        let hash = TopicHash.of(channel)
        return withStripe(of: hash, from: shard) { directory in
            var count = 0
            holdMessages(from: shard) {
                count = publish(
                    kind, channel: channel, hash: hash, payload: payload, directory: &directory,
                    from: shard)
                return position
            }
            return count
        }
    }

    /// Called by `route`, under the topic's stripe.
    func collect(
        _ frame: Slice, to topic: Topic, from shard: Shard, in collection: MessageCollection
    ) {
        topic.subscribers.forEachTarget { index, target in
            if index == shard.index, shards.count == 1 || shard.mailbox.isEmpty {
                shard.deliver(frame, to: target)
                target.forEachOutlet { collection.note($0) }
            } else {
                collection.deliveries[index].append(Delivery(target: target, frame: frame))
            }
        }
    }
}

extension Shard {
    func deliver(_ messages: HeldMessages) {
        mailbox.didTake(messages)
        for delivery in messages.deliveries {
            deliver(delivery.frame, to: delivery.target)
            delivery.target.forEachOutlet { $0.hold(until: messages.position) }
        }
    }
}

extension Target {
    fileprivate func forEachOutlet(_ body: (Outlet) -> Void) {
        switch content {
        case .none, .held: break
        case .outlet(let outlet): outlet._withUnsafeGuaranteedRef(body)
        case .set(let set): set._withUnsafeGuaranteedRef { $0.forEach(body) }
        }
    }
}
