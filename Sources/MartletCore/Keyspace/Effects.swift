// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// A word of a command that goes to the log.
package enum EffectWord {
    case word(StaticString)
    case bytes(UnsafeRawBufferPointer)
    case integer(Int)
    case streamID(StreamID)
    /// Alone: a line that Redis skips, `#` first and its end last.
    case annotation(UnsafeRawBufferPointer)
}

/// Takes what the holders of the keyspace did: the log.
package protocol EffectSink: AnyObject, Sendable {
    /// Takes over whole commands, in Redis's protocol. Called by the holder of the gate, in the
    /// order in which things happened; must not take long.
    ///
    /// - Parameter database: the one that is selected behind these commands.
    /// - Returns: the position behind them. What could have been seen through a reply or a message
    ///   leaves when the log has reached that.
    func append(_ effects: UnsafeRawBufferPointer, database: Int) -> UInt64

    /// Has what was appended written. Called by a shard at the end of its turn; does not wait.
    func commit()

    /// What has a position up to this may leave.
    var releasedPosition: UInt64 { get }

    /// Has `Shard.positionWasReleased` called on the shard once `position` is released.
    ///
    /// - Returns: false if it is already, and nothing is called.
    func awaitRelease(of position: UInt64, shard: Int) -> Bool

    /// Whether commands that write must be refused (MISCONF). Asked before each of them, by any
    /// thread.
    var isRefusing: Bool { get }

    /// Why.
    var refusalReason: String { get }
}

/// What was done since the log was given something last, as the commands that do it again.
///
///     SELECT 1 | SET a 1 | MULTI | DEL b | INCR c | EXEC | …
///                          ╰── a step, of which the log has all or nothing ──╯
///
/// Invariant: outside of a step the bytes are whole commands, and all that belongs together is in
/// MULTI and EXEC.
package struct EffectBatch {
    package private(set) var bytes: [UInt8] = []
    /// Which database the commands behind these will be applied to; -1 before the first.
    private(set) var selected = -1
    /// Where the step began, in bytes.
    private var stepStart = 0
    /// How many effects the step has.
    private(set) var stepEffectCount = 0

    private static let multi = Array("*1\r\n$5\r\nMULTI\r\n".utf8)
    private static let select = Array("SELECT".utf8)
    private static let exec = Array("*1\r\n$4\r\nEXEC\r\n".utf8)

    package init() {}

    package var isEmpty: Bool { bytes.isEmpty }

    package mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        stepStart = 0
    }

    /// Has the next effect say which database it is for, as the first must.
    mutating func forgetSelection() { selected = -1 }

    // MARK: Steps

    mutating func beginStep() {
        stepStart = bytes.count
        stepEffectCount = 0
    }

    mutating func endStep() {
        if stepEffectCount > 1 {
            bytes.insert(contentsOf: Self.multi, at: stepStart)
            bytes += Self.exec
        }
        beginStep()
    }

    // MARK: Effects

    package mutating func append(_ words: [EffectWord], database: Int) {
        if case .annotation(let line)? = words.first {
            bytes += line
            return
        }
        append(words, wordCount: words.count, database: database)
    }

    /// Words, and behind them the arguments from `start` on.
    mutating func append(
        _ words: [EffectWord], _ arguments: Arguments, from start: Int, database: Int
    ) {
        append(words, wordCount: words.count + arguments.count - start, database: database)
        for index in start..<arguments.count { append(arguments[index]) }
    }

    private mutating func append(_ words: [EffectWord], wordCount: Int, database: Int) {
        begin(wordCount: wordCount, database: database)
        for word in words {
            switch word {
            case .word(let text):
                text.withUTF8Buffer { append(UnsafeRawBufferPointer($0)) }
            case .bytes(let bytes):
                append(bytes)
            case .integer(let number):
                appendBulk(number)
            case .streamID(let id):
                appendBulk(id)
            case .annotation: preconditionFailure("a line is no word of a command")
            }
        }
    }

    mutating func append(_ arguments: Arguments, database: Int) {
        begin(wordCount: arguments.count, database: database)
        for index in 0..<arguments.count { append(arguments[index]) }
    }

    private mutating func begin(wordCount: Int, database: Int) {
        if selected != database {
            selected = database
            appendHeader(UInt8(ascii: "*"), 2)
            append(Self.select)
            appendBulk(database)
        }
        stepEffectCount += 1
        appendHeader(UInt8(ascii: "*"), wordCount)
    }

    private mutating func append(_ word: [UInt8]) {
        word.withUnsafeBytes { append($0) }
    }

    private mutating func append(_ word: UnsafeRawBufferPointer) {
        appendHeader(UInt8(ascii: "$"), word.count)
        bytes.append(contentsOf: word)
        bytes += [0x0D, 0x0A]
    }

    private mutating func appendBulk(_ number: Int) {
        appendHeader(UInt8(ascii: "$"), Decimal.byteCount(number))
        appendDigits(number)
        bytes += [0x0D, 0x0A]
    }

    private mutating func appendBulk(_ id: StreamID) {
        withUnsafeTemporaryAllocation(byteCount: StreamID.textByteCountMax, alignment: 1) { text in
            let count = id.write(to: text.baseAddress!)
            append(UnsafeRawBufferPointer(rebasing: text[..<count]))
        }
    }

    private mutating func appendHeader(_ type: UInt8, _ count: Int) {
        bytes.append(type)
        appendDigits(count)
        bytes += [0x0D, 0x0A]
    }

    private mutating func appendDigits(_ number: Int) {
        withUnsafeTemporaryAllocation(byteCount: Decimal.byteCountMax, alignment: 1) { digits in
            let count = Decimal.write(number, to: digits.baseAddress!)
            bytes.append(contentsOf: digits[..<count])
        }
    }
}
