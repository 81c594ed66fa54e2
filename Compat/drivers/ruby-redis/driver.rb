# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors

# redis-rb; the argument names its connection driver, "ruby" or "hiredis".

require "redis"
require_relative "checks"
require_relative "keys"

DRIVER = ARGV.fetch(0).to_sym
PREFIX = "martlet:ruby-#{DRIVER}:#{Process.pid}"
NEWS = "#{PREFIX}:news"
BINARY = "\x00\r\n\xFF*1\r\n".b

def connection(options = {})
  tcp = { host: ENV.fetch("HOST"), port: ENV.fetch("PORT").to_i }
  address = options.key?(:path) ? options : tcp.merge(options)
  Redis.new(driver: DRIVER, reconnect_attempts: 0, **address)
end

def check_commands(redis)
  Checks.equal "connect", true, (redis.ping && redis.connected?)
  Checks.equal "getname", PREFIX, redis.client(:getname)
  Checks.equal "ping", "PONG", redis.ping
  Checks.equal "ping-argument", "hello", redis.ping("hello")
  Checks.equal "echo", BINARY, redis.echo(BINARY).b
  Checks.equal "info", "7", redis.info("server").fetch("redis_version")[0]
  Checks.equal "pipeline", %w[one two],
               redis.pipelined { |pipe| %w[one two].each { |word| pipe.echo(word) } }
  message = begin
    redis.call("nosuch", "a")
  rescue Redis::CommandError => error
    error.message
  end
  Checks.equal "unknown-command",
               "ERR unknown command 'nosuch', with args beginning with: 'a'", message.rstrip
end

# A subscribed connection calls back on the thread that called `subscribe`, so
# the publisher runs inside the callbacks, once the confirmation has arrived.
def check_subscribe(subscriber, publisher)
  events = []
  subscriber.subscribe(NEWS) do |on|
    on.subscribe do |channel, count|
      events << [:subscribe, channel, count]
      Checks.equal "subscribe", [[:subscribe, NEWS, 1]], events
      Checks.equal "numsub", [NEWS, 1], publisher.pubsub(:numsub, NEWS)
      Checks.equal "channels", [NEWS], publisher.pubsub(:channels, "#{PREFIX}:*")
      Checks.equal "publish", 1, publisher.publish(NEWS, "hello")
      Checks.equal "publish-binary", 1, publisher.publish(NEWS, BINARY)
      results = publisher.multi do |transaction|
        transaction.publish(NEWS, "in multi")
        transaction.echo("done")
      end
      Checks.equal "multi", [1, "done"], results
    end
    on.message do |channel, payload|
      events << [channel, payload.b]
      subscriber.unsubscribe if payload == "in multi"
    end
    on.unsubscribe { |channel, count| events << [:unsubscribe, channel, count] }
  end
  Checks.equal "message", [NEWS, "hello"], events[1]
  Checks.equal "message-binary", [NEWS, BINARY], events[2]
  Checks.equal "message-multi", [NEWS, "in multi"], events[3]
  Checks.equal "unsubscribe", [[:unsubscribe, NEWS, 0]], events[4..]
  Checks.equal "publish-after-unsubscribe", 0, publisher.publish(NEWS, "hello")
end

def check_psubscribe(subscriber, publisher)
  pattern = "#{PREFIX}:[mn]ew?"
  events = []
  subscriber.psubscribe(pattern) do |on|
    on.psubscribe do |name, count|
      events << [:psubscribe, name, count]
      Checks.equal "publish-pattern", [0, 1],
                   [publisher.publish("#{PREFIX}:lews", "x"), publisher.publish(NEWS, BINARY)]
    end
    on.pmessage do |name, channel, payload|
      events << [name, channel, payload.b]
      subscriber.punsubscribe(pattern)
    end
    on.punsubscribe { |name, count| events << [:punsubscribe, name, count] }
  end
  Checks.equal "psubscribe", [:psubscribe, pattern, 1], events[0]
  Checks.equal "pmessage", [pattern, NEWS, BINARY], events[1]
  Checks.equal "punsubscribe", [[:punsubscribe, pattern, 0]], events[2..]
  Checks.equal "publish-after-punsubscribe", 0, publisher.publish(NEWS, "hello")
end

Checks.run(20) do
  publisher = connection(id: PREFIX)
  subscriber = connection
  check_commands(publisher)
  check_subscribe(subscriber, publisher)
  check_psubscribe(subscriber, publisher)
  Checks.equal "commands-again", "x", subscriber.echo("x")
  Keys.check(PREFIX, publisher, subscriber)
  Checks.equal "unix-socket", "PONG", connection(path: ENV.fetch("UNIX_SOCKET")).ping
  Checks.equal "quit", "OK", publisher.quit
  Checks.equal "closed", false, publisher.connected?
  subscriber.close
end
