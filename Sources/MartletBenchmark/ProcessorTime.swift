// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// The CPU time that processes of this machine have used.
package enum ProcessorTime {
    /// Nanoseconds in user and kernel mode, of all threads; nil where there is no such process.
    /// Linux gives away this clock of any process, and it does not count in ticks as /proc does.
    package static func ofProcess(_ identifier: Int) -> UInt64? {
        var clock = clockid_t()
        guard let identifier = pid_t(exactly: identifier), identifier > 0,
            clock_getcpuclockid(identifier, &clock) == 0
        else { return nil }
        return nanoseconds(clock)
    }

    /// Of this program.
    static func own() -> UInt64 { nanoseconds(CLOCK_PROCESS_CPUTIME_ID) ?? 0 }

    private static func nanoseconds(_ clock: clockid_t) -> UInt64? {
        var time = timespec()
        guard clock_gettime(clock, &time) == 0 else { return nil }
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// What a server says of itself.
struct ServerIdentity {
    let processIdentifier: Int?

    /// Asks only a server of this machine: elsewhere the number names another process.
    init(_ connection: Connection) throws(BenchmarkError) {
        guard connection.isLocal else {
            processIdentifier = nil
            return
        }
        let info = try connection.bulkString(Wire.request(["INFO", "server"]))
        let key = "process_id:"
        // Characters, not bytes: "\r\n" is one of them, and a newline.
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix(key) }
        processIdentifier = line.flatMap { Int($0.dropFirst(key.count)) }
    }
}

/// Nanoseconds of the monotonic clock.
@inline(__always)
func monotonicNow() -> UInt64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
}
