// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Glibc

/// All connections of a run, ready to go: subscriptions are confirmed, idle patterns held, keys as
/// they have to be.
final class Stage {
    let subscribers: UnsafeMutableBufferPointer<Subscriber>
    let senders: [Sender]
    /// The server's process, where it is on this machine.
    let processIdentifier: Int?
    private let workload: Workload
    private let descriptors: [CInt]
    private let keys: Keys
    /// What has come of each key, where its messages are shared out.
    private let ledgers: [DeliveryLedger]

    /// The requests of one PSUBSCRIBE, so that its reply is not longer than anybody buffers.
    private static let patternBatchCount = 500

    /// - Parameter sendCapacity: how many messages a sender has room for.
    init(
        _ workload: Workload, _ address: ServerAddress, sendCapacity: Int
    ) throws(BenchmarkError) {
        Self.raiseDescriptorLimit()
        let first = try Connection(address)
        var descriptors = [first.descriptor]
        processIdentifier = try ServerIdentity(first).processIdentifier
        try Self.holdIdlePatterns(workload, first)
        self.workload = workload
        keys = Keys(workload, first)
        if workload.hasKeys { try keys.prepare() }
        ledgers = (0..<(workload.reception.isShared ? workload.channelCount : 0)).map { _ in
            DeliveryLedger(rankCount: workload.rankCount)
        }

        var subscribers: [Subscriber] = []
        for index in 0..<workload.subscriberCount {
            let connection = try Connection(address)
            descriptors.append(connection.descriptor)
            let channel = workload.channel(ofSubscriber: index)
            let asks = workload.reception != .subscription
            if !asks { try Self.subscribe(workload, connection, channel) }
            subscribers.append(
                Subscriber(
                    descriptor: connection.descriptor, channel: channel,
                    checker: DeliveryChecker(
                        rankCount: workload.rankCount,
                        ledger: ledgers.isEmpty ? nil : ledgers[channel]),
                    requests: asks
                        ? ConsumerRequests(
                            workload, consumer: index, descriptor: connection.descriptor) : nil))
        }
        var senders: [Sender] = []
        let names = ChannelNames(workload)
        for index in 0..<workload.senderCount {
            let connection = try Connection(address)
            descriptors.append(connection.descriptor)
            senders.append(
                Sender(
                    workload, index: index, descriptor: connection.descriptor, names: names,
                    capacity: sendCapacity))
        }
        self.subscribers = .allocate(capacity: subscribers.count)
        _ = self.subscribers.initialize(from: subscribers)
        self.senders = senders
        self.descriptors = descriptors
    }

    deinit {
        subscribers.deinitialize()
        subscribers.deallocate()
        for descriptor in descriptors { close(descriptor) }
    }

    private static func raiseDescriptorLimit() {
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        var limit = rlimit()
        getrlimit(resource, &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(resource, &limit)
    }

    private static func holdIdlePatterns(
        _ workload: Workload, _ connection: Connection
    ) throws(BenchmarkError) {
        var held = 0
        while held < workload.idlePatternCount {
            let end = min(held + patternBatchCount, workload.idlePatternCount)
            let names = (held..<end).map { Wire.idlePattern($0, of: workload) }
            try connection.exchange(
                Wire.request(["PSUBSCRIBE"] + names),
                expecting: Wire.confirmation("psubscribe", names, after: held))
            held = end
        }
    }

    private static func subscribe(
        _ workload: Workload, _ connection: Connection, _ channel: Int
    ) throws(BenchmarkError) {
        let isPattern = workload.idlePatterns == .commonPrefix
        let command = isPattern ? "psubscribe" : "subscribe"
        let name = isPattern ? Wire.pattern(ofChannel: channel) : Wire.channel(channel)
        try connection.exchange(
            Wire.request([command, name]),
            expecting: Wire.confirmation(command, [name], after: 0))
    }

    /// Adds up what the senders' messages must have led to.
    var expectedDeliveryCount: Int { senders.reduce(0) { $0 + $1.expectedDeliveryCount } }

    /// Whether the subscribers of each channel have seen one order.
    var hasOneOrder: Bool {
        guard !workload.reception.isShared else { return true }
        var digests: [Int: UInt64] = [:]
        return subscribers.allSatisfy { subscriber in
            let digest = subscriber.checker.digest
            let known = digests.updateValue(digest, forKey: subscriber.channel)
            return known == nil || known == digest
        }
    }

    /// Whether consumers that share a key have got all that was sent to it between them.
    var isComplete: Bool {
        senders.allSatisfy { sender in
            sender.sentCounts.allSatisfy { sent in
                ledgers.isEmpty
                    || ledgers[sent.channel].isComplete(rank: sender.rank, count: sent.count)
            }
        }
    }

    /// How many messages were sent, by channel or key.
    private var sentCounts: [Int] {
        var counts = Array(repeating: 0, count: workload.channelCount)
        for sender in senders {
            for sent in sender.sentCounts { counts[sent.channel] += sent.count }
        }
        return counts
    }

    /// The sum of all replies where those on a key are 1, 2, 3 and so on.
    var expectedReplySum: Int { sentCounts.reduce(0) { $0 + $1 * ($1 + 1) / 2 } }

    /// Compares the keys with what was sent, and removes them.
    func endKeys() throws(BenchmarkError) {
        try keys.verify(sentCounts)
        try keys.remove()
    }
}
