// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletLog

@Suite("Rewriting")
struct RewriteTests {
    private func started(count: Int) throws -> LogWorld {
        let world = try LogWorld(policy: .everysec)
        for _ in 0..<count {
            world.append(payload: 50)
            world.log.commit()
        }
        world.queues.run()
        return world
    }

    @Test("replaces the files by a base and an increment, beside appends")
    func rewrite() throws {
        let world = try started(count: 50)
        let before = world.log.status
        for round in 1...3 {
            world.rewrite(pieces: 7) {
                world.append()
                world.log.commit()
            }
            world.queues.run(for: .seconds(1))
            #expect(world.log.status.isLastRewriteOK && !world.log.status.isRewriting)
            let names = world.storage.names.keys.map { $0.split(separator: "/").last! }.sorted()
            #expect(
                names == [
                    "appendonly.aof.\(round).base.aof", "appendonly.aof.\(round + 1).incr.aof",
                    "appendonly.aof.manifest",
                ])
            #expect(try LogWorld.load(world.storage.afterKill()).count == world.count)
        }
        let status = world.log.status
        #expect(status.byteCount < before.byteCount)
        let onDisk = world.storage.names.filter { !$0.key.hasSuffix("manifest") }
        #expect(status.byteCount == onDisk.values.reduce(0) { $0 + $1.cached.count })
    }

    @Test("one at a time; one that is cancelled leaves the log as it is")
    func cancel() throws {
        let world = try started(count: 5)
        let outcome = Outcome()
        let log = world.log
        log.prepareRewrite { result in
            guard case .success(let session) = result else { return }
            log.prepareRewrite { second in
                if case .failure(let failure) = second { outcome.text = "\(failure)" }
                session.start()
                session.cancel(reason: "the test says so")
            }
        }
        world.queues.run()
        #expect(outcome.text == "a rewrite is in progress")
        #expect(!world.log.status.isLastRewriteOK && !world.log.status.isRewriting)
        world.append()
        world.log.commit()
        world.queues.run(for: .seconds(1))
        #expect(try LogWorld.load(world.storage.afterKill()).count == 6)
        world.rewrite(pieces: 1)
        world.queues.run(for: .seconds(1))
        #expect(try LogWorld.load(world.storage.afterKill()).count == 6)
        #expect(world.log.status.isLastRewriteOK)
    }

    @Test("of a log that was never written to")
    func empty() throws {
        let world = try LogWorld(policy: .always)
        world.rewrite(pieces: 1)
        world.queues.run()
        #expect(world.log.status.isLastRewriteOK)
        world.append()
        world.log.commit()
        world.queues.run()
        #expect(try LogWorld.load(world.storage.afterKill()).count == 1)
    }

    @Test("CONFIG SET appendonly yes: what was there remains the log until the first is done")
    func afterwards() throws {
        let first = try started(count: 5)
        first.log.close { _ in }
        first.queues.run()
        let storage = first.storage
        let opened = try LogLoader.openForRewrite(LogWorld.location, in: storage)
        let log = AppendLog(
            opened, policy: .always, memoryLimit: 1 << 20,
            environment: first.queues.environment(storage), onRelease: { _ in })
        let numbers = Array(0..<8).flatMap {
            LogWorld.command("SELECT", "\($0 % 3)") + LogWorld.command("SET", "\($0)")
        }
        let outcome = Outcome()
        log.prepareRewrite { result in
            guard case .success(let session) = result else { return }
            session.start()
            let later = LogWorld.command("SELECT", "2") + LogWorld.command("SET", "8")
            let position = later.withUnsafeBytes { log.append($0, database: 2) }
            log.commit()
            session.write(numbers) { _ in
                #expect((try? LogWorld.load(storage.afterKill()).count) == 5)
                session.finish { outcome.text = $0.map { "\($0)" } ?? "done" }
            }
            #expect(position > 0)
        }
        first.queues.run()
        #expect(outcome.text == "done")
        #expect(log.syncedPosition == log.releasedPosition)
        #expect(try LogWorld.load(storage.afterKill()).count == 9)
    }

    @Test("a full disk fails the rewrite, not the log")
    func full() throws {
        let world = try started(count: 20)
        let used = world.storage.allContents.values.reduce(0) { $0 + $1.count }
        world.storage.capacity = used + 400
        world.rewrite(pieces: 3)
        world.queues.run(for: .seconds(1))
        #expect(!world.log.status.isLastRewriteOK)
        #expect(world.log.status.consecutiveFailedRewriteCount == 1)
        world.append()
        world.log.commit()
        world.queues.run(for: .seconds(1))
        #expect(!world.log.isRefusing)
        #expect(try LogWorld.load(world.storage.afterKill()).count == 21)
        #expect(!world.storage.names.keys.contains { $0.contains("temp") })
    }

    @Test(
        "begins by itself as in Redis, and not at once after a failure",
        arguments: [
            // size, base, percentage, minimum, failures, seconds, due
            (200, 100, 100, 100, 0, 0, true), (199, 100, 100, 100, 0, 0, false),
            (200, 100, 100, 200, 0, 0, false), (200, 100, 0, 100, 0, 0, false),
            (200, 0, 100, 100, 0, 0, true), (200, 100, 100, 100, 1, 59, false),
            (200, 100, 100, 100, 1, 60, true), (200, 100, 100, 100, 2, 60, false),
            (200, 100, 100, 100, 50, 3599, false), (200, 100, 100, 100, 50, 3600, true),
            (.max, 1, 100, 100, 0, 0, true),
        ])
    func trigger(
        size: Int, base: Int, percentage: Int, minimum: Int, failures: Int, seconds: Int,
        isDue: Bool
    ) {
        let status = LogStatus(
            byteCount: size, baseByteCount: base, bufferByteCount: 0, isSyncing: false,
            delayedSyncCount: 0, isLastWriteOK: true, failure: nil, isOverMemoryLimit: false,
            isRewriting: false, isLastRewriteOK: failures == 0,
            consecutiveFailedRewriteCount: failures, needsRewrite: false)
        let trigger = RewriteTrigger(percentage: percentage, byteCountMin: minimum)
        #expect(trigger.isDue(status, secondsSinceLast: seconds) == isDue)
    }
}
