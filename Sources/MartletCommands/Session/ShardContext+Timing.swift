// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore

// How commands are timed
//
// Reading the clock takes as long as a tenth of a quick command. Quick commands of one kind that
// follow one another in a client's input are therefore timed together, up to `runLengthMax`:
//
//     PUBLISH PUBLISH PUBLISH … │ GET │ INFO
//     └──────── one time ─────┘   └ ends the run: its time is added up before GET begins
//
// Quick is what Redis flags as `fast`, unless it reached many receivers. A run lasts a few
// microseconds, so that what INFO commandstats adds up is exact, and what SLOWLOG calls slow is
// slow by itself; below a threshold of a millisecond each command is timed for itself.

extension ShardContext {
    /// So many commands have one time.
    private static let runLengthMax = 16
    /// From this threshold of SLOWLOG on, in nanoseconds, runs are timed together.
    private static let runSlowlogNanosecondsMin = 1_000_000

    /// Called in front of a command.
    ///
    /// - Returns: when it began, or the run that it is a part of.
    @inline(__always)
    func beginTiming(_ command: Command) -> UInt64 {
        if runLength > 0, runIndex != command.index { endRun() }
        return commandBegan
    }

    /// Adds up the time of the run under way. Called too when a client's input is at its end.
    func endRun() {
        guard runLength > 0 else { return }
        let end = clock.monotonic()
        commandStatistics[runIndex].nanoseconds.add(Int(truncatingIfNeeded: end &- commandBegan))
        commandBegan = end
        runLength = 0
    }

    /// Called behind a command.
    ///
    /// - Returns: how long it took, in nanoseconds; nil if its time is added up with others'.
    @inline(__always)
    func endTiming(_ command: Command, since begin: UInt64) -> Int? {
        commandStatistics[command.index].calls.add(1)
        shard.statistics.commandsProcessed.add(1)
        if command.flags.contains(.fast), !reachedMany, runLength < Self.runLengthMax,
            slowlogNanoseconds >= Self.runSlowlogNanosecondsMin
        {
            runLength &+= 1
            runIndex = command.index
            return nil
        }
        // Inside EXEC a run of another command may be under way.
        if runIndex != command.index { endRun() }
        let end = clock.monotonic()
        let elapsed = Int(truncatingIfNeeded: end &- begin)
        commandStatistics[command.index].nanoseconds.add(elapsed)
        commandBegan = end
        runLength = 0
        reachedMany = false
        return elapsed
    }
}
