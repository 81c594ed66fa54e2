// SPDX-License-Identifier: Apache-2.0
// Copyright the Martlet authors

package main

import (
	"strings"

	"github.com/gomodule/redigo/redis"
)

const script = "return {redis.call('HINCRBY', KEYS[1], ARGV[1], 3), ARGV[2]}"

func bulks(texts ...string) []interface{} {
	values := make([]interface{}, len(texts))
	for index, text := range texts {
		values[index] = []byte(text)
	}
	return values
}

// checkBlocking pushes once the other connection waits.
func checkBlocking(connection, other redis.Conn) {
	queue := prefix + ":queue"
	popped := make(chan interface{})
	go func() { popped <- either(other.Do("BLPOP", queue+":none", queue, 15)) }()
	for {
		clients, _ := redis.String(connection.Do("CLIENT", "LIST"))
		if strings.Contains(clients, " cmd=blpop ") {
			break
		}
	}
	connection.Do("RPUSH", queue, "job\r\n")
	equal("blpop", bulks(queue, "job\r\n"), <-popped)
	equal("blpop-timeout", nil, either(connection.Do("BRPOP", queue, 0.01)))
}

func checkStream(connection redis.Conn) {
	stream := prefix + ":stream"
	connection.Do("XGROUP", "CREATE", stream, "group", "$", "MKSTREAM")
	connection.Do("XADD", stream, "1-1", "f", "v")
	entry := []interface{}{[]byte("1-1"), bulks("f", "v")}
	read := either(connection.Do("XREADGROUP", "GROUP", "group", "one", "COUNT", 9, "BLOCK", 10,
		"STREAMS", stream, ">"))
	pending := either(connection.Do("XPENDING", stream, "group"))
	equal("stream-group",
		[]interface{}{
			[]interface{}{[]interface{}{[]byte(stream), []interface{}{entry}}},
			[]interface{}{int64(1), []byte("1-1"), []byte("1-1"), []interface{}{bulks("one", "1")}},
			int64(1),
		},
		[]interface{}{read, pending, either(connection.Do("XACK", stream, "group", "1-1"))})
}

func checkWatch(connection, other redis.Conn) {
	key := prefix + ":watched"
	attempt := func(between func()) interface{} {
		connection.Do("WATCH", key)
		between()
		connection.Send("MULTI")
		connection.Send("INCR", key)
		connection.Send("INCR", key)
		return either(connection.Do("EXEC"))
	}
	equal("watch", []interface{}{nil, []interface{}{int64(6), int64(7)}},
		[]interface{}{attempt(func() { other.Do("SET", key, 5) }), attempt(func() {})})
}

func checkKeys(connection, other redis.Conn) {
	hash, ranks := prefix+":hash", prefix+":ranks"
	checkBlocking(connection, other)
	connection.Do("HSET", hash, "a", 1, "b", "two\r\n")
	equal("hash", map[string]string{"a": "1", "b": "two\r\n"},
		either(redis.StringMap(connection.Do("HGETALL", hash))))
	added := either(connection.Do("ZADD", ranks, "-inf", "a", 2, "b", 3.25, "c"))
	equal("zset", []interface{}{int64(3), bulks("c", "3.25", "b", "2"), bulks("a", "-inf")},
		[]interface{}{added, either(connection.Do("ZREVRANGE", ranks, 0, 1, "WITHSCORES")),
			either(connection.Do("ZPOPMIN", ranks))})
	checkStream(connection)
	checkWatch(connection, other)
	connection.Do("DEL", hash)
	equal("eval", []interface{}{int64(3), []byte("a\r\n")},
		either(connection.Do("EVAL", script, 1, hash, "n", "a\r\n")))
	// Sent as EVALSHA, and after NOSCRIPT as EVAL.
	connection.Do("SCRIPT", "FLUSH")
	keep := redis.NewScript(1, script)
	missing := keep.SendHash(connection, hash, "n", "b")
	connection.Flush()
	_, refused := connection.Receive()
	equal("evalsha", []interface{}{nil, true, []interface{}{int64(6), []byte("b")}},
		[]interface{}{missing, refused != nil && strings.HasPrefix(refused.Error(), "NOSCRIPT "),
			either(keep.Do(connection, hash, "n", "b"))})
}
