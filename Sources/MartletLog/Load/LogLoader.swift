// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// A directory that has been loaded and mended, and can be appended to.
package struct OpenedLog {
    let directory: LogDirectory
    /// The increment to go on with; nil if a new one is begun.
    let increment: Increment?
    let position: LogPosition
    /// The size of all files, in bytes.
    let byteCount: Int
    /// Whether the state of the keyspace is not that of the files (CONFIG SET appendonly yes):
    /// they remain the log until a rewrite is done.
    let startsWithRewrite: Bool
}

package enum LogLoader {
    /// Takes the directory's lock, executes what is in the log, and mends what a crash has left:
    /// torn tails are cut off. If it throws, nothing has been changed on disk.
    ///
    /// It takes as long as it takes; call it on a queue of its own.
    ///
    /// - Parameter allowsTruncation: `aof-load-truncated`.
    package static func load(
        _ location: LogLocation, in storage: any Storage, allowsTruncation: Bool,
        into replay: any LogReplay, progress: LoadProgress
    ) throws(LogError) -> (OpenedLog, LoadReport) {
        let directory = try LogDirectory.open(location, in: storage)
        var walk = LogWalk(
            directory: directory, replay: replay, progress: progress,
            allowsTruncation: allowsTruncation)
        do throws(LogError) {
            try walk.run()
        } catch {
            directory.release()
            throw error
        }
        do throws(StorageError) {
            let increment = try mend(directory, walk.report, walk.end)
            let opened = OpenedLog(
                directory: directory, increment: increment, position: walk.end.position,
                byteCount: walk.report.byteCount - walk.report.tornByteCount
                    - walk.report.replacedByteCount,
                startsWithRewrite: false)
            return (opened, walk.report)
        } catch {
            directory.release()
            throw .storage(error)
        }
    }

    /// Takes the directory without looking at what is in it, for CONFIG SET appendonly yes: the
    /// first rewrite replaces it.
    ///
    /// - Parameter position: where positions go on, behind those of an earlier log of the process.
    package static func openForRewrite(
        _ location: LogLocation, in storage: any Storage, position: LogPosition = 0
    ) throws(LogError) -> OpenedLog {
        OpenedLog(
            directory: try LogDirectory.open(location, in: storage), increment: nil,
            position: position,
            byteCount: 0, startsWithRewrite: true)
    }

    /// Makes the files what the walk has found, and syncs them: what has been read may have been
    /// in memory only, and from now on it counts as being on disk.
    private static func mend(
        _ directory: LogDirectory, _ report: LoadReport, _ end: LogWalk.End
    ) throws(StorageError) -> Increment? {
        try directory.update {
            for var old in $0.increments where report.dropped.contains(old.name) {
                old.kind = .history
                $0.history.append(old)
            }
            $0.increments.removeAll { report.dropped.contains($0.name) }
        }
        for entry in directory.manifest.increments {
            let file = try directory.open(entry, .update)
            if let cut = report.cuts.first(where: { $0.name == entry.name }) {
                try file.truncate(to: cut.byteCount)
            }
            try file.synchronize()
        }
        try directory.removeHistory()
        guard let last = end.increment, last.entry == directory.manifest.increments.last else {
            return nil
        }
        return Increment(
            file: try directory.open(last.entry, .update), name: last.entry.name, id: last.id,
            byteCount: last.byteCount, hasHead: last.hasHead)
    }
}
