// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Who gets a message, and in which order
//
//   publish ─▶ stripe of the channel ─▶ Topic ─▶ a target for each shard with subscribers
//                  (lock)                          │
//                                                  ├─ another shard: its mailbox
//                                                  └─ this shard: delivered once the lock is free
//
// A channel's messages are ordered by its stripe: they are posted to the shards' mailboxes under
// its lock. A shard's own share need not go through its mailbox if that is empty: whatever else
// is published to the channel is posted later. If it is not empty, the share goes behind what is
// there.
//
// A subscription changes under the stripe too, after the shard has delivered what its mailbox
// holds: everything published before is delivered to the subscribers there were, everything
// after to those there are. So the number of receivers that a publish returns is exact, and a
// subscriber gets each message between the two confirmations, in the channel's order.
//
// Patterns belong to every channel and change under all stripes, taken in ascending order.
// Lock order everywhere: keyspace, stripes, mailbox.

import RESP

/// The channels, the patterns, their subscribers, and the shards that deliver to them.
package final class Broker: @unchecked Sendable {
    private static let stripeCount = 1 << TopicHash.stripeBitCount

    package let shards: [Shard]
    /// Retained until the broker goes.
    private let stripes: [Unmanaged<Stripe>]
    /// Changed under all stripes, read under any.
    private let patterns = PatternDirectory()
    /// The topic behind MONITOR, under the lock of the first stripe.
    private let monitorTopic: Topic

    package init(shards: [Shard]) {
        precondition(!shards.isEmpty && shards.indices.allSatisfy { shards[$0].index == $0 })
        self.shards = shards
        stripes = (0..<Self.stripeCount).map { _ in .passRetained(Stripe()) }
        monitorTopic = Topic.create(
            name: UnsafeRawBufferPointer(start: nil, count: 0), hash: 0, kind: .channel)
    }

    deinit {
        for stripe in stripes { stripe.release() }
    }

    // MARK: Publishing

    /// Publishes to the subscribers of `channel` and, for `.message`, to those of the patterns
    /// that match it (PUBLISH, SPUBLISH).
    ///
    /// - Parameter shard: the shard that the caller runs on.
    /// - Returns: the exact number of receivers.
    package func publish(
        _ kind: MessageFrame.Kind, channel: UnsafeRawBufferPointer,
        payload: UnsafeRawBufferPointer, from shard: Shard
    ) -> Int {
        let hash = TopicHash.of(channel)
        let receiverCount = withStripe(of: hash, from: shard) { directory in
            publish(
                kind, channel: channel, hash: hash, payload: payload, directory: &directory,
                from: shard)
        }
        if !shard.direct.isEmpty { deliverDirectly(from: shard) }
        return receiverCount
    }

    /// Called under the channel's stripe.
    @inline(never)
    func publish(
        _ kind: MessageFrame.Kind, channel: UnsafeRawBufferPointer, hash: UInt32,
        payload: UnsafeRawBufferPointer, directory: inout Stripe.Directory, from shard: Shard
    ) -> Int {
        var count = 0
        let table = kind.isMessage ? directory.channels : directory.shardChannels
        if let topic = table.lookUp(channel, hash: hash) {
            let frame = MessageFrame.message(
                kind, channel: channel, payload: payload, in: shard.frames)
            count += topic._withUnsafeGuaranteedRef { route(frame, to: $0, from: shard) }
        }
        if kind.isMessage, !patterns.isEmpty {
            count += publishToPatterns(
                channel: channel, hash: hash, payload: payload, directory: &directory,
                from: shard)
        }
        return count
    }

    private func publishToPatterns(
        channel: UnsafeRawBufferPointer, hash: UInt32, payload: UnsafeRawBufferPointer,
        directory: inout Stripe.Directory, from shard: Shard
    ) -> Int {
        let generation = patterns.generation
        let ids: [Int]
        if let known = directory.patternMatches.find(channel, hash: hash, generation: generation) {
            ids = known
        } else {
            ids = patterns.matches(of: channel)
            directory.patternMatches.insert(
                ids, for: channel, hash: hash, generation: generation)
        }
        var count = 0
        for id in ids {
            let topic = patterns.topic(id)
            let frame = MessageFrame.patternMessage(
                pattern: topic.name, channel: channel, payload: payload, in: shard.frames)
            count += route(frame, to: topic, from: shard)
        }
        return count
    }

    /// Posts a frame to each shard that has subscribers; this shard's share is kept in
    /// `shard.direct` where that is in order. Called under the topic's stripe.
    private func route(_ frame: Slice, to topic: Topic, from shard: Shard) -> Int {
        if let collection = shard.collection {
            collect(frame, to: topic, from: shard, in: collection)
            return Int(topic.subscribers.count)
        }
        topic.subscribers.forEachTarget { index, target in
            if index == shard.index, shards.count == 1 || shard.mailbox.isEmpty {
                shard.direct.append(Delivery(target: target, frame: frame))
            } else {
                shards[index].mailbox.post(Delivery(target: target, frame: frame))
            }
        }
        return Int(topic.subscribers.count)
    }

    private func deliverDirectly(from shard: Shard) {
        shard.direct.drain { shard.deliver($0.frame, to: $0.target) }
    }

    // MARK: Subscribing

    /// Adds a subscription (SUBSCRIBE, SSUBSCRIBE, PSUBSCRIBE).
    ///
    /// - Returns: false if the outlet has it already.
    @discardableResult
    package func subscribe(
        _ outlet: Outlet, to name: UnsafeRawBufferPointer, kind: Topic.Kind
    ) -> Bool {
        let hash = TopicHash.of(name)
        guard outlet.table(of: kind).find(name, hash: hash) == nil else { return false }
        let topic = changing(kind, hash: hash, on: outlet.shard) { directory in
            let topic = findOrCreate(name, hash: hash, kind: kind, in: &directory)
            topic.subscribers.insert(outlet, shardIndex: outlet.shard.index)
            return topic
        }
        outlet.insert(topic)
        return true
    }

    /// Removes a subscription (UNSUBSCRIBE, SUNSUBSCRIBE, PUNSUBSCRIBE).
    ///
    /// - Returns: false if the outlet does not have it.
    @discardableResult
    package func unsubscribe(
        _ outlet: Outlet, from name: UnsafeRawBufferPointer, kind: Topic.Kind
    ) -> Bool {
        let hash = TopicHash.of(name)
        guard let topic = outlet.table(of: kind).find(name, hash: hash) else { return false }
        unsubscribe(outlet, from: topic)
        return true
    }

    /// Removes all subscriptions, as a client that leaves does.
    package func unsubscribeFromAll(_ outlet: Outlet) {
        for kind in [Topic.Kind.channel, .shardChannel] {
            for topic in outlet.removeTopics(of: kind) { removeSubscriber(outlet, of: topic) }
        }
        let patterns = outlet.removeTopics(of: .pattern)
        if !patterns.isEmpty {
            withAllStripes(from: outlet.shard) {
                for topic in patterns { removeSubscriber(outlet, of: topic) }
            }
        }
        stopMonitoring(outlet)
    }

    private func unsubscribe(_ outlet: Outlet, from topic: Topic) {
        // The outlet's table goes first: it does not keep the topic alive.
        outlet.remove(topic)
        removeSubscriber(outlet, of: topic)
    }

    private func removeSubscriber(_ outlet: Outlet, of topic: Topic) {
        changing(topic.kind, hash: topic.hash, on: outlet.shard) { directory in
            topic.subscribers.remove(outlet, shardIndex: outlet.shard.index)
            if topic.subscribers.isEmpty { remove(topic, from: &directory) }
        }
    }

    private func findOrCreate(
        _ name: UnsafeRawBufferPointer, hash: UInt32, kind: Topic.Kind,
        in directory: inout Stripe.Directory
    ) -> Topic {
        let found: Topic? =
            switch kind {
            case .channel: directory.channels.find(name, hash: hash)
            case .shardChannel: directory.shardChannels.find(name, hash: hash)
            case .pattern: patterns.find(name, hash: hash)
            }
        if let found { return found }
        let topic = Topic.create(name: name, hash: hash, kind: kind)
        _ = Unmanaged.passRetained(topic)
        switch kind {
        case .channel: directory.channels.insert(topic)
        case .shardChannel: directory.shardChannels.insert(topic)
        case .pattern: patterns.insert(topic)
        }
        return topic
    }

    private func remove(_ topic: Topic, from directory: inout Stripe.Directory) {
        switch topic.kind {
        case .channel: directory.channels.remove(topic)
        case .shardChannel: directory.shardChannels.remove(topic)
        case .pattern: patterns.remove(topic)
        }
        Unmanaged.passUnretained(topic).release()
    }

    // MARK: Monitoring

    /// Whether a client monitors; read without a lock before a line is made for it.
    package let monitorCount = Counter()

    package func startMonitoring(_ outlet: Outlet) {
        guard !outlet.isMonitor else { return }
        outlet.isMonitor = true
        changing(.channel, hash: monitorTopic.hash, on: outlet.shard) { _ in
            monitorTopic.subscribers.insert(outlet, shardIndex: outlet.shard.index)
            monitorCount.add(1)
        }
    }

    package func stopMonitoring(_ outlet: Outlet) {
        guard outlet.isMonitor else { return }
        outlet.isMonitor = false
        changing(.channel, hash: monitorTopic.hash, on: outlet.shard) { _ in
            monitorTopic.subscribers.remove(outlet, shardIndex: outlet.shard.index)
            monitorCount.add(-1)
        }
    }

    /// Sends a line to every client that monitors (MONITOR).
    package func publishToMonitors(_ line: UnsafeRawBufferPointer, from shard: Shard) {
        withStripe(of: monitorTopic.hash, from: shard) { _ in
            let frame = MessageFrame.simpleString(line, in: shard.frames)
            _ = route(frame, to: monitorTopic, from: shard)
        }
        if !shard.direct.isEmpty { deliverDirectly(from: shard) }
    }

    // MARK: Looking

    /// The number of subscribers of a channel, without those of patterns (PUBSUB NUMSUB).
    package func subscriberCount(
        of name: UnsafeRawBufferPointer, kind: Topic.Kind, from shard: Shard
    ) -> Int {
        let hash = TopicHash.of(name)
        return withStripe(of: hash, from: shard) { directory in
            let table = kind == .channel ? directory.channels : directory.shardChannels
            return Int(table.find(name, hash: hash)?.subscribers.count ?? 0)
        }
    }

    /// How many receivers a message to the channel would have now.
    package func receiverCount(
        of kind: MessageFrame.Kind, channel: UnsafeRawBufferPointer, from shard: Shard
    ) -> Int {
        let hash = TopicHash.of(channel)
        return withStripe(of: hash, from: shard) { directory in
            let table = kind.isMessage ? directory.channels : directory.shardChannels
            let count = Int(table.find(channel, hash: hash)?.subscribers.count ?? 0)
            guard kind.isMessage, !patterns.isEmpty else { return count }
            return patterns.matches(of: channel).reduce(count) {
                $0 + Int(patterns.topic($1).subscribers.count)
            }
        }
    }

    /// The number of patterns that have a subscriber (PUBSUB NUMPAT).
    package func patternCount(from shard: Shard) -> Int {
        withStripe(of: 0, from: shard) { _ in patterns.count }
    }

    /// The number of channels or shard channels that have a subscriber.
    package func topicCount(of kind: Topic.Kind, from shard: Shard) -> Int {
        stripes.indices.reduce(0) { count, index in
            count
                + withStripe(of: UInt32(index), from: shard) { directory in
                    (kind == .channel ? directory.channels : directory.shardChannels).count
                }
        }
    }

    /// The channels or shard channels that have a subscriber and match (PUBSUB CHANNELS).
    package func names(
        of kind: Topic.Kind, matching pattern: UnsafeRawBufferPointer?, from shard: Shard
    ) -> [[UInt8]] {
        var names: [[UInt8]] = []
        for index in stripes.indices {
            withStripe(of: UInt32(index), from: shard) { directory in
                let table = kind == .channel ? directory.channels : directory.shardChannels
                table.forEach { topic in
                    if let pattern,
                        !Glob.matches(pattern: pattern, subject: topic.name, ignoringCase: false)
                    {
                        return
                    }
                    names.append(Array(topic.name))
                }
            }
        }
        return names
    }

    // MARK: Locks

    /// Holds all stripes while `body` runs: no message is published and no subscription changed
    /// by anyone else. For transactions and scripts; what `body` does through the broker knows.
    package func withAllStripes<Result>(from shard: Shard, _ body: () -> Result) -> Result {
        if shard.holdsAllStripes { return body() }
        return lockStripes(from: 0) {
            shard.holdsAllStripes = true
            defer { shard.holdsAllStripes = false }
            return body()
        }
    }

    private func lockStripes<Result>(from index: Int, _ body: () -> Result) -> Result {
        if index == stripes.count { return body() }
        return stripes[index]._withUnsafeGuaranteedRef { stripe in
            stripe.withBareLock { lockStripes(from: index + 1, body) }
        }
    }

    @inline(__always)
    func withStripe<Result>(
        of hash: UInt32, from shard: Shard, _ body: (inout Stripe.Directory) -> Result
    ) -> Result {
        stripes[TopicHash.stripe(of: hash)]._withUnsafeGuaranteedRef { stripe in
            shard.holdsAllStripes ? stripe.withoutLock(body) : stripe.withLock(body)
        }
    }

    /// Changes a topic of this kind: under its stripe, or all for a pattern, and behind the
    /// messages that were published before.
    private func changing<Result>(
        _ kind: Topic.Kind, hash: UInt32, on shard: Shard,
        _ body: (inout Stripe.Directory) -> Result
    ) -> Result {
        if kind == .pattern {
            return withAllStripes(from: shard) {
                shard.drainDeliveries()
                return stripes[TopicHash.stripe(of: hash)]._withUnsafeGuaranteedRef { stripe in
                    stripe.withoutLock(body)
                }
            }
        }
        return withStripe(of: hash, from: shard) { directory in
            shard.drainDeliveries()
            return body(&directory)
        }
    }
}
