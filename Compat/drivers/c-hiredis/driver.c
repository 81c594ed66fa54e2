// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// hiredis, the synchronous interface: one connection subscribes, another publishes.

#include "checks.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char binary[] = "\x00\r\n\xff*1\r\n";
static const size_t binaryCount = sizeof binary - 1;
#define BINARY_TEXT "\"\\x00\\x0d\\x0a\\xff*1\\x0d\\x0a\""

static redisReply *nextReply(redisContext *connection) {
    void *reply = NULL;
    redisGetReply(connection, &reply);
    return reply;
}

static void checkCommands(redisContext *connection, const char *prefix) {
    expectReply("setname", "+OK", redisCommand(connection, "CLIENT SETNAME %s", prefix));
    expectReply("getname", text("\"%s\"", prefix), redisCommand(connection, "CLIENT GETNAME"));
    expectReply("ping", "+PONG", redisCommand(connection, "PING"));
    expectReply("ping-argument", "\"hello\"", redisCommand(connection, "PING hello"));
    expectReply("echo", BINARY_TEXT, redisCommand(connection, "ECHO %b", binary, binaryCount));
    redisReply *info = redisCommand(connection, "INFO server");
    int found = info && info->type == REDIS_REPLY_STRING
        && strstr(info->str, "\r\nredis_version:7.");
    expectText("info", "redis_version:7.", found ? "redis_version:7." : describe(info));
    freeReplyObject(info);
    expectReply("unknown-command",
        "-ERR unknown command 'nosuch', with args beginning with: 'a' ",
        redisCommand(connection, "nosuch a"));
    redisAppendCommand(connection, "PING one");
    redisAppendCommand(connection, "PING two");
    expectReply("pipeline-first", "\"one\"", nextReply(connection));
    expectReply("pipeline-second", "\"two\"", nextReply(connection));
}

static void checkPubSub(redisContext *subscriber, redisContext *publisher, const char *prefix) {
    char *news = text("%s:news", prefix), *pattern = text("%s:*", prefix);
    expectReply("subscribe", text("[\"subscribe\", \"%s\", :1]", news),
        redisCommand(subscriber, "SUBSCRIBE %s", news));
    expectReply("psubscribe", text("[\"psubscribe\", \"%s\", :2]", pattern),
        redisCommand(subscriber, "PSUBSCRIBE %s", pattern));
    expectReply("numsub", text("[\"%s\", :1, \"%s:none\", :0]", news, prefix),
        redisCommand(publisher, "PUBSUB NUMSUB %s %s:none", news, prefix));
    expectReply("channels", text("[\"%s\"]", news),
        redisCommand(publisher, "PUBSUB CHANNELS %s", pattern));
    expectReply("publish", ":2", redisCommand(publisher, "PUBLISH %s hello", news));
    expectReply("message", text("[\"message\", \"%s\", \"hello\"]", news), nextReply(subscriber));
    expectReply("pmessage", text("[\"pmessage\", \"%s\", \"%s\", \"hello\"]", pattern, news),
        nextReply(subscriber));
    expectReply("publish-binary", ":2",
        redisCommand(publisher, "PUBLISH %s %b", news, binary, binaryCount));
    expectReply("message-binary", text("[\"message\", \"%s\", %s]", news, BINARY_TEXT),
        nextReply(subscriber));
    expectReply("pmessage-binary",
        text("[\"pmessage\", \"%s\", \"%s\", %s]", pattern, news, BINARY_TEXT),
        nextReply(subscriber));
    expectReply("subscribed-ping", "[\"pong\", \"hi\"]", redisCommand(subscriber, "PING hi"));
    redisReply *refused = redisCommand(subscriber, "ECHO x");
    expectText("subscribed-echo", "-ERR Can't execute 'echo'",
        refused && refused->str ? text("-%.24s", refused->str) : describe(refused));
    freeReplyObject(refused);
}

static void checkTransaction(
    redisContext *subscriber, redisContext *publisher, const char *prefix
) {
    expectReply("multi", "+OK", redisCommand(publisher, "MULTI"));
    expectReply("queued", "+QUEUED", redisCommand(publisher, "PUBLISH %s:exec first", prefix));
    freeReplyObject(redisCommand(publisher, "PUBLISH %s:exec second", prefix));
    expectReply("exec", "[:1, :1]", redisCommand(publisher, "EXEC"));
    expectReply("exec-first",
        text("[\"pmessage\", \"%s:*\", \"%s:exec\", \"first\"]", prefix, prefix),
        nextReply(subscriber));
    expectReply("exec-second",
        text("[\"pmessage\", \"%s:*\", \"%s:exec\", \"second\"]", prefix, prefix),
        nextReply(subscriber));
}

static void checkUnsubscribe(
    redisContext *subscriber, redisContext *publisher, const char *prefix
) {
    char *news = text("%s:news", prefix), *pattern = text("%s:*", prefix);
    expectReply("unsubscribe", text("[\"unsubscribe\", \"%s\", :1]", news),
        redisCommand(subscriber, "UNSUBSCRIBE %s", news));
    expectReply("publish-after-unsubscribe", ":1",
        redisCommand(publisher, "PUBLISH %s again", news));
    freeReplyObject(nextReply(subscriber));
    expectReply("punsubscribe", text("[\"punsubscribe\", \"%s\", :0]", pattern),
        redisCommand(subscriber, "PUNSUBSCRIBE %s", pattern));
    expectReply("publish-after-punsubscribe", ":0",
        redisCommand(publisher, "PUBLISH %s again", news));
    expectReply("unsubscribe-nothing", "[\"unsubscribe\", nil, :0]",
        redisCommand(subscriber, "UNSUBSCRIBE"));
    expectReply("commands-again", "\"x\"", redisCommand(subscriber, "ECHO x"));
}

int main(void) {
    startDeadline(20);
    const char *host = getenv("HOST"), *prefix = text("martlet:hiredis:%d", getpid());
    int port = atoi(getenv("PORT"));
    redisContext *subscriber = redisConnect(host, port), *publisher = redisConnect(host, port);
    expectText("connect", "", text("%s%s", subscriber->errstr, publisher->errstr));
    checkCommands(publisher, prefix);
    checkPubSub(subscriber, publisher, prefix);
    checkTransaction(subscriber, publisher, prefix);
    checkUnsubscribe(subscriber, publisher, prefix);

    redisContext *local = redisConnectUnix(getenv("UNIX_SOCKET"));
    expectReply("unix-socket", "+PONG", redisCommand(local, "PING"));
    checkAsync(host, port, text("%s:async", prefix));

    expectReply("quit", "+OK", redisCommand(publisher, "QUIT"));
    expectReply("closed-by-server", "no reply", nextReply(publisher));
    redisFree(local);
    redisFree(subscriber);
    redisFree(publisher);
    return exitStatus();
}
