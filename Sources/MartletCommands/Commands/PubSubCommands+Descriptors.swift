// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension PubSubCommands {
    static let descriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "subscribe", arity: -2,
            flags: [.pubSub, .noScript, .loading, .stale, .sentinel, .allowedWhileSubscribed],
            group: .pubSub, since: "2.0.0", summary: "Listens for messages published to channels.",
            complexity: "O(N) where N is the number of channels to subscribe to.",
            arguments: [ArgumentDescription("channel", .string, .multiple)],
            handler: subscribe),
        CommandDescriptor(
            "unsubscribe", arity: -1,
            flags: [.pubSub, .noScript, .loading, .stale, .sentinel, .allowedWhileSubscribed],
            group: .pubSub, since: "2.0.0",
            summary: "Stops listening to messages posted to channels.",
            complexity: "O(N) where N is the number of channels to unsubscribe.",
            arguments: [ArgumentDescription("channel", .string, [.optional, .multiple])],
            handler: unsubscribe),
        CommandDescriptor(
            "publish", arity: 3,
            flags: [.pubSub, .loading, .stale, .fast, .mayReplicate, .sentinel, .publishes],
            group: .pubSub, since: "2.0.0", summary: "Posts a message to a channel.",
            complexity:
                "O(N+M) where N is the number of clients subscribed to the receiving channel and "
                + "M is the total number of subscribed patterns (by any client).",
            arguments: [
                ArgumentDescription("channel", .string), ArgumentDescription("message", .string),
            ],
            handler: publish),
    ]
}
