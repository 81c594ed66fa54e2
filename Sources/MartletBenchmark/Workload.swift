// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A load and what it stands on. A workload is a value: the catalogue below is data, and options
/// override its numbers.
package struct Workload: Equatable, Sendable {
    package enum Traffic: Sendable {
        case ping
        case publish
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
    /// Connections that send: publishers, or clients that ping.
    package var senderCount = 1
    package var subscriberCount = 0
    package var channelCount = 1
    package var idlePatterns = IdlePatterns.none
    package var idlePatternCount = 0
    /// Messages of one write; without a rate the next write waits for all replies to them.
    package var pipelineDepth = 1
    package var payloadByteCount = 64

    package static let catalogue = [
        Workload(
            name: "ping", summary: "connections that ask and wait", traffic: .ping,
            senderCount: 50),
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
            traffic == .publish || subscriberCount == 0, "this workload has no subscribers")
    }

    // MARK: Who publishes and who listens where

    /// Subscriber s listens to channel s modulo the number of channels.
    package func channel(ofSubscriber subscriber: Int) -> Int { subscriber % channelCount }

    package func subscriberCount(ofChannel channel: Int) -> Int {
        subscriberCount / channelCount + (channel < subscriberCount % channelCount ? 1 : 0)
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
