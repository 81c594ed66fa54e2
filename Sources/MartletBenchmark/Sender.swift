// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Glibc

/// A connection that sends: a publisher, a producer, or a client that asks.
///
/// It fills its buffer with whole batches, writes them, and fills it again only when all is written.
final class Sender {
    let descriptor: CInt
    /// Its place among the senders.
    let index: Int
    var replies: ReplyReader
    /// How many batches it has filled in, and how many replies it has got.
    private(set) var batchCount = 0
    var replyCount = 0
    /// When the batch was sent that it waits for; of no meaning at a fixed rate.
    private(set) var batchTime: UInt64 = 0
    /// The socket took only a part; the rest waits until it takes more.
    private(set) var isBlocked = false

    private let workload: Workload
    private let buffer: SendBuffer
    private let channels: [Int]
    /// The number of the next message, for each of its channels.
    private var numbers: [UInt64]
    private var cursor = 0
    /// Its number among those who send to the same channel.
    let rank: Int
    private var filledCount = 0
    private var sentByteCount = 0

    init(
        _ workload: Workload, index: Int, descriptor: CInt, names: ChannelNames, capacity: Int
    ) {
        self.workload = workload
        self.index = index
        self.descriptor = descriptor
        buffer = SendBuffer(workload, names: names, capacity: capacity)
        channels = workload.channels(ofPublisher: index)
        replies = ReplyReader(workload, channels: channels)
        numbers = Array(repeating: 0, count: channels.count)
        rank = workload.rank(ofPublisher: index)
    }

    var awaitedCount: Int { batchCount * workload.pipelineDepth - replyCount }

    var hasRoom: Bool {
        sentByteCount == 0 && filledCount + workload.pipelineDepth <= buffer.capacity
    }

    /// Puts one batch into the buffer, which has room.
    func fill(time: UInt64) {
        batchTime = time
        batchCount += 1
        if workload.traffic != .ping {
            // What a SET leaves behind is known exactly.
            let time = workload.traffic == .set ? 0 : time
            for slot in filledCount..<(filledCount + workload.pipelineDepth) {
                buffer.patch(
                    slot, channel: channels[cursor],
                    stamp: Stamp(rank: rank, number: numbers[cursor]), time: time)
                numbers[cursor] += 1
                cursor = cursor + 1 == channels.count ? 0 : cursor + 1
            }
        }
        filledCount += workload.pipelineDepth
    }

    /// Writes what is in the buffer, as much as the socket takes.
    func flush() throws(BenchmarkError) {
        let end = filledCount * buffer.frameByteCount
        while sentByteCount < end {
            let count = send(
                descriptor, buffer.bytes + sentByteCount, end - sentByteCount,
                CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
            guard count > 0 else {
                if errno == EINTR { continue }
                guard errno == EAGAIN else { throw BenchmarkError(failed: "send") }
                isBlocked = true
                return
            }
            sentByteCount += count
        }
        sentByteCount = 0
        filledCount = 0
        isBlocked = false
    }

    /// How many messages it has sent to each of its channels.
    var sentCounts: [(channel: Int, count: Int)] {
        zip(channels, numbers).map { (channel: $0, count: Int($1)) }
    }

    /// How many deliveries its messages must have made.
    var expectedDeliveryCount: Int {
        sentCounts.reduce(0) { $0 + workload.deliveryCount(ofChannel: $1.channel) * $1.count }
    }
}
