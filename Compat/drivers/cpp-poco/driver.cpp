// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// Poco::Redis: an AsyncReader fires an event for each reply of the subscriber.

#include <Poco/Condition.h>
#include <Poco/Delegate.h>
#include <Poco/Format.h>
#include <Poco/Mutex.h>
#include <Poco/Redis/AsyncReader.h>
#include <Poco/Redis/Client.h>
#include <Poco/Redis/Command.h>
#include <Poco/Redis/Exception.h>
#include <Poco/Redis/Type.h>

#include <cctype>
#include <csignal>
#include <cstdlib>
#include <deque>
#include <iostream>
#include <sstream>
#include <string>
#include <unistd.h>

using namespace Poco::Redis;

static const unsigned deadlineSeconds = 20;
static const std::string binary("\x00\r\n\xff*1\r\n", 8);
static int failureCount = 0;

static void deadlinePassed(int) {
    static const char line[] = "FAIL deadline: expected an end, got a hang\n";
    if (write(STDOUT_FILENO, line, sizeof line - 1) < 0) std::abort();
    _exit(1);
}

/// The reply as text: numbers as they are, strings as RESP bulk strings, arrays in brackets.
static std::string describe(const RedisType::Ptr &reply) {
    std::ostringstream text;
    if (auto integer = dynamic_cast<const Type<Poco::Int64> *>(reply.get())) {
        text << integer->value();
    } else if (auto status = dynamic_cast<const Type<std::string> *>(reply.get())) {
        text << '+' << status->value();
    } else if (auto error = dynamic_cast<const Type<Error> *>(reply.get())) {
        text << '-' << error->value().getMessage();
    } else if (auto bulk = dynamic_cast<const Type<BulkString> *>(reply.get())) {
        if (bulk->value().isNull()) return "nil";
        text << '$' << bulk->value().value();
    } else if (auto array = dynamic_cast<const Type<Array> *>(reply.get())) {
        text << '[';
        for (auto element = array->value().begin(); element != array->value().end(); ++element) {
            text << (element == array->value().begin() ? "" : " ") << describe(*element);
        }
        text << ']';
    }
    return text.str();
}

static std::string escaped(const std::string &bytes) {
    std::string text;
    for (unsigned char byte : bytes) {
        if (std::isprint(byte)) text += static_cast<char>(byte);
        else text += Poco::format("\\x%02x", static_cast<unsigned>(byte));
    }
    return text;
}

static void expect(const std::string &check, const std::string &expected, const std::string &got) {
    bool passed = expected == got;
    if (!passed) failureCount++;
    std::cout << (passed ? "ok " : "FAIL ") << check;
    if (!passed) std::cout << ": expected " << escaped(expected) << " got " << escaped(got);
    std::cout << std::endl;
}

/// The replies of a subscriber, which arrive on the reader's thread.
class Inbox {
public:
    void replied(const void *, RedisEventArgs &event) {
        push(describe(event.message()));
    }

    void failed(const void *, RedisEventArgs &event) {
        push("closed");
        event.stop();
    }

    std::string next() {
        Poco::Mutex::ScopedLock lock(_mutex);
        while (_replies.empty()) _arrived.wait(_mutex);
        std::string reply = _replies.front();
        _replies.pop_front();
        return reply;
    }

private:
    void push(const std::string &reply) {
        Poco::Mutex::ScopedLock lock(_mutex);
        _replies.push_back(reply);
        _arrived.signal();
    }

    Poco::Mutex _mutex;
    Poco::Condition _arrived;
    std::deque<std::string> _replies;
};

static std::string call(Client &client, const Array &command) {
    return describe(client.sendCommand(command));
}

