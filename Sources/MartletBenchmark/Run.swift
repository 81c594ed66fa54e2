// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Glibc
import Histogram

struct Sender {
    let descriptor: CInt
    let buffer: SendBuffer
    let channels: [Int]
    let rank: Int
    var numbers: [UInt64]
    var cursor = 0
    var awaited = 0
    var sentAt: UInt64 = 0
    var carry: [UInt8] = []
}

struct Receiver {
    let descriptor: CInt
    let channel: Int
    let carry: UnsafeMutablePointer<UInt8>
    var carryCount = 0
    let expected: UnsafeMutablePointer<UInt64>
}

package struct Measurement {
    package var messages = 0
    package var deliveries = 0
    package var seconds = 0.0
    package var serverNanoseconds: UInt64?
    package var ownNanoseconds: UInt64 = 0
    package var latency = Histogram<UInt64>(highestTrackableValue: 3_600_000_000_000)
}

/// One run of a workload: a thread, an epoll descriptor, one buffer to read into.
package final class Run {
    let load: Workload
    let seconds: Double
    var senders: [Sender] = []
    var receivers: [Receiver] = []
    let template: DeliveryTemplate
    let poll = epoll_create1(0)
    let scratch = UnsafeMutablePointer<UInt8>.allocate(capacity: 1 << 18)
    let carrySpace: Int
    let input: UnsafeMutablePointer<UInt8>
    var result = Measurement()
    var promised = 0
    var expectedDeliveries = 0
    var inFlight = 0
    var deadline: UInt64 = 0
    var process: Int?
    let isTimed: Bool

    package init(_ load: Workload, _ address: ServerAddress, seconds: Double) throws(BenchmarkError)
    {
        try load.validate()
        self.load = load
        self.seconds = seconds
        isTimed = load.pipelineDepth == 1
        template = DeliveryTemplate(load)
        carrySpace = template.frameByteCount
        input = .allocate(capacity: carrySpace + 1 << 18)
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let first = try Connection(address)
        process = try ServerIdentity(first).processIdentifier
        var held = 0
        while held < load.idlePatternCount {
            let names = (held..<min(held + 500, load.idlePatternCount)).map {
                Wire.idlePattern($0, of: load)
            }
            try first.exchange(
                Wire.request(["PSUBSCRIBE"] + names),
                expecting: Wire.confirmation("psubscribe", names, after: held))
            held += names.count
        }
        for index in 0..<load.subscriberCount {
            let connection = try Connection(address)
            let channel = load.channel(ofSubscriber: index)
            let isPattern = load.idlePatterns == .commonPrefix
            let command = isPattern ? "psubscribe" : "subscribe"
            let name = isPattern ? Wire.pattern(ofChannel: channel) : Wire.channel(channel)
            try connection.exchange(
                Wire.request([command, name]),
                expecting: Wire.confirmation(command, [name], after: 0))
            let expected = UnsafeMutablePointer<UInt64>.allocate(capacity: load.rankCount)
            expected.initialize(repeating: 0, count: load.rankCount)
            receivers.append(
                Receiver(
                    descriptor: connection.descriptor, channel: channel,
                    carry: .allocate(capacity: carrySpace), expected: expected))
            watch(connection.descriptor, index)
        }
        let names = ChannelNames(count: load.channelCount)
        for index in 0..<load.senderCount {
            let connection = try Connection(address)
            let channels = load.channels(ofPublisher: index)
            senders.append(
                Sender(
                    descriptor: connection.descriptor, buffer: SendBuffer(load, names: names),
                    channels: channels, rank: load.rank(ofPublisher: index),
                    numbers: Array(repeating: 0, count: channels.count)))
            watch(connection.descriptor, index | 1 << 32)
        }
    }

    private func watch(_ descriptor: CInt, _ tag: Int) {
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = UInt64(tag)
        epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event)
    }

    package func run() throws(BenchmarkError) -> Measurement {
        let server = process.flatMap(ProcessorTime.ofProcess)
        let own = ProcessorTime.own()
        let start = monotonicNow()
        deadline = start + UInt64(seconds * 1e9)
        for index in senders.indices { try sendBatch(index, start) }
        let events = UnsafeMutablePointer<epoll_event>.allocate(capacity: 1024)
        defer { events.deallocate() }
        while inFlight > 0 || result.deliveries < promised {
            let count = epoll_wait(poll, events, 1024, 10_000)
            guard count > 0 else {
                throw BenchmarkError("lost: \(result.deliveries) of \(promised) deliveries came")
            }
            for index in 0..<Int(count) {
                let tag = Int(events[index].data.u64)
                if tag >> 32 == 0 { try receive(tag) } else { try replies(tag & 0xffff_ffff) }
            }
        }
        result.seconds = Double(monotonicNow() - start) / 1e9
        guard load.traffic == .ping || promised == expectedDeliveries else {
            throw BenchmarkError("PUBLISH counted \(promised), not \(expectedDeliveries)")
        }
        result.ownNanoseconds = ProcessorTime.own() - own
        if let process, let server, let after = ProcessorTime.ofProcess(process) {
            result.serverNanoseconds = after - server
        }
        return result
    }

    private func sendBatch(_ index: Int, _ now: UInt64) throws(BenchmarkError) {
        let depth = load.pipelineDepth
        if load.traffic == .publish {
            for slot in 0..<depth {
                let cursor = senders[index].cursor
                let channel = senders[index].channels[cursor]
                let stamp = Stamp(rank: senders[index].rank, number: senders[index].numbers[cursor])
                senders[index].buffer.patch(slot, channel: channel, stamp: stamp, time: now)
                senders[index].numbers[cursor] += 1
                senders[index].cursor = (cursor + 1) % senders[index].channels.count
                expectedDeliveries += load.subscriberCount(ofChannel: channel)
            }
        }
        senders[index].sentAt = now
        senders[index].awaited = depth
        inFlight += depth
        // Blocking: a server that does not read while it waits for us would be stuck; it reads.
        var sent = 0
        let buffer = senders[index].buffer
        while sent < buffer.byteCount {
            let count = send(
                senders[index].descriptor, buffer.bytes + sent, buffer.byteCount - sent,
                CInt(MSG_NOSIGNAL))
            guard count > 0 else { throw Connection.failure("send") }
            sent += count
        }
    }

    private func replies(_ index: Int) throws(BenchmarkError) {
        let count = read(senders[index].descriptor, scratch, 1 << 18)
        guard count > 0 else { throw BenchmarkError("the server closed a publisher") }
        var done = 0
        for position in 0..<count {
            let byte = scratch[position]
            if byte != UInt8(ascii: "\n") {
                senders[index].carry.append(byte)
                continue
            }
            let line = senders[index].carry
            if load.traffic == .ping {
                guard line == Array("+PONG\r".utf8) else { throw unexpected(line) }
            } else {
                guard line.first == UInt8(ascii: ":") else { throw unexpected(line) }
                var value = 0
                for digit in line[1..<(line.count - 1)] { value = value * 10 + Int(digit) - 48 }
                promised += value
            }
            senders[index].carry.removeAll(keepingCapacity: true)
            done += 1
        }
        senders[index].awaited -= done
        inFlight -= done
        result.messages += done
        guard senders[index].awaited == 0 else { return }
        let now = monotonicNow()
        if isTimed && receivers.isEmpty { result.latency.record(now - senders[index].sentAt) }
        if now < deadline { try sendBatch(index, now) }
    }

    private func unexpected(_ line: [UInt8]) -> BenchmarkError {
        BenchmarkError("unexpected reply: " + String(decoding: line, as: UTF8.self))
    }

    private func receive(_ index: Int) throws(BenchmarkError) {
        let receiver = receivers[index]
        var cursor = input + (carrySpace - receiver.carryCount)
        memcpy(cursor, receiver.carry, receiver.carryCount)
        let count = read(receiver.descriptor, input + carrySpace, 1 << 18)
        guard count > 0 else { throw BenchmarkError("the server closed a subscriber") }
        let end = input + carrySpace + count
        let now = isTimed ? monotonicNow() : 0
        var frames = 0
        while end - cursor >= template.frameByteCount {
            guard let (stamp, time) = template.read(cursor, channel: receiver.channel),
                stamp.rank < load.rankCount, receiver.expected[stamp.rank] == stamp.number
            else { throw BenchmarkError("a delivery is damaged, lost or out of order") }
            receiver.expected[stamp.rank] = stamp.number + 1
            if isTimed { result.latency.record(now - time) }
            frames += 1
            cursor += template.frameByteCount
        }
        receivers[index].carryCount = end - cursor
        memcpy(receiver.carry, cursor, end - cursor)
        result.deliveries += frames
    }
}
