// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What a power cut may leave, and what it may not
//
// Pages that were written and not synced reach the disk in any order or not at all. So behind the
// last whole batch there may be anything: half a batch, zeros, and whole batches behind it. All
// of that is tail, which nobody was told to be on disk, and it is cut off. But a bad batch among
// those that were on disk is damage, and a log that goes on behind it must not be loaded.
//
//     batch  batch  ▒▒▒▒▒  batch  ▒▒▒▒▒           reached: the end of the second batch
//                 │        "durable: X"
//                 └ reached
//
// Each batch says up to where everything was known to be on disk when it was written (X). If one
// that is intact anywhere behind the bad place says more than `reached`, the bad place was on
// disk: damage. Otherwise it is tail. The same goes for batches that are missing between
// two increments. What Redis wrote goes by Redis's rules: the last file may end in the midst of a
// command or a transaction, and nothing else may be wrong.
//
// Nothing is changed on disk; the report says what has to be.

/// One pass through all files of a log.
struct LogWalk {
    /// Where the log ends and can be gone on with.
    struct End {
        var position: LogPosition = 0
        /// The last increment, if Martlet alone wrote it.
        var increment: (entry: Manifest.Entry, id: UInt64, byteCount: Int, hasHead: Bool)?
    }

    private let directory: LogDirectory
    private let replay: (any LogReplay)?
    private let progress: LoadProgress
    /// `aof-load-truncated`.
    private let allowsTruncation: Bool
    private var entries: [Opened] = []
    private(set) var report = LoadReport()
    private(set) var end = End()

    private struct Opened {
        var entry: Manifest.Entry
        var file: any StorageFile
        var byteCount: Int
        /// What its first lines say, of an increment that Martlet wrote.
        var id: UInt64?
        var start: LogPosition?
    }

    init(
        directory: LogDirectory, replay: (any LogReplay)?, progress: LoadProgress,
        allowsTruncation: Bool
    ) {
        self.directory = directory
        self.replay = replay
        self.progress = progress
        self.allowsTruncation = allowsTruncation
    }

    mutating func run() throws(LogError) {
        do throws(StorageError) {
            for entry in directory.manifest.loaded { entries.append(try opened(entry)) }
        } catch {
            throw .storage(error)
        }
        progress.begin(totalByteCount: entries.reduce(0) { $0 + $1.byteCount })
        var reached: LogPosition?
        for index in entries.indices {
            if try !walk(index, reached: &reached) { break }
        }
        end.position = reached ?? 0
    }

    private func opened(_ entry: Manifest.Entry) throws(StorageError) -> Opened {
        let file = try directory.open(entry, .read)
        var opened = Opened(entry: entry, file: file, byteCount: try file.byteCount())
        guard entry.kind == .increment else { return opened }
        var first: [UInt8] = []
        try file.read(from: 0) {
            first += $0.prefix(2 * Annotation.lineByteCountMax - first.count)
            return first.count < 2 * Annotation.lineByteCountMax
        }
        let lines = first.split(separator: UInt8(ascii: "\n"), maxSplits: 2).prefix(2).map {
            Array($0.dropLast()).withUnsafeBytes { Annotation(line: $0) }
        }
        if let line = lines.first ?? nil, line.kind == .file { opened.id = line.file }
        if let line = lines.dropFirst().first ?? nil, line.kind == .head, line.file == opened.id {
            opened.start = line.position
        }
        return opened
    }

    // MARK: A file

