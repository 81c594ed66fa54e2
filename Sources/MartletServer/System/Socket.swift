// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Glibc

/// The socket calls, with typed outcomes. All sockets are non-blocking and close on exec.
enum Socket {
    enum Transfer {
        case bytes(Int)
        /// The kernel would have to wait.
        case wouldBlock
        /// The other side has ended its input (read only).
        case end
        case failed(SystemError)
    }

    // MARK: Listening

    /// A TCP socket that listens on one address.
    static func listen(
        on address: UnsafePointer<addrinfo>, backlog: Int
    ) throws(SystemError) -> CInt {
        let descriptor = socket(
            address.pointee.ai_family,
            CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        do throws(SystemError) {
            try setOption(descriptor, SOL_SOCKET, SO_REUSEADDR, 1)
            if address.pointee.ai_family == AF_INET6 {
                try setOption(descriptor, CInt(IPPROTO_IPV6), IPV6_V6ONLY, 1)
            }
            guard bind(descriptor, address.pointee.ai_addr, address.pointee.ai_addrlen) == 0 else {
                throw SystemError("bind")
            }
            guard Glibc.listen(descriptor, CInt(clamping: backlog)) == 0 else {
                throw SystemError("listen")
            }
            return descriptor
        } catch {
            close(descriptor)
            throw error
        }
    }

    /// A Unix socket that listens at `path`. What an ended server left there is removed.
    static func listen(
        atPath path: String, permissions: Int, backlog: Int
    ) throws(SystemError) -> CInt {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let capacity = MemoryLayout.size(ofValue: address.sun_path)
        let bytes = Array(path.utf8)
        guard bytes.count < capacity else { throw SystemError("bind", code: ENAMETOOLONG) }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
        let descriptor = socket(
            AF_UNIX, CInt(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue),
            0)
        guard descriptor >= 0 else { throw SystemError("socket") }
        unlink(path)
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard bound == 0, Glibc.listen(descriptor, CInt(clamping: backlog)) == 0 else {
            let error = SystemError(bound == 0 ? "listen" : "bind")
            close(descriptor)
            throw error
        }
        if permissions != 0 { chmod(path, mode_t(permissions)) }
        return descriptor
    }

    // MARK: Connections

    static func accept(_ listener: CInt) throws(SystemError) -> (CInt, PeerAddress) {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        let descriptor = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                csystem_accept(listener, $0, &length)
            }
        }
        guard descriptor >= 0 else { throw SystemError("accept4") }
        return (descriptor, PeerAddress(storage))
    }

    /// Sends small segments at once (TCP_NODELAY) and notices peers that vanished
    /// (`tcp-keepalive`, in seconds; 0 turns that off).
    static func prepareTCP(_ descriptor: CInt, keepaliveSeconds: Int) {
        let tcp = CInt(IPPROTO_TCP)
        try? setOption(descriptor, tcp, TCP_NODELAY, 1)
        guard keepaliveSeconds > 0 else { return }
        let interval = CInt(clamping: keepaliveSeconds)
        try? setOption(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        try? setOption(descriptor, tcp, TCP_KEEPIDLE, interval)
        try? setOption(descriptor, tcp, TCP_KEEPINTVL, max(interval / 3, 1))
        try? setOption(descriptor, tcp, TCP_KEEPCNT, 3)
    }

    static func receive(
        _ descriptor: CInt, into buffer: UnsafeMutableRawBufferPointer
    ) -> Transfer {
        while true {
            let count = recv(descriptor, buffer.baseAddress, buffer.count, 0)
            if count > 0 { return .bytes(count) }
            if count == 0 { return .end }
            if errno == EINTR { continue }
            return outcome("recv")
        }
    }

    static func send(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Transfer {
        while true {
            let count = Glibc.send(
                descriptor, bytes.baseAddress, bytes.count, CInt(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return outcome("send")
        }
    }

    static func send(_ descriptor: CInt, _ vectors: UnsafeMutableBufferPointer<iovec>) -> Transfer {
        var message = msghdr()
        message.msg_iov = vectors.baseAddress
        message.msg_iovlen = vectors.count
        while true {
            let count = sendmsg(descriptor, &message, CInt(MSG_NOSIGNAL))
            if count >= 0 { return .bytes(count) }
            if errno == EINTR { continue }
            return outcome("sendmsg")
        }
    }

    private static func outcome(_ call: String) -> Transfer {
        errno == EAGAIN || errno == EWOULDBLOCK ? .wouldBlock : .failed(SystemError(call))
    }

    private static func setOption(
        _ descriptor: CInt, _ level: CInt, _ option: CInt, _ value: CInt
    ) throws(SystemError) {
        var value = value
        guard
            setsockopt(
                descriptor, level, option, &value, socklen_t(MemoryLayout<CInt>.size)) == 0
        else { throw SystemError("setsockopt") }
    }
}

/// One end of a connection, in the form in which CLIENT LIST shows it.
struct PeerAddress {
    let host: String
    let port: Int
    let isUnixSocket: Bool

    init(_ storage: sockaddr_storage) {
        var storage = storage
        isUnixSocket = storage.ss_family == sa_family_t(AF_UNIX)
        guard !isUnixSocket else {
            host = ""
            port = 0
            return
        }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let isIPv6 = storage.ss_family == sa_family_t(AF_INET6)
        port = withUnsafePointer(to: &storage) { pointer in
            if isIPv6 {
                pointer.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
                    var bytes = address.pointee.sin6_addr
                    inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
                    return Int(UInt16(bigEndian: address.pointee.sin6_port))
                }
            } else {
                pointer.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
                    var bytes = address.pointee.sin_addr
                    inet_ntop(AF_INET, &bytes, &text, socklen_t(text.count))
                    return Int(UInt16(bigEndian: address.pointee.sin_port))
                }
            }
        }
        host = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    /// The near end of a connection.
    static func local(of descriptor: CInt) -> PeerAddress {
        var storage = sockaddr_storage()
        var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
        _ = withUnsafeMutablePointer(to: &storage) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                getsockname(descriptor, $0, &length)
            }
        }
        return PeerAddress(storage)
    }

    /// `127.0.0.1:6379`, `[::1]:6379`; `path:0` for a Unix socket.
    func text(unixPath: String) -> String {
        if isUnixSocket { return "\(unixPath):0" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    /// Whether it is on this machine, for protected mode.
    var isLocal: Bool {
        isUnixSocket || host.hasPrefix("127.") || host == "::1" || host.hasPrefix("::ffff:127.")
    }
}
