-- KEYS: the revocation. ARGV: until, seconds to live. The later `until` wins.
local kept = redis.call('GET', KEYS[1])
if not kept or tonumber(kept) < tonumber(ARGV[1]) then
  redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[2])
end
return 1
