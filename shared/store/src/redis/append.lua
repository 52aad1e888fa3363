-- KEYS: last, entries, log, agreements, expiries.
-- ARGV: now, until, id, record, 1 if it carries an agreement, the lowest number, margin, seconds to keep the number.
-- Returns 1 and the number of the new entry; or 0 and the row that is there.
local last, entries, log, agreements, expiries = unpack(KEYS)
local now, till, id = tonumber(ARGV[1]), ARGV[2], ARGV[3]

local there = redis.call('HGET', entries, id)
if there and tonumber(string.match(there, '^%d+ (%d+) ')) > now then return {0, there} end

-- A few of those that expired long ago: more than one append adds, so that a log does not grow for ever.
local gone = redis.call('ZRANGEBYSCORE', expiries, '-inf', now - tonumber(ARGV[7]), 'LIMIT', 0, 16)
for _, old in ipairs(gone) do
  redis.call('HDEL', entries, old)
  redis.call('ZREM', log, old)
  redis.call('ZREM', agreements, old)
  redis.call('ZREM', expiries, old)
end

local before = tonumber(redis.call('GET', last) or '0')
local number = string.format('%.0f', math.max(before + 1, tonumber(ARGV[6])))
redis.call('HSET', entries, id, number .. ' ' .. till .. ' ' .. ARGV[4])
redis.call('ZADD', log, number, id)
redis.call('ZADD', expiries, till, id)
if ARGV[5] == '1' then
  redis.call('ZADD', agreements, number, id)
else
  redis.call('ZREM', agreements, id)
end

-- The room lives as long as whichever of its entries lives longest.
local latest = tonumber(redis.call('ZREVRANGE', expiries, 0, 0, 'WITHSCORES')[2])
local seconds = math.min(latest - now + tonumber(ARGV[7]), 3155760000)
for _, key in ipairs({entries, log, agreements, expiries}) do
  redis.call('EXPIRE', key, string.format('%.0f', seconds))
end
redis.call('SET', last, number, 'EX', string.format('%.0f', seconds + tonumber(ARGV[8])))
return {1, number}
