// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Dispatch
import Glibc
import Logging
import MartletConfiguration
import MartletLog
import MartletServer

/// The life of the process, from its arguments to its exit code.
enum Program {
    static func run(_ arguments: [String]) -> CInt {
        if arguments == ["--version"] || arguments == ["-v"] {
            print(ServerVersion.description)
            return 0
        }
        if arguments == ["--help"] || arguments == ["-h"] {
            print(help)
            return 0
        }
        if arguments.first == "--check-log" { return checkLog(Array(arguments.dropFirst())) }
        let command = CommandLineArguments(arguments)
        // Before the working directory changes.
        let file = command.file.map(absolutePath) ?? ""
        let configuration: Configuration
        do {
            configuration = try readConfiguration(command)
        } catch {
            complain(error.message)
            return 1
        }
        guard configuration.port != 0 || !configuration.unixsocket.isEmpty else {
            complain("Configured to not listen anywhere, exiting.")
            return 1
        }
        return serve(configuration, file: file)
    }

    private struct Failure: Error {
        let message: String
    }

    // MARK: Settings

    private static func readConfiguration(
        _ command: CommandLineArguments
    ) throws(Failure) -> Configuration {
        var sources: [ConfigurationSource] = []
        do throws(SystemError) {
            if let file = command.file {
                sources.append(ConfigurationSource(.file(file), try ConfigurationFile.read(file)))
            }
            if command.readsStandardInput {
                sources.append(
                    ConfigurationSource(
                        .standardInput, try ConfigurationFile.readAll(STDIN_FILENO)))
            }
        } catch {
            throw Failure(
                message: "Can't read the configuration file \(command.file ?? "-"): \(error.reason)"
            )
        }
        var configuration: Configuration
        do throws(ConfigurationError) {
            configuration = try Configuration(
                reading: sources + [command.options], loadInclude: ConfigurationFile.include)
        } catch {
            throw Failure(message: error.report(version: ServerVersion.number))
        }
        if configuration.dir == Configuration.defaultDirectory {
            // It need not be there yet.
            configuration.dir = absolutePath(".") + "/martlet-data"
            return configuration
        }
        guard chdir(configuration.dir) == 0 else {
            let reason = String(cString: strerror(errno))
            throw Failure(message: "Can't chdir to '\(configuration.dir)': \(reason)")
        }
        configuration.dir = absolutePath(".")
        return configuration
    }

    // MARK: --check-log

    private static func checkLog(_ arguments: [String]) -> CInt {
        guard arguments.count == 1 else {
            complain("usage: martlet-server --check-log DIRECTORY")
            return 2
        }
        let storage = FileStorage()
        guard let location = LogLocation(containing: arguments[0], in: storage) else {
            complain("There is no log in \(arguments[0])")
            return 1
        }
        let result = LogCheck.run(location, in: storage)
        print(result.text, terminator: "")
        return result.isIntact ? 0 : 1
    }

    private static func absolutePath(_ path: String) -> String {
        guard let resolved = realpath(path, nil) else { return path }
        defer { free(resolved) }
        return String(cString: resolved)
    }

    // MARK: Serving

    private static func serve(_ configuration: Configuration, file: String) -> CInt {
        var descriptor = STDOUT_FILENO
        if !configuration.logfile.isEmpty {
            descriptor = open(
                configuration.logfile, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else {
                let reason = String(cString: strerror(errno))
                complain("Can't open the log file \(configuration.logfile): \(reason)")
                return 1
            }
        }
        LineLogHandler.threshold = configuration.loglevel.loggerLevel
        let logger = Logger(label: "martlet") { label in
            LineLogHandler(label: label, descriptor: descriptor)
        }
        signal(SIGPIPE, SIG_IGN)
        let server: Server
        let signals: any DispatchSourceRead
        let addresses: [String]
        do {
            server = try Server(
                configuration: configuration, configurationFile: file, logger: logger)
            // Before a client can see that the server is there.
            signals = SignalPipe.handle([SIGTERM, SIGINT]) { [server] number in
                let name = number == SIGTERM ? "SIGTERM" : "SIGINT"
                logger.notice("Received \(name), scheduling shutdown...")
                server.stop()
            }
            addresses = try server.start()
        } catch {
            complain("\(error)")
            return 1
        }
        writePIDFile(configuration.pidfile, logger)
        announce(addresses, logger)
        var status: CInt = 0
        do {
            try server.waitUntilStopped()
        } catch {
            complain("\(error)")
            status = 1
        }
        signals.cancel()
        if !configuration.pidfile.isEmpty { unlink(configuration.pidfile) }
        logger.notice("Martlet is now ready to exit, bye bye...")
        return status
    }

    private static func announce(_ addresses: [String], _ logger: Logger) {
        let place = addresses.isEmpty ? "no address" : addresses.joined(separator: ", ")
        let port = addresses.first?.split(separator: ":").last ?? ""
        let hint = Int(port) != nil ? "; talk to it with: redis-cli -p \(port)" : ""
        logger.notice("\(ServerVersion.description) accepts connections on \(place)\(hint)")
    }

    private static func writePIDFile(_ path: String, _ logger: Logger) {
        guard !path.isEmpty else { return }
        let descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        let text = "\(getpid())\n"
        guard descriptor >= 0, write(descriptor, text, text.utf8.count) == text.utf8.count else {
            logger.warning("Can't write the pid file \(path): \(String(cString: strerror(errno)))")
            return
        }
        close(descriptor)
    }

    private static func complain(_ message: String) {
        let text = message.hasSuffix("\n") ? message : message + "\n"
        _ = write(STDERR_FILENO, text, text.utf8.count)
    }

    private static let help = """
        Usage: martlet-server [/path/to/martlet.conf | -] [--setting value ...]

          martlet-server                            all settings at their defaults
          martlet-server martlet.conf               settings from a file in redis.conf syntax
          martlet-server --port 7000 --bind ::1     settings on the command line
          martlet-server --check-log DIRECTORY      verifies a log and changes nothing
          martlet-server --version                  the version
          martlet-server --help                     this text

        Settings:

        \(Setting.help())
        """
}
