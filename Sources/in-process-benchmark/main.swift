// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Measures the broker in a process; Scripts/benchmark --in-process builds and runs it.
//
//   in-process-benchmark [rounds [messages]]

let numbers = CommandLine.arguments.dropFirst().compactMap { Int($0) }
let messageCount = numbers.dropFirst().first ?? 50_000
for round in 1...max(numbers.first ?? 3, 1) {
    print("round \(round)")
    await FanOut(messageCount: messageCount).run()
    try await Handlers(messageCount: 4 * messageCount).run()
}
