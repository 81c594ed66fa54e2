// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors
//
// A bare server: what reading and writing alone cost, the yardstick for all that a server does
// beside them.
//
// It speaks as much of the protocol as martlet-benchmark says, byte for byte, and parses none of
// it: all requests of a connection are alike and of one length, so that a channel's number and the
// payload stand at known places. The deliveries to a channel's subscribers are laid side by side
// in one buffer for the turn, and at its end each subscriber gets them in one write; so does each
// publisher its replies:
//
//     epoll_wait → read each publisher → one write for each publisher → one for each subscriber
//
// With these system calls no server does it with less. One that makes fewer of them, by waiting
// for more messages before it writes to a subscriber, can be ahead of it.
//
// Sockets block when they write, which is only right for a client that always reads.
//
//     limit --port PORT

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { connections_max = 20000, channels_max = 100000, read_bytes = 1 << 18, name_bytes = 8 };

static const char publish_start[] = "*3\r\n$7\r\nPUBLISH\r\n$16\r\nchannel:";
static const char message_start[] = "*3\r\n$7\r\nmessage\r\n$16\r\nchannel:";
static const char subscribe_start[] = "*2\r\n$9\r\nsubscribe\r\n$16\r\nchannel:";
static const char ping[] = "*1\r\n$4\r\nPING\r\n";

struct bytes {
    char *start;
    size_t count, space;
};

struct connection {
    int descriptor;
    size_t frame_bytes; // of a publisher's request; 0 until it is known
    struct bytes input, output;
    int is_dirty;
};

struct channel {
    int *subscribers;
    size_t subscriber_count, space;
    struct bytes deliveries;
    char reply[16];
    size_t reply_bytes;
    int is_dirty;
};

static struct connection connections[connections_max];
static struct channel channels[channels_max];
static struct connection *dirty_connections[connections_max];
static struct channel *dirty_channels[channels_max];
static size_t dirty_connection_count, dirty_channel_count;
static int poll_set;

static void must(int holds, const char *what) {
    if (holds) return;
    perror(what);
    exit(1);
}

static char *reserve(struct bytes *bytes, size_t count) {
    if (bytes->count + count > bytes->space) {
        bytes->space = (bytes->count + count) * 2;
        bytes->start = realloc(bytes->start, bytes->space);
        must(bytes->start != NULL, "realloc");
    }
    return bytes->start + bytes->count;
}

static void append(struct bytes *bytes, const char *more, size_t count) {
    memcpy(reserve(bytes, count), more, count);
    bytes->count += count;
}

static void send_all(int descriptor, const char *start, size_t count) {
    while (count > 0) {
        ssize_t sent = send(descriptor, start, count, MSG_NOSIGNAL);
        if (sent <= 0) return; // The client has gone.
        start += sent;
        count -= (size_t)sent;
    }
}

static void reply(struct connection *connection, const char *text, size_t count) {
    append(&connection->output, text, count);
    if (connection->is_dirty) return;
    connection->is_dirty = 1;
    dirty_connections[dirty_connection_count++] = connection;
}

static struct channel *channel_named(const char *digits) {
    size_t number = 0;
    for (int index = 0; index < name_bytes; index++) number = number * 10 + (digits[index] & 15);
    must(number < channels_max, "too many channels");
    return &channels[number];
}

static void subscribe(struct connection *connection, const char *digits) {
    struct channel *channel = channel_named(digits);
    if (channel->subscriber_count == channel->space) {
        channel->space = channel->space ? channel->space * 2 : 4;
        channel->subscribers = realloc(channel->subscribers, channel->space * sizeof(int));
        must(channel->subscribers != NULL, "realloc");
    }
    channel->subscribers[channel->subscriber_count++] = connection->descriptor;
    char text[96];
    int count = snprintf(
        text, sizeof text, "*3\r\n$9\r\nsubscribe\r\n$16\r\nchannel:%.8s\r\n:1\r\n", digits);
    reply(connection, text, (size_t)count);
}

static void tell_process(struct connection *connection) {
    char line[64], text[96];
    int line_bytes = snprintf(line, sizeof line, "process_id:%d\r\n", (int)getpid());
    int count = snprintf(text, sizeof text, "$%d\r\n%s\r\n", line_bytes, line);
    reply(connection, text, (size_t)count);
}

// From the channel's digits to its end a request is what the delivery is.
static void publish(struct connection *connection, const char *frame) {
    struct channel *channel = channel_named(frame + sizeof publish_start - 1);
    size_t start = sizeof message_start - 1;
    if (channel->subscriber_count > 0) {
        memcpy(reserve(&channel->deliveries, connection->frame_bytes), message_start, start);
        memcpy(
            channel->deliveries.start + channel->deliveries.count + start,
            frame + sizeof publish_start - 1, connection->frame_bytes - start);
        channel->deliveries.count += connection->frame_bytes;
        if (!channel->is_dirty) {
            channel->is_dirty = 1;
            dirty_channels[dirty_channel_count++] = channel;
        }
    }
    if (channel->reply_bytes == 0) {
        channel->reply_bytes = (size_t)snprintf(
            channel->reply, sizeof channel->reply, ":%zu\r\n", channel->subscriber_count);
    }
    reply(connection, channel->reply, channel->reply_bytes);
}

