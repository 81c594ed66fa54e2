// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

// What commands on keys publish: keyspace notifications, and the messages of scripts. It tells of
// what they did, and leaves when the log has that.
extension KeyContext {
    /// Publishes a message as a part of the step under way (PUBLISH in a script): when that has
    /// ended, in order with the notifications.
    ///
    /// - Parameter shard: where the step runs; it may hold the stripes.
    /// - Returns: how many receivers there are now.
    package func publish(
        _ kind: MessageFrame.Kind, channel: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer,
        countingFrom shard: Shard
    ) -> Int {
        keyspace.publish(.published(kind, channel: Array(channel), payload: Array(payload)))
        return server.broker.receiverCount(of: kind, channel: channel, from: shard)
    }

    /// Where the log must be before others hear of what was done, or seen, up to now.
    ///
    /// While the log cannot be written reads go on, although they may see what is not on disk.
    @inline(__always)
    func handOver() -> UInt64 {
        if shard.isLogRefusing, !keyspace.hasEffects { return 0 }
        return keyspace.handOver()
    }

    /// Publishes what the step that has ended has to tell.
    func publishMessages() {
        guard keyspace.hasMessages else { return }
        let position = handOver()
        publishMessages(at: position)
    }

    /// Publishes, in the midst of a transaction that changes its client's subscriptions, what has
    /// to come before that. The log's position is not known yet: it does not wait for the log.
    func publishMessagesAtOnce() {
        if keyspace.hasMessages { publishMessages(at: 0) }
    }

    private func publishMessages(at position: UInt64) {
        for message in keyspace.takeMessages() {
            switch message {
            case .notification(let notification):
                publish(notification, at: position)
            case .published(let kind, let channel, let payload):
                publish(kind, channel, payload, at: position)
                shard.statistics.messagesPublished.add(1)
            }
        }
    }

    private func publish(_ notification: KeyspaceNotification, at position: UInt64) {
        let classes = keyspace.notificationClasses
        let database = notification.database
        let event = notification.event.name.withUTF8Buffer { Array($0) }
        if classes.contains(.keyspace) {
            let channel = Array("__keyspace@\(database)__:".utf8) + notification.key
            publish(.message, channel, event, at: position)
        }
        if classes.contains(.keyevent) {
            let channel = Array("__keyevent@\(database)__:".utf8) + event
            publish(.message, channel, notification.key, at: position)
        }
    }

    private func publish(
        _ kind: MessageFrame.Kind, _ channel: [UInt8], _ payload: [UInt8], at position: UInt64
    ) {
        channel.withUnsafeBytes { channel in
            payload.withUnsafeBytes { payload in
                _ = server.broker.publish(
                    kind, channel: channel, payload: payload, from: shard, at: position)
            }
        }
    }
}
