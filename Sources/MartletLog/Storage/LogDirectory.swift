// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Where a log is, by the settings `dir`, `appenddirname` and `appendfilename`.
package struct LogLocation: Sendable, Equatable {
    package var directory: String
    package var fileName: String

    package init(dir: String, appendDirectoryName: String, appendFileName: String) {
        directory = dir == "/" ? "/" + appendDirectoryName : dir + "/" + appendDirectoryName
        fileName = appendFileName
    }

    /// The log in a directory that holds a manifest, or that holds one that does.
    package init?(containing path: String, in storage: any Storage) {
        let entries = (try? storage.list(path)) ?? []
        let places = [path] + entries.sorted().map { path + "/" + $0 }
        for place in places {
            let names = (try? storage.list(place)) ?? []
            guard
                let name = names.first(where: {
                    $0.hasSuffix(".manifest") && !$0.hasPrefix("temp-")
                })
            else { continue }
            directory = place
            fileName = String(name.dropLast(".manifest".count))
            return
        }
        return nil
    }

    var manifestName: String { fileName + ".manifest" }
    var manifestPath: String { path(manifestName) }

    func path(_ name: String) -> String { directory + "/" + name }

    /// A file that has the name of a base.
    func base(among names: [String]) -> String? {
        names.first {
            $0.hasPrefix(fileName + ".") && ($0.hasSuffix(".base.aof") || $0.hasSuffix(".base.rdb"))
        }
    }
}

/// An increment that is being written.
final class Increment {
    let file: any StorageFile
    let name: String
    let id: UInt64
    /// Where the next batch goes, in bytes. Owned by whoever writes.
    var byteCount: Int
    /// Whether it begins with a SELECT: Redis loads each file with database 0 selected.
    var hasHead: Bool
    /// What is known to be on disk, in bytes from the start.
    var durableByteCount: Int

    init(file: any StorageFile, name: String, id: UInt64, byteCount: Int, hasHead: Bool) {
        self.file = file
        self.name = name
        self.id = id
        self.byteCount = byteCount
        self.hasHead = hasHead
        durableByteCount = byteCount
    }
}

