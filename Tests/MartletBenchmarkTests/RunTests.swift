// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletBenchmark

@Suite("Runs against a small server")
struct RunTests {
    private static func run(
        _ name: String, _ fault: FaultyServer.Fault, messages: Int = 200, rate: Double? = nil,
        patience: Double = 30, change: (inout WorkloadOverrides) -> Void = { _ in }
    ) throws -> Measurement {
        var overrides = WorkloadOverrides()
        change(&overrides)
        let workload = try overrides.applied(to: #require(Workload.list(name).first))
        let server = FaultyServer(fault)
        defer { server.end() }
        var address = ServerAddress()
        address.port = server.port
        address.password = "secret"
        var limits = RunLimits()
        limits.warmupSeconds = 0
        limits.messageCount = messages
        limits.rate = rate
        limits.patienceSeconds = patience
        return try Run(workload, address, limits).run()
    }

    @Test("count all messages and deliveries", arguments: [1, 7], [nil, 20_000])
    func counts(pipeline: Int, rate: Double?) throws {
        let measurement = try Self.run("fanout", .none, messages: 203, rate: rate) {
            $0.senderCount = 3
            $0.subscriberCount = 4
            $0.channelCount = 2
            $0.pipelineDepth = pipeline
        }
        // Two publishers for the first channel, one for the second; two subscribers for each.
        let whole = (203 + pipeline - 1) / pipeline * pipeline
        #expect(measurement.messages == whole)
        #expect(measurement.deliveries == whole * 2)
        #expect(measurement.latency.totalCount == UInt64(whole * 2))
    }

    @Test(
        "of PING, PUBLISH and LPUSH that nobody receives time the replies", arguments: [nil, 5_000])
    func replies(rate: Double?) throws {
        for name in ["ping", "publish", "lpush"] {
            let measurement = try Self.run(name, .none, rate: rate) { $0.senderCount = 5 }
            #expect(measurement.messages == 200)
            #expect(measurement.deliveries == 0)
            #expect(measurement.latency.totalCount == 200)
        }
    }

    @Test(
        "notice what a server does wrong",
        arguments: [
            .loses(50), .loses(199), .doubles(50), .swapsWithNext(50), .damages(50),
            .countsOneMore(50), .countsOneLess(50), .hangsUp(50), .failsRequest(50),
        ] as [FaultyServer.Fault])
    func faults(fault: FaultyServer.Fault) throws {
        #expect(throws: BenchmarkError.self) {
            // Some are noticed only when nothing comes any more.
            try Self.run("fanout", fault, patience: 0.3) { $0.subscriberCount = 2 }
        }
    }

    @Test("notice two orders on one channel, each right for each publisher")
    func twoOrders() throws {
        let error = #expect(throws: BenchmarkError.self) {
            try Self.run("fanout", .swapsPublishersAfter(50)) {
                $0.senderCount = 2
                $0.subscriberCount = 2
            }
        }
        #expect(error?.description.contains("different orders") == true)
    }

    @Test("of a queue count each element once", arguments: [1, 7], [nil, 20_000])
    func queue(pipeline: Int, rate: Double?) throws {
        let measurement = try Self.run("queue", .none, messages: 210, rate: rate) {
            $0.senderCount = 3
            $0.subscriberCount = 4
            $0.channelCount = 2
            $0.pipelineDepth = pipeline
        }
        #expect(measurement.messages == 210)
        #expect(measurement.deliveries == 210)
        #expect(measurement.latency.totalCount == 210)
    }

    @Test(
        "of a queue notice what a server does wrong",
        arguments: [
            .loses(50), .loses(199), .doubles(50), .doubles(199), .swapsWithNext(50),
            .damages(50), .hangsUp(50), .failsRequest(50),
        ] as [FaultyServer.Fault])
    func queueFaults(fault: FaultyServer.Fault) throws {
        #expect(throws: BenchmarkError.self) {
            // One producer and one consumer have one order.
            try Self.run("queue", fault, patience: 0.3) {
                $0.senderCount = 1
                $0.subscriberCount = 1
                $0.pipelineDepth = 10
            }
        }
    }

    @Test("of LPUSH notice a length that is wrong", arguments: [1, 7])
    func lengths(pipeline: Int) throws {
        let error = #expect(throws: BenchmarkError.self) {
            try Self.run("lpush", .doubles(50)) { $0.pipelineDepth = pipeline }
        }
        #expect(error?.description.contains("1, 2, 3") == true)
    }

    @Test("do not begin where nobody listens")
    func nobody() throws {
        var address = ServerAddress()
        address.port = 1
        let workload = try #require(Workload.list("ping").first)
        #expect(throws: BenchmarkError.self) { try Run(workload, address, RunLimits()) }
    }

    @Test("have sensible limits")
    func limits() {
        for change in [
            { $0.seconds = 0 }, { $0.warmupSeconds = -1 }, { $0.messageCount = 0 }, { $0.rate = 0 },
        ] as [@Sendable (inout RunLimits) -> Void] {
            var limits = RunLimits()
            change(&limits)
            #expect(throws: BenchmarkError.self) { try limits.validate() }
        }
    }
}
