// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import CSystem
import RESP

/// A number with a fraction in the precision in which Redis adds such numbers: C's `long double`,
/// which Swift does not have on every machine.
struct LongDouble {
    private var bits = csystem_long_double()

    /// Zero.
    init() {}

    /// A number as Redis reads one: all of the bytes, no blanks in front, not NaN.
    init?(_ text: UnsafeRawBufferPointer) {
        let isNumber = (Array(text) + [0]).withUnsafeBytes {
            csystem_long_double_read(
                $0.baseAddress!.assumingMemoryBound(to: CChar.self), text.count, &bits)
        }
        guard isNumber else { return nil }
    }

    /// What INCRBYFLOAT and HINCRBYFLOAT add.
    init(increment text: UnsafeRawBufferPointer) throws(ReplyError) {
        guard let number = LongDouble(text) else {
            throw ReplyError("ERR value is not a valid float")
        }
        guard csystem_long_double_is_finite(number.bits) else {
            throw ReplyError("ERR value is NaN or Infinity")
        }
        self = number
    }

    /// The number times 1000, rounded up; what is beyond all integers is the last of them.
    var inThousandths: Int { Int(csystem_long_double_in_thousandths(bits)) }

    /// The sum, without an exponent and with 17 digits behind the point at the most.
    func adding(_ increment: LongDouble) throws(ReplyError) -> [UInt8] {
        let sum = csystem_long_double_add(bits, increment.bits)
        guard csystem_long_double_is_finite(sum) else {
            throw ReplyError("ERR increment would produce NaN or Infinity")
        }
        return [UInt8](unsafeUninitializedCapacity: Int(CSYSTEM_LONG_DOUBLE_CHARS)) { text, count in
            count = text.withMemoryRebound(to: CChar.self) {
                csystem_long_double_write(sum, $0.baseAddress!, $0.count)
            }
        }
    }
}
