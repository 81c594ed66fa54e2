// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletLog

@Suite("AppendLog")
struct AppendLogTests {
    @Test("writes nothing, not even a directory, before the first append")
    func lazy() throws {
        let world = try LogWorld(policy: .always)
        world.log.commit()
        world.queues.run(for: .seconds(10))
        #expect(world.storage.isUntouched)
        world.append()
        #expect(world.storage.isUntouched)
        world.log.commit()
        world.queues.run()
        #expect(!world.storage.isUntouched)
    }

    @Test("releases what is written, or synced under always", arguments: SyncPolicy.allCases)
    func release(policy: SyncPolicy) throws {
        let world = try LogWorld(policy: policy)
        world.append()
        world.log.commit()
        world.queues.run()
        let position = world.append()
        #expect(world.log.releasedPosition < position)
        world.log.commit()
        #expect((world.log.releasedPosition >= position) == (policy != .always))
        world.queues.run()
        #expect(world.log.releasedPosition == position)
        world.queues.run(for: .seconds(2))
        #expect((world.log.syncedPosition == position) == (policy != .no))
        #expect(try LogWorld.load(world.storage.afterKill()).count == 2)
    }

    @Test("one sync serves all who wait, and those who come meanwhile wait for the next")
    func groupCommit() throws {
        let world = try LogWorld(policy: .always)
        world.append()
        world.log.commit()
        world.queues.run()
        let before = world.storage.syncCount
        var positions: [LogPosition] = []
        for shard in 0..<50 {
            positions.append(world.append())
            world.log.commit()
            #expect(world.log.awaitRelease(of: positions[shard], shard: shard))
        }
        world.queues.run()
        #expect(world.storage.syncCount == before + 2)
        #expect(world.toldShards.sorted() == Array(0..<50))
        #expect(!world.log.awaitRelease(of: positions[49], shard: 0))
    }

    @Test("under always a sync waits a little for those that the last one released")
    func gathering() throws {
        let world = try LogWorld(policy: .always)
        world.append()
        world.log.commit()
        world.queues.run()
        // Ten write, four more while that is synced; the ten come again, then nobody.
        var arrivals = [4]
        world.storage.whileSynchronizing = {
            world.queues.pass(.milliseconds(1))
            if !arrivals.isEmpty { for _ in 0..<arrivals.removeFirst() { world.append() } }
            world.log.commit()
        }
        var syncCounts: [Int] = []
        world.queues.whileWaiting = {
            syncCounts.append(world.storage.syncCount)
            for _ in 0..<10 {
                world.append()
                world.log.commit()
            }
        }
        let before = world.storage.syncCount
        for _ in 0..<10 { world.append() }
        world.log.commit()
        world.queues.run()
        #expect(syncCounts == [before + 1])
        #expect(world.storage.syncCount == before + 2)
        #expect(world.log.releasedPosition == world.log.endPosition)
    }

    @Test("a sync that waits in vain for others goes on after half the time of the last one")
    func gatheringInVain() throws {
        let world = try LogWorld(policy: .always)
        world.append()
        world.log.commit()
        world.queues.run()
        var mustAppend = true
        world.storage.whileSynchronizing = {
            world.queues.pass(.microseconds(400))
            if mustAppend { world.append() }
            mustAppend = false
            world.log.commit()
        }
        for _ in 0..<10 { world.append() }
        world.log.commit()
        let start = world.queues.now
        world.queues.run()
        #expect(world.log.releasedPosition == world.log.endPosition)
        #expect(world.queues.now - start == .microseconds(400 + 200 + 400))
    }

    @Test("a shard that waits for several positions is told when the first is there")
    func waiting() throws {
        let world = try LogWorld(policy: .everysec)
        let first = world.append()
        #expect(world.log.awaitRelease(of: first, shard: 3))
        #expect(world.log.awaitRelease(of: first + 1000, shard: 3))
        world.log.commit()
        world.queues.run()
        #expect(world.toldShards == [3])
        #expect(world.log.awaitSync(of: first, shard: 5))
        world.queues.run(for: .seconds(1))
        #expect(world.toldShards == [3, 5])
        #expect(!world.log.awaitSync(of: first, shard: 5))
    }

