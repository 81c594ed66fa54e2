// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// `martlet-server --check-log DIR`: verifies a log without executing or changing anything.
package enum LogCheck {
    package struct Result: Sendable {
        /// Lines for a reader.
        package var text: String
        package var isIntact: Bool
    }

    /// - Parameter directory: the directory of the manifest, or the one above it.
    package static func run(
        _ location: LogLocation, in storage: any Storage
    ) -> Result {
        do throws(LogError) {
            let directory = try LogDirectory.open(location, in: storage, locking: false)
            if directory.manifest.isEmpty {
                return Result(
                    text: "There is no \(location.manifestName) in \(location.directory)\n",
                    isIntact: false)
            }
            var walk = LogWalk(
                directory: directory, replay: nil, progress: LoadProgress(),
                allowsTruncation: true)
            try walk.run()
            return Result(text: describe(walk.report), isIntact: true)
        } catch {
            return Result(text: "The log does not load: \(error)\n", isIntact: false)
        }
    }

    private static func describe(_ report: LoadReport) -> String {
        var text = ""
        for file in report.files {
            text += "\(file.name): \(file.byteCount) bytes, \(file.commandCount) commands"
            text += file.isChecked ? ", \(file.batchCount) batches" : ", without checksums"
            text += "\n"
        }
        if report.replacedByteCount > 0 {
            text += "\(report.replacedByteCount) bytes are replaced by a later increment\n"
        }
        if report.tornByteCount > 0 {
            text += "Torn tail: the last \(report.tornByteCount) bytes are not whole and were "
            text += "not known to be on disk; a start cuts them off\n"
        }
        return text + "The log is intact\n"
    }
}
