// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Numbers as people read them.
package enum Decimals {
    /// 1,234,567
    package static func grouped(_ value: Double) -> String {
        var digits = Array(String(Int(value.rounded())))
        var index = digits.count - 3
        while index > 0, digits[index - 1] != "-" {
            digits.insert(",", at: index)
            index -= 3
        }
        return String(digits)
    }

    /// With that many digits after the point.
    package static func fixed(_ value: Double, _ digitCount: Int) -> String {
        let unit = (0..<digitCount).reduce(1) { unit, _ in unit * 10 }
        let scaled = Int((value * Double(unit)).rounded())
        guard digitCount > 0 else { return String(scaled) }
        let fraction = String(abs(scaled % unit))
        let zeros = String(repeating: "0", count: digitCount - fraction.utf8.count)
        return "\(scaled < 0 ? "-" : "")\(abs(scaled / unit)).\(zeros)\(fraction)"
    }
}

/// A measurement as text, as a line of JSON, or as a line of CSV.
package struct Report {
    private enum Value {
        case text(String)
        case whole(Int)
        case decimal(Double)
        case none
    }

    private let measurement: Measurement

    package init(_ measurement: Measurement) { self.measurement = measurement }

    private static let percentiles: [(name: String, value: Double)] = [
        ("p50", 50), ("p90", 90), ("p99", 99), ("p99.9", 99.9), ("max", 100),
    ]

    private var fields: [(name: String, value: Value)] {
        let workload = measurement.workload
        var fields: [(name: String, value: Value)] = [
            ("workload", .text(workload.name)),
            ("publishers", .whole(workload.senderCount)),
            ("subscribers", .whole(workload.subscriberCount)),
            ("channels", .whole(workload.channelCount)),
            ("patterns", .whole(workload.idlePatternCount)),
            ("pipeline", .whole(workload.pipelineDepth)),
            ("payload_bytes", .whole(workload.payloadByteCount)),
            ("rate", measurement.rate.map { .decimal($0) } ?? .none),
            ("seconds", .decimal(measurement.seconds)),
            ("messages", .whole(measurement.messages)),
            ("deliveries", .whole(measurement.deliveries)),
            ("messages_per_second", .decimal(measurement.messagesPerSecond)),
            ("deliveries_per_second", .decimal(measurement.deliveriesPerSecond)),
            (
                "server_cpu_ns_per_unit",
                measurement.serverNanosecondsPerUnit.map { .decimal($0) } ?? .none
            ),
            ("client_cpu_ns_per_unit", .decimal(measurement.ownNanosecondsPerUnit)),
        ]
        let latency = measurement.latency
        for percentile in Self.percentiles {
            let name = "latency_us_\(percentile.name)"
            let value = Double(latency.valueAtPercentile(percentile.value)) / 1000
            fields.append((name, latency.totalCount > 0 ? .decimal(value) : .none))
        }
        return fields
    }

    package var json: String {
        let members = fields.map { field in
            switch field.value {
            case .text(let text): "\"\(field.name)\": \"\(text)\""
            case .whole(let number): "\"\(field.name)\": \(number)"
            case .decimal(let number): "\"\(field.name)\": \(Decimals.fixed(number, 3))"
            case .none: "\"\(field.name)\": null"
            }
        }
        return "{" + members.joined(separator: ", ") + "}"
    }

    package var csvHeader: String { fields.map(\.name).joined(separator: ",") }

    package var csv: String {
        fields.map { field in
            switch field.value {
            case .text(let text): text
            case .whole(let number): String(number)
            case .decimal(let number): Decimals.fixed(number, 3)
            case .none: ""
            }
        }.joined(separator: ",")
    }

    package var text: String {
        let workload = measurement.workload
        var title = "\(workload.name): \(count(workload.senderCount, "connection"))"
        if workload.subscriberCount > 0 {
            let receiver = workload.hasKeys ? "consumer" : "subscriber"
            title += ", \(count(workload.subscriberCount, receiver))"
        }
        if workload.hasKeys || workload.subscriberCount > 0 {
            title += ", \(count(workload.channelCount, workload.hasKeys ? "key" : "channel"))"
        }
        if workload.idlePatternCount > 0 {
            title += ", \(count(workload.idlePatternCount, "idle pattern"))"
        }
        title += ", pipeline \(workload.pipelineDepth)"
        if workload.hasPayload || workload.traffic == .get {
            title += ", \(workload.payloadByteCount) bytes"
        }
        if let rate = measurement.rate { title += ", at \(Decimals.grouped(rate))/s" }

        var lines = [title]
        lines.append("  messages/s    \(Decimals.grouped(measurement.messagesPerSecond))")
        if workload.subscriberCount > 0 {
            lines.append("  deliveries/s  \(Decimals.grouped(measurement.deliveriesPerSecond))")
        }
        let unit = workload.subscriberCount > 0 ? "delivery" : "message"
        if let server = measurement.serverNanosecondsPerUnit {
            lines.append("  server CPU    \(Decimals.grouped(server)) ns per \(unit)")
        }
        let own = Decimals.grouped(measurement.ownNanosecondsPerUnit)
        lines.append("  client CPU    \(own) ns per \(unit)")
        lines.append("  latency in µs \(latencyText)")
        return lines.joined(separator: "\n")
    }

    private var latencyText: String {
        let latency = measurement.latency
        guard latency.totalCount > 0 else { return "none" }
        let values = Self.percentiles.map { percentile in
            let value = Double(latency.valueAtPercentile(percentile.value)) / 1000
            return "\(percentile.name) \(Decimals.fixed(value, 1))"
        }
        let origin = measurement.rate == nil ? " (from sending)" : " (from the due time)"
        return values.joined(separator: "  ") + origin
    }

    private func count(_ number: Int, _ noun: String) -> String {
        "\(Decimals.grouped(Double(number))) \(noun)\(number == 1 ? "" : "s")"
    }
}
