// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc
import Logging
import Synchronization

/// Writes each event as one line to standard output or to `logfile`:
///
///     2026-11-23T18:19:09.123Z notice martlet Ready to accept connections
package struct LineLogHandler: LogHandler {
    /// Events below this are dropped (`loglevel`); one for the whole process, so that CONFIG SET
    /// changes it everywhere.
    package static var threshold: Logger.Level {
        get { Logger.Level.allCases[thresholdIndex.load(ordering: .relaxed)] }
        set {
            let index = Logger.Level.allCases.firstIndex(of: newValue)!
            thresholdIndex.store(index, ordering: .relaxed)
        }
    }

    private static let thresholdIndex = Atomic(
        Logger.Level.allCases.firstIndex(of: .notice)!)

    package var metadata: Logger.Metadata = [:]
    private let label: String
    private let descriptor: CInt

    /// - Parameter descriptor: an open file, written to with one call for each line.
    package init(label: String, descriptor: CInt = STDOUT_FILENO) {
        self.label = label
        self.descriptor = descriptor
    }

    package var logLevel: Logger.Level {
        get { Self.threshold }
        set { Self.threshold = newValue }
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var line = "\(Self.timestamp()) \(event.level) \(label) \(event.message)"
        for (key, value) in metadata.merging(event.metadata ?? [:], uniquingKeysWith: { $1 }) {
            line += " \(key)=\(value)"
        }
        // What a client chose, a name or an address, does not end the line.
        let bytes = line.utf8.map { $0 == 0x0A || $0 == 0x0D ? 0x20 : $0 } + [0x0A]
        bytes.withUnsafeBytes { _ = write(descriptor, $0.baseAddress, $0.count) }
    }

    private static func timestamp() -> String {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        var parts = tm()
        gmtime_r(&now.tv_sec, &parts)
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
        }
        let date = [padded(Int(parts.tm_year) + 1900, 4), padded(Int(parts.tm_mon) + 1, 2)]
        let day = padded(Int(parts.tm_mday), 2)
        let time = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { padded(Int($0), 2) }
        return date.joined(separator: "-") + "-\(day)T" + time.joined(separator: ":")
            + ".\(padded(now.tv_nsec / 1_000_000, 3))Z"
    }
}
