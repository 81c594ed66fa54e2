// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// A subscriber gets its messages by themselves. A consumer asks, and asks again when it was
// answered:
//
//     BRPOP key 0                    as many at a time as the pipeline is deep
//     XREAD … STREAMS key LAST       from the last ID that it has seen
//     XACK key group ID ID …         and, in the same write,
//     XREADGROUP … STREAMS key >     the next one
//
// The requests are made in one buffer that is prepared beforehand, so that only IDs are copied:
//
//     XREAD         [ request up to the ID | ID ]
//     XREADGROUP    [      XACK's head | IDs … | XREADGROUP ]
//                    ^ written to the left of the IDs, when their number is known

import CSystem
import Glibc

/// What a consumer sends.
final class ConsumerRequests {
    /// How many entries a reply may have.
    static let entryCountMax = 100
    /// How many times a consumer of a list may ask before it is answered.
    private static let windowMax = 1000
    /// `$41\r\n`, the longest ID, and `\r\n`.
    static let identifierByteCountMax = 5 + 41 + 2
    private static let headByteCount = 96

    private let reception: Workload.Reception
    private let descriptor: CInt
    private let window: Int
    private let buffer: UnsafeMutablePointer<UInt8>
    private let request: [UInt8]
    private let acknowledgement: [UInt8]
    /// Where IDs go, and where the next one goes.
    private let identifiersOffset: Int
    private var cursor: Int
    /// IDs in the buffer.
    private var identifierCount = 0
    /// What XACK has to reply; 0 where nothing was acknowledged.
    private(set) var acknowledgedCount = 0
    /// The entries of the reply that is being read which have not come yet.
    var missingEntryCount = 0

    init(_ workload: Workload, consumer: Int, descriptor: CInt) {
        reception = workload.reception
        self.descriptor = descriptor
        window = min(workload.pipelineDepth, Self.windowMax)
        let key = Wire.key(workload.channel(ofSubscriber: consumer))
        let count = String(Self.entryCountMax)
        switch reception {
        case .none, .subscription: preconditionFailure("nothing is asked for")
        case .pop:
            let one = Wire.request(["BRPOP", key, "0"])
            request = Array(repeatElement(one, count: window).joined())
            identifiersOffset = 0
        case .tail:
            let words = ["XREAD", "COUNT", count, "BLOCK", "0", "STREAMS", key, ""]
            request = Wire.request(words).dropLast("$0\r\n\r\n".utf8.count)
            identifiersOffset = request.count
        case .group:
            request = Wire.request(
                ["XREADGROUP", "GROUP", Keys.group, "consumer:\(consumer)", "COUNT", count]
                    + ["BLOCK", "0", "STREAMS", key, ">"])
            identifiersOffset = Self.headByteCount
        }
        acknowledgement =
            Wire.request(["XACK", key, Keys.group]).dropFirst("*3\r\n".utf8.count)
            + []
        cursor = identifiersOffset
        buffer = .allocate(
            capacity: Self.headByteCount + request.count
                + Self.identifierByteCountMax * Self.entryCountMax)
        if reception != .group { buffer.update(from: request, count: request.count) }
    }

    deinit { buffer.deallocate() }

    /// The first request.
    func begin() throws(BenchmarkError) {
        switch reception {
        case .none, .subscription: break
        case .pop: try send(0, request.count)
        case .tail:
            let start = Array("$1\r\n0\r\n".utf8)
            (buffer + identifiersOffset).update(from: start, count: start.count)
            try send(0, identifiersOffset + start.count)
        case .group:
            appendRequest()
            try send(identifiersOffset, cursor)
            cursor = identifiersOffset
        }
    }

    /// Asks for as many elements as have come.
    func askAgain(_ count: Int) throws(BenchmarkError) {
        if count > 0 { try send(0, request.count / window * count) }
    }

    /// Takes the ID of an entry, as it came: a bulk string.
    @inline(__always)
    func take(identifier: UnsafeRawPointer, byteCount: Int) {
        if reception == .tail { cursor = identifiersOffset }
        memcpy(buffer + cursor, identifier, byteCount)
        cursor += byteCount
        identifierCount += 1
    }

    /// A reply has ended: acknowledges what was in it, and asks for more.
    func endReply() throws(BenchmarkError) {
        defer {
            cursor = identifiersOffset
            identifierCount = 0
        }
        guard reception == .group else { return try send(0, cursor) }
        acknowledgedCount = identifierCount
        let start = prependAcknowledgement()
        appendRequest()
        try send(start, cursor)
    }

    /// XACK has replied.
    func acknowledged(_ count: Int) throws(BenchmarkError) {
        guard count == acknowledgedCount, count > 0 else {
            throw BenchmarkError("XACK counted \(count) entries, not \(acknowledgedCount)")
        }
        acknowledgedCount = 0
    }

    private func appendRequest() {
        (buffer + cursor).update(from: request, count: request.count)
        cursor += request.count
    }

    /// - Returns: where it begins.
    private func prependAcknowledgement() -> Int {
        var place = identifiersOffset - acknowledgement.count
        (buffer + place).update(from: acknowledgement, count: acknowledgement.count)
        func prepend(_ byte: UInt8) {
            place -= 1
            buffer[place] = byte
        }
        prepend(UInt8(ascii: "\n"))
        prepend(UInt8(ascii: "\r"))
        var count = identifierCount + 3
        while count > 0 {
            prepend(UInt8(ascii: "0") + UInt8(count % 10))
            count /= 10
        }
        prepend(UInt8(ascii: "*"))
        return place
    }

    /// The socket has room: what was sent before has been answered.
    private func send(_ start: Int, _ end: Int) throws(BenchmarkError) {
        var start = start
        while start < end {
            let count = Glibc.send(
                descriptor, buffer + start, end - start, CInt(MSG_NOSIGNAL) | CInt(MSG_DONTWAIT))
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw BenchmarkError(failed: "send") }
            start += count
        }
    }
}
