-- Sends every request of a file once, in order. A request is eight digits of length, then its bytes.
-- BENCH_REQUESTS names the file. When it is used up the last one is sent again, and the run says so and is no run.

local threads = {}
local file, last
exhausted = 0

function setup(thread) table.insert(threads, thread) end

function init(args) file = assert(io.open(os.getenv("BENCH_REQUESTS"), "rb")) end

function request()
    local length = file:read(8)
    if length == nil then
        exhausted = exhausted + 1
        return last
    end
    last = file:read(tonumber(length))
    return last
end

function done(summary, latency, requests)
    local over = 0
    for _, thread in ipairs(threads) do over = over + thread:get("exhausted") end
    local e = summary.errors
    io.write(string.format(
        'RESULT {"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "refused": %d, "broken": %d, "exhausted": %d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), e.status,
        e.connect + e.read + e.write + e.timeout, over))
end
