// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletLog

@Suite("Damage")
struct DamageTests {
    private static let increment = "data/appendonlydir/appendonly.aof.1.incr.aof"

    /// Five commits under `always`; and where the last begins.
    private func written() throws -> (SimulatedStorage, lastCommit: Int) {
        let world = try LogWorld(policy: .always)
        var lastCommit = 0
        for _ in 0..<5 {
            lastCommit = world.storage.contents(Self.increment).count
            world.append(transaction: true)
            world.log.commit()
            world.queues.run()
        }
        return (world.storage.afterKill(), lastCommit)
    }

    /// A log that has been rewritten and went on.
    private func rewritten() throws -> SimulatedStorage {
        let world = try LogWorld(policy: .always)
        for _ in 0..<3 { world.append() }
        world.log.commit()
        world.queues.run()
        world.rewrite(pieces: 1)
        world.queues.run()
        world.append()
        world.log.commit()
        world.queues.run()
        return world.storage.afterKill()
    }

    @Test("a base that is empty is not taken for one of Redis's that holds nothing")
    func emptyBase() throws {
        let storage = try rewritten()
        #expect(try LogWorld.load(storage.afterKill()).count == 4)
        let base = try #require(storage.names.keys.first { $0.hasSuffix(".base.aof") })
        storage.put(base, [])
        #expect(throws: LogError.self) { try LogWorld.load(storage) }
    }

    @Test("without its manifest a log that has a base is refused")
    func missingManifest() throws {
        let storage = try rewritten()
        try storage.remove("data/appendonlydir/appendonly.aof.manifest")
        let names = storage.names.keys.sorted()
        #expect(
            throws: LogError.damaged(
                file: "appendonly.aof.manifest", offset: 0,
                reason: "it is missing, but a base is there")
        ) { try LogWorld.load(storage) }
        #expect(storage.names.keys.sorted() == names)
    }

    @Test(
        "a flipped bit before the last commit is refused and nothing touched; in the last it is cut"
    )
    func flips() throws {
        let (storage, lastCommit) = try written()
        let intact = storage.contents(Self.increment)
        for index in intact.indices {
            var bytes = intact
            bytes[index] ^= 1 << (index % 8)
            let flipped = storage.afterKill()
            flipped.put(Self.increment, bytes)
            if index < lastCommit {
                #expect {
                    try LogWorld.load(flipped)
                } throws: { error in
                    guard case .damaged(let file, let offset, _) = error as? LogError else {
                        return false
                    }
                    // A first line that is none shows in the second.
                    return file == "appendonly.aof.1.incr.aof" && offset <= max(index, 52)
                }
                #expect(flipped.contents(Self.increment) == bytes)
            } else {
                let (count, report) = try LogWorld.load(flipped)
                #expect(count == 8)
                #expect(report.tornByteCount == intact.count - lastCommit)
                #expect(flipped.contents(Self.increment) == Array(intact[..<lastCommit]))
            }
        }
    }

    @Test("an end anywhere in the last commit is cut; before it it is refused or whole")
    func ends() throws {
        let (storage, lastCommit) = try written()
        let intact = storage.contents(Self.increment)
        for length in lastCommit..<intact.count {
            let torn = storage.afterKill()
            torn.put(Self.increment, Array(intact[..<length]))
            let (count, report) = try LogWorld.load(torn)
            #expect(count == 8 && report.tornByteCount == length - lastCommit)
        }
    }

    @Test("with aof-load-truncated off a torn tail is refused, and nothing is touched")
    func strict() throws {
        let (storage, lastCommit) = try written()
        let torn = Array(storage.contents(Self.increment).dropLast(3))
        storage.put(Self.increment, torn)
        #expect(
            throws: LogError.truncated(
                file: "appendonly.aof.1.incr.aof", offset: lastCommit,
                byteCount: torn.count - lastCommit)
        ) {
            try LogLoader.load(
                LogWorld.location, in: storage, allowsTruncation: false, into: Counter(),
                progress: LoadProgress())
        }
        #expect(storage.contents(Self.increment) == torn)
    }

    @Test("a flipped bit anywhere in a base is refused")
    func base() throws {
        let world = try LogWorld(policy: .always)
        for _ in 0..<10 { world.append() }
        world.log.commit()
        world.rewrite(pieces: 4)
        world.queues.run()
        let path = "data/appendonlydir/appendonly.aof.1.base.aof"
        let intact = world.storage.contents(path)
        #expect(!intact.isEmpty)
        for index in intact.indices {
            var bytes = intact
            bytes[index] ^= 1 << (index % 8)
            let flipped = world.storage.afterKill()
            flipped.put(path, bytes)
            #expect(throws: LogError.self) { try LogWorld.load(flipped) }
            #expect(flipped.contents(path) == bytes)
            flipped.put(path, Array(intact[..<index]))
            if index > 0 { #expect(throws: LogError.self) { try LogWorld.load(flipped) } }
        }
    }

    @Test("a batch that is missing is damage, wherever a later one knew it to be on disk")
    func missing() throws {
        let (storage, lastCommit) = try written()
        let intact = storage.contents(Self.increment)
        let second = try #require(
            intact.indices.filter { intact[$0...].starts(with: Array("#CRC:".utf8)) }.dropFirst()
                .first)
        let third = try #require(
            intact.indices.filter { intact[$0...].starts(with: Array("#CRC:".utf8)) }.dropFirst(2)
                .first)
        var bytes = intact
        bytes.removeSubrange(second..<third)
        storage.put(Self.increment, bytes)
        #expect(throws: LogError.self) { try LogWorld.load(storage) }
        bytes = intact
        bytes.removeSubrange(second..<lastCommit)
        storage.put(Self.increment, bytes)
        #expect(throws: LogError.self) { try LogWorld.load(storage) }
    }

    @Test("a line that a client has put into a value is not taken for the log's")
    func forged() throws {
        let world = try LogWorld(policy: .everysec)
        world.append()
        world.log.commit()
        world.queues.run(for: .seconds(2))
        let intactByteCount = world.storage.contents(Self.increment).count
        let line = Annotation(kind: .batch, durablePosition: 1 << 40, file: 7).bytes
        let command = LogWorld.command(
            "SET", "1", "\r\n" + String(decoding: line, as: UTF8.self))
        _ = command.withUnsafeBytes { world.log.append($0, database: 1) }
        world.log.commit()
        let storage = world.storage.afterKill()
        var bytes = storage.contents(Self.increment)
        bytes[intactByteCount + 3] ^= 1
        storage.put(Self.increment, bytes)
        #expect(try LogWorld.load(storage).count == 1)
    }

    @Test("--check-log tells what a load would do, and touches nothing")
    func check() throws {
        let (storage, lastCommit) = try written()
        let intact = storage.contents(Self.increment)
        #expect(LogCheck.run(LogWorld.location, in: storage).isIntact)
        storage.put(Self.increment, Array(intact.dropLast(1)))
        let torn = LogCheck.run(LogWorld.location, in: storage)
        #expect(torn.isIntact)
        #expect(torn.text.contains("the last \(intact.count - lastCommit - 1) bytes"))
        #expect(storage.contents(Self.increment).count == intact.count - 1)
        var bytes = intact
        bytes[100] ^= 1
        storage.put(Self.increment, bytes)
        let damaged = LogCheck.run(LogWorld.location, in: storage)
        #expect(!damaged.isIntact)
        #expect(damaged.text.contains("appendonly.aof.1.incr.aof is damaged at offset"))
        #expect(!LogCheck.run(LogWorld.location, in: SimulatedStorage()).isIntact)
    }
}
