# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors

# Sidekiq: a client, its API, and a `sidekiq` process that works on the jobs.

require "sidekiq/api"
require_relative "../ruby-redis/checks"
require_relative "jobs"

BULK_COUNT = 250
THREAD_COUNT = 3

def next_report
  _, report = Sidekiq.redis { |redis| redis.brpop(REPORTS, timeout: 20) }
  report && Sidekiq.load_json(report)
end

def wait_for
  sleep 0.01 until (value = yield)
  value
end

def start_worker
  spawn("sidekiq", "-r", "./jobs.rb", "-q", QUEUE, "-c", THREAD_COUNT.to_s, "-t", "1",
        %i[out err] => :err)
end

def check_queue
  jid = EchoJob.perform_async("grüße\r\n\u0000", 1.5, nil, { "key" => [true] })
  Checks.equal "enqueue", 24, jid.length
  bulk = EchoJob.perform_bulk((1..BULK_COUNT).map { |number| [number] })
  Checks.equal "enqueue-bulk", BULK_COUNT, bulk.uniq.length
  queue = Sidekiq::Queue.new(QUEUE)
  Checks.equal "queue", [BULK_COUNT + 1, [QUEUE], true],
               [queue.size, Sidekiq::Queue.all.map(&:name), queue.latency.between?(0, 60)]
  # It reads pages of 50, the newest job first.
  Checks.equal "queue-each", (bulk.reverse + [jid]), queue.map(&:jid)
  job = queue.find_job(bulk.last)
  Checks.equal "find-job", ["EchoJob", [BULK_COUNT]], [job.klass, job.args]
  job.delete
  Checks.equal "delete-job", BULK_COUNT, queue.size
  [[jid, "grüße\r\n\u0000", 1.5, nil, { "key" => [true] }],
   *bulk[0...-1].each_with_index.map { |id, index| [id, index + 1] }]
end

def check_work(enqueued)
  Checks.equal "work", enqueued.sort_by(&:first), enqueued.map { next_report }.sort_by(&:first)
  # A process is listed from its first heartbeat on.
  process = wait_for { Sidekiq::ProcessSet.new.first }
  Checks.equal "processes", [[QUEUE], THREAD_COUNT, false],
               [process["queues"], process["concurrency"], process.stopping?]
end

def check_scheduled
  jid = EchoJob.perform_in(3600, "later")
  scheduled = Sidekiq::ScheduledSet.new
  Checks.equal "scheduled", [1, [jid]], [scheduled.size, scheduled.map(&:jid)]
  entry = scheduled.find_job(jid)
  Checks.equal "scheduled-find", ["later", true],
               [entry.args[0], (entry.at - Time.now).between?(3500, 3600)]
  entry.reschedule(Time.now - 1)
  Checks.equal "scheduled-work", [[jid, "later"], 0], [next_report, scheduled.size]
end

def check_retry
  jid = FailingOnceJob.perform_async
  entry = wait_for { Sidekiq::RetrySet.new.first }
  Checks.equal "retry", [jid, 0, QUEUE], [entry.jid, entry["retry_count"], entry.queue]
  Checks.equal "retry-error", ["ArgumentError", "the first attempt"],
               [entry["error_class"], entry["error_message"]]
  entry.reschedule(Time.now - 1)
  Checks.equal "retry-work", [[jid, 2], 0], [next_report, Sidekiq::RetrySet.new.size]
end

def check_dead
  jid = HopelessJob.perform_async
  entry = wait_for { Sidekiq::DeadSet.new.find_job(jid) }
  Checks.equal "retries-over", [0, 0], [Sidekiq::RetrySet.new.size, Sidekiq::Queue.new(QUEUE).size]
  Checks.equal "dead", %w[HopelessJob IOError], [entry.klass, entry["error_class"]]
  entry.delete
  Checks.equal "dead-delete", 0, Sidekiq::DeadSet.new.size
end

# A worker that must stop puts its unfinished jobs back. All of its threads are busy: one that
# waited in BRPOP would take a job that comes back, and lose it.
def check_stop(worker)
  enqueued = Array.new(THREAD_COUNT) { EndlessJob.perform_async }.sort
  started = Array.new(THREAD_COUNT) { next_report }.sort
  Process.kill("TERM", worker)
  _, status = Process.wait2(worker)
  Checks.equal "stop", [enqueued.map { |jid| [jid, "started"] }, 0], [started, status.exitstatus]
  queue = Sidekiq::Queue.new(QUEUE)
  Checks.equal "requeued", enqueued, queue.map(&:jid).sort
  Checks.equal "processes-gone", 0, Sidekiq::ProcessSet.new.size
  stats = Sidekiq::Stats.new
  Checks.equal "stats", [BULK_COUNT + 4 + THREAD_COUNT, 2 + THREAD_COUNT, THREAD_COUNT, 0],
               [stats.processed, stats.failed, stats.enqueued, stats.retry_size]
  queue.clear
  Checks.equal "clear", [0, []], [queue.size, Sidekiq::Queue.all]
end

Checks.run(50) do
  enqueued = check_queue
  worker = start_worker
  check_work(enqueued)
  check_scheduled
  check_retry
  check_dead
  check_stop(worker)
end
