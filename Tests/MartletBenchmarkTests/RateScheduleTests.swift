// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletBenchmark

@Suite("The schedule of a fixed rate")
struct RateScheduleTests {
    @Test("has as many messages in each second as the rate says", arguments: [1, 3, 1000, 333_333])
    func rate(rate: Int) {
        let schedule = RateSchedule(
            start: 5_000, messagesPerSecond: Double(rate), pipelineDepth: 1, senderCount: 1)
        for second in 1...10 {
            let end = 5_000 + UInt64(second) * 1_000_000_000
            #expect(schedule.batchCount(before: end) == rate * second)
        }
        #expect(schedule.batchCount(before: 5_000) == 0)
        #expect(schedule.batchCount(before: 0) == 0)
    }

    @Test("counts a batch as due exactly from its time on", arguments: [1.5, 7, 999.9, 1_234_567])
    func dueTimes(rate: Double) {
        let schedule = RateSchedule(
            start: 1_000_000, messagesPerSecond: rate, pipelineDepth: 1, senderCount: 3)
        for batch in [0, 1, 2, 3, 1000, 123_456] {
            let time = schedule.time(ofBatch: batch)
            #expect(schedule.batchCount(before: time) == batch)
            #expect(schedule.batchCount(before: time + 1) == batch + 1)
        }
    }

    @Test("spaces batches by the depth of the pipeline and deals them out to the senders")
    func batches() {
        let schedule = RateSchedule(
            start: 0, messagesPerSecond: 1000, pipelineDepth: 10, senderCount: 4)
        #expect((0..<3).map(schedule.time(ofBatch:)) == [0, 10_000_000, 20_000_000])
        #expect((0..<3).map { schedule.batch($0, ofSender: 1) } == [1, 5, 9])
    }
}
