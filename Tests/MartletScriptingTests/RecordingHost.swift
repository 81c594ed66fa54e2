// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

@testable import MartletScripting

/// Answers commands with what a test wants, and counts how often it is asked whether to end.
final class RecordingHost: ScriptHost {
    /// By the command's name.
    var replies: [String: String] = ["ping": "+PONG\r\n"]
    /// After so many questions the script is to end.
    var patience = Int.max
    private(set) var commands: [[String]] = []
    private(set) var lines: [String] = []
    private var reply: [UInt8] = []

    func call(_ arguments: Arguments, version: ProtocolVersion) -> UnsafeRawBufferPointer {
        let words = (0..<arguments.count).map { String(decoding: arguments[$0], as: UTF8.self) }
        commands.append(words + (version == .resp3 ? ["(RESP3)"] : []))
        let unknown = "-ERR Unknown Redis command called from script\r\n"
        reply = Array((replies[words[0]] ?? unknown).utf8)
        return reply.withUnsafeBytes { $0 }
    }

    func shouldEnd() -> Bool {
        patience -= 1
        return patience < 0
    }

    func log(_ line: UnsafeRawBufferPointer, level: Int) {
        lines.append("\(level) \(String(decoding: line, as: UTF8.self))")
    }

    /// What a library registers goes there.
    var libraries: FunctionLibraries?

    func register(_ function: LibraryFunction) -> StaticString? {
        libraries?.register(function)
    }

    func knows(_ arguments: Arguments) -> Bool { arguments[0].elementsEqual("get".utf8) }
}

/// An engine, and what it asks of its host.
struct TestEngine {
    let host = RecordingHost()
    let engine: LuaEngine

    init() {
        engine = LuaEngine(host: host)!
    }

    /// The reply of a script as it goes over the wire, or why it was not compiled.
    func run(
        _ source: String, keys: [String] = [], arguments: [String] = [],
        version: ProtocolVersion = .resp2
    ) -> String {
        var source = source
        let script = source.withUTF8 { source -> Result<CInt, any Error> in
            Result { try engine.compile(UnsafeRawBufferPointer(source)) }
        }
        guard case .success(let number) = script else { return "not compiled" }
        return Self.run(
            number, of: engine, keys: keys, arguments: arguments, version: version)
    }

    /// The reply of a script, or of a function.
    static func run(
        _ number: CInt, of engine: LuaEngine, keys: [String] = [], arguments: [String] = [],
        version: ProtocolVersion = .resp2
    ) -> String {
        let all = (keys + arguments).map { Array($0.utf8) }
        let bytes = all.flatMap { $0 }
        var offset = 0
        let spans = all.map { text in
            defer { offset += text.count }
            return ArgumentSpan(offset: offset, count: text.count)
        }
        return (bytes + [0]).withUnsafeBytes { bytes in
            spans.withUnsafeBufferPointer { spans in
                let view = Arguments(base: bytes.baseAddress!, spans: spans)
                return String(
                    decoding: engine.run(
                        number, name: Array("SHA".utf8), keyCount: keys.count, arguments: view,
                        version: version), as: UTF8.self)
            }
        }
    }
}
