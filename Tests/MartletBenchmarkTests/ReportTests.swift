// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Testing

@testable import MartletBenchmark

@Suite("Reports")
struct ReportTests {
    private static func measurement(
        _ name: String, subscribers: Int? = nil
    ) throws -> MartletBenchmark.Measurement {
        var overrides = WorkloadOverrides()
        overrides.subscriberCount = subscribers
        let workload = try overrides.applied(to: #require(Workload.list(name).first))
        var start = RunCounts()
        start.messages = 100
        start.serverNanoseconds = 1_000
        start.time = 500
        var end = start
        end.messages += 3_000
        end.deliveries = 6_000
        end.serverNanoseconds = 601_000
        end.ownNanoseconds = 900_000
        end.time += 1_500_000_000
        var latency = LatencyRecorder()
        latency.start = 10
        latency.begin(now: 20_010)
        for time in [5, 10, 10, 10] as [UInt64] { latency.record(since: time) }
        latency.end()
        return MartletBenchmark.Measurement(
            workload, rate: nil, from: start, to: end, latency: latency.histogram)
    }

    @Test("are of what was counted between the two marks")
    func difference() throws {
        let fanout = try Self.measurement("fanout", subscribers: 2)
        #expect(fanout.messagesPerSecond == 2_000)
        #expect(fanout.deliveriesPerSecond == 4_000)
        #expect(fanout.serverNanosecondsPerUnit == 100)
        #expect(fanout.ownNanosecondsPerUnit == 150)
        #expect(fanout.latency.totalCount == 3)
        #expect(try Self.measurement("publish").serverNanosecondsPerUnit == 200)
    }

    @Test("as JSON are read as JSON")
    func json() throws {
        let text = Report(try Self.measurement("fanout", subscribers: 2)).json
        let object = try #require(
            JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
        #expect(object["workload"] as? String == "fanout")
        #expect(object["subscribers"] as? Int == 2)
        #expect(object["messages_per_second"] as? Double == 2_000)
        #expect(object["rate"] is NSNull)
        let median = try #require(object["latency_us_p50"] as? Double)
        #expect(abs(median - 20) < 0.1)
    }

    @Test("as CSV have a value or nothing for each name")
    func csv() throws {
        let report = Report(try Self.measurement("publish"))
        let names = report.csvHeader.split(separator: ",", omittingEmptySubsequences: false)
        let values = report.csv.split(separator: ",", omittingEmptySubsequences: false)
        #expect(names.count == values.count)
        let row = Dictionary(uniqueKeysWithValues: zip(names, values))
        #expect(row["workload"] == "publish")
        #expect(row["messages"] == "3000")
        #expect(row["seconds"] == "1.500")
        #expect(row["rate"] == "")
    }

    @Test("write numbers for people")
    func decimals() {
        #expect(
            [0, 999, 1_000, -1_234_567, 999_999.6].map(Decimals.grouped)
                == ["0", "999", "1,000", "-1,234,567", "1,000,000"])
        #expect(Decimals.fixed(1.005, 1) == "1.0")
        #expect(Decimals.fixed(-0.26, 1) == "-0.3")
        #expect(Decimals.fixed(12.0625, 3) == "12.063")
        #expect(Decimals.fixed(7.5, 0) == "8")
    }

    @Test("know the CPU time of this process, and of none that is not")
    func processorTime() throws {
        let before = try #require(ProcessorTime.ofProcess(Int(getpid())))
        while ProcessorTime.own() < before + 2_000_000 {}
        #expect(try #require(ProcessorTime.ofProcess(Int(getpid()))) >= before + 2_000_000)
        #expect(ProcessorTime.ofProcess(0) == nil)
        #expect(ProcessorTime.ofProcess(-1) == nil)
        #expect(ProcessorTime.ofProcess(1 << 40) == nil)
    }
}
