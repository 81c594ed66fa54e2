// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// Numbers that somebody chose instead of the catalogue's.
package struct WorkloadOverrides: Sendable {
    package var senderCount: Int?
    package var subscriberCount: Int?
    package var channelCount: Int?
    package var idlePatternCount: Int?
    package var pipelineDepth: Int?
    package var payloadByteCount: Int?

    package init() {}

    package func applied(to workload: Workload) throws(BenchmarkError) -> Workload {
        var changed = workload
        changed.senderCount = senderCount ?? workload.senderCount
        changed.subscriberCount = subscriberCount ?? workload.subscriberCount
        changed.channelCount = channelCount ?? workload.channelCount
        changed.idlePatternCount = idlePatternCount ?? workload.idlePatternCount
        changed.pipelineDepth = pipelineDepth ?? workload.pipelineDepth
        changed.payloadByteCount = payloadByteCount ?? workload.payloadByteCount
        try changed.validate()
        return changed
    }
}

extension Workload {
    /// Workloads from a list of names with commas between them.
    package static func list(_ names: String) throws(BenchmarkError) -> [Workload] {
        var workloads: [Workload] = []
        for name in names.split(separator: ",", omittingEmptySubsequences: false) {
            guard let workload = catalogue.first(where: { $0.name == name }) else {
                let known = catalogue.map(\.name).joined(separator: ", ")
                throw BenchmarkError("no such workload: \(name); there are \(known)")
            }
            workloads.append(workload)
        }
        return workloads
    }
}
