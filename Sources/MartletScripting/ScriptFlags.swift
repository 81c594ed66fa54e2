// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CLua
import MartletCommands
import RESP

/// What a script's first line says of it, `#!lua flags=no-writes,allow-oom`, or a function when it
/// is registered.
struct ScriptFlags: OptionSet {
    let rawValue: UInt8

    static let noWrites = ScriptFlags(CLUA_NO_WRITES)
    static let allowOutOfMemory = ScriptFlags(CLUA_ALLOW_OOM)
    /// A script without that line is treated as scripts were before there were flags.
    static let isSilent = ScriptFlags(rawValue: 1 << 7)

    /// The last three mean nothing here.
    private static let known: [(name: String, flag: ScriptFlags)] = [
        ("no-writes", .noWrites), ("allow-oom", .allowOutOfMemory),
        ("allow-stale", ScriptFlags(CLUA_ALLOW_STALE)),
        ("no-cluster", ScriptFlags(CLUA_NO_CLUSTER)),
        ("allow-cross-slot-keys", ScriptFlags(CLUA_ALLOW_CROSS_SLOT_KEYS)),
    ]

    init(rawValue: UInt8) { self.rawValue = rawValue }

    private init(_ flag: clua_function_flag) { rawValue = UInt8(flag.rawValue) }

    var names: [String] { Self.known.filter { contains($0.flag) }.map(\.name) }

    /// Reads the first line of a script.
    ///
    /// - Returns: the flags, and how many bytes are not to be compiled.
    static func read(
        _ script: UnsafeRawBufferPointer
    ) throws(ReplyError) -> (flags: ScriptFlags, byteCount: Int) {
        guard script.starts(with: "#!".utf8) else { return (.isSilent, 0) }
        guard let end = script.firstIndex(of: 0x0A) else {
            throw ReplyError("ERR Invalid script shebang")
        }
        let line = String(decoding: script[..<end], as: UTF8.self)
        let words = line.split(whereSeparator: \.isWhitespace)
        guard words.first == "#!lua" else {
            throw ReplyError("ERR Unexpected engine in script shebang: \(words.first ?? "")")
        }
        var flags: ScriptFlags = []
        for word in words.dropFirst() {
            guard word.hasPrefix("flags=") else {
                throw ReplyError("ERR Unknown lua shebang option: \(word)")
            }
            let list = word.dropFirst(6)
            guard !list.isEmpty else { continue }
            for name in list.split(separator: ",", omittingEmptySubsequences: false) {
                guard let known = known.first(where: { $0.name == name }) else {
                    throw ReplyError("ERR Unexpected flag in script shebang: \(name)")
                }
                flags.formUnion(known.flag)
            }
        }
        return (flags, end)
    }
}
