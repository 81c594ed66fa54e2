// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// hiredis, the asynchronous interface over poll(2): callbacks for subscriptions.

#include "checks.h"

#include <hiredis/async.h>
#include <poll.h>
#include <string.h>

typedef struct {
    redisAsyncContext *connection;
    short events;
    int closed;
    // What the callbacks were given, oldest first, as text.
    char *received;
} Loop;

static void addRead(void *loop) { ((Loop *)loop)->events |= POLLIN; }
static void delRead(void *loop) { ((Loop *)loop)->events &= ~POLLIN; }
static void addWrite(void *loop) { ((Loop *)loop)->events |= POLLOUT; }
static void delWrite(void *loop) { ((Loop *)loop)->events &= ~POLLOUT; }

static void received(redisAsyncContext *connection, void *reply, void *unused) {
    (void)unused;
    Loop *loop = connection->data;
    // A connection that closes calls the callbacks that are left without a reply.
    if (reply) loop->received = text("%s%s", loop->received, describe(reply));
}

static void disconnected(const redisAsyncContext *connection, int status) {
    Loop *loop = connection->data;
    loop->closed = status == REDIS_OK ? 1 : -1;
}

static int open(Loop *loop, const char *host, int port) {
    memset(loop, 0, sizeof *loop);
    loop->received = "";
    redisAsyncContext *connection = redisAsyncConnect(host, port);
    if (!connection || connection->err) return 0;
    loop->connection = connection;
    connection->data = loop;
    connection->ev.data = loop;
    connection->ev.addRead = addRead;
    connection->ev.delRead = delRead;
    connection->ev.addWrite = addWrite;
    connection->ev.delWrite = delWrite;
    redisAsyncSetDisconnectCallback(connection, disconnected);
    loop->events = POLLOUT;
    return 1;
}

/// Runs the loop until something was received or the connection has closed.
static char *next(Loop *loop) {
    loop->received = "";
    while (!*loop->received && !loop->closed) {
        struct pollfd descriptor = {loop->connection->c.fd, loop->events, 0};
        poll(&descriptor, 1, -1);
        if (descriptor.revents & POLLOUT) redisAsyncHandleWrite(loop->connection);
        if (!loop->closed && descriptor.revents & (POLLIN | POLLHUP | POLLERR)) {
            redisAsyncHandleRead(loop->connection);
        }
    }
    return loop->received;
}

void checkAsync(const char *host, int port, const char *prefix) {
    Loop subscriber, publisher;
    int connected = open(&subscriber, host, port) && open(&publisher, host, port);
    expectText("async-connect", "1", connected ? "1" : "0");
    if (!connected) return;

    redisAsyncCommand(subscriber.connection, received, NULL, "SUBSCRIBE %s:a", prefix);
    expectText("async-subscribe", text("[\"subscribe\", \"%s:a\", :1]", prefix),
        next(&subscriber));
    redisAsyncCommand(subscriber.connection, received, NULL, "PSUBSCRIBE %s:b*", prefix);
    expectText("async-psubscribe", text("[\"psubscribe\", \"%s:b*\", :2]", prefix),
        next(&subscriber));
    redisAsyncCommand(publisher.connection, received, NULL, "PUBLISH %s:a one", prefix);
    expectText("async-publish", ":1", next(&publisher));
    expectText("async-message", text("[\"message\", \"%s:a\", \"one\"]", prefix),
        next(&subscriber));
    redisAsyncCommand(publisher.connection, received, NULL, "PUBLISH %s:b1 two", prefix);
    expectText("async-publish-pattern", ":1", next(&publisher));
    expectText("async-pmessage",
        text("[\"pmessage\", \"%s:b*\", \"%s:b1\", \"two\"]", prefix, prefix),
        next(&subscriber));
    redisAsyncCommand(subscriber.connection, NULL, NULL, "UNSUBSCRIBE");
    expectText("async-unsubscribe", text("[\"unsubscribe\", \"%s:a\", :1]", prefix),
        next(&subscriber));
    redisAsyncCommand(subscriber.connection, NULL, NULL, "PUNSUBSCRIBE");
    expectText("async-punsubscribe", text("[\"punsubscribe\", \"%s:b*\", :0]", prefix),
        next(&subscriber));

    redisAsyncDisconnect(publisher.connection);
    next(&publisher);
    redisAsyncDisconnect(subscriber.connection);
    next(&subscriber);
    expectText("async-disconnect", "1 1", text("%d %d", publisher.closed, subscriber.closed));
}
