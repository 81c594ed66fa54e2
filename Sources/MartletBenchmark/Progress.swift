// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc

/// One line on standard error that shows how a run goes, if that is a terminal.
package final class Progress {
    private static let intervalNanoseconds: UInt64 = 250_000_000
    private let name: String
    private var before = RunCounts()
    private var isShown = false

    package init?(_ workload: Workload) {
        guard isatty(STDERR_FILENO) == 1 else { return nil }
        name = workload.name
    }

    func show(_ counts: RunCounts, at now: UInt64) {
        guard now >= before.time + Self.intervalNanoseconds else { return }
        if before.time > 0 {
            let seconds = Double(now - before.time) / 1e9
            let messages = Double(counts.messages - before.messages) / seconds
            let deliveries = Double(counts.deliveries - before.deliveries) / seconds
            var line = "\(name): \(Decimals.grouped(messages)) messages/s"
            if counts.deliveries > 0 { line += ", \(Decimals.grouped(deliveries)) deliveries/s" }
            write("\r\u{1b}[K" + line)
            isShown = true
        }
        before = counts
        before.time = now
    }

    func end() {
        if isShown { write("\r\u{1b}[K") }
    }

    private func write(_ text: String) {
        var text = text
        text.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
