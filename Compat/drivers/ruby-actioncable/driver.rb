# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors

# Action Cable with its Redis adapter: a channel streams what another server broadcasts.

require "action_cable"
require "active_support/core_ext/hash/indifferent_access"
require "logger"
require "redis"
require_relative "../ruby-redis/checks"

PREFIX = "martlet-cable-#{Process.pid}"

# What a channel needs of a WebSocket connection; what is sent to the browser goes
# into a queue.
class Browser
  attr_reader :server, :identifiers, :logger, :frames
  delegate :pubsub, :event_loop, :worker_pool, to: :server

  def initialize(server)
    @server = server
    @identifiers = []
    @logger = server.logger
    @frames = Queue.new
  end

  def transmit(frame)
    @frames << frame
  end
end

class NewsChannel < ActionCable::Channel::Base
  def subscribed
    stream_from params.fetch(:stream)
  end
end

def server
  configuration = ActionCable::Server::Configuration.new
  configuration.logger = Logger.new(nil)
  configuration.cable = ActiveSupport::HashWithIndifferentAccess.new(
    adapter: "redis", channel_prefix: PREFIX,
    host: ENV.fetch("HOST"), port: ENV.fetch("PORT").to_i
  )
  ActionCable::Server::Base.new(config: configuration)
end

def open_channel(browser, identifier)
  channel = NewsChannel.new(browser, identifier, { stream: identifier })
  channel.subscribe_to_channel
  channel
end

def confirmation(identifier)
  { identifier: identifier, type: "confirm_subscription" }
end

def check_streams(browser, other_browser, broadcaster, redis)
  first = open_channel(browser, "news")
  Checks.equal "subscribe", confirmation("news"), browser.frames.pop
  open_channel(browser, "sport")
  Checks.equal "subscribe-another", confirmation("sport"), browser.frames.pop
  open_channel(other_browser, "news")
  Checks.equal "subscribe-other-server", confirmation("news"), other_browser.frames.pop
  Checks.equal "numsub", ["#{PREFIX}:news", 2, "#{PREFIX}:sport", 1],
               redis.pubsub(:numsub, "#{PREFIX}:news", "#{PREFIX}:sport")

  Checks.equal "broadcast", 2, broadcaster.broadcast("news", { "text" => "grüße\r\n\u0000" })
  message = { identifier: "news", message: { "text" => "grüße\r\n\u0000" } }
  Checks.equal "message", message, browser.frames.pop
  Checks.equal "message-other-server", message, other_browser.frames.pop

  first.unsubscribe_from_channel
  # The connection is ordered: this confirmation comes after the UNSUBSCRIBE was executed.
  open_channel(browser, "weather")
  Checks.equal "subscribe-after-unsubscribe", confirmation("weather"), browser.frames.pop
  Checks.equal "unsubscribe", ["#{PREFIX}:news", 1], redis.pubsub(:numsub, "#{PREFIX}:news")
  Checks.equal "broadcast-after-unsubscribe", 1, broadcaster.broadcast("news", "x")
  Checks.equal "broadcast-sport", 1, broadcaster.broadcast("sport", [1, 2.5, nil])
  Checks.equal "message-sport", { identifier: "sport", message: [1, 2.5, nil] },
               browser.frames.pop
end

Checks.run(30) do
  redis = Redis.new(host: ENV.fetch("HOST"), port: ENV.fetch("PORT").to_i)
  servers = [server, server]
  check_streams(Browser.new(servers[0]), Browser.new(servers[1]), servers[1], redis)
  # Both listeners and the broadcaster name themselves.
  names = redis.client(:list).map { |client| client.fetch("name") }
  Checks.equal "setname", 3, names.count("ActionCable-PID-#{Process.pid}")
  servers.each(&:restart)
  Checks.equal "shutdown", [], redis.pubsub(:channels, "#{PREFIX}:*")
end
