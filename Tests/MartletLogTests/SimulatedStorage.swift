// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

@testable import MartletLog

/// A disk that keeps only what was synced, and not even that when it is told so.
///
/// Not thread-safe: everything that uses it runs on `SimulatedQueues`.
final class SimulatedStorage: Storage, @unchecked Sendable {
    /// Small, so that a test has many pages.
    static let pageByteCount = 32

    final class Node {
        var cached: [UInt8] = []
        var durable: [UInt8] = []
        var dirty: Set<Int> = []
    }

    private enum NameChange {
        case created(String, Node)
        case renamed(String, String)
        case removed(String)
    }

    private(set) var directories: Set<String> = []
    private(set) var names: [String: Node] = [:]
    private var durableNames: [String: Node] = [:]
    private var pending: [NameChange] = []
    private var locks: Set<String> = []

    /// The bytes that can still be written before everything stops.
    var bytesLeft = Int.max
    /// The calls that can still be made before everything stops.
    var callsLeft = Int.max
    private(set) var isCrashed = false
    /// The bytes that fit.
    var capacity = Int.max
    /// So many syncs of files fail from now on, and forget what they should have written.
    var failingSyncCount = 0
    private(set) var writeCount = 0
    /// What happens elsewhere while a sync runs.
    var whileSynchronizing: () -> Void = {}
    private(set) var syncCount = 0
    private(set) var callCount = 0

    var isUntouched: Bool { directories.isEmpty && names.isEmpty }

    // MARK: What is left

    /// The process ends; the machine goes on.
    func afterKill() -> SimulatedStorage {
        let left = SimulatedStorage()
        left.directories = directories
        for (name, node) in names { left.add(name, node.cached) }
        return left
    }

    /// The power goes: of what was not synced, any page may have reached the disk.
    func afterPowerCut(_ random: inout SeededRandom) -> SimulatedStorage {
        let left = SimulatedStorage()
        left.directories = directories
        var surviving = durableNames
        for change in pending.prefix(Int.random(in: 0...pending.count, using: &random)) {
            Self.apply(change, to: &surviving)
        }
        for (name, node) in surviving { left.add(name, Self.afterPowerCut(node, &random)) }
        return left
    }

    private static func afterPowerCut(_ node: Node, _ random: inout SeededRandom) -> [UInt8] {
        var bytes = node.durable
        for page in node.dirty.sorted() where Bool.random(using: &random) {
            let start = page * pageByteCount
            let end = min(start + pageByteCount, node.cached.count)
            guard start < end else { continue }
            if bytes.count < end { bytes += [UInt8](repeating: 0, count: end - bytes.count) }
            bytes[start..<end] = node.cached[start..<end]
        }
        // The length is written apart from the pages.
        let shorter = min(bytes.count, node.durable.count)
        let length = Int.random(in: shorter...max(bytes.count, shorter), using: &random)
        if Bool.random(using: &random) { bytes.removeLast(bytes.count - length) }
        return bytes
    }

    private func add(_ name: String, _ bytes: [UInt8]) {
        let node = Node()
        node.cached = bytes
        node.durable = bytes
        names[name] = node
        durableNames[name] = node
    }

    func contents(_ path: String) -> [UInt8] { names[path]?.cached ?? [] }

    func put(_ path: String, _ bytes: [UInt8]) {
        directories.insert(String(path[..<path.lastIndex(of: "/")!]))
        add(path, bytes)
    }

    var allContents: [String: [UInt8]] { names.mapValues(\.cached) }

    // MARK: Storage

    func makeDirectory(_ path: String) throws(StorageError) {
        try call("mkdir", path)
        directories.insert(path)
    }

    func list(_ directory: String) throws(StorageError) -> [String]? {
        guard directories.contains(directory) else { return nil }
        return names.keys.filter { $0.hasPrefix(directory + "/") }
            .map { String($0.dropFirst(directory.count + 1)) }.sorted()
    }

    func lock(_ directory: String, name: String) throws(StorageError) -> any StorageLock {
        guard locks.insert(directory).inserted else {
            throw StorageError(
                code: .alreadyLocked, call: "flock", path: directory, reason: "locked")
        }
        return Lock(storage: self, directory: directory)
    }

    func open(_ path: String, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
        if mode == .create {
            try call("open", path)
            if let node = names[path] {
                for page in 0...node.cached.count / Self.pageByteCount { node.dirty.insert(page) }
                node.cached = []
            } else {
                change(.created(path, Node()))
            }
        }
        guard let node = names[path] else {
            throw StorageError(
                code: .doesNotExist, call: "open", path: path, reason: "no such file")
        }
        return File(storage: self, node: node, path: path)
    }