static int starts(const struct bytes *input, const char *text, size_t count) {
    return input->count >= count && memcmp(input->start, text, count) == 0;
}

// The length of a publisher's requests, from the first of them.
static size_t publish_bytes(const struct bytes *input) {
    size_t header = sizeof publish_start - 1 + name_bytes + 2;
    if (input->count < header + 16) return 0;
    char *end;
    size_t payload = strtoul(input->start + header + 1, &end, 10);
    return (size_t)(end - input->start) + 2 + payload + 2;
}

static size_t handle(struct connection *connection) {
    struct bytes *input = &connection->input;
    size_t used = 0;
    if (connection->frame_bytes == 0 && starts(input, publish_start, sizeof publish_start - 1))
        connection->frame_bytes = publish_bytes(input);
    if (connection->frame_bytes > 0) {
        for (; input->count - used >= connection->frame_bytes; used += connection->frame_bytes)
            publish(connection, input->start + used);
    } else if (starts(input, ping, sizeof ping - 1)) {
        for (; input->count - used >= sizeof ping - 1; used += sizeof ping - 1)
            reply(connection, "+PONG\r\n", 7);
    } else if (starts(input, subscribe_start, sizeof subscribe_start - 1)) {
        if (input->count < sizeof subscribe_start - 1 + name_bytes + 2) return 0;
        subscribe(connection, input->start + sizeof subscribe_start - 1);
        used = input->count;
    } else if (starts(input, "*2\r\n$4\r\nINFO\r\n$6\r\nserver\r\n", 26)) {
        tell_process(connection);
        used = input->count;
    }
    return used;
}

static void readable(struct connection *connection) {
    struct bytes *input = &connection->input;
    ssize_t count =
        recv(connection->descriptor, reserve(input, read_bytes), read_bytes, MSG_DONTWAIT);
    if (count <= 0) {
        if (count < 0 && errno == EAGAIN) return;
        // The descriptor stays open, and so does its number: the run is over anyway.
        epoll_ctl(poll_set, EPOLL_CTL_DEL, connection->descriptor, NULL);
        return;
    }
    input->count += (size_t)count;
    size_t used = handle(connection);
    memmove(input->start, input->start + used, input->count - used);
    input->count -= used;
}

// Replies first: the publisher prepares its next requests while the deliveries are written.
static void flush(void) {
    for (size_t index = 0; index < dirty_connection_count; index++) {
        struct connection *connection = dirty_connections[index];
        send_all(connection->descriptor, connection->output.start, connection->output.count);
        connection->output.count = 0;
        connection->is_dirty = 0;
    }
    dirty_connection_count = 0;
    for (size_t index = 0; index < dirty_channel_count; index++) {
        struct channel *channel = dirty_channels[index];
        for (size_t each = 0; each < channel->subscriber_count; each++)
            send_all(
                channel->subscribers[each], channel->deliveries.start, channel->deliveries.count);
        channel->deliveries.count = 0;
        channel->is_dirty = 0;
    }
    dirty_channel_count = 0;
}

static void watch(int descriptor) {
    struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
    must(epoll_ctl(poll_set, EPOLL_CTL_ADD, descriptor, &event) == 0, "epoll_ctl");
}

static int listen_on(int port) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = {
        .sin_family = AF_INET,
        .sin_port = htons((unsigned short)port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    must(bind(listener, (struct sockaddr *)&address, sizeof address) == 0, "bind");
    must(listen(listener, 1024) == 0, "listen");
    return listener;
}

static void accept_one(int listener) {
    int descriptor = accept(listener, NULL, NULL), on = 1;
    must(descriptor >= 0 && descriptor < connections_max, "accept");
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections[descriptor].descriptor = descriptor;
    watch(descriptor);
}

int main(int count, char **arguments) {
    if (count != 3 || strcmp(arguments[1], "--port") != 0) {
        fprintf(stderr, "usage: limit --port PORT\n");
        return 2;
    }
    int listener = listen_on(atoi(arguments[2]));
    poll_set = epoll_create1(0);
    watch(listener);
    static struct epoll_event events[1024];
    for (;;) {
        int ready = epoll_wait(poll_set, events, 1024, -1);
        for (int index = 0; index < ready; index++) {
            int descriptor = events[index].data.fd;
            if (descriptor == listener) accept_one(listener);
            else readable(&connections[descriptor]);
        }
        flush();
    }
}
