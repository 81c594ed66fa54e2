// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// MODULE: there are none.
enum ModuleCommands {
    static func list(_ session: Session, _ arguments: Arguments) {
        session.reply.arrayHeader(0)
    }

    static func refuse(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        throw .noModules
    }

    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "LIST",
                "    Return a list of loaded modules.",
                "LOAD <path> [<arg> ...]",
                "    Load a module library from <path>, passing to it any optional arguments.",
                "LOADEX <path> [[CONFIG NAME VALUE] [CONFIG NAME VALUE]] [ARGS ...]",
                "    Load a module library from <path>, while passing it module configurations "
                    + "and optional arguments.",
                "UNLOAD <name>",
                "    Unload a module.",
            ])
    }
}

extension ReplyError {
    static let noModules = ReplyError("ERR MODULE command not allowed. Martlet has no modules.")
}