    /// - Returns: false if the log ends here although there may be more files.
    private mutating func walk(
        _ index: Int, reached: inout LogPosition?
    ) throws(LogError) -> Bool {
        let opened = entries[index]
        let isBase = opened.entry.kind == .base
        let limit = entries[(index + 1)...].compactMap(\.start).min()
        var walk = FileWalk(
            isBase: isBase, reached: reached, limit: isBase ? nil : limit, replay: replay,
            progress: progress)
        do throws(StorageError) {
            try opened.file.read(from: 0) { walk.feed($0) }
        } catch {
            throw .storage(error)
        }
        let stop = walk.finish()
        reached = isBase ? walk.basePosition : walk.reached
        var file = LoadReport.File(name: opened.entry.name, byteCount: opened.byteCount)
        file.batchCount = walk.batchCount
        file.commandCount = walk.commandCount
        file.isChecked = walk.id != nil
        report.files.append(file)

        let offset = walk.offset
        var problem: String?
        switch stop {
        case .end: break
        case .replaced:
            if offset < opened.byteCount {
                report.replacedByteCount += opened.byteCount - offset
                report.cuts.append(.init(name: opened.entry.name, byteCount: offset))
            }
        case .incomplete: problem = "the file ends in the midst of a batch or command"
        case .bad(let reason): problem = reason
        case .preamble: throw .preamble(file: opened.entry.name)
        case .refused(let error):
            throw .replay(
                file: opened.entry.name, offset: offset, reason: error.description)
        }
        if problem == nil, isBase, walk.id != nil, walk.basePosition == nil {
            problem = "the base has no end"
        }
        // What Redis writes, an empty file too, says nothing of the positions behind it.
        if problem == nil, isBase, walk.id == nil, index + 1 < entries.count,
            let start = entries[index + 1].start, start > 0
        {
            problem = "it is not the base that \(entries[index + 1].entry.name) goes on from"
        }
        if problem == nil, let reached, let limit, reached < limit {
            problem = "what comes before position \(limit) is missing"
        }
        if let problem {
            try judge(index, at: offset, problem, stop, walk, reached: reached)
            return false
        }
        if !isBase, walk.uncoveredCount == 0, let id = walk.id {
            end.increment = (opened.entry, id, offset, walk.hasHead)
        } else {
            end.increment = nil
        }
        return true
    }

    // MARK: Tail or damage

    /// Throws if the bad place is damage; otherwise notes what has to be cut.
    private mutating func judge(
        _ index: Int, at offset: Int, _ problem: String, _ stop: FileWalk.Stop,
        _ walk: borrowing FileWalk, reached: LogPosition?
    ) throws(LogError) {
        let opened = entries[index]
        let isTail: Bool
        if opened.entry.kind == .increment, walk.id != nil, walk.uncoveredRun == 0 {
            isTail = try durablePosition(behind: offset, in: index) <= reached ?? 0
        } else {
            let isLast = index == entries.count - 1
            isTail = stop == .incomplete && isLast && !(walk.id != nil && walk.uncoveredRun == 0)
        }
        guard isTail else {
            throw .damaged(file: opened.entry.name, offset: offset, reason: problem)
        }
        if try hasForeignTail(index, at: offset, database: walk.database) {
            throw .damaged(
                file: opened.entry.name, offset: offset,
                reason: "\(problem), and Redis has written behind it")
        }
        let later = entries[(index + 1)...]
        let byteCount =
            opened.byteCount - offset + later.reduce(0) { $0 + $1.byteCount }
        guard allowsTruncation || byteCount == 0 else {
            throw .truncated(file: opened.entry.name, offset: offset, byteCount: byteCount)
        }
        report.tornByteCount = byteCount
        if offset < opened.byteCount {
            report.cuts.append(.init(name: opened.entry.name, byteCount: offset))
        }
        report.dropped = later.map(\.entry.name)
        if let id = walk.id, walk.uncoveredCount == 0, opened.entry.kind == .increment {
            end.increment = (opened.entry, id, offset, walk.hasHead)
        } else {
            end.increment = nil
        }
    }

    /// Whether Redis went on behind a batch that is not whole: it adds to the last increment.
    private func hasForeignTail(
        _ index: Int, at offset: Int, database: UInt64?
    ) throws(LogError) -> Bool {
        let opened = entries[index]
        guard opened.id != nil, index == entries.count - 1 else { return false }
        var bytes: [UInt8] = []
        do throws(StorageError) {
            try opened.file.read(from: offset) {
                bytes += $0
                return bytes.count < ForeignTail.byteCountMax
            }
        } catch {
            throw .storage(error)
        }
        var tail = ForeignTail(database: database)
        return bytes.withUnsafeBytes { tail.isThere(in: $0) }
    }

    /// The largest position that an intact line behind the place knew to be on disk.
    private func durablePosition(
        behind offset: Int, in index: Int
    ) throws(LogError) -> LogPosition {
        var largest: LogPosition = 0
        for (place, opened) in entries.enumerated() where place >= index {
            guard let id = opened.id else { continue }
            var scan = DurabilityScan(id: id)
            do throws(StorageError) {
                try opened.file.read(from: place == index ? offset : 0) {
                    scan.feed($0)
                    return true
                }
            } catch {
                throw .storage(error)
            }
            largest = max(largest, scan.durablePosition)
        }
        return largest
    }
}
