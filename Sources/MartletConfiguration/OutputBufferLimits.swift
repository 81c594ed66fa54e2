// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// `client-output-buffer-limit`: how much may be queued for a client, for each class of client.
package struct OutputBufferLimits: Sendable, Equatable {
    package struct Limit: Sendable, Equatable {
        /// A client with more than this queued is closed at once; 0 means no limit.
        package var hardByteCount: Int
        /// A client with more than this queued for ``softSeconds`` on end is closed; 0 means no
        /// limit.
        package var softByteCount: Int
        package var softSeconds: Int

        package init(hardByteCount: Int, softByteCount: Int, softSeconds: Int) {
            self.hardByteCount = hardByteCount
            self.softByteCount = softByteCount
            self.softSeconds = softSeconds
        }
    }

    /// The raw values are the names that `CONFIG GET` answers with; see ``named(_:)`` for those
    /// that are understood.
    package enum ClientClass: String, Sendable, CaseIterable {
        case normal
        case replica = "slave"
        case pubsub

        /// `slave` and `replica` are the same class. Case does not count.
        static func named(_ name: [UInt8]) -> ClientClass? {
            switch String(decoding: name.asciiLowercased, as: UTF8.self) {
            case "normal": .normal
            case "slave", "replica": .replica
            case "pubsub": .pubsub
            default: nil
            }
        }

        /// The name in the configuration file that `CONFIG REWRITE` writes.
        var fileName: String { self == .replica ? "replica" : rawValue }
    }

    package var normal = Limit(hardByteCount: 0, softByteCount: 0, softSeconds: 0)
    package var replica = Limit(hardByteCount: 256 << 20, softByteCount: 64 << 20, softSeconds: 60)
    package var pubsub = Limit(hardByteCount: 32 << 20, softByteCount: 8 << 20, softSeconds: 60)

    package init() {}

    package subscript(_ clientClass: ClientClass) -> Limit {
        get {
            switch clientClass {
            case .normal: normal
            case .replica: replica
            case .pubsub: pubsub
            }
        }
        set {
            switch clientClass {
            case .normal: normal = newValue
            case .replica: replica = newValue
            case .pubsub: pubsub = newValue
            }
        }
    }
}

extension OutputBufferLimits {
    /// Takes `<class> <hard> <soft> <seconds>` once for each class named. Classes that are not
    /// named keep their limits; nothing changes if any argument is wrong.
    mutating func update(_ arguments: [[UInt8]]) throws(SettingError) {
        guard arguments.count.isMultiple(of: 4) else { throw .outputBufferLimitCount }
        var updated = self
        for start in stride(from: 0, to: arguments.count, by: 4) {
            guard let clientClass = ClientClass.named(arguments[start]) else {
                throw .outputBufferLimitClass
            }
            guard let hard = parseMemory(arguments[start + 1]).flatMap(Int.init(exactly:)),
                let soft = parseMemory(arguments[start + 2]).flatMap(Int.init(exactly:)),
                let seconds = parseSoftSeconds(arguments[start + 3])
            else { throw .outputBufferLimitValue }
            updated[clientClass] = Limit(
                hardByteCount: hard, softByteCount: soft, softSeconds: seconds)
        }
        self = updated
    }

    /// As in Redis nothing at all means 0. What does not fit Redis's `int` is refused, where Redis
    /// keeps its lower 32 bits.
    private func parseSoftSeconds(_ text: [UInt8]) -> Int? {
        if text.isEmpty { return 0 }
        guard let seconds = Int(String(decoding: text, as: UTF8.self)) else { return nil }
        return (0...Int(Int32.max)).contains(seconds) ? seconds : nil
    }

    /// What `CONFIG GET` shows.
    var text: String {
        ClientClass.allCases.map { clientClass in
            let limit = self[clientClass]
            return "\(clientClass.rawValue) \(limit.hardByteCount) \(limit.softByteCount) "
                + "\(limit.softSeconds)"
        }.joined(separator: " ")
    }
}
