// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletConfiguration
import MartletCore
import Synchronization

/// What INFO reports, by section.
///
/// The fields are those of Redis 7.2, in its order, as far as they say something true: a field
/// about a thing that Martlet does not have carries the value of an idle Redis, and a field about
/// a thing that Martlet has and does not measure is left out.
struct InfoReport {
    enum Section: String, CaseIterable {
        case server, clients, memory, persistence, stats, replication, cpu, modules
        case commandstats, errorstats, latencystats, cluster, keyspace

        private static let namedOnly: Set<Section> = [.commandstats, .latencystats]

        /// The sections to show for the arguments of INFO, in the order of the report.
        static func named(_ names: [[UInt8]]) -> [Section] {
            var chosen: Set<Section> = []
            for name in names.isEmpty ? [Array("default".utf8)] : names {
                switch String(decoding: name, as: UTF8.self).lowercased() {
                case "default": chosen.formUnion(Set(allCases).subtracting(namedOnly))
                case "all", "everything": chosen = Set(allCases)
                case let name: Section(rawValue: name).map { _ = chosen.insert($0) }
                }
            }
            return allCases.filter(chosen.contains)
        }

        fileprivate var title: String {
            self == .cpu ? "CPU" : rawValue.prefix(1).uppercased() + rawValue.dropFirst()
        }
    }

    let server: ServerContext
    let shard: Shard
    let configuration: Configuration
    let process: ProcessFacts
    let records: [ClientRecord]
    /// Microseconds since the epoch.
    let now: Int

    init(_ session: Session) {
        server = session.server
        shard = session.context.shard
        configuration = server.configuration.configuration
        process = server.host?.process ?? ProcessFacts()
        records = server.clients.all
        now = server.clock.wall()
    }

    func text(of sections: [Section]) -> String {
        sections.map { section in
            "# \(section.title)\r\n"
                + fields(of: section).map { "\($0.name):\($0.value)\r\n" }.joined()
        }.joined(separator: "\r\n")
    }

    typealias Field = (name: String, value: any CustomStringConvertible)

    private func fields(of section: Section) -> [Field] {
        switch section {
        case .server: serverFields
        case .clients: clientFields
        case .memory: memoryFields
        case .persistence: persistenceFields
        case .stats: statisticsFields
        case .replication: replicationFields
        case .cpu: processorFields
        case .modules, .latencystats: []
        case .keyspace: keyspaceFields
        case .commandstats: commandStatisticsFields
        case .errorstats: errorStatisticsFields
        case .cluster: [("cluster_enabled", 0)]
        }
    }
}

// MARK: How values are written

extension InfoReport {
    /// `1.50K`, as Redis's `bytesToHuman`.
    static func human(_ byteCount: Int) -> String {
        let units = ["K", "M", "G", "T", "P"]
        guard byteCount >= 1024 else { return "\(byteCount)B" }
        var unit = 0
        var size = Double(byteCount) / 1024
        while size >= 1024, unit < units.count - 1 {
            size /= 1024
            unit += 1
        }
        return decimal(size, places: 2) + units[unit]
    }

    /// A number with so many digits behind the point.
    static func decimal(_ number: Double, places: Int) -> String {
        let scale = (0..<places).reduce(1) { scale, _ in scale * 10 }
        let scaled = Int((number * Double(scale)).rounded())
        let fraction = String(abs(scaled) % scale)
        let zeros = String(repeating: "0", count: places - fraction.utf8.count)
        return "\(scaled < 0 ? "-" : "")\(abs(scaled) / scale).\(zeros)\(fraction)"
    }

    /// 0 where there is nothing to divide by.
    static func ratio(_ dividend: Int, _ divisor: Int) -> Double {
        divisor == 0 ? 0 : Double(dividend) / Double(divisor)
    }
}
