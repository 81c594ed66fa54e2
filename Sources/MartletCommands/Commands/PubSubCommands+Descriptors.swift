// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension PubSubCommands {
    private static let subscribing: CommandFlags = [
        .pubSub, .noScript, .loading, .stale, .allowedWhileSubscribed,
    ]
    private static let publishing: CommandFlags = [
        .pubSub, .loading, .stale, .fast, .mayReplicate, .publishes,
    ]
    private static let looking: CommandFlags = [.pubSub, .loading, .stale]

    static let descriptors = channelDescriptors + shardDescriptors + [pubsub]

    private static let channelDescriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "psubscribe", arity: -2, flags: [subscribing, .sentinel], group: .pubSub,
            since: "2.0.0",
            summary: "Listens for messages published to channels that match one or more patterns.",
            complexity: "O(N) where N is the number of patterns to subscribe to.",
            arguments: [ArgumentDescription("pattern", .pattern, .multiple)],
            handler: psubscribe),
        CommandDescriptor(
            "publish", arity: 3, flags: [publishing, .sentinel], group: .pubSub,
            since: "2.0.0", summary: "Posts a message to a channel.",
            complexity:
                "O(N+M) where N is the number of clients subscribed to the receiving channel and "
                + "M is the total number of subscribed patterns (by any client).",
            arguments: [
                ArgumentDescription("channel", .string), ArgumentDescription("message", .string),
            ],
            handler: publish),
        CommandDescriptor(
            "punsubscribe", arity: -1, flags: [subscribing, .sentinel], group: .pubSub,
            since: "2.0.0",
            summary:
                "Stops listening to messages published to channels that match one or more "
                + "patterns.",
            complexity: "O(N) where N is the number of patterns to unsubscribe.",
            arguments: [ArgumentDescription("pattern", .pattern, [.optional, .multiple])],
            handler: punsubscribe),
        CommandDescriptor(
            "subscribe", arity: -2, flags: [subscribing, .sentinel], group: .pubSub,
            since: "2.0.0", summary: "Listens for messages published to channels.",
            complexity: "O(N) where N is the number of channels to subscribe to.",
            arguments: [ArgumentDescription("channel", .string, .multiple)],
            handler: subscribe),
        CommandDescriptor(
            "unsubscribe", arity: -1, flags: [subscribing, .sentinel], group: .pubSub,
            since: "2.0.0", summary: "Stops listening to messages posted to channels.",
            complexity: "O(N) where N is the number of channels to unsubscribe.",
            arguments: [ArgumentDescription("channel", .string, [.optional, .multiple])],
            handler: unsubscribe),
    ]

    private static let shardDescriptors: [CommandDescriptor] = [
        CommandDescriptor(
            "spublish", arity: 3, flags: publishing, group: .pubSub,
            since: "7.0.0", summary: "Posts a message to a shard channel.",
            complexity:
                "O(N) where N is the number of clients subscribed to the receiving shard channel.",
            keys: [KeySpecification([.notKey], first: 1)],
            arguments: [
                ArgumentDescription("shardchannel", .string),
                ArgumentDescription("message", .string),
            ],
            handler: spublish),
        CommandDescriptor(
            "ssubscribe", arity: -2, flags: subscribing, group: .pubSub,
            since: "7.0.0", summary: "Listens for messages published to shard channels.",
            complexity: "O(N) where N is the number of shard channels to subscribe to.",
            keys: [KeySpecification([.notKey], first: 1, lastOffset: -1)],
            arguments: [ArgumentDescription("shardchannel", .string, .multiple)],
            handler: ssubscribe),
        CommandDescriptor(
            "sunsubscribe", arity: -1, flags: subscribing, group: .pubSub,
            since: "7.0.0", summary: "Stops listening to messages posted to shard channels.",
            complexity: "O(N) where N is the number of shard channels to unsubscribe.",
            keys: [KeySpecification([.notKey], first: 1, lastOffset: -1)],
            arguments: [ArgumentDescription("shardchannel", .string, [.optional, .multiple])],
            handler: sunsubscribe),
    ]

    private static let pubsub = CommandDescriptor(
        "pubsub", arity: -2, group: .pubSub, since: "2.8.0",
        summary: "A container for Pub/Sub commands.", complexity: "Depends on subcommand.",
        subcommands: [
            CommandDescriptor(
                "channels", arity: -2, flags: looking, group: .pubSub, since: "2.8.0",
                summary: "Returns the active channels.",
                complexity:
                    "O(N) where N is the number of active channels, and assuming constant time "
                    + "pattern matching (relatively short channels and patterns)",
                arguments: [ArgumentDescription("pattern", .pattern, .optional)],
                handler: channels),
            CommandDescriptor(
                "help", arity: 2, flags: [.loading, .stale], group: .pubSub, since: "6.2.0",
                summary: "Returns helpful text about the different subcommands.",
                handler: help),
            CommandDescriptor(
                "numpat", arity: 2, flags: looking, group: .pubSub, since: "2.8.0",
                summary: "Returns a count of unique pattern subscriptions.",
                handler: patternCount),
            CommandDescriptor(
                "numsub", arity: -2, flags: looking, group: .pubSub, since: "2.8.0",
                summary: "Returns a count of subscribers to channels.",
                complexity:
                    "O(N) for the NUMSUB subcommand, where N is the number of requested channels",
                arguments: [ArgumentDescription("channel", .string, [.optional, .multiple])],
                handler: subscriberCounts),
            CommandDescriptor(
                "shardchannels", arity: -2, flags: looking, group: .pubSub, since: "7.0.0",
                summary: "Returns the active shard channels.",
                complexity:
                    "O(N) where N is the number of active shard channels, and assuming constant "
                    + "time pattern matching (relatively short shard channels).",
                arguments: [ArgumentDescription("pattern", .pattern, .optional)],
                handler: shardChannels),
            CommandDescriptor(
                "shardnumsub", arity: -2, flags: looking, group: .pubSub, since: "7.0.0",
                summary: "Returns the count of subscribers of shard channels.",
                complexity:
                    "O(N) for the SHARDNUMSUB subcommand, where N is the number of requested "
                    + "shard channels",
                arguments: [ArgumentDescription("shardchannel", .string, [.optional, .multiple])],
                handler: shardSubscriberCounts),
        ])

    static let helpLines = [
        "CHANNELS [<pattern>]",
        "    Return the currently active channels matching a <pattern> (default: '*').",
        "NUMPAT",
        "    Return number of subscriptions to patterns.",
        "NUMSUB [<channel> ...]",
        "    Return the number of subscribers for the specified channels, excluding",
        "    pattern subscriptions(default: no channels).",
        "SHARDCHANNELS [<pattern>]",
        "    Return the currently active shard level channels matching a <pattern> (default: '*').",
        "SHARDNUMSUB [<shardchannel> ...]",
        "    Return the number of subscribers for the specified shard level channel(s)",
    ]
}
