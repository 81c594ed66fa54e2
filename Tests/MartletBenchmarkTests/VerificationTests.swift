// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletBenchmark

@Suite("Frames and their verification")
struct VerificationTests {
    private static func workload(_ name: String, payload: Int = 20) throws -> Workload {
        var overrides = WorkloadOverrides()
        overrides.payloadByteCount = payload
        overrides.channelCount = 3
        overrides.pipelineDepth = 2
        return try overrides.applied(to: #require(Workload.list(name).first))
    }

    /// The bytes of a message as it is sent.
    private static func sent(_ workload: Workload, channel: Int, stamp: Stamp, time: UInt64)
        -> [UInt8]
    {
        let buffer = SendBuffer(workload, names: ChannelNames(workload), capacity: 2)
        buffer.patch(1, channel: channel, stamp: stamp, time: time)
        let frame = UnsafeBufferPointer(
            start: buffer.bytes + buffer.frameByteCount, count: buffer.frameByteCount)
        return withExtendedLifetime(buffer) { Array(frame) }
    }

    private static func littleEndian(_ value: UInt64) -> [UInt8] {
        (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    @Test("A message is a PUBLISH to the channel that begins with the stamp and the time")
    func sentFrame() throws {
        let stamp = Stamp(rank: 2, number: 77)
        let frame = Self.sent(try Self.workload("fanout"), channel: 2, stamp: stamp, time: 12_345)
        let head = "*3\r\n$7\r\nPUBLISH\r\n$16\r\nchannel:00000002\r\n$20\r\n"
        let payload = Self.littleEndian(2 << 48 | 77) + Self.littleEndian(12_345)
        #expect(frame == Array(head.utf8) + payload + Array("xxxx\r\n".utf8))
    }

    @Test("A stamp has the rank and the number")
    func stamp() {
        let stamp = Stamp(rank: 65_535, number: 1 << 48 - 1)
        #expect(stamp.rank == 65_535)
        #expect(stamp.number == 1 << 48 - 1)
        #expect(Stamp(bits: stamp.bits) == stamp)
    }

    /// A delivery as a server makes it of a message.
    private static func delivery(_ head: String, _ sent: [UInt8], payload: Int) -> [UInt8] {
        Array(head.utf8) + sent.suffix(payload + 2)
    }

    @Test(
        "A delivery is read, and any changed byte before the stamp or behind the time is noticed",
        arguments: [
            ("fanout", "*3\r\n$7\r\nmessage\r\n$16\r\nchannel:00000001\r\n$20\r\n"),
            (
                "pattern-prefix",
                "*4\r\n$8\r\npmessage\r\n$17\r\nchannel:00000001*\r\n$16\r\n"
                    + "channel:00000001\r\n$20\r\n"
            ),
        ])
    func deliveries(name: String, head: String) throws {
        let workload = try Self.workload(name)
        let stamp = Stamp(rank: 0, number: 9)
        let sent = Self.sent(workload, channel: 1, stamp: stamp, time: 55)
        let frame = Self.delivery(head, sent, payload: 20)
        let template = DeliveryTemplate(workload)
        #expect(template.frameByteCount == frame.count)
        let read = frame.withUnsafeBytes { template.read($0.baseAddress!, channel: 1) }
        #expect(read?.stamp == stamp)
        #expect(read?.time == 55)
        #expect(frame.withUnsafeBytes { template.read($0.baseAddress!, channel: 2) } == nil)
        let variable = head.utf8.count..<(head.utf8.count + 16)
        for index in frame.indices {
            var changed = frame
            changed[index] ^= 1
            let read = changed.withUnsafeBytes { template.read($0.baseAddress!, channel: 1) }
            #expect((read == nil) == !variable.contains(index), "byte \(index)")
        }
    }

    @Test("A subscriber's messages are accepted in order for each publisher, and only so")
    func order() {
        func accepts(_ checker: DeliveryChecker, _ stamp: Stamp) -> Bool {
            var copy = checker
            return copy.accept(stamp)
        }
        var checker = DeliveryChecker(rankCount: 2)
        let sequence = [(0, 0), (1, 0), (1, 1), (0, 1)].map { Stamp(rank: $0, number: UInt64($1)) }
        for stamp in sequence {
            #expect(!accepts(checker, Stamp(rank: stamp.rank, number: stamp.number + 1)))
            let isAccepted = checker.accept(stamp)
            #expect(isAccepted)
            #expect(!accepts(checker, stamp))
        }
        #expect(!accepts(checker, Stamp(rank: 2, number: 0)))
    }

    @Test("The digest tells one order of two publishers' messages from another")
    func digest() {
        func digest(_ ranks: [Int]) -> UInt64 {
            var checker = DeliveryChecker(rankCount: 2)
            var numbers: [UInt64] = [0, 0]
            for rank in ranks {
                let isAccepted = checker.accept(Stamp(rank: rank, number: numbers[rank]))
                #expect(isAccepted)
                numbers[rank] += 1
            }
            return checker.digest
        }
        #expect(digest([0, 1, 0, 1]) == digest([0, 1, 0, 1]))
        #expect(digest([0, 1, 0, 1]) != digest([0, 1, 1, 0]))
        #expect(digest([0, 1]) != digest([1, 0]))
    }

    @Test("Consumers that share a key get each message once, in order, and all of them together")
    func sharing() {
        let ledger = DeliveryLedger(rankCount: 1)
        var one = DeliveryChecker(rankCount: 1, ledger: ledger)
        var other = DeliveryChecker(rankCount: 1, ledger: ledger)
        func stamp(_ number: UInt64) -> Stamp { Stamp(rank: 0, number: number) }
        for number in 0..<130 as Range<UInt64> where number != 70 {
            let isAccepted =
                number % 3 == 0 ? one.accept(stamp(number)) : other.accept(stamp(number))
            #expect(isAccepted)
        }
        #expect(!ledger.isComplete(rank: 0, count: 130))
        for wrong in [stamp(129), stamp(70), stamp(1 << 40), Stamp(rank: 1, number: 130)] {
            // Had before, out of order, too far ahead, and of nobody.
            let isAccepted = one.accept(wrong)
            #expect(!isAccepted)
        }
        var third = DeliveryChecker(rankCount: 1, ledger: ledger)
        let isAccepted = third.accept(stamp(70))
        #expect(isAccepted)
        #expect(ledger.isComplete(rank: 0, count: 130))
        #expect(!ledger.isComplete(rank: 0, count: 129))
        #expect(!ledger.isComplete(rank: 0, count: 131))
    }
}
