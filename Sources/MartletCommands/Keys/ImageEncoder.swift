// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore

/// Makes commands of keys as they were, for a rewrite of the log. It needs no gate: what it reads
/// does not change.
package struct ImageEncoder {
    /// A piece is about so long, in bytes.
    private static let pieceByteCount = 256 * 1024

    private var libraryCodes: ArraySlice<[UInt8]> = []
    private var views: [KeyspaceImage.View] = []
    private var nextIndex = 0
    /// The value under way.
    private var rewrite: Rewrite?
    private var batch = EffectBatch()

    /// A value that takes several commands.
    private enum Rewrite {
        case value(ValueRewrite)
        case stream(StreamRewrite)

        /// Nil for a string, which takes one.
        init?(_ view: KeyspaceImage.View) {
            switch view.value {
            case .string: return nil
            case .list(let object): self = .value(ValueRewrite(key: view.key, list: object.list))
            case .hash(let object): self = .value(ValueRewrite(key: view.key, hash: object.hash))
            case .set(let object): self = .value(ValueRewrite(key: view.key, set: object.set))
            case .sortedSet(let object):
                self = .value(ValueRewrite(key: view.key, sortedSet: object.sortedSet))
            case .stream(let object):
                self = .stream(StreamRewrite(key: view.key, stream: object.stream))
            }
        }

        mutating func next(_ write: ([EffectWord]) -> Void) -> Bool {
            switch self {
            case .value(var value):
                defer { self = .value(value) }
                return value.next(write)
            case .stream(var stream):
                defer { self = .stream(stream) }
                return stream.next(write)
            }
        }
    }

    package init() {}

    /// Begins with the libraries of functions, as Redis does.
    package mutating func add(libraryCodes: [[UInt8]]) {
        self.libraryCodes = libraryCodes[...]
    }

    package mutating func add(_ views: [KeyspaceImage.View]) {
        self.views.removeFirst(nextIndex)
        nextIndex = 0
        self.views += views
    }

    /// - Returns: the next commands; nil when more keys are needed.
    package mutating func next() -> [UInt8]? {
        batch.removeAll()
        while batch.bytes.count < Self.pieceByteCount, let code = libraryCodes.popFirst() {
            code.withUnsafeBytes {
                batch.append([.word("FUNCTION"), .word("LOAD"), .bytes($0)], database: 0)
            }
        }
        while batch.bytes.count < Self.pieceByteCount, nextIndex < views.count {
            encode(views[nextIndex])
        }
        return batch.isEmpty ? nil : batch.bytes
    }

    private mutating func encode(_ view: KeyspaceImage.View) {
        if case .string(let string) = view.value {
            encode(string, view)
        } else {
            if rewrite == nil { rewrite = Rewrite(view) }
            let hasMore = rewrite?.next { batch.append($0, database: view.database) } ?? false
            if hasMore { return }
            rewrite = nil
            encodeExpiry(view)
        }
        nextIndex += 1
    }

    private mutating func encode(_ string: StringValue, _ view: KeyspaceImage.View) {
        view.key.withUnsafeBytes { key in
            string.withBytes { bytes in
                var words: [EffectWord] = [.word("SET"), .bytes(key), .bytes(bytes)]
                if view.expiry != KeyEntry.never {
                    words += [.word("PXAT"), .integer(view.expiry)]
                }
                batch.append(words, database: view.database)
            }
        }
    }

    private mutating func encodeExpiry(_ view: KeyspaceImage.View) {
        guard view.expiry != KeyEntry.never else { return }
        view.key.withUnsafeBytes {
            batch.append(
                [.word("PEXPIREAT"), .bytes($0), .integer(view.expiry)], database: view.database)
        }
    }
}
