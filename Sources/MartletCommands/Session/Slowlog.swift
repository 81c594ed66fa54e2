// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP
import Synchronization

/// The commands that took longer than `slowlog-log-slower-than` (SLOWLOG).
package final class Slowlog: Sendable {
    struct Entry: Sendable {
        let id: Int
        /// Seconds since the epoch.
        let time: Int
        let microseconds: Int
        let arguments: [[UInt8]]
        let address: String
        let clientName: [UInt8]
    }

    /// As in Redis (slowlog.h): more arguments, and longer ones, are cut short.
    private static let argumentCountMax = 32
    private static let argumentByteCountMax = 128

    private struct State {
        /// The latest last. The first `trimmedCount` have been dropped; their room is given up
        /// from time to time, so that an entry costs the same in a long log as in a short one.
        var entries: [Entry] = []
        var trimmedCount = 0
        var nextID = 0

        var count: Int { entries.count - trimmedCount }

        mutating func trim(to lengthMax: Int) {
            guard count > lengthMax else { return }
            trimmedCount = entries.count - lengthMax
            guard trimmedCount > entries.count / 2 else { return }
            entries.removeFirst(trimmedCount)
            trimmedCount = 0
        }
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.count } }

    /// The latest first.
    func latest(_ count: Int) -> [Entry] {
        state.withLock { $0.entries.suffix(min(count, $0.count)).reversed() }
    }

    func reset() {
        state.withLock { $0.trim(to: 0) }
    }

    /// Drops the oldest entries: `slowlog-max-len` was changed.
    func trim(to lengthMax: Int) {
        state.withLock { $0.trim(to: lengthMax) }
    }

    func add(
        _ arguments: [[UInt8]], microseconds: Int, time: Int, address: String,
        clientName: [UInt8], lengthMax: Int
    ) {
        state.withLock { state in
            let entry = Entry(
                id: state.nextID, time: time, microseconds: microseconds, arguments: arguments,
                address: address, clientName: clientName)
            state.nextID += 1
            state.entries.append(entry)
            state.trim(to: lengthMax)
        }
    }

    /// The arguments as an entry holds them.
    static func shortened(_ arguments: Arguments, redacting: [Int]) -> [[UInt8]] {
        let count = min(arguments.count, argumentCountMax)
        return (0..<count).map { index in
            if count < arguments.count, index == count - 1 {
                return Array("... (\(arguments.count - count + 1) more arguments)".utf8)
            }
            if redacting.contains(index) { return MonitorLine.redacted }
            let argument = arguments[index]
            guard argument.count > argumentByteCountMax else { return Array(argument) }
            let rest = argument.count - argumentByteCountMax
            return Array(argument.prefix(argumentByteCountMax))
                + Array("... (\(rest) more bytes)".utf8)
        }
    }
}
