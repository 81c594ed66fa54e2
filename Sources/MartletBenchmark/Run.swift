// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// One thread, one epoll set, one buffer to read into.
//
// Without a rate each sender writes a batch, waits for all its replies, and writes the next. At a
// rate, batches are written when they are due, replies or not, and a timer in the epoll set ends
// the wait for the next (epoll_wait itself waits in milliseconds).
//
//     start ── warm-up ──┬── measured ──┬── drained: all replies, all deliveries, all checks
//                      counts         counts
//
// What is counted between the two marks is what was received between them, so that a server
// cannot look fast by taking messages that it delivers later. For the same reason producers wait
// while a queue is long: what is measured is how fast messages come out of it, not how fast it grows.

import CSystem
import Glibc

/// How long and how fast.
package struct RunLimits: Sendable {
    package var seconds = 3.0
    package var warmupSeconds = 0.5
    /// Instead of the seconds, and rounded up to whole batches.
    package var messageCount: Int?
    /// Messages per second of all senders together; nil for as many as the server takes.
    package var rate: Double?
    /// After how long without any answer the missing ones are lost.
    package var patienceSeconds = 10.0

    package init() {}

    package func validate() throws(BenchmarkError) {
        func require(_ holds: Bool, _ what: String) throws(BenchmarkError) {
            if !holds { throw BenchmarkError(what) }
        }
        try require(seconds > 0 && seconds <= 1e6, "a run takes more than 0 seconds")
        try require(warmupSeconds >= 0 && warmupSeconds <= 1e6, "a warm-up takes 0 seconds or more")
        try require((messageCount ?? 1) > 0, "a run has at least one message")
        try require((rate ?? 1) > 0 && (rate ?? 1) <= 1e9, "a rate is more than 0")
    }
}

