// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// What happened to a key, as keyspace notifications tell it.
package struct KeyspaceEvent: Sendable {
    /// The word that subscribers get.
    package let name: StaticString
    /// The class that `notify-keyspace-events` must name.
    package let type: NotificationClasses

    package init(_ name: StaticString, _ type: NotificationClasses) {
        self.name = name
        self.type = type
    }

    static let expired = KeyspaceEvent("expired", .expired)
    static let new = KeyspaceEvent("new", .newKey)
}

/// An event that subscribers are to be told of.
package struct KeyspaceNotification {
    package let event: KeyspaceEvent
    package let key: [UInt8]
    package let database: Int
}

/// What is to be published when the command under way has ended.
package enum KeyspaceMessage {
    case notification(KeyspaceNotification)
    case published(MessageFrame.Kind, channel: [UInt8], payload: [UInt8])
}

/// The classes of `notify-keyspace-events`.
package struct NotificationClasses: OptionSet, Sendable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// `contains` and `isEmpty`, which are calls through the protocol's tables to other modules.
    @inline(__always)
    func includes(_ type: NotificationClasses) -> Bool { rawValue & type.rawValue != 0 }

    package var isNone: Bool { rawValue == 0 }

    /// The letters of the setting, each with its class.
    package static let letters: [(letter: Character, type: NotificationClasses)] = [
        ("K", .keyspace), ("E", .keyevent), ("g", .generic), ("$", .string), ("l", .list),
        ("s", .set), ("h", .hash), ("z", .sortedSet), ("x", .expired), ("e", .evicted),
        ("t", .stream), ("m", .keyMiss), ("n", .newKey),
    ]

    package static let keyspace = NotificationClasses(rawValue: 1 << 0)
    package static let keyevent = NotificationClasses(rawValue: 1 << 1)
    package static let generic = NotificationClasses(rawValue: 1 << 2)
    package static let string = NotificationClasses(rawValue: 1 << 3)
    package static let list = NotificationClasses(rawValue: 1 << 4)
    package static let set = NotificationClasses(rawValue: 1 << 5)
    package static let hash = NotificationClasses(rawValue: 1 << 6)
    package static let sortedSet = NotificationClasses(rawValue: 1 << 7)
    package static let expired = NotificationClasses(rawValue: 1 << 8)
    package static let evicted = NotificationClasses(rawValue: 1 << 9)
    package static let stream = NotificationClasses(rawValue: 1 << 10)
    package static let keyMiss = NotificationClasses(rawValue: 1 << 11)
    package static let newKey = NotificationClasses(rawValue: 1 << 12)
}
