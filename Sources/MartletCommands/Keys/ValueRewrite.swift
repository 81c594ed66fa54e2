// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// A list, hash, set or sorted set as the commands that make it again, for a rewrite of the log:
/// RPUSH, HSET, SADD or ZADD, of some members each, as Redis writes them. Made piece by piece, of a
/// view that it holds.
package struct ValueRewrite {
    private let key: [UInt8]
    private let view: View
    /// The index or rank to go on from, or the cursor of a scan.
    private var position: UInt64 = 0

    private enum View {
        case list(ListValue)
        case hash(HashValue)
        case set(SetValue)
        case sortedSet(SortedSetValue)
    }

    /// How many members a command has, at the least if they come from a scan.
    private static let membersPerCommand = 64

    package init(key: [UInt8], list: ListValue) {
        self.key = key
        view = .list(list)
    }

    package init(key: [UInt8], hash: HashValue) {
        self.key = key
        view = .hash(hash)
    }

    package init(key: [UInt8], set: SetValue) {
        self.key = key
        view = .set(set)
    }

    package init(key: [UInt8], sortedSet: SortedSetValue) {
        self.key = key
        view = .sortedSet(sortedSet)
    }

    /// Writes the next command.
    ///
    /// - Returns: false if it was the last one.
    package mutating func next(_ write: ([EffectWord]) -> Void) -> Bool {
        var members: [PackedValue] = []
        switch view {
        case .list(let list):
            list.visit(from: Int(position)) {
                members.append($0)
                return members.count < Self.membersPerCommand
            }
            self.write("RPUSH", members, write)
            return advance(by: members.count, of: list.count)
        case .hash(let hash):
            repeat {
                position = hash.scan(from: position) { members += [$0, $1] }
            } while position != 0 && members.count < Self.membersPerCommand * 2
            return writeScanned("HSET", members, wordsPerMember: 2, write)
        case .set(let set):
            repeat {
                position = set.scan(from: position) { members.append($0) }
            } while position != 0 && members.count < Self.membersPerCommand
            return writeScanned("SADD", members, wordsPerMember: 1, write)
        case .sortedSet(let sortedSet):
            var scores: [Double] = []
            sortedSet.visit(from: Int(position)) {
                members.append($0)
                scores.append($1)
                return members.count < Self.membersPerCommand
            }
            writeScored(members, scores, write)
            return advance(by: members.count, of: sortedSet.count)
        }
    }

    private mutating func advance(by count: Int, of total: Int) -> Bool {
        position += UInt64(count)
        return position < total
    }

    /// A scan gives a packed value at once.
    private func writeScanned(
        _ command: StaticString, _ words: [PackedValue], wordsPerMember: Int,
        _ write: ([EffectWord]) -> Void
    ) -> Bool {
        let step = Self.membersPerCommand * wordsPerMember
        for start in stride(from: 0, to: words.count, by: step) {
            self.write(command, Array(words[start..<min(words.count, start + step)]), write)
        }
        return position != 0
    }

    private func write(
        _ command: StaticString, _ words: [PackedValue], _ write: ([EffectWord]) -> Void
    ) {
        key.withUnsafeBytes { key in
            write([.word(command), .bytes(key)] + words.map(EffectWord.init))
        }
    }

    private func writeScored(
        _ members: [PackedValue], _ scores: [Double], _ write: ([EffectWord]) -> Void
    ) {
        let size = Decimal.doubleByteCountMax
        withUnsafeTemporaryAllocation(byteCount: size * scores.count, alignment: 1) { room in
            key.withUnsafeBytes { key in
                var words: [EffectWord] = [.word("ZADD"), .bytes(key)]
                for (index, member) in members.enumerated() {
                    let start = room.baseAddress! + index * size
                    let count = Decimal.write(scores[index], to: start)
                    words.append(.bytes(UnsafeRawBufferPointer(start: start, count: count)))
                    words.append(EffectWord(member))
                }
                write(words)
            }
        }
    }
}

extension EffectWord {
    /// Valid as long as the value.
    fileprivate init(_ value: PackedValue) {
        switch value {
        case .integer(let integer): self = .integer(integer)
        case .bytes(let bytes): self = .bytes(bytes)
        }
    }
}
