// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Testing

@testable import MartletLog

@Suite("Format")
struct FormatTests {
    // MARK: Checksums

    @Test("CRC-32C of RFC 3720's examples, with and without the instruction")
    func checksums() {
        let cases: [([UInt8], UInt32)] = [
            (Array("123456789".utf8), 0xe306_9283),
            ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
            ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
            (Array(0..<32), 0x46dd_794e),
            ([], 0),
        ]
        for (bytes, expected) in cases {
            #expect(csystem_crc32c(0, bytes, bytes.count) == expected)
            #expect(csystem_crc32c_portable(0, bytes, bytes.count) == expected)
        }
    }

    @Test("a CRC-32C in pieces is that of the whole, with and without the instruction")
    func checksumPieces() {
        var random = SeededRandom(seed: 3)
        for count in 0..<200 {
            let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) }
            let split = Int.random(in: 0...count, using: &random)
            let whole = csystem_crc32c(0, bytes, count)
            let first = csystem_crc32c(0, bytes, split)
            bytes.withUnsafeBytes { bytes in
                let rest = bytes.baseAddress.map { $0 + split }
                #expect(csystem_crc32c(first, rest, count - split) == whole)
            }
            #expect(csystem_crc32c_portable(0, bytes, count) == whole)
        }
    }

    // MARK: Annotations

    private static let annotations = [
        Annotation(kind: .file, file: 1),
        Annotation(
            kind: .head, checksum: 7, byteCount: 23, position: 4096, durablePosition: 12,
            file: .max),
        Annotation(kind: .batch, checksum: .max, byteCount: 1, position: 0, file: 0xabcd),
        Annotation(
            kind: .end, checksum: .max, byteCount: .max / 2, position: .max / 2,
            durablePosition: .max, file: .max),
    ]

    private func parse(_ line: [UInt8]) -> Annotation? {
        line.withUnsafeBytes { Annotation(line: $0) }
    }

    @Test(
        "an annotation is read back, and is far shorter than what Redis skips",
        arguments: annotations)
    func annotation(annotation: Annotation) {
        let line = annotation.bytes
        #expect(line.count <= Annotation.lineByteCountMax && line.count < 200)
        #expect(line.suffix(2) == Array("\r\n".utf8)[...])
        #expect(parse(line.dropLast(2)) == annotation)
    }

    @Test("no other bit, and no other length, makes an annotation", arguments: annotations)
    func brokenAnnotation(annotation: Annotation) {
        let line = Array(annotation.bytes.dropLast(2))
        for index in line.indices {
            for bit in 0..<8 {
                var flipped = line
                flipped[index] ^= 1 << bit
                #expect(parse(flipped) == nil)
            }
            #expect(parse(Array(line[..<index])) == nil)
        }
        #expect(parse(line + [0x20]) == nil)
    }

    // MARK: The manifest

    @Test("a manifest is read back as it was written")
    func manifest() throws {
        let text = """
            file appendonly.aof.2.base.aof seq 2 type b
            file appendonly.aof.4.incr.aof seq 4 type i
            file "a b\\"\\xff\\\\.5.incr.aof" seq 5 type i
            file appendonly.aof.3.incr.aof seq 3 type h

            """.replacing("\\xff", with: "\\x01")
        let manifest = try Manifest(text: text)
        #expect(manifest.text == text)
        #expect(manifest.loaded.map(\.sequence) == [2, 4, 5])
        #expect(manifest.nextIncrementSequence == 6)
        #expect(manifest.nextBaseSequence == 3)
    }

    @Test("comments and keys of later versions are skipped")
    func laterManifest() throws {
        let manifest = try Manifest(text: "# why\nseq 1 file a.1.incr.aof type i startoffset 0\n")
        #expect(manifest.increments.map(\.name) == ["a.1.incr.aof"])
    }

    @Test(
        "a manifest that is not one is refused",
        arguments: [
            "", "\n", "file a seq 1\n", "file a seq x type i\n", "file a seq 1 type q\n",
            "file ../a seq 1 type i\n", "file \"a seq 1 type i\n", "file a seq 1 type\n",
            "file a seq 1 type b\nfile b seq 2 type b\n",
            "file a seq 2 type i\nfile b seq 2 type i\n", "hello\n",
        ])
    func badManifest(text: String) {
        #expect(throws: Manifest.ParseError.self) { try Manifest(text: text) }
    }

    // MARK: Commands

    private func scan(_ text: String) -> (CommandScanner.Outcome, [String]) {
        var scanner = CommandScanner()
        let bytes = Array(text.utf8)
        let outcome = bytes.withUnsafeBytes { scanner.scan($0) }
        let words = scanner.spans.map {
            String(decoding: bytes[$0.offset..<$0.offset + $0.count], as: UTF8.self)
        }
        return (outcome, words)
    }

    @Test("a command is an array of bulk strings, whole or incomplete at any byte")
    func command() {
        let text = "*3\r\n$3\r\nSET\r\n$0\r\n\r\n$12\r\nhello\r\nworld\r\n"
        #expect(
            scan(text) == (.command(byteCount: text.utf8.count), ["SET", "", "hello\r\nworld"]))
        #expect(scan(text + "*1").0 == .command(byteCount: text.utf8.count))
        for length in 0..<text.utf8.count {
            #expect(
                scan(String(decoding: text.utf8.prefix(length), as: UTF8.self)).0 == .incomplete)
        }
    }

    @Test(
        "what is not exactly such an array is refused",
        arguments: [
            "PING\r\n", "*0\r\n", "*-1\r\n", "*1\n", "*1\r$", "*1\r\n:1\r\n", "*1\r\n$-1\r\n",
            "*1\r\n$1\r\nabc", "*1\r\n$1\r\na\rb", "*1x", "*99999999999999999999\r\n",
            "*1\r\n$9999999999999999999\r\n", "*1\r\n$+1\r\n", "* 1\r\n",
        ])
    func malformed(text: String) {
        #expect(scan(text).0 == .malformed)
    }
}
