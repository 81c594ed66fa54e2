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
        /// The latest first.
        var entries: [Entry] = []
        var nextID = 0
    }

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.entries.count } }

    func latest(_ count: Int) -> [Entry] {
        state.withLock { Array($0.entries.prefix(count)) }
    }

    func reset() {
        state.withLock { $0.entries = [] }
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
            state.entries.insert(entry, at: 0)
            if state.entries.count > lengthMax {
                state.entries.removeLast(state.entries.count - lengthMax)
            }
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
            return Array(argument.prefix(argumentByteCountMax)) + Array("... (\(rest) more bytes)".utf8)
        }
    }
}
