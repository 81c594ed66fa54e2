// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@Suite("CLIENT")
struct ClientCommandTests {
    static let invalidName =
        "-ERR Client names cannot contain spaces, newlines or special characters."

    static let exchanges: [Exchange] = [
        Exchange(
            "CLIENT ID", "CLIENT GETNAME", "CLIENT SETNAME a", "CLIENT GETNAME",
            "CLIENT SETNAME é", "CLIENT SETNAME \"\"", "CLIENT GETNAME",
            replies: [":1", "nil", "+OK", #""a""#, invalidName, "+OK", "nil"]),
        Exchange(
            "CLIENT SETINFO lib-name a", "CLIENT SETINFO nosuch a", "CLIENT SETINFO Lib-Ver é",
            replies: [
                "+OK", "-ERR Unrecognized option 'nosuch'",
                "-ERR Lib-Ver cannot contain spaces, newlines or special characters.",
            ]),
        Exchange(
            "CLIENT", "CLIENT NOSUCH", "CLIENT GETNAME x", "CLIENT NO-TOUCH x",
            "CLIENT NO-EVICT ON",
            replies: [
                "-ERR wrong number of arguments for 'client' command",
                "-ERR unknown subcommand 'NOSUCH'. Try CLIENT HELP.",
                "-ERR wrong number of arguments for 'client|getname' command",
                "-ERR syntax error", "+OK",
            ]),
        Exchange(
            "CLIENT LIST TYPE nosuch", "CLIENT LIST TYPE replica", "CLIENT LIST ID 5",
            "CLIENT LIST ID x", "CLIENT LIST x",
            replies: [
                "-ERR Unknown client type 'nosuch'", #""""#, #""""#, "-ERR Invalid client ID",
                "-ERR syntax error",
            ]),
        Exchange(
            "CLIENT KILL 1.2.3.4:5", "CLIENT KILL ID x", "CLIENT KILL ID 0", "CLIENT KILL ID 99",
            "CLIENT KILL TYPE x", "CLIENT KILL USER x", "CLIENT KILL SKIPME x ID 9",
            "CLIENT KILL MAXAGE 0", "CLIENT KILL ADDR x LADDR",
            replies: [
                "-ERR No such client", "-ERR client-id should be greater than 0",
                "-ERR client-id should be greater than 0", ":0", "-ERR Unknown client type 'x'",
                "-ERR No such user 'x'", "-ERR syntax error",
                "-ERR maxage should be greater than 0", "-ERR syntax error",
            ]),
        Exchange(
            "CLIENT PAUSE x", "CLIENT PAUSE -1", "CLIENT PAUSE 9223372036854775807",
            "CLIENT PAUSE 1 x", "CLIENT PAUSE 1 ALL x", "CLIENT PAUSE 0", "CLIENT UNPAUSE",
            replies: [
                "-ERR timeout is not an integer or out of range", "-ERR timeout is negative",
                "-ERR timeout is out of range", "-ERR CLIENT PAUSE mode must be WRITE or ALL",
                "-ERR unknown subcommand or wrong number of arguments for 'PAUSE'. "
                    + "Try CLIENT HELP.",
                "+OK", "+OK",
            ]),
        Exchange(
            "CLIENT UNBLOCK 1", "CLIENT UNBLOCK x", "CLIENT UNBLOCK 1 x",
            "CLIENT UNBLOCK 1 ERROR",
            replies: [
                ":0", "-ERR value is not an integer or out of range",
                "-ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR", ":0",
            ]),
        Exchange(
            "CLIENT TRACKING ON", "CLIENT TRACKING OFF BCAST", "CLIENT TRACKING OFF x",
            "CLIENT TRACKING x", "CLIENT TRACKINGINFO", "CLIENT CACHING YES", "CLIENT GETREDIR",
            replies: [
                "-ERR CLIENT TRACKING is not supported", "+OK",
                "-ERR syntax error", "-ERR syntax error",
                #"["flags", ["off"], "redirect", :-1, "prefixes", []]"#,
                "-ERR CLIENT CACHING can be called only when the client is in tracking mode with "
                    + "OPTIN or OPTOUT mode enabled",
                ":-1",
            ]),
        Exchange(
            "CLIENT TRACKING ON REDIRECT 99", "CLIENT TRACKING ON REDIRECT x",
            "CLIENT TRACKING ON PREFIX a", "CLIENT TRACKING ON BCAST OPTIN",
            "CLIENT TRACKING ON OPTIN OPTOUT", "CLIENT TRACKING ON PREFIX",
            replies: [
                "-ERR The client ID you want redirect to does not exist",
                "-ERR Invalid client ID", "-ERR PREFIX option requires BCAST mode to be enabled",
                "-ERR OPTIN and OPTOUT are not compatible with BCAST",
                "-ERR You can't specify both OPTIN mode and OPTOUT mode", "-ERR syntax error",
            ]),
    ]

    @Test("Replies", arguments: exchanges, Feed.allCases)
    func conversation(_ exchange: Exchange, _ feed: Feed) {
        #expect(exchange.actualReplies(feed) == exchange.replies)
    }

    static let replyModes: [Exchange] = [
        Exchange(
            "CLIENT REPLY OFF", "PING", "NOSUCH", "CLIENT REPLY x", "CLIENT REPLY ON", "PING",
            replies: ["+OK", "+PONG"]),
        Exchange("CLIENT REPLY SKIP", "PING", "ECHO x", replies: [#""x""#]),
        Exchange("CLIENT REPLY SKIP", "NOSUCH", "ECHO x", replies: [#""x""#]),
        Exchange(
            "CLIENT REPLY SKIP", "CLIENT REPLY SKIP", "PING", "ECHO x", replies: [#""x""#]),
        Exchange("CLIENT REPLY SKIP", "CLIENT REPLY ON", "PING", replies: ["+OK", "+PONG"]),
        Exchange(
            "CLIENT REPLY OFF", "CLIENT REPLY SKIP", "PING", "PING", "CLIENT REPLY ON",
            replies: ["+OK"]),
        Exchange("CLIENT REPLY OFF", "RESET", "PING", replies: ["+RESET", "+PONG"]),
        Exchange("CLIENT REPLY SKIP", "RESET", "PING", replies: ["+PONG"]),
        Exchange(
            "CLIENT REPLY SKIP", "MULTI", "PING", "EXEC", replies: ["+QUEUED", "[+PONG]"]),
        Exchange(
            "CLIENT REPLY OFF", "SUBSCRIBE a", "RESET", "PING",
            replies: [#"["subscribe", "a", :1]"#, "+RESET", "+PONG"]),
    ]

    @Test("Reply modes", arguments: replyModes, Feed.allCases)
    func replyMode(_ exchange: Exchange, _ feed: Feed) {
        #expect(exchange.actualReplies(feed) == exchange.replies)
    }

    private func fields(_ line: String) -> [String: String] {
        let pairs = line.split { " \"\n".contains($0) }.map {
            $0.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        }
        return Dictionary(
            pairs.filter { $0.count == 2 }.map { (String($0[0]), String($0[1])) },
            uniquingKeysWith: { first, _ in first })
    }

    @Test("The line of a client has Redis 7.2's fields, in its order")
    func line() {
        let client = TestServer().connect()
        let line = client.ask("CLIENT INFO")[0]
        let names = line.dropFirst().split(separator: " ").map { $0.prefix { $0 != "=" } }
        let expected =
            "id addr laddr fd name age idle flags db sub psub ssub multi qbuf qbuf-free argv-mem "
            + "multi-mem rbs rbp obl oll omem tot-mem events cmd user redir resp lib-name lib-ver"
        #expect(names.joined(separator: " ") == expected)
        #expect(line.hasSuffix("\n\""))
    }

    @Test("The line of a client shows what it does")
    func shownState() {
        let server = TestServer()
        let client = server.connect()
        let other = server.connect()
        let shown = { fields(other.ask("CLIENT LIST ID \(client.id)")[0]) }
        #expect(shown()["cmd"] == "NULL")
        server.advance(milliseconds: 3000)
        client.send("CLIENT SETNAME me", "CLIENT SETINFO LIB-NAME lib", "SELECT 4", "WATCH a")
        server.advance(milliseconds: 2000)
        var line = shown()
        #expect([line["name"], line["lib-name"], line["db"]] == ["me", "lib", "4"])
        #expect([line["age"], line["idle"], line["cmd"]] == ["5", "2", "watch"])
        #expect([line["flags"], line["multi"], line["user"]] == ["N", "-1", "default"])

        client.send("CLIENT NO-EVICT ON", "CLIENT NO-TOUCH ON", "MULTI", "PING")
        line = shown()
        #expect([line["flags"], line["multi"], line["cmd"]] == ["xeT", "1", "ping"])
        client.send("NOSUCH")
        #expect(shown()["cmd"] == "NULL")

        client.send("RESET", "HELLO 3", "SUBSCRIBE a b", "PSUBSCRIBE c", "SSUBSCRIBE d")
        line = shown()
        #expect([line["sub"], line["psub"], line["ssub"], line["resp"]] == ["2", "1", "1", "3"])
        #expect(line["flags"] == "P")
        client.send("MONITOR")
        #expect(shown()["flags"] == "OP")
        #expect(other.ask("CLIENT LIST TYPE pubsub")[0].contains("id=\(client.id) "))
        #expect(!other.ask("CLIENT LIST TYPE normal")[0].contains("id=\(client.id) "))
    }

    @Test("Within EXEC the transaction is still shown, and CLIENT INFO is executed by exec")
    func shownInExec() {
        let client = TestServer().connect()
        client.send("MULTI", "CLIENT INFO", "EXEC")
        let line = fields(client.replies[2])
        #expect([line["flags"], line["multi"], line["cmd"]] == ["x", "1", "exec"])
        #expect(fields(client.ask("CLIENT INFO")[0])["multi"] == "-1")
    }

    @Test("CLIENT REPLY within EXEC keeps the replies in front of it")
    func replyModeInExec() {
        let client = TestServer().connect()
        client.send("MULTI", "ECHO a", "CLIENT REPLY OFF", "PING", "CLIENT REPLY ON", "EXEC")
        // The header counts four, of which two come, as in Redis; two more fill it up.
        client.send("ECHO x", "ECHO y")
        #expect(client.replies.last == #"["a", +OK, "x", "y"]"#)
    }
}
