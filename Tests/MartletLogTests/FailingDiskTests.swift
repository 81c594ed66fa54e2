// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletLog

@Suite("Failing disks")
struct FailingDiskTests {
    private func started(_ policy: SyncPolicy, seed: UInt64 = 1) throws -> LogWorld {
        let world = try LogWorld(policy: policy, seed: seed)
        world.append()
        world.log.commit()
        world.queues.run(for: .seconds(2))
        return world
    }

    @Test(
        "after a failed sync the log goes on in a new increment, and nothing is lost or twice",
        arguments: [SyncPolicy.always, .everysec], 0..<20 as Range<UInt64>)
    func failedSync(policy: SyncPolicy, seed: UInt64) throws {
        let world = try started(policy, seed: seed)
        var random = SeededRandom(seed: seed)
        for _ in 0..<4 {
            for _ in 0..<5 { world.append() }
            world.log.commit()
            if policy == .everysec { world.queues.run() }
            let failureCount = Int.random(in: 1...3, using: &random)
            world.storage.failingSyncCount = failureCount
            let before = world.acknowledgedCount
            while world.storage.failingSyncCount == failureCount {
                world.append()
                world.log.commit()
                if !world.queues.runOne() { world.queues.run(for: .milliseconds(250)) }
            }
            // Replies wait, under always; and the process may end here.
            if policy == .always, world.log.isRefusing {
                #expect(world.acknowledgedCount == before)
            }
            #expect(try LogWorld.load(world.storage.afterKill()).count >= world.acknowledgedCount)
            world.append()
            world.log.commit()
            world.queues.run(for: .seconds(10))
            #expect(!world.log.isRefusing)
            #expect(world.acknowledgedCount == world.count)
            #expect(world.log.syncedPosition == world.log.releasedPosition)
            let cut = world.storage.afterPowerCut(&random)
            #expect(try LogWorld.load(cut).count == world.count, "seed \(seed)")
        }
        #expect(world.log.status.failure == nil)
        #expect(world.reports.contains { $0.contains("cannot be written") })
        #expect(world.reports.last == "The log can be written again")
    }

    @Test("at every call while a failed sync is recovered from", arguments: [SyncPolicy.always])
    func crashDuringRecovery(policy: SyncPolicy) throws {
        var random = SeededRandom(seed: 4)
        for calls in 1..<40 {
            let world = try started(policy)
            world.storage.failingSyncCount = 1
            for _ in 0..<3 { world.append() }
            world.storage.callsLeft = calls
            world.log.commit()
            world.queues.run(for: .seconds(1))
            let acknowledged = world.acknowledgedCount
            for _ in 0..<20 {
                let count = try LogWorld.load(world.storage.afterPowerCut(&random)).count
                #expect(count >= acknowledged, "call \(calls)")
            }
            #expect(try LogWorld.load(world.storage.afterKill()).count >= acknowledged)
        }
    }

    @Test(
        "a failed sync during a rewrite gives the rewrite up, and the next succeeds",
        arguments: 0..<30)
    func failedSyncDuringRewrite(step: Int) throws {
        let world = try started(.always)
        for _ in 0..<20 { world.append() }
        world.log.commit()
        world.queues.run()
        world.rewrite(pieces: 5) {
            world.append()
            world.log.commit()
        }
        for _ in 0..<step { _ = world.queues.runOne() }
        world.storage.failingSyncCount = 1
        world.append()
        world.log.commit()
        world.queues.run(for: .seconds(10))
        #expect(world.acknowledgedCount == world.count)
        #expect(!world.log.status.isRewriting)
        #expect(try LogWorld.load(world.storage.afterKill()).count == world.count)
        world.rewrite(pieces: 2)
        world.queues.run(for: .seconds(10))
        #expect(world.log.status.isLastRewriteOK)
        var random = SeededRandom(seed: 4)
        #expect(try LogWorld.load(world.storage.afterPowerCut(&random)).count == world.count)
    }

