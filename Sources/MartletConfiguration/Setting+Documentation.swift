// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// The table of settings as people read it.

extension Setting {
    /// The table of all settings in the README, in Markdown.
    package static var markdownTable: String {
        let rows = all.map { setting in
            let cells = [
                setting.names.map { "`\($0)`" }.joined(separator: ", also "),
                setting.defaultText.isEmpty ? "" : "`\(setting.defaultText)`",
                setting.unit?.rawValue ?? "", setting.changeText, setting.meaning,
            ]
            return "| " + cells.joined(separator: " | ") + " |\n"
        }
        return """
            | Setting | Default | Unit | CONFIG SET | Meaning |
            |---|---|---|---|---|

            """ + rows.joined()
    }

    /// The flags with their values, defaults and meanings, for `--help`.
    package static func help(columns: Int = 80) -> String {
        all.map { setting in
            let paragraph = setting.meaning + setting.defaultNote
            let lines = wrap(paragraph, columns: columns - helpIndentation.count)
            return "  --\(setting.name) \(setting.placeholder)\n"
                + lines.map { "\(helpIndentation)\($0)\n" }.joined()
        }.joined()
    }

    private static let helpIndentation = "        "

    /// The default as one would write it in a file, without quotes.
    private var defaultText: String {
        switch kind {
        case .memory(let property, _):
            formatMemory(Configuration.defaults[keyPath: property])
        case .outputBufferLimits:
            fileLines(for: .defaults).map { line in
                String(decoding: line.text.dropFirst(name.utf8.count + 1), as: UTF8.self)
            }.joined(separator: " ")
        default:
            String(decoding: value(in: .defaults), as: UTF8.self)
        }
    }

    /// The default in `--help`; only a bare number needs its unit.
    private var defaultNote: String {
        if isFixed || defaultText.isEmpty { return "" }
        guard case .integer = kind, let unit else { return " (default \(defaultText))" }
        return " (default \(defaultText) \(unit.rawValue))"
    }

    private var isFixed: Bool {
        if case .fixed = kind { true } else { false }
    }

    private var changeText: String {
        if isFixed { return "fixed" }
        return switch mutability {
        case .mutable: "yes"
        case .immutable: "no"
        case .protected: "protected"
        }
    }

    private var placeholder: String {
        switch kind {
        case .integer: "<number>"
        case .memory: "<bytes>"
        case .octal: "<permissions>"
        case .yesNo: "<yes|no>"
        case .choice(let choice): "<\(choice.names.joined(separator: "|"))>"
        case .text, .bytes: "<text>"
        case .addresses: "<address>..."
        case .eventClasses: "<letters>"
        case .outputBufferLimits: "<class> <bytes> <bytes> <seconds>..."
        case .fixed(let fact): fact.value.isEmpty ? "\"\"" : fact.value
        }
    }
}

private func wrap(_ paragraph: String, columns: Int) -> [String] {
    var lines: [String] = []
    for word in paragraph.split(separator: " ") {
        if let last = lines.last, last.count + 1 + word.count <= columns {
            lines[lines.endIndex - 1] += " \(word)"
        } else {
            lines.append(String(word))
        }
    }
    return lines
}
