// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CLua
import MartletCommands
import RESP

/// What a script asks of the server while it runs. Called on the thread that runs it.
protocol ScriptHost: AnyObject {
    /// Executes a command, and returns its reply, which stays until the next call.
    func call(_ arguments: Arguments, version: ProtocolVersion) -> UnsafeRawBufferPointer
    /// Whether the script is to end. Called every so many instructions.
    func shouldEnd() -> Bool
    /// - Parameter level: 0 (debug) to 3 (warning).
    func log(_ line: UnsafeRawBufferPointer, level: Int)
    /// Whether there is such a command.
    func knows(_ arguments: Arguments) -> Bool
    /// Adds a function to the library that is loaded.
    ///
    /// - Returns: why it is refused.
    func register(_ function: LibraryFunction) -> StaticString?
}

/// Lua, with the scripts that it has compiled, or with libraries of functions. Used by one thread
/// at a time.
final class LuaEngine: @unchecked Sendable {
    private let engine: OpaquePointer
    private let host: Box

    /// What C is given: it must not keep the host itself alive.
    private final class Box {
        unowned let host: any ScriptHost
        init(_ host: any ScriptHost) { self.host = host }
    }

    /// - Parameter runsFunctions: whether it is for libraries.
    /// - Returns: nil if there is no memory.
    init?(host: any ScriptHost, runsFunctions: Bool = false) {
        self.host = Box(host)
        var functions = Self.functions
        functions.context = Unmanaged.passUnretained(self.host).toOpaque()
        guard let engine = clua_create(&functions, runsFunctions) else { return nil }
        self.engine = engine
    }

    deinit {
        clua_destroy(engine)
    }

    /// What it has allocated, in bytes.
    var byteCount: Int { clua_memory(engine) }

    /// - Returns: the script's number.
    func compile(_ source: UnsafeRawBufferPointer) throws(ReplyError) -> CInt {
        var reason = clua_bytes()
        let script = clua_compile(engine, clua_bytes(source), &reason)
        guard script < 0 else { return script }
        throw ReplyError(
            bytes: Array("ERR Error compiling script (new function): ".utf8)
                + Array(reason.buffer))
    }

    /// Runs the code of a library, whose functions are registered with the host.
    func loadLibrary(_ code: UnsafeRawBufferPointer) throws(ReplyError) {
        let failure = clua_load_library(engine, clua_bytes(code))
        guard failure.count > 0 else { return }
        throw ReplyError(bytes: Array("ERR ".utf8) + Array(failure.buffer))
    }

    /// Forgets a function.
    func release(_ script: CInt) { clua_release(engine, script) }

    /// Runs a script, or a function.
    ///
    /// - Parameters:
    ///   - name: how errors name it.
    ///   - arguments: KEYS and behind them ARGV.
    /// - Returns: the reply, which stays until the next call.
    func run(
        _ script: CInt, name: [UInt8], keyCount: Int, arguments: Arguments,
        version: ProtocolVersion
    ) -> UnsafeRawBufferPointer {
        let count = arguments.count
        return withUnsafeTemporaryAllocation(of: clua_bytes.self, capacity: max(count, 1)) {
            values in
            for index in 0..<count {
                (values.baseAddress! + index).initialize(to: clua_bytes(arguments[index]))
            }
            return name.withUnsafeBytes { name in
                var options = clua_run_options(
                    script: script, name: clua_bytes(name), arguments: values.baseAddress!,
                    key_count: CInt(keyCount), argument_count: CInt(count),
                    version: version == .resp3 ? 3 : 2)
                return clua_run(engine, &options).buffer
            }
        }
    }

    /// The digits by which a script is called.
    static func sha1(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 40) { digits, count in
            digits.withMemoryRebound(to: CChar.self) {
                clua_sha1(clua_bytes(bytes), $0.baseAddress!)
            }
            count = 40
        }
    }

    // MARK: What C calls

    private static func host(_ context: UnsafeMutableRawPointer?) -> any ScriptHost {
        Unmanaged<Box>.fromOpaque(context!).takeUnretainedValue().host
    }

    private static var functions: clua_host {
        clua_host(
            context: nil,
            call: { context, arguments, count, version in
                LuaEngine.withArguments(arguments, count) { arguments in
                    clua_bytes(
                        LuaEngine.host(context).call(
                            arguments, version: version == 3 ? .resp3 : .resp2))
                }
            },
            interrupt: { LuaEngine.host($0).shouldEnd() },
            log: { LuaEngine.host($0).log($2.buffer, level: Int($1)) },
            knows: { context, arguments, count in
                LuaEngine.withArguments(arguments, count) { LuaEngine.host(context).knows($0) }
            },
            register_function: { context, function in
                LuaEngine.host(context).register(LibraryFunction(function.pointee)).map {
                    UnsafeRawPointer($0.utf8Start).assumingMemoryBound(to: CChar.self)
                }
            },
            format: { CInt(Decimal.write($0, to: $1)) },
            version: versionText,
            version_number: 0x70204)
    }

    /// Lives as long as the program.
    nonisolated(unsafe) private static let versionText: UnsafePointer<CChar> = {
        let text = ImitatedVersion.redis.utf8CString
        let copy = UnsafeMutablePointer<CChar>.allocate(capacity: text.count)
        copy.initialize(from: Array(text), count: text.count)
        return UnsafePointer(copy)
    }()

    private static func withArguments<Result>(
        _ values: UnsafePointer<clua_bytes>, _ count: CInt, _ body: (Arguments) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: ArgumentSpan.self, capacity: Int(count)) { spans in
            let base = values[0].start!
            for index in 0..<Int(count) {
                // Each lies somewhere else, so distances may be negative.
                (spans.baseAddress! + index).initialize(
                    to: ArgumentSpan(
                        offset: values[index].start! - base, count: values[index].count))
            }
            return body(Arguments(base: base, spans: UnsafeBufferPointer(spans)))
        }
    }
}

extension LibraryFunction {
    fileprivate init(_ function: clua_function) {
        let description = function.description
        self.init(
            name: Array(function.name.buffer),
            description: description.start == nil ? nil : Array(description.buffer),
            flags: ScriptFlags(rawValue: UInt8(function.flags)), script: function.script)
    }
}

extension clua_bytes {
    fileprivate init(_ bytes: UnsafeRawBufferPointer) {
        self.init(start: bytes.baseAddress, count: bytes.count)
    }

    fileprivate var buffer: UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(start: start, count: count)
    }
}