    @Test("syncs once a second under everysec, and not at all while nothing is written")
    func everySecond() throws {
        let world = try LogWorld(policy: .everysec)
        for _ in 0..<100 {
            world.append()
            world.log.commit()
            world.queues.run(for: .milliseconds(100))
        }
        let count = world.storage.syncCount
        #expect(count >= 10 && count <= 14)
        world.queues.run(for: .seconds(2))
        let last = world.storage.syncCount
        world.queues.run(for: .seconds(100))
        #expect(world.storage.syncCount == last)
        #expect(world.log.syncedPosition == world.log.releasedPosition)
    }

    @Test("goes over to another policy at once")
    func changePolicy() throws {
        let world = try LogWorld(policy: .no)
        let first = world.append()
        world.log.commit()
        world.queues.run(for: .seconds(5))
        #expect(world.log.syncedPosition < first)
        world.log.setPolicy(.always)
        world.queues.run()
        #expect(world.log.syncedPosition == first)
        let second = world.append()
        world.log.commit()
        #expect(world.log.releasedPosition == first)
        world.log.setPolicy(.everysec)
        #expect(world.log.releasedPosition == second)
    }

    @Test("flushes and closes, whatever the policy", arguments: SyncPolicy.allCases)
    func close(policy: SyncPolicy) throws {
        let world = try LogWorld(policy: policy)
        for _ in 0..<10 { world.append() }
        let end = Outcome()
        world.log.close { end.text = $0 ?? "closed" }
        world.queues.run()
        #expect(end.text == "closed")
        var random = SeededRandom(seed: 1)
        #expect(try LogWorld.load(world.storage.afterPowerCut(&random)).count == 10)
        // The lock is free.
        _ = try LogWorld.load(world.storage)
    }

    @Test("goes on with the increment it finds, and with the positions")
    func reopen() throws {
        var storage = SimulatedStorage()
        var position: LogPosition = 0
        for round in 1...5 {
            let world = try LogWorld(storage, policy: .everysec)
            #expect(world.log.releasedPosition == position)
            world.append(transaction: true)
            world.log.commit()
            world.queues.run()
            position = world.log.releasedPosition
            storage = world.storage.afterKill()
            #expect(try LogWorld.load(storage).count == 2 * round)
        }
        #expect(storage.names.keys.filter { $0.contains(".incr.") }.count == 1)
    }

    @Test("long appends and long runs of appends are batches that a load can hold")
    func long() throws {
        let world = try LogWorld(policy: .always, memoryLimit: 1 << 30)
        world.append(payload: 3_000_000)
        for _ in 0..<300 { world.append(payload: 10_000) }
        world.log.commit()
        world.queues.run()
        let (count, report) = try LogWorld.load(world.storage.afterKill())
        #expect(count == 301)
        #expect(report.files[0].batchCount == 4)
    }

    @Test("a second server on the directory is refused")
    func lock() throws {
        let world = try LogWorld(policy: .always)
        world.append()
        world.log.commit()
        world.queues.run()
        #expect(throws: LogError.inUse(directory: "data/appendonlydir")) {
            try LogWorld(world.storage, policy: .always)
        }
    }

    @Test("two servers that found no directory: the second to write is refused until it gives up")
    func lateLock() throws {
        let first = try LogWorld(policy: .always)
        let second = try LogWorld(first.storage, policy: .always)
        first.append()
        first.log.commit()
        first.queues.run()
        second.append()
        second.log.commit()
        second.queues.run(for: .seconds(5))
        #expect(second.log.isRefusing)
        #expect(second.acknowledgedCount == 0)
        #expect(try LogWorld.load(first.storage.afterKill()).count == 1)
    }
}

final class Outcome: @unchecked Sendable {
    var text: String?
}
