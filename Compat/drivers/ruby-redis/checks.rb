# SPDX-License-Identifier: Apache-2.0
# Copyright the Martlet authors

# Prints one line for each check and ends a run that hangs.
module Checks
  @failure_count = 0
  @last_check = "the start"

  def self.equal(check, expected, got)
    @last_check = check
    if expected == got
      puts "ok #{check}"
    else
      @failure_count += 1
      puts "FAIL #{check}: expected #{expected.inspect} got #{got.inspect}"
    end
  end

  # Runs the checks and ends the process: 0 only when all of them passed.
  def self.run(seconds)
    $stdout.sync = true
    Thread.report_on_exception = false
    Thread.new do
      sleep seconds
      puts "FAIL deadline: expected an end, got a hang after #{@last_check}"
      exit! 1
    end
    yield
    exit!(@failure_count.zero? ? 0 : 1)
  rescue StandardError => error
    puts "FAIL exception: expected none, got #{error.class}: #{error.message} after #{@last_check}"
    exit! 1
  end
end
