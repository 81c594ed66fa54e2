// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The command line of the server, `[file|-] [--name value…]… [-]`, in Redis's reading of it.
package struct CommandLineArguments: Sendable, Equatable {
    /// The configuration file.
    package var file: String?
    /// Whether settings are read from standard input, after the file and before the options.
    package var readsStandardInput = false
    /// The options, each a line of a configuration file.
    package var options = ConfigurationSource(.commandLine, [])

    /// - Parameter arguments: without the name of the program, and without `--help` and
    ///   `--version`.
    ///
    /// What follows an option up to the next are its values; the argument directly after an
    /// option is a value even if it starts with `--`. Name and values may also be one argument
    /// (`"--port 7000"`), and `--save` alone is `--save ""`. Nothing is checked here: the
    /// options are read like a file.
    package init(_ arguments: [String]) {
        var rest = arguments[...]
        if let first = rest.first, !first.hasPrefix("-") {
            file = rest.removeFirst()
        }
        var lines: [[UInt8]] = []
        var needsValue = false
        for (index, argument) in zip(rest.indices, rest) {
            let isAtAnEnd = index == arguments.startIndex || index == arguments.endIndex - 1
            if argument == "-" && isAtAnEnd {
                readsStandardInput = true
            } else if argument.hasPrefix("--") && !needsValue {
                var line = Array(argument.dropFirst(2).utf8)
                let isNameAlone = splitArguments(argument.utf8)?.count == 1
                let isLast = index == arguments.endIndex - 1
                let isFollowedByOption = !isLast && arguments[index + 1].hasPrefix("--")
                let isBareSave =
                    argument.lowercased() == "--save" && (isLast || isFollowedByOption)
                if isBareSave { line += Array(" \"\"".utf8) }
                needsValue = isNameAlone && !isBareSave
                lines.append(line)
            } else {
                if lines.isEmpty { lines.append([]) }
                let separator = lines[lines.endIndex - 1].isEmpty ? [] : [UInt8(ascii: " ")]
                lines[lines.endIndex - 1] += separator + quoted(Array(argument.utf8))
                needsValue = false
            }
        }
        options.text = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
    }
}
