// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP

/// SETBIT, BITCOUNT and their kin: strings as rows of bits, the highest of each byte first.
enum BitCommands {
    static func setbit(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let offset = try bitOffset(arguments[2], context)
        guard let bit = Int(strictDecimal: arguments[3]), bit == 0 || bit == 1 else {
            throw ReplyError("ERR bit is not an integer or out of range")
        }
        let key = KeyName(arguments[1])
        let found = context.findForWriting(key)
        let byteCount = try found.map { (entry) throws(ReplyError) in
            try StringCommands.string(of: entry).byteCount
        }
        let entry = found ?? context.insert(key, .string(.raw([])))
        let mask = UInt8(0x80) >> UInt8(offset & 7)
        var old = 0
        entry.changeString { bytes in
            let index = offset >> 3
            bytes.extend(toCount: index + 1)
            old = bytes[index] & mask == 0 ? 0 : 1
            if bit == 1 { bytes[index] |= mask } else { bytes[index] &= ~mask }
        }
        if old != bit || (byteCount ?? 0) <= offset >> 3 {
            context.changed(key, .bitSet)
        }
        context.reply.integer(old)
    }

    static func getbit(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let offset = try bitOffset(arguments[2], context)
        guard let entry = context.find(KeyName(arguments[1])) else {
            return context.reply.integer(0)
        }
        var bit = 0
        try StringCommands.string(of: entry).withBytes { bytes in
            let index = offset >> 3
            guard index < bytes.count else { return }
            bit = Int(bytes[index] >> UInt8(7 - offset & 7) & 1)
        }
        context.reply.integer(bit)
    }

    /// - Parameter unit: what an offset behind `#` counts, in bits; nil where there is none.
    static func bitOffset(
        _ argument: UnsafeRawBufferPointer, _ context: KeyContext, unit: Int? = nil
    ) throws(ReplyError) -> Int {
        let counted = argument.first == UInt8(ascii: "#") ? unit : nil
        let digits = UnsafeRawBufferPointer(rebasing: argument.dropFirst(counted == nil ? 0 : 1))
        // A product that wraps is what Redis computes; it is looked at like any other.
        guard let offset = Int(strictDecimal: digits).map({ $0 &* (counted ?? 1) }), offset >= 0,
            offset >> 3 < context.keyspace.stringByteCountMax
        else { throw ReplyError("ERR bit offset is not an integer or out of range") }
        return offset
    }

    // MARK: Counting and searching

    /// So many bytes count as one element visited.
    private static let bytesPerVisit = 32

    static func bitcount(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        var range: (start: Int, end: Int, inBits: Bool)?
        if arguments.count > 2 {
            guard arguments.count == 4 || arguments.count == 5 else { throw .syntax }
            let start = try context.integer(arguments[2])
            let end = try context.integer(arguments[3])
            range = (start, end, try unitIsBit(arguments, at: 4))
        }
        guard let entry = context.find(KeyName(arguments[1])) else {
            return context.reply.integer(0)
        }
        let string = try StringCommands.string(of: entry)
        guard context.mayVisit(string.byteCount / bytesPerVisit) else { return }
        var count = 0
        string.withBytes { bytes in
            guard let bits = BitRange(range, byteCount: bytes.count) else { return }
            count = bits.count(in: bytes)
        }
        context.reply.integer(count)
    }

    static func bitpos(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let bit = try context.integer(arguments[2])
        guard bit == 0 || bit == 1 else {
            throw ReplyError("ERR The bit argument must be 1 or 0.")
        }
        guard arguments.count <= 6 else { throw .syntax }
        var range: (start: Int, end: Int, inBits: Bool)?
        if arguments.count > 3 {
            let start = try context.integer(arguments[3])
            let inBits = try unitIsBit(arguments, at: 5)
            let end = arguments.count > 4 ? try context.integer(arguments[4]) : -1
            range = (start, end, inBits)
        }
        guard let entry = context.find(KeyName(arguments[1])) else {
            // An absent key is an endless row of zeros.
            return context.reply.integer(bit == 1 ? -1 : 0)
        }
        let string = try StringCommands.string(of: entry)
        guard context.mayVisit(string.byteCount / bytesPerVisit) else { return }
        var position = -1
        string.withBytes { bytes in
            guard let bits = BitRange(range, byteCount: bytes.count, checksOrder: false) else {
                return
            }
            for index in bits.bytes {
                let looked = bit == 1 ? bytes[index] : ~bytes[index]
                let found = looked & bits.mask(of: index)
                guard found != 0 else { continue }
                position = index * 8 + found.leadingZeroBitCount
                return
            }
            // Without an end given, zeros follow behind the string.
            if bit == 0, arguments.count <= 4 { position = bytes.count * 8 }
        }
        context.reply.integer(position)
    }