    func rename(_ path: String, to target: String) throws(StorageError) {
        try call("rename", path)
        change(.renamed(path, target))
    }

    func remove(_ path: String) throws(StorageError) {
        try call("unlink", path)
        change(.removed(path))
    }

    func sync(directory: String) throws(StorageError) {
        try call("fsync", directory)
        durableNames = names
        pending = []
    }

    private func change(_ change: NameChange) {
        Self.apply(change, to: &names)
        pending.append(change)
    }

    private static func apply(_ change: NameChange, to names: inout [String: Node]) {
        switch change {
        case .created(let path, let node): names[path] = node
        case .renamed(let path, let target): names[target] = names.removeValue(forKey: path)
        case .removed(let path): names[path] = nil
        }
    }

    private func call(_ name: String, _ path: String) throws(StorageError) {
        callCount += 1
        if callsLeft == 0 { isCrashed = true }
        if isCrashed {
            throw StorageError(code: .other(0), call: name, path: path, reason: "crashed")
        }
        callsLeft -= 1
    }

    private final class Lock: StorageLock {
        private let storage: SimulatedStorage
        private let directory: String

        init(storage: SimulatedStorage, directory: String) {
            self.storage = storage
            self.directory = directory
        }

        func release() {
            storage.locks.remove(directory)
        }
    }

    // MARK: Files

    private final class File: StorageFile, @unchecked Sendable {
        private let storage: SimulatedStorage
        private let node: Node
        private let path: String

        init(storage: SimulatedStorage, node: Node, path: String) {
            self.storage = storage
            self.node = node
            self.path = path
        }

        func write(
            _ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, at offset: Int
        ) throws(StorageError) {
            try storage.call("pwritev", path)
            storage.writeCount += 1
            var bytes: [UInt8] = []
            for piece in pieces { bytes += piece }
            let used = storage.names.values.reduce(0) { $0 + $1.cached.count }
            let room = storage.capacity - used
            let fitting = min(bytes.count, room, storage.bytesLeft)
            if fitting > 0 {
                let end = offset + fitting
                if node.cached.count < end {
                    node.cached += [UInt8](repeating: 0, count: end - node.cached.count)
                }
                node.cached.replaceSubrange(offset..<end, with: bytes.prefix(fitting))
                let page = SimulatedStorage.pageByteCount
                for page in offset / page...(end - 1) / page { node.dirty.insert(page) }
            }
            storage.bytesLeft -= fitting
            if storage.bytesLeft == 0 { storage.isCrashed = true }
            guard fitting == bytes.count, !storage.isCrashed else {
                throw StorageError(
                    code: .noSpace, call: "pwritev", path: path, reason: "no space left")
            }
        }

        func synchronize() throws(StorageError) {
            try storage.call("fdatasync", path)
            storage.syncCount += 1
            storage.whileSynchronizing()
            let mustFail = storage.failingSyncCount > 0
            if mustFail {
                storage.failingSyncCount -= 1
                node.dirty = []
                throw StorageError(
                    code: .other(5), call: "fdatasync", path: path, reason: "input/output error")
            }
            for page in node.dirty {
                let start = page * SimulatedStorage.pageByteCount
                let end = min(start + SimulatedStorage.pageByteCount, node.cached.count)
                guard start < end else { continue }
                if node.durable.count < end {
                    node.durable += [UInt8](repeating: 0, count: end - node.durable.count)
                }
                for index in start..<end { node.durable[index] = node.cached[index] }
            }
            if node.durable.count > node.cached.count {
                node.durable.removeLast(node.durable.count - node.cached.count)
            }
            node.dirty = []
        }

        func truncate(to byteCount: Int) throws(StorageError) {
            try storage.call("ftruncate", path)
            if byteCount < node.cached.count {
                node.cached.removeLast(node.cached.count - byteCount)
            }
        }

        func byteCount() throws(StorageError) -> Int { node.cached.count }

        func read(
            from offset: Int, _ body: (UnsafeRawBufferPointer) -> Bool
        ) throws(StorageError) {
            // In pieces that end anywhere.
            var position = offset
            while position < node.cached.count {
                let end = min(position + max(37, node.cached.count / 500), node.cached.count)
                let goesOn = node.cached[position..<end].withUnsafeBytes { body($0) }
                if !goesOn { return }
                position = end
            }
        }
    }
}

/// A generator with a seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
