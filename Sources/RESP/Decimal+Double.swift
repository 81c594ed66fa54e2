// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

extension Decimal {
    /// The longest number that is no whole one, and room.
    package static let doubleByteCountMax = 32

    /// Whole numbers up to this are written as such.
    private static let wholeMax = Double(Int.max / 2)

    /// Writes the shortest decimal number that is read back as `value`, laid out as Redis 7.2
    /// does (`d2string`), and returns how many bytes that took.
    package static func write(_ value: Double, to destination: UnsafeMutableRawPointer) -> Int {
        if value.isNaN { return write("nan", to: destination) }
        if value.isInfinite { return write(value < 0 ? "-inf" : "inf", to: destination) }
        if value == 0 { return write(value.sign == .minus ? "-0" : "0", to: destination) }
        if value.magnitude <= wholeMax, let whole = Int(exactly: value) {
            return write(whole, to: destination)
        }
        var text = DecimalText(destination)
        if value < 0 { text.append(UInt8(ascii: "-")) }
        text.append(ShortestDigits(value.magnitude))
        return text.count
    }

    private static func write(_ text: StaticString, to destination: UnsafeMutableRawPointer) -> Int
    {
        destination.copyMemory(from: text.utf8Start, byteCount: text.utf8CodeUnitCount)
        return text.utf8CodeUnitCount
    }
}

/// A positive number as digits, without zeros at either end, and the power of ten of the last.
private struct ShortestDigits {
    var digits: [UInt8] = []
    var exponent = 0

    /// Takes apart what the standard library writes: `0.25`, `1e-07`, `1.5e+300`.
    init(_ value: Double) {
        digits.reserveCapacity(24)
        var isFraction = false
        var text = value.description.utf8[...]
        while let byte = text.popFirst() {
            if byte == UInt8(ascii: "e") {
                exponent += Int(Substring(text))!
                break
            }
            if byte == UInt8(ascii: ".") {
                isFraction = true
            } else {
                if isFraction { exponent -= 1 }
                if !digits.isEmpty || byte != UInt8(ascii: "0") { digits.append(byte) }
            }
        }
        while digits.count > 1, digits.last == UInt8(ascii: "0") {
            digits.removeLast()
            exponent += 1
        }
    }
}

private struct DecimalText {
    private let start: UnsafeMutableRawPointer
    private(set) var count = 0

    init(_ start: UnsafeMutableRawPointer) { self.start = start }

    mutating func append(_ byte: UInt8) {
        start.storeBytes(of: byte, toByteOffset: count, as: UInt8.self)
        count += 1
    }

    /// As Redis's `fpconv_dtoa` lays digits out.
    mutating func append(_ number: ShortestDigits) {
        let digits = number.digits
        let scale = number.exponent + digits.count - 1
        if number.exponent >= 0, scale < digits.count + 7 {
            digits.forEach { append($0) }
            for _ in 0..<number.exponent { append(UInt8(ascii: "0")) }
        } else if number.exponent < 0, number.exponent > -7 || scale.magnitude < 4 {
            let wholeCount = digits.count + number.exponent
            if wholeCount <= 0 {
                append(UInt8(ascii: "0"))
                append(UInt8(ascii: "."))
                for _ in 0..<(-wholeCount) { append(UInt8(ascii: "0")) }
            }
            for (index, digit) in digits.enumerated() {
                if index == wholeCount, index > 0 { append(UInt8(ascii: ".")) }
                append(digit)
            }
        } else {
            append(digits[0])
            if digits.count > 1 { append(UInt8(ascii: ".")) }
            digits.dropFirst().forEach { append($0) }
            append(UInt8(ascii: "e"))
            append(UInt8(ascii: scale < 0 ? "-" : "+"))
            count += Decimal.write(Int(scale.magnitude), to: start + count)
        }
    }
}
