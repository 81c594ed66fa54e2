// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletBenchmark

@Suite("Workloads")
struct WorkloadTests {
    @Test("are valid as they stand in the catalogue, and found by their names")
    func catalogue() throws {
        for workload in Workload.catalogue {
            try workload.validate()
            #expect(try Workload.list(workload.name) == [workload])
        }
        let names = Workload.catalogue.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(try Workload.list("many,ping").map(\.name) == ["many", "ping"])
    }

    @Test(
        "that nobody knows are named in the error", arguments: ["", "fan", "ping,", "ping, many"])
    func unknown(names: String) {
        #expect(throws: BenchmarkError.self) { try Workload.list(names) }
    }

    @Test("take the numbers that are given, and keep the others")
    func overrides() throws {
        let many = try #require(Workload.list("many").first)
        var overrides = WorkloadOverrides()
        #expect(try overrides.applied(to: many) == many)
        overrides.senderCount = 7
        overrides.payloadByteCount = 16
        overrides.pipelineDepth = 3
        var expected = many
        expected.senderCount = 7
        expected.payloadByteCount = 16
        expected.pipelineDepth = 3
        #expect(try overrides.applied(to: many) == expected)
        overrides.subscriberCount = 2
        overrides.channelCount = 5
        expected.subscriberCount = 2
        expected.channelCount = 5
        #expect(try overrides.applied(to: many) == expected)
    }

    @Test(
        "refuse numbers that make no sense",
        arguments: [
            ("fanout", \WorkloadOverrides.senderCount, 0),
            ("fanout", \.senderCount, 65_536), ("fanout", \.subscriberCount, -1),
            ("fanout", \.channelCount, 0), ("fanout", \.pipelineDepth, 0),
            ("fanout", \.payloadByteCount, 15), ("fanout", \.idlePatternCount, 1),
            ("ping", \.subscriberCount, 1), ("set", \.subscriberCount, 1),
            ("group", \.subscriberCount, 0), ("queue", \.channelCount, 2),
        ] as [(String, WritableKeyPath<WorkloadOverrides, Int?> & Sendable, Int)])
    func refused(
        name: String, key: WritableKeyPath<WorkloadOverrides, Int?> & Sendable, value: Int
    ) throws {
        let workload = try #require(Workload.list(name).first)
        var overrides = WorkloadOverrides()
        overrides[keyPath: key] = value
        #expect(throws: BenchmarkError.self) { try overrides.applied(to: workload) }
    }

    @Test(
        "deal out channels so that each has its publishers, by rank, and its subscribers",
        arguments: [(1, 1, 1), (50, 1000, 1000), (3, 10, 1), (7, 5, 3), (4, 9, 10), (10, 0, 4)])
    func dealing(senders: Int, subscribers: Int, channels: Int) {
        var workload = Workload(name: "test", summary: "")
        workload.senderCount = senders
        workload.subscriberCount = subscribers
        workload.channelCount = channels
        var ranks: [Int: Set<Int>] = [:]
        for sender in 0..<senders {
            let rank = workload.rank(ofPublisher: sender)
            #expect(rank < workload.rankCount)
            for channel in workload.channels(ofPublisher: sender) {
                #expect(ranks[channel, default: []].insert(rank).inserted)
            }
        }
        #expect(ranks.keys.sorted() == Array(0..<channels))
        var counts = Array(repeating: 0, count: channels)
        for subscriber in 0..<subscribers {
            counts[workload.channel(ofSubscriber: subscriber)] += 1
        }
        #expect(counts == (0..<channels).map(workload.subscriberCount(ofChannel:)))
    }
}
