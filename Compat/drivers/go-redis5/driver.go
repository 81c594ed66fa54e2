// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

// go-redis v5: a subscriber in database 3, a publisher in database 0.
package main

import (
	"fmt"
	"net"
	"os"
	"strings"
	"time"

	"gopkg.in/redis.v5"
)

const binary = "\x00\r\n\xff*1\r\n"

var prefix = fmt.Sprintf("martlet:go-redis:%d", os.Getpid())
var news = prefix + ":news"
var pattern = prefix + ":*"

func checkCommands(client *redis.Client) {
	var named *redis.BoolCmd
	var name *redis.StringCmd
	client.Pipelined(func(pipeline *redis.Pipeline) error {
		named = pipeline.ClientSetName(prefix)
		name = pipeline.ClientGetName()
		return nil
	})
	equal("setname", true, either(named.Result()))
	equal("getname", prefix, either(name.Result()))
	equal("echo", binary, either(client.Echo(binary).Result()))
	info, err := client.Info("server").Result()
	equal("info", true, err == nil && strings.Contains(info, "\r\nredis_version:7."))
	unknown := redis.NewStatusCmd("nosuch", "a")
	client.Process(unknown)
	equal("unknown-command", "ERR unknown command 'nosuch', with args beginning with: 'a' ",
		either(unknown.Result()))
}

func checkPubSub(subscriber *redis.PubSub, publisher *redis.Client) {
	equal("subscribe", &redis.Subscription{Kind: "subscribe", Channel: news, Count: 1},
		either(subscriber.Receive()))
	equal("psubscribe-sent", nil, either(nil, subscriber.PSubscribe(pattern)))
	equal("psubscribe", &redis.Subscription{Kind: "psubscribe", Channel: pattern, Count: 2},
		either(subscriber.Receive()))
	equal("numsub", map[string]int64{news: 1}, either(publisher.PubSubNumSub(news).Result()))
	equal("channels", []string{news}, either(publisher.PubSubChannels(pattern).Result()))

	equal("publish", int64(2), either(publisher.Publish(news, "hello").Result()))
	equal("message", &redis.Message{Channel: news, Payload: "hello"},
		either(subscriber.ReceiveMessage()))
	equal("pmessage", &redis.Message{Channel: news, Pattern: pattern, Payload: "hello"},
		either(subscriber.ReceiveMessage()))
	equal("publish-binary", int64(2), either(publisher.Publish(news, binary).Result()))
	equal("message-binary", &redis.Message{Channel: news, Payload: binary},
		either(subscriber.ReceiveMessage()))
	equal("pmessage-binary", &redis.Message{Channel: news, Pattern: pattern, Payload: binary},
		either(subscriber.ReceiveMessage()))

	subscriber.Ping("still here")
	equal("subscribed-ping", &redis.Pong{Payload: "still here"}, either(subscriber.Receive()))
}

func checkTransaction(subscriber *redis.PubSub, publisher *redis.Client) {
	var receivers *redis.IntCmd
	var echo *redis.StringCmd
	_, err := publisher.TxPipelined(func(pipeline *redis.Pipeline) error {
		receivers = pipeline.Publish(prefix+":exec", "in multi")
		echo = pipeline.Echo("done")
		return nil
	})
	equal("multi", nil, either(nil, err))
	equal("multi-publish", int64(1), receivers.Val())
	equal("multi-echo", "done", echo.Val())
	equal("pmessage-multi",
		&redis.Message{Channel: prefix + ":exec", Pattern: pattern, Payload: "in multi"},
		either(subscriber.ReceiveMessage()))
}

func checkUnsubscribe(subscriber *redis.PubSub, publisher *redis.Client) {
	subscriber.Unsubscribe(news)
	equal("unsubscribe", &redis.Subscription{Kind: "unsubscribe", Channel: news, Count: 1},
		either(subscriber.Receive()))
	subscriber.PUnsubscribe()
	equal("punsubscribe", &redis.Subscription{Kind: "punsubscribe", Channel: pattern, Count: 0},
		either(subscriber.Receive()))
	equal("publish-after-unsubscribe", int64(0), either(publisher.Publish(news, "x").Result()))
}

func main() {
	startDeadline(20 * time.Second)
	address := net.JoinHostPort(os.Getenv("HOST"), os.Getenv("PORT"))
	publisher := redis.NewClient(&redis.Options{Addr: address})
	equal("connect", "PONG", either(publisher.Ping().Result()))
	checkCommands(publisher)
	other := redis.NewClient(&redis.Options{Addr: address, DB: 3})
	subscriber, err := other.Subscribe(news)
	if err != nil {
		equal("subscribe", nil, err.Error())
		os.Exit(1)
	}
	checkPubSub(subscriber, publisher)
	checkTransaction(subscriber, publisher)
	checkUnsubscribe(subscriber, publisher)
	local := redis.NewClient(&redis.Options{Network: "unix", Addr: os.Getenv("UNIX_SOCKET")})
	equal("unix-socket", "PONG", either(local.Ping().Result()))
	equal("close", []error{nil, nil, nil, nil},
		[]error{subscriber.Close(), other.Close(), local.Close(), publisher.Close()})
	exit()
}
