// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Logging
import MartletServer
import Testing

/// The server as a library: what a program that embeds it relies on.
@Suite("An embedded server")
struct EmbeddedServerTests {
    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private static func temporaryPath() -> String {
        "\(NSTemporaryDirectory())martlet-\(UUID().uuidString.prefix(8)).sock"
    }

    @Test("starts, stops, and takes its socket away")
    func lifecycle() throws {
        let path = Self.temporaryPath()
        let server = try Server(
            arguments: ["--port", "0", "--unixsocket", path, "--io-threads", "2"],
            logger: Self.silent)
        #expect(try server.start() == [path])
        #expect(FileManager.default.fileExists(atPath: path))
        server.stop()
        server.stop()
        try server.waitUntilStopped()
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test("that cannot listen says why, and can be let go of")
    func failure() throws {
        let path = "/nonexistent-\(UUID().uuidString)/martlet.sock"
        let server = try Server(
            arguments: ["--port", "0", "--unixsocket", path], logger: Self.silent)
        let error = #expect(throws: Server.StartError.self) { try server.start() }
        #expect(error?.description.contains(path) == true)
    }

    @Test("refuses settings that it does not know")
    func unknownSetting() {
        let error = #expect(throws: Server.StartError.self) {
            _ = try Server(arguments: ["--nosuchsetting", "1"], logger: Self.silent)
        }
        #expect(error?.description.contains("nosuchsetting") == true)
    }
}
