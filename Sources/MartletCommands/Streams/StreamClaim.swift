// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// A consumer gets entries of its group: what changes, and what the log is told of it.
struct StreamClaim {
    let object: StreamObject
    private let context: KeyContext
    private let key: KeyName
    private let group: Int
    private let groupName: UnsafeRawBufferPointer
    private let consumerName: UnsafeRawBufferPointer
    private var consumer: UInt32 = 0
    /// What was made pending for the consumer, in order.
    private(set) var taken: [PendingEntry] = []
    /// What was pending and does not exist any more.
    private(set) var forgotten: [StreamID] = []

    init(
        _ context: KeyContext, _ key: KeyName, _ object: StreamObject, group: Int,
        _ groupName: UnsafeRawBufferPointer, consumer: UnsafeRawBufferPointer
    ) {
        self.context = context
        self.key = key
        self.object = object
        self.group = group
        self.groupName = groupName
        consumerName = consumer
    }

    /// LASTID. Says whether that is news.
    func advance(to lastID: StreamID?) -> Bool {
        guard let lastID, lastID > object.stream[group: group].lastDeliveredID else {
            return false
        }
        object.stream[group: group].lastDeliveredID = lastID
        return true
    }

    /// The consumer is here, and is created if it is new.
    mutating func enter() {
        if let number = object.stream[group: group].consumerNumber(named: consumerName) {
            consumer = number
            object.stream[group: group][consumer: number].seenTime = context.now
            return
        }
        consumer = object.stream[group: group].createConsumer(
            named: consumerName, now: context.now)
        context.changed(key, .consumerCreated)
        context.effectOfCreating(consumer: consumerName, groupName, of: key)
    }

    mutating func take(_ id: StreamID, _ deliveryTime: Int, _ deliveryCount: Int) {
        object.stream[group: group].assign(
            id, to: consumer, deliveryTime: deliveryTime, deliveryCount: deliveryCount)
        taken.append(object.stream[group: group].pendingEntry(id)!)
    }

    mutating func forget(_ id: StreamID) {
        _ = object.stream[group: group].removePending(id)
        forgotten.append(id)
    }

    /// - Parameter isAhead: whether the group has come further.
    func finish(isAhead: Bool) {
        if !taken.isEmpty {
            object.stream[group: group][consumer: consumer].activeTime = context.now
        }
        guard isAhead || !taken.isEmpty || !forgotten.isEmpty else { return }
        context.keyspace.countChanges()
        context.effectOfAcknowledging(forgotten, groupName, of: key)
        context.effectOfClaiming(taken, consumer: consumerName, groupName, of: key)
        if isAhead { context.effectOfAdvancing(object.stream[group: group], of: key) }
    }
}
