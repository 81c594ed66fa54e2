// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Dispatch
import Glibc

/// The file system of the machine. The only place where the log makes system calls.
package final class FileStorage: Storage {
    package init() {}

    package func makeDirectory(_ path: String) throws(StorageError) {
        if mkdir(path, 0o755) == 0 {
            try sync(directory: Self.parent(of: path))
            return
        }
        switch errno {
        case EEXIST: return
        case ENOENT where Self.parent(of: path) != path:
            try makeDirectory(Self.parent(of: path))
            try makeDirectory(path)
        default: throw StorageError("mkdir", path)
        }
    }

    package func list(_ directory: String) throws(StorageError) -> [String]? {
        guard let stream = opendir(directory) else {
            if errno == ENOENT { return nil }
            throw StorageError("opendir", directory)
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: Int(NAME_MAX) + 1) {
                    String(cString: $0)
                }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        if errno != 0 { throw StorageError("readdir", directory) }
        return names
    }

    package func lock(
        _ directory: String, name: String
    ) throws(StorageError) -> any StorageLock {
        let path = directory + "/" + name
        let descriptor = Glibc.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StorageError("open", path) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let error = StorageError("flock", path)
            close(descriptor)
            throw error
        }
        return FileLock(descriptor: descriptor)
    }

    package func open(
        _ path: String, _ mode: OpenMode
    ) throws(StorageError) -> any StorageFile {
        let flags =
            switch mode {
            case .read: O_RDONLY
            case .update: O_RDWR
            case .create: O_RDWR | O_CREAT | O_TRUNC
            }
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw StorageError("open", path) }
        return SystemFile(descriptor: descriptor, path: path)
    }

    package func rename(_ path: String, to target: String) throws(StorageError) {
        guard Glibc.rename(path, target) == 0 else { throw StorageError("rename", path) }
    }

    package func remove(_ path: String) throws(StorageError) {
        guard unlink(path) == 0 || errno == ENOENT else { throw StorageError("unlink", path) }
    }

    package func sync(directory: String) throws(StorageError) {
        let descriptor = Glibc.open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw StorageError("open", directory) }
        defer { close(descriptor) }
        // EINVAL: a file system whose directories need no sync.
        guard fsync(descriptor) == 0 || errno == EINVAL else {
            throw StorageError("fsync", directory)
        }
    }

    private static func parent(of path: String) -> String {
        let trimmed = path.hasSuffix("/") && path.count > 1 ? String(path.dropLast()) : path
        guard let slash = trimmed.lastIndex(of: "/") else { return "." }
        return slash == trimmed.startIndex ? "/" : String(trimmed[..<slash])
    }
}

private final class FileLock: StorageLock {
    private let descriptor: CInt

    init(descriptor: CInt) {
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }

    func release() {
        flock(descriptor, LOCK_UN)
    }
}

private final class SystemFile: StorageFile {
    /// How many pieces one call takes (`IOV_MAX`).
    private static let pieceCountMax = 1024
    /// Bulk reading goes in pieces of this size, in bytes.
    private static let readByteCount = 1024 * 1024

    private let descriptor: CInt
    private let path: String

    init(descriptor: CInt, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    func write(
        _ pieces: UnsafeBufferPointer<UnsafeRawBufferPointer>, at offset: Int
    ) throws(StorageError) {
        var offset = offset
        var first = 0
        /// How much of the first piece is written.
        var skipped = 0
        while first < pieces.count {
            let count = min(pieces.count - first, Self.pieceCountMax)
            let written = withUnsafeTemporaryAllocation(of: iovec.self, capacity: count) {
                for index in 0..<count {
                    let piece = pieces[first + index]
                    let start = index == 0 ? skipped : 0
                    $0[index] = iovec(
                        iov_base: UnsafeMutableRawPointer(mutating: piece.baseAddress)
                            .map { $0 + start },
                        iov_len: piece.count - start)
                }
                return pwritev(descriptor, $0.baseAddress!, CInt(count), off_t(offset))
            }
            guard written >= 0 else {
                if errno == EINTR { continue }
                throw StorageError("pwritev", path)
            }
            offset += written
            skipped += written
            while first < pieces.count, skipped >= pieces[first].count {
                skipped -= pieces[first].count
                first += 1
            }
        }
    }

    func synchronize() throws(StorageError) {
        guard fdatasync(descriptor) == 0 else { throw StorageError("fdatasync", path) }
    }

    func truncate(to byteCount: Int) throws(StorageError) {
        guard ftruncate(descriptor, off_t(byteCount)) == 0 else {
            throw StorageError("ftruncate", path)
        }
    }

    func byteCount() throws(StorageError) -> Int {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw StorageError("fstat", path) }
        return Int(status.st_size)
    }

    func read(
        from offset: Int, _ body: (UnsafeRawBufferPointer) -> Bool
    ) throws(StorageError) {
        let duplicate = fcntl(descriptor, F_DUPFD_CLOEXEC, 0)
        guard duplicate >= 0 else { throw StorageError("fcntl", path) }
        let ahead = ReadAhead(
            descriptor: duplicate, path: path, offset: offset,
            pieceByteCount: Self.readByteCount)
        defer { ahead.stop() }
        while let piece = try ahead.next() {
            var goesOn = true
            piece.enumerateBytes { region, _, stop in
                goesOn = body(UnsafeRawBufferPointer(region))
                stop = !goesOn
            }
            if !goesOn { return }
        }
    }
}

/// Reads a file from one place to its end with a `DispatchIO` channel, one piece ahead of the one
/// who consumes it.
private final class ReadAhead: @unchecked Sendable {
    private let channel: DispatchIO
    private let queue = DispatchQueue(label: "martlet.log.read")
    private let path: String
    private let pieceByteCount: Int
    private var offset: Int
    /// Written by `queue`, read by the consumer when `arrived` says so.
    private var piece = DispatchData.empty
    private var code: CInt = 0
    private let arrived = DispatchSemaphore(value: 0)

    /// - Parameter descriptor: closed when the channel is.
    init(descriptor: CInt, path: String, offset: Int, pieceByteCount: Int) {
        channel = DispatchIO(
            type: .random, fileDescriptor: descriptor, queue: queue,
            cleanupHandler: { _ in close(descriptor) })
        self.path = path
        self.offset = offset
        self.pieceByteCount = pieceByteCount
        channel.setLimit(lowWater: pieceByteCount)
        request()
    }

    /// - Returns: nil at the end of the file.
    func next() throws(StorageError) -> DispatchData? {
        arrived.wait()
        guard code == 0 else { throw StorageError("read", path, code: code) }
        guard !piece.isEmpty else { return nil }
        let arrivedPiece = piece
        offset += arrivedPiece.count
        piece = .empty
        request()
        return arrivedPiece
    }

    /// The last request is left to itself.
    func stop() {
        channel.close(flags: .stop)
    }

    private func request() {
        channel.read(offset: off_t(offset), length: pieceByteCount, queue: queue) {
            [self] done, data, error in
            if let data { piece.append(data) }
            guard done else { return }
            code = error
            arrived.signal()
        }
    }
}

extension StorageError {
    fileprivate init(_ call: String, _ path: String, code number: CInt = errno) {
        let code: Code =
            switch number {
            case ENOSPC, EDQUOT: .noSpace
            case ENOENT: .doesNotExist
            case EWOULDBLOCK: .alreadyLocked
            default: .other(number)
            }
        self.init(code: code, call: call, path: path, reason: String(cString: strerror(number)))
    }
}
