// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// CLUSTER and the commands of a cluster's clients: what a server answers that is no part of one.
enum ClusterCommands {
    static func refuse(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        throw ReplyError("ERR This instance has cluster support disabled")
    }
}
