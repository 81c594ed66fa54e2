// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Testing

@testable import MartletConfiguration

@Suite("The configuration file")
struct FileTests {
    @Test("an empty file and no file give the defaults")
    func empty() throws {
        #expect(try Configuration(file: "") == Configuration())
        #expect(try Configuration(reading: []) == Configuration())
    }

    @Test("comments, blank lines and blanks around a line mean nothing")
    func blanks() throws {
        let text = "# port 1\n\n \t\n  # port 2\n\t port   7000 \r\n\r\n#"
        #expect(try Configuration(file: text).port == 7000)
    }

    @Test("a later line wins, and output buffer limits add up by class")
    func laterWins() throws {
        let configuration = try Configuration(
            file: """
                port 1
                client-output-buffer-limit normal 1 2 3
                PORT 2
                client-output-buffer-limit slave 4 5 6 normal 7 8 9
                """)
        #expect(configuration.port == 2)
        #expect(
            configuration.shown("client-output-buffer-limit")
                == "normal 7 8 9 slave 4 5 6 pubsub 33554432 8388608 60")
    }

    private static let splits: [(line: String, arguments: [String]?)] = [
        ("a b", ["a", "b"]),
        ("  a\t\u{b}b ", ["a", "b"]),
        ("a\u{b}b \"c\"\u{c}d", ["a\u{b}b", "c", "d"]),
        (#""a b" 'c d'"#, ["a b", "c d"]),
        (#"a"b c""#, ["ab c"]),
        (#""\x41\n\r\t\b\a\q\"\\""#, ["A\n\r\t\u{8}\u{7}q\"\\"]),
        (#""\x4g""#, ["x4g"]),
        (#"'\x41\'\n'"#, [#"\x41'\n"#]),
        (#"\n"#, [#"\n"#]),
        (#""" ''"#, ["", ""]),
        ("", []),
        (#""a"b"#, nil),
        (#""a""b""#, nil),
        (#"'a"#, nil),
        (#""a\""#, nil),
        (#""a\"#, nil),
    ]

    @Test("a line is split as Redis splits it", arguments: splits)
    func split(line: String, arguments: [String]?) {
        let expected = arguments?.map { Array($0.utf8) }
        #expect(splitArguments(line.utf8) == expected)
    }

    @Test("quoting gives every byte back, in the form that Redis writes")
    func quoting() {
        let all = [UInt8](0...255)
        #expect(splitArguments(quoted(all)) == [all])
        let text = quoted(Array("a\\b\"\u{1}\u{7f}é\n\r\t\u{7}\u{8}'".utf8))
        #expect(
            String(decoding: text, as: UTF8.self)
                == #""a\\b\"\x01\x7f\xc3\xa9\n\r\t\a\b'""#)
    }

    @Test("an error names the file and the line as Redis does")
    func report() throws {
        let error = #expect(throws: ConfigurationError.self) {
            try Configuration(file: "port 1\nprot 7000")
        }
        #expect(
            try #require(error).report(version: "1.2.3") == """

                *** FATAL CONFIG FILE ERROR (Martlet 1.2.3) ***
                Reading the configuration file test.conf, at line 2
                >>> 'prot 7000'
                Bad directive or wrong number of arguments

                """)
    }

    @Test("what random bytes give is kept when the file is rewritten", arguments: 1...50)
    func randomBytes(seed: UInt64) throws {
        var random = SeededGenerator(state: seed)
        let alphabet = Array("abx\\\"'\n\r #0-\u{b}".utf8) + [0, 0xff]
        for _ in 0..<200 {
            let setting = Setting.all.randomElement(using: &random)!
            let count = Int.random(in: 0...20, using: &random)
            let noise = (0..<count).map { _ in alphabet.randomElement(using: &random)! }
            let name = Bool.random(using: &random) ? Array("\(setting.name) ".utf8) : []
            let source = ConfigurationSource(.file("random.conf"), name + noise)
            guard let configuration = try? Configuration(reading: [source]) else { continue }
            let rewritten = configuration.rewritten(originalText: source.text)
            let again = ConfigurationSource(source.origin, rewritten)
            #expect(try Configuration(reading: [again]) == configuration, "seed \(seed)")
        }
    }

    @Test("bytes that are no text are kept in a password")
    func passwordBytes() throws {
        let configuration = try Configuration(file: #"requirepass "\xff\x00a""#)
        #expect(configuration.requirepass == [0xff, 0, 0x61])
    }

    private static let entries:
        [(entry: String, family: ListenAddress.Family, host: String?, isOptional: Bool)] = [
            ("*", .ipv4, nil, false), ("-::*", .ipv6, nil, true), ("::*", .ipv6, nil, false),
            ("127.0.0.1", .ipv4, "127.0.0.1", false), ("-::1", .ipv6, "::1", true),
            ("localhost", .ipv4, "localhost", false),
        ]

    @Test(
        "an entry of bind is an address, a family and whether it may be missing", arguments: entries
    )
    func bindEntry(
        entry: String, family: ListenAddress.Family, host: String?, isOptional: Bool
    ) {
        var configuration = Configuration()
        configuration.bind = [entry]
        let address = configuration.listenAddresses[0]
        #expect(address.family == family)
        #expect(address.host == host)
        #expect(address.isOptional == isOptional)
    }
}

@Suite("include")
struct IncludeTests {
    private static let files = [
        "a.conf": "port 2\ninclude b.conf\ntimeout 3",
        "b.conf": "timeout 2\nmaxclients 7",
        "bad.conf": "port 1\n\nbogus 3",
        "self.conf": "include self.conf",
    ]

    private static func load(_ path: String) throws(IncludeError) -> [ConfigurationSource] {
        if path == "*.d" { return [] }
        if path == "two.*" {
            return try load("a.conf") + load("b.conf")
        }
        guard let text = files[path] else {
            throw IncludeError(reason: "No such file or directory")
        }
        return [ConfigurationSource(.file(path), Array(text.utf8))]
    }

    private func read(_ text: String) throws -> Configuration {
        let source = ConfigurationSource(.file("main.conf"), Array(text.utf8))
        return try Configuration(reading: [source], loadInclude: Self.load)
    }

    @Test("reads the file in the place of the line")
    func inPlace() throws {
        let configuration = try read("port 1\nINCLUDE a.conf\nmaxclients 9")
        #expect(configuration.port == 2)
        #expect(configuration.timeout == 3)
        #expect(configuration.maxclients == 9)
    }

    @Test("of a pattern reads every file that matches, and none is no error")
    func pattern() throws {
        #expect(try read("include two.*").timeout == 2)
        #expect(try read("include *.d") == Configuration())
    }

    @Test("states the included file and its line in an error")
    func errorInside() {
        let expected = ConfigurationError(
            origin: .file("bad.conf"), line: 3, text: "bogus 3",
            message: "Bad directive or wrong number of arguments")
        #expect(throws: expected) { try read("include bad.conf") }
    }

    @Test("of a file that is not there says why")
    func missing() {
        let expected = ConfigurationError(
            origin: .file("main.conf"), line: 1, text: "include no.conf",
            message: "can't open config file 'no.conf': No such file or directory")
        #expect(throws: expected) { try read("include no.conf") }
    }

    @Test("of a file that includes itself ends with an error, after 16 files")
    func cycle() {
        let expected = ConfigurationError(
            origin: .file("self.conf"), line: 1, text: "include self.conf",
            message: "include is nested more than 16 deep")
        var loadCount = 0
        let source = ConfigurationSource(.file("main.conf"), Array("include self.conf".utf8))
        #expect(throws: expected) {
            try Configuration(reading: [source]) { path throws(IncludeError) in
                loadCount += 1
                return try Self.load(path)
            }
        }
        #expect(loadCount == 16)
    }
}
