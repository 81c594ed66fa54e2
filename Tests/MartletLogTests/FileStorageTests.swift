// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Dispatch
import Foundation
import Testing

@testable import MartletLog

/// A log on the machine's own file system.
@Suite("FileStorage")
struct FileStorageTests {
    @Test("a log is written, read in pieces, rewritten and locked")
    func log() throws {
        let directory = try TemporaryDirectory()
        let location = directory.location
        let written = try DiskLog(location)
        for _ in 0..<2000 { written.append(payload: 2000) }
        #expect(written.flush() == nil)
        #expect(throws: LogError.inUse(directory: location.directory)) { try DiskLog(location) }
        #expect(written.finish() == nil)

        let read = try DiskLog(location)
        #expect(read.count == 2000)
        read.append(payload: 10)
        #expect(read.finish() == nil)
        #expect(try DiskLog(location).count == 2001)
        #expect(LogCheck.run(location, in: FileStorage()).isIntact)
    }

    @Test("errors name the call, the file and the system's reason")
    func errors() throws {
        let storage = FileStorage()
        #expect(try storage.list("/nonexistent/martlet") == nil)
        #expect {
            try storage.open("/nonexistent/martlet", .read)
        } throws: { error in
            "\(error)" == "open /nonexistent/martlet: No such file or directory"
                && (error as? StorageError)?.code == .doesNotExist
        }
        #expect {
            try storage.makeDirectory("/dev/null/martlet")
        } throws: { error in
            "\(error)" == "mkdir /dev/null/martlet: Not a directory"
        }
    }

    @Test("pieces beyond what one call takes are written, in their order")
    func manyPieces() throws {
        let directory = try TemporaryDirectory()
        let path = directory.path + "/file"
        let file = try FileStorage().open(path, .create)
        let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 / 2) }
        try bytes.withUnsafeBytes { bytes in
            var pieces: [UnsafeRawBufferPointer] = []
            for index in stride(from: 0, to: 5000, by: 2) {
                pieces.append(UnsafeRawBufferPointer(rebasing: bytes[index..<index + 2]))
                pieces.append(UnsafeRawBufferPointer(start: nil, count: 0))
            }
            try pieces.withUnsafeBufferPointer { try file.write($0, at: 3) }
        }
        var found: [UInt8] = []
        try file.read(from: 3) {
            found += $0
            return true
        }
        #expect(found == bytes)
    }
}

/// Removed when it goes.
final class TemporaryDirectory {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appendingPathComponent("martlet-log-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    var location: LogLocation {
        LogLocation(
            dir: path + "/data", appendDirectoryName: "appendonlydir",
            appendFileName: "appendonly.aof")
    }
}

/// A log on disk, and one who counts.
final class DiskLog {
    let log: AppendLog
    private(set) var count: Int

    init(_ location: LogLocation, policy: SyncPolicy = .everysec) throws {
        let counter = Counter()
        let (opened, _) = try LogLoader.load(
            location, in: FileStorage(), allowsTruncation: true, into: counter,
            progress: LoadProgress())
        #expect(counter.numbers == Array(0..<counter.numbers.count))
        count = counter.numbers.count
        log = AppendLog(
            opened, policy: policy, memoryLimit: 1 << 28,
            environment: LogEnvironment { _, text in Issue.record("\(text)") },
            onRelease: { _ in })
    }

    func append(payload: Int) {
        let bytes =
            LogWorld.command("SELECT", "\(count % 3)") + LogWorld.command("MULTI")
            + LogWorld.command("SET", "\(count)", String(repeating: "x", count: payload))
            + LogWorld.command("EXEC")
        _ = bytes.withUnsafeBytes { log.append($0, database: count % 3) }
        count += 1
    }

    /// Rewrites the log, with appends meanwhile.
    ///
    /// - Returns: why not.
    func rewrite() -> String? {
        let done = DispatchSemaphore(value: 0)
        let outcome = Outcome()
        let prepared = Prepared()
        log.prepareRewrite { result in
            prepared.session = try? result.get()
            done.signal()
        }
        done.wait()
        guard let session = prepared.session else { return "not prepared" }
        session.start()
        let base = (0..<count).flatMap {
            LogWorld.command("SELECT", "\($0 % 3)") + LogWorld.command("SET", "\($0)", "base")
        }
        append(payload: 10)
        log.commit()
        session.write(base) { _ in }
        session.finish {
            outcome.text = $0.map { "\($0)" }
            done.signal()
        }
        done.wait()
        return outcome.text
    }

    private final class Prepared: @unchecked Sendable {
        var session: RewriteSession?
    }

    /// Writes and syncs everything.
    ///
    /// - Returns: why not.
    func flush() -> String? {
        wait { log.flush($0) }
    }

    /// Closes the log.
    ///
    /// - Returns: why it could not be flushed.
    func finish() -> String? {
        wait { log.close($0) }
    }

    private func wait(_ begin: (@escaping @Sendable (String?) -> Void) -> Void) -> String? {
        let done = DispatchSemaphore(value: 0)
        let outcome = Outcome()
        begin {
            outcome.text = $0
            done.signal()
        }
        done.wait()
        return outcome.text
    }
}
