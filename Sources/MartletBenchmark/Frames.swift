// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What goes over the wire. All frames of a run are alike but for a channel, a sequence number and
// a time at fixed places, so that a frame is written by patching a template and checked by
// comparing with one:
//
//     *3 $7 PUBLISH $16 channel:00000042 $64 [stamp][time][xxxx…]      as it is sent
//     *3 $7 message $16 channel:00000042 $64 [stamp][time][xxxx…]      as it is received
//
// Keys are filled and read in the same way: XADD, LPUSH and SET take the payload that PUBLISH takes,
// and the keys' names are as long as the channels'.
//
// A stamp has the publisher's rank in its upper 16 bits and the message's number in the others.
// The time is in nanoseconds of the monotonic clock: when the message was due, at a fixed rate, or
// else when it was sent.

import Glibc

/// The names and requests of a run.
package enum Wire {
    package static func request(_ words: [String]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words { bytes += "$\(word.utf8.count)\r\n\(word)\r\n".utf8 }
        return bytes
    }

    static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 8 - digits.utf8.count)) + digits
    }

    /// All names of channels are of one length, for up to 10⁸ channels.
    package static func channel(_ index: Int) -> String { "channel:" + padded(index) }

    /// As long as a channel's name, and nobody else's key.
    package static func key(_ index: Int) -> String { "martlet:" + padded(index) }

    package static func name(_ index: Int, of workload: Workload) -> String {
        workload.hasKeys ? key(index) : channel(index)
    }

    static let streamField = "m"

    static func payload(_ stamp: Stamp, time: UInt64, byteCount: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: UInt8(ascii: "x"), count: byteCount)
        bytes.withUnsafeMutableBytes {
            $0.storeBytes(of: stamp.bits, as: UInt64.self)
            $0.storeBytes(of: time, toByteOffset: 8, as: UInt64.self)
        }
        return bytes
    }

    static func bulkString(_ bytes: [UInt8]) -> [UInt8] {
        Array("$\(bytes.count)\r\n".utf8) + bytes + [13, 10]
    }

    package static func pattern(ofChannel index: Int) -> String { channel(index) + "*" }

    package static func idlePattern(_ index: Int, of workload: Workload) -> String {
        switch workload.idlePatterns {
        case .none, .unrelated: "idle:" + padded(index) + ":*"
        case .commonPrefix: pattern(ofChannel: workload.channelCount + index)
        }
    }

    /// The reply to a (P)SUBSCRIBE of names, on a connection that has `count` of them so far.
    static func confirmation(_ command: String, _ names: [String], after count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for (index, name) in names.enumerated() {
            bytes += "*3\r\n$\(command.utf8.count)\r\n\(command)\r\n".utf8
            bytes += "$\(name.utf8.count)\r\n\(name)\r\n:\(count + index + 1)\r\n".utf8
        }
        return bytes
    }
}

/// Memory that one sender writes from.
package final class SendBuffer {
    package let frameByteCount: Int
    /// How many messages it has room for.
    package let capacity: Int
    package let bytes: UnsafeMutablePointer<UInt8>
    private let channelOffset: Int
    private let payloadOffset: Int?
    private let names: ChannelNames

    package init(_ workload: Workload, names: ChannelNames, capacity: Int) {
        self.names = names
        self.capacity = capacity
        let name = Wire.name(0, of: workload)
        let payload = String(repeating: "x", count: workload.payloadByteCount)
        let words =
            switch workload.traffic {
            case .ping: ["PING"]
            case .publish: ["PUBLISH", name, payload]
            case .set: ["SET", name, payload]
            case .get: ["GET", name]
            case .incr: ["INCR", name]
            case .xadd: ["XADD", name, "*", Wire.streamField, payload]
            case .lpush: ["LPUSH", name, payload]
            }
        let frame = Wire.request(words)
        channelOffset = Wire.request([words[0]]).count + "$16\r\n".utf8.count
        payloadOffset =
            workload.hasPayload ? frame.count - 2 - workload.payloadByteCount : nil
        frameByteCount = frame.count
        bytes = .allocate(capacity: frame.count * capacity)
        for index in 0..<capacity {
            (bytes + index * frame.count).update(from: frame, count: frame.count)
        }
    }

    deinit { bytes.deallocate() }

    @inline(__always)
    package func patch(_ index: Int, channel: Int, stamp: Stamp, time: UInt64) {
        let frame = UnsafeMutableRawPointer(bytes + index * frameByteCount)
        memcpy(frame + channelOffset, names[channel], ChannelNames.byteCount)
        guard let payloadOffset else { return }
        let payload = frame + payloadOffset
        payload.storeBytes(of: stamp.bits, as: UInt64.self)
        payload.storeBytes(of: time, toByteOffset: 8, as: UInt64.self)
    }
}

