// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation

/// One line of the output: how fast something was done, and how much processor time it took.
enum Measurement {
    static func run(
        _ name: String, _ unit: String, _ count: Int, _ body: () async throws -> Void
    ) async rethrows {
        let ticks = clock()
        let duration = try await ContinuousClock().measure { try await body() }
        let processorSeconds = Double(clock() - ticks) / Double(CLOCKS_PER_SEC)
        let rate = String(format: "%.0f", Double(count) / (duration / .seconds(1)))
        let cost = String(format: "%.0f", processorSeconds / Double(count) * 1_000_000_000)
        print("\(name): \(rate) \(unit)/s, \(cost) ns of processor time each")
    }
}
