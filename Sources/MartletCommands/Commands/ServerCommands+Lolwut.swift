// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

// LOLWUT draws a flock of martlets on their way across the sky:
//
//          ~v~
//               ~v~  ~v~
//    ~v~
//
// Each second has its own flock; the picture's size is always the same.

extension ServerCommands {
    static func lolwut(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        var text = "Redis ver. \(ImitatedVersion.redis)\n"
        var hasPicture = arguments.count == 1
        if arguments.count > 2, arguments[1].isWord("version") {
            guard let version = Int(strictDecimal: arguments[2]) else { throw .notAnInteger }
            // The pictures of these versions take sizes.
            hasPicture = version == 5 || version == 6
            let sizeCount = version == 5 ? 3 : version == 6 ? 2 : 0
            for index in 3..<max(3, min(arguments.count, 3 + sizeCount)) {
                guard Int(strictDecimal: arguments[index]) != nil else { throw .notAnInteger }
            }
        }
        if hasPicture {
            let seed = session.server.clock.wall() / 1_000_000
            let picture = Flock(seed: UInt64(truncatingIfNeeded: seed)).picture
            text = picture + "\nMartlet ver. \(ImitatedVersion.martlet), in the manner of \(text)"
        }
        session.reply.verbatim(text)
    }
}

private struct Flock {
    private static let columnCount = 72
    private static let rowCount = 12
    private static let bird = Array("~v~".utf8)

    private var state: UInt64
    private(set) var picture = ""

    init(seed: UInt64) {
        state = seed
        var sky = [[UInt8]](
            repeating: [UInt8](repeating: UInt8(ascii: " "), count: Self.columnCount),
            count: Self.rowCount)
        // A flock flies in a wedge, loosely.
        let leader = (column: 8 + next(below: 12), row: 3 + next(below: Self.rowCount - 6))
        for place in 0..<24 {
            let side = place.isMultiple(of: 2) ? 1 : -1
            let rank = (place + 1) / 2
            let row = leader.row + side * (rank / 2) + next(below: 3) - 1
            let column = leader.column + rank * 4 + next(below: 4)
            guard sky.indices.contains(row), column + Self.bird.count <= Self.columnCount else {
                continue
            }
            sky[row].replaceSubrange(column..<(column + Self.bird.count), with: Self.bird)
        }
        picture = sky.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
    }

    /// SplitMix64.
    private mutating func next(below bound: Int) -> Int {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return Int((mixed ^ (mixed >> 31)) % UInt64(bound))
    }
}