/// The log's directory: its lock, its manifest, and the files that come and go.
///
/// Confined to the log's write queue once the log is in use.
package final class LogDirectory: @unchecked Sendable {
    /// The file whose lock says that a server uses the directory.
    private static let lockName = "martlet.lock"

    let storage: any Storage
    let location: LogLocation
    private(set) var manifest: Manifest
    private var lock: (any StorageLock)?
    /// Of the increments that this process has created, named by the manifest or not.
    private var lastSequence: UInt64 = 0

    private init(
        storage: any Storage, location: LogLocation, manifest: Manifest,
        lock: (any StorageLock)?
    ) {
        self.storage = storage
        self.location = location
        self.manifest = manifest
        self.lock = lock
    }

    /// Takes the directory's lock, if there is a directory, and reads the manifest.
    package static func open(
        _ location: LogLocation, in storage: any Storage, locking: Bool = true
    ) throws(LogError) -> LogDirectory {
        let directory: LogDirectory
        do throws(StorageError) {
            guard let names = try storage.list(location.directory) else {
                return LogDirectory(
                    storage: storage, location: location, manifest: Manifest(), lock: nil)
            }
            let lock = locking ? try storage.lock(location.directory, name: lockName) : nil
            // Once more: the list was made before the lock was taken.
            let present = try storage.list(location.directory) ?? names
            let text =
                present.contains(location.manifestName)
                ? try read(location.manifestPath, in: storage) : nil
            directory = LogDirectory(
                storage: storage, location: location,
                manifest: try parse(text, of: location), lock: lock)
            guard text == nil, let base = location.base(among: present) else { return directory }
            guard try storage.open(location.path(base), .read).byteCount() > 0 else {
                return directory
            }
        } catch {
            throw LogError(storage: error, in: location.directory)
        }
        // A base gets its name when there has been a manifest, but for CONFIG SET appendonly yes,
        // whose first manifest comes right behind it. Without one nothing of it would be loaded.
        directory.release()
        throw .damaged(
            file: location.manifestName, offset: 0, reason: "it is missing, but a base is there")
    }

    private static func parse(
        _ text: String?, of location: LogLocation
    ) throws(StorageError) -> Manifest {
        guard let text else { return Manifest() }
        do throws(Manifest.ParseError) {
            return try Manifest(text: text)
        } catch {
            throw StorageError(
                code: .other(0), call: "reading", path: location.manifestPath,
                reason: error.description)
        }
    }

    private static func read(
        _ path: String, in storage: any Storage
    ) throws(StorageError) -> String {
        var bytes: [UInt8] = []
        try storage.open(path, .read).read(from: 0) {
            bytes += $0
            return true
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Creates the directory and takes its lock, unless that has been done.
    func acquire() throws(StorageError) {
        guard lock == nil else { return }
        try storage.makeDirectory(location.directory)
        let taken = try storage.lock(location.directory, name: Self.lockName)
        if try storage.list(location.directory)?.contains(location.manifestName) == true {
            // Another server came and went since this one found no directory.
            throw StorageError(
                code: .alreadyLocked, call: "creating", path: location.manifestPath,
                reason: "the log of another server has appeared")
        }
        lock = taken
    }

    func release() {
        lock?.release()
        lock = nil
    }

    // MARK: Files

    func open(_ entry: Manifest.Entry, _ mode: OpenMode) throws(StorageError) -> any StorageFile {
        try storage.open(location.path(entry.name), mode)
    }

    /// Creates the next increment, whose first line is on disk when this returns. The manifest
    /// does not name it yet.
    func createIncrement(id: UInt64) throws(StorageError) -> (Increment, Manifest.Entry) {
        let sequence = max(manifest.nextIncrementSequence, lastSequence + 1)
        lastSequence = sequence
        let name = "\(location.fileName).\(sequence).incr.aof"
        let file = try storage.open(location.path(name), .create)
        let line = Annotation(kind: .file, file: id).bytes
        try file.write(line, at: 0)
        try file.synchronize()
        let increment = Increment(
            file: file, name: name, id: id, byteCount: line.count, hasHead: false)
        return (increment, Manifest.Entry(name: name, sequence: sequence, kind: .increment))
    }

    /// A base that is being written has a name of its own until it is whole.
    var temporaryBasePath: String { location.path("temp-rewrite.\(location.fileName).base.aof") }

    /// Gives the base that is whole its name, and syncs that.
    func nameBase() throws(StorageError) -> Manifest.Entry {
        let sequence = manifest.nextBaseSequence
        let name = "\(location.fileName).\(sequence).base.aof"
        try storage.rename(temporaryBasePath, to: location.path(name))
        try storage.sync(directory: location.directory)
        return Manifest.Entry(name: name, sequence: sequence, kind: .base)
    }

    func remove(_ name: String) throws(StorageError) {
        try storage.remove(location.path(name))
    }

    // MARK: The manifest

    /// Changes the manifest on disk, by a rename, and then in memory.
    func update(_ change: (inout Manifest) -> Void) throws(StorageError) {
        var changed = manifest
        change(&changed)
        if changed == manifest { return }
        let temporary = location.path("temp-" + location.manifestName)
        let file = try storage.open(temporary, .create)
        try file.write(Array(changed.text.utf8), at: 0)
        try file.synchronize()
        try storage.rename(temporary, to: location.manifestPath)
        // Renamed it is what a start would find, even if the sync should fail.
        manifest = changed
        try storage.sync(directory: location.directory)
    }

    /// Deletes the files that the manifest lists as history, and then their entries.
    func removeHistory() throws(StorageError) {
        guard !manifest.history.isEmpty else { return }
        for entry in manifest.history { try remove(entry.name) }
        try update { $0.history = [] }
    }
}
