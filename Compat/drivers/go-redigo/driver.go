// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// redigo: one connection subscribes, another publishes.
package main

import (
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"github.com/gomodule/redigo/redis"
)

var binary = []byte("\x00\r\n\xff*1\r\n")
var prefix = fmt.Sprintf("martlet:redigo:%d", os.Getpid())
var news = prefix + ":news"
var pattern = prefix + ":*"

func connect(network, address string, options ...redis.DialOption) redis.Conn {
	connection, err := redis.Dial(network, address, options...)
	if err != nil {
		equal("connect", nil, err.Error())
		os.Exit(1)
	}
	return connection
}

func checkCommands(connection redis.Conn) {
	equal("getname", prefix, either(redis.String(connection.Do("CLIENT", "GETNAME"))))
	equal("ping", "PONG", either(connection.Do("PING")))
	equal("ping-argument", []byte("hello"), either(connection.Do("PING", "hello")))
	equal("echo", binary, either(connection.Do("ECHO", binary)))
	info, err := redis.String(connection.Do("INFO", "server"))
	equal("info", true, err == nil && strings.Contains(info, "\r\nredis_version:7."))
	_, err = connection.Do("nosuch", "a")
	equal("unknown-command",
		redis.Error("ERR unknown command 'nosuch', with args beginning with: 'a' "), err)
	connection.Send("ECHO", "one")
	connection.Send("ECHO", "two")
	connection.Flush()
	first, _ := redis.String(connection.Receive())
	second, _ := redis.String(connection.Receive())
	equal("pipeline", "one two", first+" "+second)
}

func checkPubSub(subscriber redis.PubSubConn, publisher redis.Conn) {
	subscriber.Subscribe(news)
	equal("subscribe", redis.Subscription{Kind: "subscribe", Channel: news, Count: 1},
		subscriber.Receive())
	subscriber.PSubscribe(pattern)
	equal("psubscribe", redis.Subscription{Kind: "psubscribe", Channel: pattern, Count: 2},
		subscriber.Receive())
	equal("numsub", map[string]int{news: 1},
		either(redis.IntMap(publisher.Do("PUBSUB", "NUMSUB", news))))

	equal("publish", int64(2), either(publisher.Do("PUBLISH", news, "hello")))
	equal("message", redis.Message{Channel: news, Data: []byte("hello")}, subscriber.Receive())
	equal("pmessage", redis.Message{Channel: news, Pattern: pattern, Data: []byte("hello")},
		subscriber.Receive())
	equal("publish-binary", int64(2), either(publisher.Do("PUBLISH", news, binary)))
	equal("message-binary", redis.Message{Channel: news, Data: binary}, subscriber.Receive())
	equal("pmessage-binary", redis.Message{Channel: news, Pattern: pattern, Data: binary},
		subscriber.Receive())

	publisher.Send("MULTI")
	publisher.Send("PUBLISH", prefix+":exec", "in multi")
	publisher.Send("ECHO", "done")
	equal("multi", []interface{}{int64(1), []byte("done")}, either(publisher.Do("EXEC")))
	equal("pmessage-multi",
		redis.Message{Channel: prefix + ":exec", Pattern: pattern, Data: []byte("in multi")},
		subscriber.Receive())
	subscriber.Ping("still here")
	equal("subscribed-ping", redis.Pong{Data: "still here"}, subscriber.Receive())
}

func checkUnsubscribe(subscriber redis.PubSubConn, publisher redis.Conn) {
	subscriber.Unsubscribe(news)
	equal("unsubscribe", redis.Subscription{Kind: "unsubscribe", Channel: news, Count: 1},
		subscriber.Receive())
	subscriber.PUnsubscribe()
	equal("punsubscribe", redis.Subscription{Kind: "punsubscribe", Channel: pattern, Count: 0},
		subscriber.Receive())
	equal("publish-after-unsubscribe", int64(0), either(publisher.Do("PUBLISH", news, "x")))
	equal("commands-again", []byte("x"), either(subscriber.Conn.Do("ECHO", "x")))
}

func main() {
	startDeadline(20 * time.Second)
	address := net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT"))
	publisher := connect("tcp", address, redis.DialClientName(prefix))
	subscriber := redis.PubSubConn{Conn: connect("tcp", address)}
	equal("connect", nil, publisher.Err())
	checkCommands(publisher)
	checkPubSub(subscriber, publisher)
	checkUnsubscribe(subscriber, publisher)
	checkKeys(publisher, subscriber.Conn)
	local := connect("unix", os.Getenv("UNIX_SOCKET"))
	equal("unix-socket", "PONG", either(local.Do("PING")))
	equal("quit", "OK", either(publisher.Do("QUIT")))
	equal("closed-by-server", "EOF", either(publisher.Receive()))
	equal("close", nil, either(nil, subscriber.Close()))
	exit()
}
