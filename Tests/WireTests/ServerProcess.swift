// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CHiredis
import Foundation

#if canImport(Glibc)
    import Glibc
#endif

/// A server under test in a process of its own, on a free loopback port and a Unix socket.
///
/// `MARTLET_SERVER` names the program; without it, `martlet-server` beside the test program is
/// taken. With `MARTLET_SERVER=redis-server` the same tests run against Redis itself.
///
/// Unchecked: the tests run one after the other, and what ends the shared server runs after them.
final class ServerProcess: @unchecked Sendable {
    enum Failure: Error, CustomStringConvertible {
        case notStarted(program: String, reason: String)
        case didNotEnd(pid: pid_t)
        case badStatus(Int32, log: String)

        var description: String {
            switch self {
            case .notStarted(let program, let reason): "\(program) did not start: \(reason)"
            case .didNotEnd(let pid): "process \(pid) did not end after SIGTERM"
            case .badStatus(let status, let log): "the server ended with status \(status): \(log)"
            }
        }
    }

    /// What a wait for the process may take at most; reached only when something is broken.
    static let patience: TimeInterval = 20

    let port: Int32
    let directory: String
    let pid: pid_t
    /// The exit status once the process was reaped; 128 + N if signal N ended it.
    private var status: Int32?

    var unixSocketPath: String { directory + "/martlet.sock" }
    private var logPath: String { directory + "/output" }

    static var program: String {
        if let named = ProcessInfo.processInfo.environment["MARTLET_SERVER"], !named.isEmpty {
            return named
        }
        let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        return tests.deletingLastPathComponent().appendingPathComponent("martlet-server").path
    }

    /// Whether the server under test is Redis or Valkey, which would write a snapshot and
    /// refuse DEBUG unless they are told otherwise.
    static var isReference: Bool {
        let name = URL(fileURLWithPath: program).lastPathComponent
        return name.hasPrefix("redis-server") || name.hasPrefix("valkey-server")
    }

