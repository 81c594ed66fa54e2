// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import MartletConfiguration
import Testing

/// The README's table of settings is the table of the code.
@Suite("The README")
struct ReadmeTests {
    private static let path = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "README.md")

    private static let begin = "<!-- settings:begin -->\n"
    private static let end = "<!-- settings:end -->"

    @Test("shows each setting as it is")
    func settings() throws {
        let text = try String(contentsOf: Self.path, encoding: .utf8)
        let start = try #require(text.range(of: Self.begin)).upperBound
        let end = try #require(text.range(of: Self.end)).lowerBound
        if ProcessInfo.processInfo.environment["MARTLET_WRITE_README"] != nil {
            let updated = text[..<start] + Setting.markdownTable + text[end...]
            try updated.write(to: Self.path, atomically: true, encoding: .utf8)
        } else {
            #expect(text[start..<end] == Setting.markdownTable)
        }
    }
}
