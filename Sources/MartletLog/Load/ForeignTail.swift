// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What Redis may have added behind a batch that is not whole
//
// A redis-server that is started on a directory with a torn tail cuts it back to the last whole
// command, takes what is left of the batch for its own, and goes on writing behind it:
//
//     #CRC… 312 … │ some commands of the batch │ SELECT 0 │ commands of Redis …
//
// Its clients were told that theirs were written, so none of it may be cut off with the tail. It is
// recognised by what Martlet never writes: commands that lead across the end of the batch, within a
// batch that ends early a SELECT of the database that is selected already (Redis begins with a
// SELECT; of Martlet's commands only the first of a batch may be one, behind MULTI or not), and a
// command in the line that was torn itself.

import RESP

struct ForeignTail {
    /// So much is looked at, twice what a batch has as a rule, in bytes.
    static let byteCountMax = Int(2 * AppendLog.writeByteCountMax)

    private var scanner = CommandScanner()
    /// Which database is selected, if that is known.
    private var database: UInt64?

    init(database: UInt64?) {
        self.database = database
    }

    /// - Parameter bytes: from the line of the batch that is not whole on.
    mutating func isThere(in bytes: UnsafeRawBufferPointer) -> Bool {
        guard
            let lineEnd = bytes.prefix(Annotation.redisLineByteCountMax)
                .firstIndex(of: UInt8(ascii: "\n"))
        else { return false }
        let rest = UnsafeRawBufferPointer(rebasing: bytes[(lineEnd + 1)...])
        let line = UnsafeRawBufferPointer(rebasing: bytes[..<max(lineEnd - 1, 0)])
        guard let annotation = Annotation(line: line), annotation.kind != .file else {
            return endsWithCommand(line) && rest.first == UInt8(ascii: "$")
        }
        return isThere(behind: rest, batchByteCount: annotation.byteCount)
    }

    /// Whether the line is the start of one of Martlet's and then that of a command: `#CRC:1…*3`.
    private func endsWithCommand(_ line: UnsafeRawBufferPointer) -> Bool {
        guard let star = line.lastIndex(of: UInt8(ascii: "*")), star > 0,
            star < Annotation.lineByteCountMax, line.first == UInt8(ascii: "#"),
            let number = DecimalField.read(line, from: star + 1), number.end == line.count
        else { return false }
        // In a whole line of which a bit is wrong, CR and what was LF come before the command.
        return line[..<(star - 1)].allSatisfy { $0 >= UInt8(ascii: " ") }
            && (line[star - 1] >= UInt8(ascii: " ") || line[star - 1] == UInt8(ascii: "\r"))
    }

    private mutating func isThere(
        behind bytes: UnsafeRawBufferPointer, batchByteCount: Int
    ) -> Bool {
        var position = 0
        var isFirst = true
        while position < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[position...])
            if rest[0] == UInt8(ascii: "#") {
                // A line of Martlet's own at the end of the batch: it went on behind it.
                guard position != batchByteCount, let end = rest.firstIndex(of: UInt8(ascii: "\n"))
                else { return false }
                position += end + 1
                continue
            }
            guard case .command(let byteCount) = scanner.scan(rest) else { return false }
            if let selected = scanner.selection(in: rest) {
                if selected == database, !isFirst, bytes.count < batchByteCount { return true }
                database = selected
            }
            if !scanner.isName("multi", of: rest, argumentCount: 1) { isFirst = false }
            position += byteCount
            if position > batchByteCount { return true }
        }
        return false
    }
}
