// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Why a setting does not take a value, in Redis's words.
package struct SettingError: Error, Sendable, Equatable {
    package let reason: String
}

extension SettingError {
    static let argumentCount = SettingError(reason: "wrong number of arguments")
    static let notAnInteger = SettingError(
        reason: "argument couldn't be parsed into an integer")
    static let notOctal = SettingError(reason: "argument couldn't be parsed as an octal number")
    static let notMemory = SettingError(reason: "argument must be a memory value")
    static let notYesOrNo = SettingError(reason: "argument must be 'yes' or 'no'")
    static let savePoints = SettingError(reason: "Invalid save parameters")
    static let eventClass = SettingError(
        reason: "Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
    static let tooManyAddresses = SettingError(reason: "Too many bind addresses specified.")
    static let outputBufferLimitCount = SettingError(
        reason: "Wrong number of arguments in buffer limit configuration.")
    static let outputBufferLimitClass = SettingError(
        reason: "Invalid client class specified in buffer limit configuration.")
    static let outputBufferLimitValue = SettingError(
        reason: "Error in hard, soft or soft_seconds setting in buffer limit configuration.")
    /// Martlet's own: Redis takes such bytes and cuts the value at a NUL.
    static let notText = SettingError(reason: "argument must be UTF-8 without NUL")

    static func outOfRange(_ range: ClosedRange<Int>, radix: Int = 10) -> SettingError {
        let lower = String(range.lowerBound, radix: radix)
        let upper = String(range.upperBound, radix: radix)
        return SettingError(reason: "argument must be between \(lower) and \(upper) inclusive")
    }

    static func noneOf(_ names: [String]) -> SettingError {
        let list = names.joined(separator: ", ")
        return SettingError(reason: "argument(s) must be one of the following: \(list)")
    }
}

/// What is wrong with a configuration file or with the command line.
package struct ConfigurationError: Error, Sendable, Equatable {
    package let origin: ConfigurationSource.Origin
    /// Counts from 1; on the command line it is the number of the option.
    package let line: Int
    /// The line without the blanks around it.
    package let text: String
    package let message: String

    /// What the server says before it exits, in Redis's form with the name of the file added.
    package func report(version: String) -> String {
        let place =
            switch origin {
            case .file(let path): "Reading the configuration file \(path), at line \(line)"
            case .standardInput: "Reading the configuration from standard input, at line \(line)"
            case .commandLine: "Reading the command line, at option \(line)"
            }
        return """

            *** FATAL CONFIG FILE ERROR (Martlet \(version)) ***
            \(place)
            >>> '\(text)'
            \(message)

            """
    }
}

/// Why `CONFIG SET` changed nothing.
package enum ConfigurationSetError: Error, Sendable, Equatable {
    case unknownOption(String)
    case failed(option: String, reason: String)

    /// The error reply, without the leading `-` and the line end. What a client put into it
    /// cannot end the line.
    package var reply: String {
        let text =
            switch self {
            case .unknownOption(let option):
                "ERR Unknown option or number of arguments for CONFIG SET - '\(option)'"
            case .failed(let option, let reason):
                "ERR CONFIG SET failed (possibly related to argument '\(option)') - \(reason)"
            }
        let scalars = text.unicodeScalars.map { $0 == "\r" || $0 == "\n" ? " " : $0 }
        return String(String.UnicodeScalarView(scalars))
    }
}
