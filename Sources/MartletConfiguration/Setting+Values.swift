// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// What the kinds of settings mean: the only place that tells them apart when a value comes in or
// goes out.

extension Setting {
    /// Sets the value from the arguments of a line, or from the words of a `CONFIG SET` value.
    func set(
        _ arguments: [[UInt8]], in configuration: inout Configuration
    ) throws(SettingError) {
        if case .outputBufferLimits(let property) = kind {
            return try configuration[keyPath: property].update(arguments)
        }
        if case .addresses(let property, let countMax) = kind {
            let addresses = arguments.filter { !$0.isEmpty }
            guard addresses.count <= countMax else { throw .tooManyAddresses }
            var texts: [String] = []
            for address in addresses { texts.append(try parseText(address)) }
            configuration[keyPath: property] = texts
            return
        }
        if case .fixed(let fact) = kind {
            return try fact.check(arguments)
        }
        guard arguments.count == 1, let argument = arguments.first else { throw .argumentCount }
        try set(argument, in: &configuration)
    }

    private func set(
        _ argument: [UInt8], in configuration: inout Configuration
    ) throws(SettingError) {
        switch kind {
        case .integer(let property, let range):
            guard let value = parseInteger(argument) else { throw .notAnInteger }
            guard range.contains(value) else { throw .outOfRange(range) }
            configuration[keyPath: property] = value
        case .memory(let property, let range):
            guard let byteCount = parseMemory(argument) else { throw .notMemory }
            guard let value = Int(exactly: byteCount), range.contains(value) else {
                throw .outOfRange(range)
            }
            configuration[keyPath: property] = value
        case .octal(let property, let range):
            guard let value = parseOctal(argument) else { throw .notOctal }
            guard range.contains(value) else { throw .outOfRange(range, radix: 8) }
            configuration[keyPath: property] = value
        case .yesNo(let property):
            configuration[keyPath: property] = try parseYesNo(argument)
        case .choice(let choice):
            let name = String(decoding: argument.asciiLowercased, as: UTF8.self)
            guard choice.choose(&configuration, name) else { throw .noneOf(choice.names) }
        case .text(let property, _):
            configuration[keyPath: property] = try parseText(argument)
        case .bytes(let property):
            configuration[keyPath: property] = argument
        case .eventClasses(let property):
            guard let classes = KeyspaceEventClasses(letters: argument) else {
                throw .eventClass
            }
            configuration[keyPath: property] = classes
        case .addresses, .outputBufferLimits, .fixed:
            preconditionFailure("\(name) takes its arguments as a list")
        }
    }

    private func parseText(_ argument: [UInt8]) throws(SettingError) -> String {
        guard !argument.contains(0), let text = String(validating: argument, as: UTF8.self) else {
            throw .notText
        }
        return text
    }
}

private func parseYesNo(_ argument: [UInt8]) throws(SettingError) -> Bool {
    switch String(decoding: argument.asciiLowercased, as: UTF8.self) {
    case "yes": return true
    case "no": return false
    default: throw .notYesOrNo
    }
}

extension FixedFact {
    fileprivate func check(_ arguments: [[UInt8]]) throws(SettingError) {
        switch syntax {
        case .yesNo:
            guard arguments.count == 1 else { throw .argumentCount }
            let isYes = try parseYesNo(arguments[0])
            if isYes != (value == "yes") { throw SettingError(reason: refusal) }
        case .word:
            guard arguments.count == 1 else { throw .argumentCount }
            let word = String(decoding: arguments[0].asciiLowercased, as: UTF8.self)
            if word != value { throw SettingError(reason: refusal) }
        case .savePoints:
            if arguments.isEmpty || arguments == [[]] { return }
            // Pairs of seconds, at least 1, and changes.
            guard arguments.count.isMultiple(of: 2) else { throw .savePoints }
            for (index, argument) in arguments.enumerated() {
                guard let number = Int(String(decoding: argument, as: UTF8.self)),
                    number >= (index.isMultiple(of: 2) ? 1 : 0)
                else { throw .savePoints }
            }
            throw SettingError(reason: refusal)
        }
    }
}

