// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// A line as MONITOR shows it: `1700000000.123456 [0 127.0.0.1:1234] "echo" "hi"`.
enum MonitorLine {
    static let redacted = Array("(redacted)".utf8)

    /// - Parameter time: microseconds since the epoch.
    static func make(
        time: Int, database: Int, address: String, arguments: Arguments, redacting: [Int]
    ) -> [UInt8] {
        let fraction = String(time % 1_000_000)
        let padding = String(repeating: "0", count: 6 - fraction.utf8.count)
        var line = Array("\(time / 1_000_000).\(padding)\(fraction) [\(database) \(address)]".utf8)
        for index in 0..<arguments.count {
            line.append(UInt8(ascii: " "))
            if redacting.contains(index) {
                redacted.withUnsafeBytes { appendQuoted($0, to: &line) }
            } else {
                appendQuoted(arguments[index], to: &line)
            }
        }
        return line
    }

    /// As Redis's `sdscatrepr`: in double quotes, what does not print escaped.
    static func appendQuoted(_ bytes: UnsafeRawBufferPointer, to line: inout [UInt8]) {
        line.append(UInt8(ascii: "\""))
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "\""): line += [UInt8(ascii: "\\"), byte]
            case 0x0A: line += Array("\\n".utf8)
            case 0x0D: line += Array("\\r".utf8)
            case 0x09: line += Array("\\t".utf8)
            case 0x07: line += Array("\\a".utf8)
            case 0x08: line += Array("\\b".utf8)
            case 0x20...0x7E: line.append(byte)
            default:
                let digits = Array("0123456789abcdef".utf8)
                line += Array("\\x".utf8) + [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        line.append(UInt8(ascii: "\""))
    }
}
