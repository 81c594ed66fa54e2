// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletLog

/// Directories as a redis-server leaves them.
@Suite("Redis's rules")
struct RedisRulesTests {
    private func directory(_ files: [(name: String, kind: String, text: String)])
        -> SimulatedStorage
    {
        let storage = SimulatedStorage()
        var manifest = ""
        for (index, file) in files.enumerated() {
            storage.put("data/appendonlydir/\(file.name)", Array(file.text.utf8))
            manifest += "file \(file.name) seq \(index + 1) type \(file.kind)\n"
        }
        storage.put("data/appendonlydir/appendonly.aof.manifest", Array(manifest.utf8))
        return storage
    }

    private func text(_ commands: [String]...) -> String {
        commands.map { words in
            words.reduce("*\(words.count)\r\n") { $0 + "$\($1.utf8.count)\r\n\($1)\r\n" }
        }.joined()
    }

    @Test("plain commands load, over all files, and the log goes on in an increment of its own")
    func plain() throws {
        let storage = directory([
            ("a.base.aof", "b", text(["SELECT", "0"], ["SET", "0"])),
            ("a.1.incr.aof", "i", "#TS:1\r\n" + text(["SELECT", "1"], ["SET", "1"])),
            ("a.2.incr.aof", "i", text(["SELECT", "2"], ["SET", "2"])),
        ])
        let world = try LogWorld(storage, policy: .always)
        #expect(world.count == 3)
        world.append()
        world.log.commit()
        world.queues.run()
        let left = world.storage.afterKill()
        #expect(left.names.keys.contains("data/appendonlydir/appendonly.aof.4.incr.aof"))
        #expect(try LogWorld.load(left).count == 4)
    }

    @Test("a transaction is executed when it is whole; what is cut is all of it")
    func transaction() throws {
        let whole = text(
            ["SELECT", "0"], ["SET", "0"], ["MULTI"], ["SELECT", "1"], ["SET", "1"], ["EXEC"])
        let start = text(["SELECT", "0"], ["SET", "0"]).utf8.count
        #expect(try LogWorld.load(directory([("a.1.incr.aof", "i", whole)])).count == 2)
        for length in start..<whole.utf8.count {
            let torn = directory([
                ("a.1.incr.aof", "i", String(decoding: whole.utf8.prefix(length), as: UTF8.self))
            ])
            let (count, report) = try LogWorld.load(torn)
            #expect(count == 1 && report.tornByteCount == length - start)
            #expect(torn.contents("data/appendonlydir/a.1.incr.aof").count == start)
        }
    }

    @Test("only the last file may end early")
    func truncatedEarlier() {
        let storage = directory([
            ("a.1.incr.aof", "i", String(text(["SELECT", "0"], ["SET", "0"]).dropLast())),
            ("a.2.incr.aof", "i", text(["SELECT", "1"], ["SET", "1"])),
        ])
        #expect(throws: LogError.self) { try LogWorld.load(storage) }
    }

