// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP
import Testing

@testable import MartletLog

/// A log on a simulated disk, and one who counts: command number n sets n, in database n % 3, and
/// now and then two numbers go in a transaction.
final class LogWorld {
    static let location = LogLocation(
        dir: "data", appendDirectoryName: "appendonlydir", appendFileName: "appendonly.aof")

    let storage: SimulatedStorage
    let queues: SimulatedQueues
    private(set) var log: AppendLog
    /// What the last load found.
    private(set) var report: LoadReport
    /// The next number, and so how many have been appended.
    private(set) var count: Int
    /// By position: how many numbers lie before it.
    private var counts: [(position: LogPosition, count: Int)] = []
    private(set) var toldShards: [Int] = []
    private(set) var reports: [String] = []
    private var database: Int?

    init(
        _ storage: SimulatedStorage = SimulatedStorage(), policy: SyncPolicy, seed: UInt64 = 1,
        memoryLimit: Int = 64 * 1024 * 1024
    ) throws {
        self.storage = storage
        queues = SimulatedQueues(seed: seed)
        let counter = Counter()
        let (opened, report) = try LogLoader.load(
            Self.location, in: storage, allowsTruncation: true, into: counter,
            progress: LoadProgress())
        self.report = report
        count = counter.numbers.count
        let box = Box()
        log = AppendLog(
            opened, policy: policy, memoryLimit: memoryLimit,
            environment: queues.environment(storage) { box.world?.reports.append($0) },
            onRelease: { box.world?.toldShards.append($0) })
        box.world = self
    }

    private final class Box: @unchecked Sendable {
        weak var world: LogWorld?
    }

    /// Appends the next number, or the next two.
    @discardableResult
    func append(transaction: Bool = false, payload: Int = 0) -> LogPosition {
        var bytes: [UInt8] = []
        if transaction { bytes += Self.command("MULTI") }
        for _ in 0..<(transaction ? 2 : 1) {
            bytes += numbered(count, payload: payload)
            count += 1
        }
        if transaction { bytes += Self.command("EXEC") }
        let position = bytes.withUnsafeBytes { log.append($0, database: database!) }
        counts.append((position, count))
        return position
    }

    private func numbered(_ number: Int, payload: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        if database != number % 3 {
            database = number % 3
            bytes += Self.command("SELECT", "\(number % 3)")
        }
        // Every other command has a line of its own in front of it.
        if number % 2 == 0 { bytes += Array("#NUMBER:\(number)\r\n".utf8) }
        return bytes + Self.command("SET", "\(number)", String(repeating: "x", count: payload))
    }

    static func command(_ arguments: String...) -> [UInt8] {
        var text = "*\(arguments.count)\r\n"
        for argument in arguments { text += "$\(argument.utf8.count)\r\n\(argument)\r\n" }
        return Array(text.utf8)
    }

    /// How many numbers a client may have heard of.
    var acknowledgedCount: Int {
        let released = log.releasedPosition
        return counts.last { $0.position <= released }?.count ?? 0
    }

    /// Runs a whole rewrite, with appends between its steps.
    func rewrite(pieces: Int, _ between: @escaping () -> Void = {}) {
        let producer = Producer(world: self, pieces: pieces, between: between)
        log.prepareRewrite { result in
            if case .success(let session) = result { producer.start(session) }
        }
    }

    private final class Producer: @unchecked Sendable {
        private let world: LogWorld
        private let pieces: Int
        private let between: () -> Void
        private var numbers = 0
        private var next = 0

        init(world: LogWorld, pieces: Int, between: @escaping () -> Void) {
            self.world = world
            self.pieces = pieces
            self.between = between
        }

        func start(_ session: RewriteSession) {
            session.start()
            numbers = world.count
            step(session)
        }

        private func step(_ session: RewriteSession) {
            between()
            guard next < numbers else {
                session.finish { _ in }
                return
            }
            var bytes: [UInt8] = []
            let end = min(numbers, next + max(1, numbers / pieces))
            for number in next..<end {
                bytes += LogWorld.command("SELECT", "\(number % 3)")
                bytes += LogWorld.command("SET", "\(number)", "")
            }
            next = end
            session.write(bytes) { failure in
                if failure == nil { self.step(session) }
            }
        }
    }

    /// Loads what is on a disk, and expects the numbers from 0 on, each once, in order.
    ///
    /// - Returns: how many there are.
    static func load(_ storage: SimulatedStorage) throws -> (count: Int, LoadReport) {
        let counter = Counter()
        let (opened, report) = try LogLoader.load(
            location, in: storage, allowsTruncation: true, into: counter,
            progress: LoadProgress())
        opened.directory.release()
        #expect(counter.numbers == Array(0..<counter.numbers.count))
        return (counter.numbers.count, report)
    }
}

/// Collects the numbers, and sees to it that each is in its database.
final class Counter: LogReplay {
    private(set) var numbers: [Int] = []
    private var database = 0
    /// What the line in front of the next command says.
    private var announced: Int?

    func replay(annotation line: UnsafeRawBufferPointer) {
        let text = String(decoding: line, as: UTF8.self)
        #expect(text.hasPrefix("#NUMBER:") && text.hasSuffix("\r\n") && announced == nil)
        announced = Int(text.dropFirst(8).dropLast())
    }

    func replay(_ command: Arguments) throws(ReplayError) {
        let name = String(decoding: command[0], as: UTF8.self)
        let number = Int(String(decoding: command[1], as: UTF8.self)) ?? -1
        switch name {
        case "SELECT": database = number
        case "SET":
            if let announced, announced != number { throw ReplayError("\(announced) announced") }
            announced = nil
            if number % 3 != database { throw ReplayError("\(number) in database \(database)") }
            numbers.append(number)
        default: throw ReplayError("unknown command '\(name)'")
        }
    }
}
