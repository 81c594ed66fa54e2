// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The keys of a workload: what they hold before it, and what they must hold after it.
struct Keys {
    static let group = "martlet"
    /// The requests of one exchange, so that neither side has to buffer much.
    private static let batchCount = 500

    private let workload: Workload
    private let connection: Connection

    init(_ workload: Workload, _ connection: Connection) {
        self.workload = workload
        self.connection = connection
    }

    /// Removes what an earlier run may have left, and puts there what this one stands on.
    func prepare() throws(BenchmarkError) {
        try remove()
        if workload.traffic == .get {
            try exchange { index in
                let value = Self.value(index, of: workload)
                let request = Wire.request(["SET", Wire.key(index), ""]).dropLast(6)
                return (request + Wire.bulkString(value), Array("+OK\r\n".utf8))
            }
        }
        if workload.reception == .group {
            try exchange { index in
                let words = ["XGROUP", "CREATE", Wire.key(index), Self.group, "0", "MKSTREAM"]
                return (Wire.request(words), Array("+OK\r\n".utf8))
            }
        }
    }

    func remove() throws(BenchmarkError) {
        for first in stride(from: 0, to: workload.channelCount, by: Self.batchCount) {
            let end = min(first + Self.batchCount, workload.channelCount)
            try connection.acceptNumber(Wire.request(["DEL"] + (first..<end).map(Wire.key)))
        }
    }

    /// Compares each key with what was sent to it.
    ///
    /// - Parameter counts: how many messages, by key.
    func verify(_ counts: [Int]) throws(BenchmarkError) {
        func number(
            _ command: String, _ index: Int, _ count: Int
        ) -> (request: [UInt8], reply: [UInt8]) {
            (Wire.request([command, Wire.key(index)]), Array(":\(count)\r\n".utf8))
        }
        switch workload.traffic {
        case .ping, .publish: break
        case .set:
            // Where several write to one key, any of them may have been the last.
            guard workload.rankCount == 1 else { break }
            try exchange { index in
                (Wire.request(["GET", Wire.key(index)]), lastValueReply(counts[index]))
            }
        case .get:
            try exchange { index in
                (Wire.request(["GET", Wire.key(index)]), Self.valueReply(index, of: workload))
            }
        case .incr:
            try exchange { index in
                let value = counts[index] == 0 ? nil : Array(String(counts[index]).utf8)
                return (Wire.request(["GET", Wire.key(index)]), Self.reply(value))
            }
        case .xadd: try exchange { number("XLEN", $0, counts[$0]) }
        case .lpush:
            try exchange { number("LLEN", $0, workload.reception == .pop ? 0 : counts[$0]) }
        }
        if workload.reception == .group {
            try exchange { index in
                let words = ["XPENDING", Wire.key(index), Self.group]
                return (Wire.request(words), Array("*4\r\n:0\r\n$-1\r\n$-1\r\n*-1\r\n".utf8))
            }
        }
    }

    /// What GET finds.
    static func valueReply(_ index: Int, of workload: Workload) -> [UInt8] {
        reply(value(index, of: workload))
    }

    private static func value(_ index: Int, of workload: Workload) -> [UInt8] {
        Wire.payload(
            Stamp(rank: 0, number: UInt64(index)), time: 0, byteCount: workload.payloadByteCount)
    }

    private func lastValueReply(_ count: Int) -> [UInt8] {
        guard count > 0 else { return Self.reply(nil) }
        return Self.reply(
            Wire.payload(
                Stamp(rank: 0, number: UInt64(count - 1)), time: 0,
                byteCount: workload.payloadByteCount))
    }

    private static func reply(_ value: [UInt8]?) -> [UInt8] {
        value.map(Wire.bulkString) ?? Array("$-1\r\n".utf8)
    }

    /// One request for each key, and the reply that it must have.
    private func exchange(
        _ ofKey: (Int) -> (request: [UInt8], reply: [UInt8])
    ) throws(BenchmarkError) {
        let batchCount = max(1, min(Self.batchCount, (1 << 20) / workload.payloadByteCount))
        for first in stride(from: 0, to: workload.channelCount, by: batchCount) {
            let end = min(first + batchCount, workload.channelCount)
            let pairs = (first..<end).map(ofKey)
            try connection.exchange(
                Array(pairs.map(\.request).joined()),
                expecting: Array(pairs.map(\.reply).joined()))
        }
    }
}
