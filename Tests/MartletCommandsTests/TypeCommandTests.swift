// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCommands

@Suite("Lists, hashes, sets and sorted sets")
struct TypeCommandTests {
    static let exchanges: [Exchange] = [
        Exchange(
            "SADD s a", "SRANDMEMBER s -16777217", "SRANDMEMBER s -9223372036854775807",
            "SRANDMEMBER s -3",
            replies: [
                ":1", "-ERR value is out of range", "-ERR value is out of range",
                #"["a", "a", "a"]"#,
            ]),
        Exchange(
            "HSET h f v", "HRANDFIELD h -16777217", "HRANDFIELD h -16777217 WITHVALUES",
            "HRANDFIELD h -2 WITHVALUES",
            replies: [
                ":1", "-ERR value is out of range", "-ERR value is out of range",
                #"["f", "v", "f", "v"]"#,
            ]),
        Exchange(
            "ZADD z 1 m", "ZRANDMEMBER z -16777217", "ZRANDMEMBER z -2",
            replies: [":1", "-ERR value is out of range", #"["m", "m"]"#]),
        Exchange(
            "SET a 12345678901234", "SET b abcdefghijklmn", "SET c abcdefghijklmno", "MGET a b c",
            "OBJECT ENCODING b", "APPEND b o", "GET b", "OBJECT ENCODING b", "SET b x", "INCR b",
            "SETRANGE b 3 y", "STRLEN b",
            replies: [
                "+OK", "+OK", "+OK",
                #"["12345678901234", "abcdefghijklmn", "abcdefghijklmno"]"#, #""embstr""#, ":15",
                #""abcdefghijklmno""#, #""raw""#, "+OK",
                "-ERR value is not an integer or out of range", ":4", ":4",
            ]),
    ]

    @Test("Replies", arguments: exchanges, Feed.allCases)
    func conversation(_ exchange: Exchange, _ feed: Feed) {
        #expect(exchange.actualReplies(feed) == exchange.replies)
    }
}
