// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCore

@Suite("Ordered runs")
struct OrderedRunsTests {
    private struct Number: Keyed, Equatable {
        let key: Int
        var value: Int
    }

    @Test("They agree with a sorted array, and copies stay as they were", arguments: [1, 2, 3])
    func twin(seed: Int) {
        var random = SplitMix64(state: UInt64(seed))
        var runs = OrderedRuns<Number>()
        var twin: [Number] = []
        var views: [(OrderedRuns<Number>, [Number])] = []
        for step in 0..<20_000 {
            let grows = step / 5000 % 2 == 0
            let key = Int.random(in: 0..<20_000, using: &random)
            let index = twin.lowerBound { $0.key < key }
            let isThere = index < twin.count && twin[index].key == key
            #expect(runs.find(key) == (isThere ? twin[index] : nil), "seed \(seed)")
            #expect(runs.lowerBound(of: key).map { runs[$0].key } == twin[index...].first?.key)
            let below = isThere ? index : index - 1
            #expect(
                runs.lastPosition(notAbove: key).map { runs[$0].key }
                    == (below >= 0 ? twin[below].key : nil))
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5 where grows && !isThere:
                runs.insert(Number(key: key, value: step))
                twin.insert(Number(key: key, value: step), at: index)
            case 5..<7 where grows:
                let last = (twin.last?.key ?? 0) + 1
                runs.append(Number(key: last, value: step))
                twin.append(Number(key: last, value: step))
            case 7 where isThere:
                runs.withElement(at: runs.position(of: key)!) { $0.value = -step }
                twin[index].value = -step
            case 8 where isThere || !grows:
                // From the front, in the shrinking phase too.
                expect(runs.remove(twin.first?.key ?? 0) == twin.first)
                if !twin.isEmpty { twin.removeFirst() }
            default:
                guard !grows, index < twin.count else { break }
                expect(runs.remove(twin[index].key) == twin[index])
                twin.remove(at: index)
            }
            #expect(runs.count == twin.count)
            #expect(runs.first == twin.first && runs.last == twin.last)
            guard step % 1000 == 999 else { continue }
            check(runs, twin)
            for (view, shows) in views { check(view, shows) }
            views = views.suffix(3) + [(runs, twin)]
            // A quarter full at the least, but for the last one.
            #expect(runs.runCount <= twin.count / (OrderedRuns<Number>.runCapacityMax / 8) + 2)
        }
    }

    private func check(_ runs: OrderedRuns<Number>, _ twin: [Number]) {
        var forwards: [Number] = []
        var position = runs.startPosition
        while let current = position {
            forwards.append(runs[current])
            position = runs.position(after: current)
        }
        #expect(forwards == twin)
        var backwards: [Number] = []
        position = runs.lastPosition
        while let current = position {
            backwards.append(runs[current])
            position = runs.position(before: current)
        }
        #expect(backwards == twin.reversed())
    }

    @Test("What is added at the end and removed at the front keeps no more runs than it needs")
    func queue() {
        var runs = OrderedRuns<Number>()
        for number in 0..<100_000 {
            runs.append(Number(key: number, value: 0))
            if number >= 1000 { expect(runs.remove(number - 1000) != nil) }
        }
        #expect(runs.count == 1000)
        #expect(runs.runCount <= 10 && runs.byteCount < 40_000)
    }
}
