// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP
import Testing

@testable import MartletCommands

/// A client of a `TestServer`: bytes in, bytes out.
final class TestClient: SessionOwner {
    let session: Session
    private let server: TestServer
    private let context: ShardContext
    private let outlet: Outlet
    /// What the session has not taken yet.
    private var input: [UInt8] = []
    private(set) var isClosed = false

    init(_ server: TestServer, _ context: ShardContext, port: Int) {
        self.server = server
        self.context = context
        outlet = Outlet(shard: context.shard)
        let record = ClientRecord(
            id: context.server.clients.nextID(), address: "127.0.0.1:\(port)",
            localAddress: "127.0.0.1:6379", descriptor: Int32(port),
            shardIndex: context.shard.index, now: context.now / 1_000_000)
        let settings = context.server.configuration.configuration
        session = Session(
            context: context, outlet: outlet, record: record, isLocal: true,
            isAuthenticated: settings.requirepass.isEmpty)
        outlet.owner = self
        session.owner = self
    }

    var id: Int { session.record.id }
    var address: String { session.record.address }

    // MARK: Sending

    /// Sends requests, each a line of words with blanks in between; `""` is an empty word.
    func send(_ requests: String...) {
        receive(requests.flatMap(Self.encoded))
    }

    /// Sends requests and returns the replies; the other shards do their part.
    func ask(_ requests: String...) -> [String] {
        receive(requests.flatMap(Self.encoded))
        return replies
    }

    func receive(_ bytes: [UInt8]) {
        guard !isClosed else { return }
        input += bytes
        resume()
    }

    static func encoded(_ request: String) -> [UInt8] {
        let words = request.split(separator: " ").map { $0 == "\"\"" ? "" : $0 }
        return Array(
            words.reduce(into: "*\(words.count)\r\n") {
                $0 += "$\($1.utf8.count)\r\n\($1)\r\n"
            }.utf8)
    }

    // MARK: Receiving

    /// What has come since this was read last, value by value. After what ended the connection
    /// comes `closed`.
    var replies: [String] {
        var values = ReplyText.values(in: takeOutput())
        if isClosed { values.append("closed") }
        return values
    }

    private func takeOutput() -> [UInt8] {
        var bytes: [UInt8] = []
        outlet.queue.forEachSlice {
            bytes += Array($0.bytes)
            return true
        }
        outlet.queue.removeAll()
        if session.isEnding { disconnect() }
        return bytes
    }

    // MARK: What a connection does

    private(set) var flushCount = 0

    func flush() { flushCount += 1 }

    func close(flushing: Bool) {
        disconnect()
    }

    func resume() {
        context.shard.drainMailbox()
        context.refreshConfiguration()
        let taken = input.withUnsafeBytes { session.receive($0) }
        input.removeFirst(taken)
    }

    func disconnect() {
        isClosed = true
        session.end()
    }
}

/// How bytes reach the server.
enum Feed: CaseIterable {
    /// A request at a time.
    case whole
    case byteByByte
    /// All at once.
    case coalesced

    func pieces(of requests: [String]) -> [[UInt8]] {
        let encoded = requests.map(TestClient.encoded)
        switch self {
        case .whole: return encoded
        case .byteByByte: return encoded.joined().map { [$0] }
        case .coalesced: return [Array(encoded.joined())]
        }
    }
}

/// A conversation of one client with a new server, which must be the same however it is fed.
struct Exchange: CustomTestStringConvertible {
    let requests: [String]
    let replies: [String]

    init(_ requests: String..., replies: [String]) {
        self.requests = requests
        self.replies = replies
    }

    var testDescription: String { requests.joined(separator: " | ") }

    func actualReplies(_ feed: Feed, _ server: TestServer = TestServer()) -> [String] {
        let client = server.connect()
        for piece in feed.pieces(of: requests) where !client.session.isEnding {
            client.receive(piece)
        }
        return client.replies
    }
}
