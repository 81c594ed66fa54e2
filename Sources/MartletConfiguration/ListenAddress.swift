// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// An entry of `bind`, taken apart.
package struct ListenAddress: Sendable, Equatable {
    package enum Family: Sendable { case ipv4, ipv6 }

    package var family: Family
    /// A numeric address or a name; `nil` means every interface (`*` and `::*`).
    package var host: String?
    /// Written with a `-` in front: the start goes on if this host has no such address
    /// (EADDRNOTAVAIL). A protocol family that the kernel lacks never stops the start.
    package var isOptional: Bool

    /// As in Redis an entry with a colon is an IPv6 address.
    package init(_ entry: String) {
        isOptional = entry.hasPrefix("-")
        let address = isOptional ? String(entry.dropFirst()) : entry
        family = address.contains(":") ? .ipv6 : .ipv4
        host = address == "*" || address == "::*" ? nil : address
    }
}

extension Configuration {
    /// The meaning of ``bind``, in its order.
    package var listenAddresses: [ListenAddress] { bind.map(ListenAddress.init) }
}
