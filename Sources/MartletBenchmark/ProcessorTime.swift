// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// The CPU time that processes of this machine have used.
package enum ProcessorTime {
    /// Nanoseconds in user and kernel mode, from /proc/PID/stat; nil where there is no such process.
    static func ofProcess(_ identifier: Int) -> UInt64? {
        guard let file = fopen("/proc/\(identifier)/stat", "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = fread(&bytes, 1, bytes.count, file)
        guard let ticks = ticks(inStat: String(decoding: bytes[..<count], as: UTF8.self)) else {
            return nil
        }
        return ticks * 1_000_000_000 / UInt64(sysconf(CInt(_SC_CLK_TCK)))
    }

    /// utime and stime. The second field, the program's name, may hold anything, spaces and
    /// parentheses too: fields are counted from its end.
    package static func ticks(inStat stat: String) -> UInt64? {
        guard let end = stat.lastIndex(of: ")") else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = UInt64(fields[11]), let system = UInt64(fields[12])
        else { return nil }
        return user + system
    }

    /// Of this program.
    static func own() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

/// What a server says of itself.
struct ServerIdentity {
    let processIdentifier: Int?

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