/// The names of all channels or keys, side by side.
package final class ChannelNames {
    package static let byteCount = 16
    private let bytes: UnsafeMutablePointer<UInt8>

    package init(_ workload: Workload) {
        let count = workload.channelCount
        bytes = .allocate(capacity: count * Self.byteCount)
        for index in 0..<count {
            let name = Array(Wire.name(index, of: workload).utf8)
            (bytes + index * Self.byteCount).update(from: name, count: Self.byteCount)
        }
    }

    deinit { bytes.deallocate() }

    @inline(__always)
    subscript(channel: Int) -> UnsafeMutablePointer<UInt8> { bytes + channel * Self.byteCount }
}

/// What a delivery looks like to a subscriber of each channel, or to a consumer of each list.
package final class DeliveryTemplate {
    package let frameByteCount: Int
    /// Where the payload begins.
    private let headerByteCount: Int
    private let headers: UnsafeMutablePointer<UInt8>
    /// The end of every payload, and its line's end.
    private let tail: UnsafeMutablePointer<UInt8>
    private let tailByteCount: Int

    package init(_ workload: Workload) {
        let headers = (0..<workload.channelCount).map { channel in
            let name = Wire.name(channel, of: workload)
            let words =
                workload.reception == .pop
                ? [name, ""]
                : workload.idlePatterns == .commonPrefix
                    ? ["pmessage", Wire.pattern(ofChannel: channel), name, ""]
                    : ["message", name, ""]
            return Wire.request(words).dropLast("$0\r\n\r\n".utf8.count)
                + "$\(workload.payloadByteCount)\r\n".utf8
        }
        headerByteCount = headers[0].count
        self.headers = .allocate(capacity: headerByteCount * headers.count)
        for (index, header) in headers.enumerated() {
            (self.headers + index * headerByteCount).update(
                from: Array(header), count: headerByteCount)
        }
        let fill = workload.payloadByteCount - Workload.payloadByteCountMin
        tailByteCount = fill + 2
        tail = .allocate(capacity: tailByteCount)
        tail.update(repeating: UInt8(ascii: "x"), count: fill)
        tail[fill] = UInt8(ascii: "\r")
        tail[fill + 1] = UInt8(ascii: "\n")
        frameByteCount = headerByteCount + Workload.payloadByteCountMin + tailByteCount
    }

    deinit {
        headers.deallocate()
        tail.deallocate()
    }

    /// The stamp and the time of a frame of a channel; nil where a byte is not what was sent.
    @inline(__always)
    package func read(
        _ frame: UnsafeRawPointer, channel: Int
    ) -> (stamp: Stamp, time: UInt64)? {
        let payload = frame + headerByteCount
        guard memcmp(frame, headers + channel * headerByteCount, headerByteCount) == 0,
            memcmp(payload + Workload.payloadByteCountMin, tail, tailByteCount) == 0
        else { return nil }
        return (
            Stamp(bits: payload.loadUnaligned(as: UInt64.self)),
            payload.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
        )
    }
}