static void checkCommands(Client &client, const std::string &prefix) {
    expect("setname", "+OK", call(client, Command("CLIENT") << "SETNAME" << prefix));
    expect("getname", "$" + prefix, call(client, Command("CLIENT") << "GETNAME"));
    expect("ping", "+PONG", call(client, Command("PING")));
    expect("echo", "$" + binary, call(client, Command("ECHO") << binary));
    std::string info = call(client, Command("INFO") << "server");
    bool found = info.find("\r\nredis_version:7.") != std::string::npos;
    expect("info", "redis_version:7.", found ? "redis_version:7." : info);
    expect("unknown-command",
        "-ERR unknown command 'nosuch', with args beginning with: 'a' ",
        call(client, Command("nosuch") << "a"));
    expect("multi", "+OK", call(client, Command("MULTI")));
    expect("queued", "+QUEUED", call(client, Command("PUBLISH") << prefix << "x"));
    expect("exec", "[0]", call(client, Command("EXEC")));
}

static void subscribe(Client &client, const Array &command) {
    client.execute<void>(command);
    client.flush();
}

static void checkPubSub(
    Client &subscriber, Inbox &inbox, Client &publisher, const std::string &prefix
) {
    const std::string news = prefix + ":news", pattern = prefix + ":*";
    subscribe(subscriber, Command("SUBSCRIBE") << news);
    expect("subscribe", "[$subscribe $" + news + " 1]", inbox.next());
    subscribe(subscriber, Command("PSUBSCRIBE") << pattern);
    expect("psubscribe", "[$psubscribe $" + pattern + " 2]", inbox.next());
    expect("numsub", "[$" + news + " 1]", call(publisher, Command("PUBSUB") << "NUMSUB" << news));
    expect("publish", "2", call(publisher, Command("PUBLISH") << news << "hello"));
    expect("message", "[$message $" + news + " $hello]", inbox.next());
    expect("pmessage", "[$pmessage $" + pattern + " $" + news + " $hello]", inbox.next());
    expect("publish-binary", "2", call(publisher, Command("PUBLISH") << news << binary));
    expect("message-binary", "[$message $" + news + " $" + binary + "]", inbox.next());
    expect("pmessage-binary", "[$pmessage $" + pattern + " $" + news + " $" + binary + "]",
        inbox.next());
    subscribe(subscriber, Command("PING") << "hi");
    expect("subscribed-ping", "[$pong $hi]", inbox.next());

    subscribe(subscriber, Command("UNSUBSCRIBE") << news);
    expect("unsubscribe", "[$unsubscribe $" + news + " 1]", inbox.next());
    subscribe(subscriber, Command("PUNSUBSCRIBE"));
    expect("punsubscribe", "[$punsubscribe $" + pattern + " 0]", inbox.next());
    expect("publish-after-unsubscribe", "0", call(publisher, Command("PUBLISH") << news << "x"));
    // The reader waits for a reply in any case: the server's close ends it.
    subscribe(subscriber, Command("QUIT"));
    expect("quit", "+OK", inbox.next());
    expect("closed-by-server", "closed", inbox.next());
}

int main() {
    std::signal(SIGALRM, deadlinePassed);
    alarm(deadlineSeconds);
    const std::string host = std::getenv("HOST");
    const std::string prefix = "martlet:poco:" + std::to_string(getpid());
    try {
        Client publisher(host, std::atoi(std::getenv("PORT")));
        Client subscriber(host, std::atoi(std::getenv("PORT")));
        bool connected = publisher.isConnected() && subscriber.isConnected();
        expect("connect", "1", connected ? "1" : "0");
        checkCommands(publisher, prefix);

        Inbox inbox;
        AsyncReader reader(subscriber);
        reader.redisResponse += Poco::delegate(&inbox, &Inbox::replied);
        reader.redisException += Poco::delegate(&inbox, &Inbox::failed);
        reader.start();
        checkPubSub(subscriber, inbox, publisher, prefix);
        reader.stop();

        Client local(Poco::Net::SocketAddress(std::getenv("UNIX_SOCKET")));
        expect("unix-socket", "+PONG", call(local, Command("PING")));
    } catch (const Poco::Exception &error) {
        expect("exception", "none", error.displayText());
    }
    return failureCount == 0 ? 0 : 1;
}