    @Test(
        "a full disk refuses writes, cuts back what it has begun, and goes on when there is room",
        arguments: SyncPolicy.allCases)
    func full(policy: SyncPolicy) throws {
        let world = try started(policy)
        let used = world.storage.allContents.values.reduce(0) { $0 + $1.count }
        world.storage.capacity = used + 150
        var last: LogPosition = 0
        while !world.log.isRefusing {
            last = world.append(payload: 30)
            world.log.commit()
            world.queues.run()
        }
        #expect(world.log.releasedPosition < last)
        #expect(world.log.status.failure?.contains("no space left") == true)
        #expect(!world.log.status.isLastWriteOK)
        world.queues.run(for: .seconds(30))
        #expect(world.log.isRefusing)
        let (count, report) = try LogWorld.load(world.storage.afterKill())
        #expect(count == world.acknowledgedCount && report.tornByteCount == 0)
        world.storage.capacity = .max
        world.queues.run(for: .seconds(3))
        #expect(!world.log.isRefusing && world.log.releasedPosition == last)
        #expect(world.log.status.isLastWriteOK)
        #expect(try LogWorld.load(world.storage.afterKill()).count == world.count)
    }

    @Test("a disk that is full from the start is no obstacle later")
    func fullFromTheStart() throws {
        let world = try LogWorld(policy: .always)
        world.storage.capacity = 10
        world.append()
        world.log.commit()
        world.queues.run(for: .seconds(10))
        #expect(world.log.isRefusing && world.acknowledgedCount == 0)
        world.storage.capacity = .max
        world.queues.run(for: .seconds(3))
        #expect(world.acknowledgedCount == 1)
        #expect(try LogWorld.load(world.storage.afterKill()).count == 1)
    }

    @Test("more than the memory limit waiting for the disk refuses writes until it has caught up")
    func memory() throws {
        let world = try LogWorld(policy: .always, memoryLimit: 1_000_000)
        while !world.log.isRefusing { world.append(payload: 10_000) }
        #expect(world.count > 70 && world.count < 110)
        #expect(world.log.status.isOverMemoryLimit)
        world.log.commit()
        world.queues.run()
        #expect(!world.log.isRefusing)
    }

    @Test("under everysec the memory limit has a sync begin early")
    func earlySync() throws {
        let world = try LogWorld(policy: .everysec, memoryLimit: 4_000_000)
        for _ in 0..<1000 {
            world.append(payload: 10_000)
            world.log.commit()
            world.queues.run()
            #expect(!world.log.isRefusing)
        }
        #expect(world.storage.syncCount >= 5)
    }

    @Test("what was written under no and cannot be synced has a rewrite make up for it")
    func lostUnderNo() throws {
        let world = try started(.no)
        for _ in 0..<5 { world.append() }
        world.log.commit()
        world.queues.run()
        world.storage.failingSyncCount = 1
        world.log.setPolicy(.always)
        world.queues.run(for: .seconds(5))
        #expect(!world.log.isRefusing && world.log.status.needsRewrite)
        #expect(
            RewriteTrigger(percentage: 0, byteCountMin: 0)
                .isDue(world.log.status, secondsSinceLast: 0))
        world.append()
        world.log.commit()
        world.queues.run()
        #expect(try LogWorld.load(world.storage.afterKill()).count == world.count)
        world.rewrite(pieces: 2)
        world.queues.run(for: .seconds(5))
        #expect(!world.log.status.needsRewrite)
        var random = SeededRandom(seed: 4)
        #expect(try LogWorld.load(world.storage.afterPowerCut(&random)).count == world.count)
    }

    @Test("a flush on a failing disk says so")
    func flush() throws {
        let world = try started(.everysec)
        world.append()
        world.storage.failingSyncCount = 1
        let outcome = Outcome()
        world.log.flush { outcome.text = $0 ?? "flushed" }
        world.queues.run()
        #expect(outcome.text?.contains("input/output error") == true)
    }
}