extension Setting {
    /// Whether a value is a list of words.
    private var takesSeveralArguments: Bool {
        switch kind {
        case .addresses, .outputBufferLimits: true
        case .fixed(let fact): fact.syntax == .savePoints
        default: false
        }
    }

    /// The words of a `CONFIG SET` value. Single spaces separate them, quotes mean nothing there.
    func words(of value: [UInt8]) -> [[UInt8]] {
        guard takesSeveralArguments else { return [value] }
        guard !value.isEmpty else { return [] }
        return value.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
            .map(Array.init)
    }

    /// The words of a line in a file, where a list may also stand in quotes as a whole.
    func words(ofLine arguments: [[UInt8]]) -> [[UInt8]] {
        arguments.count == 1 && !arguments[0].isEmpty ? words(of: arguments[0]) : arguments
    }
}

extension Setting {
    /// The value as `CONFIG GET` shows it.
    package func value(in configuration: Configuration) -> [UInt8] {
        switch kind {
        case .integer(let property, _), .memory(let property, _):
            Array(String(configuration[keyPath: property]).utf8)
        case .octal(let property, _):
            Array(String(configuration[keyPath: property], radix: 8).utf8)
        case .yesNo(let property): Array((configuration[keyPath: property] ? "yes" : "no").utf8)
        case .choice(let choice): Array(choice.name(configuration).utf8)
        case .text(let property, _): Array(configuration[keyPath: property].utf8)
        case .bytes(let property): configuration[keyPath: property]
        case .addresses(let property, _):
            Array(configuration[keyPath: property].joined(separator: " ").utf8)
        case .eventClasses(let property): Array(configuration[keyPath: property].letters.utf8)
        case .outputBufferLimits(let property): Array(configuration[keyPath: property].text.utf8)
        case .fixed(let fact): Array(fact.value.utf8)
        }
    }

    /// A line that a configuration file needs to give the setting its value.
    struct FileLine {
        var text: [UInt8]
        /// A line that is not in the file yet need not be added.
        var isDefault: Bool

        init(_ name: String, _ value: [UInt8], isDefault: Bool) {
            text = Array(name.utf8) + [UInt8(ascii: " ")] + value
            self.isDefault = isDefault
        }
    }

    /// The lines that `CONFIG REWRITE` writes; none if the file should not mention the setting.
    func fileLines(for configuration: Configuration) -> [FileLine] {
        let value = value(in: configuration)
        let isDefault = value == self.value(in: .defaults)
        switch kind {
        case .integer, .octal, .yesNo, .choice:
            return [FileLine(name, value, isDefault: isDefault)]
        case .memory(let property, _):
            let text = formatMemory(configuration[keyPath: property])
            return [FileLine(name, Array(text.utf8), isDefault: isDefault)]
        case .text(_, .lineDropped) where value.isEmpty, .bytes where value.isEmpty:
            return []
        case .text, .bytes, .eventClasses:
            return [FileLine(name, quoted(value), isDefault: isDefault)]
        case .addresses(let property, _):
            if isDefault { return [] }
            let addresses = configuration[keyPath: property].map { quotedIfNeeded(Array($0.utf8)) }
            let list = addresses.isEmpty ? quoted([]) : Array(addresses.joined(separator: [0x20]))
            return [FileLine(name, list, isDefault: false)]
        case .outputBufferLimits(let property):
            return outputBufferLimitLines(configuration[keyPath: property])
        case .fixed:
            return [FileLine(name, value.isEmpty ? quoted([]) : value, isDefault: true)]
        }
    }

    private func outputBufferLimitLines(_ limits: OutputBufferLimits) -> [FileLine] {
        OutputBufferLimits.ClientClass.allCases.map { clientClass in
            let limit = limits[clientClass]
            let text = """
                \(clientClass.fileName) \(formatMemory(limit.hardByteCount)) \
                \(formatMemory(limit.softByteCount)) \(limit.softSeconds)
                """
            return FileLine(
                name, Array(text.utf8), isDefault: limit == OutputBufferLimits()[clientClass])
        }
    }
}

extension Configuration {
    static let defaults = Configuration()
}
