// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc
import Testing

/// A blocking client of a Unix socket.
final class RedisSocket {
    struct Failure: Error {
        let message: String
    }

    private let descriptor: CInt
    private var received: [UInt8] = []

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let status = withUnsafePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard status == 0 else { throw Failure(message: "connect: \(errno)") }
        var timeout = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &timeout, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress!, $0.count) }
            guard count > 0 else { throw Failure(message: "write: \(errno)") }
            rest = rest.dropFirst(count)
        }
    }

    /// Reads up to the end of a line, whatever it says.
    func expectLine() throws {
        while true {
            if let end = received.firstIndex(of: 0x0A) {
                received.removeFirst(end + 1)
                return
            }
            try receive()
        }
    }

    /// Reads as many bytes as `text` has, which must be `text`.
    func expect(_ text: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let count = text.utf8.count
        while received.count < count { try receive() }
        #expect(
            String(decoding: received[..<count], as: UTF8.self) == text,
            sourceLocation: sourceLocation)
        received.removeFirst(count)
    }

    private func receive() throws {
        var buffer = [UInt8](repeating: 0, count: 65536)
        let readCount = read(descriptor, &buffer, buffer.count)
        guard readCount > 0 else { throw Failure(message: "read: \(errno)") }
        received += buffer[..<readCount]
    }
}
