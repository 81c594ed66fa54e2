// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A load and what it stands on. A workload is a value: the catalogue below is data, and options
/// override its numbers.
package struct Workload: Equatable, Sendable {
    /// What is sent: a command.
    package enum Traffic: Sendable {
        case ping
        case publish
        case set
        case get
        case incr
        case xadd
        case lpush
    }

    /// How others get what was sent.
    package enum Reception: Sendable {
        case none
        /// SUBSCRIBE: each subscriber of a channel gets all of it.
        case subscription
        /// XREAD that blocks at the end of a stream: each reader gets all of it.
        case tail
        /// XREADGROUP and XACK: each entry goes to one consumer of a stream's group.
        case group
        /// BRPOP: each element goes to one consumer of a list.
        case pop

        var isShared: Bool { self == .group || self == .pop }
    }

    /// Patterns that one further connection holds while others publish.
    package enum IdlePatterns: String, Sendable {
        case none
        /// Patterns that share nothing with the channels.
        case unrelated
        /// Patterns that share the channels' prefix and match none of them. Subscribers hold a
        /// matching pattern of the same prefix instead of a channel.
        case commonPrefix = "common-prefix"
    }

    package var name: String
    /// What it shows, for the list of workloads.
    package var summary: String
    package var traffic = Traffic.publish
    package var reception = Reception.subscription
    /// Connections that send: publishers, producers, or clients that ask.
    package var senderCount = 1
    /// Connections that receive: subscribers, readers, consumers.
    package var subscriberCount = 0
    /// Channels, or keys.
    package var channelCount = 1
    package var idlePatterns = IdlePatterns.none
    package var idlePatternCount = 0
    /// Messages of one write; without a rate the next write waits for all replies to them.
    package var pipelineDepth = 1
    package var payloadByteCount = 64

    package static let catalogue = [
        Workload(
            name: "ping", summary: "connections that ask and wait", traffic: .ping,
            reception: .none, senderCount: 50),
        Workload(
            name: "publish", summary: "messages that nobody receives", senderCount: 50),
        Workload(
            name: "fanout", summary: "publishers and the subscribers of their channels",
            subscriberCount: 1),
        Workload(
            name: "many", summary: "a channel for each subscriber", senderCount: 50,
            subscriberCount: 1000, channelCount: 1000),
        Workload(
            name: "pattern", summary: "publishing beside idle patterns that share nothing",
            subscriberCount: 1, idlePatterns: .unrelated, idlePatternCount: 10_000),
        Workload(
            name: "pattern-prefix", summary: "patterns of one prefix of which one matches",
            subscriberCount: 1, idlePatterns: .commonPrefix, idlePatternCount: 9_999),
        Workload(
            name: "set", summary: "connections that set strings", traffic: .set,
            reception: .none, senderCount: 50, channelCount: 10_000),
        Workload(
            name: "get", summary: "connections that get strings", traffic: .get,
            reception: .none, senderCount: 50, channelCount: 10_000),
        Workload(
            name: "incr", summary: "connections that count", traffic: .incr,
            reception: .none, senderCount: 50, channelCount: 10_000),
        Workload(
            name: "xadd", summary: "producers of one stream that nobody reads", traffic: .xadd,
            reception: .none, senderCount: 50),
        Workload(
            name: "xread", summary: "a producer, and a reader that blocks at the stream's end",
            traffic: .xadd, reception: .tail, subscriberCount: 1),
        Workload(
            name: "group", summary: "producers, and a group that reads and acknowledges",
            traffic: .xadd, reception: .group, senderCount: 25, subscriberCount: 25),
        Workload(
            name: "lpush", summary: "producers of one list that nobody reads", traffic: .lpush,
            reception: .none, senderCount: 50),
        Workload(
            name: "queue", summary: "producers of a list, and consumers that block on it",
            traffic: .lpush, reception: .pop, senderCount: 25, subscriberCount: 25),
    ]

    /// The smallest payload: a sequence number and a time.
    package static let payloadByteCountMin = 16

    package func validate() throws(BenchmarkError) {
        func require(_ holds: Bool, _ what: String) throws(BenchmarkError) {
            if !holds { throw BenchmarkError("\(name): \(what)") }
        }
        try require((1...65_535).contains(senderCount), "there are 1 to 65535 publishers")
        try require((0...1_000_000).contains(subscriberCount), "too many subscribers")
        try require((1...1_000_000).contains(channelCount), "there are 1 to 1000000 channels")
        try require((1...100_000).contains(pipelineDepth), "a pipeline is 1 to 100000 deep")
        try require(
            (Self.payloadByteCountMin...1 << 24).contains(payloadByteCount),
            "a payload has 16 bytes (a sequence number and a time) to 16 MB")
        try require((0...10_000_000).contains(idlePatternCount), "too many patterns")
        try require(
            idlePatternCount == 0 || idlePatterns != .none, "this workload has no idle patterns")
        try require(
            reception != .none || subscriberCount == 0, "this workload has no subscribers")
        let consumes = reception != .none && reception != .subscription
        try require(
            !consumes || subscriberCount > 0 && subscriberCount % channelCount == 0,
            "each key has consumers, as many as the others")
    }

    // MARK: What there is

    /// It stands on keys, not on channels.
    package var hasKeys: Bool { traffic != .ping && traffic != .publish }

    /// What is sent has a payload with a stamp in it.
    package var hasPayload: Bool {
        switch traffic {
        case .ping, .get, .incr: false
        case .publish, .set, .xadd, .lpush: true
        }
    }

    /// The replies on one key are 1, 2, 3 and so on.
    var countsUp: Bool { traffic == .incr || traffic == .lpush && reception == .none }

    // MARK: Who publishes and who listens where

    /// Subscriber s listens to channel s modulo the number of channels.
    package func channel(ofSubscriber subscriber: Int) -> Int { subscriber % channelCount }

    package func subscriberCount(ofChannel channel: Int) -> Int {
        subscriberCount / channelCount + (channel < subscriberCount % channelCount ? 1 : 0)
    }

    /// How many get a message of that channel.
    package func deliveryCount(ofChannel channel: Int) -> Int {
        reception.isShared ? 1 : subscriberCount(ofChannel: channel)
    }

    /// With at least as many channels as publishers each channel has one publisher; with fewer,
    /// each publisher has one channel.
    package func channels(ofPublisher publisher: Int) -> [Int] {
        channelCount >= senderCount
            ? Array(stride(from: publisher, to: channelCount, by: senderCount))
            : [publisher % channelCount]
    }

    /// A publisher's number among those of its channel.
    package func rank(ofPublisher publisher: Int) -> Int { publisher / channelCount }

    /// How many publishers a channel has at the most.
    package var rankCount: Int { (senderCount + channelCount - 1) / channelCount }
}
