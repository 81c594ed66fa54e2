// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Martlet
import Testing

@Suite("The examples", .timeLimit(.minutes(5)))
struct ExampleTests {
    private static let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "Examples")

    private static let hasRedisCli = ["/usr/bin/redis-cli", "/usr/local/bin/redis-cli"].contains {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private func start(_ arguments: String...) throws -> (process: Process, output: FileHandle) {
        let (process, pipe) = (Process(), Pipe())
        process.executableURL = Self.program
        process.arguments = arguments
        process.standardOutput = pipe
        try process.run()
        return (process, pipe.fileHandleForReading)
    }

    @Test("hello receives its message")
    func hello() throws {
        let (process, output) = try start("hello")
        let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(text == "Received message: hello world\n")
        #expect(process.terminationStatus == 0)
    }

    @Test("the embedded server's ticks reach redis-cli", .enabled(if: hasRedisCli))
    func embeddedServer() throws {
        let (process, output) = try start("embedded-server", "\(try Self.freePort())")
        let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let ticks = text.split(separator: "\n").filter { $0.hasPrefix("tick ") }
        #expect(ticks == ["tick 1", "tick 2", "tick 3"])
        #expect(process.terminationStatus == 0)
    }

    private static func freePort() throws -> UInt16 {
        let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = in_addr_t(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return try withUnsafeMutablePointer(to: &address) { address in
            try address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                try #require(bind(descriptor, address, length) == 0)
                try #require(getsockname(descriptor, address, &length) == 0)
            }
            return UInt16(bigEndian: address.pointee.sin_port)
        }
    }

    @Test("the workers do every job, although they are killed again and again")
    func workers() async throws {
        let directory = NSTemporaryDirectory() + "martlet-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let count = 400
        var arguments = [directory, "\(count)"]
        for killAfter in [1, 40, 90] {
            let (process, output) = try start(
                "workers", arguments[0], arguments.count > 1 ? arguments[1] : "0")
            // Until it is amid its work.
            var text = ""
            while text.count(of: "did job") < killAfter {
                let data = output.availableData
                try #require(!data.isEmpty, "it ended: \(text)")
                text += String(decoding: data, as: UTF8.self)
            }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            arguments = [directory]
        }
        let (process, output) = try start("workers", directory)
        let text = String(decoding: output.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(text.hasSuffix("all jobs are done\n"))
        #expect(process.terminationStatus == 0)
        let broker = try await Broker(at: directory)
        let done = broker.queue("done", of: Int.self)
        var numbers: [Int] = []
        while let number = try await done.pop() { numbers.append(number) }
        // Each at least once, and twice no more than were under way when it was killed.
        #expect(Set(numbers) == Set(0..<count))
        #expect(numbers.count <= count + 3 * 8)
        #expect(try await broker.stream("jobs.dead", of: Int.self).count == 0)
        try await broker.close()
    }
}

extension String {
    fileprivate func count(of text: String) -> Int { components(separatedBy: text).count - 1 }
}
