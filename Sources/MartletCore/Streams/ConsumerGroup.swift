// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// An entry that was delivered to a consumer and not acknowledged yet.
package struct PendingEntry: Keyed, Equatable {
    package let id: StreamID
    /// When it was delivered last, in milliseconds since 1970.
    package internal(set) var deliveryTime: Int
    /// How often it was delivered, as far as 32 bits count.
    package internal(set) var deliveryCount: UInt32
    /// The consumer that has it, by its number in the group.
    package internal(set) var consumer: UInt32

    var key: StreamID { id }
}

/// A consumer of a group.
package struct Consumer {
    package let name: [UInt8]
    /// When it last asked for something, in milliseconds since 1970.
    package var seenTime: Int
    /// When it last got something; -1 if never.
    package var activeTime = -1
    var pending = OrderedRuns<StreamID>()

    package var pendingCount: Int { pending.count }
}

/// A group of consumers that share a stream's entries.
///
/// What is pending stands in the group's list with all that is known of it (32 bytes an entry), and
/// as an ID in the list of the consumer that has it (16 bytes). Consumers are known by their number,
/// which is their place in `consumers`; places become free and are used again.
///
/// Invariant: an ID is in one consumer's list exactly if it is in the group's with that consumer's
/// number; `timeline`, once there, has exactly the group's entries.
package struct ConsumerGroup {
    package let name: [UInt8]
    package var lastDeliveredID: StreamID
    /// How many entries were read, counted from the stream's first one ever; nil if not known.
    package var entriesRead: Int?
    private var pending = OrderedRuns<PendingEntry>()
    /// What is pending in the order of its delivery, from the first time that it is asked for.
    private var timeline: OrderedRuns<TimedID>?
    private var consumers: ContiguousArray<Consumer?> = []
    private var freeNumbers: [UInt32] = []
    /// The numbers of the consumers, by their names.
    package private(set) var consumerNumbers: [UInt32] = []

    private struct TimedID: Keyed, Comparable {
        let time: Int
        let id: StreamID

        var key: TimedID { self }

        static func < (left: TimedID, right: TimedID) -> Bool {
            left.time < right.time || left.time == right.time && left.id < right.id
        }
    }

    init(name: [UInt8], lastDeliveredID: StreamID, entriesRead: Int?) {
        self.name = name
        self.lastDeliveredID = lastDeliveredID
        self.entriesRead = entriesRead
    }

    /// The memory of the group, in bytes.
    package var byteCount: Int {
        var bytes = 240 + name.count + pending.byteCount + (timeline?.byteCount ?? 0)
        for case let consumer? in consumers {
            bytes += 136 + consumer.name.count + consumer.pending.byteCount
        }
        return bytes
    }

    // MARK: Consumers

    package subscript(consumer number: UInt32) -> Consumer {
        _read { yield consumers[Int(number)]! }
        _modify { yield &consumers[Int(number)]! }
    }

    package func consumerNumber(named name: UnsafeRawBufferPointer) -> UInt32? {
        let index = orderIndex(of: name)
        guard index < consumerNumbers.count,
            self[consumer: consumerNumbers[index]].name.isEqual(to: name)
        else { return nil }
        return consumerNumbers[index]
    }

    /// The name must be free.
    package mutating func createConsumer(named name: UnsafeRawBufferPointer, now: Int) -> UInt32 {
        let index = orderIndex(of: name)
        let consumer = Consumer(name: Array(name), seenTime: now)
        let number: UInt32
        if let free = freeNumbers.popLast() {
            number = free
            consumers[Int(free)] = consumer
        } else {
            number = UInt32(consumers.count)
            consumers.append(consumer)
        }
        consumerNumbers.insert(number, at: index)
        return number
    }

    /// Removes a consumer with all that is pending for it.
    package mutating func removeConsumer(_ number: UInt32) {
        while let id = self[consumer: number].pending.first { _ = removePending(id) }
        consumerNumbers.remove(at: consumerNumbers.firstIndex(of: number)!)
        consumers[Int(number)] = nil
        freeNumbers.append(number)
    }

    private func orderIndex(of name: UnsafeRawBufferPointer) -> Int {
        consumerNumbers.lowerBound { self[consumer: $0].name.isOrderedBefore(name) }
    }

    // MARK: What is pending

    package var pendingCount: Int { pending.count }

    package var firstPending: PendingEntry? { pending.first }

    package var lastPending: PendingEntry? { pending.last }

    package func pendingEntry(_ id: StreamID) -> PendingEntry? { pending.find(id) }

    /// The first pending entry from `id` on.
    package func firstPending(notBelow id: StreamID) -> PendingEntry? {
        pending.lowerBound(of: id).map { pending[$0] }
    }

    /// The first entry from `id` on that is pending for a consumer.
    package func firstPending(notBelow id: StreamID, of consumer: UInt32) -> PendingEntry? {
        let list = self[consumer: consumer].pending
        return list.lowerBound(of: id).map { pendingEntry(list[$0])! }
    }

    /// Makes the entry pending for a consumer, whoever had it.
    package mutating func assign(
        _ id: StreamID, to consumer: UInt32, deliveryTime: Int, deliveryCount: Int
    ) {
        let deliveryCount = UInt32(clamping: deliveryCount)
        if let position = pending.position(of: id) {
            let before = pending.withElement(at: position) { entry in
                defer {
                    entry.deliveryTime = deliveryTime
                    entry.deliveryCount = deliveryCount
                    entry.consumer = consumer
                }
                return entry
            }
            if timeline != nil, before.deliveryTime != deliveryTime {
                timeline!.remove(TimedID(time: before.deliveryTime, id: id))
                timeline!.insert(TimedID(time: deliveryTime, id: id))
            }
            guard before.consumer != consumer else { return }
            self[consumer: before.consumer].pending.remove(id)
        } else {
            pending.insert(
                PendingEntry(
                    id: id, deliveryTime: deliveryTime, deliveryCount: deliveryCount,
                    consumer: consumer))
            timeline?.insert(TimedID(time: deliveryTime, id: id))
        }
        self[consumer: consumer].pending.insert(id)
    }

    /// Takes the entry off the lists, and returns it if it was pending.
    package mutating func removePending(_ id: StreamID) -> PendingEntry? {
        guard let entry = pending.remove(id) else { return nil }
        self[consumer: entry.consumer].pending.remove(id)
        timeline?.remove(TimedID(time: entry.deliveryTime, id: id))
        return entry
    }

    /// The next entry in the order of delivery, those first that were delivered longest ago.
    ///
    /// The first call for a group costs a pass over all that is pending.
    package mutating func nextByDelivery(after entry: PendingEntry?) -> PendingEntry? {
        if timeline == nil { timeline = orderedByDelivery() }
        let start = entry.map { TimedID(time: $0.deliveryTime, id: $0.id) }
        guard let start else { return timeline!.first.map { pendingEntry($0.id)! } }
        guard var position = timeline!.lowerBound(of: start) else { return nil }
        if timeline![position] == start {
            guard let next = timeline!.position(after: position) else { return nil }
            position = next
        }
        return pendingEntry(timeline![position].id)
    }

    private func orderedByDelivery() -> OrderedRuns<TimedID> {
        var ids: [TimedID] = []
        ids.reserveCapacity(pending.count)
        var position = pending.startPosition
        while let current = position {
            ids.append(TimedID(time: pending[current].deliveryTime, id: pending[current].id))
            position = pending.position(after: current)
        }
        var timeline = OrderedRuns<TimedID>()
        for id in ids.sorted() { timeline.append(id) }
        return timeline
    }
}

extension Array<UInt8> {
    fileprivate func compare(_ other: UnsafeRawBufferPointer) -> Int {
        withUnsafeBytes { $0.compare(other) }
    }

    func isOrderedBefore(_ other: UnsafeRawBufferPointer) -> Bool { compare(other) < 0 }

    func isEqual(to other: UnsafeRawBufferPointer) -> Bool {
        withUnsafeBytes { $0.isEqual(to: other) }
    }
}

extension RandomAccessCollection where Index == Int {
    /// The index of the first element that is not `before`; they are in order.
    func lowerBound(_ isBefore: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
