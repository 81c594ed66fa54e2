// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// Goes through one file of the log and hands on its commands.
///
/// It decides only where the file stops making sense; what that means is up to `LogWalk`, which
/// knows the other files.
struct FileWalk: ~Copyable {
    enum Stop: Equatable {
        /// Everything was understood.
        case end
        /// A later increment takes over here.
        case replaced
        /// What is here is not whole, and the file ends.
        case incomplete
        /// What is here was not written like this.
        case bad(String)
        /// The base is, or starts with, an RDB file.
        case preamble
        case refused(ReplayError)
    }

    /// Redis has no longer lines, in bytes.
    private static let lineByteCountMax = Annotation.redisLineByteCountMax

    private let replay: (any LogReplay)?
    private let progress: LoadProgress
    private let isBase: Bool
    /// Where a later increment takes over.
    private let limit: LogPosition?

    private var window = FileWindow()
    private var scanner = CommandScanner()
    /// The commands of a transaction, MULTI first, as places in the window.
    private var transaction: [Range<Int>] = []
    /// The first byte in the window behind them.
    private var scanned = 0

    private(set) var stop: Stop?
    /// The number of a file that Martlet wrote.
    private(set) var id: UInt64?
    private(set) var hasHead = false
    /// Of a base that is whole: the position in the log that it stands for.
    private(set) var basePosition: LogPosition?
    /// The end of the last batch.
    private(set) var reached: LogPosition?
    private(set) var batchCount = 0
    private(set) var commandCount = 0
    /// Commands that no line covers, in the whole file and since the last batch.
    private(set) var uncoveredCount = 0
    private(set) var uncoveredRun = 0
    /// Which is selected where the walk has come to, if anything has said so.
    private(set) var database: UInt64?

    init(
        isBase: Bool, reached: LogPosition?, limit: LogPosition?, replay: (any LogReplay)?,
        progress: LoadProgress
    ) {
        self.isBase = isBase
        self.reached = isBase ? 0 : reached
        self.limit = limit
        self.replay = replay
        self.progress = progress
    }

    /// Where the file stops making sense, or would if it ended, in bytes from its start.
    var offset: Int { window.offset }

    /// - Returns: false if there is no use in going on.
    mutating func feed(_ piece: UnsafeRawBufferPointer) -> Bool {
        let before = window.offset
        window.append(piece)
        while stop == nil, step() {}
        progress.add(byteCount: window.offset - before)
        return stop == nil
    }

    /// The file has ended.
    mutating func finish() -> Stop {
        if let stop { return stop }
        let isWhole = window.bytes.isEmpty
        let stop: Stop = isWhole ? (isAtLimit ? .replaced : .end) : .incomplete
        self.stop = stop
        return stop
    }

    private var isAtLimit: Bool {
        guard let limit, let reached else { return false }
        return reached >= limit
    }

    // MARK: Steps

    /// - Returns: false if more bytes are needed, or none.
    private mutating func step() -> Bool {
        let bytes = window.bytes
        guard let first = bytes.first else { return false }
        // What Redis has added there belongs to the log all the same.
        if isAtLimit, transaction.isEmpty, first != UInt8(ascii: "*") {
            stop = .replaced
            return false
        }
        if isBase, window.offset == 0, first == UInt8(ascii: "R") {
            stop = .preamble
            return false
        }
        let next = bytes.count > scanned ? bytes[scanned] : nil
        guard let next else { return false }
        switch next {
        case UInt8(ascii: "#"): return line()
        case UInt8(ascii: "*"): return uncoveredCommand()
        default:
            stop = .bad("neither a command nor an annotation")
            return false
        }
    }

    private mutating func line() -> Bool {
        let bytes = UnsafeRawBufferPointer(rebasing: window.bytes[scanned...])
        guard let end = bytes.prefix(Self.lineByteCountMax).firstIndex(of: UInt8(ascii: "\n"))
        else {
            if bytes.count >= Self.lineByteCountMax { stop = .bad("an annotation without an end") }
            return false
        }
        let text = UnsafeRawBufferPointer(
            rebasing: bytes[..<(end > 0 && bytes[end - 1] == UInt8(ascii: "\r") ? end - 1 : end)])
        guard let annotation = Annotation(line: text), scanned == 0 else {
            return skipForeignLine(text, byteCount: end + 1)
        }
        if annotation.kind != .file, annotation.file != id {
            stop = .bad("an annotation of another file")
            return false
        }
        switch annotation.kind {
        case .file:
            if window.offset != 0 { stop = .bad("a second start of the file") }
            id = annotation.file
        case .end:
            if annotation.position != reached { stop = .bad("an end in the wrong place") }
            basePosition = annotation.durablePosition
        case .head, .batch:
            return batch(annotation, lineByteCount: end + 1)
        }
        if stop == nil { window.consume(end + 1) }
        return stop == nil
    }

    /// Redis has annotations of its own (`#TS:`).
    private mutating func skipForeignLine(
        _ text: UnsafeRawBufferPointer, byteCount: Int
    ) -> Bool {
        if text.starts(with: "#CRC") || (id != nil && !text.starts(with: "#TS:")) {
            stop = .bad("an annotation that does not match its checksum")
            return false
        }
        if transaction.isEmpty { window.consume(byteCount) } else { scanned += byteCount }
        return true
    }

    // MARK: Batches

