// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import RESP

/// LATENCY. No latency events are recorded, and no histograms: what is answered is what Redis
/// answers while it has recorded none.
enum LatencyCommands {
    static func latest(_ session: Session, _ arguments: Arguments) {
        session.reply.arrayHeader(0)
    }

    static func history(_ session: Session, _ arguments: Arguments) {
        session.reply.arrayHeader(0)
    }

    static func histogram(_ session: Session, _ arguments: Arguments) {
        session.reply.mapHeader(0)
    }

    static func graph(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        let event = Array(arguments[2])
        throw ReplyError(
            bytes: Array("ERR No samples available for event '".utf8) + event + Array("'".utf8))
    }

    static func doctor(_ session: Session, _ arguments: Arguments) {
        session.reply.verbatim(
            "I'm sorry, Dave, I can't do that. Martlet does not monitor latency events. "
                + "SLOWLOG and INFO commandstats tell what takes time.\n")
    }

    static func reset(_ session: Session, _ arguments: Arguments) {
        session.reply.integer(0)
    }

    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(
            arguments,
            [
                "DOCTOR",
                "    Return a human readable latency analysis report.",
                "GRAPH <event>",
                "    Return an ASCII latency graph for the <event> class.",
                "HISTORY <event>",
                "    Return time-latency samples for the <event> class.",
                "LATEST",
                "    Return the latest latency samples for all events.",
                "RESET [<event> ...]",
                "    Reset latency data of one or more <event> classes.",
                "    (default: reset all data for all event classes)",
                "HISTOGRAM [COMMAND ...]",
                "    Return a cumulative distribution of latencies in the format of a histogram "
                    + "for the specified command names.",
                "    If no commands are specified then all histograms are replied.",
            ])
    }
}
