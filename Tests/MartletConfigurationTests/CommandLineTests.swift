// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletConfiguration

/// The lines were seen in the error output of redis-server 7.0.15, which quotes them.
@Suite("The command line")
struct CommandLineTests {
    private static let readings: [(arguments: [String], text: String)] = [
        ([], ""),
        (["--prot", "7000"], #"prot "7000""#),
        (["--port"], "port"),
        (["--port", "1", "2"], #"port "1" "2""#),
        (["--timeout", "5", "--bogus", "x"], "timeout \"5\"\nbogus \"x\""),
        (["--save", "--bogus", "1"], "save \"\"\nbogus \"1\""),
        (["--save"], #"save """#),
        (["--save", ""], #"save """#),
        (["--requirepass", "a b\"c"], #"requirepass "a b\"c""#),
        (["--requirepass", "--foo", "--port", "1"], "requirepass \"--foo\"\nport \"1\""),
        (["--requirepass", "-", "--port", "1"], "requirepass \"-\"\nport \"1\""),
        (["-p", "7000"], #""-p" "7000""#),
        (["--port 7000", "--bogus", "1"], "port 7000\nbogus \"1\""),
        (["--port 7000", "--bogus 1"], "port 7000\nbogus 1"),
        (["--port=7000"], "port=7000"),
        (["--", "x"], #""x""#),
        (["---port", "1"], #"-port "1""#),
        (["--bogus", "a\nb"], #"bogus "a\nb""#),
        (["--slowlog-log-slower-than", "-1"], #"slowlog-log-slower-than "-1""#),
    ]

    @Test("becomes lines of a configuration file as in Redis", arguments: readings)
    func lines(arguments: [String], text: String) {
        let commandLine = CommandLineArguments(arguments)
        #expect(String(decoding: commandLine.options.text, as: UTF8.self) == text)
        #expect(commandLine.options.origin == .commandLine)
        #expect(commandLine.file == nil)
        #expect(!commandLine.readsStandardInput)
    }

    @Test("names a file first")
    func file() {
        let commandLine = CommandLineArguments(["m.conf", "--port", "1"])
        #expect(commandLine.file == "m.conf")
        #expect(commandLine.options.text == Array(#"port "1""#.utf8))
    }

    @Test(
        "asks for standard input with a dash at either end",
        arguments: [
            ["-", "--port", "1"], ["--port", "1", "-"], ["-"],
        ])
    func standardInput(arguments: [String]) {
        let commandLine = CommandLineArguments(arguments)
        #expect(commandLine.readsStandardInput)
        #expect(commandLine.file == nil)
        #expect(commandLine.options.text == Array((arguments.count > 1 ? #"port "1""# : "").utf8))
    }

    @Test("wins over the file, and the later option over the earlier")
    func precedence() throws {
        let file = ConfigurationSource(.file("m.conf"), Array("port 1\ntimeout 1".utf8))
        let arguments = ["--port", "2", "--bind", "::1", "127.0.0.1", "--port", "3", "--save"]
        let options = CommandLineArguments(arguments).options
        let configuration = try Configuration(reading: [file, options])
        #expect(configuration.port == 3)
        #expect(configuration.timeout == 1)
        #expect(configuration.bind == ["::1", "127.0.0.1"])
    }

    @Test("is named in an error, with the number of the option")
    func error() throws {
        let options = CommandLineArguments(["--timeout", "5", "--port", "abc"]).options
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(reading: [options])
        }
        #expect(
            try #require(error).report(version: "1.0.0") == """

                *** FATAL CONFIG FILE ERROR (Martlet 1.0.0) ***
                Reading the command line, at option 2
                >>> 'port "abc"'
                argument couldn't be parsed into an integer

                """)
    }
}
