// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The time, passed in, so that a test can run years in a millisecond.
package struct Clock: Sendable {
    /// Nanoseconds since some moment; never goes back.
    package let monotonic: @Sendable () -> UInt64
    /// Microseconds since the epoch.
    package let wall: @Sendable () -> Int

    package init(
        monotonic: @escaping @Sendable () -> UInt64, wall: @escaping @Sendable () -> Int
    ) {
        self.monotonic = monotonic
        self.wall = wall
    }
}
