// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import Glibc
import MartletCommands

extension ServerInstance {
    package var process: ProcessFacts {
        var facts = ProcessFacts()
        facts.processID = Int(getpid())
        facts.configurationFile = startingConfigurationFile
        facts.tcpPort = context.configuration.configuration.port
        facts.loopCount = loops.count
        facts.executable = Self.executablePath
        facts.operatingSystem = Self.operatingSystem
        facts.allocatedByteCount = allocatedByteCount
        facts.systemMemoryByteCount =
            sysconf(CInt(_SC_PHYS_PAGES)) * sysconf(CInt(_SC_PAGESIZE))
        facts.residentByteCount = Self.residentByteCount
        let own = Self.usage(RUSAGE_SELF.rawValue)
        facts.residentByteCountMax = Int(own.ru_maxrss) * 1024
        facts.userTime = Self.seconds(own.ru_utime)
        facts.systemTime = Self.seconds(own.ru_stime)
        let children = Self.usage(RUSAGE_CHILDREN.rawValue)
        facts.childrenUserTime = Self.seconds(children.ru_utime)
        facts.childrenSystemTime = Self.seconds(children.ru_stime)
        return facts
    }

    private static let executablePath: String = {
        var path = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink("/proc/self/exe", &path, path.count)
        guard count > 0 else { return "" }
        return String(decoding: path[..<count].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }()

    /// As INFO's `os`: system, release and machine.
    private static let operatingSystem: String = {
        var name = utsname()
        guard uname(&name) == 0 else { return "" }
        func text<Characters>(_ characters: Characters) -> String {
            withUnsafeBytes(of: characters) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        return [text(name.sysname), text(name.release), text(name.machine)]
            .joined(separator: " ")
    }()

    private static var residentByteCount: Int {
        guard let bytes = try? ConfigurationFile.read("/proc/self/statm") else { return 0 }
        let fields = String(decoding: bytes, as: UTF8.self).split(separator: " ")
        return (fields.count > 1 ? Int(fields[1]) ?? 0 : 0) * sysconf(CInt(_SC_PAGESIZE))
    }

    private static func usage(_ who: Int32) -> rusage {
        var usage = rusage()
        getrusage(__rusage_who_t(who), &usage)
        return usage
    }

    private static func seconds(_ time: timeval) -> Double {
        Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000
    }
}
