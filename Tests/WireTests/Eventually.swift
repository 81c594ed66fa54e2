// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation

struct NotInTime: Error, CustomStringConvertible {
    let description = "the condition did not come true in time"
}

/// Asks again until `condition` holds, for what the server does in its own time.
func eventually(_ condition: () throws -> Bool) throws {
    let deadline = Date(timeIntervalSinceNow: ServerProcess.patience)
    while try !condition() {
        guard Date() < deadline else { throw NotInTime() }
        usleep(1_000)
    }
}
