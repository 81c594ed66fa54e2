// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation

@testable import MartletBenchmark

/// A small server of channels and of lists that can make one mistake: what a run has to notice.
final class FaultyServer: @unchecked Sendable {
    enum Fault: Sendable {
        case none
        /// Of the message of that number, counted from 0.
        case loses(Int)
        case doubles(Int)
        case swapsWithNext(Int)
        case damages(Int)
        case countsOneMore(Int)
        case countsOneLess(Int)
        case hangsUp(Int)
        case failsRequest(Int)
        /// Once, the second subscriber gets messages of two publishers the other way round.
        case swapsPublishersAfter(Int)
    }

    let port: Int
    private let fault: Fault
    private let listener: CInt
    private let lock = NSLock()
    private var hasEnded = false

    // Only the server's thread has these.
    private var subscribers: [String: [CInt]] = [:]
    private var publishCount = 0
    /// What a subscriber gets behind the next message.
    private var held: [CInt: (frame: [UInt8], publisher: CInt)] = [:]
    private var hasSwapped = false
    /// The newest element is last.
    private var lists: [String: [[UInt8]]] = [:]
    private var heldElements: [[UInt8]] = []
    /// Consumers in the order in which they asked.
    private var blocked: [String: [CInt]] = [:]

    init(_ fault: Fault) {
        self.fault = fault
        listener = socket(AF_INET, CInt(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let port = withUnsafeMutablePointer(to: &address) { [listener] in
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                precondition(bind(listener, pointer, length) == 0)
                precondition(listen(listener, 64) == 0)
                precondition(getsockname(listener, pointer, &length) == 0)
            }
            return Int(UInt16(bigEndian: $0.pointee.sin_port))
        }
        self.port = port
        Thread.detachNewThread { self.serve() }
    }

    func end() { lock.withLock { hasEnded = true } }

    private func serve() {
        var clients: [CInt: [UInt8]] = [:]
        while !lock.withLock({ hasEnded }) {
            var watched = ([listener] + clients.keys).map {
                pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
            }
            poll(&watched, nfds_t(watched.count), 20)
            for entry in watched where entry.revents != 0 {
                if entry.fd == listener {
                    clients[accept(listener, nil, nil)] = []
                    continue
                }
                var bytes = [UInt8](repeating: 0, count: 65_536)
                let count = recv(entry.fd, &bytes, bytes.count, 0)
                if count <= 0 {
                    clients[entry.fd] = nil
                    close(entry.fd)
                    continue
                }
                clients[entry.fd]?.append(contentsOf: bytes[..<count])
                while let request = Self.takeRequest(&clients[entry.fd]!) {
                    answer(request, entry.fd)
                }
            }
        }
        for client in clients.keys { close(client) }
        close(listener)
    }

    /// An array of bulk strings, if all of it is there.
    private static func takeRequest(_ bytes: inout [UInt8]) -> [[UInt8]]? {
        var position = 0
        func number() -> Int? {
            guard let end = bytes[position...].firstIndex(of: 13), end + 1 < bytes.count else {
                return nil
            }
            defer { position = end + 2 }
            return Int(String(decoding: bytes[(position + 1)..<end], as: UTF8.self))
        }
        guard !bytes.isEmpty, let count = number() else { return nil }
        var words: [[UInt8]] = []
        for _ in 0..<count {
            guard position < bytes.count, let length = number(),
                position + length + 2 <= bytes.count
            else { return nil }
            words.append(Array(bytes[position..<(position + length)]))
            position += length + 2
        }
        bytes.removeFirst(position)
        return words
    }

    private func answer(_ request: [[UInt8]], _ client: CInt) {
        let words = request.map { String(decoding: $0, as: UTF8.self) }
        switch words[0] {
        case "PING": write(client, Array("+PONG\r\n".utf8))
        case "INFO": write(client, Array("$0\r\n\r\n".utf8))
        case "AUTH": write(client, Array("+OK\r\n".utf8))
        case "subscribe":
            subscribers[words[1], default: []].append(client)
            write(client, Wire.confirmation("subscribe", [words[1]], after: 0))
        case "PUBLISH": publish(request, words[1], client)
        case "DEL": write(client, Array(":0\r\n".utf8))
        case "LLEN": write(client, Array(":\(lists[words[1], default: []].count)\r\n".utf8))
        case "LPUSH": push(request[2], words[1], client)
        case "BRPOP":
            blocked[words[1], default: []].append(client)
            serveBlocked(words[1])
        default: write(client, Array("-ERR unknown\r\n".utf8))
        }
    }

    private func push(_ element: [UInt8], _ key: String, _ client: CInt) {
        let number = publishCount
        publishCount += 1
        var element = element
        switch fault {
        case .hangsUp(number):
            shutdown(client, CInt(SHUT_RDWR))
            return
        case .failsRequest(number):
            write(client, Array("-ERR no\r\n".utf8))
            return
        case .swapsWithNext(number): heldElements = [element]
        default:
            if case .damages(number) = fault { element[element.count - 1] ^= 1 }
            var copies = 1
            if case .loses(number) = fault { copies = 0 }
            if case .doubles(number) = fault { copies = 2 }
            lists[key, default: []] += Array(repeating: element, count: copies) + heldElements
            heldElements = []
        }
        write(client, Array(":\(lists[key, default: []].count)\r\n".utf8))
        serveBlocked(key)
    }

    private func serveBlocked(_ key: String) {
        while let consumer = blocked[key]?.first, let element = lists[key]?.first {
            blocked[key]?.removeFirst()
            lists[key]?.removeFirst()
            let head = Wire.request([key, ""]).dropLast("$0\r\n\r\n".utf8.count)
            write(consumer, head + Wire.bulkString(element))
        }
    }

    private func publish(_ request: [[UInt8]], _ channel: String, _ client: CInt) {
        let number = publishCount
        publishCount += 1
        var frame = Wire.request(["message", channel, ""]).dropLast("$0\r\n\r\n".utf8.count)
        frame += "$\(request[2].count)\r\n".utf8
        frame += request[2] + [13, 10]
        let receivers = subscribers[channel] ?? []
        var count = receivers.count
        switch fault {
        case .hangsUp(number):
            shutdown(client, CInt(SHUT_RDWR))
            return
        case .failsRequest(number):
            write(client, Array("-ERR no\r\n".utf8))
            return
        case .countsOneMore(number): count += 1
        case .countsOneLess(number): count -= 1
        case .damages(number): frame[frame.count - 3] ^= 1
        default: break
        }
        for (index, receiver) in receivers.enumerated() {
            deliver(Array(frame), number, from: client, to: receiver, isSecond: index == 1)
        }
        write(client, Array(":\(count)\r\n".utf8))
    }

    private func deliver(
        _ frame: [UInt8], _ number: Int, from publisher: CInt, to receiver: CInt, isSecond: Bool
    ) {
        switch fault {
        case .loses(number): return
        case .doubles(number): write(receiver, frame + frame)
        case .swapsWithNext(number): held[receiver] = (frame, publisher)
        case .swapsPublishersAfter(let first) where isSecond && number >= first && !hasSwapped:
            if let (before, other) = held[receiver] {
                hasSwapped = other != publisher
                held[receiver] = hasSwapped ? nil : (frame, publisher)
                write(receiver, hasSwapped ? frame + before : before)
            } else {
                held[receiver] = (frame, publisher)
            }
        default: write(receiver, frame + (held.removeValue(forKey: receiver)?.frame ?? []))
        }
    }

    private func write(_ client: CInt, _ bytes: [UInt8]) {
        let count = send(client, bytes, bytes.count, CInt(MSG_NOSIGNAL))
        precondition(count == bytes.count || count < 0)
    }
}
