-- KEYS: the spent record. ARGV: now, until, seconds to live, attempt. 1: this attempt is the first; 0: it is not.
local kept = redis.call('GET', KEYS[1])
if kept then
  local till, attempt = string.match(kept, '^(%d+) (%x+)$')
  if attempt == ARGV[4] then return 1 end
  if tonumber(till) > tonumber(ARGV[1]) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[2] .. ' ' .. ARGV[4], 'EX', ARGV[3])
return 1
