# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors

# The jobs; the driver enqueues them, and the `sidekiq` that it starts works on them.

require "sidekiq"

QUEUE = "compat"
REPORTS = "compat:reports"

Redis.silence_deprecations = true
Sidekiq.redis = { url: "redis://#{ENV.fetch("HOST")}:#{ENV.fetch("PORT")}/1" }

class Reporting
  include Sidekiq::Job
  sidekiq_options queue: QUEUE

  def report(*values)
    Sidekiq.redis { |redis| redis.rpush(REPORTS, Sidekiq.dump_json([jid, *values])) }
  end
end

class EchoJob < Reporting
  def perform(*arguments)
    report(*arguments)
  end
end

class FailingOnceJob < Reporting
  def perform
    attempt = Sidekiq.redis { |redis| redis.incr("compat:attempts") }
    raise ArgumentError, "the first attempt" if attempt == 1

    report(attempt)
  end
end

class HopelessJob < Reporting
  sidekiq_options queue: QUEUE, retry: 0

  def perform
    raise IOError, "every attempt"
  end
end

class EndlessJob < Reporting
  def perform
    report("started")
    sleep
  end
end

Sidekiq.configure_server do
  Sidekiq.logger.level = Logger::ERROR
  # The scheduler looks ten times a second, from the start on, and not after some seconds.
  Sidekiq.options[:poll_interval_average] = 0.1
  Sidekiq::Scheduled::Poller.class_eval { def initial_wait; end }
end
