// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import ArgumentParser
import Glibc
import MartletBenchmark

@main
struct Program: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet-benchmark",
        abstract: "A load generator for any server that speaks the Redis protocol.",
        discussion: """
            It checks what it receives: every message must reach every subscriber, in order and \
            unchanged, and PUBLISH must count the receivers exactly. What goes into a stream or \
            a list must come out: to every reader in order, to a group or to the consumers of a \
            list exactly once. Workloads with keys remove and fill "martlet:00000000" and so on.

            Without a rate each publisher waits for the replies to its pipeline before it sends \
            the next. At a fixed rate messages are sent when they are due, and latencies count \
            from then, so that a server that stalls is charged for all it held up.

            Workloads:
            \(Workload.catalogue.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))
            """,
        helpNames: .long)

    @Option(name: .customShort("h"), help: "The server's host.")
    var host = "127.0.0.1"
    @Option(name: .shortAndLong, help: "The server's port.")
    var port = 6379
    @Option(name: .shortAndLong, help: "A Unix socket, instead of host and port.")
    var socket: String?
    @Option(name: [.customShort("a"), .long], help: "The password.")
    var password: String?
    @Option(name: [.customShort("t"), .long], help: "Workloads, with commas between them.")
    var workloads = "ping,publish,fanout,many,pattern,pattern-prefix"
    @Option(
        name: [.customShort("c"), .long, .customLong("connections")],
        help: "Connections that publish, produce or ask.")
    var publishers: Int?
    @Option(
        name: [.long, .customLong("consumers")],
        help: "Connections that subscribe, to a channel each, or consume, from a key each.")
    var subscribers: Int?
    @Option(
        name: [.long, .customLong("keys")],
        help: "Channels or keys; those who send and receive are dealt out to them in turn.")
    var channels: Int?
    @Option(help: "Idle patterns, for the workloads that have them.")
    var patterns: Int?
    @Option(name: [.customShort("d"), .long], help: "Bytes of a message, 16 or more.")
    var payload: Int?
    @Option(name: [.customShort("P"), .long], help: "Requests of one write.")
    var pipeline: Int?
    @Option(name: [.customShort("n"), .long], help: "Messages to send, instead of the seconds.")
    var messages: Int?
    @Option(help: "How long to measure.")
    var seconds = 3.0
    @Option(help: "How long to run before that, in seconds.")
    var warmup = 0.5
    @Option(help: "Messages per second of all who send, together.")
    var rate: Double?
    @Flag(help: "A line of JSON for each workload.")
    var json = false
    @Flag(help: "A line of CSV for each workload.")
    var csv = false

    private var address: ServerAddress {
        var address = ServerAddress()
        address.host = host
        address.port = port
        address.socketPath = socket
        address.password = password
        return address
    }

    private var overrides: WorkloadOverrides {
        var overrides = WorkloadOverrides()
        overrides.senderCount = publishers
        overrides.subscriberCount = subscribers
        overrides.channelCount = channels
        overrides.idlePatternCount = patterns
        overrides.payloadByteCount = payload
        overrides.pipelineDepth = pipeline
        return overrides
    }

    private var limits: RunLimits {
        var limits = RunLimits()
        limits.seconds = seconds
        limits.warmupSeconds = warmup
        limits.messageCount = messages
        limits.rate = rate
        return limits
    }

    func validate() throws {
        if json && csv { throw ValidationError("It is either --json or --csv.") }
    }

    func run() throws {
        let overrides = overrides
        let loads = try Workload.list(workloads).map { try overrides.applied(to: $0) }
        for (index, load) in loads.enumerated() {
            let run = try Run(load, address, limits, progress: Progress(load))
            let report = Report(try run.run())
            if csv && index == 0 { print(report.csvHeader) }
            print(json ? report.json : csv ? report.csv : report.text)
            // Into a pipe too, for those who read along.
            fflush(nil)
        }
    }
}
