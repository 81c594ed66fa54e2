// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Glibc
import Testing

@testable import MartletLog

/// The directory is Redis's own: `redis-check-aof` accepts it, a redis-server has the same data,
/// and what that writes loads. Scripts/install-dependencies brings both.
@Suite("A real Redis", .serialized)
struct RealRedisTests {
    private func written() throws -> (TemporaryDirectory, count: Int) {
        let directory = try TemporaryDirectory()
        let log = try DiskLog(directory.location)
        for _ in 0..<50 {
            log.append(payload: 20)
            log.log.commit()
        }
        #expect(log.rewrite() == nil)
        for _ in 0..<50 {
            log.append(payload: 20)
            log.log.commit()
        }
        #expect(log.finish() == nil)
        return (directory, log.count)
    }

    @Test("redis-check-aof accepts a log")
    func check() throws {
        let (directory, _) = try written()
        let (status, output) = try RedisProcess.run(
            "redis-check-aof", [directory.location.manifestPath])
        #expect(status == 0, "\(output)")
        #expect(output.contains("All AOF files and manifest are valid"))
    }

    @Test("a redis-server loads a log, and Martlet what it adds")
    func load() throws {
        let (directory, count) = try written()
        let server = try RedisProcess(directory: directory.path + "/data")
        #expect(try size(of: server) == count)
        #expect(try server.ask("-n", "\(count % 3)", "SET", "\(count)", "by redis") == "OK")
        server.end()
        #expect(try DiskLog(directory.location).count == count + 1)
    }

    @Test("a redis-server loads a torn log up to the same place")
    func loadTorn() throws {
        let (directory, count) = try written()
        let increment = directory.location.path("appendonly.aof.2.incr.aof")
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: increment))
        try file.truncate(atOffset: file.seekToEnd() - 7)
        let server = try RedisProcess(directory: directory.path + "/data")
        #expect(try size(of: server) == count - 1)
        server.end()
        #expect(try DiskLog(directory.location).count == count - 1)
    }

    private func size(of server: RedisProcess) throws -> Int {
        try (0..<3).reduce(0) { $0 + (Int(try server.ask("-n", "\($1)", "DBSIZE")) ?? 0) }
    }

    @Test("a directory that a redis-server has written, and rewritten, loads")
    func loadFromRedis() throws {
        let directory = try TemporaryDirectory()
        try FileManager.default.createDirectory(
            atPath: directory.path + "/data", withIntermediateDirectories: true)
        let server = try RedisProcess(directory: directory.path + "/data")
        for number in 0..<20 {
            #expect(try server.ask("-n", "\(number % 3)", "SET", "\(number)", "x") == "OK")
        }
        server.end()
        let log = try DiskLog(directory.location)
        #expect(log.count == 20)
        log.append(payload: 5)
        #expect(log.finish() == nil)
        #expect(try DiskLog(directory.location).count == 21)
        #expect(
            try RedisProcess.run("redis-check-aof", [directory.location.manifestPath]).status == 0)
    }
}

/// A redis-server on a Unix socket, with its files in a directory.
private final class RedisProcess {
    private let pid: pid_t
    private let socket: String
    private var hasEnded = false

    init(directory: String) throws {
        // A socket's path is short.
        socket = "/tmp/martlet-\(UUID().uuidString.prefix(8)).sock"
        pid = try Self.spawn(
            [
                "redis-server", "--port", "0", "--unixsocket", socket, "--save", "",
                "--appendonly", "yes", "--aof-use-rdb-preamble", "no", "--dir", directory,
            ], output: "/dev/null")
        let deadline = ContinuousClock.now + .seconds(60)
        while try ask("PING") != "PONG" {
            try #require(ContinuousClock.now < deadline)
            usleep(10_000)
        }
    }

    func ask(_ arguments: String...) throws -> String {
        try Self.run("redis-cli", ["-s", socket] + arguments).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    func end() {
        kill(pid, SIGTERM)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        #expect(status == 0)
        hasEnded = true
    }

    deinit {
        if !hasEnded { end() }
        unlink(socket)
    }

    static func run(
        _ program: String, _ arguments: [String]
    ) throws -> (status: Int32, output: String) {
        let directory = try TemporaryDirectory()
        let output = directory.path + "/output"
        let pid = try spawn([program] + arguments, output: output)
        var status: Int32 = 0
        waitpid(pid, &status, 0)
        return (status, try String(contentsOfFile: output, encoding: .utf8))
    }

    /// Foundation's `Process` waits with a run loop, which a test's thread has not.
    private static func spawn(_ arguments: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(
            &actions, STDOUT_FILENO, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO)
        // Dispatch's threads have signals blocked, and a child would inherit that.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, arguments[0], &actions, &attributes, &pointers, environ)
        try #require(code == 0, "\(arguments[0]): \(String(cString: strerror(code)))")
        return pid
    }
}
