// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletCommands

@Suite("COMMAND")
struct CommandCommandTests {
    static let exchanges: [Exchange] = [
        Exchange(
            "COMMAND INFO dbsize nosuch config|help dbsize|x client|id|x",
            replies: [
                #"[["dbsize", :1, [+readonly, +fast], :0, :0, :0, "#
                    + #"[+@keyspace, +@read, +@fast], "#
                    + #"["request_policy:all_shards", "response_policy:agg_sum"], [], []], nil, "#
                    + #"["config|help", :2, [+loading, +stale], :0, :0, :0, [+@slow], [], [], []"#
                    + #"], nil, nil]"#
            ]),
        Exchange(
            "COMMAND INFO watch",
            replies: [
                #"[["watch", :-2, [+noscript, +loading, +stale, +fast, +allow_busy], :1, :-1, :1"#
                    + #", [+@fast, +@transaction], [], [["flags", [+RO], "begin_search", "#
                    + #"["type", "index", "spec", ["index", :1]], "find_keys", ["type", "range", "#
                    + #""spec", ["lastkey", :-1, "keystep", :1, "limit", :0]]]], []]]"#
            ]),
        Exchange(
            "COMMAND DOCS nosuch dbsize", "COMMAND DOCS slaveof|x",
            replies: [
                #"["dbsize", ["summary", "Returns the number of keys in the database.", "since", "#
                    + #""1.0.0", "group", "server", "complexity", "O(1)"]]"#, "[]",
            ]),
        Exchange(
            "COMMAND DOCS debug slaveof",
            replies: [
                #"["debug", ["summary", "A container for debugging commands.", "since", "1.0.0", "#
                    + #""group", "server", "complexity", "Depends on subcommand.", "doc_flags", "#
                    + #"[+syscmd]], "slaveof", ["summary", "Sets a Redis server as a replica of "#
                    + #"another, or promotes it to being a master.", "since", "1.0.0", "group", "#
                    + #""server", "complexity", "O(1)", "doc_flags", [+deprecated], "#
                    + #""deprecated_since", "5.0.0", "replaced_by", "`REPLICAOF`"#
            ]),
        Exchange(
            "COMMAND LIST FILTERBY PATTERN CONFIG|RE*", "COMMAND LIST FILTERBY MODULE x",
            "COMMAND LIST FILTERBY ACLCAT Transaction", "COMMAND LIST FILTERBY ACLCAT nosuch",
            "COMMAND LIST FILTERBY x y", "COMMAND LIST x",
            replies: [
                #"["config|resetstat", "config|rewrite"]"#, "[]",
                #"["discard", "exec", "multi", "unwatch", "watch"]"#, "[]", "-ERR syntax error",
                "-ERR syntax error",
            ]),
        Exchange(
            "COMMAND GETKEYS WATCH a b", "COMMAND GETKEYSANDFLAGS WATCH a",
            "COMMAND GETKEYS SSUBSCRIBE a", "COMMAND GETKEYS NOSUCH a", "COMMAND GETKEYS WATCH",
            "COMMAND GETKEYS CONFIG NOSUCH x",
            replies: [
                #"["a", "b"]"#, #"[["a", [+RO]]]"#, "-ERR The command has no key arguments",
                "-ERR Invalid command specified",
                "-ERR Invalid number of arguments specified for command",
                "-ERR Invalid command specified",
            ]),
    ]

    @Test("answers as Redis does", arguments: exchanges)
    func exchange(_ exchange: Exchange) {
        for (actual, expected) in zip(exchange.actualReplies(.whole), exchange.replies) {
            // An expectation without its last bracket is a beginning.
            let isBeginning = expected.hasPrefix("[") && !expected.hasSuffix("]")
            #expect(isBeginning ? actual.hasPrefix(expected) : actual == expected)
        }
    }

    @Test("RESP3 tells maps and sets from arrays")
    func resp3() {
        let replies = TestServer().connect().ask(
            "HELLO 3", "COMMAND INFO time nosuch", "COMMAND DOCS time")
        #expect(
            replies[1]
                == #"[["time", :1, ~[+loading, +stale, +fast], :0, :0, :0, ~[+@fast], "#
                + #"~["nondeterministic_output"], ~[], ~[]], nil]"#)
        #expect(
            replies[2]
                == #"%["time", %["summary", "Returns the server time.", "since", "2.6.0", "#
                + #""group", "server", "complexity", "O(1)"]]"#)
    }

    @Test("COUNT counts what COMMAND lists; LIST has the subcommands too")
    func counts() {
        let server = TestServer()
        let table = server.context.commands
        let replies = server.connect().ask("COMMAND COUNT", "COMMAND LIST")
        #expect(replies[0] == ":\(table.commands.count)")
        let names = replies[1].split(separator: ", ")
        #expect(names.count == table.commandCount)
        #expect(names.contains(#""client|kill""#))
    }

    @Test("every command is described as a whole")
    func descriptions() {
        for command in CommandTable(CommandFamilies.all).withSubcommands {
            let descriptor = command.descriptor
            #expect(descriptor.name == descriptor.name.lowercased(), "\(command.fullName)")
            #expect(!descriptor.summary.isEmpty, "\(command.fullName)")
            #expect(descriptor.arity != 0, "\(command.fullName)")
            #expect(
                descriptor.isExecutable || !descriptor.subcommands.isEmpty,
                "\(command.fullName)")
            #expect(descriptor.since.split(separator: ".").count == 3, "\(command.fullName)")
        }
    }
}