    /// Starts a server and returns once it accepts connections.
    private init(_ settings: [String]) throws {
        var template = Array((NSTemporaryDirectory() + "/martlet-wire.XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw Failure.notStarted(program: Self.program, reason: "no temporary directory")
        }
        directory = String(decoding: template.dropLast().map(UInt8.init), as: UTF8.self)
        port = try Self.freePort()
        var arguments = [
            Self.program, "--port", "\(port)", "--bind", "127.0.0.1",
            "--unixsocket", directory + "/martlet.sock", "--enable-debug-command", "local",
            "--dir", directory,
        ]
        if Self.isReference {
            arguments += ["--save", "", "--appendonly", "no"]
        }
        pid = try Self.spawn(arguments + settings, output: directory + "/output")
        try waitUntilAccepting()
    }

    deinit {
        if status == nil {
            kill(pid, SIGKILL)
            waitpid(pid, nil, 0)
        }
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Starts a server; again if somebody else took its port between the pick and the bind.
    static func start(_ settings: [String]) throws -> ServerProcess {
        for _ in 0..<2 {
            if let server = try? ServerProcess(settings) { return server }
        }
        return try ServerProcess(settings)
    }

    /// Runs `body` with a server of its own and ends it afterwards, which must succeed.
    static func with(_ settings: [String], _ body: (ServerProcess) throws -> Void) throws {
        let server = try start(settings)
        try body(server)
        try server.stop()
    }

    /// Sends SIGTERM; the exit code must be 0.
    func stop() throws {
        terminate()
        try waitUntilEnded()
    }

    func terminate() {
        if status == nil { kill(pid, SIGTERM) }
    }

    /// Waits until the process has ended by itself; the exit code must be 0.
    func waitUntilEnded() throws {
        let deadline = Date(timeIntervalSinceNow: Self.patience)
        while !reap() {
            guard Date() < deadline else { throw Failure.didNotEnd(pid: pid) }
            usleep(2_000)
        }
        if let status, status != 0 { throw Failure.badStatus(status, log: logTail) }
    }

    private func reap() -> Bool {
        if status != nil { return true }
        var raw: Int32 = 0
        guard waitpid(pid, &raw, WNOHANG) == pid else { return false }
        let signal = raw & 0x7f
        status = signal == 0 ? (raw >> 8) & 0xff : 128 + signal
        return true
    }

    private var logTail: String {
        let text = (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? ""
        return String(text.suffix(2_000))
    }

    private func waitUntilAccepting() throws {
        let deadline = Date(timeIntervalSinceNow: Self.patience)
        while true {
            if reap() {
                throw Failure.notStarted(program: Self.program, reason: "it ended: \(logTail)")
            }
            let accepting = Transport.allCases.allSatisfy { transport in
                (try? HiredisConnection(self, transport)) != nil
            }
            if accepting { return }
            guard Date() < deadline else {
                throw Failure.notStarted(
                    program: Self.program, reason: "it accepts no connections: \(logTail)")
            }
            usleep(2_000)
        }
    }

    private static func spawn(_ arguments: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // hiredis writes without MSG_NOSIGNAL, so this program ignores SIGPIPE, and a thread of a
        // Dispatch pool blocks most signals. The server inherits neither.
        signal(SIGPIPE, SIG_IGN)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        for signal in [SIGPIPE, SIGTERM, SIGINT] { sigaddset(&signals, signal) }
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
        var argv = arguments.map { strdup($0) } + [nil]
        defer { for argument in argv { free(argument) } }
        var pid: pid_t = 0
        let code = posix_spawnp(&pid, arguments[0], &actions, &attributes, &argv, environ)
        guard code == 0 else {
            throw Failure.notStarted(program: arguments[0], reason: String(cString: strerror(code)))
        }
        return pid
    }

    /// A port that the kernel has just picked on the loopback address.
    private static func freePort() throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutableBytes(of: &address) { bytes in
            let pointer = bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self)
            return bind(descriptor, pointer, length) == 0
                && getsockname(descriptor, pointer, &length) == 0
        }
        guard bound else { throw Failure.notStarted(program: program, reason: "no free port") }
        return Int32(UInt16(bigEndian: address.sin_port))
    }
}

extension ServerProcess {
    /// The server that all tests share which need no settings of their own.
    static func shared() throws -> ServerProcess { try sharedResult.get() }

    /// Started by the first test that asks and ended when the test program exits, which fails
    /// if the server does not end as it should.
    private static let sharedResult = Result {
        let server = try ServerProcess.start([])
        atexit {
            guard let server = try? ServerProcess.shared() else { return }
            do {
                try server.stop()
                try? FileManager.default.removeItem(atPath: server.directory)
            } catch {
                FileHandle.standardError.write(Data("\(error)\n".utf8))
                kill(server.pid, SIGKILL)
                fflush(nil)
                _exit(1)
            }
        }
        return server
    }

    /// Whether the shared server behaves as Redis 7.2 or later does, as Martlet must;
    /// Debian's Redis is 7.0.
    static let imitates72: Bool = {
        guard let server = try? shared(),
            let info = try? HiredisConnection(server, .tcp).command("INFO", "server").text,
            let version = InfoFields(info)["redis_version"]
        else { return true }
        return !version.hasPrefix("7.0")
    }()
}

/// How a connection reaches the server.
enum Transport: String, CaseIterable, Sendable {
    case tcp = "TCP"
    case unix = "Unix socket"
}

/// The `name:value` lines of an INFO reply.
struct InfoFields {
    private let values: [Substring: Substring]

    init(_ text: String) {
        let lines = text.split(whereSeparator: \.isNewline)
        let pairs = lines.compactMap { line -> (Substring, Substring)? in
            guard !line.hasPrefix("#"), let colon = line.firstIndex(of: ":") else { return nil }
            return (line[..<colon], line[line.index(after: colon)...])
        }
        values = Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    subscript(name: String) -> String? { values[Substring(name)].map(String.init) }
}
