// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc
import MartletConfiguration

/// One place to listen at, as the settings name it.
enum Endpoint: Equatable, CustomStringConvertible {
    case tcp(ListenAddress, port: Int)
    case unix(path: String, permissions: Int)

    /// Those of a configuration: an address of `bind` each, and the Unix socket.
    static func all(_ configuration: Configuration) -> [Endpoint] {
        var endpoints: [Endpoint] = []
        if configuration.port != 0 {
            endpoints = configuration.listenAddresses.map { .tcp($0, port: configuration.port) }
        }
        if !configuration.unixsocket.isEmpty {
            endpoints.append(
                .unix(
                    path: configuration.unixsocket, permissions: configuration.unixsocketperm))
        }
        return endpoints
    }

    /// `127.0.0.1:6379`, `[::1]:6379`, or the path.
    var description: String {
        switch self {
        case .tcp(let address, let port):
            let host = address.host ?? (address.family == .ipv6 ? "::" : "0.0.0.0")
            return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        case .unix(let path, _):
            return path
        }
    }

    /// A socket that listens there.
    func open(backlog: Int) throws(SystemError) -> CInt {
        switch self {
        case .tcp(let address, let port):
            return try Self.open(address, port: port, backlog: backlog)
        case .unix(let path, let permissions):
            return try Socket.listen(atPath: path, permissions: permissions, backlog: backlog)
        }
    }

    /// Whether the start goes on without it after this error.
    func mayBeMissing(after error: SystemError) -> Bool {
        guard case .tcp(let address, _) = self else { return false }
        return error.code == EADDRNOTAVAIL && address.isOptional
            || error.code == EAFNOSUPPORT || error.code == EPROTONOSUPPORT
    }

    private static func open(
        _ address: ListenAddress, port: Int, backlog: Int
    ) throws(SystemError) -> CInt {
        var hints = addrinfo()
        hints.ai_family = address.family == .ipv6 ? AF_INET6 : AF_INET
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(address.host, String(port), &hints, &found)
        guard status == 0, let found else {
            throw SystemError("getaddrinfo", reason: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(found) }
        return try Socket.listen(on: found, backlog: backlog)
    }
}
