// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@Suite("SUBSCRIBE, PUBLISH and their kin")
struct PubSubCommandTests {
    static let exchanges: [Exchange] = [
        Exchange(
            "SUBSCRIBE a b a", "PSUBSCRIBE c", "SSUBSCRIBE d", "UNSUBSCRIBE b x",
            "SUNSUBSCRIBE", "PUNSUBSCRIBE", "UNSUBSCRIBE", "UNSUBSCRIBE", "PING",
            replies: [
                #"["subscribe", "a", :1]"#, #"["subscribe", "b", :2]"#,
                #"["subscribe", "a", :2]"#, #"["psubscribe", "c", :3]"#,
                #"["ssubscribe", "d", :1]"#, #"["unsubscribe", "b", :2]"#,
                #"["unsubscribe", "x", :2]"#, #"["sunsubscribe", "d", :0]"#,
                #"["punsubscribe", "c", :1]"#, #"["unsubscribe", "a", :0]"#,
                #"["unsubscribe", nil, :0]"#, "+PONG",
            ]),
        Exchange(
            "PUBSUB CHANNELS", "PUBSUB NUMPAT", "PUBSUB NUMSUB", "PUBSUB NUMSUB a b",
            "PUBSUB SHARDNUMSUB a", "PUBSUB SHARDCHANNELS x", "PUBSUB CHANNELS a b",
            "PUBSUB NUMPAT x", "PUBSUB", "PUBSUB x",
            replies: [
                "[]", ":0", "[]", #"["a", :0, "b", :0]"#, #"["a", :0]"#, "[]",
                "-ERR unknown subcommand or wrong number of arguments for 'CHANNELS'. "
                    + "Try PUBSUB HELP.",
                "-ERR wrong number of arguments for 'pubsub|numpat' command",
                "-ERR wrong number of arguments for 'pubsub' command",
                "-ERR unknown subcommand 'x'. Try PUBSUB HELP.",
            ]),
    ]

    @Test("Replies", arguments: exchanges, Feed.allCases)
    func conversation(_ exchange: Exchange, _ feed: Feed) {
        #expect(exchange.actualReplies(feed) == exchange.replies)
    }

    @Test("Messages reach channels, patterns and shard channels of every shard", arguments: 1...3)
    func messages(_ shardCount: Int) {
        let server = TestServer(shardCount: shardCount)
        let subscribers = (0..<shardCount).map { server.connect(toShard: $0) }
        for subscriber in subscribers {
            subscriber.send("SUBSCRIBE a", "PSUBSCRIBE ? b*", "SSUBSCRIBE a")
            _ = subscriber.replies
        }
        let publisher = server.connect()
        #expect(
            publisher.ask("PUBLISH a x", "PUBLISH bc y", "SPUBLISH a z", "SPUBLISH b z")
                == [":\(shardCount * 2)", ":\(shardCount)", ":\(shardCount)", ":0"])
        #expect(
            publisher.ask("PUBSUB CHANNELS", "PUBSUB NUMPAT", "PUBSUB SHARDNUMSUB a")
                == [#"["a"]"#, ":2", #"["a", :\#(shardCount)]"#])
        server.settle()
        for subscriber in subscribers {
            #expect(
                subscriber.replies == [
                    #"["message", "a", "x"]"#, #"["pmessage", "?", "a", "x"]"#,
                    #"["pmessage", "b*", "bc", "y"]"#, #"["smessage", "a", "z"]"#,
                ])
        }
    }

    @Test("PUBSUB HELP and CLIENT HELP are lines of text")
    func help() {
        let client = TestServer().connect()
        for name in ["PUBSUB", "CLIENT"] {
            let help = client.ask("\(name) HELP")[0]
            let first = "[+\(name) <subcommand> [<arg> [value] [opt] ...]. Subcommands are:, +"
            #expect(help.hasPrefix(first))
            #expect(help.hasSuffix(", +HELP, +    Print this help.]"))
        }
    }
}
