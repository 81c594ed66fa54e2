// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// A command as COMMAND DOCS describes it. redis-cli makes its hints from this.
enum CommandDocumentation {
    static func write(_ command: Command, to reply: ReplyWriter) {
        let descriptor = command.descriptor
        var fields = MapFields()
        fields.add("summary", descriptor.summary)
        fields.add("since", descriptor.since)
        fields.add("group", descriptor.group.rawValue)
        fields.add("complexity", descriptor.complexity)
        fields.add("doc_flags", set: flagNames(of: descriptor))
        fields.add("deprecated_since", descriptor.deprecation?.since)
        fields.add("replaced_by", descriptor.deprecation?.replacement)
        if !descriptor.history.isEmpty {
            fields.add("history") { reply in
                reply.setHeader(descriptor.history.count)
                for (since, change) in descriptor.history {
                    reply.arrayHeader(2)
                    reply.bulk(since)
                    reply.bulk(change)
                }
            }
        }
        if !descriptor.arguments.isEmpty {
            fields.add("arguments") { write(descriptor.arguments, to: $0) }
        }
        if !command.subcommands.isEmpty {
            fields.add("subcommands") { reply in
                reply.mapHeader(command.subcommands.count)
                for subcommand in command.subcommands {
                    reply.bulk(subcommand.fullName)
                    write(subcommand, to: reply)
                }
            }
        }
        fields.write(to: reply)
    }

    private static func flagNames(of descriptor: CommandDescriptor) -> [String] {
        var names: [String] = []
        if descriptor.deprecation != nil { names.append("deprecated") }
        if descriptor.documentation.contains(.systemCommand) { names.append("syscmd") }
        return names
    }

    private static func write(_ arguments: [ArgumentDescription], to reply: ReplyWriter) {
        reply.arrayHeader(arguments.count)
        for argument in arguments { write(argument, to: reply) }
    }

    private static func write(_ argument: ArgumentDescription, to reply: ReplyWriter) {
        let isContainer = argument.kind == .oneof || argument.kind == .block
        var fields = MapFields()
        fields.add("name", argument.name)
        fields.add("type", argument.kind.rawValue)
        if !isContainer { fields.add("display_text", argument.displayText ?? argument.name) }
        if let index = argument.keyIndex {
            fields.add("key_spec_index") { $0.integer(index) }
        }
        fields.add("token", argument.token)
        fields.add("since", argument.since)
        fields.add("deprecated_since", argument.deprecatedSince)
        fields.add("flags", set: argument.flags.names)
        if isContainer { fields.add("arguments") { write(argument.arguments, to: $0) } }
        fields.write(to: reply)
    }
}

/// A map whose pairs are counted before they are written.
private struct MapFields {
    private var fields: [(name: String, write: (ReplyWriter) -> Void)] = []

    mutating func add(_ name: String, _ write: @escaping (ReplyWriter) -> Void) {
        fields.append((name: name, write: write))
    }

    /// Nothing is added without a text.
    mutating func add(_ name: String, _ text: String?) {
        if let text { add(name) { $0.bulk(text) } }
    }

    /// Nothing is added without a word.
    mutating func add(_ name: String, set words: [String]) {
        guard !words.isEmpty else { return }
        add(name) { reply in
            reply.setHeader(words.count)
            for word in words { reply.simpleString(word) }
        }
    }

    func write(to reply: ReplyWriter) {
        reply.mapHeader(fields.count)
        for (name, write) in fields {
            reply.bulk(name)
            write(reply)
        }
    }
}

extension ArgumentDescription.Flags {
    fileprivate var names: [String] {
        var names: [String] = []
        if contains(.optional) { names.append("optional") }
        if contains(.multiple) { names.append("multiple") }
        if contains(.multipleToken) { names.append("multiple_token") }
        return names
    }
}
