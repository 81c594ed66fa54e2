// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc
import MartletConfiguration

/// The sockets to listen on, as the settings describe them.
enum Listeners {
    struct Failure: Error {
        /// One line that says which address it was and what the system said.
        let message: String
    }

    /// A socket for each address of `bind`. An address that is marked as optional may be missing.
    static func openTCP(
        _ configuration: Configuration
    ) throws(Failure) -> [(descriptor: CInt, name: String)] {
        guard configuration.port != 0 else { return [] }
        var opened: [(descriptor: CInt, name: String)] = []
        for address in configuration.listenAddresses {
            do throws(SystemError) {
                opened.append(try open(address, configuration))
            } catch {
                let isMissing =
                    error.code == EADDRNOTAVAIL && address.isOptional
                    || error.code == EAFNOSUPPORT || error.code == EPROTONOSUPPORT
                if isMissing { continue }
                for (descriptor, _) in opened { close(descriptor) }
                throw Failure(
                    message: "Could not create server TCP listening socket "
                        + "\(address.host ?? "*"):\(configuration.port): \(error)")
            }
        }
        guard !opened.isEmpty else {
            throw Failure(message: "Could not listen on any of the addresses of 'bind'")
        }
        return opened
    }

    private static func open(
        _ address: ListenAddress, _ configuration: Configuration
    ) throws(SystemError) -> (descriptor: CInt, name: String) {
        var hints = addrinfo()
        hints.ai_family = address.family == .ipv6 ? AF_INET6 : AF_INET
        hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE
        var found: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(address.host, String(configuration.port), &hints, &found)
        guard status == 0, let found else {
            throw SystemError("getaddrinfo", code: EADDRNOTAVAIL)
        }
        defer { freeaddrinfo(found) }
        let descriptor = try Socket.listen(
            on: found, port: configuration.port, backlog: configuration.tcpBacklog)
        let host = address.host ?? (address.family == .ipv6 ? "::" : "0.0.0.0")
        let name = host.contains(":") ? "[\(host)]" : host
        return (descriptor, "\(name):\(Socket.port(of: descriptor))")
    }

    static func openUnix(
        _ configuration: Configuration
    ) throws(Failure) -> (descriptor: CInt, name: String)? {
        guard !configuration.unixsocket.isEmpty else { return nil }
        do throws(SystemError) {
            let descriptor = try Socket.listen(
                atPath: configuration.unixsocket, permissions: configuration.unixsocketperm,
                backlog: configuration.tcpBacklog)
            return (descriptor, configuration.unixsocket)
        } catch {
            throw Failure(
                message: "Could not create Unix socket \(configuration.unixsocket): \(error)")
        }
    }
}