    @Test("what is no command is refused with file and offset")
    func malformed() {
        let start = text(["SELECT", "0"])
        let storage = directory([("a.1.incr.aof", "i", start + "SET 0\r\n")])
        #expect(
            throws: LogError.damaged(
                file: "a.1.incr.aof", offset: start.utf8.count,
                reason: "neither a command nor an annotation")
        ) { try LogWorld.load(storage) }
    }

    @Test("a command that cannot be executed is refused with file and offset")
    func unknown() {
        let start = text(["SELECT", "0"])
        let storage = directory([("a.1.incr.aof", "i", start + text(["HOP", "0"]))])
        #expect(
            throws: LogError.replay(
                file: "a.1.incr.aof", offset: start.utf8.count, reason: "unknown command 'HOP'")
        ) { try LogWorld.load(storage) }
    }

    @Test("an RDB preamble is refused, and the error says what to do")
    func preamble() {
        let storage = directory([("a.1.base.rdb", "b", "REDIS0010\u{1}")])
        #expect(throws: LogError.preamble(file: "a.1.base.rdb")) { try LogWorld.load(storage) }
        #expect(LogCheck.run(LogWorld.location, in: storage).text.contains("aof-use-rdb-preamble"))
    }

    @Test("what Redis has added to an increment of Martlet's loads, and is not added to")
    func foreignTail() throws {
        let world = try LogWorld(policy: .always)
        world.append()
        world.log.commit()
        world.queues.run()
        let left = world.storage.afterKill()
        let path = "data/appendonlydir/appendonly.aof.1.incr.aof"
        let foreign = text(["SELECT", "1"], ["SET", "1"])
        left.put(path, left.contents(path) + Array(foreign.utf8))
        let next = try LogWorld(left, policy: .always)
        #expect(next.count == 2)
        next.append()
        next.log.commit()
        next.queues.run()
        #expect(try LogWorld.load(left.afterKill()).count == 3)
        #expect(left.names.count == 3)
        // Cut within what Redis wrote it goes by Redis's rules.
        let torn = world.storage.afterKill()
        torn.put(path, left.contents(path).dropLast(1))
        let (count, report) = try LogWorld.load(torn)
        #expect(count == 1 && report.tornByteCount > 0)
    }

    @Test("a torn tail that Redis has added to is refused, wherever it was torn")
    func foreignTornTail() throws {
        let world = try LogWorld(policy: .no)
        for _ in 0..<2 { world.append() }
        world.log.commit()
        world.queues.run()
        let path = "data/appendonlydir/appendonly.aof.1.incr.aof"
        let intactCount = world.storage.contents(path).count
        for _ in 0..<3 { world.append(payload: 20) }
        world.log.commit()
        world.queues.run()
        let bytes = world.storage.afterKill().contents(path)
        let lineEnd = bytes[intactCount...].firstIndex(of: UInt8(ascii: "\n"))! + 1
        for length in (intactCount + 1)..<bytes.count {
            let torn = world.storage.afterKill()
            let cut = redisCut(Array(bytes[..<length]), lineEnd: lineEnd)
            torn.put(path, cut)
            #expect(try LogWorld.load(torn.afterKill()).count >= 2)
            // Behind nothing but the line Redis's SELECT is taken for the batch's own, unless more
            // follows than the batch has.
            let database = cut.count > lineEnd ? selectedDatabase(cut) : 0
            let added =
                text(["SELECT", "\(database)"])
                + String(repeating: text(["SET", "7"]), count: cut.count == lineEnd ? 20 : 1)
            torn.put(path, cut + Array(added.utf8))
            let files = torn.names.keys.sorted()
            #expect(throws: LogError.self, "cut at \(length)") { try LogWorld.load(torn) }
            #expect(
                torn.names.keys.sorted() == files
                    && torn.contents(path).count == cut.count + added.utf8.count)
        }
    }

    /// What Redis leaves of a torn file: whole commands; a torn line at the end stays.
    private func redisCut(_ bytes: [UInt8], lineEnd: Int) -> [UInt8] {
        guard bytes.count > lineEnd else { return bytes }
        var scanner = CommandScanner()
        var end = lineEnd
        while end < bytes.count {
            if bytes[end] == UInt8(ascii: "#") {
                guard let lineEnd = bytes[end...].firstIndex(of: UInt8(ascii: "\n")) else { break }
                end = lineEnd + 1
                continue
            }
            guard case .command(let count) = bytes[end...].withUnsafeBytes({ scanner.scan($0) })
            else { break }
            end += count
        }
        return Array(bytes[..<end])
    }

    private func selectedDatabase(_ bytes: [UInt8]) -> Int {
        let name = Array("SELECT\r\n$1\r\n".utf8)
        let place = bytes.indices.last { bytes[$0...].starts(with: name) }!
        return Int(bytes[place + name.count] - UInt8(ascii: "0"))
    }

    @Test("a file that the manifest names and that is not there is refused")
    func absent() {
        let storage = directory([])
        storage.put(
            "data/appendonlydir/appendonly.aof.manifest",
            Array("file a.1.incr.aof seq 1 type i\n".utf8))
        #expect(throws: LogError.self) { try LogWorld.load(storage) }
    }
}
