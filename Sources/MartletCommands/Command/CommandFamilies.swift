// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

/// The families of commands. A new family is added here, a new command in its family.
package enum CommandFamilies {
    package static let all: [CommandDescriptor] =
        PubSubCommands.descriptors
        + ConnectionCommands.descriptors
        + ClientCommands.descriptors
        + TransactionCommands.descriptors
        + MonitorCommand.descriptors
        + ServerCommands.descriptors
        + PersistenceCommands.descriptors
        + ConfigCommands.descriptors
        + CommandCommands.descriptors
        + SlowlogCommands.descriptors
        + LatencyCommands.descriptors
        + ACLCommands.descriptors
        + ModuleCommands.descriptors
        + ClusterCommands.descriptors
        + ReplicationCommands.descriptors
        + KeyCommands.descriptors
        + ExpiryCommands.descriptors
        + ObjectCommands.descriptors
        + DatabaseCommands.descriptors
        + StringCommands.descriptors
        + BitCommands.descriptors
        + StreamCommands.descriptors
        + StreamReadCommands.descriptors
        + StreamGroupCommands.descriptors
        + ListCommands.descriptors
        + HashCommands.descriptors
        + SetCommands.descriptors
        + SortedSetCommands.descriptors
        + SortCommands.descriptors
}
