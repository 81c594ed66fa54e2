# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors

# Lists with a waiting reader, hashes, sorted sets, streams in groups, WATCH and scripts.
module Keys
  SCRIPT = "return {redis.call('HINCRBY', KEYS[1], ARGV[1], 3), ARGV[2]}"

  def self.check(prefix, redis, other)
    check_values(prefix, redis)
    check_blocking(prefix, redis, other)
    check_stream(prefix, redis)
    check_watch(prefix, redis, other)
    redis.del("#{prefix}:hash")
    Checks.equal "eval", [3, "a\r\n"],
                 redis.eval(SCRIPT, keys: ["#{prefix}:hash"], argv: ["n", "a\r\n"])
    digest = redis.script(:load, SCRIPT)
    Checks.equal "evalsha", [6, "b"],
                 redis.evalsha(digest, keys: ["#{prefix}:hash"], argv: %w[n b])
  end

  def self.check_values(prefix, redis)
    hash, ranks = "#{prefix}:hash", "#{prefix}:ranks"
    redis.mapped_hmset(hash, "a" => "1", "b" => "two\r\n")
    Checks.equal "hash", [{ "a" => "1", "b" => "two\r\n" }, 1.5, ["a", "b"]],
                 [redis.hgetall(hash), redis.hincrbyfloat(hash, "a", 0.5),
                  redis.hscan_each(hash).map(&:first).sort]
    Checks.equal "zset", [3, [["c", 3.25], ["b", 2.0]], ["a", -Float::INFINITY], 1],
                 [redis.zadd(ranks, [["-inf", "a"], [2, "b"], [3.25, "c"]]),
                  redis.zrevrange(ranks, 0, 1, with_scores: true), redis.zpopmin(ranks),
                  redis.zrank(ranks, "c")]
  end

  def self.check_blocking(prefix, redis, other)
    queue = "#{prefix}:queue"
    popped = Thread.new { other.blpop("#{prefix}:none", queue, timeout: 15) }
    sleep 0.01 until redis.client(:list).any? { |client| client["cmd"] == "blpop" }
    Checks.equal "blpop", [1, [queue, "job"], 0],
                 [redis.rpush(queue, "job"), popped.value, redis.exists(queue)]
    Checks.equal "blpop-timeout", nil, redis.brpop(queue, timeout: 0.01)
  end

  def self.check_stream(prefix, redis)
    stream = "#{prefix}:stream"
    redis.xgroup(:create, stream, "group", "$", mkstream: true)
    redis.xadd(stream, { "f" => "v" }, id: "1-1")
    read = redis.xreadgroup("group", "one", stream, ">", count: 9, block: 10)
    pending = redis.xpending(stream, "group")
    Checks.equal "stream-group", [{ stream => [["1-1", { "f" => "v" }]] }, { "one" => "1" }, 1, {}],
                 [read, pending["consumers"], redis.xack(stream, "group", "1-1"),
                  redis.xreadgroup("group", "one", stream, ">", block: 1)]
  end

  def self.check_watch(prefix, redis, other)
    key = "#{prefix}:watched"
    attempt = lambda do |&between|
      redis.watch(key) do
        between.call
        redis.multi { |transaction| 2.times { transaction.incr(key) } }
      end
    end
    Checks.equal "watch", [nil, [6, 7]], [attempt.call { other.set(key, 5) }, attempt.call {}]
  end
end
