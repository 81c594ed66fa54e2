// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import RESP

/// The expectations were taken from redis-server 7.0.15.
@Suite("RequestParser: inline requests")
struct InlineRequestTests {
    @Test(
        "splits a line at blanks",
        arguments: [
            ParserCase("PING\r\n", ["PING"]), ParserCase("PING\n", ["PING"]),
            ParserCase("ECHO a b\r\n", ["ECHO", "a", "b"]),
            ParserCase(" \tECHO\t \ta \r\n", ["ECHO", "a"]),
            ParserCase("\r\n"), ParserCase("\n"), ParserCase(" \t\r\n"),
            ParserCase("\r\n\nPING\n", ["PING"]), ParserCase("\rPING\n", ["PING"]),
            ParserCase("PING\r\r\n", ["PING"]), ParserCase("a\rb\r\n", ["a", "b"]),
            // Skipped between arguments, and a part of them: isspace beside sdssplitargs.
            ParserCase("\u{B}a\u{B}b \u{C}c\u{C}d\n", ["a\u{B}b", "c\u{C}d"]),
            ParserCase("+PING\r\n", ["+PING"]), ParserCase("\t*1\r\n", ["*1"]),
            ParserCase("$4\r\nPING\r\n", ["$4"], ["PING"]),
            ParserCase("\u{FF}\u{80} \u{1}\n", ["\u{FF}\u{80}", "\u{1}"]),
            ParserCase("PING", waiting: 4), ParserCase("PING\r", waiting: 5),
        ])
    func blanks(_ test: ParserCase) {
        ParserVerifier().expect(test.expected, of: test.bytes)
    }

    @Test(
        "takes quotes off, and resolves what is escaped in double quotes",
        arguments: [
            ParserCase(#"ECHO """# + "\n", ["ECHO", ""]), ParserCase("ECHO ''\n", ["ECHO", ""]),
            ParserCase(#""""# + "\n", [""]), ParserCase(#""" '' """# + "\n", ["", "", ""]),
            ParserCase(#""a b" 'c d'"# + "\r\n", ["a b", "c d"]),
            ParserCase(#""\n\r\t\b\a""# + "\n", ["\n\r\t\u{8}\u{7}"]),
            ParserCase(#""\q\\\"\'""# + "\n", [#"q\"'"#]),
            ParserCase(#""\x41\x00\xff\xFf\xAa""# + "\n", ["A\0\u{FF}\u{FF}\u{AA}"]),
            ParserCase(#""\x4\xzz\x" "\x4g""# + "\n", ["x4xzzx", "x4g"]),
            ParserCase(#"'\n\x41\\\q"'"# + "\n", [#"\n\x41\\\q""#]),
            ParserCase(#"'a\'b' '\''"# + "\n", ["a'b", "'"]),
            ParserCase(#"a"b c"  d'e f'"# + "\n", ["ab c", "de f"]),
            ParserCase(#"a\x41 \n \"# + "\n", [#"a\x41"#, #"\n"#, #"\"#]),
            ParserCase(
                "\"a\"\u{B}b 'c'\u{C}d \"e\"\tf 'g'\rh\n",
                ["a", "b", "c", "d", "e", "f", "g", "h"]),
            ParserCase("\"a\rb\"\n", ["a\rb"]),
        ])
    func quotes(_ test: ParserCase) {
        ParserVerifier().expect(test.expected, of: test.bytes)
    }

    @Test(
        "refuses quotes that are not closed, and what follows a closing quote",
        arguments: [
            #"ECHO "a"#, "ECHO 'a", #"ECHO "a\"#, #"ECHO "a\""#, #"ECHO 'a\'"#, #"""#, "'", #"a""#,
            #"ECHO "a"b"#, "ECHO 'a'b", #""a""b""#, "'a''b'", #""a"'b'"#, #""a"\"#, #""\x4"#,
            #""\x41"#,
        ])
    func unbalanced(_ line: String) {
        for end in ["\n", "\r\n"] {
            let test = ParserCase(line + end, .unbalancedQuotes)
            ParserVerifier().expect(test.expected, of: test.bytes)
        }
    }
}
