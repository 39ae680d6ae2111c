"""What the shared server does in one go, in its own language; every key a script touches carries the same hash tag."""

# KEYS chat, turn. ARGV update, token, milliseconds, steal. -> {"done"} | {"busy"} | {"yours", state or ""}
BORROW = """
local known = redis.call('HMGET', KEYS[1], 'state', 'done')
if ARGV[1] ~= '' and known[2] and string.find(',' .. known[2], ',' .. ARGV[1] .. ',', 1, true) then return {'done'} end
if ARGV[4] == '1' then
  redis.call('SET', KEYS[2], ARGV[2], 'PX', ARGV[3])
elseif not redis.call('SET', KEYS[2], ARGV[2], 'NX', 'PX', ARGV[3]) then
  return {'busy'}
end
return {'yours', known[1] or ''}
"""

# KEYS chat, turn. ARGV update (done now, or ""), token, state, seconds to live. -> 1 where the state was taken
GIVE_BACK = """
if ARGV[1] ~= '' then
  local done = ARGV[1] .. ',' .. (redis.call('HGET', KEYS[1], 'done') or '')
  redis.call('HSET', KEYS[1], 'done', string.sub(done, 1, 160))
end
local is_ours = redis.call('GET', KEYS[2]) == ARGV[2]
if is_ours then
  redis.call('DEL', KEYS[2])
  redis.call('HSET', KEYS[1], 'state', ARGV[3])
end
redis.call('EXPIRE', KEYS[1], ARGV[4])
return is_ours and 1 or 0
"""

# KEYS screens, claims. ARGV now, until when a claim holds, since when a screen is given up, how many. -> members
CLAIM = """
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', ARGV[3])
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', ARGV[1])
local found = {}
for _, member in ipairs(redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', ARGV[1], 'LIMIT', 0, ARGV[4])) do
  if redis.call('ZADD', KEYS[2], 'NX', ARGV[2], member) == 1 then found[#found + 1] = member end
end
redis.call('EXPIRE', KEYS[2], 300)
return found
"""

# KEYS screens, claims. ARGV member, now. Forget a screen that went blank, unless it was used again meanwhile.
BLANKED = """
local due = redis.call('ZSCORE', KEYS[1], ARGV[1])
if due and tonumber(due) <= tonumber(ARGV[2]) then redis.call('ZREM', KEYS[1], ARGV[1]) end
redis.call('ZREM', KEYS[2], ARGV[1])
"""

# KEYS secret. ARGV candidate, seconds it lives. -> the one that holds
AGREE = """
redis.call('SET', KEYS[1], ARGV[1], 'NX', 'EX', ARGV[2])
return redis.call('GET', KEYS[1])
"""

# KEYS began, talks of an hour, people of a day, waiting.
# ARGV 1 conversation, 2 person, 3 event, 4 started, 5 now, 6 today, 7 shortest, 8 life, 9 marks of talks live,
# 10 marks of people live, 11 bound of marks, 12 bound of conversations waiting, 13... cells. Seconds, and seconds since
# 1970. Nothing is counted that began before this server did, or while no ledger has laid out its cells.
COUNT = """
if redis.call('EXISTS', KEYS[4]) == 0 then return 0 end
local started, now = tonumber(ARGV[4]), tonumber(ARGV[5])
local began = redis.call('GET', KEYS[1])
if not began then
  began = now
  redis.call('SET', KEYS[1], now)
end
redis.call('EXPIRE', KEYS[1], ARGV[8] + 7200)
if tonumber(began) > started or started > now or now >= started + ARGV[8] then return 0 end

local day, counted, fresh = '', '', 0
local held = redis.call('HGET', KEYS[2], ARGV[1])
if held then day, counted, fresh = string.match(held, '^(%d*) ([se]*) (%d+)$') end
local event = string.sub(ARGV[3], 1, 1)
if string.find(counted, event, 1, true) then return 0 end
if event == 'e' and (now - started < tonumber(ARGV[7]) or now - tonumber(fresh) < tonumber(ARGV[7])) then return 0 end
if day ~= ARGV[6] then
  local bound = tonumber(ARGV[11])
  if redis.call('SCARD', KEYS[3]) >= bound or redis.call('HLEN', KEYS[2]) >= bound then return 0 end
  if redis.call('SADD', KEYS[3], ARGV[2]) == 0 then return 0 end
  redis.call('EXPIRE', KEYS[3], ARGV[10])
end
if event == 's' then fresh = ARGV[5] end
redis.call('HSET', KEYS[2], ARGV[1], ARGV[6] .. ' ' .. counted .. event .. ' ' .. fresh)
redis.call('EXPIRE', KEYS[2], ARGV[9])

if not ARGV[13] or tonumber(redis.call('HGET', KEYS[4], ARGV[3])) >= tonumber(ARGV[12]) then return 0 end
redis.call('HINCRBY', KEYS[4], ARGV[3], 1)
for n = 13, #ARGV do
  if redis.call('HEXISTS', KEYS[4], ARGV[n]) == 1 then redis.call('HINCRBY', KEYS[4], ARGV[n], 1) end
end
return 1
"""

# KEYS began, waiting. ARGV now, life of began, life of waiting, cells... Lay out the cells, each at 0 if it is new:
# beforehand, so that the order of events leaves no trace in them.
LAY_OUT = """
redis.call('SET', KEYS[1], ARGV[1], 'NX')
redis.call('EXPIRE', KEYS[1], ARGV[2])
for n = 4, #ARGV do redis.call('HSETNX', KEYS[2], ARGV[n], 0) end
redis.call('EXPIRE', KEYS[2], ARGV[3])
"""

# KEYS waiting. -> all that waits, as name, number, name, number ...; from now on nothing waits.
DRAIN = """
local held = redis.call('HGETALL', KEYS[1])
for n = 1, #held, 2 do redis.call('HSET', KEYS[1], held[n], 0) end
return held
"""
