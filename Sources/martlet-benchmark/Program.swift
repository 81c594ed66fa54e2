// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import ArgumentParser
import MartletBenchmark

@main
struct Program: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "martlet-benchmark", abstract: "A Pub/Sub load generator.",
        helpNames: .long)

    @Option(name: .customShort("h")) var host = "127.0.0.1"
    @Option(name: .shortAndLong) var port = 6379
    @Option(name: .shortAndLong) var socket: String?
    @Option(name: [.customShort("t"), .long]) var workload = "fanout"
    @Option(name: [.customShort("c"), .long]) var connections: Int?
    @Option var subscribers: Int?
    @Option var channels: Int?
    @Option(name: [.customShort("d"), .long]) var payload: Int?
    @Option(name: [.customShort("P"), .long]) var pipeline = 1
    @Option var seconds = 3.0

    func run() throws {
        guard var load = Workload.named(workload) else {
            throw ValidationError("no such workload: \(workload)")
        }
        load.senderCount = connections ?? load.senderCount
        load.subscriberCount = subscribers ?? load.subscriberCount
        load.channelCount = channels ?? load.channelCount
        load.payloadByteCount = payload ?? load.payloadByteCount
        load.pipelineDepth = pipeline
        var address = ServerAddress()
        address.host = host
        address.port = port
        address.socketPath = socket
        let result = try Run(load, address, seconds: seconds).run()
        let count = max(1, result.deliveries, result.messages)
        print(
            "messages/s", Int(Double(result.messages) / result.seconds),
            "deliveries/s", Int(Double(result.deliveries) / result.seconds),
            "server-ns", result.serverNanoseconds.map { Int($0) / count } ?? -1,
            "own-ns", Int(result.ownNanoseconds) / count)
        if result.latency.totalCount > 0 {
            print(
                "latency-us",
                [50, 90, 99, 99.9, 100].map {
                    Double(result.latency.valueAtPercentile($0)) / 1000
                })
        }
    }
}
