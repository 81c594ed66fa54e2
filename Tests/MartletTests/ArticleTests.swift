// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Testing

/// What the articles show is compiled and run: `ArticleExamples` has every line of it.
@Suite("The articles")
struct ArticleTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    @Test(
        "show only code that is compiled and run",
        arguments: ["GettingStarted", "DeliveryGuarantees", "BackPressure"])
    func examples(article: String) throws {
        let text = try String(
            contentsOf: Self.root.appending(path: "Sources/Martlet/Martlet.docc/\(article).md"),
            encoding: .utf8)
        let folder = Self.root.appending(path: "Tests/MartletTests")
        let files = [
            "ArticleExamples.swift", "ArticleExamples+Durability.swift",
            "EmbeddedServerTests.swift", "ServiceTests.swift",
        ]
        let compiled = try files.map {
            Self.normalised(
                try String(contentsOf: folder.appending(path: $0), encoding: .utf8))
        }
        let blocks = text.components(separatedBy: "```swift\n").dropFirst().map {
            Self.normalised($0.components(separatedBy: "```")[0])
        }
        #expect(blocks.count >= 3)
        for block in blocks {
            #expect(compiled.contains { $0.contains(block) }, "not compiled: \(block)")
        }
    }

    /// Without indentation.
    private static func normalised(_ code: String) -> String {
        code.split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
            .joined(separator: "\n")
    }
}
