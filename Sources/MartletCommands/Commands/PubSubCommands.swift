// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

import MartletCore
import RESP
import Synchronization

/// SUBSCRIBE, PUBLISH and their kin.
enum PubSubCommands {
    // MARK: Publishing

    static func publish(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        try publish(.message, session, arguments)
    }

    static func spublish(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        try publish(.shardMessage, session, arguments)
    }

    private static func publish(
        _ kind: MessageFrame.Kind, _ session: Session, _ arguments: Arguments
    ) throws(ReplyError) {
        try checkName(arguments[1])
        guard arguments[2].count <= MessageFrame.payloadByteCountMax else {
            throw ReplyError(
                "ERR message exceeds the maximum of \(MessageFrame.payloadByteCountMax) bytes")
        }
        let context = session.context
        if session.isInsideExec, context.holdsKeyspace {
            let receiverCount = session.keyContext.publish(
                kind, channel: arguments[1], payload: arguments[2], countingFrom: context.shard)
            return context.reply.integer(receiverCount)
        }
        let receiverCount = context.broker.publish(
            kind, channel: arguments[1], payload: arguments[2], from: context.shard)
        if receiverCount > quickReceiverCountMax { context.reachedMany = true }
        context.shard.statistics.messagesPublished.add(1)
        context.reply.integer(receiverCount)
    }

    /// A message to more receivers is timed for itself.
    private static var quickReceiverCountMax: Int { 64 }

    /// Beyond `proto-max-bulk-len`, which may be set higher.
    private static func checkName(_ name: UnsafeRawBufferPointer) throws(ReplyError) {
        guard name.count <= Topic.nameByteCountMax else {
            throw ReplyError(
                "ERR channel name exceeds the maximum of \(Topic.nameByteCountMax) bytes")
        }
    }

    // MARK: Subscribing

    static func subscribe(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        try subscribe(.channel, session, arguments)
    }

    static func psubscribe(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        try subscribe(.pattern, session, arguments)
    }

    static func ssubscribe(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        guard !session.isInsideExec else {
            throw ReplyError("ERR SSUBSCRIBE isn't allowed for a DENY BLOCKING client")
        }
        try subscribe(.shardChannel, session, arguments)
    }

    static func unsubscribe(_ session: Session, _ arguments: Arguments) {
        unsubscribe(.channel, session, arguments)
    }

    static func punsubscribe(_ session: Session, _ arguments: Arguments) {
        unsubscribe(.pattern, session, arguments)
    }

    static func sunsubscribe(_ session: Session, _ arguments: Arguments) {
        unsubscribe(.shardChannel, session, arguments)
    }

    private static func subscribe(
        _ kind: Topic.Kind, _ session: Session, _ arguments: Arguments
    ) throws(ReplyError) {
        for index in 1..<arguments.count { try checkName(arguments[index]) }
        session.publishBeforeSubscriptionsChange()
        for index in 1..<arguments.count {
            // A message that is there already belongs in front of the confirmation.
            session.commitReplies()
            session.broker.subscribe(session.outlet, to: arguments[index], kind: kind)
            confirm(subscriptionWord(kind), arguments[index], kind, session)
        }
        session.recordSubscriptions()
    }

    private static func unsubscribe(
        _ kind: Topic.Kind, _ session: Session, _ arguments: Arguments
    ) {
        let word = unsubscriptionWord(kind)
        session.publishBeforeSubscriptionsChange()
        if arguments.count > 1 {
            for index in 1..<arguments.count {
                session.commitReplies()
                session.broker.unsubscribe(session.outlet, from: arguments[index], kind: kind)
                confirm(word, arguments[index], kind, session)
            }
        } else {
            let names = session.outlet.names(of: kind)
            for name in names {
                name.withUnsafeBytes { name in
                    session.commitReplies()
                    session.broker.unsubscribe(session.outlet, from: name, kind: kind)
                    confirm(word, name, kind, session)
                }
            }
            if names.isEmpty { confirm(word, nil, kind, session) }
        }
        session.recordSubscriptions()
    }

    /// `[word, name, subscriptions left]`; a push in RESP3. No name: there was nothing to do.
    private static func confirm(
        _ word: String, _ name: UnsafeRawBufferPointer?, _ kind: Topic.Kind, _ session: Session
    ) {
        let outlet = session.outlet
        session.writePush {
            session.reply.pushHeader(3)
            session.reply.bulk(word)
            if let name { session.reply.bulk(name) } else { session.reply.null() }
            session.reply.integer(
                kind == .shardChannel
                    ? outlet.shardSubscriptionCount : outlet.subscriptionCount)
        }
    }

    private static func subscriptionWord(_ kind: Topic.Kind) -> String {
        switch kind {
        case .channel: "subscribe"
        case .pattern: "psubscribe"
        case .shardChannel: "ssubscribe"
        }
    }

    private static func unsubscriptionWord(_ kind: Topic.Kind) -> String {
        switch kind {
        case .channel: "unsubscribe"
        case .pattern: "punsubscribe"
        case .shardChannel: "sunsubscribe"
        }
    }

    // MARK: PUBSUB

    static func help(_ session: Session, _ arguments: Arguments) {
        session.replyHelp(arguments, helpLines)
    }

    static func channels(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        try listNames(of: .channel, session, arguments)
    }

    static func shardChannels(_ session: Session, _ arguments: Arguments) throws(ReplyError) {
        try listNames(of: .shardChannel, session, arguments)
    }

    private static func listNames(
        of kind: Topic.Kind, _ session: Session, _ arguments: Arguments
    ) throws(ReplyError) {
        guard arguments.count <= 3 else { throw .wrongSubcommandUse(arguments) }
        let names = session.broker.names(
            of: kind, matching: arguments.count > 2 ? arguments[2] : nil,
            from: session.context.shard)
        session.reply.arrayHeader(names.count)
        names.forEach { session.reply.bulk($0) }
    }

    static func subscriberCounts(_ session: Session, _ arguments: Arguments) {
        listCounts(of: .channel, session, arguments)
    }

    static func shardSubscriberCounts(_ session: Session, _ arguments: Arguments) {
        listCounts(of: .shardChannel, session, arguments)
    }

    private static func listCounts(
        of kind: Topic.Kind, _ session: Session, _ arguments: Arguments
    ) {
        session.reply.arrayHeader((arguments.count - 2) * 2)
        for index in 2..<arguments.count {
            session.reply.bulk(arguments[index])
            session.reply.integer(
                session.broker.subscriberCount(
                    of: arguments[index], kind: kind, from: session.context.shard))
        }
    }

    static func patternCount(_ session: Session, _ arguments: Arguments) {
        session.reply.integer(session.broker.patternCount(from: session.context.shard))
    }
}

extension Session {
    fileprivate func publishBeforeSubscriptionsChange() {
        if isInsideExec, context.holdsKeyspace { keyContext.publishMessagesAtOnce() }
    }

    /// Keeps what CLIENT LIST shows up to date.
    func recordSubscriptions() {
        record.channelCount.store(outlet.channelCount, ordering: .relaxed)
        record.patternCount.store(outlet.patternCount, ordering: .relaxed)
        record.shardChannelCount.store(outlet.shardSubscriptionCount, ordering: .relaxed)
        if outlet.hasPubSubSubscriptions {
            record.insert(.subscriber)
        } else {
            record.remove(.subscriber)
        }
    }
}
