// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Foundation
import Testing

@testable import MartletCommands

/// Random conversations from the table of commands, some of their bytes broken.
private struct ConversationGenerator {
    private var random: SplitMix64
    private let commands: [(name: String, subcommands: [String], arity: Int)]

    init(seed: UInt64, _ table: CommandTable) {
        random = SplitMix64(state: seed)
        commands = table.commands.map(\.descriptor).filter { !Self.unrepeatable.contains($0.name) }
            .map { descriptor in
                let subcommands = descriptor.subcommands.map(\.name)
                    .filter { !Self.unrepeatable.contains($0) }
                return (descriptor.name, subcommands, descriptor.arity)
            }
    }

    /// Their replies are random, or tell about the process.
    private static let unrepeatable: Set = ["info", "genpass", "randomkey"]

    private static let words = [
        "news", "n*", "*", "", "0", "1", "2", "3", "-1", "10", "9223372036854775807", "on", "off",
        "skip", "yes", "no", "ID", "TYPE", "normal", "pubsub", "ADDR", "SETNAME", "AUTH", "default",
        "maxclients", "slowlog-max-len", "GET", "everything", "a\r\nb", "\0", "\u{E9}", "[", "\\",
        "127.0.0.1:1001", "WRITE", "ALL", "LIB-NAME", "FILTERBY", "all",
    ]

    mutating func number(_ range: ClosedRange<Int>) -> Int { .random(in: range, using: &random) }

    private mutating func request() -> [[UInt8]] {
        // What reaches the other client too.
        if number(0...5) == 0 { return ["PUBLISH", "news", "hello"].map { Array($0.utf8) } }
        let command = commands.randomElement(using: &random)!
        var words = [number(0...3) == 0 ? command.name.uppercased() : command.name]
        if let subcommand = command.subcommands.randomElement(using: &random), number(0...9) > 0 {
            words.append(subcommand)
        }
        let count = number(0...5) > 0 ? max(abs(command.arity), words.count) : words.count
        let extra = number(0...2) == 0 ? number(1...4) : 0
        while words.count < count + extra {
            words.append(Self.words.randomElement(using: &random)!)
        }
        return words.map { Array($0.utf8) }
    }

    mutating func input() -> [UInt8] {
        var input = number(0...1) == 0 ? TestClient.encoded("HELLO 3") : []
        for _ in 0..<number(1...12) {
            let request = request()
            input += Array("*\(request.count)\r\n".utf8)
            for word in request { input += Array("$\(word.count)\r\n".utf8) + word + [0x0D, 0x0A] }
        }
        if number(0...2) == 0 {
            let index = number(0...(input.count - 1))
            switch number(0...3) {
            case 0: input[index] = .random(in: 0...255, using: &random)
            case 1: input.remove(at: index)
            case 2: input.insert(.random(in: 0...255, using: &random), at: index)
            default: input.removeSubrange(index...)
            }
        }
        return input
    }

    mutating func pieces(of input: [UInt8]) -> [[UInt8]] {
        var pieces: [[UInt8]] = []
        var rest = input[...]
        let longest = number(1...40)
        while !rest.isEmpty {
            pieces.append(Array(rest.prefix(number(1...longest))))
            rest = rest.dropFirst(pieces.last!.count)
        }
        return pieces
    }
}

@Suite("Sessions under random commands")
struct SessionFuzzTests {
    /// Set `MARTLET_FUZZ_SECONDS` to go on for longer.
    private static let duration = Duration.seconds(
        ProcessInfo.processInfo.environment["MARTLET_FUZZ_SECONDS"].flatMap(Int.init) ?? 0)

    /// What two clients of a new server receive, when the first one sends `pieces`.
    private func conversation(_ pieces: [[UInt8]], shardCount: Int) -> [[String]] {
        let server = TestServer(shardCount: shardCount)
        let client = server.connect()
        let listener = server.connect(toShard: shardCount - 1)
        listener.send("SUBSCRIBE news", "PSUBSCRIBE n*")
        for piece in pieces where !client.session.isEnding { client.receive(piece) }
        server.settle()
        return [client.replies, listener.replies]
    }

    @Test("replies are well-formed and do not depend on the pieces", arguments: [1, 2])
    func commands(shardCount: Int) {
        let table = CommandTable(CommandFamilies.all)
        let end = ContinuousClock.now + Self.duration
        var seed: UInt64 = 1
        var replyCount = 0
        while seed <= 400 || ContinuousClock.now < end {
            var generator = ConversationGenerator(seed: seed, table)
            let input = generator.input()
            let whole = conversation([input], shardCount: shardCount)
            let inPieces = conversation(generator.pieces(of: input), shardCount: shardCount)
            let isWellFormed = !whole.joined().contains { $0.hasPrefix("broken") }
            if !isWellFormed || whole != inPieces {
                let request = String(decoding: input, as: UTF8.self).debugDescription
                Issue.record("seed \(seed): \(request)\nwhole \(whole)\npieces \(inPieces)")
                return
            }
            replyCount += whole[0].count
            seed += 1
        }
        print("seeds 1...\(seed - 1), \(shardCount) shards: \(replyCount) replies")
        #expect(replyCount > 1000)
    }
}
