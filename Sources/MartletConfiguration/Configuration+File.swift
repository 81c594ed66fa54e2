// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Text in redis.conf syntax and where it comes from.
package struct ConfigurationSource: Sendable, Equatable {
    package enum Origin: Sendable, Equatable {
        case file(String)
        case standardInput, commandLine
    }

    package var origin: Origin
    package var text: [UInt8]

    package init(_ origin: Origin, _ text: [UInt8]) {
        self.origin = origin
        self.text = text
    }
}

/// Gives the files that an `include` names, in order: one, or for a pattern as many as match it.
package typealias IncludeLoader =
    (_ path: String) throws(IncludeError) -> [ConfigurationSource]

/// Why an included file cannot be read, in the system's words.
package struct IncludeError: Error, Sendable, Equatable {
    package let reason: String

    package init(reason: String) { self.reason = reason }
}

extension Configuration {
    /// The defaults, changed by each source in turn: the later line wins.
    ///
    /// - Parameters:
    ///   - defaults: what holds where no line says anything.
    ///   - loadInclude: reads the files that `include` names; without it the directive is an
    ///     error.
    package init(
        reading sources: [ConfigurationSource], defaults: Configuration = Configuration(),
        loadInclude: IncludeLoader? = nil
    ) throws(ConfigurationError) {
        self = defaults
        for source in sources {
            try read(source, depth: 0, loadInclude)
        }
    }

    /// A file that includes itself must not end the process otherwise.
    private static let includeDepthMax = 16

    private mutating func read(
        _ source: ConfigurationSource, depth: Int, _ loadInclude: IncludeLoader?
    ) throws(ConfigurationError) {
        for (index, line) in configurationLines(source.text).enumerated() {
            do {
                try read(line, depth: depth, loadInclude)
            } catch {
                switch error {
                case .inThisLine(let message):
                    throw ConfigurationError(
                        origin: source.origin, line: index + 1,
                        text: String(decoding: line, as: UTF8.self), message: message)
                case .inIncludedFile(let error):
                    throw error
                }
            }
        }
    }

    private enum LineError: Error {
        case inThisLine(String)
        case inIncludedFile(ConfigurationError)
    }

    private mutating func read(
        _ line: [UInt8], depth: Int, _ loadInclude: IncludeLoader?
    ) throws(LineError) {
        if isComment(line) { return }
        guard let words = splitArguments(line) else {
            throw .inThisLine("Unbalanced quotes in configuration line")
        }
        guard let name = words.first else { return }
        let arguments = Array(words.dropFirst())
        if let setting = Setting.named(name) {
            do {
                try setting.set(setting.words(ofLine: arguments), in: &self)
            } catch {
                throw .inThisLine(error.reason)
            }
        } else if isInclude(name), arguments.count == 1 {
            let path = String(decoding: arguments[0], as: UTF8.self)
            try include(path, depth: depth + 1, loadInclude)
        } else {
            throw .inThisLine("Bad directive or wrong number of arguments")
        }
    }

    private mutating func include(
        _ path: String, depth: Int, _ loadInclude: IncludeLoader?
    ) throws(LineError) {
        guard let loadInclude else { throw .inThisLine("include is not possible here") }
        guard depth <= Self.includeDepthMax else {
            throw .inThisLine("include is nested more than \(Self.includeDepthMax) deep")
        }
        let sources: [ConfigurationSource]
        do {
            sources = try loadInclude(path)
        } catch {
            throw .inThisLine("can't open config file '\(path)': \(error.reason)")
        }
        for source in sources {
            do {
                try read(source, depth: depth, loadInclude)
            } catch {
                throw .inIncludedFile(error)
            }
        }
    }
}

/// The lines of a text without the blanks around them. Text that ends in a line end has an empty
/// last line.
func configurationLines(_ text: [UInt8]) -> [[UInt8]] {
    func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x09 || byte == 0x0d }
    return text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map { line in
        let start = line.drop(while: isBlank)
        guard let end = start.lastIndex(where: { !isBlank($0) }) else { return [] }
        return Array(start[...end])
    }
}

func isComment(_ line: [UInt8]) -> Bool { line.isEmpty || line[0] == UInt8(ascii: "#") }

/// `include` is no setting: it has no value.
func isInclude(_ name: [UInt8]) -> Bool { name.asciiLowercased == Array("include".utf8) }
