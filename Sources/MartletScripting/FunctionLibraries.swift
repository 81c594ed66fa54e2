// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCommands
import RESP

/// A function of a library, which FCALL runs.
struct LibraryFunction {
    let name: [UInt8]
    let description: [UInt8]?
    let flags: ScriptFlags
    /// What the engine calls it.
    let script: CInt
}

struct FunctionLibrary {
    let name: [UInt8]
    /// All of it, with the line that names it.
    let code: [UInt8]
    let functions: [LibraryFunction]
}

/// The libraries of functions of a server, and the engine that runs them. Belongs to the holder
/// of the keyspace.
final class FunctionLibraries {
    /// In the order in which they were loaded.
    private(set) var libraries: [FunctionLibrary] = []
    /// By their names in lower case, of which FCALL makes no difference.
    private var functions: [[UInt8]: LibraryFunction] = [:]
    /// What the library that is being loaded has registered so far.
    private var registered: [LibraryFunction] = []
    private(set) var engine: LuaEngine?

    var functionCount: Int { functions.count }
    var codes: [[UInt8]] { libraries.map(\.code) }

    func find(_ name: UnsafeRawBufferPointer) -> LibraryFunction? {
        functions.isEmpty ? nil : functions[lowercased(name)]
    }

    // MARK: Changing

    /// Loads a library.
    ///
    /// - Returns: its name.
    func load(
        _ code: UnsafeRawBufferPointer, replacing: Bool,
        makeEngine: () throws(ReplyError) -> LuaEngine
    ) throws(ReplyError) -> [UInt8] {
        let header = try LibraryHeader(code)
        let old = libraries.firstIndex { $0.name == header.name }
        if old != nil, !replacing {
            throw ReplyError(
                bytes: Array("ERR Library '".utf8) + header.name + Array("' already exists".utf8))
        }
        let engine = if let engine { engine } else { try makeEngine() }
        self.engine = engine
        let functions = try register(
            UnsafeRawBufferPointer(rebasing: code[header.byteCount...]), engine,
            in: old.map { libraries[$0] })
        if let old { remove(at: old) }
        libraries.append(
            FunctionLibrary(name: header.name, code: Array(code), functions: functions))
        for function in functions { self.functions[lowercased(function.name)] = function }
        return header.name
    }

    /// Runs a library's code.
    ///
    /// - Parameter old: the library that it replaces.
    private func register(
        _ code: UnsafeRawBufferPointer, _ engine: LuaEngine, in old: FunctionLibrary?
    ) throws(ReplyError) -> [LibraryFunction] {
        registered = []
        defer { registered = [] }
        do throws(ReplyError) {
            try engine.loadLibrary(code)
            guard !registered.isEmpty else { throw ReplyError("ERR No functions registered") }
            for function in registered where isTaken(function.name, besides: old) {
                throw ReplyError(
                    bytes: Array("ERR Function ".utf8) + function.name
                        + Array(" already exists".utf8))
            }
            return registered
        } catch {
            for function in registered { engine.release(function.script) }
            throw error
        }
    }

    private func isTaken(_ name: [UInt8], besides old: FunctionLibrary?) -> Bool {
        guard let function = functions[lowercased(name)] else { return false }
        return old?.functions.contains { $0.script == function.script } != true
    }

    /// Called while a library is loaded.
    ///
    /// - Returns: why the function is refused.
    func register(_ function: LibraryFunction) -> StaticString? {
        guard function.name.isLibraryName else { return .badLibraryName }
        if registered.contains(where: { $0.name == function.name }) {
            return "Function already exists in the library"
        }
        registered.append(function)
        return nil
    }

    func delete(_ name: UnsafeRawBufferPointer) throws(ReplyError) {
        guard let index = libraries.firstIndex(where: { name.elementsEqual($0.name) }) else {
            throw ReplyError("ERR Library not found")
        }
        remove(at: index)
    }

    private func remove(at index: Int) {
        for function in libraries.remove(at: index).functions {
            functions[lowercased(function.name)] = nil
            engine?.release(function.script)
        }
    }

    /// Forgets all of them.
    ///
    /// - Returns: the engine, which takes a while to go.
    func removeAll() -> LuaEngine? {
        defer { engine = nil }
        libraries = []
        functions = [:]
        return engine
    }
}

/// The first line of a library: `#!lua name=mylib`.
struct LibraryHeader {
    let name: [UInt8]
    /// How many bytes are not to be compiled. The line's end is, so that lines keep their numbers.
    let byteCount: Int

    init(_ code: UnsafeRawBufferPointer) throws(ReplyError) {
        guard code.starts(with: "#!".utf8) else {
            throw ReplyError("ERR Missing library metadata")
        }
        guard let end = code.firstIndex(of: 0x0A),
            let words = InlineArguments.words(of: UnsafeRawBufferPointer(rebasing: code[..<end])),
            let first = words.first
        else { throw ReplyError("ERR Invalid library metadata") }
        var name: [UInt8]?
        for word in words.dropFirst() {
            guard Array(word.prefix(5)).withUnsafeBytes({ $0.isWord("name=") }) else {
                throw ReplyError(bytes: Array("ERR Invalid metadata value given: ".utf8) + word)
            }
            guard name == nil else {
                throw ReplyError(
                    "ERR Invalid metadata value, name argument was given multiple times")
            }
            name = Array(word[5...])
        }
        guard let name else { throw ReplyError("ERR Library name was not given") }
        guard name.isLibraryName else { throw ReplyError("ERR \(StaticString.badLibraryName)") }
        let engine = Array(first.dropFirst(2))
        guard engine.withUnsafeBytes({ $0.isWord("lua") }) else {
            throw ReplyError(
                bytes: Array("ERR Engine '".utf8) + engine + Array("' not found".utf8))
        }
        self.name = name
        byteCount = end
    }
}

extension StaticString {
    // swift-format-ignore: the text of Redis
    fileprivate static let badLibraryName: StaticString =
        "Library names can only contain letters, numbers, or underscores(_) and must be at least one character long"
}

extension [UInt8] {
    /// Whether it may be the name of a library or a function.
    fileprivate var isLibraryName: Bool {
        !isEmpty
            && allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }
}

func lowercased(_ bytes: some Sequence<UInt8>) -> [UInt8] {
    bytes.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
}
