-- KEYS: a sorted set of ids, entries. ARGV: ZRANGEBYSCORE or ZREVRANGEBYSCORE, from, to, limit. An id and its row, in turn.
local ids = redis.call(ARGV[1], KEYS[1], ARGV[2], ARGV[3], 'LIMIT', 0, ARGV[4])
if #ids == 0 then return {} end
local rows, page = redis.call('HMGET', KEYS[2], unpack(ids)), {}
for at, id in ipairs(ids) do
  page[#page + 1] = id
  page[#page + 1] = rows[at]
end
return page
