// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// One row of the table of settings.
///
/// The table drives the configuration file, the flags of the command line, `CONFIG GET`, `SET`
/// and `REWRITE`, `--help` and the table in the README.
package struct Setting: Sendable {
    /// What clients and files call it: Redis's name where Redis has the setting.
    package let name: String
    /// What it was called before, which is understood as well.
    package let alias: String?
    package let kind: Kind
    package let unit: Unit?
    package let mutability: Mutability
    /// What whoever changes the setting has to do, and what may fail.
    package let applyStep: ApplyStep?
    /// Whether a further line in a file adds to an earlier one rather than replacing it.
    package let isRepeatable: Bool
    /// Whether its value is kept out of MONITOR and the slow log.
    package let isSensitive: Bool
    /// One line for people.
    package let meaning: String

    init(
        _ name: String, alias: String? = nil, _ kind: Kind, in unit: Unit? = nil,
        _ mutability: Mutability, applying applyStep: ApplyStep? = nil,
        isRepeatable: Bool = false, isSensitive: Bool = false, _ meaning: String
    ) {
        self.name = name
        self.alias = alias
        self.kind = kind
        self.unit = unit
        self.mutability = mutability
        self.applyStep = applyStep
        self.isRepeatable = isRepeatable
        self.isSensitive = isSensitive
        self.meaning = meaning
    }

    var names: [String] { [name] + (alias.map { [$0] } ?? []) }
}

extension Setting {
    package typealias Property<Value> = WritableKeyPath<Configuration, Value> & Sendable

    /// Which values a setting takes, how they are written, and where the value is kept.
    package enum Kind: Sendable {
        case integer(any Property<Int>, ClosedRange<Int>)
        /// A byte count, with Redis's suffixes.
        case memory(any Property<Int>, ClosedRange<Int>)
        /// A permission, written in octal.
        case octal(any Property<Int>, ClosedRange<Int>)
        case yesNo(any Property<Bool>)
        case choice(Choice)
        case text(any Property<String>, WhenEmpty)
        /// Text that need not be UTF-8.
        case bytes(any Property<[UInt8]>)
        /// Words, at most so many.
        case addresses(any Property<[String]>, countMax: Int)
        case eventClasses(any Property<KeyspaceEventClasses>)
        case outputBufferLimits(any Property<OutputBufferLimits>)
        /// Has one value only, which clients ask for.
        case fixed(FixedFact)
    }

    package enum Unit: String, Sendable {
        case bytes, seconds, milliseconds, microseconds, clients, entries, threads, percent
    }

    package enum Mutability: Sendable {
        /// `CONFIG SET` may change it.
        case mutable
        /// Stands as long as the process.
        case immutable
        /// `CONFIG SET` may change it where `enable-protected-configs` allows.
        case protected
    }

    /// Whether `CONFIG REWRITE` keeps a line for an empty value.
    package enum WhenEmpty: Sendable {
        case lineKept, lineDropped
    }
}

/// The values of a setting that is an enumeration, and access to it without its type.
package struct Choice: Sendable {
    let names: [String]
    let name: @Sendable (Configuration) -> String
    /// Returns false if the name, in lower case, is none of ``names``.
    let choose: @Sendable (inout Configuration, String) -> Bool

    init<Value: CaseIterable & RawRepresentable<String> & SendableMetatype>(
        _ property: any Setting.Property<Value>
    ) {
        names = Value.allCases.map(\.rawValue)
        name = { $0[keyPath: property].rawValue }
        choose = { configuration, name in
            guard let value = Value(rawValue: name) else { return false }
            configuration[keyPath: property] = value
            return true
        }
    }
}

/// A setting of Redis's that has one value here.
package struct FixedFact: Sendable {
    enum Syntax: Sendable { case yesNo, savePoints, word }

    let value: String
    /// What Redis takes there: anything else gets Redis's error, not the refusal.
    let syntax: Syntax
    let refusal: String
}

/// What follows a change of a setting at run time and may fail, in which case every setting of
/// the same `CONFIG SET` goes back to what it was.
package enum ApplyStep: Sendable, Equatable {
    case listenOnPort, bindAddresses, raiseDescriptorLimit, changeDirectory, switchLog

    /// Redis's words for the failure.
    ///
    /// - Parameter detail: for `raiseDescriptorLimit` the number of clients that is possible,
    ///   for `changeDirectory` the system's error text; ignored for the others.
    package func failureReason(detail: String = "") -> String {
        switch self {
        case .listenOnPort: "Unable to listen on this port. Check server logs."
        case .bindAddresses: "Failed to bind to specified addresses."
        case .raiseDescriptorLimit:
            "The operating system is not able to handle the specified number of clients, "
                + "try with \(detail)"
        case .changeDirectory: detail
        case .switchLog: "Unable to turn on AOF. Check server logs."
        }
    }
}