    /// BYTE or BIT, if it is given.
    private static func unitIsBit(
        _ arguments: Arguments, at index: Int
    ) throws(ReplyError) -> Bool {
        guard index < arguments.count else { return false }
        let word = arguments[index]
        if word.isWord("bit") { return true }
        guard word.isWord("byte") else { throw .syntax }
        return false
    }

    // MARK: BITOP

    private enum Operation {
        case and, or, xor, not
    }

    static func bitop(_ context: KeyContext, _ arguments: Arguments) throws(ReplyError) {
        let operation: Operation
        switch arguments[1] {
        case let word where word.isWord("and"): operation = .and
        case let word where word.isWord("or"): operation = .or
        case let word where word.isWord("xor"): operation = .xor
        case let word where word.isWord("not"): operation = .not
        default: throw .syntax
        }
        if operation == .not, arguments.count != 4 {
            throw ReplyError("ERR BITOP NOT must be called with a single source key.")
        }
        var sources: [StringValue] = []
        for index in 3..<arguments.count {
            let entry = context.find(KeyName(arguments[index]))
            sources.append(try entry.map(StringCommands.string) ?? .raw([]))
        }
        let byteCount = sources.reduce(0) { $0 + $1.byteCount }
        guard context.mayVisit(byteCount / bytesPerVisit) else { return }
        let bytes = combined(sources, operation)
        let key = KeyName(arguments[2])
        let existing = context.findForWriting(key)
        if !bytes.isEmpty {
            context.set(key, existing, to: .string(.raw(bytes)))
            context.changed(key, .set)
        } else if let existing {
            context.changed(key, .deleted)
            context.remove(existing)
        }
        context.reply.integer(bytes.count)
    }

    /// A string that is shorter than the longest counts as followed by zeros.
    private static func combined(_ sources: [StringValue], _ operation: Operation) -> [UInt8] {
        let byteCount = sources.reduce(0) { max($0, $1.byteCount) }
        var result = [UInt8](repeating: 0, count: byteCount)
        result.withUnsafeMutableBytes { result in
            for (number, source) in sources.enumerated() {
                source.withBytes { bytes in
                    switch operation {
                    case _ where number == 0: result.copyBytes(from: bytes)
                    case .and:
                        for index in bytes.indices { result[index] &= bytes[index] }
                        for index in bytes.count..<byteCount { result[index] = 0 }
                    case .or: for index in bytes.indices { result[index] |= bytes[index] }
                    case .xor: for index in bytes.indices { result[index] ^= bytes[index] }
                    case .not: break
                    }
                }
            }
            if operation == .not {
                for index in result.indices { result[index] = ~result[index] }
            }
        }
        return result
    }
}

/// A range of bits, as the bytes that it touches and what belongs to it in the first and the last.
private struct BitRange {
    let bytes: ClosedRange<Int>
    private let firstMask: UInt8
    private let lastMask: UInt8

    /// - Parameter range: nil for all of them.
    init?(
        _ range: (start: Int, end: Int, inBits: Bool)?, byteCount: Int, checksOrder: Bool = true
    ) {
        let units = ByteRange(
            range?.start ?? 0, range?.end ?? -1,
            byteCount: range?.inBits == true ? byteCount * 8 : byteCount, checksOrder: checksOrder)
        guard let units else { return nil }
        if range?.inBits == true {
            bytes = (units.first >> 3)...(units.last >> 3)
            firstMask = 0xFF >> UInt8(units.first & 7)
            lastMask = 0xFF << UInt8(7 - units.last & 7)
        } else {
            bytes = units.first...units.last
            firstMask = 0xFF
            lastMask = 0xFF
        }
    }

    /// How many of the bits are set.
    func count(in bytes: UnsafeRawBufferPointer) -> Int {
        let bytes = UnsafeRawBufferPointer(rebasing: bytes[self.bytes])
        let wordsEnd = bytes.count & ~7
        // Of whole bytes, without what the range leaves out of the first and the last.
        var count = -(bytes.first! & ~firstMask).nonzeroBitCount
        count -= (bytes.last! & ~lastMask).nonzeroBitCount
        for offset in stride(from: 0, to: wordsEnd, by: 8) {
            count += bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self).nonzeroBitCount
        }
        for byte in bytes[wordsEnd...] { count += byte.nonzeroBitCount }
        return count
    }

    func mask(of index: Int) -> UInt8 {
        var mask: UInt8 = 0xFF
        if index == bytes.lowerBound { mask &= firstMask }
        if index == bytes.upperBound { mask &= lastMask }
        return mask
    }
}
