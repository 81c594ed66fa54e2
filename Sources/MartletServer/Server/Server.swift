// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Dispatch
import Logging
import Martlet
import MartletConfiguration
import ServiceLifecycle
import Synchronization

/// A broker that listens for Redis clients.
///
/// `start` opens the sockets and returns; event loops serve the clients until `stop`, or until a
/// client says SHUTDOWN. The server installs no signal handlers. As a service of
/// swift-service-lifecycle it does both by itself: see ``run()``.
public final class Server: Sendable {
    /// Why the server did not start: one line for its operator.
    public struct StartError: Error, Sendable, CustomStringConvertible {
        public let description: String
    }

    private let instance: ServerInstance

    /// A server with the settings of a command line: `["--port", "7000", "--bind", "127.0.0.1"]`.
    ///
    /// - Parameters:
    ///   - arguments: as `martlet-server` takes them, without a configuration file.
    ///   - logger: gets one line for each event.
    /// - Throws: `StartError` for an unknown setting or a bad value.
    public convenience init(arguments: [String], logger: Logger) throws {
        let configuration = try Self.configuration(arguments)
        try self.init(configuration: configuration, logger: logger)
    }

    /// A server whose clients have the channels and the keys of the program that it is part of.
    ///
    /// - Parameters:
    ///   - broker: has one server at most. How many event loops that has was said when the broker
    ///     was made. It outlives its server, and is closed by whoever made it.
    ///   - arguments: as `martlet-server` takes them, without a configuration file, and without
    ///     what the broker decides: where its log is, when that is synced, how many databases.
    ///   - logger: gets one line for each event.
    /// - Throws: `StartError` for an unknown setting or a bad value, and if the broker has a
    ///   server already.
    public init(
        broker: Martlet.Broker, arguments: [String] = [], logger: Logger = Logger(label: "martlet")
    ) throws {
        let own = broker.context.configuration.configuration
        let configuration = try Self.configuration(arguments, defaults: own)
        for name in Self.settingsOfBroker {
            let setting = Setting.named(Array(name.utf8))!
            guard setting.value(in: configuration) != setting.value(in: own) else { continue }
            throw StartError(description: "\(name) is what the broker was made with")
        }
        instance = try ServerInstance(broker, configuration, logger: logger)
    }

    /// What a broker decides, since it is there before its server.
    private static let settingsOfBroker = [
        "appendonly", "appendfsync", "appenddirname", "appendfilename", "databases", "dir",
    ]

    private static func configuration(
        _ arguments: [String], defaults: Configuration = Configuration()
    ) throws -> Configuration {
        do throws(ConfigurationError) {
            return try Configuration(
                reading: [CommandLineArguments(arguments).options], defaults: defaults)
        } catch {
            throw StartError(description: error.report(version: ServerVersion.number))
        }
    }

    /// - Parameters:
    ///   - configuration: the settings; see `CommandLineArguments` for where they come from.
    ///   - configurationFile: where CONFIG REWRITE writes them; empty for nowhere.
    package init(
        configuration: Configuration, configurationFile: String = "", logger: Logger
    ) throws {
        instance = try ServerInstance(
            configuration, configurationFile: configurationFile, logger: logger)
    }

    /// Opens the sockets and starts the loops.
    ///
    /// - Returns: where it listens, for people to read.
    @discardableResult
    public func start() throws(StartError) -> [String] {
        try instance.start()
    }

    /// Ends the server: no more connections, the clients get what is queued for them, as far as
    /// their sockets take it within `shutdown-timeout`, and are closed. May be called from any
    /// thread, more than once.
    public func stop() {
        instance.stop()
    }

    /// Waits on this thread until the server has stopped.
    ///
    /// - Throws: `StartError` if it ended because its log could not be loaded.
    public func waitUntilStopped() throws(StartError) {
        let end = StoppedServer()
        instance.whenStopped { end.tell($0) }
        try end.wait().get()
    }

    /// Waits until the server has stopped.
    ///
    /// - Throws: `StartError` if it ended because its log could not be loaded.
    public func stopped() async throws(StartError) {
        let result = await withUnsafeContinuation { continuation in
            instance.whenStopped { continuation.resume(returning: $0) }
        }
        try result.get()
    }
}

/// For a thread that waits for the end.
private final class StoppedServer: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let result = Mutex<Result<Void, Server.StartError>>(.success(()))

    func tell(_ result: Result<Void, Server.StartError>) {
        self.result.withLock { $0 = result }
        semaphore.signal()
    }

    func wait() -> Result<Void, Server.StartError> {
        semaphore.wait()
        return result.withLock { $0 }
    }
}

extension Server: Service {
    /// Starts, and serves until the service group shuts down gracefully, the task is cancelled, or
    /// a client says SHUTDOWN.
    ///
    /// - Throws: `StartError` if it cannot start, or its log cannot be loaded.
    public func run() async throws {
        try start()
        try await withTaskCancellationOrGracefulShutdownHandler {
            try await stopped()
        } onCancelOrGracefulShutdown: {
            self.stop()
        }
    }
}