    private mutating func batch(_ annotation: Annotation, lineByteCount: Int) -> Bool {
        if let reached, annotation.position != reached {
            stop = .bad("a batch at position \(annotation.position) instead of \(reached)")
            return false
        }
        let (whole, overflow) = lineByteCount.addingReportingOverflow(annotation.byteCount)
        guard !overflow, window.bytes.count >= whole else { return false }
        let batch = UnsafeRawBufferPointer(rebasing: window.bytes[lineByteCount..<whole])
        let checksum = batch.isEmpty ? 0 : CRC32C.of(batch.baseAddress!, count: batch.count)
        guard checksum == annotation.checksum else {
            stop = .bad("a batch that does not match its checksum")
            return false
        }
        execute(batch: batch)
        if stop != nil { return false }
        window.consume(whole)
        uncoveredRun = 0
        if annotation.kind == .head {
            hasHead = true
            reached = annotation.position
        } else {
            batchCount += 1
            reached = annotation.position + UInt64(annotation.byteCount)
        }
        return true
    }

    private mutating func execute(batch: UnsafeRawBufferPointer) {
        var position = 0
        while position < batch.count, stop == nil {
            let rest = UnsafeRawBufferPointer(rebasing: batch[position...])
            if rest[0] == UInt8(ascii: "#"), let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                takeLine(at: position..<position + end + 1, in: batch)
                position += end + 1
                continue
            }
            guard case .command(let byteCount) = scanner.scan(rest) else {
                stop = .bad("a batch that does not consist of commands")
                return
            }
            take(rest, at: position..<position + byteCount, in: batch)
            position += byteCount
        }
        if stop == nil, !transaction.isEmpty {
            stop = .bad("a batch that ends within a transaction")
        }
    }

    // MARK: Commands that no line covers

    private mutating func uncoveredCommand() -> Bool {
        let bytes = window.bytes
        let rest = UnsafeRawBufferPointer(rebasing: bytes[scanned...])
        switch scanner.scan(rest) {
        case .incomplete: return false
        case .malformed:
            stop = isAtLimit && uncoveredRun == 0 ? .replaced : .bad("not a command")
            return false
        case .command(let byteCount):
            let end = scanned + byteCount
            take(rest, at: scanned..<end, in: bytes)
            uncoveredCount += 1
            uncoveredRun += 1
            scanned = end
            if transaction.isEmpty, stop == nil {
                window.consume(scanned)
                scanned = 0
            }
            return stop == nil
        }
    }

    // MARK: Execution

    /// Executes the command that has just been scanned, or keeps it until its transaction is
    /// whole.
    private mutating func take(
        _ command: UnsafeRawBufferPointer, at place: Range<Int>, in bytes: UnsafeRawBufferPointer
    ) {
        if transaction.isEmpty {
            if isName("multi", of: command) {
                transaction.append(place)
            } else {
                execute(command)
            }
            return
        }
        guard isName("exec", of: command) else {
            transaction.append(place)
            return
        }
        for place in transaction.dropFirst() where stop == nil {
            let command = UnsafeRawBufferPointer(rebasing: bytes[place])
            if command[0] == UInt8(ascii: "#") {
                replay?.replay(annotation: command)
                continue
            }
            _ = scanner.scan(command)
            execute(command)
        }
        transaction.removeAll(keepingCapacity: true)
    }

    /// A line within a batch belongs to the command behind it.
    private mutating func takeLine(at place: Range<Int>, in bytes: UnsafeRawBufferPointer) {
        if transaction.isEmpty {
            replay?.replay(annotation: UnsafeRawBufferPointer(rebasing: bytes[place]))
        } else {
            transaction.append(place)
        }
    }

    private mutating func execute(_ command: UnsafeRawBufferPointer) {
        commandCount += 1
        progress.addCommand()
        if let selected = scanner.selection(in: command) { database = selected }
        guard let replay else { return }
        do throws(ReplayError) {
            try scanner.withArguments(in: command) { arguments throws(ReplayError) in
                try replay.replay(arguments)
            }
        } catch {
            stop = .refused(error)
        }
    }

    private func isName(_ name: StaticString, of command: UnsafeRawBufferPointer) -> Bool {
        scanner.isName(name, of: command, argumentCount: 1)
    }
}

extension CommandScanner {
    /// Whether the command that was scanned last has that name, in lower case, and so many words.
    func isName(
        _ name: StaticString, of command: UnsafeRawBufferPointer, argumentCount: Int
    ) -> Bool {
        guard spans.count == argumentCount, spans[0].count == name.utf8CodeUnitCount else {
            return false
        }
        let start = spans[0].offset
        for index in 0..<name.utf8CodeUnitCount
        where command[start + index] | 0x20 != name.utf8Start[index] {
            return false
        }
        return true
    }

    /// - Parameter command: the bytes that were scanned last.
    func withArguments(
        in command: UnsafeRawBufferPointer,
        _ body: (Arguments) throws(ReplayError) -> Void
    ) throws(ReplayError) {
        try spans.withUnsafeBufferPointer { spans throws(ReplayError) in
            try body(Arguments(base: command.baseAddress!, spans: spans))
        }
    }

    /// The database that the command that was scanned last selects, or nil.
    func selection(in command: UnsafeRawBufferPointer) -> UInt64? {
        guard isName("select", of: command, argumentCount: 2) else { return nil }
        let span = spans[1]
        let number = UnsafeRawBufferPointer(
            rebasing: command[span.offset..<span.offset + span.count])
        return DecimalField.read(number, from: 0)?.value
    }
}
