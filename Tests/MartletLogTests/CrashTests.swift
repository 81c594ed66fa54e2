// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc
import Testing

@testable import MartletLog

/// A log that is used at random, with a rewrite in its midst, up to where the disk stops.
@Suite("Crashes")
struct CrashTests {
    /// A short run tries one place in so many.
    private let stride = getenv("MARTLET_FUZZ_SECONDS") == nil ? 23 : 1

    private func use(_ storage: SimulatedStorage, policy: SyncPolicy, seed: UInt64) throws -> Int {
        let world = try LogWorld(storage, policy: policy, seed: seed)
        var random = SeededRandom(seed: seed)
        var acknowledged = world.count
        for step in 0..<60 {
            if step == 20 {
                world.rewrite(pieces: 3) { [unowned world] in
                    world.append()
                    world.log.commit()
                }
            }
            switch Int.random(in: 0..<6, using: &random) {
            case 0: world.append(transaction: true, payload: 50)
            case 1, 2: world.append(payload: Int.random(in: 0..<40, using: &random))
            case 3, 4: world.log.commit()
            default: world.queues.run(for: .milliseconds(400))
            }
            if Bool.random(using: &random) { _ = world.queues.runOne() }
            acknowledged = max(acknowledged, world.acknowledgedCount)
            if storage.isCrashed { return acknowledged }
        }
        world.log.commit()
        world.queues.run(for: .seconds(3))
        return max(acknowledged, world.acknowledgedCount)
    }

    @Test(
        "at every byte: the end of the process loses nothing that was acknowledged",
        arguments: SyncPolicy.allCases)
    func killAtEveryByte(policy: SyncPolicy) throws {
        var byte = 1
        while true {
            let storage = SimulatedStorage()
            storage.bytesLeft = byte
            let acknowledged = try use(storage, policy: policy, seed: UInt64(byte % 7))
            let (count, _) = try LogWorld.load(storage.afterKill())
            #expect(count >= acknowledged, "seed \(byte % 7), byte \(byte)")
            if !storage.isCrashed { break }
            byte += stride
        }
        #expect(byte > 3000)
    }

    @Test("at every byte: a power cut under always loses nothing that was acknowledged")
    func powerCutAtEveryByte() throws {
        var random = SeededRandom(seed: 7)
        var byte = 1
        while true {
            let storage = SimulatedStorage()
            storage.bytesLeft = byte
            let seed = UInt64(byte % 5)
            let acknowledged = try use(storage, policy: .always, seed: seed)
            for _ in 0..<4 {
                let (count, _) = try LogWorld.load(storage.afterPowerCut(&random))
                #expect(count >= acknowledged, "seed \(seed), byte \(byte)")
            }
            if !storage.isCrashed { break }
            byte += stride
        }
        #expect(byte > 3000)
    }

    @Test(
        "at every byte: a power cut leaves the start of what was written",
        arguments: [SyncPolicy.everysec, .no])
    func powerCutLeavesAPrefix(policy: SyncPolicy) throws {
        var random = SeededRandom(seed: 8)
        for byte in Swift.stride(from: 1, to: 8000, by: 3 * stride) {
            let storage = SimulatedStorage()
            storage.bytesLeft = byte
            _ = try use(storage, policy: policy, seed: UInt64(byte % 5))
            for _ in 0..<3 { _ = try LogWorld.load(storage.afterPowerCut(&random)) }
        }
    }

    @Test("at every call to the file system", arguments: SyncPolicy.allCases)
    func atEveryCall(policy: SyncPolicy) throws {
        var random = SeededRandom(seed: 9)
        var calls = 1
        while true {
            let storage = SimulatedStorage()
            storage.callsLeft = calls
            let acknowledged = try use(storage, policy: policy, seed: 3)
            #expect(try LogWorld.load(storage.afterKill()).count >= acknowledged)
            for _ in 0..<10 {
                let (count, _) = try LogWorld.load(storage.afterPowerCut(&random))
                #expect(policy != .always || count >= acknowledged, "call \(calls)")
            }
            if !storage.isCrashed { break }
            calls += 1
        }
        #expect(calls > 40)
    }

    @Test("again and again, on what the last crash has left", arguments: 0..<20 as Range<UInt64>)
    func repeatedly(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var storage = SimulatedStorage()
        for _ in 0..<15 {
            storage.bytesLeft = Int.random(in: 1..<6000, using: &random)
            let acknowledged = try use(storage, policy: .always, seed: random.next())
            storage =
                Bool.random(using: &random)
                ? storage.afterKill() : storage.afterPowerCut(&random)
            let (count, _) = try LogWorld.load(storage)
            #expect(count >= acknowledged, "seed \(seed)")
        }
    }
}
