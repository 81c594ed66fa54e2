// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

@testable import MartletConfiguration

/// Short forms for the tests of this target, where everything is text.
extension Configuration {
    init(file text: String) throws(ConfigurationError) {
        try self.init(reading: [ConfigurationSource(.file("test.conf"), Array(text.utf8))])
    }

    mutating func set(
        _ pairs: (String, String)..., allowsProtected: Bool = false
    ) throws(ConfigurationSetError) -> [String] {
        let bytes = pairs.map { (name: Array($0.0.utf8), value: Array($0.1.utf8)) }
        return try set(bytes, allowsProtected: allowsProtected).map(\.name)
    }

    /// The value that `CONFIG GET` shows.
    func shown(_ name: String) -> String? {
        get([Array(name.utf8)]) { _, _ in false }.first.map {
            String(decoding: $0.value, as: UTF8.self)
        }
    }

    func rewritten(_ originalText: String) -> String {
        String(decoding: rewritten(originalText: Array(originalText.utf8)), as: UTF8.self)
    }
}

/// SplitMix64: the same numbers from the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
