// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Glibc

/// Where the server is.
package struct ServerAddress: Sendable {
    package var host = "127.0.0.1"
    package var port = 6379
    /// A Unix-domain socket; host and port are then of no meaning.
    package var socketPath: String?
    package var password: String?

    package init() {}
}

/// A connection while it is prepared: blocking, one request after the other.
struct Connection {
    let descriptor: CInt
    /// Both ends are on this machine.
    let isLocal: Bool

    init(_ address: ServerAddress) throws(BenchmarkError) {
        if let path = address.socketPath {
            descriptor = try Self.connect(path: path)
            isLocal = true
        } else {
            descriptor = try Self.connect(host: address.host, port: address.port)
            isLocal = Self.hasOneAddress(descriptor)
        }
        var limit = timeval(tv_sec: 30, tv_usec: 0)
        setsockopt(
            descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        if let password = address.password {
            try exchange(Wire.request(["AUTH", password]), expecting: Array("+OK\r\n".utf8))
        }
    }

    private static func connect(path: String) throws(BenchmarkError) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let bytes = Array(path.utf8)
        guard bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw BenchmarkError("\(path): too long for a socket's path")
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else { throw BenchmarkError(failed: "cannot connect to \(path)") }
        return descriptor
    }

    private static func connect(host: String, port: Int) throws(BenchmarkError) -> CInt {
        var hints = addrinfo()
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host, String(port), &hints, &list)
        guard status == 0 else {
            throw BenchmarkError("\(host): \(String(cString: gai_strerror(status)))")
        }
        defer { freeaddrinfo(list) }
        var candidate = list
        while let one = candidate?.pointee {
            let descriptor = socket(one.ai_family, one.ai_socktype, one.ai_protocol)
            guard descriptor >= 0 else { throw BenchmarkError(failed: "socket") }
            if Glibc.connect(descriptor, one.ai_addr, one.ai_addrlen) == 0 {
                var on: CInt = 1
                setsockopt(
                    descriptor, CInt(IPPROTO_TCP), TCP_NODELAY, &on,
                    socklen_t(MemoryLayout<CInt>.size))
                return descriptor
            }
            let code = errno
            close(descriptor)
            errno = code
            candidate = one.ai_next
        }
        throw BenchmarkError(failed: "cannot connect to \(host):\(port)")
    }

    /// Whether a TCP connection's ends have the same host address.
    private static func hasOneAddress(_ descriptor: CInt) -> Bool {
        typealias Query = (CInt, UnsafeMutablePointer<sockaddr>, UnsafeMutablePointer<socklen_t>)
            -> CInt
        func host(_ query: Query) -> String? {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            var name = [CChar](repeating: 0, count: 256)
            let status = withUnsafeMutablePointer(to: &storage) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    query(descriptor, address, &length) == 0
                        ? getnameinfo(address, length, &name, 256, nil, 0, NI_NUMERICHOST) : -1
                }
            }
            guard status == 0 else { return nil }
            return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self)
        }
        let near = host { getsockname($0, $1, $2) }
        return near != nil && near == host { getpeername($0, $1, $2) }
    }

    /// Sends a request and wants exactly these bytes for a reply.
    func exchange(
        _ request: [UInt8], expecting expected: [UInt8]
    ) throws(BenchmarkError) {
        try send(request)
        var received: [UInt8] = []
        while received.count < expected.count {
            received += try receive()
            guard expected.starts(with: received) else {
                let text = String(decoding: received.prefix(200), as: UTF8.self)
                throw BenchmarkError("the server replied, unexpectedly: \(text)")
            }
        }
    }

    /// Sends a request whose reply is any number.
    func acceptNumber(_ request: [UInt8]) throws(BenchmarkError) {
        try send(request)
        var received: [UInt8] = []
        while !received.suffix(2).elementsEqual([13, 10]) { received += try receive() }
        guard received.first == UInt8(ascii: ":") else {
            throw BenchmarkError(String(decoding: received.prefix(200), as: UTF8.self))
        }
    }

    /// The text of a bulk string's reply.
    func bulkString(_ request: [UInt8]) throws(BenchmarkError) -> String {
        try send(request)
        var received: [UInt8] = []
        while true {
            received += try receive()
            guard received.first == UInt8(ascii: "$") else {
                throw BenchmarkError(String(decoding: received.prefix(200), as: UTF8.self))
            }
            guard let end = received.firstIndex(of: UInt8(ascii: "\r")) else { continue }
            let count = Int(String(decoding: received[1..<end], as: UTF8.self)) ?? 0
            guard received.count >= end + 2 + count + 2 else { continue }
            return String(decoding: received[(end + 2)..<(end + 2 + count)], as: UTF8.self)
        }
    }

    private func send(_ bytes: [UInt8]) throws(BenchmarkError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                Glibc.send(
                    descriptor, $0.baseAddress! + sent, bytes.count - sent,
                    CInt(MSG_NOSIGNAL))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw BenchmarkError(failed: "send") }
            sent += count
        }
    }

    private func receive() throws(BenchmarkError) -> [UInt8] {
        while true {
            var isInterrupted = false
            let bytes = [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, received in
                let count = read(descriptor, buffer.baseAddress, buffer.count)
                // A process that was stopped and goes on, for one.
                isInterrupted = count < 0 && errno == EINTR
                received = max(0, count)
            }
            if isInterrupted { continue }
            guard !bytes.isEmpty else {
                throw BenchmarkError("the server closed a connection or did not reply")
            }
            return bytes
        }
    }
}
