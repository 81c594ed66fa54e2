// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import Synchronization

/// What others may know of a client: CLIENT LIST, CLIENT KILL and INFO read it on any thread
/// while its own loop changes it.
package final class ClientRecord: Sendable {
    package let id: Int
    /// `address:port`, `[address]:port` or `path:0`.
    package let address: String
    package let localAddress: String
    package let descriptor: Int32
    package let shardIndex: Int
    /// Seconds since the epoch.
    package let createdAt: Int

    struct Texts {
        var name: [UInt8] = []
        var libraryName: [UInt8] = []
        var libraryVersion: [UInt8] = []
    }

    let texts = Mutex(Texts())
    /// Seconds since the epoch.
    let lastInteraction: Atomic<Int>
    let database = Atomic(0)
    let channelCount = Atomic(0)
    let patternCount = Atomic(0)
    let shardChannelCount = Atomic(0)
    /// -1 outside MULTI.
    let queuedCommandCount = Atomic(-1)
    let queuedCommandByteCount = Atomic(0)
    let watchedKeyCount = Atomic(0)
    /// Bytes received that are not executed yet, and the room beside them.
    package let queryByteCount = Atomic(0)
    package let queryFreeByteCount = Atomic(0)
    package let outputSliceCount = Atomic(0)
    package let outputByteCount = Atomic(0)
    /// `Command.index` of the last command, -1 before the first and after an unknown one.
    let lastCommand = Atomic(-1)
    let protocolVersion = Atomic(2)
    let flags: Atomic<UInt32>
    /// While the client waits for keys. Belongs to the keyspace.
    nonisolated(unsafe) var waiter: KeyWaiter?

    /// As MONITOR and SLOWLOG show it: a Unix socket's client by the path alone, behind `unix:`.
    var monitorAddress: String {
        has(.unixSocket) ? "unix:\(address.dropLast(2))" : address
    }

    /// Seconds since the epoch.
    package var lastInteractionTime: Int { lastInteraction.load(ordering: .relaxed) }

    package init(
        id: Int, address: String, localAddress: String, descriptor: Int32, shardIndex: Int,
        isUnixSocket: Bool = false, now: Int
    ) {
        self.id = id
        self.address = address
        self.localAddress = localAddress
        self.descriptor = descriptor
        self.shardIndex = shardIndex
        createdAt = now
        lastInteraction = Atomic(now)
        flags = Atomic(isUnixSocket ? ClientFlags.unixSocket.rawValue : 0)
    }
}

/// The letters behind `flags=` in CLIENT LIST, and states that decide what a client may do.
struct ClientFlags: OptionSet {
    let rawValue: UInt32

    static let monitor = ClientFlags(rawValue: 1 << 0)
    static let subscriber = ClientFlags(rawValue: 1 << 1)
    static let transaction = ClientFlags(rawValue: 1 << 2)
    static let blocked = ClientFlags(rawValue: 1 << 3)
    static let unixSocket = ClientFlags(rawValue: 1 << 4)
    static let noEvict = ClientFlags(rawValue: 1 << 5)
    static let noTouch = ClientFlags(rawValue: 1 << 6)
    static let closing = ClientFlags(rawValue: 1 << 7)
    static let killed = ClientFlags(rawValue: 1 << 8)
}

/// All clients, by id.
package final class ClientRegistry: Sendable {
    private let records = Mutex<[Int: ClientRecord]>([:])
    private let lastID = Atomic(0)
    private let connected = Atomic(0)

    package init() {}

    package func nextID() -> Int {
        lastID.add(1, ordering: .relaxed).newValue
    }

    package var count: Int { connected.load(ordering: .relaxed) }

    package func insert(_ record: ClientRecord) {
        records.withLock { $0[record.id] = record }
        connected.add(1, ordering: .relaxed)
    }

    package func remove(_ record: ClientRecord) {
        records.withLock { _ = $0.removeValue(forKey: record.id) }
        connected.subtract(1, ordering: .relaxed)
    }

    package func record(_ id: Int) -> ClientRecord? {
        records.withLock { $0[id] }
    }

    /// In the order in which they connected.
    package var all: [ClientRecord] {
        records.withLock { Array($0.values) }.sorted { $0.id < $1.id }
    }
}
