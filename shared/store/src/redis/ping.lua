-- KEYS: a key for nothing else. A replica, a full memory or a disk that fails says no to this as it would to a write.
redis.call('SET', KEYS[1], '1', 'EX', 60)
return 1