package final class Run {
    private enum Phase { case warmup, measured, draining }

    /// How many messages that are overdue at a fixed rate may go out in one write.
    private static let overdueCount = 64

    /// Without a rate producers wait while more messages than this are on their way to consumers.
    private static let backlogCount = 1000

    private let workload: Workload
    private let limits: RunLimits
    private let stage: Stage
    private let progress: Progress?
    private let poll: RunPoll
    private let reader: DeliveryReader
    private let replyBytes = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 1 << 16, alignment: 16)

    private var phase = Phase.warmup
    private var schedule: RateSchedule?
    /// How many batches there may be: in all of the run at a rate, or else from now on.
    private var batchLimit = Int.max
    private var batchCount = 0
    private var counts = RunCounts()
    private var marks: [RunCounts] = []
    private var awaitedCount = 0
    /// How many deliveries there must be: as many as PUBLISH replied, or as what was added has
    /// consumers.
    private var promisedCount = 0
    private let deliveriesPerReply: Int
    private var replySum = 0
    private let backlogMax: Int
    /// Senders that wait for consumers.
    private var waiting: [Int] = []
    private var latency = LatencyRecorder()
    private var startTime: UInt64 = 0
    private var endTime = UInt64.max
    private var arrivalTime: UInt64 = 0

    package init(
        _ workload: Workload, _ address: ServerAddress, _ limits: RunLimits,
        progress: Progress? = nil
    ) throws(BenchmarkError) {
        try workload.validate()
        try limits.validate()
        self.workload = workload
        self.limits = limits
        self.progress = progress
        let depth = workload.pipelineDepth
        stage = try Stage(
            workload, address,
            sendCapacity: limits.rate == nil ? depth : max(depth, Self.overdueCount))
        reader = DeliveryReader(workload)
        poll = try RunPoll(stage)
        deliveriesPerReply = workload.hasKeys ? workload.deliveryCount(ofChannel: 0) : 0
        backlogMax =
            deliveriesPerReply == 0 || limits.rate != nil
            ? .max : max(Self.backlogCount, depth * workload.senderCount) * deliveriesPerReply
        waiting.reserveCapacity(workload.senderCount)
    }

    deinit { replyBytes.deallocate() }

    package func run() throws(BenchmarkError) -> Measurement {
        for subscriber in stage.subscribers { try subscriber.requests?.begin() }
        begin(monotonicNow())
        advance(startTime)
        if schedule == nil { for sender in stage.senders { try sendBatch(sender, startTime) } }
        while true {
            let now = monotonicNow()
            advance(now)
            if let schedule { try sendDue(schedule, now) }
            if phase == .draining, !isAwaiting { break }
            try turn(now)
        }
        if marks.count < 2 { mark(monotonicNow()) }
        progress?.end()
        try verify()
        return Measurement(
            workload, rate: limits.rate, from: marks[0], to: marks[1],
            latency: latency.histogram)
    }

    // MARK: Phases

    private func begin(_ now: UInt64) {
        startTime = now
        arrivalTime = now
        guard let rate = limits.rate else { return }
        let schedule = RateSchedule(
            start: now, messagesPerSecond: rate, pipelineDepth: workload.pipelineDepth,
            senderCount: workload.senderCount)
        self.schedule = schedule
        poll.setTimer(now)
    }

    private func advance(_ now: UInt64) {
        let warmEnd = startTime + UInt64(limits.warmupSeconds * 1e9)
        if phase == .warmup, now >= warmEnd {
            phase = .measured
            mark(now)
            latency.start = schedule == nil ? now : warmEnd
            limitBatches(warmEnd: warmEnd, now: now)
        }
        if phase == .measured, now >= endTime || batchCount >= batchLimit {
            phase = .draining
            // A number of messages is measured until the last has come. When the time is over,
            // what a server did not take of what was due is not sent any more.
            if limits.messageCount == nil {
                mark(now)
                batchLimit = 0
            }
        }
        progress?.show(counts, at: now)
    }

    private func limitBatches(warmEnd: UInt64, now: UInt64) {
        if let messageCount = limits.messageCount {
            let depth = workload.pipelineDepth
            let before = schedule?.batchCount(before: warmEnd) ?? batchCount
            batchLimit = before + (messageCount + depth - 1) / depth
        } else {
            endTime = now + UInt64(limits.seconds * 1e9)
            if let schedule { batchLimit = schedule.batchCount(before: endTime) }
        }
    }

    private func mark(_ now: UInt64) {
        counts.serverNanoseconds = stage.processIdentifier.flatMap(ProcessorTime.ofProcess)
        counts.ownNanoseconds = ProcessorTime.own()
        counts.time = now
        marks.append(counts)
    }

    // MARK: Sending

    private func sendBatch(_ sender: Sender, _ now: UInt64) throws(BenchmarkError) {
        guard batchCount < batchLimit else { return }
        guard promisedCount - counts.deliveries <= backlogMax else {
            waiting.append(sender.index)
            return
        }
        sender.fill(time: now)
        batchCount += 1
        awaitedCount += workload.pipelineDepth
        try flush(sender)
    }

    /// Lets those who waited go on, once consumers have caught up.
    private func resume(_ now: UInt64) throws(BenchmarkError) {
        guard promisedCount - counts.deliveries <= backlogMax else { return }
        while let index = waiting.popLast() { try sendBatch(stage.senders[index], now) }
    }

    /// Sends what is due, and sets the timer for what is due next.
    private func sendDue(_ schedule: RateSchedule, _ now: UInt64) throws(BenchmarkError) {
        while batchCount < batchLimit, schedule.time(ofBatch: batchCount) <= now {
            let sender = stage.senders[batchCount % workload.senderCount]
            batchCount += 1
            if !sender.isBlocked { try sendOverdue(sender, schedule, now) }
        }
        if batchCount < batchLimit { poll.setTimer(schedule.time(ofBatch: batchCount)) }
    }

    /// Sends all of a sender's batches that are due, as few writes as there is room for.
    private func sendOverdue(
        _ sender: Sender, _ schedule: RateSchedule, _ now: UInt64
    ) throws(BenchmarkError) {
        while !sender.isBlocked {
            var filled = false
            while sender.hasRoom {
                let batch = schedule.batch(sender.batchCount, ofSender: sender.index)
                let time = schedule.time(ofBatch: batch)
                guard batch < batchLimit, time <= now else { break }
                sender.fill(time: time)
                awaitedCount += workload.pipelineDepth
                filled = true
            }
            guard filled else { return }
            try flush(sender)
        }
    }

    private func flush(_ sender: Sender) throws(BenchmarkError) {
        let wasBlocked = sender.isBlocked
        try sender.flush()
        if sender.isBlocked != wasBlocked {
            poll.watch(sender, forRoom: sender.isBlocked)
        }
    }

    // MARK: Receiving

    private func turn(_ now: UInt64) throws(BenchmarkError) {
        let events = poll.wait()
        for event in events {
            switch RunPoll.target(of: event) {
            case .subscriber(let index):
                counts.deliveries += try reader.read(&stage.subscribers[index], into: &latency)
                if !waiting.isEmpty { try resume(monotonicNow()) }
                arrivalTime = now
            case .sender(let index):
                let sender = stage.senders[index]
                if RunPoll.hasRoom(event) { try room(sender, now) }
                if RunPoll.hasInput(event) { try replies(sender) }
                arrivalTime = now
            case .timer: break
            }
        }
        if isAwaiting, now > arrivalTime + UInt64(limits.patienceSeconds * 1e9) {
            throw BenchmarkError(
                "nothing has come for \(Decimals.fixed(limits.patienceSeconds, 1)) seconds, and "
                    + "\(awaitedCount) replies and \(promisedCount - counts.deliveries) "
                    + "deliveries are missing")
        }
    }

    private var isAwaiting: Bool {
        awaitedCount > 0 || counts.deliveries < promisedCount || reader.unacknowledgedCount > 0
    }

    private func room(_ sender: Sender, _ now: UInt64) throws(BenchmarkError) {
        try flush(sender)
        if let schedule { try sendOverdue(sender, schedule, now) }
    }

    private func replies(_ sender: Sender) throws(BenchmarkError) {
        let count = recv(
            sender.descriptor, replyBytes.baseAddress!, replyBytes.count,
            CInt(MSG_DONTWAIT))
        guard count > 0 else {
            if count < 0, errno == EAGAIN || errno == EINTR { return }
            throw BenchmarkError("the server closed a publisher's connection")
        }
        let bytes = UnsafeRawBufferPointer(rebasing: replyBytes[..<count])
        guard let replies = sender.replies.read(bytes) else {
            let text = String(decoding: bytes.prefix(200), as: UTF8.self)
            throw BenchmarkError("an unexpected reply: \(text)")
        }
        let now = monotonicNow()
        if workload.subscriberCount == 0 { recordReplies(sender, replies.count, now) }
        sender.replyCount += replies.count
        awaitedCount -= replies.count
        promisedCount +=
            workload.hasKeys ? replies.count * deliveriesPerReply : replies.sum
        replySum += replies.sum
        counts.messages += replies.count
        if schedule == nil, sender.awaitedCount == 0 { try sendBatch(sender, now) }
    }

    private func recordReplies(_ sender: Sender, _ count: Int, _ now: UInt64) {
        latency.begin(now: now)
        for reply in sender.replyCount..<(sender.replyCount + count) {
            guard let schedule else {
                latency.record(since: sender.batchTime)
                continue
            }
            let number = reply / workload.pipelineDepth
            latency.record(
                since: schedule.time(ofBatch: schedule.batch(number, ofSender: sender.index)))
        }
        latency.end()
    }

    /// Each delivery was checked when it came; this is about all of them.
    private func verify() throws(BenchmarkError) {
        let expected = stage.expectedDeliveryCount
        guard promisedCount == expected else {
            throw BenchmarkError("PUBLISH counted \(promisedCount) receivers, not \(expected)")
        }
        guard counts.deliveries == promisedCount else {
            throw BenchmarkError("\(counts.deliveries) deliveries came of \(promisedCount)")
        }
        guard stage.hasOneOrder else {
            throw BenchmarkError("two subscribers of a channel have seen different orders")
        }
        guard stage.isComplete else {
            throw BenchmarkError("consumers have got something else than was sent")
        }
        guard !workload.countsUp || replySum == stage.expectedReplySum else {
            throw BenchmarkError("the replies are not 1, 2, 3 and so on")
        }
        if workload.hasKeys { try stage.endKeys() }
    }
}
