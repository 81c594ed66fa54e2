// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension Configuration {
    /// `CONFIG GET` with its patterns: a name without `[`, `*` and `?` is looked up, and answered
    /// in the case in which it was asked for; of settings that several patterns match, the first
    /// counts.
    ///
    /// - Parameter glob: whether a pattern matches a name, without regard to case.
    package func get(
        _ patterns: [[UInt8]], glob: (_ pattern: [UInt8], _ name: String) -> Bool
    ) -> [(name: [UInt8], value: [UInt8])] {
        var found: Set<String> = []
        var answer: [(name: [UInt8], value: [UInt8])] = []
        for pattern in patterns {
            if pattern.contains(where: Array("[*?".utf8).contains) {
                for setting in Setting.all {
                    for name in setting.names where glob(pattern, name) {
                        guard found.insert(name).inserted else { continue }
                        answer.append((Array(name.utf8), setting.value(in: self)))
                    }
                }
            } else if let setting = Setting.named(pattern),
                found.insert(String(decoding: pattern.asciiLowercased, as: UTF8.self)).inserted
            {
                answer.append((pattern, setting.value(in: self)))
            }
        }
        return answer
    }

    /// `CONFIG SET`: changes all of the settings or none.
    ///
    /// The caller keeps the old configuration until every ``Setting/applyStep`` of the changed
    /// settings is done; if one fails it puts the old one back and answers with
    /// ``ConfigurationSetError/failed(option:reason:)``.
    ///
    /// - Parameter allowsProtected: whether this client may change protected settings, by
    ///   ``ProtectedAction/isAllowed(toLocalClient:)``.
    /// - Returns: the settings whose value is another than before, in the order given.
    package mutating func set(
        _ pairs: [(name: [UInt8], value: [UInt8])], allowsProtected: Bool = false
    ) throws(ConfigurationSetError) -> [Setting] {
        let settings = try settable(pairs.map(\.name), allowsProtected: allowsProtected)
        var updated = self
        for (setting, pair) in zip(settings, pairs) {
            do {
                try setting.set(setting.words(of: pair.value), in: &updated)
            } catch {
                let option = String(decoding: pair.name.asciiLowercased, as: UTF8.self)
                throw .failed(option: option, reason: error.reason)
            }
        }
        let changed = settings.filter { $0.value(in: self) != $0.value(in: updated) }
        self = updated
        return changed
    }

    /// The settings of these names, each of which may be set and is named once. Names are checked
    /// before any value, as in Redis.
    private func settable(
        _ names: [[UInt8]], allowsProtected: Bool
    ) throws(ConfigurationSetError) -> [Setting] {
        var seen: Set<String> = []
        var settings: [Setting] = []
        for name in names {
            let option = String(decoding: name, as: UTF8.self)
            guard let setting = Setting.named(name) else { throw .unknownOption(option) }
            if setting.mutability == .immutable {
                throw .failed(option: option, reason: "can't set immutable config")
            }
            if setting.mutability == .protected && !allowsProtected {
                throw .failed(option: option, reason: "can't set protected config")
            }
            let lowercased = String(decoding: name.asciiLowercased, as: UTF8.self)
            guard seen.insert(lowercased).inserted else {
                throw .failed(option: option, reason: "duplicate parameter")
            }
            settings.append(setting)
        }
        return settings
    }
}
