// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import Glibc
import MartletConfiguration

/// Reads and writes configuration files; what their lines mean is `MartletConfiguration`'s.
package enum ConfigurationFile {
    package static func read(_ path: String) throws(SystemError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw SystemError("open") }
        defer { close(descriptor) }
        return try readAll(descriptor)
    }

    package static func readAll(_ descriptor: CInt) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 * 1024)
        while true {
            let count = Glibc.read(descriptor, &chunk, chunk.count)
            if count == 0 { return bytes }
            guard count > 0 else { throw SystemError("read") }
            bytes += chunk[..<count]
        }
    }

    /// The files that an `include` names; a pattern stands for all that match it, or none.
    package static func include(_ path: String) throws(IncludeError) -> [ConfigurationSource] {
        var paths = [path]
        if path.contains(where: { "*?[".contains($0) }) {
            var found = glob_t()
            defer { globfree(&found) }
            guard glob(path, 0, nil, &found) == 0 else { return [] }
            paths = (0..<Int(found.gl_pathc)).map { String(cString: found.gl_pathv[$0]!) }
        }
        var sources: [ConfigurationSource] = []
        for path in paths {
            do throws(SystemError) {
                sources.append(ConfigurationSource(.file(path), try read(path)))
            } catch {
                throw IncludeError(reason: error.reason)
            }
        }
        return sources
    }

    /// Writes the settings into the file, atomically: a new file takes the old one's place.
    ///
    /// - Returns: why that failed, or nil.
    static func rewrite(_ configuration: Configuration, at path: String) -> String? {
        do throws(SystemError) {
            let original = access(path, F_OK) == 0 ? try read(path) : []
            try replace(path, with: configuration.rewritten(originalText: original))
            return nil
        } catch {
            return error.reason
        }
    }

    private static func replace(_ path: String, with bytes: [UInt8]) throws(SystemError) {
        var template = Array("\(path)-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw SystemError("mkstemp") }
        let temporary = String(
            decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
        defer { close(descriptor) }
        do throws(SystemError) {
            guard write(descriptor, bytes, bytes.count) == bytes.count else {
                throw SystemError("write")
            }
            guard fsync(descriptor) == 0 else { throw SystemError("fsync") }
            fchmod(descriptor, 0o644)
            guard rename(temporary, path) == 0 else { throw SystemError("rename") }
        } catch {
            unlink(temporary)
            throw error
        }
    }
}
